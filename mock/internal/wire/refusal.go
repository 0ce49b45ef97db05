package wire

import (
	"bytes"
	"fmt"
	"net/http"
	"net/textproto"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// Refusal is a request that no handler has seen: net/http has answered it by itself, or its head was
// cut off.
type Refusal struct {
	Time   time.Time // when its first byte was received
	Head   []byte    // the first bytes received
	Size   int64     // number of bytes received, at most to the end of the head
	Whole  bool      // the head is complete
	Later  bool      // there were other requests on the connection before
	Answer []byte    // the answer of net/http, or for a request without TLS that of Secure; nil when the request was cut off

	WantsTLS bool // the request is plain HTTP at a port that speaks TLS

	LongestLine, LongestLength int // of the lines received: its number, from 1, and its length in bytes
}

// Status returns the status of the answer; 0 when there is none.
func (r Refusal) Status() int {
	if len(r.Answer) < len("HTTP/1.1 400") {
		return 0
	}
	status, _ := strconv.Atoi(string(r.Answer[9:12]))
	return status
}

// Reply returns the header and the body of the answer.
func (r Refusal) Reply() (http.Header, string) {
	head, body, _ := bytes.Cut(r.Answer, []byte("\r\n\r\n"))
	_, head, _ = bytes.Cut(head, []byte("\r\n"))
	header := http.Header{}
	for line := range strings.SplitSeq(string(head), "\r\n") {
		if name, value, ok := strings.Cut(line, ": "); ok {
			header.Add(name, value)
		}
	}
	return header, string(body)
}

// Request is as much of a broken request as can be read. It has only what HTTP defines: anything
// else that was received may be a secret.
type Request struct {
	Method string      // "-" when it is not a common one
	Target string      // the path as it was sent, in printable ASCII; "-" when there is none
	Path   string      // the path, decoded; characters that should have been encoded are kept
	Query  string      // as it was sent, in printable ASCII
	Header http.Header // the lines that have a name and a value, Host included

	start   string // the request line
	sent    string // the target, as it was received
	version string
	lines   []line
}

// line is a line of the header.
type line struct {
	number      int    // in the head, the request line being 1
	text        string // as it was received
	name, value string // before and after the colon
	colon       bool
	folded      bool // it continues the line before
	whole       bool // its end was received
}

// parse reads as much of a head as there is.
func (r Refusal) parse() *Request {
	q := &Request{Method: "-", Target: "-", Header: http.Header{}}
	for i, text := range strings.SplitAfter(strings.TrimLeft(string(r.Head), "\r\n"), "\n") {
		text, whole := strings.CutSuffix(text, "\n")
		text = strings.TrimSuffix(text, "\r")
		switch {
		case i == 0:
			q.requestLine(text)
		case text != "":
			q.lines = append(q.lines, q.headerLine(i+1, text, whole))
		}
	}
	return q
}

// methods are the common methods. Any other first word may be anything.
var methods = [...]string{
	http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions, http.MethodConnect, http.MethodTrace,
}

// requestLine reads METHOD TARGET VERSION. A target that has spaces in it ends at the last one.
func (q *Request) requestLine(text string) {
	q.start = text
	method, rest, _ := strings.Cut(text, " ")
	if end := strings.LastIndexByte(rest, ' '); end >= 0 && strings.HasPrefix(rest[end+1:], "HTTP/") {
		rest, q.version = rest[:end], rest[end+1:]
	}
	known := slices.ContainsFunc(methods[:], func(m string) bool { return strings.EqualFold(m, method) })
	if known || q.version != "" && method != "" && badIndex(method, isToken) < 0 {
		q.Method = method
	}
	if q.Method == "-" || rest == "" {
		return
	}
	unprintable := func(c byte) bool { return c <= ' ' || c >= 0x7f }
	target, query, _ := strings.Cut(rest, "?")
	q.sent = rest
	q.Target, q.Query = encode(path(target), unprintable), encode(query, unprintable)
	q.Path = decode(path(target))
}

// path returns the path of a target, which may name the server too, as in a request to a proxy.
func path(target string) string {
	if _, rest, ok := strings.Cut(target, "://"); ok {
		_, rest, _ = strings.Cut(rest, "/")
		return "/" + rest
	}
	return target
}

// decode decodes percent-encoding where there is any.
func decode(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if encoded(text, i) {
			value, _ := strconv.ParseUint(text[i+1:i+3], 16, 8)
			b.WriteByte(byte(value))
			i += 2
		} else {
			b.WriteByte(text[i])
		}
	}
	return b.String()
}

// encoded reports whether a percent-encoded byte begins at an index of a target.
func encoded(text string, i int) bool {
	return text[i] == '%' && i+2 < len(text) && isHex(text[i+1]) && isHex(text[i+2])
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// encode writes the bytes that are not allowed in a target as %XX.
func encode(text string, bad func(byte) bool) string {
	var b strings.Builder
	for i := range len(text) {
		if bad(text[i]) {
			fmt.Fprintf(&b, "%%%02X", text[i])
		} else {
			b.WriteByte(text[i])
		}
	}
	return b.String()
}

// headerLine reads a line of the header, and keeps its value if it has a name.
func (q *Request) headerLine(number int, text string, whole bool) line {
	l := line{number: number, text: text, whole: whole, folded: text[0] == ' ' || text[0] == '\t'}
	if l.folded {
		return l
	}
	l.name, l.value, l.colon = strings.Cut(text, ":")
	l.value = strings.Trim(l.value, " \t")
	if l.colon && l.name != "" && badIndex(l.name, isToken) < 0 && whole {
		q.Header.Add(textproto.CanonicalMIMEHeaderKey(l.name), strings.ToValidUTF8(l.value, "\ufffd"))
	}
	return l
}

// headerStart matches the start of a header line.
var headerStart = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]*:[ \t]`) })

// versionForm matches an HTTP version (RFC 9112, 2.3).
var versionForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^HTTP/[0-9]\.[0-9]$`) })

// negative matches a number below 0.
var negative = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^-[0-9]+$`) })

// knownNames are common names of headers.
var knownNames = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^(accept(-charset|-encoding|-language)?|authorization|connection|content-(encoding|length|type)|cookie|expect|host|origin|referer|transfer-encoding|user-agent|x-(admin-email|api-token|api-key|forwarded-for|requested-with))\b`)
})

// known returns the name that a line begins with if it is a common one. Anything else may be a
// secret without a name.
func (l line) known() string { return http.CanonicalHeaderKey(knownNames().FindString(l.text)) }

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

// isHost reports whether net/http allows a byte in a Host.
func isHost(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		bytes.IndexByte([]byte("!$%&()*+,-.:;=[']_~"), c) >= 0
}

// unreadable reports whether net/http cannot read a target.
func unreadable(target string) bool {
	_, err := url.ParseRequestURI(target)
	return err != nil
}

// hasBadEscape reports whether a path has a % that does not begin an encoded byte.
func hasBadEscape(path string) bool {
	for i := range len(path) {
		if path[i] == '%' && !encoded(path, i) {
			return true
		}
	}
	return false
}

// isVisible reports whether a byte is neither a space nor a control character.
func isVisible(c byte) bool { return c > ' ' && c != 0x7f }

// badIndex returns the index of the first byte that is not good; -1 when all are.
func badIndex(text string, good func(byte) bool) int {
	for i := range len(text) {
		if !good(text[i]) {
			return i
		}
	}
	return -1
}

// Request returns what can be read of the request, and what is wrong with it: at least one
// violation. maxHeader is the limit of http.Server, in bytes.
func (r Refusal) Request(maxHeader int) (*Request, []spec.Violation) {
	q := r.parse()
	return q, r.explain(q, maxHeader)
}
