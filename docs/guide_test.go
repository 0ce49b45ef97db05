package docs_test

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// TestGuide checks llms.txt, which coding assistants read: its form is that of llmstxt.org, a mock serves it, and its
// links lead to files of this repository or to pages of a running mock.
func TestGuide(t *testing.T) {
	const repository, running = "https://github.com/ticaga-mock/ticaga-mock/blob/main/", "http://127.0.0.1:4280"
	guide := read(t, "llms.txt")
	desk := mock.Start(t)
	if status, body := get(t, desk.URL+"/llms.txt"); status != http.StatusOK || body != guide {
		t.Errorf("/llms.txt: got status %d and %d bytes, want 200 and the %d bytes of the file", status, len(body), len(guide))
	}
	if form := regexp.MustCompile(`^# .+\n\n> `); !form.MatchString(guide) {
		t.Errorf("llms.txt: got %.60q, want a title and a summary behind >", guide)
	}
	_, sections, _ := strings.Cut(guide, "\n## ")
	item := regexp.MustCompile(`^- \[[^]]+\]\((\S+)\)(: .+)?$`)
	links := 0
	for line := range strings.Lines(sections) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "-") {
			continue
		}
		found := item.FindStringSubmatch(line)
		if found == nil {
			t.Errorf("llms.txt: got %q, want an item such as - [Name](URL): what it is", line)
			continue
		}
		links++
		file, inRepository := strings.CutPrefix(found[1], repository)
		path, inMock := strings.CutPrefix(found[1], running)
		switch {
		case inRepository:
			if _, err := os.Stat(filepath.Join(root, file)); err != nil {
				t.Errorf("llms.txt: link to %s: got no such file, want one", found[1])
			}
		case inMock:
			if status, _ := get(t, desk.URL+path); status != http.StatusOK {
				t.Errorf("llms.txt: link to %s: got status %d, want 200", found[1], status)
			}
		default:
			t.Errorf("llms.txt: got a link to %s, want one to %s or %s", found[1], repository, running)
		}
	}
	if links < 10 {
		t.Errorf("llms.txt: got %d links; is the pattern right?; want at least 10", links)
	}
}

// get returns the status and the body of an answer.
func get(t *testing.T, url string) (int, string) {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}
