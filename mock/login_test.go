package mock_test

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

const controlToken = "a-control-token-of-32-characters"

// browser sends a request to the control API of a mock beyond loopback, with what a browser adds.
func browser(t *testing.T, server http.Handler, method, target, body string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return fromControl(t, server, r)
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
