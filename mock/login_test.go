package mock_test

import (
	"crypto/tls"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

const controlToken = "a-control-token-of-32-characters"

// browser sends a request to the control API of a mock beyond loopback, with what a browser adds.
func browser(t *testing.T, server http.Handler, method, target, body string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	return fromControl(t, server, fromBrowser(method, target, body, header))
}

// visit does the same for pages and forms, whose answers the contract does not describe.
func visit(server http.Handler, method, target, body string, header ...string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	server.ServeHTTP(w, fromBrowser(method, target, body, header))
	return w
}

func fromBrowser(method, target, body string, header []string) *http.Request {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return r
}

const desk8 = "http://desk.example:4280"

// loggedIn returns a server that needs a token, and the cookie of a browser that has sent it.
func loggedIn(t *testing.T) (server *mock.Server, cookie string) {
	t.Helper()
	server = newServer(t, func(o *mock.Options) { o.ControlToken = controlToken })
	w := browser(t, server, "POST", desk8+"/_mock/login", `{"token":"`+controlToken+`"}`, "Origin", desk8)
	if w.Code != 200 || len(w.Result().Cookies()) != 1 {
		t.Fatalf("login: got %d %s, cookies %v; want 200 and a cookie", w.Code, w.Body, w.Result().Cookies())
	}
	c := w.Result().Cookies()[0]
	if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/_mock/" || c.Secure || c.MaxAge <= 0 || strings.Contains(c.Value, controlToken) {
		t.Errorf("got the cookie %s; want HttpOnly, SameSite=Strict, Path=/_mock/, Max-Age, not Secure, and not the token", c)
	}
	return server, c.Name + "=" + c.Value
}

// TestControlLogin: the cookie is accepted instead of the token, until the browser logs out.
func TestControlLogin(t *testing.T) {
	server, cookie := loggedIn(t)
	for _, path := range []string{"/_mock/", "/_mock/explain", "/_mock/journal", "/_mock/worlds/default/state", "/_mock/api/openapi.json"} {
		if w := browser(t, server, "GET", desk8+path, "", "Cookie", cookie); w.Code != 200 {
			t.Errorf("GET %s with the cookie: got %d %s, want 200", path, w.Code, w.Body)
		}
		if w := browser(t, server, "GET", desk8+path, ""); w.Code != 401 {
			t.Errorf("GET %s without it: got %d, want 401", path, w.Code)
		}
	}
	for _, header := range [][]string{{"Origin", desk8}, {"Sec-Fetch-Site", "same-origin"}, {"Origin", desk8, "Sec-Fetch-Site", "same-origin"}} {
		if w := browser(t, server, "POST", desk8+"/_mock/reset", "", append(header, "Cookie", cookie)...); w.Code != 200 {
			t.Errorf("POST with %v: got %d %s, want 200", header, w.Code, w.Body)
		}
	}
	if w := browser(t, server, "POST", desk8+"/_mock/reset", "", "Authorization", "Bearer "+controlToken); w.Code != 200 {
		t.Errorf("a script with the token: got %d %s, want 200", w.Code, w.Body)
	}
	if w := browser(t, server, "POST", desk8+"/_mock/logout", "", "Cookie", cookie, "Origin", desk8); w.Code != 200 || w.Result().Cookies()[0].MaxAge >= 0 {
		t.Errorf("logout: got %d %s, %v", w.Code, w.Body, w.Result().Cookies())
	}
	if w := browser(t, server, "GET", desk8+"/_mock/journal", "", "Cookie", cookie); w.Code != 401 {
		t.Errorf("after logout: got %d, want 401", w.Code)
	}
}

// TestLogoutEndsStreams: a stream that the browser has opened before it logs out ends with the session, and one with the
// token goes on.
func TestLogoutEndsStreams(t *testing.T) {
	server, cookie := loggedIn(t)
	running := httptest.NewServer(server)
	defer running.Close()
	watch := func(header ...string) io.ReadCloser {
		r, err := http.NewRequestWithContext(t.Context(), "GET", running.URL+"/_mock/worlds/default/events", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = "desk.example:4280"
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil || answer.StatusCode != 200 {
			t.Fatalf("got %v, error %v; want 200", answer, err)
		}
		return answer.Body
	}
	stream, script := watch("Cookie", cookie), watch("Authorization", "Bearer "+controlToken)
	defer func() { _ = script.Close() }()
	if w := browser(t, server, "POST", desk8+"/_mock/logout", "", "Cookie", cookie, "Origin", desk8); w.Code != 200 {
		t.Fatalf("logout: got %d %s, want 200", w.Code, w.Body)
	}
	if _, err := io.ReadAll(stream); err != nil { // which waits for the end
		t.Errorf("the browser's stream: got error %v, want its end", err)
	}
	for range 2 { // the stream begins with some lines before any event
		if _, err := script.Read(make([]byte, 1)); err != nil {
			t.Errorf("the script's stream: got error %v, want it to go on", err)
		}
	}
}

// TestControlLoginOfAForm: without a script, over TLS.
func TestControlLoginOfAForm(t *testing.T) {
	server := newServer(t, func(o *mock.Options) { o.ControlToken = controlToken })
	r := httptest.NewRequest("POST", "https://desk.example/_mock/login", strings.NewReader("token="+controlToken))
	r.TLS = &tls.ConnectionState{}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", "https://desk.example")
	w := httptest.NewRecorder()
	server.ServeHTTP(w, r)
	if cookies := w.Result().Cookies(); w.Code != 303 || w.Header().Get("Location") != "/_mock/ui/" || len(cookies) != 1 || !cookies[0].Secure {
		t.Errorf("got %d %v, want 303 to the console and a secure cookie", w.Code, w.Header())
	}
}

// TestBrowsersLogIn: a page that needs the token is the form for it, which leads back. Other clients get a problem.
func TestBrowsersLogIn(t *testing.T) {
	server := newServer(t, func(o *mock.Options) { o.ControlToken = controlToken })
	html := []string{"Accept", "text/html,*/*;q=0.8", "Origin", desk8}
	form := slices.Concat(html, []string{"Content-Type", "application/x-www-form-urlencoded"})
	for _, path := range []string{"/_mock/", "/_mock/explain", "/_mock/explain/TM-AUTH-MISSING?world=blue", "/_mock/journal", "/_mock/nothing", "/_mock/pact/provider-states"} {
		w := visit(server, "GET", desk8+path, "", html...)
		if w.Code != 401 || !strings.Contains(w.Body.String(), `name="to" value="`+path+`"`) || w.Header().Get("Vary") != "Accept" {
			t.Errorf("%s: got %d %s, want 401 and a form that leads back", path, w.Code, w.Body)
		}
		if w := visit(server, "GET", desk8+path, "", "Accept", "*/*"); w.Code != 401 || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s for curl: got %d %v, want 401 and a problem", path, w.Code, w.Header())
		}
	}
	w := visit(server, "POST", desk8+"/_mock/login", "token=wrong&to=/_mock/explain", form...)
	if got := w.Body.String(); w.Code != 401 || !strings.Contains(got, "wrong token") || !strings.Contains(got, `value="/_mock/explain"`) {
		t.Errorf("a wrong token: got %d %s, want 401 and the form with the reason", w.Code, w.Body)
	}
	w = visit(server, "POST", desk8+"/_mock/login", "token="+controlToken+"&to=%2F_mock%2Fexplain%3Fworld%3Dblue", form...)
	if got := w.Header().Get("Location"); w.Code != 303 || got != "/_mock/explain?world=blue" {
		t.Fatalf("the right token: got %d to %q, want 303 to where the form came from", w.Code, got)
	}
	cookie, _, _ := strings.Cut(w.Header().Get("Set-Cookie"), ";")
	html = append(html, "Cookie", cookie)
	if w := visit(server, "GET", desk8+"/_mock/explain", "", html...); w.Code != 200 || !strings.Contains(w.Body.String(), "Log out") {
		t.Errorf("with the cookie: got %d %s, want a page with Log out", w.Code, w.Body)
	}
	if w := visit(server, "GET", desk8+"/_mock/login", "", html...); w.Code != 303 || w.Header().Get("Location") != "/_mock/ui/" {
		t.Errorf("the form for somebody who is logged in: got %d, want 303 to the console", w.Code)
	}
	if w := visit(server, "GET", desk8+"/_mock/login", "", "Cookie", cookie); !strings.Contains(w.Body.String(), `"active": true`) {
		t.Errorf("the session: got %s, want an active one", w.Body)
	}
	w = visit(server, "POST", desk8+"/_mock/logout", "", append(form, "Cookie", cookie)...)
	if w.Code != 303 || w.Header().Get("Location") != "/_mock/ui/" {
		t.Errorf("the form to log out: got %d, want 303 to the console", w.Code)
	}
	if w := visit(server, "GET", desk8+"/_mock/explain", "", html...); w.Code != 401 {
		t.Errorf("after it: got %d, want 401", w.Code)
	}
	if w := visit(server, "GET", desk8+"/_mock/login", ""); !strings.Contains(w.Body.String(), `"active": false`) {
		t.Errorf("the session after it: got %s, want none", w.Body)
	}
}

// TestLoginLeadsNowhereElse: the way back stays below /_mock/, whoever has made the form.
func TestLoginLeadsNowhereElse(t *testing.T) {
	server := newServer(t, func(o *mock.Options) { o.ControlToken = controlToken })
	for to, want := range map[string]string{
		"/_mock/journal?limit=1": "/_mock/journal?limit=1", "/_mock/": "/_mock/", "": "/_mock/ui/", "/_mock/explain/%3Cb%3E": "/_mock/explain/%3Cb%3E",
		"//evil.example/_mock/": "/_mock/ui/", "https://evil.example/_mock/": "/_mock/ui/", "/\\evil.example": "/_mock/ui/", "/api/customers/get/8": "/_mock/ui/",
		"/_mock/../api": "/_mock/ui/", "/_mock/%2e%2e//evil.example": "/_mock/ui/", "/_mock/.%2E/x": "/_mock/ui/", "/_mock/..\\x": "/_mock/ui/", "/_mock/%5c": "/_mock/ui/",
		"javascript:alert(1)": "/_mock/ui/", "_mock/": "/_mock/ui/", "/_mock": "/_mock/ui/", "/_mock/x\r\nSet-Cookie: a=b": "/_mock/ui/", "\t/_mock/": "/_mock/ui/",
		"/_mock/" + strings.Repeat("x", 3000): "/_mock/ui/",
	} {
		form := url.Values{"token": {controlToken}, "to": {to}}.Encode()
		w := visit(server, "POST", desk8+"/_mock/login", form, "Origin", desk8, "Content-Type", "application/x-www-form-urlencoded", "Accept", "text/html")
		if got := w.Header().Get("Location"); w.Code != 303 || got != want {
			t.Errorf("%.60q: got %d to %q, want 303 to %q", to, w.Code, got, want)
		}
	}
	w := visit(server, "GET", desk8+`/_mock/"><script>alert(1)</script>`, "", "Accept", "text/html")
	if got := w.Body.String(); w.Code != 401 || strings.Contains(got, "<script") || strings.Contains(got, `/"`) {
		t.Errorf("markup in a path: got %d %s, want it escaped", w.Code, got)
	}
}

// TestAttacksOnASession: what a web page, a thief and somebody who guesses can do with the cookie: nothing.
func TestAttacksOnASession(t *testing.T) {
	server, cookie := loggedIn(t)
	for _, c := range []struct {
		name, method, target, body string
		header                     []string
		status                     int
	}{
		{"a page of another site", "POST", desk8 + "/_mock/reset", "", []string{"Cookie", cookie, "Origin", "http://evil.example"}, 403},
		{"another port of the same host", "POST", desk8 + "/_mock/reset", "", []string{"Cookie", cookie, "Origin", "http://desk.example:3000"}, 403},
		{"a sandboxed frame", "POST", desk8 + "/_mock/reset", "", []string{"Cookie", cookie, "Origin", "null"}, 403},
		{"a cross-site request without Origin", "POST", desk8 + "/_mock/reset", "", []string{"Cookie", cookie, "Sec-Fetch-Site", "cross-site"}, 403},
		{"a same-site request without Origin", "POST", desk8 + "/_mock/reset", "", []string{"Cookie", cookie, "Sec-Fetch-Site", "same-site"}, 403},
		{"a forged site beside another Origin", "POST", desk8 + "/_mock/reset", "", []string{"Cookie", cookie, "Sec-Fetch-Site", "same-origin", "Origin", "http://evil.example"}, 403},
		{"no sign of where it comes from", "POST", desk8 + "/_mock/reset", "", []string{"Cookie", cookie}, 403},
		{"the same for DELETE", "DELETE", desk8 + "/_mock/journal", "", []string{"Cookie", cookie}, 403},
		{"the same for PATCH", "PATCH", desk8 + "/_mock/worlds/default/customers/8", "{}", []string{"Cookie", cookie}, 403},
		{"a read from another site", "GET", desk8 + "/_mock/journal", "", []string{"Cookie", cookie, "Sec-Fetch-Site", "cross-site"}, 403},
		{"a stolen cookie at another name", "GET", "http://127.0.0.1:4280/_mock/journal", "", []string{"Cookie", cookie}, 401},
		{"a name that resolves to the mock", "POST", "http://evil.example:4280/_mock/reset", "", []string{"Cookie", cookie, "Origin", "http://evil.example:4280"}, 401},
		{"the token as the cookie", "GET", desk8 + "/_mock/journal", "", []string{"Cookie", "ticaga_mock_session=" + controlToken}, 401},
		{"an empty cookie", "GET", desk8 + "/_mock/journal", "", []string{"Cookie", "ticaga_mock_session="}, 401},
		{"a part of the cookie", "GET", desk8 + "/_mock/journal", "", []string{"Cookie", cookie[:len(cookie)-1]}, 401},
		{"a login from another site", "POST", desk8 + "/_mock/login", `{"token":"` + controlToken + `"}`, []string{"Origin", "http://evil.example"}, 403},
		{"a logout from another site", "POST", desk8 + "/_mock/logout", "", []string{"Cookie", cookie, "Origin", "http://evil.example"}, 403},
		{"a wrong token", "POST", desk8 + "/_mock/login", `{"token":"wrong"}`, nil, 401},
		{"no token", "POST", desk8 + "/_mock/login", `{}`, nil, 401},
		{"no JSON", "POST", desk8 + "/_mock/login", `token`, nil, 400},
	} {
		w := browser(t, server, c.method, c.target, c.body, c.header...)
		if w.Code != c.status || len(w.Result().Cookies()) > 0 {
			t.Errorf("%s: got %d %s, cookies %v; want %d and no cookie", c.name, w.Code, w.Body, w.Result().Cookies(), c.status)
		}
	}
	if w := browser(t, server, "GET", desk8+"/_mock/journal", "", "Cookie", cookie); w.Code != 200 {
		t.Errorf("afterwards: got %d %s, want the session to last", w.Code, w.Body)
	}
}

// TestGuessesAreLimited: after ten wrong tokens even the right one has to wait, but only from that network, and
// whoever has the token or a cookie is not affected.
func TestGuessesAreLimited(t *testing.T) {
	server, cookie := loggedIn(t)
	try := func(remote, token string) int {
		r := httptest.NewRequest("POST", desk8+"/_mock/login", strings.NewReader(`{"token":"`+token+`"}`))
		r.RemoteAddr = remote
		return fromControl(t, server, r).Code
	}
	for i := range 10 {
		if got := try("203.0.113.7:1000", "wrong"); got != 401 {
			t.Fatalf("guess %d: got %d, want 401", i+1, got)
		}
	}
	for remote, want := range map[string]int{"203.0.113.7:2000": 429, "203.0.113.8:1000": 200, "[2001:db8::1]:1000": 200} {
		if got := try(remote, controlToken); got != want {
			t.Errorf("the right token from %s: got %d, want %d", remote, got, want)
		}
	}
	if w := browser(t, server, "GET", desk8+"/_mock/journal", "", "Cookie", cookie); w.Code != 200 {
		t.Errorf("the cookie: got %d, want 200", w.Code)
	}
}

// TestMissingTokenSaysHow: nothing of the advice looks like a secret, which would be hidden.
func TestMissingTokenSaysHow(t *testing.T) {
	server, _ := loggedIn(t)
	w := visit(server, "GET", desk8+"/_mock/journal", "")
	if got := w.Body.String(); w.Code != 401 || !strings.Contains(got, "send it in the header Authorization after Bearer, or as the password in the URL") {
		t.Errorf("got %d %s, want 401 and how to send the token", w.Code, got)
	}
}
