package render

import (
	"html"
	"regexp"
	"strings"
	"testing"
)

// TestColour: each language has its pieces, and no character gets lost or becomes markup.
func TestColour(t *testing.T) {
	tags := regexp.MustCompile(`</?span[^>]*>`)
	for _, c := range []struct{ language, code, want string }{
		{"sh", "curl -H 'a: b' http://x # why\n", `<span class="code-word">curl</span><span class="code-name"> -H</span> <span class="code-string">&#39;a: b&#39;</span> http://x<span class="code-comment"> # why</span>` + "\n"},
		{"php", `$a = f("//x", 8); // why`, `<span class="code-name">$a</span> = f(<span class="code-string">&#34;//x&#34;</span>, <span class="code-number">8</span>); <span class="code-comment">// why</span>`},
		{"json", `{"a": "b", "c": [null, -1.5]}`, `{<span class="code-name">&#34;a&#34;:</span> <span class="code-string">&#34;b&#34;</span>, <span class="code-name">&#34;c&#34;:</span> [<span class="code-word">null</span>, <span class="code-number">-1.5</span>]}`},
		{"yaml", "- a: true # b\n", `<span class="code-name">- a:</span> <span class="code-word">true</span><span class="code-comment"> # b</span>` + "\n"},
		{"http", "HTTP/1.1 401 No\nA-B: c\n", `<span class="code-word">HTTP/1.1 401</span> No` + "\n" + `<span class="code-name">A-B:</span> c` + "\n"},
		{"sh", "echo '</script><b>'", `<span class="code-word">echo</span> <span class="code-string">&#39;&lt;/script&gt;&lt;b&gt;&#39;</span>`},
		{"", "<b>1</b>", "&lt;b&gt;1&lt;/b&gt;"},
		{"unknown", "a & b", "a &amp; b"},
		{"php", `"no end`, `&#34;no end`},
		{"json", "", ""},
	} {
		got := colour(c.language, c.code)
		if got != c.want {
			t.Errorf("%s %q:\n got %s\nwant %s", c.language, c.code, got, c.want)
		}
		if back := html.UnescapeString(tags.ReplaceAllString(got, "")); back != c.code {
			t.Errorf("%s: got the characters %q, want %q", c.language, back, c.code)
		}
	}
	if got := colour("json", strings.Repeat(`"`, 1<<16)); len(got) < 1<<16 {
		t.Error("a long text loses characters")
	}
}
