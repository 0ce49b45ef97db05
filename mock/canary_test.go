package mock_test

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// encodings are the ways in which a token may travel.
var encodings = map[string]func(token string) string{
	"as it is":              func(s string) string { return s },
	"in capitals":           strings.ToUpper,
	"in lowercase":          strings.ToLower,
	"percent":               percent,
	"percent, twice":        func(s string) string { return percent(percent(s)) },
	"percent, three times":  func(s string) string { return percent(percent(percent(s))) },
	"percent, some":         func(s string) string { return s[:3] + percent(s[3:4]) + s[4:] },
	"JSON's escapes":        func(s string) string { return strings.ReplaceAll(s, "a", `\u0061`) },
	"JavaScript's":          func(s string) string { return strings.ReplaceAll(s, "a", `\x61`) },
	"HTML's":                func(s string) string { return strings.ReplaceAll(s, "a", "&#97;") + html.EscapeString("<") },
	"hex":                   func(s string) string { return hex.EncodeToString([]byte(s)) },
	"HEX":                   func(s string) string { return strings.ToUpper(hex.EncodeToString([]byte(s))) },
	"base64":                func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	"base64 of a pair":      func(s string) string { return base64.StdEncoding.EncodeToString([]byte(mock.DefaultEmail + ":" + s)) },
	"base64 of JSON":        func(s string) string { return base64.URLEncoding.EncodeToString([]byte(`{"token":"` + s + `"}`)) },
	"base64url at 1":        func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte("\xff" + s + "\xff")) },
	"base64url at 2":        func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte("\xff\xff" + s)) },
	"base64 of UTF-16":      func(s string) string { return base64.StdEncoding.EncodeToString([]byte(wide(s, binary.LittleEndian))) },
	"base64 of UTF-16BE":    func(s string) string { return base64.StdEncoding.EncodeToString([]byte(wide(s, binary.BigEndian))) },
	"UTF-16":                func(s string) string { return "\xff\xfe" + wide(s, binary.LittleEndian) },
	"UTF-16BE":              func(s string) string { return wide(s, binary.BigEndian) },
	"UTF-32":                func(s string) string { return strings.Join(strings.Split(s, ""), "\x00\x00\x00") },
	"UTF-16 in percent":     func(s string) string { return percent(wide(s, binary.LittleEndian)) },
	"UTF-16 in JSON":        func(s string) string { return strings.Join(strings.Split(s, ""), `\u0000`) },
	"in a URL":              func(s string) string { return "http://" + s + "@h.example/" },
	"as a password in one":  func(s string) string { return "https://user:" + s + "@h.example:80/x" },
	"with text on each end": func(s string) string { return "x" + s + "y" },
}

func percent(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		fmt.Fprintf(&b, "%%%02x", c)
	}
	return b.String()
}

func wide(s string, order binary.AppendByteOrder) string {
	var b []byte
	for _, c := range utf16.Encode([]rune(s)) {
		b = order.AppendUint16(b, c)
	}
	return string(b)
}

// places are where a secret may stand in a request.
var places = map[string]func(r *http.Request, secret string){
	"method":           func(r *http.Request, s string) { r.Method = s },
	"segment":          func(r *http.Request, s string) { r.URL.Path = "/api/" + s },
	"parameter":        func(r *http.Request, s string) { r.URL.Path = "/api/customers/get/" + s },
	"world":            func(r *http.Request, s string) { r.URL.Path = "/w/" + s + "/api/customers/get/8" },
	"long path":        func(r *http.Request, s string) { r.URL.Path = "/api/" + strings.Repeat("x", 45) + s },
	"query":            func(r *http.Request, s string) { r.URL.RawQuery = "debug=" + s },
	"query, encoded":   func(r *http.Request, s string) { r.URL.RawQuery = "debug=" + url.QueryEscape(s) },
	"query's name":     func(r *http.Request, s string) { r.URL.RawQuery = s + "=1" },
	"query alone":      func(r *http.Request, s string) { r.URL.RawQuery = s },
	"nested query":     func(r *http.Request, s string) { r.URL.RawQuery = "a[" + s + "]=1&b[]=" + s },
	"header":           func(r *http.Request, s string) { r.Header.Set("X-Anything", s) },
	"header's name":    func(r *http.Request, s string) { r.Header[http.CanonicalHeaderKey(s)] = []string{"1"} },
	"agent":            func(r *http.Request, s string) { r.Header.Set("User-Agent", s) },
	"content type":     func(r *http.Request, s string) { body(r, "text/"+s, "a") },
	"boundary":         func(r *http.Request, s string) { body(r, "multipart/form-data; boundary="+s, "a") },
	"preference":       func(r *http.Request, s string) { r.Header.Set("Prefer", s) },
	"authorization":    func(r *http.Request, s string) { r.Header["Authorization"] = []string{s, "Bearer " + s} },
	"host":             func(r *http.Request, s string) { r.Host = s },
	"JSON":             func(r *http.Request, s string) { body(r, asJSON, `{"ticaga_id":"`+s+`","a":{"b":["`+s+`"]}}`) },
	"JSON's name":      func(r *http.Request, s string) { body(r, asJSON, `{"`+s+`":1,"a":{"`+s+`":[]},"`+s+`":2}`) },
	"JSON cut short":   func(r *http.Request, s string) { body(r, asJSON, `{"ticaga_id":"`+s+`"`) },
	"JSON as a form":   func(r *http.Request, s string) { body(r, asForm, `{"ticaga_id":"`+s+`"}`) },
	"JSON in JSON":     func(r *http.Request, s string) { body(r, asJSON, `"{\"a\":\"`+s+`\"}"`) },
	"form":             func(r *http.Request, s string) { body(r, asForm, "ticaga_id="+s+"&a[b]="+url.QueryEscape(s)) },
	"form's name":      func(r *http.Request, s string) { body(r, asForm, s+"=1&a["+s+"]=2&"+s+"=3") },
	"form alone":       func(r *http.Request, s string) { body(r, asForm, s) },
	"form, nameless":   func(r *http.Request, s string) { body(r, asForm, "="+s+"&[x]="+s+"&a[b]"+s+"=1&c%00"+s+"=1") },
	"raw, as JSON":     func(r *http.Request, s string) { body(r, asJSON, s) },
	"raw":              func(r *http.Request, s string) { body(r, "", s) },
	"text":             func(r *http.Request, s string) { body(r, "text/plain", "x "+s+" y") },
	"multipart":        func(r *http.Request, s string) { part(r, `name="ticaga_id"`, s) },
	"multipart's name": func(r *http.Request, s string) { part(r, `name="`+s+`"`, "1") },
	"file's name":      func(r *http.Request, s string) { part(r, `name="a`+s+`"; filename="`+s+`"`, s) },
	"not taken":        func(r *http.Request, s string) { r.URL.Path = "/api/departments/public"; body(r, asForm, s+"=1") },
	"unknown path":     func(r *http.Request, s string) { r.URL.Path = "/api/nope"; body(r, asForm, "a="+s+"&"+s) },
}

func body(r *http.Request, contentType, text string) {
	if r.Method == "GET" {
		r.Method = "POST"
	}
	if r.URL.Path == "/api/customers/get/8" {
		r.URL.Path = "/api/customers/assign"
	}
	sent := httptest.NewRequest("POST", "/", strings.NewReader(text))
	r.Body, r.ContentLength = sent.Body, sent.ContentLength
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
}

func part(r *http.Request, disposition, content string) {
	body(r, "multipart/form-data; boundary=B", "--B\r\nContent-Disposition: form-data; "+disposition+"\r\n\r\n"+content+"\r\n--B--\r\n")
}

// leaked finds a secret in an output, in any encoding that somebody would undo.
func leaked(output, secret string) bool {
	output = strings.ToLower(strings.NewReplacer(`\u0000`, "", `\\u0000`, "", "\x00", "").Replace(output))
	for range 4 {
		for _, form := range []string{secret, hex.EncodeToString([]byte(secret))} {
			if strings.Contains(output, strings.ToLower(form)) {
				return true
			}
		}
		for before := range 3 {
			for _, bytes := range []string{secret, wide(secret, binary.LittleEndian)} {
				digits := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("\x00", before) + bytes))
				digits = strings.ToLower(digits[4 : len(digits)-4])
				if strings.Contains(strings.NewReplacer("-", "+", "_", "/").Replace(output), digits) {
					return true
				}
			}
		}
		output = html.UnescapeString(strings.NewReplacer(`\x61`, "a", `\\x61`, "a", `\u0061`, "a", `\\u0061`, "a", `\/`, "/").Replace(output))
		if plain, err := url.PathUnescape(output); err == nil {
			output = strings.ToLower(strings.ReplaceAll(plain, "\x00", ""))
		}
	}
	return false
}

// TestTokensAreRedacted: a token that the mock knows comes out of nowhere, wherever it stands in a
// request and however it is encoded.
func TestTokensAreRedacted(t *testing.T) {
	const token, control = "Canary-9a81-abc", "c0ntrol/Canary+7a7"
	var seen mock.Exchange
	server := newServer(t, func(o *mock.Options) {
		o.Token, o.ControlToken = token, control
		o.Observe = func(x mock.Exchange) { seen = x }
	})
	for _, secret := range []string{token, control} {
		for encoding, encode := range encodings {
			for place, plant := range places {
				for _, auth := range []string{"Bearer " + token, "Bearer nobody-at-all"} {
					r := httptest.NewRequest("GET", "http://localhost/api/customers/get/8", nil)
					r.Header.Set("Authorization", auth)
					plant(r, encode(secret))
					seen = mock.Exchange{}
					server.ServeHTTP(httptest.NewRecorder(), r)
					if text := mustJSON(t, seen); leaked(text, secret) {
						t.Errorf("%s in %s, %s: got the secret in %s, want it redacted", secret, place, encoding, text)
					}
				}
			}
		}
	}
}

// TestUndecodedBodiesAreNotShown: of a body that is not what its Content-Type says, only the length and the
// first byte are shown. Names are shown only if they look like names.
func TestUndecodedBodiesAreNotShown(t *testing.T) {
	const secret = "hunter2-Zq"
	var seen mock.Exchange
	server := newServer(t, func(o *mock.Options) { o.Observe = func(x mock.Exchange) { seen = x } })
	bodies := []string{
		secret, "<login><password>" + secret + "</password></login>", `{"email":"a@b.example","password":"` + secret, `{"password":"` + secret + `"} x`, `{"password":"` + secret + `"}{}`,
		"password: " + secret, "password=" + secret, "[password]=" + secret, "a=1&" + secret, "a=1&" + secret + "=", secret + "=", secret + "==", "=" + secret, "login: joe\npassword: " + secret, "pass2=" + secret,
		"a=1&a[password]=" + secret + "&a=2", `{"a":"` + secret + `",}`, `["` + secret + `"]`, `"` + secret + `"`, `{"` + secret + `":null}`, `{"` + secret + `":1,"` + secret + `":2}`, `{"a":1,"password":"` + secret + `","a":2}`,
		"--B\r\nContent-Disposition: form-data; name=\"" + secret + "\"\r\n\r\n1\r\n--B--\r\n", "--B\r\nContent-Disposition: form-data; name=password\r\n\r\n" + secret + "\r\n--B--\r\n", "--B\r\n" + secret, secret + "\r\n--B--\r\n",
		"--B\r\nContent-Disposition: form-data; name=a; filename=" + secret + "\r\n\r\n" + secret + "\r\n--B--\r\n", "--B\r\nContent-Disposition: form-data; name=a\r\nX-Y: " + secret + "\r\n\r\n1\r\n--B--\r\n" + secret,
		"db=http://u:" + secret + "@h/x", `{"url":"http:\/\/u:` + secret + `@h"}`, "url=http%3A%2F%2Fu%3A" + secret + "%40h", "url=http://u:p/" + secret + "@h", "Autorization=" + secret, `{"data":"<pin>` + secret + `</pin>"}`,
		"a%00" + secret + "=1", "a[b]" + secret + "=1", "{'password':'" + secret + "'}", "{password:" + secret + "}", "password=>" + secret, "a:1:{s:8:\"password\";s:10:\"" + secret + "\";}", "---\npassword: " + secret + "\n",
		"\xff\xfe" + wide(`{"password":"`+secret+`"}`, binary.LittleEndian), "\x1f\x8b" + secret, `<?xml version="1.0"?><r token="` + secret + `"/>`, "PHPSESSID=" + secret, `{"signature":"` + secret + `","otp_code":"` + secret + `"}`,
	}
	for _, text := range bodies {
		for _, contentType := range []string{asForm, asJSON, "", "text/plain", "application/xml", "multipart/form-data; boundary=B", "multipart/form-data"} {
			for _, path := range []string{"/api/login", "/api/customers/assign", "/api/tickets/create", "/api/departments/public", "/api/nope", "/api/logins"} {
				for _, method := range []string{"POST", "PUT", "GET"} {
					r := httptest.NewRequest(method, "http://localhost"+path, strings.NewReader(text))
					r.Header.Set("Authorization", bearer)
					if contentType != "" {
						r.Header.Set("Content-Type", contentType)
					}
					server.ServeHTTP(httptest.NewRecorder(), r)
					if shown := mustJSON(t, seen); strings.Contains(strings.NewReplacer(`\u0000`, "", `\x00`, "").Replace(shown), "unter2") {
						t.Errorf(`%s %s as %q, %q: got %s, want without "unter2"`, method, path, contentType, text, shown)
					}
				}
			}
		}
	}
	for _, segment := range []string{"password=" + secret, "{\"pin\":\"" + secret + "\"}", "<token>" + secret + "</token>", "key=hunter2", "http:%2f%2fu:" + secret + "@h"} {
		r := httptest.NewRequest("GET", "http://localhost/api/login/", nil)
		r.URL.Path += segment
		server.ServeHTTP(httptest.NewRecorder(), r)
		if shown := mustJSON(t, seen); strings.Contains(shown, "unter2") {
			t.Errorf(`%s: got %s, want without "unter2"`, segment, shown)
		}
	}
	for _, method := range []string{"hunter2", secret, "hunter2-" + strings.Repeat("x", 100)} {
		for _, path := range []string{"/api/login", "/api/nope", "/api/customers/get/8"} {
			r := httptest.NewRequest("GET", "http://localhost"+path, nil)
			r.Method = method
			server.ServeHTTP(httptest.NewRecorder(), r)
			if shown := mustJSON(t, seen); strings.Contains(shown, "unter2") {
				t.Errorf(`%s %s: got %s, want without "unter2"`, method, path, shown)
			}
		}
	}
	for _, query := range []string{secret, "a=1&" + secret, "password=" + secret, "[password]=" + secret, "pass2=" + secret, "=" + secret, secret + "=1", "a[" + secret + "]=1", "u=http://u:" + secret + "@h", `{"password":"` + secret + `"}`, "d=<pin>" + secret + "</pin>"} {
		r := httptest.NewRequest("GET", "http://localhost/api/customers/get/8?", nil)
		r.URL.RawQuery = query
		server.ServeHTTP(httptest.NewRecorder(), r)
		if shown := mustJSON(t, seen); strings.Contains(shown, "unter2") {
			t.Errorf(`%s: got %s, want without "unter2"`, query, shown)
		}
	}
}

// TestHarmlessBodiesAreShown as they are: what was asked is worth seeing.
func TestHarmlessBodiesAreShown(t *testing.T) {
	d := newDesk(t)
	for _, q := range []request{
		postForm(assign, "ticaga_id=8&billing_id=42&billing_system=blesta"), postJSON(assign, `{"ticaga_id": 8, "billing_id": 42, "billing_system": "blesta"}`),
		postForm(assign, "ticaga_id=8&biling_id=42&billing_system="), postForm("/api/nope", "a[b][]=x+y&c.d=1%25"), {method: "PUT", path: assign, contentType: asJSON, body: `{"a":[{"b":1}]}`},
	} {
		if got := d.ask(t, q); got.entry.Request.Body != q.body {
			t.Errorf("%s: got %s, want %q", q.body, got.entry.Request.Body, q.body)
		}
	}
	got := d.ask(t, request{method: "POST", path: assign, contentType: asForm, body: `{"billing_id": 42}`})
	if got.entry.Request.Body != `{"billing_id":42}` {
		t.Errorf(`JSON under another Content-Type: got %s, want {"billing_id":42}`, got.entry.Request.Body)
	}
}

// TestControlAPIDoesNotEchoTokens: not in what it refuses, and not beside what did not match.
func TestControlAPIDoesNotEchoTokens(t *testing.T) {
	const token, control = "Canary-9a81-abc", "c0ntrol-Canary-7a7"
	server := newServer(t, func(o *mock.Options) { o.Token, o.ControlToken = token, control })
	for _, secret := range []string{token, control} {
		for _, q := range []struct{ method, path, body string }{
			{"GET", "/_mock/" + secret, ""}, {"GET", "/_mock/worlds/" + strings.ToLower(secret), ""}, {"GET", "/_mock/journal?" + secret + "=1", ""}, {"GET", "/_mock/journal?status=" + secret, ""},
			{secret, "/_mock/journal", ""}, {"GET", "/_mock/explain/" + secret, ""}, {"POST", "/_mock/worlds", `{"name":"` + strings.ToLower(secret) + `"}`}, {"POST", "/_mock/worlds", `{"` + secret + `":1}`},
			{"POST", "/_mock/verify", `{"path":"/api/` + secret + `"}`}, {"POST", "/_mock/verify", `{"path":"/api/` + secret + `","count":0}`}, {"POST", "/_mock/verify", `{"` + secret + `":1}`}, {"POST", "/_mock/verify", `{"body":{"name":"` + secret + `"}}`},
			{"POST", "/_mock/verify", `{"query":{"` + secret + `":"1"}}`}, {"PUT", "/_mock/faults", `[{"fault":"` + secret + `"}]`}, {"PUT", "/_mock/state", `{"` + secret + `":[]}`}, {"GET", "/_mock/worlds/default/snapshots/" + secret, ""},
		} {
			r := httptest.NewRequest("GET", "http://localhost/", strings.NewReader(q.body))
			r.Method, r.URL.Path = q.method, q.path
			r.URL.Path, r.URL.RawQuery, _ = strings.Cut(q.path, "?")
			r.Header.Set("Authorization", "Bearer "+control)
			w := httptest.NewRecorder()
			server.ServeHTTP(w, r)
			if leaked(w.Body.String(), secret) {
				t.Errorf("%s %s %s: got the secret in %s, want it redacted", q.method, q.path, q.body, w.Body)
			}
		}
	}
}
