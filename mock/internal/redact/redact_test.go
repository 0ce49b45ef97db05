package redact

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

const secret = "c2VjcmV0"

var redactor = New("demo-12345", "7")

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
		t.Errorf("the request itself has changed (-want +got):\n%s", diff)
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
		{"a text that speaks of one", "message=my+password+is+lost", map[string]any{"message": "my password is lost"}, "message=my+password+is+lost"},
		{"a text that tells one", "...", map[string]any{"message": "your password: x\nbye"}, `{"message":"your password: [redacted]\nbye"}`},
		{"an array of names and values", "...", map[string]any{"f": []any{[]any{"password", "x"}, []any{"a", "b"}}, "g": []any{"a", "b", "pin", "x"}}, `{"f":[["password","[redacted]"],["a","b"]],"g":["a","b","pin","[redacted]"]}`},
		{"names and values apart", "...", map[string]any{"slugs": []any{"a", "password"}, "fieldValue": []any{"b", "x"}}, `{"fieldValue":"[redacted]","slugs":["a","password"]}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, _ := redactor.Body("application/json", []byte(c.raw), c.fields, true); got != c.want {
				t.Error(cmp.Diff(c.want, got))
			}
			if c.want == c.raw {
				if got, _ := redactor.Body("application/json", []byte(c.raw), c.fields, false); strings.Contains(got, c.raw) {
					t.Errorf("not decoded whole, and shown: got %s, want without %q", got, c.raw)
				}
			}
		})
	}
	if got, want := Undecoded([]byte("hunter2")), "[not shown: 7 bytes that begin with 0x68 and could not be decoded as their Content-Type says]"; got != want {
		t.Errorf("got %s, want %q", got, want)
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
		t.Run(c.in+" "+c.at, func(t *testing.T) {
			v := spec.Violation{In: c.in, At: c.at, Got: c.got}
			if named.Violation(&v); v.Got != c.want {
				t.Errorf("%s %s: got %s is shown as %s, want %s", c.in, c.at, c.got, v.Got, c.want)
			}
		})
	}
}

func TestRedactQuery(t *testing.T) {
	for raw, want := range map[string]string{
		"": "", "a=b&c=demo-12345": "a=b&c=[redacted]", "rabatt=100%&x[y]=1;2&&z=a+b": "rabatt=100%&x[y]=1;2&&z=a+b", "a=1&debug": "a=1&[5 bytes]", "debug=": "[5 bytes]=",
		"aHVudGVyMg==": "[10 bytes]=[redacted]", "hunter2=1": "[7 bytes]=[redacted]", "cc&cc=": "[2 bytes]&[2 bytes]=", "url=http%3A%2F%2Fu%3Ap%40h%2F": "url=[redacted]",
	} {
		if got := redactor.Query(raw, nil); got != want {
			t.Errorf("%s: got %s, want %s", raw, got, want)
		}
	}
	for _, raw := range []string{
		"api_token=" + secret + "&a=b", "Password=" + secret, "token=" + secret + "&%zz", "key=" + secret, "api-key=" + secret, "%61pi_token=" + secret,
		"x=%zz&p%61ssword=" + secret, "auth=" + secret, "data=%7B%22password%22:%22" + secret + "%22%7D", "a=demo%2D12345" + secret,
	} {
		if got := redactor.Query(raw, nil); strings.Contains(got, secret) {
			t.Errorf("got %s, want without %q", got, secret)
		}
	}
}

func TestIsSecret(t *testing.T) {
	for _, name := range []string{
		"password", "Password", "pasword", "passwrod", "user_password", "passwort", "PASSWD", "pwd", "pass", "userPass", "user_pass", "loginPass", "login[pass]", "user:pass",
		"X-Userpass", "token", "tokne", "api_token", "apiToken", "ApiKey", "api-key", "clientKey", "key", "userPin", "userPIN", "pin", "otp", "auth", "X-Auth", "Session-Id", "Set-Cookie", "jwt",
		"pass2", "pass_2", "pass[0]", "login[pass][0]", "keys", "passwords", "PINs", "pswd", "userPswd", "tkn", "api_tkn", "usertkn", "otp_code", "otpCode", "totp", "PHPSESSID", "JSESSIONID", "connect.sid",
		"signature", "X-Hub-Signature-256", "sig", "sigs", "Autorization", "Authorizatoin", "HTTP_AUTHORIZATION", "authentification", "secert", "_csrf", "X-XSRF-TOKEN", "creds", "cvv2", "psw", "mot_de_passe",
		"clave", "Clave", "mi_clave2", "user_clave", "contraseña", "CONTRASEÑA", "contrasen\u0303a", "contraseña_nueva", "hasło", "Hasło2", "mot_de_passe", "motDePasse", "senha", "wachtwoord", "lösenord", "jelszó", "passord", "salasana", "şifre",
		"chave", "llave", "sleutel", "schlüssel", "parola", "пароль", "Пароль", "ключ", "密码", "パスワード", "비밀번호",
		"pass\u200bword", "pass\x00word", "pass\u00adword", "ｐａｓｓｗｏｒｄ", "ＰＡＳＳ", "to\u2060ken", "to\ufeffken", "p\u0430ssword", "p%61ssword", "pass%E2%80%8Bword", "pa\u0301ss", "pass.word", "pass\tword", "k\u200dey",
		"Kennwort", "passkey", "pin_code", "backup_codes", "apikeys", "pass\u0000", "hmac", "Passe",
	} {
		if !IsSecret(name) {
			t.Errorf("IsSecret(%q) = false, want true", name)
		}
	}
	for _, name := range []string{
		"", "-", "]", "name", "ticket_id", "passenger", "Idempotency-Key", "X-Cache-Key", "author", "authored_by", "spin", "keyboard", "public_hash", "total", "taking", "message", "pas", "Accept",
		"monkey", "monkeys", "turkey", "keyboards", "keynote", "assignee", "sign_up", "signed_at", "design", "sigma", "compass", "Bypass", "passed", "passage", "passport_photo", "pinned", "opinion", "spins", "aside", "sides",
		"enclave", "esclave", "secretary", "secretariat", "clavel", "article", "cleaning", "größe", "straße", "naïve", "имя", "名前", "e\u0301tat", "n\u200bame", "ｎａｍｅ", "monke\u0301y",
		"residence", "president", "hotspot", "option", "authority", "taken_at", "taken", "tickets", "sector", "decode", "postcode", "zip_code", "country_code", "code", "status_code", "barcode", "accept", "biography",
		"company", "phone_number", "custom_fields", "department_slug", "public_email", "priority", "cc", "subject", "message", "content", "first_name", "email", "billing_id", "billing_system", "ratings_enabled",
	} {
		if IsSecret(name) {
			t.Errorf("IsSecret(%q) = true, want false", name)
		}
	}
}

// TestNamesOfFields: a name that ends in the slug of a password field is that of a secret.
func TestNamesOfFields(t *testing.T) {
	r := Redactor{}.Naming(NewNames([]string{"email", "step"}).WithSecrets([]string{"epp", "domain_code"}))
	for _, name := range []string{
		"epp", "EPP", "custom_fields_epp", "custom_fields.epp", "custom-fields-epp", "customFieldsEpp", "customFieldsEPP", "custom_fields[epp]", "custom_fields[epp][0]", "custom_fields[epp][]", "epp2", "cf_epp_1", "e\u200bpp", "ｅｐｐ",
		"domain_code", "domainCode", "domain-code", "custom_fields_domain_code", "custom_fields[domain_code]", "DOMAIN_CODE",
	} {
		if !r.anyKeySecret(name) {
			t.Errorf("anyKeySecret(%q) = false, want true", name)
		}
	}
	for _, name := range []string{"email", "step", "stepp", "steppe", "eppo", "pp", "domain", "code", "subdomain_code", "domain_codec", "custom_fields", "custom_fields_domain", "custom_fields[a]", ""} {
		if r.anyKeySecret(name) {
			t.Errorf("anyKeySecret(%q) = true, want false", name)
		}
	}
}

// TestSecretsInProse: the word that follows a secret's name and a sign is left out, and nothing else
// that people write.
func TestSecretsInProse(t *testing.T) {
	r := redactor.Naming(NewNames([]string{"email"}).WithSecrets([]string{"epp"}))
	for text, want := range map[string]string{
		"epp=hunter2":                                      "epp=[redacted]",
		"password: hunter2":                                "password: [redacted]",
		"your password: hunter2":                           "your password: [redacted]",
		"Dear Joe,\nyour password: hunter2\nBye, Ann":      "Dear Joe,\nyour password: [redacted]\nBye, Ann",
		"Password:\n\thunter2":                             "Password:\n\t[redacted]",
		"PIN : 4711, user: joe":                            "PIN : [redacted] user: joe",
		"the epp is: hunter2":                              "the epp is: [redacted]",
		"Password (new): hunter2 and PIN=4711":             "Password (new): [redacted] and PIN=[redacted]",
		"*Password:* hunter2":                              "*Password:* [redacted]",
		"<p><b>Password</b>: hunter2</p>":                  "<p><b>Password</b>: [redacted]",
		"<p>Password: <i>hunter2</i> bye</p>":              "<p>Password: <i>[redacted] bye</p>",
		"here: <password>hunter 2</password> ok":           "here: <password>[redacted]</password> ok",
		`he sent {"password": "hunter 2", "a": 1}`:         `he sent {"password": "[redacted]", "a": 1}`,
		`he sent {"pass": {"a": "hunter2"}}`:               `he sent {"pass": [redacted]`,
		"set 'password' => 'hunter 2', then":               "set 'password' => '[redacted]', then",
		"curl -H 'Authorization: Bearer hunter2' http://h": "curl -H 'Authorization: [redacted] http://h",
		"pass word: hunter2":                               "pass word: [redacted]",
		"the one time code: 4711":                          "the one time code: [redacted]",
		"mot de passe : hunter2":                           "mot de passe : [redacted]",
		"Ihr Passwort lautet\u00a0hunter2":                 "Ihr Passwort lautet\u00a0hunter2",
		"contraseña: hunter2":                              "contraseña: [redacted]",
		"密码：hunter2 谢谢":                                    "密码：[redacted] 谢谢",
		"пароль: hunter2":                                  "пароль: [redacted]",
		"pass\u200bword: hunter2":                          "pass\u200bword: [redacted]",
		"password: [redacted]":                             "password: [redacted]",
		"my password%3A hunter2":                           redacted,
		`a:1:{s:8:"password";s:7:"hunter2";}`:              redacted,
		"see http://h/?a=1&token=hunter2 for it":           "see http://h/?a=1&token=[redacted] for it",
	} {
		t.Run(text[:min(len(text), 60)], func(t *testing.T) {
			got := r.valueText(text)
			if got != want {
				t.Errorf("%q\n  is %q\nwant %q", text, got, want)
			}
			if again := r.valueText(got); again != got {
				t.Errorf("%q changes again: got %q, want %q", got, again, got)
			}
		})
	}
	for _, text := range []string{
		"I lost my password", "My password does not work. Please help: it is urgent", "password", "password:", "Passwords must be changed: see below", "the password field says that it is empty",
		"monkey: banana", "author: Joe", "Author=Joe and others", "keyboard: German", "Re: password reset", "[URGENT] password lost", "[#123] password reset", "<p>I lost my password</p>", "<div class=\"x\">my PIN</div>",
		"https://example.com/reset-password?step=2 does not open", "at 12:30 the key broke", "token bucket: 5 a second", "Secretary: Anna", "a == b, c => d", "passwords > 8 letters", "C:\\keys\\a", "status: open, priority: low", "Note: my pin is blocked",
		"The total = 5: fine", "password reset :-)", "",
	} {
		if got := r.valueText(text); got != text {
			t.Errorf("%q became %q, want %q", text, got, text)
		}
	}
	for answer, want := range map[string]string{
		`{"key":"public","message":"your password: hunter2","n":1}`:            `{"key":"public","message":"your password: [redacted]","n":1}`,
		`{"message":"{\"password\":\"hunter 2\"}","n":1}`:                      `{"message":"{\"password\":\"[redacted]\"}","n":1}`,
		`{"message":"password:\nhunter2","token":"x"}`:                         `{"message":"password:\n[redacted]","token":"x"}`,
		`{"created_at":"2025-07-13T17:15:25.000000Z","subject":"my password"}`: `{"created_at":"2025-07-13T17:15:25.000000Z","subject":"my password"}`,
		`{"message":"a:1:{s:8:\"password\";s:9:\"hunter 22\";}","next":"x"}`:   `{"message":"a:1:{s:8:\"password\";s:[redacted]","next":"x"}`,
		`{"message":"my password:","next":"x"}`:                                `{"message":"my password:","next":"x"}`,
	} {
		t.Run(answer[:min(len(answer), 60)], func(t *testing.T) {
			if got := r.Answer([]byte(answer)); got != want {
				t.Errorf("%s\n  is %s\nwant %s", answer, got, want)
			}
		})
	}
}

// TestShortSecrets are found where they stand alone; what is shorter is left alone.
func TestShortSecrets(t *testing.T) {
	r := New("short", "abc", "a-b1", "demo-12345")
	for text, want := range map[string]string{
		"short": "[redacted]", "a short text": "a [redacted] text", "t=SHORT&x": "t=[redacted]&x", "shorter": "shorter", "resort short": "resort [redacted]", "short_name": "short_name", "ashort": "ashort",
		"abc": "abc", "x a-b1, demo-12345": "x [redacted], [redacted]", "a-b12": "a-b12", "73686f7274": "[redacted]", "s%68ort": "[redacted]", "admin:short@h": "admin:[redacted]@h", "": "",
	} {
		if got := r.Text(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
	if got := r.Beginning([]byte("short " + strings.Repeat("x", traffic.MaxBody-4) + "short")); strings.Contains(got, "sho") {
		t.Errorf(`...%s, want without "sho"`, got[len(got)-20:])
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
				t.Errorf("Text(%q) = %q, want no secret in it", text, got)
			}
			if got := redactor.Query(text, nil); redactor.holds(got) {
				t.Errorf("Query(%q) = %q, want no secret in it", text, got)
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

func BenchmarkAnswer(b *testing.B) {
	answer := []byte(`{"user":{"id":8,"name":"Joe Doe","email":"joedoe@example.com","email_verified_at":null,"company":"Example Inc.","phone_number":"0123456789","billing_id":"0","billing_system":"","account_manager":"0","biography":"","created_at":"2025-07-13T17:15:25.000000Z","updated_at":"2025-07-13T17:15:25.000000Z"}}`)
	for name, r := range map[string]Redactor{"anew": redactor, "again": redactor.Remembering(NewMemo())} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r.Answer(answer)
			}
		})
	}
}
