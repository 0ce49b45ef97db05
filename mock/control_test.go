package mock_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

func mustJSON(t testing.TB, value any) string {
	t.Helper()
	data, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// control reads a page of the control API.
func (d *desk) control(t testing.TB, path string) string {
	t.Helper()
	got, err := d.client.Get(d.url + path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = got.Body.Close() }()
	body, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestHealth(t *testing.T) {
	body := newDesk(t).control(t, "/_mock/health")
	if status, scenario := field(t, body, "status"), field(t, body, "scenario"); status != "ok" || scenario != "default" {
		t.Errorf(`got %s; got status %v; got scenario %v; want status "ok", scenario "default"`, body, status, scenario)
	}
}

func TestJournalListsExchangesWithTheirViolations(t *testing.T) {
	d := newDesk(t)
	d.ask(t, get("/api/customers/get/8"))
	d.ask(t, postForm(assign, "ticaga_id=8"))
	body := d.control(t, "/_mock/journal")
	var list struct{ Exchanges []map[string]any }
	if err := json.Unmarshal([]byte(body), &list); err != nil {
		t.Fatal(err)
	}
	if len(list.Exchanges) != 2 || list.Exchanges[0]["operation"] != "assignBillingId" || list.Exchanges[1]["operation"] != "getCustomer" {
		t.Fatalf(`got %s; got len(exchanges) %d; want len(exchanges) 2, operation "assignBillingId", operation "getCustomer"`, body, len(list.Exchanges))
	}
	violations, _ := list.Exchanges[0]["violations"].([]any)
	if len(violations) != 2 || !strings.Contains(mustJSON(t, violations), "TM-BODY-REQUIRED") {
		t.Errorf(`got %v; want len(violations) 2, violations containing "TM-BODY-REQUIRED"`, violations)
	}
	if list.Exchanges[1]["violations"] == nil {
		t.Error("no violations should be an empty array, not null")
	}
}

func TestControlAPIHasNoOtherPaths(t *testing.T) {
	d := newDesk(t)
	if body := d.control(t, "/_mock/secrets"); field(t, body, "status") != json.Number("404") {
		t.Errorf("got %s, want 404", body)
	}
	if len(d.Journal()) != 0 {
		t.Error("requests to the control API must not be in the journal; want no journal")
	}
}

func TestIndex(t *testing.T) {
	if body := newDesk(t).control(t, "/"); !strings.Contains(body, "/api/customers/assign") || strings.Contains(body, "demo-token") {
		t.Errorf(`got %s; want body containing "/api/customers/assign", body without "demo-token"`, body)
	}
}

// TestBrowserRequestsAreNotRecorded: what a browser asks for by itself, such as an icon, is not a
// violation. The same path sent by a client is.
func TestBrowserRequestsAreNotRecorded(t *testing.T) {
	observed := 0
	d := newDesk(t, func(o *mock.Options) { o.Observe = func(mock.Exchange) { observed++ } })
	quiet := []string{
		"/favicon.ico", "/robots.txt", "/apple-touch-icon.png", "/apple-touch-icon-precomposed.png", "/apple-touch-icon-120x120.png",
		"/.well-known/appspecific/com.chrome.devtools.json", "/.well-known/security.txt", "/favicon.ico?v=2",
	}
	for _, base := range []string{"", "/w/default", "/w/blue"} {
		for _, path := range quiet {
			for _, method := range []string{"GET", "HEAD"} {
				r, err := http.NewRequest(method, d.url+base+path, nil)
				if err != nil {
					t.Fatal(err)
				}
				got, err := d.client.Do(r)
				if err != nil {
					t.Fatal(err)
				}
				_ = got.Body.Close()
				if got.StatusCode != 404 || got.Header.Get(mock.ViolationsHeader) != "" {
					t.Errorf(`%s %s%s: %d %v; want status 404, header Ticaga-Mock-Violations ""`, method, base, path, got.StatusCode, got.Header)
				}
			}
		}
	}
	if n := len(d.Journal()); n != 0 || observed != 0 || worldNames(t, d.Server) != nil {
		t.Errorf("%d exchanges, %d were observed", n, observed)
	}
	for _, q := range []request{
		get("/favicon"), get("/favicon.ico/x"), get("/api/favicon.ico"), get("/w/blue/x/robots.txt"), get("/w/No/robots.txt"), get("/apple-touch-icon.jpg"),
		get("/.well-known"), postForm("/favicon.ico", "a=b"), {method: "DELETE", path: "/robots.txt"},
	} {
		if got := d.ask(t, q); got.status != 404 || len(codes(got.entry)) == 0 {
			t.Errorf("%s %s: %d %q; want status 404, some codes", q.method, q.path, got.status, codes(got.entry))
		}
	}
}
