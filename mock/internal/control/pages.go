package control

import (
	"cmp"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/console"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/explain"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/world"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// console returns a file of the page on which people watch the mock. The API reference has an address of its own, which is
// short for a place in that page.
func (a *api) console(w http.ResponseWriter, r *http.Request) (any, error) {
	name := r.PathValue("file")
	if operation, ok := strings.CutPrefix(name+"/", "api/"); ok {
		query := ""
		if world := shownWorld(r); world != "" {
			query = "?world=" + world
		}
		http.Redirect(w, r, strings.TrimSuffix(console.Prefix+query+"#/api/"+url.PathEscape(strings.TrimSuffix(operation, "/")), "/"), http.StatusSeeOther)
		return nil, nil
	}
	if !console.Serve(w, r, name) {
		return nil, problemf(http.StatusNotFound, "the console has no file %.60q; open %s", name, console.Prefix)
	}
	return nil, nil
}

// description returns openapi.yaml.
func (a *api) description(w http.ResponseWriter, _ *http.Request) (any, error) {
	w.Header().Set("Content-Type", "application/yaml; charset=utf-8")
	_, _ = w.Write(OpenAPI())
	return nil, nil
}

// contractYAML returns the contract of the API that is imitated, as the server read it.
func (a *api) contractYAML(w http.ResponseWriter, _ *http.Request) (any, error) {
	w.Header().Set("Content-Type", "application/yaml; charset=utf-8")
	_, _ = w.Write(a.Contract().Source())
	return nil, nil
}

// contractJSON returns the same as JSON.
func (a *api) contractJSON(w http.ResponseWriter, _ *http.Request) (any, error) {
	converted, err := a.Contract().JSON()
	if err != nil {
		return nil, err
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(converted)
	return nil, nil
}

// referencePage is made of openapi.yaml for the first reader.
var referencePage = sync.OnceValues(func() (string, error) { return spec.Reference(OpenAPI()) })

func (a *api) reference(w http.ResponseWriter, r *http.Request) (any, error) {
	return nil, a.page(w, r, referenceText, console.Page{}, referencePage)
}

// listCodes returns a page with every code.
func (a *api) listCodes(w http.ResponseWriter, r *http.Request) (any, error) {
	return nil, a.page(w, r, codesText, console.Page{}, func() (string, error) { return codesPage(), nil })
}

// codesPage returns the page with every code.
func codesPage() string {
	text := "# What violations mean\n\nA violation is what the mock found wrong with a request. An error is refused, a warning is answered.\n"
	for _, group := range explain.Groups() {
		text += "\n## " + group.Title + "\n\n| code | severity | meaning |\n| --- | --- | --- |\n"
		for _, e := range group.Entries {
			text += fmt.Sprintf("| [%s](explain/%[1]s) | %s | %s |\n", e.Code, e.Severity, e.Meaning)
		}
	}
	return text
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
	title, _, _ := strings.Cut(strings.TrimPrefix(text, "# "), "\n")
	page := console.Page{Path: explainPath + "/" + title, Contents: codeList()}
	all := page.Contents[0].Links[0]
	page.Around = []console.Link{all}
	var links []console.Link
	for _, group := range page.Contents[1:] {
		links = append(links, group.Links...)
	}
	at := slices.IndexFunc(links, func(link console.Link) bool { return link.To == page.Path })
	if at > 0 {
		page.Around = slices.Insert(page.Around, 0, console.Link{Text: "← " + links[at-1].Text, To: links[at-1].To})
	}
	if at+1 < len(links) {
		page.Around = append(page.Around, console.Link{Text: links[at+1].Text + " →", To: links[at+1].To})
	}
	return nil, a.page(w, r, title, page, func() (string, error) { return text, nil })
}

const explainPath = "/_mock/explain"

// codeList returns the contents beside the page of a code.
func codeList() []console.Group {
	list := []console.Group{{Links: []console.Link{{Text: "All codes", To: explainPath}}}}
	for _, group := range explain.Groups() {
		links := make([]console.Link, len(group.Entries))
		for i, e := range group.Entries {
			links[i] = console.Link{Text: e.Code, To: explainPath + "/" + e.Code}
		}
		list = append(list, console.Group{Title: group.Title, Links: links})
	}
	return list
}

// page writes a page of the program: one of texts for a browser, which would save a Markdown file to the disk, or else the
// Markdown that it was made of.
func (a *api) page(w http.ResponseWriter, r *http.Request, name string, p console.Page, markdown func() (string, error)) error {
	ours := slices.Equal(r.Header["Sec-Fetch-Site"], []string{"same-origin"}) // the console, which shows explanations
	for _, dest := range r.Header["Sec-Fetch-Dest"] {
		if dest != "document" && (dest != "empty" || !ours) {
			return problemf(http.StatusForbidden, "this page is for people (Sec-Fetch-Dest: %.20q); open the address itself", dest)
		}
	}
	w.Header().Set("Vary", "Accept")
	if !wantsHTML(r) {
		text, err := markdown()
		if err != nil {
			return err
		}
		w.Header().Set("Content-Type", "text/markdown; charset=utf-8")
		_, _ = io.WriteString(w, a.atHome(r, plain).Replace(text))
		return nil
	}
	all, err := texts()
	if err != nil {
		return err
	}
	p.Text = all[name]
	p.Text.HTML = a.atHome(r, html.EscapeString).Replace(p.Text.HTML)
	a.addReader(&p, r)
	if name == codesText && p.World != "" {
		p.Text.HTML = linksIn(p.World).Replace(p.Text.HTML)
	}
	p.Write(w, r)
	return nil
}

// addReader adds to a page what depends on who reads it.
func (a *api) addReader(p *console.Page, r *http.Request) {
	p.Path = cmp.Or(p.Path, r.URL.Path)
	p.World, p.Session = shownWorld(r), a.Token != "" && a.sessions.has(r)
}

// wantsHTML reports whether a person looks at the answer in a browser.
func wantsHTML(r *http.Request) bool { return strings.Contains(r.Header.Get("Accept"), "text/html") }

// shownWorld returns the world that a reader has chosen, such as ?world=blue, or "" for the default world.
func shownWorld(r *http.Request) string {
	name := r.URL.Query().Get("world")
	if name == world.Default || world.CheckName(name) != nil {
		return ""
	}
	return name
}

// atHome replaces the address in the samples of a page with the one that the reader uses, so that they work as they are. An
// address that may be somebody else's changes nothing. The address may have characters that HTML escapes.
func (a *api) atHome(r *http.Request, escape func(string) string) *strings.Replacer {
	const sample = "http://127.0.0.1:4280"
	_, port, err := net.SplitHostPort(r.Host)
	if _, notNumber := strconv.ParseUint(port, 10, 16); !KnownHost(r.Host, a.Hosts) || err == nil && notNumber != nil || r.Host == "" {
		return strings.NewReplacer()
	}
	origin := "http://" + r.Host
	if r.TLS != nil {
		origin = "https://" + r.Host
	}
	base := origin
	if world := shownWorld(r); world != "" {
		base += "/w/" + world
	}
	return strings.NewReplacer(sample+"/api", escape(base+"/api"), sample, escape(origin))
}

// plain is how Markdown escapes an address.
func plain(s string) string { return s }

// linksIn lets the links to codes keep the world that a reader has chosen.
func linksIn(world string) *strings.Replacer {
	var pairs []string
	for _, code := range explain.Codes() {
		pairs = append(pairs, `"explain/`+code+`"`, `"explain/`+code+"?world="+world+`"`)
	}
	return strings.NewReplacer(pairs...)
}
