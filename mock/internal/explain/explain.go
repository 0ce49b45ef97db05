// Package explain is the manual of violations: one page for each code that a violation can have. The
// pages are the files pages/TM-*.md; a test checks them against the code of the program, and sends
// the requests that they show.
package explain

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/ticaga-mock/ticaga-mock/mock/packed"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
	"github.com/ticaga-mock/ticaga-mock/mock/words"
)

// folder has the pages.
const folder = "mock/internal/explain/pages"

// Page returns the page of a code in Markdown, and whether there is one. The case of the code does
// not matter.
func Page(code string) (string, bool) {
	text := packed.Read(folder + "/" + strings.ToUpper(strings.TrimSpace(code)) + ".md")
	return string(text), text != nil
}

// Entry is a one-line summary of a page.
type Entry struct {
	Code     string        `json:"code"`
	Severity spec.Severity `json:"severity"`
	Meaning  string        `json:"meaning"` // a sentence without its full stop
}

// Index returns an entry for every page, sorted by code. The caller must not change it.
var Index = sync.OnceValue(func() []Entry {
	codes := packed.Names(folder)
	for i, file := range codes {
		codes[i] = strings.TrimSuffix(file, ".md")
	}
	slices.Sort(codes)
	entries := make([]Entry, len(codes))
	for i, code := range codes {
		page, _ := Page(code)
		_, line, _ := strings.Cut(page, "\n\n")
		line, _, _ = strings.Cut(line, "\n")
		severity, meaning, _ := strings.Cut(line, ": ")
		entries[i] = Entry{code, spec.Severity(severity), strings.TrimSuffix(meaning, ".")}
	}
	return entries
})

// Group is the codes about one part of a request.
type Group struct {
	Title   string
	Entries []Entry
}

// Groups returns every entry of Index by what it is about. The caller must not change it.
var Groups = sync.OnceValue(func() []Group {
	groups := []Group{
		{Title: "Credentials"}, {Title: "Path, query and method"}, {Title: "Headers"}, {Title: "Body"}, {Title: "Data"},
		{Title: "Worlds"}, {Title: "HTTP"}, {Title: "Other"},
	}
	kinds := map[string]int{"AUTH": 0, "PATH": 1, "QUERY": 1, "METHOD": 1, "HEADER": 2, "BODY": 3, "DATA": 4, "WORLD": 5, "HTTP": 6}
	for _, e := range Index() {
		kind, _, _ := strings.Cut(strings.TrimPrefix(e.Code, "TM-"), "-")
		at, ok := kinds[kind]
		if !ok {
			at = len(groups) - 1
		}
		groups[at].Entries = append(groups[at].Entries, e)
	}
	return groups
})

// Codes returns every code, sorted.
func Codes() []string {
	codes := make([]string, len(Index()))
	for i, e := range Index() {
		codes[i] = e.Code
	}
	return codes
}

// Like returns the codes that have every word of a partial code, the shortest codes first. Order and
// case do not matter, and the beginning of a word is enough. The result is empty for a string
// without words.
func Like(part string) []string { return having(wordsOf(part)) }

// wordsOf splits a code into words, without the TM that each code begins with. It returns none for a
// string that is longer than any code, because comparing them all would take long.
func wordsOf(code string) []string {
	if len(code) > 64 {
		return nil
	}
	words := strings.FieldsFunc(strings.ToUpper(code), func(r rune) bool { return r == '-' || r == '_' || unicode.IsSpace(r) })
	return slices.DeleteFunc(words, func(word string) bool { return word == "TM" })
}

func having(words []string) []string {
	if len(words) == 0 {
		return nil
	}
	codes := slices.DeleteFunc(Codes(), func(code string) bool {
		return slices.ContainsFunc(words, func(word string) bool {
			return !slices.ContainsFunc(wordsOf(code), func(has string) bool { return strings.HasPrefix(has, word) })
		})
	})
	slices.SortStableFunc(codes, func(a, b string) int { return cmp.Compare(strings.Count(a, "-"), strings.Count(b, "-")) })
	return codes
}

// Nearest returns the code that a mistyped or shortened one was most likely intended to be, or ""
// when no code is similar. TM- may be left out.
func Nearest(code string) string {
	parts := wordsOf(code)
	if like := having(parts); len(like) > 0 {
		return like[0]
	}
	var known []string
	for _, code := range Codes() {
		known = append(known, wordsOf(code)...)
	}
	for i, word := range parts {
		parts[i] = cmp.Or(words.Nearest(word, known), word)
	}
	if like := having(parts); len(like) > 0 {
		return like[0]
	}
	return words.Nearest("TM-"+strings.Join(wordsOf(code), "-"), Codes()) // for words that ran together
}
