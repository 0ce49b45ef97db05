package mock_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// TestTransport: the same without a socket.
func TestTransport(t *testing.T) {
	server := newServer(t)
	client := &http.Client{Transport: server.Transport()}
	ask := func(prefer string) (*http.Response, []byte, error) {
		r, err := http.NewRequestWithContext(t.Context(), "GET", "http://ticaga.invalid/api/customers/get/8", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", bearer)
		if prefer != "" {
			r.Header.Set("Prefer", prefer)
		}
		got, err := client.Do(r)
		if err != nil {
			return nil, nil, err
		}
		defer func() { _ = got.Body.Close() }()
		body, err := io.ReadAll(got.Body)
		return got, body, err
	}
	if got, body, err := ask(""); err != nil || got.StatusCode != 200 || got.ContentLength != int64(len(body)) || field(t, string(body), "user", "id") != json.Number("8") {
		t.Errorf("got %v %s %v; want status 200, content length %d, user.id 8", got, body, err, int64(len(body)))
	}
	if _, _, err := ask("fault=reset"); !errors.Is(err, mock.ErrReset) {
		t.Errorf("a reset: got %v, want %v", err, mock.ErrReset)
	}
	if _, body, err := ask("fault=truncate"); !errors.Is(err, io.ErrUnexpectedEOF) || len(body) == 0 {
		t.Errorf("got %s %v; want error %v, some body", body, err, io.ErrUnexpectedEOF)
	}
	if got, _, err := ask("code=429"); err != nil || got.StatusCode != 429 {
		t.Errorf("got %v %v, want 429", got, err)
	}
	if err := server.VerifyJSON(t.Context(), `{"operation":"getCustomer","count":4}`); err != nil {
		t.Error(err)
	}
}

func TestStart(t *testing.T) {
	desk := mock.Start(t)
	got, err := http.Get(desk.URL + "/_mock/ready")
	if err != nil || got.StatusCode != 200 {
		t.Fatalf("got %v, %v, want 200", got, err)
	}
	_ = got.Body.Close()
	world, err := desk.World("blue")
	if err != nil || world.Path() != "/w/blue" {
		t.Errorf(`got %v %v, want "/w/blue"`, world, err)
	}
	if _, err := desk.World("Not a name"); err == nil {
		t.Error("World(Not a name) = no error, want one")
	}
	if err := world.VerifyJSON(t.Context(), `{"operation":"getCustomer"}`); err == nil {
		t.Error("VerifyJSON(getCustomer) in a new world = no error, want one")
	}
	if err := world.FaultJSON(`[{"status":1}]`); err == nil {
		t.Error("FaultJSON(status 1) = no error, want one")
	}
}

// TestTransportAnswersAsASocketDoes: the same requests over both.
func TestTransportAnswersAsASocketDoes(t *testing.T) {
	unknownLength := func(body string) io.Reader { return struct{ io.Reader }{strings.NewReader(body)} }
	const form = "ticaga_id=8&billing_id=5&billing_system=blesta"
	desk := mock.Start(t)
	overSocket, without := &http.Client{}, &http.Client{Transport: desk.Transport()}
	for name, c := range map[string]struct {
		method, path string
		body         func() io.Reader
	}{
		"a form":                   {"POST", "/api/customers/assign", func() io.Reader { return strings.NewReader(form) }},
		"a body of unknown length": {"POST", "/api/customers/assign", func() io.Reader { return unknownLength(form) }},
		"an empty one of those":    {"POST", "/api/customers/assign", func() io.Reader { return unknownLength("") }},
		"no body":                  {"POST", "/api/customers/assign", func() io.Reader { return nil }},
		"no method":                {"", "/api/customers/get/8", func() io.Reader { return nil }},
		"no path":                  {"GET", "", func() io.Reader { return nil }},
		"HEAD":                     {"HEAD", "/api/customers/get/8", func() io.Reader { return nil }},
		"an unknown path":          {"GET", "/api/customers%2Fget", func() io.Reader { return nil }},
		"the control API":          {"GET", "/_mock/worlds/none", func() io.Reader { return nil }},
		"a doubled slash":          {"GET", "//api/customers/get/8?a=b", func() io.Reader { return nil }},
	} {
		t.Run(name, func(t *testing.T) {
			ask := func(client *http.Client) string {
				desk.Reset()
				r, err := http.NewRequest("GET", desk.URL+c.path, c.body())
				if err != nil {
					t.Fatal(err)
				}
				r.Method = c.method
				r.Header.Set("Authorization", bearer)
				r.Header.Set("Content-Type", asForm)
				r.Header.Set("User-Agent", "test")
				got, err := client.Do(r)
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = got.Body.Close() }()
				body, err := io.ReadAll(got.Body)
				return fmt.Sprintf("%s %s %q %s\n%s %v", got.Status, got.Header.Get("Content-Type"), got.Header[mock.ViolationsHeader], body, codesOf(desk.Journal()), err)
			}
			if diff := cmp.Diff(ask(overSocket), ask(without)); diff != "" {
				t.Errorf("(-socket +transport) %s", diff)
			}
		})
	}
}

func codesOf(list []mock.Exchange) (all [][]string) {
	for _, x := range list {
		all = append(all, codes(x))
	}
	return all
}

// TestTransportStreams: what drips is seen dripping, and a stream of events ends with its context.
func TestTransportStreams(t *testing.T) {
	server := newServer(t)
	blue, err := server.World("blue")
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: server.Transport()}
	ctx, cancel := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, "GET", "http://ticaga.invalid/_mock/worlds/blue/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	events, err := client.Do(r)
	if err != nil || events.StatusCode != 200 {
		t.Fatalf("got %v, %v, want 200", events, err)
	}
	inBlue := &http.Client{Transport: blue.Transport()}
	slow, err := http.NewRequest("GET", "http://ticaga.invalid/api/customers/get/8", nil)
	if err != nil {
		t.Fatal(err)
	}
	slow.Header = http.Header{"Authorization": {bearer}, "Prefer": {"fault=slow"}}
	began := time.Now()
	got, err := inBlue.Do(slow)
	if err != nil || got.StatusCode != 200 {
		t.Fatalf("got %v, %v, want 200", got, err)
	}
	headers := time.Since(began)
	body, err := io.ReadAll(got.Body)
	if whole := time.Since(began); err != nil || !json.Valid(body) || headers > whole/2 {
		t.Errorf("headers after %v, the whole after %v: got %s %v; want valid JSON, headers at most %v", headers, whole, body, err, whole/2)
	}
	lines := bufio.NewReader(events.Body)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(line, "data: ") {
			break
		}
	}
	cancel()
	if _, err := io.Copy(io.Discard, lines); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end: got %v, want %v", err, context.Canceled)
	}
	if len(blue.Journal()) != 1 || len(server.Journal()) != 0 {
		t.Errorf("got %d exchanges in world blue, want 1, and none in the default world", len(blue.Journal()))
	}
}

// TestVerifyIsCanceled says so, and does not blame the client.
func TestVerifyIsCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := newServer(t).VerifyJSON(ctx, `{"operation":"closeTicket","within":"30s"}`)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	if err := newServer(t).VerifyJSON(t.Context(), ""); err == nil || !strings.HasPrefix(err.Error(), "expectation: ") {
		t.Errorf(`got %v, want an error beginning with "expectation: "`, err)
	}
}

func TestInvalidOptions(t *testing.T) {
	for want, options := range map[string]mock.Options{
		"MaxBody is -1": {MaxBody: -1}, "MaxFields is -1": {MaxFields: -1}, "MaxNesting is -1": {MaxNesting: -1}, "MaxState is -1": {MaxState: -1}, "Worlds is -1": {Worlds: -1}, "WorldTTL is -1": {WorldTTL: -1}, "Journal is -1": {Journal: -1},
		"JournalBytes is -1": {JournalBytes: -1}, "Streams is -1": {Streams: -1}, "WorldStreams is -1": {WorldStreams: -1}, "Waiters is -1": {Waiters: -1}, `ControlHosts: "*"`: {ControlHosts: []string{"*"}},
		`ControlHosts: ""`: {ControlHosts: []string{""}}, `ControlHosts: "my box"`: {ControlHosts: []string{"my box"}}, `ControlHosts: "box\n"`: {ControlHosts: []string{"box\n"}},
		`HostNames: "box:80"`: {HostNames: []string{"ok", "box:80"}}, `HostNames: "http://box"`: {HostNames: []string{"http://box"}}, `HostNames: "."`: {HostNames: []string{"."}},
		"at least 16 characters, not 15": {ControlToken: "fifteen-fifteen"}, "space": {ControlToken: "sixteen-sixteen- "}, "begins or ends with a space": {ControlToken: "\u00a0sixteen-sixteen-"},
		"control character": {ControlToken: "sixteen\tsixteen"},
	} {
		t.Run(want, func(t *testing.T) {
			if _, err := mock.New(options); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("New() = %v, want an error with %q", err, want)
			}
		})
	}
}

// testLog is a test that fails, and what it says.
type testLog struct {
	mock.TB
	failed   bool
	log      strings.Builder
	cleanups []func()
}

func (t *testLog) Helper()                    {}
func (t *testLog) Failed() bool               { return t.failed }
func (t *testLog) Cleanup(f func())           { t.cleanups = append(t.cleanups, f) }
func (t *testLog) Logf(text string, a ...any) { fmt.Fprintf(&t.log, text+"\n", a...) }

// TestFailedTestLogsItsViolations: a test that fails logs the requests with violations of every world; a test that
// passes logs nothing.
func TestFailedTestLogsItsViolations(t *testing.T) {
	for _, failed := range []bool{true, false} {
		log := &testLog{failed: failed}
		desk := mock.Start(log)
		got, err := http.Get(desk.URL + "/w/blue/api/customers/get/8")
		if err != nil {
			t.Fatal(err)
		}
		_ = got.Body.Close()
		for _, f := range log.cleanups {
			f()
		}
		if said := strings.Contains(log.log.String(), "/w/blue/api/customers/get/8 401: error TM-AUTH-MISSING: "); said != failed {
			t.Errorf("failed %v: %q; got %v; want %v", failed, log.log.String(), said, failed)
		}
	}
}

// TestForgottenWorldIsRecreated, and whoever holds it sees what happens in the new one.
func TestForgottenWorldIsRecreated(t *testing.T) {
	server := newServer(t)
	blue, err := server.World("blue")
	if err != nil {
		t.Fatal(err)
	}
	control(t, server, "DELETE", "/_mock/worlds/blue", "")
	client := &http.Client{Transport: blue.Transport()}
	got, err := client.Get("http://ticaga.invalid/api/departments/public")
	if err != nil {
		t.Fatal(err)
	}
	_ = got.Body.Close()
	if err := blue.VerifyJSON(t.Context(), `{"operation":"listPublicDepartments","count":1}`); err != nil || len(blue.Journal()) != 1 {
		t.Errorf("%v, %d exchanges, want 1", err, len(blue.Journal()))
	}
}

// TestTransportUnblocksAnAbandonedBody: when the client gives up, whoever writes the body does not wait any longer.
func TestTransportUnblocksAnAbandonedBody(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	body, writer := io.Pipe()
	r, err := http.NewRequestWithContext(ctx, "POST", "http://ticaga.invalid/api/tickets/info", body)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error)
	go func() {
		_, err := newServer(t).Transport().RoundTrip(r)
		ended <- err
	}()
	if _, err := io.WriteString(writer, "ticket_id="); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	for err = nil; err == nil; { // the first writes may still find a reader; if nobody closed the body, one would block for good
		_, err = io.WriteString(writer, "1")
	}
	if !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("got %v from the writer, want %v", err, io.ErrClosedPipe)
	}
}
