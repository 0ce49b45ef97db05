package mock_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock"
	mocklog "github.com/ticaga-mock/ticaga-mock/mock/log"
)

// gone is a log that cannot be reached.
type gone struct{}

var errGone = &mocklog.UnavailableError{Because: errors.New("nobody answers")}

func (gone) Follow(ctx context.Context, _ func(mocklog.Record)) error { <-ctx.Done(); return ctx.Err() }
func (gone) Sync(context.Context) error                               { return errGone }
func (gone) Ready() error                                             { return errGone }
func (gone) Close() error                                             { return nil }
func (gone) Cut(context.Context, string, mocklog.Position) error      { return errGone }
func (gone) Append(context.Context, string, mocklog.Position, []byte) (mocklog.Position, error) {
	return 0, errGone
}

func (gone) End(context.Context, string, mocklog.Position, []byte) (mocklog.Position, error) {
	return 0, errGone
}

// notReady returns a server whose log nobody waits for.
func notReady(t *testing.T, options mock.Options) *mock.Server {
	t.Helper()
	server, err := mock.New(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	return server
}

// TestUnavailable: while the log cannot be reached, every operation that is about worlds answers 503 with Retry-After and
// the reason, and its description says so. Health and the pages that are the same for everybody go on.
func TestUnavailable(t *testing.T) {
	server := notReady(t, mock.Options{Log: gone{}})
	contract, err := controlContract()
	if err != nil {
		t.Fatal(err)
	}
	goesOn := []string{
		"getReference", "getHealth", "getDescription", "getContract", "getContractAsJSON", "listCodes", "explain", "getSession", "logout",
		"listScenarios", "listPacts", "checkPact", "getConsole",
	}
	for _, o := range contract.Operations {
		if o.ID == "login" || o.ID == "reload" { // 409: there is no token, and no files
			continue
		}
		want := http.StatusServiceUnavailable
		if slices.Contains(goesOn, o.ID) {
			want = http.StatusOK
		}
		for _, example := range o.Examples() {
			body := ""
			if example.Body != nil {
				body = mustJSON(t, example.Body)
			}
			w := fromControl(t, server, httptest.NewRequest(o.Method, "http://localhost"+o.URL(example.Params), strings.NewReader(body)))
			if w.Code != want {
				t.Errorf("%s: got status %d, want %d: %s", o.ID, w.Code, want, w.Body)
			}
			if retry := w.Header().Get("Retry-After"); want == http.StatusServiceUnavailable && (retry == "" || !strings.Contains(w.Body.String(), "nobody answers")) {
				t.Errorf("%s: got Retry-After %q and %s, want a number and the reason", o.ID, retry, w.Body)
			}
		}
	}
}

// TestReadyNeedsNoToken: a probe has none, and learns from ready what health does not tell.
func TestReadyNeedsNoToken(t *testing.T) {
	for _, c := range []struct {
		name          string
		log           mocklog.Log
		health, ready int
	}{
		{"in memory", nil, 200, 200},
		{"a log that cannot be reached", gone{}, 200, 503},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := notReady(t, mock.Options{Log: c.log, ControlToken: controlToken})
			for path, want := range map[string]int{"/_mock/health": c.health, "/_mock/ready": c.ready, "/_mock/worlds": 401} {
				if w := fromControl(t, server, httptest.NewRequest("GET", "http://desk.example"+path, nil)); w.Code != want {
					t.Errorf("%s: got status %d, want %d: %s", path, w.Code, want, w.Body)
				}
			}
		})
	}
}
