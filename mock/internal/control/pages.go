package control

import (
	"cmp"
	"fmt"
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
	_, _ = w.Write(OpenAPI)
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
var referencePage = sync.OnceValues(func() (string, error) { return spec.Reference(OpenAPI) })

func (a *api) reference(w http.ResponseWriter, r *http.Request) (any, error) {
	text, err := referencePage()
	if err != nil {
		return nil, err
	}
	return nil, a.page(w, r, console.Page{Markdown: text})
}

// listCodes returns a page with every code.
func (a *api) listCodes(w http.ResponseWriter, r *http.Request) (any, error) {
	query := ""
	if world := shownWorld(r); world != "" && wantsHTML(r) {
		query = "?world=" + world
	}
	text := "# What violations mean\n\nA violation is what the mock found wrong with a request. An error is refused, a warning is answered.\n"
	for _, group := range explain.Groups() {
		text += "\n## " + group.Title + "\n\n| code | severity | meaning |\n| --- | --- | --- |\n"
		for _, e := range group.Entries {
			text += fmt.Sprintf("| [%s](explain/%[1]s%s) | %s | %s |\n", e.Code, query, e.Severity, e.Meaning)
		}
	}
	return nil, a.page(w, r, console.Page{Markdown: text})
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
	page := console.Page{Path: explainPath + "/" + title, Markdown: text, Contents: codeList()}
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
	return nil, a.page(w, r, page)
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

// page writes a page of the program: as HTML for a browser, which would save a Markdown file to the disk.
func (a *api) page(w http.ResponseWriter, r *http.Request, p console.Page) error {
	ours := slices.Equal(r.Header["Sec-Fetch-Site"], []string{"same-origin"}) // the console, which shows explanations
	for _, dest := range r.Header["Sec-Fetch-Dest"] {
		if dest != "document" && (dest != "empty" || !ours) {
			return problemf(http.StatusForbidden, "this page is for people (Sec-Fetch-Dest: %.20q); open the address itself", dest)
		}
	}
	w.Header().Set("Vary", "Accept")
	p.Markdown = a.atHome(r, p.Markdown)
	if !wantsHTML(r) {
		w.Header().Set("Content-Type", "text/markdown; charset=utf-8")
		_, _ = io.WriteString(w, p.Markdown)
		return nil
	}
	a.addReader(&p, r)
	return p.Write(w, r)
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

// atHome returns Markdown with the address that the reader uses in its samples, which then work as they are. An address
// that may be somebody else's changes nothing.
func (a *api) atHome(r *http.Request, text string) string {
	const sample = "http://127.0.0.1:4280"
	_, port, err := net.SplitHostPort(r.Host)
	if _, notNumber := strconv.ParseUint(port, 10, 16); !KnownHost(r.Host, a.Hosts) || err == nil && notNumber != nil || r.Host == "" {
		return text
	}
	origin := "http://" + r.Host
	if r.TLS != nil {
		origin = "https://" + r.Host
	}
	base := origin
	if world := shownWorld(r); world != "" {
		base += "/w/" + world
	}
	return strings.NewReplacer(sample+"/api", base+"/api", sample, origin).Replace(text)
}
