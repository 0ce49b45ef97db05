// Package explain is the manual of mistakes: a page for each code that a violation can
// carry. The pages are the files TM-*.md beside this one; a test holds them against the code
// of the program, and sends the requests that they show.
package explain

import (
	"embed"
	"path"
	"slices"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

//go:embed pages/TM-*.md
var pages embed.FS

// Page is the page of a code in Markdown, whatever the code's case; false when there is none.
func Page(code string) (string, bool) {
	text, err := pages.ReadFile("pages/" + strings.ToUpper(strings.TrimSpace(code)) + ".md")
	return string(text), err == nil
}

// Codes lists every code, sorted.
func Codes() []string {
	entries, _ := pages.ReadDir("pages") // embedded, so it is there
	codes := make([]string, len(entries))
	for i, e := range entries {
		codes[i] = strings.TrimSuffix(path.Base(e.Name()), ".md")
	}
	slices.Sort(codes)
	return codes
}

// Nearest is the code that a mistyped one was most likely meant to be; "" when none is near.
// TM- may be left out.
func Nearest(code string) string {
	code = strings.ToUpper(strings.TrimSpace(code))
	if !strings.HasPrefix(code, "TM-") {
		code = "TM-" + code
	}
	return spec.NearestWord(code, Codes())
}
