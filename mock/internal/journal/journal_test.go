package journal

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
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
	if n := len(j.Since(0)); n != 8 {
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

var redactor = NewRedactor("demo-12345", "7")

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
		"X-Pair": {"[redacted]"}, "X-Ticket": {"7"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(before, sent); diff != "" {
		t.Error("the request itself has changed:", diff)
	}
}

func TestRedactBody(t *testing.T) {
	redactor := redactor.Naming(NewNames([]string{"name2", "password", "cc"}))
	for _, c := range []struct {
		name, raw string
		fields    map[string]any
		want      string
	}{
		{"nothing secret", "a=b&c[0]=d&cc=&name2=e", map[string]any{"a": "b", "c": []any{"d"}, "cc": "", "name2": "e"}, "a=b&c[0]=d&cc=&name2=e"},
		{"a password", "password=x&a=b", map[string]any{"password": "x", "a": "b"}, `{"a":"b","password":"[redacted]"}`},
		{"deep inside", "...", map[string]any{"a": []any{map[string]any{"API-Key": "x"}}}, `{"a":[{"API-Key":"[redacted]"}]}`},
		{"other names for it", "...", map[string]any{"pwd": "x", "Key": "x", "pass": "x", "client_secret": "x"}, `{"Key":"[redacted]","client_secret":"[redacted]","pass":"[redacted]","pwd":"[redacted]"}`},
		{"a known token as a value", "a=demo-12345", map[string]any{"a": "demo-12345"}, `{"a":"[redacted]"}`},
		{"a known token as a name", "demo-12345=x", map[string]any{"demo-12345": "x"}, `{"[redacted]":"x"}`},
		{"a name with nothing", "hunter=", map[string]any{"hunter": ""}, `{"[6 bytes]":""}`},
		{"a name that does not look like one", "...", map[string]any{"hunter2": "x", `{"a"`: "x", "a: b": "x"}, `{"[4 bytes]":"[redacted]","[7 bytes]":"[redacted]"}`},
		{"a document as a name", "...", map[string]any{"<p>": "x", "[password]": "x"}, `{"[10 bytes]":"[redacted]","[3 bytes]":"[redacted]"}`},
		{"a known token in JSON's escapes", `{"a":"demo\u002d12345"}`, map[string]any{"a": "demo-12345"}, `{"a":"[redacted]"}`},
		{"a mistyped name", "passwrod=x&pasword=y&tokn=z", map[string]any{"passwrod": "x", "pasword": "y", "tokn": "z"}, `{"passwrod":"[redacted]","pasword":"[redacted]","tokn":"[redacted]"}`},
		{"JSON in a field", "...", map[string]any{"data": `{"password":"x"}`, "a": "pass=y", "b": "x=y"}, `{"a":"[redacted]","b":"x=y","data":"[redacted]"}`},
		{"XML in a field", "...", map[string]any{"data": "<password>x</password>"}, `{"data":"[redacted]"}`},
		{"encoded JSON in a field", "...", map[string]any{"data": "%7B%22password%22:%22x%22%7D"}, `{"data":"[redacted]"}`},
		{"a form in a field", "...", map[string]any{"data": "a=1&password=x"}, `{"data":"[redacted]"}`},
		{"a URL with a password", "...", map[string]any{"url": "see http://u:p@h/x and ftp://t@h:21"}, `{"url":"see http://[redacted]@h/x and ftp://[redacted]@h:21"}`},
		{"a name and a value", "...", map[string]any{"f": []any{map[string]any{"name": "password", "value": "x"}, map[string]any{"slug": "pin", "val": "x"}}}, `{"f":[{"name":"password","value":"[redacted]"},{"slug":"pin","val":"[redacted]"}]}`},
		{"a harmless name and a value", "f[name]=a&f[value]=b", map[string]any{"f": map[string]any{"name": "a", "value": "b"}}, "f[name]=a&f[value]=b"},
		{"a name without a value", "name=Sid&email=x", map[string]any{"name": "Sid", "email": "x"}, "name=Sid&email=x"},
		{"a text that speaks of one", "message=my+password+=+lost", map[string]any{"message": "my password = lost"}, "message=my+password+=+lost"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, _ := redactor.Body([]byte(c.raw), c.fields, true); got != c.want {
				t.Error(cmp.Diff(c.want, got))
			}
			if c.want == c.raw {
				if got, _ := redactor.Body([]byte(c.raw), c.fields, false); strings.Contains(got, c.raw) {
					t.Errorf("not decoded whole, and shown: %s", got)
				}
			}
		})
	}
	if got, want := Undecoded([]byte("hunter2")), "[not shown: 7 bytes that begin with 0x68 and could not be decoded as their Content-Type says]"; got != want {
		t.Error(got)
	}
}

// TestRedactsWhatViolationsShow: nothing of a field that names a secret, and nothing of a document
// that speaks of one.
func TestRedactsWhatViolationsShow(t *testing.T) {
	named := redactor.Naming(NewNames([]string{"email"}).WithSecrets([]string{"epp"}))
	for _, c := range []struct {
		in, at, got, want string
	}{
		{spec.InBody, "/custom_fields/epp", `"hunter2"`, redacted},
		{spec.InBody, "/custom_fields/epp/0", `"hunter2"...`, redacted},
		{spec.InBody, "/login/pass", "4711", redacted},
		{spec.InBody, "/password", "an array", "an array"},
		{spec.InBody, "/email", `"password=hunter2"`, redacted},
		{spec.InBody, "/email", `"{\"password\":\"hun"...`, redacted},
		{spec.InBody, "/email", `"my password is lost"`, `"my password is lost"`},
		{spec.InBody, "/email", `"a@b"`, `"a@b"`},
		{spec.InQuery, "custom_fields[epp]", `"hunter2"`, redacted},
		{spec.InQuery, "rabatt", `"100%"`, `"100%"`},
		{spec.InPath, "slug", `"pass"`, `"pass"`},
	} {
		v := spec.Violation{In: c.in, At: c.at, Got: c.got}
		if named.Violation(&v); v.Got != c.want {
			t.Errorf("%s %s: %s is shown as %s, want %s", c.in, c.at, c.got, v.Got, c.want)
		}
	}
}

func TestRedactQuery(t *testing.T) {
	for raw, want := range map[string]string{
		"": "", "a=b&c=demo-12345": "a=b&c=[redacted]", "rabatt=100%&x[y]=1;2&&z=a+b": "rabatt=100%&x[y]=1;2&&z=a+b", "a=1&debug": "a=1&[5 bytes]", "debug=": "[5 bytes]=",
		"aHVudGVyMg==": "[10 bytes]=[redacted]", "hunter2=1": "[7 bytes]=[redacted]", "cc&cc=": "[2 bytes]&[2 bytes]=", "url=http%3A%2F%2Fu%3Ap%40h%2F": "url=[redacted]",
	} {
		if got := redactor.Query(raw); got != want {
			t.Errorf("%s: %s, want %s", raw, got, want)
		}
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
		"pass2", "pass_2", "pass[0]", "login[pass][0]", "keys", "passwords", "PINs", "pswd", "userPswd", "tkn", "api_tkn", "usertkn", "otp_code", "otpCode", "totp", "PHPSESSID", "JSESSIONID", "connect.sid",
		"signature", "X-Hub-Signature-256", "sig", "sigs", "Autorization", "Authorizatoin", "HTTP_AUTHORIZATION", "authentification", "secert", "_csrf", "X-XSRF-TOKEN", "creds", "cvv2", "psw", "mot_de_passe",
		"Kennwort", "passkey", "pin_code", "backup_codes", "apikeys", "pass\u0000", "hmac", "Passe",
	} {
		if !IsSecret(name) {
			t.Errorf("%q is a secret", name)
		}
	}
	for _, name := range []string{
		"", "-", "]", "name", "ticket_id", "passenger", "Idempotency-Key", "X-Cache-Key", "author", "authored_by", "spin", "keyboard", "public_hash", "total", "taking", "message", "pas", "Accept",
		"monkey", "monkeys", "turkey", "keyboards", "keynote", "assignee", "sign_up", "signed_at", "design", "sigma", "compass", "Bypass", "passed", "passage", "passport_photo", "pinned", "opinion", "spins", "aside", "sides",
		"residence", "president", "hotspot", "option", "authority", "taken_at", "taken", "tickets", "sector", "decode", "postcode", "zip_code", "country_code", "code", "status_code", "barcode", "accept", "biography",
		"company", "phone_number", "custom_fields", "department_slug", "public_email", "priority", "cc", "subject", "message", "content", "first_name", "email", "billing_id", "billing_system", "ratings_enabled",
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

func BenchmarkText(b *testing.B) {
	answer := `{"user":{"id":8,"name":"Joe Doe","email":"joedoe@example.com","email_verified_at":null,"company":"Example Inc.","phone_number":"0123456789","billing_id":"0","billing_system":"","account_manager":"0","biography":"","created_at":"2025-07-13T17:15:25.000000Z","updated_at":"2025-07-13T17:15:25.000000Z"}}`
	b.ReportAllocs()
	for b.Loop() {
		redactor.Text(answer)
	}
}

func BenchmarkWith(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		redactor.With("Bearer wrong-wrong", "wrong-wrong")
	}
}
