package docs_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// wording is a phrase that readers had trouble with, and what to write instead.
type wording struct{ phrase, instead string }

// wordings are the phrases that no text for people has: documents, explanations, help, messages and
// comments. They are regular expressions for whole words in any case, with a space for any white space.
var wordings = []wording{
	{`doors?`, "control API"},
	{`mend(s|ed|ing)?`, "fix, fixed"},
	{`mistakes?`, "violation, error"},
	{`h[oe]lds? (\w+ ){0,4}against`, "validate, check against"},
	{`(is|are|be) taken`, "is accepted"},
	{`a text|one text|as text`, "a string"},
	{`lists (and|or|of) objects|objects (and|or) lists`, "arrays"},
	{`whole numbers?`, "integer"},
	{`small letters?|in capitals`, "lowercase, uppercase"},
	{`time such as \d+(ms|s|m|h)`, "a duration"},
	{`(is|are) there twice`, "duplicate"},
	{`as many as there may be`, "limit reached"},
	{`(is|are) none`, "is not a ..., unsupported"}, // but see idioms
	{`(in|into|takes) the place of`, "instead of, replaces"},
	{`under way`, "in flight"},
	{`nearest miss(es)?`, "near misses"},
	{`(hand|give)(s|ing)? (on|out)|handed (on|out)`, "return, pass, report"},
	{`anew`, "recreate, regenerate, again"},
	{`(what|as) is usual`, "the default"},
	{`foresees?|foreseen`, "dry run"},
	{`spoil(s|t|ed)?`, "apply the fault"},
	{`misbehaves?`, "write the fault"},
	{`requests held`, "... in its requests"},
	{`at the most`, "at most"},
	{`give (0|more|less|a number)`, "must be"},
	{`(meant|welcome) operation|operation (that )?(is|was) meant`, "intended operation"},
}

// idioms look like one of wordings and are fine.
var idioms = regexp.MustCompile(`(?i)\bthere (is|are) none\b`)

// TestLanguage checks the texts that people read for phrases that they had trouble with.
func TestLanguage(t *testing.T) {
	all, some := compile(), anyWording()
	checked := 0
	for _, text := range texts(t) {
		checked++
		words := idioms.ReplaceAllString(text.words, "")
		if !some.MatchString(words) {
			continue
		}
		for i, found := range all {
			if hit := found.FindString(words); hit != "" {
				t.Errorf("%s: got %q, want %q, in: %s", text.file, hit, wordings[i].instead, around(text.words, hit))
			}
		}
	}
	if checked < 1000 {
		t.Errorf("found %d texts; are the patterns for files right?; want at least 1000", checked)
	}
}

// TestLanguageFinds checks the patterns themselves.
func TestLanguageFinds(t *testing.T) {
	for _, c := range []struct {
		text string
		want bool
	}{
		{"Use the control\n door.", true},
		{"The billing id has already been taken.", false},
		{"a file is none, Sir", true},
		{"there are nonetheless two", false},
		{"recommended", false},
		{"indoors", false},
		{"held it against the contract", true},
		{"a text/html body", false},
		{"a textarea", false},
	} {
		t.Run(c.text, func(t *testing.T) {
			got := slices.ContainsFunc(compile(), func(r *regexp.Regexp) bool { return r.MatchString(squeeze(c.text)) })
			if got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func compile() []*regexp.Regexp {
	var all []*regexp.Regexp
	for _, w := range wordings {
		all = append(all, wholeWords(w.phrase))
	}
	return all
}

// anyWording finds texts that have one of wordings. Most have none, and there are many.
func anyWording() *regexp.Regexp {
	var phrases []string
	for _, w := range wordings {
		phrases = append(phrases, w.phrase)
	}
	return wholeWords(strings.Join(phrases, "|"))
}

func wholeWords(phrase string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)\b(?:` + phrase + `)\b(?:[^-/\w]|$)`)
}

// text is something that people read.
type text struct{ file, words string }

// texts returns everything that people read: documents, pages, OpenAPI files, examples, expected output, and the
// comments and strings of Go files.
func texts(t *testing.T) []text {
	t.Helper()
	var all []text
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		file := strings.TrimPrefix(filepath.ToSlash(name), root+"/")
		base := entry.Name()
		switch {
		case entry.IsDir() && (base == ".git" || base == "node_modules" || base == "vendor" || file == "bin" || file == "contracts/verify/lib"):
			return fs.SkipDir
		case entry.IsDir():
		case slices.Contains([]string{".md", ".yaml", ".yml", ".txtar", ".php", ".js", ".ts"}, path.Ext(base)), base == "mistakes.txt", base == "llms.txt", base == "Makefile",
			path.Dir(file) == "cmd/ticaga-mock/testdata/help", strings.HasPrefix(file, "fixtures/") && path.Ext(base) == ".json":
			for paragraph := range strings.SplitSeq(read(t, file), "\n\n") {
				all = append(all, text{file, squeeze(paragraph)})
			}
		case strings.HasSuffix(base, ".go") && !strings.HasSuffix(base, "_test.go"):
			all = append(all, inGo(t, name, file)...)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// inGo returns the comments and strings of a Go file.
func inGo(t *testing.T, name, file string) []text {
	t.Helper()
	files := token.NewFileSet()
	source, err := parser.ParseFile(files, name, nil, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var all []text
	add := func(at token.Pos, words string) {
		all = append(all, text{file + ":" + strconv.Itoa(files.Position(at).Line), squeeze(words)})
	}
	for _, group := range source.Comments {
		add(group.Pos(), group.Text())
	}
	ast.Inspect(source, func(n ast.Node) bool {
		if sum, ok := n.(*ast.BinaryExpr); ok && sum.Op == token.ADD {
			add(sum.Pos(), joined(sum)) // a phrase may begin in one string and end in the next
		}
		if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			if words, err := strconv.Unquote(literal.Value); err == nil {
				add(literal.Pos(), words)
			}
		}
		return true
	})
	return all
}

// joined returns what a sum of strings is as far as the source tells: one … for each part that is not
// a literal.
func joined(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return joined(e.X)
	case *ast.BinaryExpr:
		return joined(e.X) + joined(e.Y)
	case *ast.BasicLit:
		if words, err := strconv.Unquote(e.Value); err == nil && e.Kind == token.STRING {
			return words
		}
	}
	return "…"
}

// squeeze makes one space of any white space.
func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

// around returns a part of a text around a phrase.
func around(text, phrase string) string {
	at := strings.Index(text, phrase)
	return text[max(0, at-40):min(len(text), at+len(phrase)+40)]
}
