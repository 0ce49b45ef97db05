package mock_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// TestReportsOfBadStatesAreBounded: however much is wrong with a state or a file, the report stays readable and
// says how much it leaves out.
func TestReportsOfBadStatesAreBounded(t *testing.T) {
	const valid = `{"id":%d,"subject":"S","message":"M","status":"open","priority":"low","customer_id":0,"department_id":1,"created_at":"2026-01-02T15:04:05.000000Z"}`
	for name, c := range map[string]struct {
		noun, list string
		want       []string
	}{
		"one":            {"customers", `[{}]`, []string{"customers.json: /0/id: the value is missing"}},
		"a few":          {"tickets", `[` + fmt.Sprintf(valid, 1) + `,{},` + fmt.Sprintf(valid, 1) + `,7]`, []string{"/1/id", "/3: the value has the wrong type"}},
		"very many":      {"customers", `[` + strings.Repeat(`{},`, 199_999) + `{}]`, []string{"/0/id", "and 8 more\n", "199991 more entries were not checked"}},
		"many numbers":   {"departments", `[` + strings.Repeat(`7,`, 149) + `7]`, []string{"/99: the value has", "departments.json: 50 more entries were not checked"}},
		"many fields":    {"customers", `[` + manyFields(5_000) + `]`, []string{": property", "and 4913 more"}},
		"a long name":    {"customers", `[{"` + strings.Repeat("x", 1<<20) + `":1}]`, []string{": property", "..."}},
		"a huge entry":   {"departments", `[{"custom_fields":[` + strings.Repeat(`{},`, 99_999) + `{}]}]`, []string{"/0/"}},
		"broken later":   {"customers", `[` + strings.Repeat(`{},`, 1_000) + "\n\n{]", []string{"/0/id"}},
		"broken at once": {"customers", "[\n\n{]", []string{"line 3: not a JSON array"}},
	} {
		t.Run(name, func(t *testing.T) {
			server := newServer(t)
			before := askControl(server, "GET", "/_mock/worlds/default/state", "").Body.String()
			put := askControl(server, "PUT", "/_mock/worlds/default/state", fmt.Sprintf(`{%q:%s}`, c.noun, c.list))
			var problem struct{ Detail string }
			if err := json.Unmarshal(put.Body.Bytes(), &problem); err != nil {
				t.Fatal(err)
			}
			_, asFile := mock.New(mock.Options{Fixtures: fstest.MapFS{c.noun + ".json": {Data: []byte(c.list)}}})
			if put.Code != http.StatusUnprocessableEntity && name != "broken later" && name != "broken at once" || put.Code < 400 {
				t.Errorf("status %d", put.Code)
			}
			if asFile == nil {
				t.Fatal("accepted as a file, want an error")
			}
			for where, said := range map[string]string{"control API": problem.Detail, "file": asFile.Error()} {
				if where == "control API" && strings.HasPrefix(name, "broken") {
					continue // the whole body is no JSON
				}
				if lines := strings.Count(said, "\n") + 1; lines > 103 || len(said) > 64<<10 {
					t.Errorf("%s: %d lines, %d bytes; want lines at most 103, len(said) at most %d", where, lines, len(said), 64<<10)
				}
				for _, part := range c.want {
					if !strings.Contains(said, part) {
						t.Errorf("%s: %.3000s\nwant %q in it", where, said, part)
					}
				}
			}
			if after := askControl(server, "GET", "/_mock/worlds/default/state", "").Body.String(); after != before {
				t.Errorf("the state has changed; got %q; want %q", after, before)
			}
		})
	}
}

// TestReportedAndUncheckedEntriesAddUp: what is reported, counted and not checked adds up to what was sent.
func TestReportedAndUncheckedEntriesAddUp(t *testing.T) {
	_, err := mock.New(mock.Options{Fixtures: fstest.MapFS{"departments.json": {Data: []byte(`[` + strings.Repeat(`{},`, 1_000) + `{}]`)}}})
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != 102 {
		t.Fatalf("%d lines:\n%v, want 102", len(lines), err)
	}
	var reported, entries, more, unchecked int
	for _, line := range lines[:100] {
		var n int
		_, entry, _ := strings.Cut(line, "/")
		if _, err := fmt.Sscanf(entry, "%d/", &n); err != nil {
			t.Fatal(err)
		}
		reported, entries = reported+1, n+1
	}
	if _, err := fmt.Sscanf(lines[100], "departments.json: and %d more", &more); err != nil {
		t.Fatalf("%q: %v", lines[100], err)
	}
	if _, err := fmt.Sscanf(lines[101], "departments.json: %d more entries were not checked", &unchecked); err != nil {
		t.Fatalf("%q: %v", lines[101], err)
	}
	const missing = 7 // fields that a department must have
	if reported+more != entries*missing || entries+unchecked != 1_001 {
		t.Errorf("%d reported and %d more in %d entries, %d not checked; want reported + more %d, entries + unchecked 1001", reported, more, entries, unchecked, entries*missing)
	}
}

// askControl is a request to the control API of a server that nobody else can reach.
func askControl(server http.Handler, method, path, body string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	server.ServeHTTP(w, httptest.NewRequest(method, "http://localhost"+path, strings.NewReader(body)))
	return w
}
