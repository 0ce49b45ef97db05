package inspect

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
	"github.com/ticaga-mock/ticaga-mock/mock/words"
)

// sameWords groups path words with the same meaning: the contract's own, those of other
// generations, and those of APIs that people know well.
var sameWords = [][]string{
	{"create", "new", "add", "open", "store", "insert", "submit"},
	{"responses", "response", "replies", "reply", "respond", "comments", "messages", "answers"},
	{"customers", "clients", "users", "contacts", "client", "user"},
	{"get", "show", "view", "read", "fetch", "find"},
	{"info", "show", "view", "details"},
	{"list", "all", "index"},
	{"close", "resolve"},
	{"rate", "rating", "ratings"},
	{"login", "signin", "authenticate"},
	{"register", "signup"},
	{"connection", "connect", "ping", "test", "auth"},
}

// The costs of the differences between two paths. A path that costs tooFar was not intended.
const (
	sameSense   = 1 // a word with the same meaning, or a value where one is expected
	valueLeft   = 1 // a missing value: its variable may be empty
	createLeft  = 1 // a missing "create": elsewhere a POST to the noun means the same
	wordLeft    = 2 // another missing word
	nounLeft    = 3 // a missing word after /api
	otherMethod = 3
	tooMuch     = 3 // an extra word or value
	wordAsValue = 4 // a word where a value is expected
	outdated    = 4 // a deprecated operation: a newer one is more likely intended
	lastWord    = 6 // an extra word at the end: it says most about the intended operation
	tooFar      = 7
)

// Nearest returns the operation that a request to an unknown path most likely intended, or nil if
// none is near. It compares the paths word by word. For a deprecated operation it returns the
// successor.
func Nearest(c *spec.Contract, method, path string) *spec.Operation {
	asked := spec.SplitPath(strings.ToLower(path))
	if len(path) > 256 || len(asked) > 8 {
		return nil
	}
	var best *spec.Operation
	least := tooFar
	for _, o := range c.Operations {
		d := apart(o, asked)
		if o.Method != method {
			d += otherMethod
		}
		if o.Deprecated {
			d += outdated
		}
		if d < least {
			best, least = o, d
		}
	}
	if best != nil {
		best = cmp.Or(c.Operation(best.Successor), best)
	}
	return best
}

// apart returns the cost of turning the requested path into the operation's, as distance does for
// letters.
func apart(o *spec.Operation, asked []string) int {
	last, row := make([]int, len(o.Segments)+1), make([]int, len(o.Segments)+1)
	for j, segment := range o.Segments {
		last[j+1] = last[j] + leftOut(j, segment)
	}
	for i, word := range asked {
		surplus := tooMuch
		if i == len(asked)-1 && !isValue(word) {
			surplus = lastWord
		}
		row[0] = last[0] + surplus
		for j, segment := range o.Segments {
			row[j+1] = min(last[j+1]+surplus, row[j]+leftOut(j, segment), last[j]+wordsApart(word, segment))
		}
		last, row = row, last
	}
	return last[len(o.Segments)]
}

// leftOut returns the cost of a missing segment of the operation's path.
func leftOut(at int, segment string) int {
	switch {
	case spec.IsParameter(segment):
		return valueLeft
	case at == 1:
		return nounLeft
	case segment == "create":
		return createLeft
	}
	return wordLeft
}

// wordsApart returns the cost of using one word of a path instead of another: every third letter
// may be mistyped.
func wordsApart(asked, segment string) int {
	switch {
	case asked == segment:
		return 0
	case spec.IsParameter(segment) && isValue(asked):
		return sameSense
	case spec.IsParameter(segment):
		return wordAsValue
	case slices.Contains(strings.FieldsFunc(asked, func(r rune) bool { return r == '-' || r == '_' }), segment):
		return sameSense // assign-billing-id
	case slices.ContainsFunc(sameWords, func(group []string) bool {
		return slices.Contains(group, asked) && slices.Contains(group, segment)
	}):
		return sameSense
	case len(asked) > 64 || max(len(asked), len(segment))-min(len(asked), len(segment)) > len(asked)/3:
		return tooFar
	}
	if d := words.Distance(asked, segment); d <= len(asked)/3 {
		return d
	}
	return tooFar
}

// isValue reports whether a segment of a path looks like an inserted value instead of a word.
func isValue(word string) bool { return strings.ContainsAny(word, "0123456789@$:{") }
