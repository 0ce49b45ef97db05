package mock_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// newServer makes the help desk of the scenario "default", at a fixed time.
func newServer(t testing.TB, change ...func(*mock.Options)) *mock.Server {
	t.Helper()
	options := mock.Options{Now: func() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC) }}
	for _, c := range change {
		c(&options)
	}
	server, err := mock.New(options)
	if err != nil {
		t.Fatal(err)
	}
	return server
}

// desk is a server on a real port, and the client's side of it.
type desk struct {
	*mock.Server
	url    string
	client *http.Client
}

func newDesk(t testing.TB, change ...func(*mock.Options)) *desk {
	t.Helper()
	server := newServer(t, change...)
	listening := httptest.NewServer(server)
	t.Cleanup(listening.Close)
	client := listening.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &desk{Server: server, url: listening.URL, client: client}
}

// request is what a test sends. The zero value of auth is a good Bearer token.
type request struct {
	method, path string
	auth         string // the Authorization header; "-" for none
	contentType  string
	header       http.Header
	body         string
}

const (
	asJSON = "application/json"
	asForm = "application/x-www-form-urlencoded"
	bearer = "Bearer demo-token"
	basic  = "Basic YWRtaW5AdGljYWdhLnRlc3Q6ZGVtby10b2tlbg==" // admin@ticaga.test:demo-token
)

func postJSON(path, body string) request {
	return request{method: "POST", path: path, contentType: asJSON, body: body}
}

func postForm(path, body string) request {
	return request{method: "POST", path: path, contentType: asForm, body: body}
}

func get(path string) request { return request{method: "GET", path: path} }

// response is what came back, with what the journal says about it.
type response struct {
	status int
	header http.Header
	body   string
	entry  mock.Exchange
}

// ask sends a request. It fails the test on what no answer may ever be: status 500, an
// empty body, or a body that is not JSON.
//
// A request to another world than the default one has no entry in the default journal: such a
// test says "plain", and gets none.
func (d *desk) ask(t testing.TB, q request, plain ...string) response {
	t.Helper()
	sent, err := http.NewRequest(q.method, d.url+q.path, strings.NewReader(q.body))
	if err != nil {
		t.Fatal(err)
	}
	if q.header != nil {
		sent.Header = q.header.Clone()
		sent.Host = q.header.Get("Host") // "" for the address
	}
	switch q.auth {
	case "":
		sent.Header.Set("Authorization", bearer)
	case "-":
	default:
		sent.Header.Set("Authorization", q.auth)
	}
	if q.contentType != "" {
		sent.Header.Set("Content-Type", q.contentType)
	}
	got, err := d.client.Do(sent)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = got.Body.Close() }()
	body, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	if got.StatusCode == http.StatusInternalServerError {
		t.Fatalf("%s %s: status 500: %s\n%s", q.method, q.path, body, mustJSON(t, d.Journal()))
	}
	if q.method != http.MethodHead && !json.Valid(body) {
		t.Fatalf("%s %s: status %d, body is not JSON: %q", q.method, q.path, got.StatusCode, body)
	}
	answer := response{got.StatusCode, got.Header, string(body), mock.Exchange{}}
	if len(plain) == 0 {
		answer.entry = d.Journal()[0]
	}
	return answer
}

// codes lists the codes of an exchange's violations, in their order.
func codes(x mock.Exchange) []string {
	all := []string{}
	for _, v := range x.Violations {
		all = append(all, v.Code)
	}
	return all
}

// field digs a value out of a JSON body: field(t, body, "user", "billing_id").
func field(t testing.TB, body string, path ...string) any {
	t.Helper()
	var value any
	decoder := json.NewDecoder(bytes.NewReader([]byte(body)))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		t.Fatalf("%q: %v", body, err)
	}
	for _, name := range path {
		object, ok := value.(map[string]any)
		if !ok {
			t.Fatalf("%s: nothing at %q", body, path)
		}
		value = object[name]
	}
	return value
}
