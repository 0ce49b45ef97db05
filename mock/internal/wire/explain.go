package wire

import (
	"bytes"
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

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

// broken returns a violation of code TM-HTTP-REQUEST about the request as a whole.
func broken(message, expected, got, fix string) spec.Violation {
	return spec.Violation{
		Code: spec.HTTPRequest, Severity: spec.Error, In: spec.InConnection,
		Message: message, Expected: expected, Got: got, Fix: fix,
	}
}

// HTTP2 returns the violation of a client that begins with HTTP/2.
func HTTP2() spec.Violation {
	return version("the client speaks HTTP/2", "HTTP/2's preface, PRI * HTTP/2.0")
}

func version(message, got string) spec.Violation {
	return spec.Violation{
		Code: spec.HTTPVersion, Severity: spec.Error, In: spec.InConnection,
		Message: message, Expected: "HTTP/1.1", Got: got,
		Fix: "send HTTP/1.1, the default of HTTP clients for http://",
	}
}

// otherProtocol recognises the first bytes of other protocols.
func (r Refusal) otherProtocol() (spec.Violation, bool) {
	first := byte('G')
	if len(r.Head) > 0 {
		first = r.Head[0]
	}
	const request = "a request line, such as GET /api/connection HTTP/1.1"
	switch {
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

func bytesText(n int64) string {
	if n == 1 {
		return "1 byte"
	}
	return fmt.Sprintf("%d bytes", n)
}

// headerStart matches the start of a header line.
var headerStart = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]*:[ \t]`)

// versionForm matches an HTTP version (RFC 9112, 2.3).
var versionForm = regexp.MustCompile(`^HTTP/[0-9]\.[0-9]$`)

// requestLine checks the method and the version.
func (r Refusal) requestLine(q *Request) (spec.Violation, bool) {
	const request = "METHOD, path and HTTP/1.1, with a space between each"
	start := q.start
	switch {
	case q.version != "" && !strings.HasPrefix(q.version, "HTTP/1.") && versionForm.MatchString(q.version):
		return version("this version of HTTP is not supported", q.version), true
	case q.version != "" && !versionForm.MatchString(q.version):
		return version("this is not a version of HTTP", spec.Quote(q.version)), true
	case q.version != "" && q.Method == "-":
		return spec.Violation{
			Code: spec.HTTPRequest, Severity: spec.Error, In: spec.InMethod, Message: "the method is not a word",
			Expected: "a method, such as GET or POST", Got: "a method with characters other than letters", Fix: "send one of the methods of the contract",
		}, true
	case q.version != "":
		return spec.Violation{}, false
	case headerStart.MatchString(start) && r.Later:
		return broken("a header line instead of a request line", request, "a header after the end of the previous request",
			"trim the values of headers, such as the token: one of them ends in a line break"), true
	case headerStart.MatchString(start):
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
	v := spec.Violation{Code: spec.HTTPTarget, Severity: spec.Error, In: spec.InPath}
	before, query, _ := strings.Cut(q.sent, "?")
	control := func(c byte) bool { return c > ' ' && c != 0x7f }
	percent := -1
	for i := range len(before) {
		if before[i] == '%' && !encoded(before, i) {
			percent = i
			break
		}
	}
	at := badIndex(before, control)
	switch {
	case at < 0 && badIndex(query, control) >= 0:
		at = badIndex(query, control)
		v.In, v.Message = spec.InQuery, "the query contains "+byteName(query[at])+", which must be encoded"
		v.Expected, v.Got = "every name and value percent-encoded", fmt.Sprintf("%s at its byte %d", byteName(query[at]), at+1)
		v.Fix = "encode the query«: http_build_query($fields), or urlencode() for each value»"
	case at >= 0:
		v.Message = "the path contains " + byteName(before[at]) + ", which must be encoded"
		v.Expected, v.Got = "the value percent-encoded: "+spec.Quote(encode(before, func(c byte) bool { return !control(c) })), spec.Quote(before)
		v.Fix = "percent-encode the value that goes into the path«: rawurlencode($value)»"
	case percent >= 0:
		v.Message = "the path contains a % that does not begin an encoded byte"
		v.Expected, v.Got = "%25 for a %", spec.Quote(before)
		v.Fix = "percent-encode the value that goes into the path«: rawurlencode($value)»"
	case q.Method != http.MethodConnect && !strings.HasPrefix(before, "/") && !strings.Contains(before, "://") && before != "*":
		v.Message, v.Expected, v.Got = "the path does not begin with a slash", "a slash", spec.Quote(before)
		v.Fix = "add a slash between the base URL and the path"
	case q.Method != http.MethodConnect && unreadable(q.sent):
		v.Message, v.Expected, v.Got = "the URL in the request line cannot be read", "a path, or a URL with a host", spec.Quote(before)
		v.Fix = "send the path alone«; check CURLOPT_PROXY»"
	default:
		return v, false
	}
	return v, true
}

func unreadable(target string) bool {
	_, err := url.ParseRequestURI(target)
	return err != nil
}

// byteName names an invisible byte.
func byteName(c byte) string {
	switch c {
	case ' ':
		return "a space"
	case '\t':
		return "a tab"
	case '\r', '\n':
		return "a line break"
	}
	return fmt.Sprintf("the control character 0x%02X", c)
}

// headerLines checks names and values. Of a value it reports only where it is wrong.
func (q *Request) headerLines() []spec.Violation {
	var found []spec.Violation
	for i, l := range q.lines {
		if !l.whole {
			break
		}
		v := spec.Violation{Code: spec.HTTPHeader, Severity: spec.Error, In: spec.InHeader, Expected: "Name: value on one line", Got: l.place()}
		bad := badIndex(l.value, func(c byte) bool { return c >= ' ' && c != 0x7f || c == '\t' })
		switch {
		case l.folded && i == 0:
			v.Message, v.Fix = "the first line of the header begins with a space", "remove the space before the header's name"
		case l.folded:
			continue // net/http treats it as a part of the line before
		case !l.colon:
			v.Message, v.Fix = "a header line has no colon", `write "Name: value"«: 'Authorization: Bearer ' . $token», and remove line breaks from values`
		case l.name == "":
			v.Message, v.Fix = "a header has no name", "write the name before the colon"
		case badIndex(l.name, isToken) >= 0:
			at := badIndex(l.name, isToken)
			v.Message = "the name of a header contains " + signName(l.name[at])
			v.Fix = "write the name with letters, digits and hyphens, and the colon directly after it"
		case bad >= 0:
			v.At, v.Message = l.known(), "the value of a header contains "+byteName(l.value[bad])
			v.Got = fmt.Sprintf("%s, byte %d of the value", l.place(), bad+1)
			v.Fix = "trim the value, and send it without control characters"
		default:
			continue
		}
		found = append(found, v)
	}
	return found
}

// signName names a byte that is not allowed in a name.
func signName(c byte) string {
	if c <= ' ' || c == 0x7f {
		return byteName(c)
	}
	if c >= 0x80 {
		return "a character that is not ASCII"
	}
	return strconv.QuoteToASCII(string(rune(c)))
}

// place describes a line by its number, its length and, if known, its name.
func (l line) place() string {
	place := fmt.Sprintf("line %d, %s", l.number, bytesText(int64(len(l.text))))
	if name := l.known(); name != "" {
		place += ", " + name
	}
	return place
}

// knownNames are common names of headers.
var knownNames = regexp.MustCompile(`(?i)^(accept(-charset|-encoding|-language)?|authorization|connection|content-(encoding|length|type)|cookie|expect|host|origin|referer|transfer-encoding|user-agent|x-(admin-email|api-token|api-key|forwarded-for|requested-with))\b`)

// known returns the name that a line begins with if it is a common one. Anything else may be a
// secret without a name.
func (l line) known() string { return http.CanonicalHeaderKey(knownNames.FindString(l.text)) }

// values returns the values of a header, without what folded lines add.
func (q *Request) values(name string) []string {
	var values []string
	for _, l := range q.lines {
		if l.whole && strings.EqualFold(l.name, name) {
			values = append(values, l.value)
		}
	}
	return values
}

// host checks the Host header, which HTTP/1.1 requires.
func (q *Request) host() []spec.Violation {
	v := spec.Violation{Code: spec.HTTPHost, Severity: spec.Error, In: spec.InHeader, At: "Host", Expected: "the header once, with the server's name and port"}
	hosts := q.values("Host")
	switch {
	case len(hosts) == 0 && q.version == "HTTP/1.1" && q.Method != http.MethodConnect:
		v.Message, v.Got, v.Fix = "the header Host is missing", "none", "leave Host to the HTTP client: it takes the host from the URL"
	case len(hosts) > 1:
		v.Message, v.Got = "duplicate Host header", fmt.Sprintf("%d headers", len(hosts))
		v.Fix = "leave Host to the HTTP client«: remove it from CURLOPT_HTTPHEADER»"
	case len(hosts) == 1 && badIndex(hosts[0], isHost) >= 0:
		v.Message, v.Got = "the header Host is not a host and a port", spec.Quote(hosts[0])
		v.Fix = "leave Host to the HTTP client: it takes the host from the URL, without http:// and path"
	default:
		return nil
	}
	return []spec.Violation{v}
}

// isHost reports whether net/http allows a byte in a Host.
func isHost(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		bytes.IndexByte([]byte("!$%&()*+,-.:;=[']_~"), c) >= 0
}

// bodyLength checks the headers that give the length of the body.
func (q *Request) bodyLength() []spec.Violation {
	var found []spec.Violation
	report := func(at, message, expected, got, fix string) {
		found = append(found, spec.Violation{
			Code: spec.HTTPLength, Severity: spec.Error, In: spec.InHeader, At: at, Message: message, Expected: expected, Got: got, Fix: fix,
		})
	}
	const number, once = "how many bytes the body has", "the header once"
	const leave = "leave Content-Length to the HTTP client«: remove it from CURLOPT_HTTPHEADER»"
	lengths := q.values("Content-Length")
	for i, length := range lengths {
		_, err := strconv.ParseUint(length, 10, 63)
		switch {
		case err != nil && length == "":
			report("Content-Length", "Content-Length is empty", number, "nothing", leave)
		case err != nil && negative.MatchString(length):
			report("Content-Length", "Content-Length is negative", number, "a number below 0", leave)
		case err != nil:
			report("Content-Length", "Content-Length is not a number of bytes", number, bytesText(int64(len(length)))+" that are not a number", leave)
		case i > 0 && length != lengths[0]:
			report("Content-Length", "duplicate Content-Length with different values", once, spec.Quote(strings.Join(lengths, ", ")), leave)
		default:
			continue
		}
		break
	}
	encodings := q.values("Transfer-Encoding")
	if len(encodings) > 1 || len(encodings) == 1 && !strings.EqualFold(encodings[0], "chunked") {
		report("Transfer-Encoding", "the Transfer-Encoding is not supported", "chunked, or no such header", spec.Quote(strings.Join(encodings, ", ")),
			"leave Transfer-Encoding to the HTTP client, and send the body without compression")
	}
	return found
}

var negative = regexp.MustCompile(`^-[0-9]+$`)

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
	switch most := int64(r.LongestLength); {
	case most < r.Size/2:
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
