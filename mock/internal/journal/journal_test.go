package journal

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

func paths(list []traffic.Exchange) string {
	var all []string
	for _, x := range list {
		all = append(all, x.Path)
	}
	return strings.Join(all, " ")
}

func TestTheRingKeepsTheLastOnes(t *testing.T) {
	j := New(Limits{Exchanges: 3, Bytes: 1 << 20})
	for _, path := range []string{"/a", "/b", "/c", "/d", "/e"} {
		j.Record(traffic.Exchange{Path: path})
	}
	for id, want := range map[int64]string{0: "/c /d /e", 2: "/c /d /e", 3: "/d /e", 5: "", 9: ""} {
		if got := paths(j.Since(id)); got != want {
			t.Errorf("since %d: %q, want %q", id, got, want)
		}
	}
	for id, want := range map[int64]string{0: "/c /d", 2: "/c /d", 3: "/d /e", 4: "/e", 5: ""} {
		if got := paths(j.After(id, 2)); got != want {
			t.Errorf("two after %d: %q, want %q", id, got, want)
		}
	}
	for id, want := range map[int64]string{0: "", 2: "", 3: "/c", 5: "/e", 6: "", -1: ""} {
		if x, ok := j.Find(id); x.Path != want || ok != (want != "") {
			t.Errorf("find %d: %q, want %q", id, x.Path, want)
		}
	}
	j.Reset()
	if len(j.Since(0)) != 0 || j.Record(traffic.Exchange{}).ID != 6 || len(j.Since(0)) != 1 {
		t.Error("a reset journal is empty, and its IDs go on")
	}
}

func TestTheRingIsBoundedInBytes(t *testing.T) {
	j := New(Limits{Exchanges: 1000, Bytes: 100_000})
	for range 100 {
		j.Record(traffic.Exchange{Response: traffic.Message{Body: strings.Repeat("x", 10_000)}})
	}
	if n := len(j.Since(0)); n != 9 {
		t.Errorf("%d exchanges of 10 kB are kept in 100 kB", n)
	}
	j.Record(traffic.Exchange{Response: traffic.Message{Body: strings.Repeat("x", 200_000)}})
	if n := len(j.Since(0)); n != 1 {
		t.Errorf("%d exchanges are kept, want the newest alone", n)
	}
}

func TestWaiting(t *testing.T) {
	j := New(Limits{Exchanges: 10, Bytes: 1 << 20})
	j.Record(traffic.Exchange{Path: "/a"})
	if !j.Wait(t.Context(), 0) {
		t.Error("what is there is not waited for")
	}
	got := make(chan bool)
	for range 3 {
		go func() { got <- j.Wait(t.Context(), 1) }()
	}
	j.Record(traffic.Exchange{Path: "/b"})
	for range 3 {
		if !<-got {
			t.Error("it did not come")
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if j.Wait(ctx, 2) {
		t.Error("something came after the end")
	}
}

func TestALongBodyIsCut(t *testing.T) {
	m := traffic.NewMessage(nil, strings.Repeat("x", traffic.MaxBody+1))
	if len(m.Body) != traffic.MaxBody || !m.Truncated {
		t.Errorf("%d bytes, truncated %v", len(m.Body), m.Truncated)
	}
}

const secret = "c2VjcmV0"

var redactor = NewRedactor(Credential{"admin@ticaga.test", "demo-12345"}, Credential{"x@ticaga.test", "7"})

func TestRedactHeader(t *testing.T) {
	sent := http.Header{
		"Authorization": {"Basic " + secret}, "Proxy-Authorization": {secret + " x"}, "Cookie": {secret},
		"X-Api-Token": {secret}, "X-Api-Key": {secret}, "Api-Key": {secret}, "X-Auth-Key": {secret}, "X-Authorization": {secret},
		"Referer": {"http://x/?api_token=" + secret}, "X-Admin-Email": {"admin@ticaga.test"},
		"X-Trace": {"a demo-12345 of 7"}, "X-Coded": {"demo%2D12345"}, "Authentication": {"Basic " + secret}, "X-Ticaga": {"bearer " + secret},
		"Auth": {secret}, "X-Session-Id": {secret}, "Php-Auth-Pw": {secret}, "Set-Cookie": {secret}, "X-Tokne": {secret}, "Accept": {"text/html", "a/b"},
		"X-Pair": {"YWRtaW5AdGljYWdhLnRlc3Q6ZGVtby0xMjM0NQ=="}, "X-Ticket": {"7"},
	}
	before := sent.Clone()
	got := redactor.Header(sent)
	want := http.Header{
		"Authorization": {"Basic [redacted]"}, "Proxy-Authorization": {"[redacted]"}, "Cookie": {"[redacted]"},
		"X-Api-Token": {"[redacted]"}, "X-Api-Key": {"[redacted]"}, "Api-Key": {"[redacted]"}, "X-Auth-Key": {"[redacted]"}, "X-Authorization": {"[redacted]"},
		"Referer": {"[redacted]"}, "X-Admin-Email": {"admin@ticaga.test"},
		"X-Trace": {"a [redacted] of 7"}, "X-Coded": {"[redacted]"}, "Authentication": {"[redacted]"}, "X-Ticaga": {"[redacted]"},
		"Auth": {"[redacted]"}, "X-Session-Id": {"[redacted]"}, "Php-Auth-Pw": {"[redacted]"}, "Set-Cookie": {"[redacted]"}, "X-Tokne": {"[redacted]"}, "Accept": {"text/html", "a/b"},
		"X-Pair": {"[redacted]=="}, "X-Ticket": {"7"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(before, sent); diff != "" {
		t.Error("the request itself has changed:", diff)
	}
}

func TestRedactBody(t *testing.T) {
	const hidden = "[not shown: it was not decoded whole, and may hold a secret]"
	for _, c := range []struct {
		name, raw string
		fields    map[string]any
		want      string
	}{
		{"nothing secret", "a=b", map[string]any{"a": "b"}, "a=b"},
		{"a password", "password=x&a=b", map[string]any{"password": "x", "a": "b"}, `{"a":"b","password":"[redacted]"}`},
		{"deep inside", "...", map[string]any{"a": []any{map[string]any{"API-Key": "x"}}}, `{"a":[{"API-Key":"[redacted]"}]}`},
		{"other names for it", "...", map[string]any{"pwd": "x", "Key": "x", "pass": "x", "client_secret": "x"}, `{"Key":"[redacted]","client_secret":"[redacted]","pass":"[redacted]","pwd":"[redacted]"}`},
		{"a known token as a value", "a=demo-12345", map[string]any{"a": "demo-12345"}, `{"a":"[redacted]"}`},
		{"a known token as a name", "demo-12345=", map[string]any{"demo-12345": ""}, `{"[redacted]":""}`},
		{"a known token in JSON's escapes", `{"a":"demo\u002d12345"}`, map[string]any{"a": "demo-12345"}, `{"a":"[redacted]"}`},
		{"a mistyped name", "passwrod=x&pasword=y&tokn=z", map[string]any{"passwrod": "x", "pasword": "y", "tokn": "z"}, `{"passwrod":"[redacted]","pasword":"[redacted]","tokn":"[redacted]"}`},
		{"JSON in a field", "...", map[string]any{"data": `{"password":"x"}`, "a": "pass=y", "b": "x=y"}, `{"a":"[redacted]","b":"x=y","data":"[redacted]"}`},
		{"a form in a field", "...", map[string]any{"data": "a=1&password=x"}, `{"data":"[redacted]"}`},
		{"a text that speaks of one", "message=my+password+=+lost", map[string]any{"message": "my password = lost"}, "message=my+password+=+lost"},
		{"not decoded, and encoded", `{"p\u0061ssword":"x`, nil, hidden},
		{"not decoded, and encoded as a form", "p%61ssword=x", nil, hidden},
		{"could not be decoded", "hello", nil, "hello"},
		{"could not be decoded, with a secret", `{"Password":"x"`, nil, hidden},
		{"lost in decoding", "a[password]=x&a=1", map[string]any{"a": "1"}, hidden},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, _ := redactor.Body([]byte(c.raw), c.fields, c.fields != nil && c.name != "lost in decoding")
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRedactQuery(t *testing.T) {
	if got := redactor.Query("a=b&c=demo-12345"); got != "a=b&c=[redacted]" {
		t.Error(got)
	}
	for _, raw := range []string{
		"api_token=" + secret + "&a=b", "Password=" + secret, "token=" + secret + "&%zz", "key=" + secret, "api-key=" + secret, "%61pi_token=" + secret,
		"x=%zz&p%61ssword=" + secret, "auth=" + secret, "data=%7B%22password%22:%22" + secret + "%22%7D", "a=demo%2D12345" + secret,
	} {
		if got := redactor.Query(raw); strings.Contains(got, secret) {
			t.Error(got)
		}
	}
}

func TestIsSecret(t *testing.T) {
	for _, name := range []string{
		"password", "Password", "pasword", "passwrod", "user_password", "passwort", "PASSWD", "pwd", "pass", "userPass", "user_pass", "loginPass", "login[pass]", "user:pass",
		"X-Userpass", "token", "tokne", "api_token", "apiToken", "ApiKey", "api-key", "clientKey", "key", "userPin", "userPIN", "pin", "otp", "auth", "X-Auth", "Session-Id", "Set-Cookie", "jwt",
	} {
		if !IsSecret(name) {
			t.Errorf("%q is a secret", name)
		}
	}
	for _, name := range []string{
		"", "-", "]", "name", "ticket_id", "passenger", "Idempotency-Key", "X-Cache-Key", "author", "authored_by", "spin", "keyboard", "public_hash", "total", "taking", "message", "pas", "Accept",
	} {
		if IsSecret(name) {
			t.Errorf("%q is no secret", name)
		}
	}
}

// FuzzText: whatever stands around a secret, and however it is encoded, it does not come out.
func FuzzText(f *testing.F) {
	f.Add("a=", "&b", "demo%2d12345")
	f.Add(`{"a":"`, `"}`, `demo\u002D12345`)
	f.Add("%", `\u`, "demo-12345")
	f.Fuzz(func(t *testing.T, before, after, between string) {
		for _, text := range []string{before + between + after, before + "demo-12345" + after, before + "demo%2D12345" + after, before + `demo\u002d12345` + after} {
			if got := redactor.Text(text); redactor.holds(got) || redactor.holds(decode(got)) {
				t.Errorf("%q became %q", text, got)
			}
			if got := redactor.Query(text); redactor.holds(got) {
				t.Errorf("%q as a query became %q", text, got)
			}
			_ = IsSecret(text)
		}
	})
}
