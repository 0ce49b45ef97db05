package mock_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// TestParallelRequests is for the race detector: every kind of request at once, with resets
// and readers of the journal between them. ask fails on status 500.
func TestParallelRequests(t *testing.T) {
	d := newDesk(t)
	var wg sync.WaitGroup
	for worker := range 6 {
		wg.Go(func() {
			for i := range 40 {
				switch i % 5 {
				case 0:
					d.ask(t, postForm(assign, fmt.Sprintf("ticaga_id=%d&billing_id=%d&billing_system=blesta", 1+i%8, worker)), "plain")
				case 1:
					d.ask(t, get(fmt.Sprintf("/api/customers/get/%d", 1+i%8)), "plain")
				case 2:
					d.ask(t, postJSON("/api/register", fmt.Sprintf(`{"name":"N","email":"n%d-%d@example.com","password":"x"}`, worker, i)), "plain")
				case 3:
					d.ask(t, postJSON(assign, "nonsense"), "plain")
				case 4:
					_ = d.Journal()
					if i%20 == 4 {
						d.Reset()
					}
				}
			}
		})
	}
	wg.Wait()
}

// FuzzServer sends anything at all. Whatever it is, the answer is JSON, never empty and
// never status 500.
func FuzzServer(f *testing.F) {
	f.Add("POST", "/api/customers/assign", asForm, "ticaga_id=8&billing_id=42&billing_system=Blesta")
	f.Add("POST", "/api/customers/assign", asJSON, `{"ticaga_id":8,"billing_id":42,"billing_system":"blesta"}`)
	f.Add("POST", "/api/register", asJSON, `{"name":"\u0000","email":"a@b","password":"x","billing_id":1e2,"biography":["x"]}`)
	f.Add("POST", "//api//login/", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"email\"\r\n\r\na@b\r\n--x--\r\n")
	f.Add("GET", "/api/customers/get/%zz", "", "")
	f.Add("GET", "/api/customers/get/8?a=b;c&%", "", "")
	f.Add("PUT", "/api/../api/customers/get/8", "text/plain", "\xff")
	strict := newServer(f)
	lenient := newServer(f, func(o *mock.Options) { o.Lenient = true })
	f.Fuzz(func(t *testing.T, method, path, contentType, body string) {
		for _, server := range []*mock.Server{strict, lenient} {
			r, err := http.NewRequest(method, "http://localhost", strings.NewReader(body))
			if err != nil {
				return // no such request can arrive
			}
			if r.URL, err = r.URL.Parse("http://localhost/" + strings.TrimPrefix(path, "/")); err != nil {
				return
			}
			r.Header.Set("Authorization", bearer)
			r.Header.Set("Content-Type", contentType)
			if path := strings.TrimLeft(r.URL.Path, "/"); strings.HasPrefix(path, "_mock") {
				return // it may wait for what never comes
			}
			w := httptest.NewRecorder()
			server.ServeHTTP(w, r)
			if w.Code == http.StatusInternalServerError {
				t.Fatalf("got status 500, want another: %s\n%s", w.Body, server.Journal()[0].Refusal)
			}
			if strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain") && strings.HasPrefix(w.Body.String(), "This is ticaga-mock") {
				return // a base URL
			}
			if w.Body.Len() == 0 || w.Header().Get("Content-Type") != "application/json" {
				t.Fatalf(`got status %d, %q, %q; want body other than 0, header Content-Type "application/json"`, w.Code, w.Header(), w.Body)
			}
		}
	})
}
