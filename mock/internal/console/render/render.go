// Package render makes HTML of the Markdown of our pages of text. It does so when the program is built, by a test of package
// control: goldmark takes time whenever a program starts that it is linked into, and half a megabyte of it.
package render

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/console"
)

var markdown = goldmark.New(
	goldmark.WithExtensions(extension.Table),
	goldmark.WithParserOptions(parser.WithAutoHeadingID()),
	goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(codeBlocks{}, 100))),
)

// dress adds what the style sheet and the keyboard need. The texts of a page cannot contain these tags, because they are escaped.
var dress = strings.NewReplacer(
	"<table>", `<div class="wide" tabindex="0"><table>`, "</table>", "</table></div>",
	"<td>error</td>", `<td><span class="badge bad">error</span></td>`, "<td>warning</td>", `<td><span class="badge warn">warning</span></td>`,
	"<p>error: ", `<p><span class="badge bad">error</span> `, "<p>warning: ", `<p><span class="badge warn">warning</span> `,
)

// Render returns Markdown as HTML, with its headings of the second and third level.
func Render(source string) (console.Text, error) {
	title, _, _ := strings.Cut(strings.TrimPrefix(source, "# "), "\n")
	made := console.Text{Title: title}
	document := markdown.Parser().Parse(text.NewReader([]byte(source)))
	for node := document.FirstChild(); node != nil; node = node.NextSibling() {
		heading, ok := node.(*ast.Heading)
		if !ok || heading.Level == 1 {
			continue
		}
		id, _ := heading.AttributeString("id")
		anchor, _ := id.([]byte)
		link := console.Link{Text: words(heading, []byte(source)), To: "#" + string(anchor)}
		if heading.Level == 2 || made.Headings == nil {
			made.Headings = append(made.Headings, console.Group{})
		}
		last := &made.Headings[len(made.Headings)-1]
		last.Links = append(last.Links, link)
	}
	var b bytes.Buffer
	if err := markdown.Renderer().Render(&b, []byte(source), document); err != nil {
		return made, err
	}
	made.HTML = dress.Replace(b.String())
	return made, nil
}

// words returns the text of a node without its markup.
func words(node ast.Node, source []byte) string {
	var b strings.Builder
	for child := node.FirstChild(); child != nil; child = child.NextSibling() {
		if leaf, ok := child.(*ast.Text); ok {
			b.Write(leaf.Value(source))
			continue
		}
		b.WriteString(words(child, source))
	}
	return b.String()
}

// codeBlocks renders blocks of code with the colours of their language.
type codeBlocks struct{}

// RegisterFuncs implements renderer.NodeRenderer.
func (codeBlocks) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindFencedCodeBlock, func(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		block := node.(*ast.FencedCodeBlock)
		var code strings.Builder
		for i := range block.Lines().Len() {
			line := block.Lines().At(i)
			code.Write(line.Value(source))
		}
		_, err := w.WriteString(`<pre tabindex="0"><code>` + colour(string(block.Language(source)), code.String()) + "</code></pre>\n")
		return ast.WalkContinue, err
	})
}
