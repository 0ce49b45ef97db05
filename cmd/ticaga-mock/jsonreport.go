package main

import (
	"bufio"
	"encoding/json"
	"fmt"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// jsonReport lists the exchanges as the journal has them. They are written as they come, so that
// a long run takes no more memory than a short one. Its file keeps the first error.
type jsonReport struct {
	file  *replacement
	out   *bufio.Writer
	comma string
}

func newJSONReport(file *replacement) *jsonReport {
	j := &jsonReport{file: file, out: bufio.NewWriterSize(file, 64<<10)}
	_, _ = j.out.WriteString("{\n  \"exchanges\": [")
	return j
}

// encodeExchange makes what add takes. It needs no lock.
func encodeExchange(x mock.Exchange) []byte {
	encoded, _ := json.MarshalIndent(x, "    ", "  ") // there is nothing in it that JSON cannot hold
	return encoded
}

func (j *jsonReport) add(exchange []byte) {
	_, _ = fmt.Fprintf(j.out, "%s\n    %s", j.comma, exchange)
	j.comma = ","
}

// finish ends the report. Failures are the violations that count.
func (j *jsonReport) finish(r *report, ended error) {
	said := ""
	if ended != nil {
		said = ended.Error()
	}
	text, _ := json.Marshal(said)
	_, _ = fmt.Fprint(j.out, "\n  ]")
	if len(r.expected) > 0 {
		list := []any{}
		for of, codes := range r.expected {
			list = append(list, struct {
				key
				Codes []string `json:"codes"`
			}{of, codes})
		}
		expected, _ := json.MarshalIndent(list, "  ", "  ")
		_, _ = fmt.Fprintf(j.out, ",\n  \"expected\": %s", expected)
	}
	_, _ = fmt.Fprintf(j.out, ",\n  \"failures\": %d,\n  \"command_error\": %s\n}\n", r.failures, text)
	_ = j.out.Flush()
}
