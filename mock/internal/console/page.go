package console

import (
	"bytes"
	"html"
	"net/http"
	"net/url"
	"strings"
)

// Page is a page of text in the frame of the console. It works without JavaScript.
type Page struct {
	Path     string // where it is, such as /_mock/explain
	World    string // that its links keep; "" for the default world
	Session  bool   // whether there is a session that a reader may end
	Text     Text
	Contents []Group // beside the text; nil for the headings of the text
	Around   []Link  // below the text: where to go from here
}

// Text is Markdown, written by us and never by a request, as package render makes HTML of it.
type Text struct {
	Title    string
	HTML     string
	Headings []Group `json:",omitempty"` // of the second and third level
}

// Group is a part of a list of contents.
type Group struct {
	Title string
	Links []Link
}

// Link is a link to another page, or to a heading. Its address is a path of the mock.
type Link struct{ Text, To string }

// menu leads to all pages. The names are those of static/app.js; a test compares them.
var menu = []Link{
	{"Live", Prefix + "#/live"}, {"Help desk", Prefix + "#/desk"}, {"Try it", Prefix + "#/api"}, {"Account link", Prefix + "#/story"},
	{"State", Prefix + "#/state"}, {"Worlds", Prefix + "#/worlds"}, {"Faults", Prefix + "#/faults"}, {"Contracts", Prefix + "#/contracts"},
	{"Violations", "/_mock/explain"}, {"Control API", "/_mock/"},
}

// Write sends the page.
func (p Page) Write(w http.ResponseWriter, r *http.Request) {
	contents := p.Contents
	if contents == nil {
		contents = p.Text.Headings
	}
	var b bytes.Buffer
	p.begin(&b, p.Text.Title)
	b.WriteString(`<main id="main" tabindex="-1"><section class="reference manual">`)
	p.contents(&b, contents)
	b.WriteString("<article>\n")
	b.WriteString(p.Text.HTML)
	p.around(&b)
	b.WriteString("</article></section></main>\n</body>\n</html>\n")
	send(w, r, http.StatusOK, b.Bytes())
}

// WriteProblem sends a page that says in plain text what went wrong, which may repeat parts of the request.
func (p Page) WriteProblem(w http.ResponseWriter, r *http.Request, status int, detail string) {
	title := html.EscapeString(http.StatusText(status))
	var b bytes.Buffer
	p.begin(&b, http.StatusText(status))
	b.WriteString(`<main id="main" tabindex="-1"><section><h1>` + title + `</h1><p class="note bad">` + html.EscapeString(detail) +
		"</p></section></main>\n</body>\n</html>\n")
	send(w, r, status, b.Bytes())
}

// WriteLogin sends the form for the token of the control API. It says what was wrong with the last one, unless problem is "",
// and leads to a path of the mock.
func WriteLogin(w http.ResponseWriter, r *http.Request, status int, problem, to string) {
	var b bytes.Buffer
	head(&b, "Log in")
	b.WriteString(`<main id="main" class="login"><h1>ticaga-mock</h1>
<form class="stack" method="post" action="/_mock/login">
<p class="lead">This mock can be reached from other machines, so it asks for its control token. It printed the token when it started.</p>
`)
	if problem != "" {
		b.WriteString(`<p class="note bad" role="alert">` + html.EscapeString(problem) + "</p>\n")
	}
	b.WriteString(`<label><span>Control token</span><input name="token" type="password" autocomplete="current-password" required autofocus></label>
<input type="hidden" name="to" value="` + html.EscapeString(to) + `">
<button class="primary">Log in</button>
</form></main>
</body>
</html>
`)
	send(w, r, status, b.Bytes())
}

// send writes HTML. Its pages have no script at all, and their forms lead to the mock only. The browser must name the origin
// of a form, which it would not with no-referrer.
func send(w http.ResponseWriter, r *http.Request, status int, page []byte) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "same-origin")
	keepApart(h, r)
	w.WriteHeader(status)
	_, _ = w.Write(page)
}

// The functions below do not use html/template, because with it the linker cannot leave out unused code, and the program is a
// third larger. What they insert is escaped here.

func head(b *bytes.Buffer, title string) {
	b.WriteString(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>` + html.EscapeString(title) + ` – ticaga-mock</title>
<link rel="icon" href="/_mock/ui/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/_mock/ui/style.css">
</head>
<body>
`)
}

// begin writes everything above the page.
func (p Page) begin(b *bytes.Buffer, title string) {
	head(b, title)
	b.WriteString(`<a class="skip" href="#main">Skip to the page</a>
<header class="bar">
<a class="brand" href="` + p.address(Prefix) + `"><img src="/_mock/ui/icon.svg" alt=""> ticaga-mock</a>
<nav aria-label="Pages">`)
	for _, link := range menu {
		p.link(b, link, link.To == p.Path || link.To != "/_mock/" && strings.HasPrefix(p.Path, link.To+"/"))
	}
	b.WriteString("</nav>\n")
	if p.Session {
		b.WriteString(`<form method="post" action="/_mock/logout"><button class="small">Log out</button></form>` + "\n")
	}
	b.WriteString("</header>\n")
}

// contents writes the list beside the text.
func (p Page) contents(b *bytes.Buffer, groups []Group) {
	b.WriteString(`<nav class="contents" aria-label="Contents" tabindex="0">`)
	for _, group := range groups {
		if group.Title != "" {
			b.WriteString("<h2>" + html.EscapeString(group.Title) + "</h2>")
		}
		b.WriteString("<ul>")
		for _, link := range group.Links {
			b.WriteString("<li>")
			p.link(b, link, link.To == p.Path)
			b.WriteString("</li>")
		}
		b.WriteString("</ul>\n")
	}
	b.WriteString("</nav>\n")
}

// around writes the links below the text.
func (p Page) around(b *bytes.Buffer) {
	if len(p.Around) == 0 {
		return
	}
	b.WriteString(`<nav class="tools around" aria-label="Other pages">`)
	for _, link := range p.Around {
		p.link(b, link, false)
	}
	b.WriteString("</nav>\n")
}

func (p Page) link(b *bytes.Buffer, link Link, current bool) {
	b.WriteString(`<a href="` + p.address(link.To) + `"`)
	if current {
		b.WriteString(` aria-current="page"`)
	}
	b.WriteString(">" + html.EscapeString(link.Text) + "</a>")
}

// address returns a path of the mock with the world that the reader looks at, escaped for an attribute.
func (p Page) address(to string) string {
	if p.World != "" && !strings.HasPrefix(to, "#") {
		path, fragment, found := strings.Cut(to, "#")
		to = path + "?world=" + url.QueryEscape(p.World)
		if found {
			to += "#" + fragment
		}
	}
	return html.EscapeString(to)
}
