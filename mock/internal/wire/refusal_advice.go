package wire

import (
	"bytes"
	"cmp"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// This file says what is wrong with requests that net/http refuses, or that are cut off.

// explain finds out what is wrong. Data without a name may be a secret, so it is described by its
// place and length only.
func (r Refusal) explain(q *Request, maxHeader int) []spec.Violation {
	if r.Status() == http.StatusRequestHeaderFieldsTooLarge {
		return []spec.Violation{r.tooLarge(q, maxHeader)}
	}
	if v, other := r.otherProtocol(); other {
		return []spec.Violation{v}
	}
	var found []spec.Violation
	if v, wrong := r.requestLine(q); wrong {
		found = append(found, v)
	} else if v, wrong := q.target(); wrong {
		found = append(found, v)
	}
	if q.version != "" { // otherwise the lines are not a header
		found = append(found, q.headerLines()...)
		found = append(found, q.bodyLength()...)
		if complete := r.Whole && r.Size == int64(len(r.Head)); complete {
			found = append(found, q.host()...)
		}
	}
	if r.Status() == http.StatusExpectationFailed {
		found = append(found, q.expect())
	}
	if len(found) == 0 {
		found = append(found, r.rest())
	}
	return found
}

// otherProtocol recognises the first bytes of other protocols.
func (r Refusal) otherProtocol() (spec.Violation, bool) {
	first := byte('G')
	if len(r.Head) > 0 {
		first = r.Head[0]
	}
	const request = "a request line, such as GET /api/connection HTTP/1.1"
	switch {
	case r.WantsTLS:
		return spec.Violation{
			Code: spec.HTTPTLS, Severity: spec.Error, In: spec.InConnection,
			Message: "the client speaks plain HTTP, but this port speaks TLS", Expected: "https://", Got: "http://",
			Fix: "write https:// instead of http:// in the plugin's settings",
		}, true
	case first == 0x16, first == 0x80 && len(r.Head) > 2 && r.Head[2] == 1: // a TLS record, or the hello of SSL 2
		return spec.Violation{
			Code: spec.HTTPTLS, Severity: spec.Error, In: spec.InConnection,
			Message: "the client speaks TLS, but this port speaks plain HTTP", Expected: "http://", Got: "a TLS handshake",
			Fix: "write http:// instead of https:// in the plugin's settings",
		}, true
	case first == 4 || first == 5:
		return broken("the client uses the mock as a SOCKS proxy", request, "a SOCKS handshake",
			"use the mock's address as the base URL, not as a proxy; check ALL_PROXY"), true
	case bytes.HasPrefix(r.Head, []byte("SSH-")):
		return broken("the client speaks SSH", request, "SSH's greeting", "check whether another program uses this port"), true
	case bytes.HasPrefix(r.Head, []byte("PRI * HTTP/2")):
		return HTTP2(), true
	case !opensRequest(first) && !r.Later:
		return broken("the data is not HTTP", request, fmt.Sprintf("%s, the first byte being 0x%02X", bytesText(r.Size), first),
			"check whether another program uses this port, or remove a line break or space before the request"), true
	}
	return spec.Violation{}, false
}

// requestLine checks the method and the version.
func (r Refusal) requestLine(q *Request) (spec.Violation, bool) {
	const request = "METHOD, path and HTTP/1.1, with a space between each"
	start := q.start
	switch {
	case q.version != "" && !strings.HasPrefix(q.version, "HTTP/1.") && versionForm().MatchString(q.version):
		return version("this version of HTTP is not supported", q.version), true
	case q.version != "" && !versionForm().MatchString(q.version):
		return version("this is not a version of HTTP", spec.Quote(q.version)), true
	case q.version != "" && q.Method == "-":
		return spec.Violation{
			Code: spec.HTTPRequest, Severity: spec.Error, In: spec.InMethod, Message: "the method is not a word",
			Expected: "a method, such as GET or POST", Got: "a method with characters other than letters", Fix: "send one of the methods of the contract",
		}, true
	case q.version != "":
		return spec.Violation{}, false
	case headerStart().MatchString(start) && r.Later:
		return broken("a header line instead of a request line", request, "a header after the end of the previous request",
			"trim the values of headers, such as the token: one of them ends in a line break"), true
	case headerStart().MatchString(start):
		return broken("the request begins with a header line", request, "a line with a colon", "send the request line first"), true
	case r.Later && q.Method == "-":
		return broken("the previous request is longer than announced", request, "bytes that do not begin a request",
			"leave Content-Length to the HTTP client: it counts bytes, not characters"), true
	case q.Method != "-" && q.Target != "-" && (r.Whole || strings.Contains(string(r.Head), "\n")):
		return version("the request line does not end with a version of HTTP", "none"), true
	case !bytes.Contains(bytes.TrimLeft(r.Head, "\r\n"), []byte("\n")):
		return r.rest(), true
	}
	return broken("the first line is not a request line", request, bytesText(int64(len(start))), "check whether another program uses this port"), true
}

// cut returns the violation for an incomplete head.
func (r Refusal) cut() spec.Violation {
	return broken("the request was cut off in its header", "a header up to its blank line", bytesText(r.Size),
		"let the client finish, and check whether it exited, gave up or took longer than --read-timeout")
}

// target checks the path and the query as they were sent.
func (q *Request) target() (spec.Violation, bool) {
	path, query, _ := strings.Cut(q.sent, "?")
	switch {
	case badIndex(path, isVisible) >= 0:
		return unencodedPath(path, badIndex(path, isVisible), isVisible, ""), true
	case badIndex(query, isVisible) >= 0:
		return unencodedQuery(query, badIndex(query, isVisible), ""), true
	case hasBadEscape(path):
		return badPath("the path contains a % that does not begin an encoded byte", "%25 for a %", path, encodeValue), true
	case q.Method == http.MethodConnect:
		return spec.Violation{}, false
	case !strings.HasPrefix(path, "/") && !strings.Contains(path, "://") && path != "*":
		return badPath("the path does not begin with a slash", "a slash", path, "add a slash between the base URL and the path"), true
	case unreadable(q.sent):
		return badPath("the URL in the request line cannot be read", "a path, or a URL with a host", path, "send the path alone«; check CURLOPT_PROXY»"), true
	}
	return spec.Violation{}, false
}

// headerLines checks names and values. Of a value it reports only where it is wrong.
func (q *Request) headerLines() []spec.Violation {
	var found []spec.Violation
	for i, l := range q.lines {
		if !l.whole {
			break
		}
		if l.folded && i > 0 {
			continue // net/http treats it as a part of the line before
		}
		if v, wrong := l.check(); wrong {
			found = append(found, v)
		}
	}
	return found
}

// check checks a line that does not continue another one.
func (l line) check() (spec.Violation, bool) {
	inName := badIndex(l.name, isToken)
	inValue := badIndex(l.value, func(c byte) bool { return c >= ' ' && c != 0x7f || c == '\t' })
	switch {
	case l.folded:
		return badLine("", "the first line of the header begins with a space", l.place(), "remove the space before the header's name"), true
	case !l.colon:
		return badLine("", "a header line has no colon", l.place(), `write "Name: value"«: 'Authorization: Bearer ' . $token», and remove line breaks from values`), true
	case l.name == "":
		return badLine("", "a header has no name", l.place(), "write the name before the colon"), true
	case inName >= 0:
		return badLine("", "the name of a header contains "+byteName(l.name[inName]), l.place(),
			"write the name with letters, digits and hyphens, and the colon directly after it"), true
	case inValue >= 0:
		return badLine(l.known(), "the value of a header contains "+byteName(l.value[inValue]), fmt.Sprintf("%s, byte %d of the value", l.place(), inValue+1),
			"trim the value, and send it without control characters"), true
	}
	return spec.Violation{}, false
}

// host checks the Host header, which HTTP/1.1 requires.
func (q *Request) host() []spec.Violation {
	const expected = "the header once, with the server's name and port"
	hosts := q.values("Host")
	switch {
	case len(hosts) == 0 && q.version == "HTTP/1.1" && q.Method != http.MethodConnect:
		return []spec.Violation{badHost("the header Host is missing", expected, "none", "leave Host to the HTTP client: it takes the host from the URL")}
	case len(hosts) > 1:
		return []spec.Violation{badHost("duplicate Host header", expected, fmt.Sprintf("%d headers", len(hosts)), leaveHost)}
	case len(hosts) == 1 && badIndex(hosts[0], isHost) >= 0:
		return []spec.Violation{badHost("the header Host is not a host and a port", expected, spec.Quote(hosts[0]),
			"leave Host to the HTTP client: it takes the host from the URL, without http:// and path")}
	}
	return nil
}

// bodyLength checks the headers that give the length of the body.
func (q *Request) bodyLength() []spec.Violation {
	var found []spec.Violation
	lengths := q.values("Content-Length")
	for i := range lengths {
		if v, wrong := checkLength(lengths, i); wrong {
			found = append(found, v)
			break
		}
	}
	encodings := q.values("Transfer-Encoding")
	if len(encodings) > 1 || len(encodings) == 1 && !strings.EqualFold(encodings[0], "chunked") {
		found = append(found, badLength("Transfer-Encoding", "the Transfer-Encoding is not supported",
			"chunked, or no such header", spec.Quote(strings.Join(encodings, ", ")),
			"leave Transfer-Encoding to the HTTP client, and send the body without compression"))
	}
	return found
}

// checkLength checks one of the values of Content-Length.
func checkLength(lengths []string, i int) (spec.Violation, bool) {
	const expected = "how many bytes the body has"
	length := lengths[i]
	_, err := strconv.ParseUint(length, 10, 63)
	switch {
	case err != nil && length == "":
		return badLength("Content-Length", "Content-Length is empty", expected, "nothing", leaveLength), true
	case err != nil && negative().MatchString(length):
		return badLength("Content-Length", "Content-Length is negative", expected, "a number below 0", leaveLength), true
	case err != nil:
		return badLength("Content-Length", "Content-Length is not a number of bytes", expected, bytesText(int64(len(length)))+" that are not a number", leaveLength), true
	case length != lengths[0]:
		return badLength("Content-Length", "duplicate Content-Length with different values", "the header once", spec.Quote(strings.Join(lengths, ", ")), leaveLength), true
	}
	return spec.Violation{}, false
}

// expect returns the violation for an Expect header that net/http does not support.
func (q *Request) expect() spec.Violation {
	return spec.Violation{
		Code: spec.HTTPExpect, Severity: spec.Error, In: spec.InHeader, At: "Expect",
		Message: "the server cannot do what the client expects", Expected: "100-continue, or no such header", Got: spec.Quote(strings.Join(q.values("Expect"), ", ")),
		Fix: "leave the header out«: 'Expect:' in CURLOPT_HTTPHEADER keeps curl from adding one»",
	}
}

// tooLarge reports what takes up the space.
func (r Refusal) tooLarge(q *Request, maxHeader int) spec.Violation {
	v := spec.Violation{
		Code: spec.HTTPHeaderSize, Severity: spec.Error, In: spec.InHeader, Message: "the header of the request is too large",
		Expected: fmt.Sprintf("at most about %s, the URL included", bytesText(int64(maxHeader))), Got: "more than " + bytesText(r.Size-1),
		Fix: "send less, and check that no header is added repeatedly; the server's --max-header raises the limit",
	}
	switch longest := int64(r.LongestLength); {
	case longest < r.Size/2:
	case r.LongestLine == 1:
		v.In = spec.InPath
		v.Got += ", most of them in the URL"
		v.Fix = "send long values in the body; the server's --max-header raises the limit"
	default:
		for _, l := range q.lines {
			if l.number == r.LongestLine {
				v.At = l.known()
			}
		}
		v.Got += strings.TrimSuffix(fmt.Sprintf(", most of them in line %d, %s", r.LongestLine, v.At), ", ")
		v.Fix = "send less in this header: a body or a file does not belong in it; the server's --max-header raises the limit"
	}
	return v
}

// rest returns net/http's own words, for what nothing else explains.
func (r Refusal) rest() spec.Violation {
	if trimmed := len(r.Head) - len(bytes.TrimLeft(r.Head, "\r\n")); trimmed > 0 {
		return broken("a line break precedes the request", "a request line first", bytesText(int64(trimmed))+" before it",
			"send nothing before the request line, and nothing after a body")
	}
	if !r.Whole {
		return r.cut()
	}
	_, said := r.Reply()
	return broken("the request is not HTTP", "a request by RFC 9112", bytesText(r.Size), "see the server's reply: "+cmp.Or(said, "nothing"))
}
