package mock_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// newServer makes the help desk of the scenario "default", at a fixed time, which is ready.
func newServer(t testing.TB, change ...func(*mock.Options)) *mock.Server {
	t.Helper()
	options := mock.Options{Now: func() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC) }}
	for _, c := range change {
		c(&options)
	}
	server, err := mock.New(options)
	if err == nil {
		err = server.Ready(t.Context())
	}
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
	server, address := serving(t, change...)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	client := &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return &desk{Server: server, url: "http://" + address, client: client}
}

// request is what a test sends. The zero value of auth is a good Bearer token.
type request struct {
	method, path string
	auth         string // the Authorization header; "-" for none
	contentType  string
	header       http.Header
	body         string
	raw          string // what is sent as it stands, in the place of all the above
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
	got := d.exchange(t, q)
	defer func() { _ = got.Body.Close() }()
	body, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	if got.StatusCode == http.StatusInternalServerError {
		t.Fatalf("%s %s: got status 500, want another: %s\n%s", q.method, q.path, body, mustJSON(t, d.Journal()))
	}
	if q.method != http.MethodHead && q.raw == "" && !json.Valid(body) {
		t.Fatalf("%s %s: got status %d, body %q; want JSON", q.method, q.path, got.StatusCode, body)
	}
	answer := response{got.StatusCode, got.Header, string(body), mock.Exchange{}}
	if len(plain) == 0 {
		answer.entry = d.Journal()[0]
	}
	return answer
}

// exchange sends a request and returns what comes back, whose body is for the caller to close.
func (d *desk) exchange(t testing.TB, q request) *http.Response {
	t.Helper()
	if q.raw != "" {
		return sendRaw(t, strings.TrimPrefix(d.url, "http://"), q.raw)
	}
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
	if _, ok := sent.Header["X-Requested-With"]; !ok { // asks for JSON, and is no header of the plugins'
		sent.Header.Set("X-Requested-With", "XMLHttpRequest")
	}
	got, err := d.client.Do(sent)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// sendRaw sends bytes and nothing more, and returns the last answer.
func sendRaw(t testing.TB, address, raw string) *http.Response {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	go func() { // the server may hang up before it has heard all
		_, _ = io.WriteString(conn, raw)
		_ = conn.(*net.TCPConn).CloseWrite()
	}()
	var last *http.Response
	for answers := bufio.NewReader(conn); ; {
		got, err := http.ReadResponse(answers, nil)
		if err != nil {
			break
		}
		body, err := io.ReadAll(got.Body)
		if err != nil {
			t.Fatal(err)
		}
		got.Body = io.NopCloser(bytes.NewReader(body))
		last = got
	}
	if last == nil {
		t.Fatalf("%.100q: got no response, want one", raw)
	}
	return last
}

// codes lists the codes of an exchange's violations, in their order.
func codes(x mock.Exchange) []string {
	all := []string{}
	for _, v := range x.Violations {
		all = append(all, string(v.Code))
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
			t.Fatalf("got nothing at %q, want a value: %s", path, body)
		}
		value = object[name]
	}
	return value
}
