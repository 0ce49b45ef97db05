package spec

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Severity says what a violation costs the client.
type Severity string

const (
	// Error: the contract forbids it. It is refused, unless the server is lenient.
	Error Severity = "error"
	// Warning: it is answered, but odd.
	Warning Severity = "warning"
)

// Where in a request a violation was found: Violation.In.
const (
	InBody       = "body"
	InConnection = "connection" // before there was a request
	InHeader     = "header"
	InMethod     = "method"
	InPath       = "path"
	InQuery      = "query"
)

// Violation is one thing in a request that the contract does not expect. It is
// data that travels beside the answer, never control flow, and its texts are for
// people: only Code and At are stable.
type Violation struct {
	Code     string   `json:"code"` // e.g. "TM-BODY-REQUIRED"
	Severity Severity `json:"severity"`
	In       string   `json:"in"`           // one of the In constants
	At       string   `json:"at,omitempty"` // body: a JSON pointer; header, path and query: the name
	Message  string   `json:"message"`      // what is wrong
	Expected string   `json:"expected,omitempty"`
	Got      string   `json:"got,omitempty"` // never a secret; see Quote
	Fix      string   `json:"fix"`           // what to change, the most likely first

	// What stands behind it: see Contract.Locate.
	Line     int      `json:"line,omitempty"`     // of the contract's file, from 1; 0 when it is not known
	Evidence string   `json:"evidence,omitempty"` // "documented", "observed" or "inferred"; "" when it is about this program alone
	Source   []string `json:"source,omitempty"`   // tags of the pages and plugins that show it, or that a guess is made from

	// Rule is the broken constraint as Laravel's language files call it ("required",
	// "integer", "max.string:255"), from which a refusal takes its sentence. Empty where the
	// violation is not about the value of a field.
	Rule string `json:"-"`
}

// Quote makes a value from a request fit to be shown: quoted, in ASCII, and cut
// after 60 characters, so that it cannot forge a line of a log.
func Quote(s string) string {
	const most = 60
	if utf8.RuneCountInString(s) > most {
		n := 0
		for i := range s {
			if n == most {
				return strconv.QuoteToASCII(s[:i]) + "..."
			}
			n++
		}
	}
	return strconv.QuoteToASCII(s)
}

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

// Pointer writes a JSON pointer (RFC 6901) of keys and indexes: "/a/b". Keys are a
// stranger's text and can be as long as the body, so a long pointer is cut.
func Pointer(path ...string) string {
	const most = 200
	var b strings.Builder
	for _, key := range path {
		if b.Len() > most {
			b.WriteString("/...")
			break
		}
		if len(key) > most {
			key = strings.ToValidUTF8(key[:most], "") + "..."
		}
		b.WriteByte('/')
		b.WriteString(pointerEscapes.Replace(key))
	}
	return b.String()
}
