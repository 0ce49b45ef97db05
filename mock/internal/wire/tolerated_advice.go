package wire

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// This file says what is odd about requests that net/http accepts.

// form returns violations about how the lines of a head are written.
func (t tolerated) form() []spec.Violation {
	var found []spec.Violation
	if t.bare {
		found = append(found, broken("a header line ends without a carriage return, which other servers refuse", `\r\n at the end of each line`, `\n alone`,
			"leave the header to an HTTP client, or end each line with \\r\\n«, in double quotes, not as PHP_EOL»"))
	}
	if t.folded {
		found = append(found, badLine("", "a header continues on a second line, which other servers refuse", "a line that begins with a space",
			"remove the line break from the value«: trim($value), or str_replace(\"\\n\", '', $value)»"))
	}
	return found
}

// length returns violations about the headers that give the length of the body.
func (t tolerated) length(r *http.Request) []spec.Violation {
	var found []spec.Violation
	if t.lengths > 1 {
		found = append(found, badLength("Content-Length", "duplicate Content-Length", "the header once", fmt.Sprintf("%d headers", t.lengths), leaveLength))
	}
	switch {
	case t.chunked && !r.ProtoAtLeast(1, 1):
		found = append(found, badLength("Transfer-Encoding", "HTTP/1.0 has no Transfer-Encoding, so a chunked body is ignored",
			"Content-Length, or HTTP/1.1", r.Proto, "send HTTP/1.1, and leave Transfer-Encoding to the HTTP client"))
	case t.chunked && t.lengths > 0:
		found = append(found, badLength("Content-Length", "the request has both Content-Length and Transfer-Encoding; other servers refuse it or use Content-Length",
			"one of them", "both", leaveLength))
	}
	return found
}

// oddHost returns a violation if the Host has no name, or a port that cannot exist.
func oddHost(r *http.Request) []spec.Violation {
	const expected = "the server's name and port"
	_, port, ok := strings.Cut(r.Host[strings.LastIndexByte(r.Host, ']')+1:], ":")
	_, err := strconv.ParseUint(port, 10, 16)
	switch {
	case r.Host == "" && r.ProtoAtLeast(1, 1):
		return []spec.Violation{badHost("the header Host is empty, which other servers refuse", expected, "nothing", leaveHost)}
	case ok && port != "" && err != nil:
		return []spec.Violation{badHost("the header Host is not a host and a port, which other servers refuse", expected, spec.Quote(r.Host),
			"write the port as a number up to 65535, and an IPv6 address in brackets; better leave Host to the HTTP client")}
	}
	return nil
}

// unencoded returns a violation if a target has characters that RFC 3986 allows only encoded.
// Brackets are not allowed in a query either, but they are common.
func unencoded(target string) []spec.Violation {
	if badIndex(target, isTargetByte) < 0 {
		return nil
	}
	const refused = "; some servers refuse it"
	path, query, _ := strings.Cut(target, "?")
	if at := badIndex(path, isTargetByte); at >= 0 {
		return []spec.Violation{unencodedPath(path, at, isTargetByte, refused)}
	}
	return []spec.Violation{unencodedQuery(query, badIndex(query, isTargetByte), refused)}
}
