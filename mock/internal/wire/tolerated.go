package wire

import (
	"bytes"
	"net/http"
	"slices"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// tolerated is what net/http silently accepts in a head and another server may not. Anything else of
// this kind is visible in the request itself.
type tolerated struct {
	folded  bool // a header continues in the next line
	bare    bool // a line ends in \n alone
	lengths int  // number of Content-Length headers
	chunked bool // there is a Transfer-Encoding
}

// tolerate checks the lines of a head.
func tolerate(head []byte) tolerated {
	var t tolerated
	for {
		end := bytes.IndexByte(head, '\n')
		if end < 0 {
			return t
		}
		t.bare = t.bare || end == 0 || head[end-1] != '\r'
		head = head[end+1:]
		if len(head) == 0 {
			return t
		}
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
	found := slices.Concat(t.form(), t.length(r))
	if r.ProtoMinor > 1 {
		found = append(found, version("unknown version of HTTP, treated as HTTP/1.1", r.Proto))
	}
	found = append(found, unencoded(r.RequestURI)...)
	found = append(found, oddHost(r)...)
	for i := range found {
		found[i].Severity = spec.Warning
	}
	return found
}

// isTargetByte reports whether a byte is allowed in a target without encoding.
func isTargetByte(c byte) bool {
	switch c {
	case '"', '<', '>', '\\', '^', '`', '{', '|', '}':
		return false
	}
	return c < 0x80
}
