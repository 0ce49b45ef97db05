package wire

import (
	"fmt"
	"strconv"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// This file has what the violations of refused requests and of tolerated ones have in common. All are
// errors here; Tolerated makes warnings of them.

// Fixes that several violations have.
const (
	leaveHost   = "leave Host to the HTTP client«: remove it from CURLOPT_HTTPHEADER»"
	leaveLength = "leave Content-Length to the HTTP client«: remove it from CURLOPT_HTTPHEADER»"
	encodeValue = "percent-encode the value that goes into the path«: rawurlencode($value)»"
)

// broken returns a violation of code TM-HTTP-REQUEST about the request as a whole.
func broken(message, expected, got, fix string) spec.Violation {
	return spec.Violation{
		Code: spec.HTTPRequest, Severity: spec.Error, In: spec.InConnection,
		Message: message, Expected: expected, Got: got, Fix: fix,
	}
}

// HTTP2 returns the violation of a client that begins with a part of HTTP/2's preface.
func HTTP2() spec.Violation {
	return version("the preface of HTTP/2 is incomplete", "PRI * HTTP/2.0 without SM after it")
}

// version returns the violation for a version of HTTP.
func version(message, got string) spec.Violation {
	return spec.Violation{
		Code: spec.HTTPVersion, Severity: spec.Error, In: spec.InConnection,
		Message: message, Expected: "HTTP/1.1", Got: got,
		Fix: "send HTTP/1.1, the default of HTTP clients for http://",
	}
}

// badPath returns a violation about the path as it was sent.
func badPath(message, expected, path, fix string) spec.Violation {
	return spec.Violation{
		Code: spec.HTTPTarget, Severity: spec.Error, In: spec.InPath,
		Message: message, Expected: expected, Got: spec.Quote(path), Fix: fix,
	}
}

// unencodedPath returns the violation for the byte at an index of a path, which must be encoded, as
// all bytes must that are not allowed. The message ends with refused, which says who refuses it.
func unencodedPath(path string, at int, allowed func(byte) bool, refused string) spec.Violation {
	encoded := encode(path, func(c byte) bool { return !allowed(c) })
	return badPath("the path contains "+byteName(path[at])+", which must be encoded"+refused,
		"the value percent-encoded: "+spec.Quote(encoded), path, encodeValue)
}

// unencodedQuery is unencodedPath for a query, which may have secrets: it is not quoted.
func unencodedQuery(query string, at int, refused string) spec.Violation {
	return spec.Violation{
		Code: spec.HTTPTarget, Severity: spec.Error, In: spec.InQuery,
		Message:  "the query contains " + byteName(query[at]) + ", which must be encoded" + refused,
		Expected: "every name and value percent-encoded", Got: fmt.Sprintf("%s at its byte %d", byteName(query[at]), at+1),
		Fix: "encode the query«: http_build_query($fields), or urlencode() for each value»",
	}
}

// badLine returns a violation about how a line of the header is written. name is that of a common
// header, or "".
func badLine(name, message, got, fix string) spec.Violation {
	return spec.Violation{
		Code: spec.HTTPHeader, Severity: spec.Error, In: spec.InHeader, At: name,
		Message: message, Expected: "Name: value on one line", Got: got, Fix: fix,
	}
}

// badHost returns a violation about the Host header.
func badHost(message, expected, got, fix string) spec.Violation {
	return spec.Violation{
		Code: spec.HTTPHost, Severity: spec.Error, In: spec.InHeader, At: "Host",
		Message: message, Expected: expected, Got: got, Fix: fix,
	}
}

// badLength returns a violation about a header that gives the length of the body.
func badLength(name, message, expected, got, fix string) spec.Violation {
	return spec.Violation{
		Code: spec.HTTPLength, Severity: spec.Error, In: spec.InHeader, At: name,
		Message: message, Expected: expected, Got: got, Fix: fix,
	}
}

// byteName names a byte that is not allowed where it is.
func byteName(c byte) string {
	switch {
	case c == ' ':
		return "a space"
	case c == '\t':
		return "a tab"
	case c == '\r', c == '\n':
		return "a line break"
	case c < ' ' || c == 0x7f:
		return fmt.Sprintf("the control character 0x%02X", c)
	case c >= 0x80:
		return "a character that is not ASCII"
	}
	return strconv.QuoteToASCII(string(rune(c)))
}

// bytesText returns a number of bytes for a message.
func bytesText(n int64) string {
	if n == 1 {
		return "1 byte"
	}
	return fmt.Sprintf("%d bytes", n)
}

// place describes a line by its number, its length and, if known, its name.
func (l line) place() string {
	place := fmt.Sprintf("line %d, %s", l.number, bytesText(int64(len(l.text))))
	if name := l.known(); name != "" {
		place += ", " + name
	}
	return place
}
