package mock_test

import (
	"encoding/base64"
	"flag"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	ticagamock "github.com/ticaga-mock/ticaga-mock"
	"github.com/ticaga-mock/ticaga-mock/mock"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

var update = flag.Bool("update", false, "rewrite testdata")

// TestMistakes: all violations of each mistake are reported at once, and the first fix is right.
// testdata/mistakes.txt has the whole report of each; -update rewrites the file.
func TestMistakes(t *testing.T) {
	corpus := mistakes("demo-token", "secret")
	if len(corpus) < 60 {
		t.Errorf("got %d mistakes, want at least 60", len(corpus))
	}
	const file = "testdata/mistakes.txt"
	golden, err := os.ReadFile(file)
	if err != nil && !*update {
		t.Fatal(err)
	}
	told := make([]string, len(corpus))
	t.Run("each", func(t *testing.T) {
		for i, m := range corpus {
			t.Run(m.name, func(t *testing.T) {
				t.Parallel()
				got := newDesk(t).ask(t, m.request.from("")) // as PHP's curl
				other := newDesk(t).ask(t, m.request.from("python-requests/2.32"))
				if diff := cmp.Diff(m.codes, codes(got.entry)); diff != "" {
					t.Fatalf("codes differ (-want +got):\n%s\n%+v", diff, got.entry.Violations)
				}
				if fix := got.entry.Violations[0].Fix; !strings.HasPrefix(fix, m.fix) {
					t.Errorf("got first fix %q, want one that begins with %q", fix, m.fix)
				}
				for _, v := range got.entry.Violations {
					if v.Message == "" || v.Fix == "" || v.In == "" {
						t.Errorf("got violation %+v, want message, fix and in", v)
					}
				}
				for _, v := range other.entry.Violations {
					if phpWords.MatchString(v.Message + v.Fix) {
						t.Errorf("a client that is not PHP: got %s; %s; want no word of PHP", v.Message, v.Fix)
					}
				}
				told[i] = block(m.name, got, other)
				_, want, _ := strings.Cut("\n"+string(golden), "\n"+title(m.name))
				want, _, _ = strings.Cut(want, "\n\n")
				if diff := cmp.Diff(title(m.name)+strings.TrimSuffix(want, "\n")+"\n", told[i]); !*update && diff != "" {
					t.Errorf("%s differs (-want +got); -update rewrites it:\n%s", file, diff)
				}
			})
		}
	})
	whole := strings.Join(told, "\n")
	switch {
	case *update:
		if err := os.WriteFile(file, []byte(whole), 0o644); err != nil {
			t.Fatal(err)
		}
	case !t.Failed() && whole != string(golden):
		t.Errorf("%s: got other mistakes than in the corpus, or another order, want the same; -update rewrites it", file)
	}
}

func title(name string) string { return "== " + name + "\n" }

// phpWords matches the words of PHP and of its curl.
var phpWords = regexp.MustCompile(`CURL|curl_|\$[a-z]|[a-z]\(\)|json_encode|http_build_query|base64_encode|iconv|php://|in PHP|PHP's|[«»]`)

// TestAdviceByClient: the User-Agent decides whether the advice speaks PHP.
func TestAdviceByClient(t *testing.T) {
	d := newDesk(t)
	for agent, php := range map[string]bool{
		"": true, "GuzzleHttp/7": true, "Symfony HttpClient/Curl": true, "PHP/8.2": true, "php-requests/2.0": true, "WHMCS/8.10": true,
		"WordPress/6.5; https://example.com": true, "curl/7.88.1": false, "Go-http-client/1.1": false, "node": false, "axios/1.7.2": false,
		"python-requests/2.32": false, "Java/17.0.2": false, "okhttp/4.12.0": false, "Mozilla/5.0": false,
	} {
		t.Run("User-Agent "+agent, func(t *testing.T) {
			fix := d.ask(t, request{method: "GET", path: "/api/customers/get/8", auth: "-"}.from(agent)).entry.Violations[0].Fix
			if got := phpWords.MatchString(fix); got != php {
				t.Errorf("User-Agent %q: got advice for PHP %t, want %t: %s", agent, got, php, fix)
			}
		})
	}
}

// from returns the request of a client with a User-Agent; "" sends none.
func (q request) from(userAgent string) request {
	q.header = q.header.Clone()
	if q.header == nil {
		q.header = http.Header{}
	}
	q.header.Set("User-Agent", userAgent)
	if userAgent != "" {
		q.raw = strings.ReplaceAll(q.raw, "\r\nX-Of: me", "\r\nX-Of: me\r\nUser-Agent: "+userAgent)
	}
	return q
}

// block returns the lines of testdata/mistakes.txt about a request: the report, and what a client that
// is not PHP gets instead. It shows a line of openapi.yaml by its text, because its number changes.
func block(name string, got, other response) string {
	lines := append([]string{""}, strings.Split(string(ticagamock.OpenAPI), "\n")...)
	var b strings.Builder
	_, _ = fmt.Fprintf(&b, "%sstatus %d\n", title(name), got.status)
	for i, v := range got.entry.Violations {
		message, fix := other.entry.Violations[i].Message, other.entry.Violations[i].Fix
		if message == v.Message {
			message = ""
		}
		if fix == v.Fix {
			fix = ""
		}
		_, _ = fmt.Fprintf(&b, "%s %s %s\n", v.Severity, v.Code, strings.TrimSpace(v.In+" "+v.At))
		for _, line := range [...][2]string{
			{"message", v.Message}, {"expected", v.Expected}, {"got", v.Got}, {"fix", v.Fix},
			{"not PHP", message}, {"not PHP", fix},
			{"source", strings.Join(append([]string{v.Evidence}, v.Source...), " ")}, {"line", strings.TrimSpace(lines[v.Line])},
		} {
			if line[1] != "" {
				_, _ = fmt.Fprintf(&b, "  %-8s  %s\n", line[0], line[1])
			}
		}
	}
	return b.String()
}

// TestFixedMistakes: a request that follows the suggested fix gets status 200, and its report has no error
// and not the code that it had before.
func TestFixedMistakes(t *testing.T) {
	corpus := map[string]mistake{}
	for _, m := range mistakes("demo-token", "secret") {
		corpus[m.name] = m
	}
	all := fixedMistakes()
	if len(all) < 60 {
		t.Errorf("got %d fixed requests, want at least 60", len(all))
	}
	for name, q := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, ok := corpus[name]
			if !ok {
				t.Fatal("got no such mistake in the corpus, want one")
			}
			got := newDesk(t).ask(t, q)
			if got.status != 200 {
				t.Errorf("got status %d: %s; want 200", got.status, got.body)
			}
			for _, v := range got.entry.Violations {
				if v.Severity == spec.Error || string(v.Code) == m.codes[0] {
					t.Errorf("got violation %+v, want no error and no %s", v, m.codes[0])
				}
			}
		})
	}
}

// TestMistakesKeepSecrets sends the corpus with a planted token, in the form of Sanctum's, and a planted
// password. Neither is in the journal or in what the observer gets.
func TestMistakesKeepSecrets(t *testing.T) {
	const secret, token, password = "C4naryT0ken9f81", "7|C4naryT0ken9f81", "C4nary-passw0rd-7e20"
	observed := make(chan mock.Exchange, 10)
	d := newDesk(t, func(o *mock.Options) {
		o.Token = token
		o.Observe = func(x mock.Exchange) { observed <- x }
	})
	form := func(body string) request {
		return request{method: "POST", path: "/api/tickets/info", auth: "Bearer " + token, contentType: asForm, body: body}
	}
	for _, m := range append(mistakes(token, password),
		mistake{name: "as a field's name", request: form(token + "=1")},
		mistake{name: "as a field's name, with nothing in it", request: form(token + "=")},
		mistake{name: "as an id", request: form("ticket_id=" + token)},
		mistake{name: "as a slug", request: postForm("/api/tickets/create", "subject=S&message=M&priority=low&customer_id=1&department_slug="+token)},
		mistake{name: "as both of two headers", request: request{method: "GET", path: "/api/customers/get/8", auth: "-", header: http.Header{"Authorization": {"Bearer " + token, token}}}},
		mistake{name: "a password in a form that was encoded twice", request: request{method: "POST", path: "/api/login", auth: "Bearer " + token, contentType: asForm, body: "email%3Dx%26password%3D" + password}},
		mistake{name: "a password under another Content-Type", request: request{method: "POST", path: "/api/login", auth: "Bearer " + token, contentType: asForm, body: `{"email":"x","password":"` + password + `"}`}},
		mistake{name: "a password with a GET", request: request{method: "GET", path: "/api/customers/get/8", auth: "Bearer " + token, contentType: asForm, body: "password=" + password}},
		mistake{name: "a password on an unknown path", request: request{method: "POST", path: "/api/logni", auth: "Bearer " + token, contentType: asForm, body: "email=x&password=" + password}},
	) {
		d.ask(t, m.request)
		heard := []mock.Exchange{<-observed}
		for len(observed) > 0 { // what follows on the connection is refused on its own
			heard = append(heard, <-observed)
		}
		for place, said := range map[string]string{"the journal": mustJSON(t, d.Journal()[:len(heard)]), "the observer": mustJSON(t, heard)} {
			for _, planted := range []string{secret, password, base64.StdEncoding.EncodeToString([]byte(mock.DefaultEmail + ":" + token))} {
				if at := strings.Index(said, planted); at >= 0 {
					t.Errorf("%s: got a secret in %s, want it redacted: ...%s", m.name, place, said[max(0, at-150):at+len(planted)])
				}
			}
		}
	}
}

// TestRequestsWithoutMistakes: a correct request has no violation, whatever came before it.
func TestRequestsWithoutMistakes(t *testing.T) {
	d := newDesk(t)
	for _, q := range []request{
		postForm("/api/customers/assign", "ticaga_id=8&billing_id=42&billing_system=blesta"),
		postJSON("/api/customers/assign", `{"ticaga_id":"8","billing_id":42,"billing_system":"blesta"}`),
		get("/api/customers/get/8"),
	} {
		if got := d.ask(t, q).entry; len(got.Violations) > 0 {
			t.Errorf("%s %s: got violations %+v, want none", q.method, q.path, got.Violations)
		}
	}
	names := map[string]bool{}
	for _, m := range mistakes("x", "x") {
		if names[m.name] {
			t.Errorf("got two mistakes with the name %q, want one", m.name)
		}
		names[m.name] = true
	}
	if !slices.Contains(codes(d.ask(t, get("/api/clients/8")).entry), "TM-DEPRECATED") {
		t.Error("GET /api/clients/8: got no TM-DEPRECATED, want it")
	}
}
