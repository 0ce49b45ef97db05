package inspect

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
	"github.com/ticaga-mock/ticaga-mock/mock/words"
)

// sameWords groups words of a path that say the same: the contract's own, those of other
// generations, and those of APIs that people know by heart.
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

// What the differences between two paths cost. What costs tooFar was not meant.
const (
	sameSense   = 1 // a word that says the same, a value where one goes
	valueLeft   = 1 // a value that is not there: its variable may be empty
	createLeft  = 1 // "create" is not there: a POST to the noun says it elsewhere
	wordLeft    = 2 // another word is not there
	nounLeft    = 3 // the word behind /api is not there
	otherMethod = 3
	tooMuch     = 3 // a word or a value that is not wanted
	wordAsValue = 4 // a word where a value goes
	outdated    = 4 // a deprecated operation: a newer one is meant rather
	lastWord    = 6 // the last word is not wanted: it says most about what is
	tooFar      = 7
)

// Nearest finds the operation that a request to an unknown path most likely meant; nil
// when none is near. It compares the paths word by word. A deprecated operation stands for
// its successor.
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

// apart says what it costs to make the operation's path of another one, as distance does for
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

// leftOut says what it costs that a segment of the operation's path is not there.
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

// wordsApart says what it costs to take one word of a path for another: every third letter
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

// isValue reports whether a word of a path is no word, but something that was put in.
func isValue(word string) bool { return strings.ContainsAny(word, "0123456789@$:{") }
