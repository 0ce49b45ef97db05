package wire

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// tolerated is what net/http accepts in a head without a word, and another server may not.
type tolerated struct {
	folded  bool // a header goes on in the next line
	lengths int  // how often Content-Length is there
	chunked bool // Transfer-Encoding is there
}

// tolerate looks at the lines of a head behind the first.
func tolerate(head []byte) tolerated {
	var t tolerated
	for {
		end := bytes.IndexByte(head, '\n')
		if end < 0 || end+1 == len(head) {
			return t
		}
		head = head[end+1:]
		switch head[0] {
		case ' ', '\t':
			t.folded = true
		case 'c', 'C':
			if begins(head, "content-length:") {
				t.lengths++
			}
		case 't', 'T':
			t.chunked = t.chunked || begins(head, "transfer-encoding:")
		}
	}
}

func begins(line []byte, name string) bool {
	return len(line) >= len(name) && strings.EqualFold(string(line[:len(name)]), name)
}

// Tolerated returns warnings about what net/http has accepted in the head of a request.
func Tolerated(r *http.Request) []spec.Violation {
	c := connOf(r)
	if c == nil {
		return nil
	}
	c.mu.Lock()
	t := c.tolerated
	c.mu.Unlock()
	var found []spec.Violation
	report := func(code, at, message, expected, got, fix string) {
		found = append(found, spec.Violation{
			Code: code, Severity: spec.Warning, In: spec.InHeader, At: at, Message: message, Expected: expected, Got: got, Fix: fix,
		})
	}
	if t.folded {
		report("TM-HTTP-HEADER", "", "a header goes on in a second line, which other servers refuse", "Name: value in one line", "a line that begins with a space",
			"take the line break out of the value«: trim($value), or str_replace(\"\\n\", '', $value)»")
	}
	const leave = "leave Content-Length to the HTTP client«: take it out of CURLOPT_HTTPHEADER»"
	if t.lengths > 1 {
		report("TM-HTTP-LENGTH", "Content-Length", "Content-Length is duplicate", "the header once", fmt.Sprintf("%d headers", t.lengths), leave)
	}
	if t.lengths > 0 && t.chunked {
		report("TM-HTTP-LENGTH", "Content-Length", "there are both Content-Length and Transfer-Encoding, of which other servers refuse the request or take the first",
			"one of them", "both", leave)
	}
	return found
}
