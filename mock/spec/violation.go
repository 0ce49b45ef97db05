package spec

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Severity is how serious a violation is for the client.
type Severity string

const (
	// Error is for what the contract forbids. The request is refused, unless the server is lenient.
	Error Severity = "error"
	// Warning is for what is unusual. The request is answered.
	Warning Severity = "warning"
)

// The parts of a request in which a violation can be: Violation.In.
const (
	InBody       = "body"
	InConnection = "connection" // before there was a request
	InHeader     = "header"
	InMethod     = "method"
	InPath       = "path"
	InQuery      = "query"
)

// Violation is one thing in a request that the contract does not allow or expect. It is data that is
// reported beside the answer, never control flow. Its texts are for people: only Code and At are
// stable.
type Violation struct {
	Code     Code     `json:"code"`
	Severity Severity `json:"severity"`
	In       string   `json:"in"`           // one of the In constants
	At       string   `json:"at,omitempty"` // body: a JSON pointer; header, path and query: the name
	Message  string   `json:"message"`      // what is wrong
	Expected string   `json:"expected,omitempty"`
	Got      string   `json:"got,omitempty"` // never a secret; see Quote
	Fix      string   `json:"fix"`           // what to change, the most likely first; like Message it may contain the marks of inspect.Speak

	// Allowed means that the violation was expected and fails nothing. The answer is the same.
	Allowed bool `json:"allowed,omitempty"`

	// The rule behind the violation: see Contract.Locate.
	Line     int      `json:"line,omitempty"`     // of the contract's file, from 1; 0 when it is not known
	Evidence string   `json:"evidence,omitempty"` // "documented", "observed" or "inferred"; "" when it is about this program alone
	Source   []string `json:"source,omitempty"`   // tags of the pages and plugins that show it, or that a guess is made from

	// Rule is the broken constraint as Laravel's language files call it ("required", "integer",
	// "max.string:255"). It decides the sentence of a refusal. It is empty if the violation is not about
	// the value of a field.
	Rule string `json:"-"`
}

// Quote returns a value from a request in a form that is safe to show: quoted, in ASCII, and cut
// after 60 characters, so that it cannot forge a line of a log.
func Quote(s string) string {
	const limit = 60
	if utf8.RuneCountInString(s) > limit {
		n := 0
		for i := range s {
			if n == limit {
				return strconv.QuoteToASCII(s[:i]) + "..."
			}
			n++
		}
	}
	return strconv.QuoteToASCII(s)
}

// PlainName reports whether a name from a request looks like a name, such as first_name, X-Api-Key
// or filter[0][tag]: words of letters, with numbers apart from them. Any other string may be a
// secret, or a whole document, where a name should be.
func PlainName(name string) bool {
	name = strings.TrimPrefix(name, "amp;") // an ampersand that was escaped for HTML
	before := byte('_')
	for i := range len(name) {
		c := name[i]
		switch {
		case 'a' <= c|0x20 && c|0x20 <= 'z' || c >= utf8.RuneSelf:
			c = 'a'
		case '0' <= c && c <= '9':
			c = '0'
		case strings.IndexByte("_-.$@", c) >= 0, i > 0 && strings.IndexByte("[] ", c) >= 0:
			c = '_'
		default:
			return false
		}
		if c != before && c != '_' && before != '_' {
			return false
		}
		before = c
	}
	return name != "" && len(name) <= 64
}

// QuoteName is Quote for names: it does not show a name that is not plain.
func QuoteName(name string) string {
	if PlainName(name) {
		return Quote(name)
	}
	return HiddenName(name)
}

// HiddenName returns what is shown instead of a name that may be a secret: its length and its first
// character.
func HiddenName(name string) string {
	if name == "" {
		return `""`
	}
	return fmt.Sprintf("[%d bytes that begin with %s]", len(name), strconv.QuoteToASCII(name[:1]))
}

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

// Pointer returns a JSON pointer (RFC 6901) of keys and indexes: "/a/b". Keys come from the client
// and can be as long as the body, so a long pointer is cut.
func Pointer(path ...string) string {
	const limit = 200
	var b strings.Builder
	for _, key := range path {
		if b.Len() > limit {
			b.WriteString("/...")
			break
		}
		if len(key) > limit {
			key = strings.ToValidUTF8(key[:limit], "") + "..."
		}
		b.WriteByte('/')
		b.WriteString(pointerEscapes.Replace(key))
	}
	return b.String()
}
