package control

import (
	"net/http"
	"regexp"
	"strings"
)

// operation is one of openapi.yaml's.
type operation struct{ method, path, summary, description string }

var (
	pathLine   = regexp.MustCompile(`^  (/\S*):$`)
	methodLine = regexp.MustCompile(`^    (get|put|post|delete):$`)
	textLine   = regexp.MustCompile(`^      (summary|description): '(.*)'$`)
)

// operations reads openapi.yaml by its lines: it is ours, and keeps to one form.
func operations() []operation {
	var list []operation
	path := ""
	for line := range strings.Lines(string(OpenAPI)) {
		line = strings.TrimRight(line, "\n")
		if line == "components:" {
			break
		}
		if m := pathLine.FindStringSubmatch(line); m != nil {
			path = m[1]
		} else if m := methodLine.FindStringSubmatch(line); m != nil {
			list = append(list, operation{method: strings.ToUpper(m[1]), path: path})
		} else if m := textLine.FindStringSubmatch(line); m != nil && len(list) > 0 {
			text := strings.ReplaceAll(m[2], "''", "'")
			if last := &list[len(list)-1]; m[1] == "summary" {
				last.summary = text
			} else {
				last.description = text
			}
		}
	}
	return list
}

// reference is a page of Markdown about every operation.
func (d *door) reference(w http.ResponseWriter, _ *http.Request) (any, error) {
	var b strings.Builder
	b.WriteString("# The control door of ticaga-mock\n\nAnswers are JSON, errors problem+json. /_mock/openapi.yaml has the bodies.\n")
	for _, o := range operations() {
		b.WriteString("\n## " + o.method + " " + o.path + "\n\n" + o.summary + ".")
		if o.description != "" {
			b.WriteString(" " + o.description)
		}
		b.WriteString("\n")
	}
	w.Header().Set("Content-Type", "text/markdown; charset=utf-8")
	_, _ = w.Write([]byte(b.String()))
	return nil, nil
}
