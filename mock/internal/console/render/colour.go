package render

import (
	"html"
	"regexp"
	"strings"
)

// languages find the pieces of code that have a colour. The group that matches is the kind of the piece, and its class in the
// style sheet. A library would add five megabytes to the program, for five languages.
var languages = map[string]*regexp.Regexp{
	"http": regexp.MustCompile(`(?m)(?P<word>^[A-Z]+ |^HTTP/[\d.]+ \d+)|(?P<name>^[A-Za-z-]+:)|` + quoted),
	"json": regexp.MustCompile(`(?P<name>"(?:\\.|[^"\\])*"\s*:)|` + quoted + `|` + constant + `|` + number),
	"php": regexp.MustCompile(`(?P<comment>//[^\n]*|#[^\n]*|/\*(?s:.*?)\*/)|` + quoted + `|(?P<name>\$\w+)|` +
		`(?P<word>\b(?:array|as|catch|class|echo|else|foreach|fn|function|if|new|null|return|true|false|try|use)\b)|` + number),
	"sh":   regexp.MustCompile(`(?m)(?P<comment>(?:^|[ \t])#[^\n]*)|` + quoted + `|(?P<name>\$\w+|\$\{[^}]*\}|[ \t]--?[A-Za-z][\w-]*)|(?P<word>^[\w.-]+)`),
	"yaml": regexp.MustCompile(`(?m)(?P<comment>(?:^|[ \t])#[^\n]*)|(?P<name>^[ \t-]*[\w.$/{}-]+:)|` + quoted + `|` + constant + `|` + number),
}

const (
	quoted   = `(?P<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')`
	constant = `(?P<word>\b(?:true|false|null)\b)`
	number   = `(?P<number>-?\b\d+(?:\.\d+)?\b)`
)

// colour returns code as HTML, in which each piece of a kind is in a span. Code in another language is only escaped.
func colour(language, code string) string {
	pattern := languages[language]
	if pattern == nil {
		return html.EscapeString(code)
	}
	var b strings.Builder
	at := 0
	for _, match := range pattern.FindAllStringSubmatchIndex(code, -1) {
		for group, kind := range pattern.SubexpNames() {
			if kind == "" || match[2*group] < 0 {
				continue
			}
			b.WriteString(html.EscapeString(code[at:match[0]]) + `<span class="code-` + kind + `">` + html.EscapeString(code[match[0]:match[1]]) + "</span>")
			at = match[1]
		}
	}
	b.WriteString(html.EscapeString(code[at:]))
	return b.String()
}
