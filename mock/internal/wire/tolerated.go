package wire

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strconv"
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

// form returns violations about how the lines of a head are written.
func (t tolerated) form() []spec.Violation {
	var found []spec.Violation
	if t.bare {
		found = append(found, broken("a header line ends without a carriage return, which other servers refuse", `\r\n at the end of each line`, `\n alone`,
			"leave the header to an HTTP client, or end each line with \\r\\n«, in double quotes, not as PHP_EOL»"))
	}
	if t.folded {
		found = append(found, spec.Violation{
			Code: spec.HTTPHeader, In: spec.InHeader, Message: "a header continues on a second line, which other servers refuse",
			Expected: "Name: value on one line", Got: "a line that begins with a space",
			Fix: "remove the line break from the value«: trim($value), or str_replace(\"\\n\", '', $value)»",
		})
	}
	return found
}

// length returns violations about the headers that give the length of the body.
func (t tolerated) length(r *http.Request) []spec.Violation {
	var found []spec.Violation
	report := func(at, message, expected, got, fix string) {
		found = append(found, spec.Violation{Code: spec.HTTPLength, In: spec.InHeader, At: at, Message: message, Expected: expected, Got: got, Fix: fix})
	}
	const leave = "leave Content-Length to the HTTP client«: remove it from CURLOPT_HTTPHEADER»"
	if t.lengths > 1 {
		report("Content-Length", "duplicate Content-Length", "the header once", fmt.Sprintf("%d headers", t.lengths), leave)
	}
	switch {
	case t.chunked && !r.ProtoAtLeast(1, 1):
		report("Transfer-Encoding", "HTTP/1.0 has no Transfer-Encoding, so a chunked body is ignored", "Content-Length, or HTTP/1.1", r.Proto,
			"send HTTP/1.1, and leave Transfer-Encoding to the HTTP client")
	case t.chunked && t.lengths > 0:
		report("Content-Length", "the request has both Content-Length and Transfer-Encoding; other servers refuse it or use Content-Length",
			"one of them", "both", leave)
	}
	return found
}

// oddHost returns a violation if the Host has no name, or a port that cannot exist.
func oddHost(r *http.Request) []spec.Violation {
	v := spec.Violation{Code: spec.HTTPHost, In: spec.InHeader, At: "Host", Expected: "the server's name and port"}
	_, port, ok := strings.Cut(r.Host[strings.LastIndexByte(r.Host, ']')+1:], ":")
	_, err := strconv.ParseUint(port, 10, 16)
	switch {
	case r.Host == "" && r.ProtoAtLeast(1, 1):
		v.Message, v.Got = "the header Host is empty, which other servers refuse", "nothing"
		v.Fix = "leave Host to the HTTP client«: remove it from CURLOPT_HTTPHEADER»"
	case ok && port != "" && err != nil:
		v.Message, v.Got = "the header Host is not a host and a port, which other servers refuse", spec.Quote(r.Host)
		v.Fix = "write the port as a number up to 65535, and an IPv6 address in brackets; better leave Host to the HTTP client"
	default:
		return nil
	}
	return []spec.Violation{v}
}

// unencoded returns a violation if a target has characters that RFC 3986 allows only encoded.
// Brackets are not allowed in a query either, but they are common.
func unencoded(target string) []spec.Violation {
	if badIndex(target, mayStand) < 0 {
		return nil
	}
	before, query, _ := strings.Cut(target, "?")
	v := spec.Violation{
		Code: spec.HTTPTarget, In: spec.InPath,
		Expected: "the value percent-encoded: " + spec.Quote(encode(before, func(c byte) bool { return !mayStand(c) })), Got: spec.Quote(before),
		Fix: "percent-encode the value that goes into the path«: rawurlencode($value)»",
	}
	at := badIndex(before, mayStand)
	if at >= 0 {
		v.Message = "the path contains " + signName(before[at]) + ", which must be encoded; some servers refuse it"
		return []spec.Violation{v}
	}
	at = badIndex(query, mayStand)
	v.In, v.Message = spec.InQuery, "the query contains "+signName(query[at])+", which must be encoded; some servers refuse it"
	v.Expected, v.Got = "every name and value percent-encoded", fmt.Sprintf("%s at its byte %d", signName(query[at]), at+1)
	v.Fix = "encode the query«: http_build_query($fields), or urlencode() for each value»"
	return []spec.Violation{v}
}

// mayStand reports whether a byte is allowed in a target without encoding.
func mayStand(c byte) bool {
	switch c {
	case '"', '<', '>', '\\', '^', '`', '{', '|', '}':
		return false
	}
	return c < 0x80
}
