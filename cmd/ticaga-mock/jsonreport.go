package main

import (
	"bufio"
	"encoding/json"
	"fmt"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// jsonReport lists the exchanges as the journal has them. They are written as they come, so that
// a long run takes no more memory than a short one.
type jsonReport struct {
	file  *replacement
	out   *bufio.Writer
	comma string
	err   error // the first one; after it there is no file
}

func newJSONReport(file *replacement) *jsonReport {
	j := &jsonReport{file: file, out: bufio.NewWriterSize(file, 64<<10)}
	j.print("{\n  \"exchanges\": [")
	return j
}

// encodeExchange makes what add takes. It needs no lock.
func encodeExchange(x mock.Exchange) []byte {
	encoded, _ := json.MarshalIndent(x, "    ", "  ") // there is nothing in it that JSON cannot hold
	return encoded
}

func (j *jsonReport) add(exchange []byte) {
	j.print("%s\n    %s", j.comma, exchange)
	j.comma = ","
}

// print gives up at the first error: when the disk is full, others need the room.
func (j *jsonReport) print(format string, args ...any) {
	if j.err != nil {
		return
	}
	if _, err := fmt.Fprintf(j.out, format, args...); err != nil {
		j.err = j.file.error(err)
		j.file.discard()
	}
}

// write ends the report and puts it into its place. Failures are the violations that count.
func (j *jsonReport) write(r *report, ended error) error {
	said := ""
	if ended != nil {
		said = ended.Error()
	}
	text, err := json.Marshal(said)
	if err != nil {
		return err
	}
	j.print("\n  ],\n  \"failures\": %d,\n  \"command_error\": %s\n}\n", r.failures, text)
	if j.err != nil {
		return j.err
	}
	if err := j.out.Flush(); err != nil {
		return j.file.error(err)
	}
	return j.file.commit()
}
