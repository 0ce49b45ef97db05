package explain_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/explain"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// TestExplainEveryCode checks that each constant in mock/spec has a page and each page a constant, and
// that the other Go files use the constants.
func TestExplainEveryCode(t *testing.T) {
	var declared []string
	for file, codes := range codesInSource(t, "../..") {
		if file == filepath.Join("../..", "spec", "codes.go") {
			declared = codes
			continue
		}
		t.Errorf("%s: got literals %q, want the constants of mock/spec", file, codes)
	}
	if diff := cmp.Diff(declared, explain.Codes()); diff != "" {
		t.Errorf("codes differ (-want in spec/codes.go +got pages):\n%s", diff)
	}
}

// codesInSource returns the codes that are whole strings in the Go files under root, sorted, by
// file. Test files are left out.
func codesInSource(t *testing.T, root string) map[string][]string {
	code := regexp.MustCompile(`^TM-[A-Z0-9-]+$`)
	found := map[string][]string{}
	err := filepath.WalkDir(root, func(name string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
				if text, err := strconv.Unquote(literal.Value); err == nil && code.MatchString(text) {
					found[name] = append(found[name], text)
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, codes := range found {
		slices.Sort(codes)
	}
	return found
}

// page is a page taken apart.
type page struct {
	severity   string
	prose      map[string]string   // by heading
	curl, code map[string][]string // the blocks of shell and of PHP, by heading
}

var (
	headings  = []string{"What it means", "Wrong", "Right", "Who does it", "Where it comes from"}
	fence     = regexp.MustCompile("(?s)```(sh|php)\n(.*?)\n```\n")
	pageStart = regexp.MustCompile(`^# (TM-[A-Z0-9-]+)\n\n(error|warning): [^\n]+\.\n\n## `)
)

func read(t *testing.T, code string) page {
	t.Helper()
	text, ok := explain.Page(code)
	start := pageStart.FindStringSubmatch(text)
	if !ok || start == nil || start[1] != code {
		t.Fatalf("the page has to begin %q, then the severity and a sentence; got start %q; want ok true, start not nil, start[1] %q", "# "+code, start, code)
	}
	p := page{start[2], map[string]string{}, map[string][]string{}, map[string][]string{}}
	var found []string
	for section := range strings.SplitSeq(text[len(start[0])-len("## "):], "\n## ") {
		section = strings.TrimPrefix(section, "## ")
		heading, body, _ := strings.Cut(section, "\n\n")
		found = append(found, heading)
		body = strings.TrimRight(body, "\n") + "\n"
		for _, block := range fence.FindAllStringSubmatch(body, -1) {
			if block[1] == "sh" {
				p.curl[heading] = append(p.curl[heading], block[2])
			} else {
				p.code[heading] = append(p.code[heading], block[2])
			}
		}
		p.prose[heading] = strings.TrimSpace(fence.ReplaceAllString(body, ""))
	}
	if diff := cmp.Diff(headings, found); diff != "" {
		t.Fatalf("headings differ (-want +got):\n%s", diff)
	}
	return p
}

// TestExplainPages holds every page against its structure, and sends the requests that it shows: the
// wrong one earns the code, the right one no error.
func TestExplainPages(t *testing.T) {
	for _, code := range explain.Codes() {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			p := read(t, code)
			for _, heading := range []string{"Wrong", "Right"} {
				if len(p.curl[heading]) != 1 || len(p.code[heading]) != 1 || p.prose[heading] != "" {
					t.Fatalf("%s: want one block of shell, one of PHP, and nothing else", heading)
				}
				if php := p.code[heading][0]; !strings.Contains(php, "curl_exec($ch);") && !strings.Contains(php, "fwrite($socket") {
					t.Errorf(`%s: the PHP sends nothing, want containing "curl_exec($ch);" or "fwrite($socket"`, heading)
				}
			}
			for _, heading := range []string{"What it means", "Who does it", "Where it comes from"} {
				if !strings.HasSuffix(p.prose[heading], ".") {
					t.Errorf("%s: want sentences, got %q", heading, p.prose[heading])
				}
			}
			wrong := run(t, p.curl["Wrong"][0])
			if i := slices.IndexFunc(wrong, func(v spec.Violation) bool { return string(v.Code) == code }); i < 0 {
				t.Errorf("the wrong request: got violations %v, want %s among them", wrong, code)
			} else if string(wrong[i].Severity) != p.severity {
				t.Errorf("the page says %s, the mock %s, want %q", p.severity, wrong[i].Severity, p.severity)
			}
			for _, v := range run(t, p.curl["Right"][0]) {
				if isWrong(v, code) {
					t.Errorf("the right request: got violation %v, want none", v)
				}
			}
		})
	}
}

// isWrong reports whether a request that is shown as right for a code must not earn a violation. Whoever
// copies it gets no advice about Accept either.
func isWrong(v spec.Violation, code string) bool {
	return v.Severity == spec.Error || string(v.Code) == code || v.Code == "TM-HEADER-ACCEPT"
}

func TestExplainPage(t *testing.T) {
	if _, ok := explain.Page(" tm-auth-missing\n"); !ok {
		t.Error("Page(\" tm-auth-missing\\n\") found nothing, want the page: case and white space do not matter")
	}
	for _, code := range []string{"", "TM-NOTHING", "../explain", "TM-*"} {
		if text, ok := explain.Page(code); ok || text != "" {
			t.Errorf(`%q has a page; got text %q; want ok false, text ""`, code, text)
		}
	}
}

func TestExplainNearest(t *testing.T) {
	for code, want := range map[string]string{
		"TM-AUTH-MISING": "TM-AUTH-MISSING", "auth-missing": "TM-AUTH-MISSING", "TM_BODY_REQUIRED": "TM-BODY-REQUIRED",
		"TM-METHODE": "TM-METHOD", "": "", "TM-": "", "SOMETHING-ELSE-AT-ALL": "",
		"missing": "TM-AUTH-MISSING", "TM-AUTH": "TM-AUTH-CONFLICT", "TM-FIELD-UNKNOWN": "TM-BODY-UNKNOWN-FIELD", "dupl": "TM-BODY-DUPLICATE",
		"TM-FEILD-UNKNOWN": "TM-BODY-UNKNOWN-FIELD", "authmissing": "TM-AUTH-MISSING", strings.Repeat("AUTH-", 1e5): "",
	} {
		t.Run(code, func(t *testing.T) {
			if got := explain.Nearest(code); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestExplainLike(t *testing.T) {
	for part, want := range map[string][]string{
		"slash":    {"TM-PATH-DOUBLE-SLASH", "TM-PATH-TRAILING-SLASH"},
		"tm-world": {"TM-WORLD-FULL", "TM-WORLD-LIMIT", "TM-WORLD-NAME", "TM-WORLD-CROSS-SITE"},
		"email":    {"TM-AUTH-EMAIL", "TM-AUTH-EMAIL-TWICE"},
		"":         nil, "-": nil, "nothing": {},
	} {
		t.Run(part, func(t *testing.T) {
			if diff := cmp.Diff(want, explain.Like(part)); diff != "" {
				t.Errorf("Like(%q) differs (-want +got):\n%s", part, diff)
			}
		})
	}
}

// TestExplainIndex: the list has a line for every page, and says what the page begins with.
func TestExplainIndex(t *testing.T) {
	for _, e := range explain.Index() {
		if string(e.Severity) != read(t, e.Code).severity || e.Meaning == "" || strings.HasSuffix(e.Meaning, ".") {
			t.Errorf(`got %+v; want severity %q, meaning not empty, meaning not ending in "."`, e, read(t, e.Code).severity)
		}
	}
}
