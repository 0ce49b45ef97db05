package control

import (
	"bytes"
	"fmt"
	"html"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/console"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/explain"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// console returns a file of the page on which people watch the mock.
func (a *api) console(w http.ResponseWriter, r *http.Request) (any, error) {
	if name := r.PathValue("file"); !console.Serve(w, r, name) {
		return nil, problemf(http.StatusNotFound, "the console has no file %.60q; open %s", name, console.Prefix)
	}
	return nil, nil
}

// description returns openapi.yaml.
func (a *api) description(w http.ResponseWriter, _ *http.Request) (any, error) {
	w.Header().Set("Content-Type", "application/yaml; charset=utf-8")
	_, _ = w.Write(OpenAPI)
	return nil, nil
}

// contractYAML returns the contract of the API that is imitated, as the server read it.
func (a *api) contractYAML(w http.ResponseWriter, _ *http.Request) (any, error) {
	w.Header().Set("Content-Type", "application/yaml; charset=utf-8")
	_, _ = w.Write(a.Contract.Source())
	return nil, nil
}

// contractJSON returns the same as JSON.
func (a *api) contractJSON(w http.ResponseWriter, _ *http.Request) (any, error) {
	converted, err := a.Contract.JSON()
	if err != nil {
		return nil, err
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(converted)
	return nil, nil
}

// referencePage is made of openapi.yaml for the first reader.
var referencePage = sync.OnceValues(func() (string, error) { return spec.Reference(OpenAPI) })

func (a *api) reference(w http.ResponseWriter, r *http.Request) (any, error) {
	text, err := referencePage()
	if err != nil {
		return nil, err
	}
	return nil, page(w, r, text)
}

// listCodes returns a page with every code.
func (a *api) listCodes(w http.ResponseWriter, r *http.Request) (any, error) {
	text := "# What violations mean\n\n| code | severity | meaning |\n| --- | --- | --- |\n"
	for _, e := range explain.Index() {
		text += fmt.Sprintf("| [%s](explain/%[1]s) | %s | %s |\n", e.Code, e.Severity, e.Meaning)
	}
	return nil, page(w, r, text)
}

// explain returns the page of a code.
func (a *api) explain(w http.ResponseWriter, r *http.Request) (any, error) {
	code := r.PathValue("code")
	text, ok := explain.Page(code)
	if !ok {
		near := "/_mock/explain lists all"
		if code := explain.Nearest(code); code != "" {
			near = "did you mean " + code + "?"
		}
		return nil, problemf(http.StatusNotFound, "there is no code %.40q; %s", code, near)
	}
	return nil, page(w, r, text)
}

// page writes a string in Markdown: as HTML for a browser, which would save a Markdown file to the disk.
func page(w http.ResponseWriter, r *http.Request, text string) error {
	ours := slices.Equal(r.Header["Sec-Fetch-Site"], []string{"same-origin"}) // the console, which shows explanations
	for _, dest := range r.Header["Sec-Fetch-Dest"] {
		if dest != "document" && (dest != "empty" || !ours) {
			return problemf(http.StatusForbidden, "this page is for people (Sec-Fetch-Dest: %.20q); open the address itself", dest)
		}
	}
	h := w.Header()
	h.Set("Vary", "Accept")
	if !strings.Contains(r.Header.Get("Accept"), "text/html") {
		h.Set("Content-Type", "text/markdown; charset=utf-8")
		_, _ = io.WriteString(w, text)
		return nil
	}
	var body bytes.Buffer
	if err := markdown.Convert([]byte(text), &body); err != nil {
		return err
	}
	title, _, _ := strings.Cut(strings.TrimPrefix(text, "# "), "\n")
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	_, _ = fmt.Fprintf(w, frame, html.EscapeString(title), body.Bytes())
	return nil
}

var markdown = goldmark.New(goldmark.WithExtensions(extension.Table), goldmark.WithParserOptions(parser.WithAutoHeadingID()))

// frame does not use html/template, because with it the linker cannot leave out unused code, and the
// program is a third larger. Only texts of the program itself go into it.
const frame = `<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>%s</title>
<style>
:root { color-scheme: light dark }
body { font: 16px/1.55 system-ui, sans-serif; max-width: 56rem; margin: 2rem auto; padding: 0 1rem }
h2 { margin-top: 2.5rem; border-bottom: 1px solid #8886 } h3 { margin-top: 2rem; overflow-wrap: anywhere }
pre { background: #8882; padding: .75rem 1rem; border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere }
code { font: .9em ui-monospace, monospace }
table { border-collapse: collapse; display: block; overflow-x: auto }
td, th { text-align: left; vertical-align: top; padding: .25rem 1rem .25rem 0; border-bottom: 1px solid #8883 }
</style>
%s
</html>
`
