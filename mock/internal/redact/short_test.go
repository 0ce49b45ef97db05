package redact

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// large are the fields of a body of which only a part is looked at.
func large(more map[string]any) (raw []byte, fields map[string]any) {
	fields = map[string]any{}
	for i := range 5_000 {
		fields[fmt.Sprint("f", i)] = json.Number("1")
	}
	for name, value := range more {
		fields[name] = value
	}
	raw, _ = json.Marshal(fields)
	return raw, fields
}

// TestLargeBodiesHoldNoSecret: what is cut is cut in a way that a secret does not survive in part,
// wherever it stands and however it is encoded.
func TestLargeBodiesHoldNoSecret(t *testing.T) {
	const token = "abcdefgh-token-of-somebody"
	redact := New(token)
	check := func(name string, more map[string]any) {
		t.Helper()
		raw, fields := large(more)
		text, harmless := redact.Body("application/json", raw, fields, true)
		if harmless || !json.Valid([]byte(text)) || len(text) > 3*traffic.MaxBody {
			t.Errorf("%s: harmless %v, %d bytes: %.100s; want harmless false, valid JSON, len(text) at most %d", name, harmless, len(text), text, 3*traffic.MaxBody)
		}
		for _, secret := range []string{"hunter2", "abcdef", "%61", "%2561"} {
			if at := strings.Index(text, secret); at >= 0 {
				t.Errorf("%s: got %s in ...%.60s, want it redacted", name, secret, text[max(0, at-20):])
			}
		}
	}
	check("a password", map[string]any{"a_password": "hunter2"})
	check("a pair", map[string]any{"a": map[string]any{"name": "password", "value": "hunter2"}})
	check("a list of pairs", map[string]any{"a": []any{map[string]any{"key": "pin", "val": "hunter2"}}})
	many := []any{"password", "hunter2"}
	for range 10_000 {
		many = append(many, "password", "hunter2")
	}
	check("names and values in turn", map[string]any{"a": many})
	check("a name that is cut off", map[string]any{"a": map[string]any{"fieldValue": "hunter2", "other": strings.Repeat("x", 15_000), "p": strings.Repeat("x", 15_000), "slug": "password"}})
	check("a long text that tells one", map[string]any{"a": strings.Repeat("x ", 5_000) + "password: hunter2" + strings.Repeat(" x", 20_000)})
	check("a token as a name", map[string]any{token: "1"})
	check("a long name", map[string]any{"a" + strings.Repeat(" ", 2000) + "hunter2": "1"})
	check("a document", map[string]any{"a": `{"value":"hunter2",` + strings.Repeat(" ", 30_000) + `"name":"password"}`})
	check("a form", map[string]any{"a": "value=hunter2&x=" + strings.Repeat("x", 30_000) + "&name=password"})
	once := ""
	for _, c := range []byte(token) {
		once += fmt.Sprintf("%%%02x", c)
	}
	for at := traffic.MaxBody - 400; at < traffic.MaxBody+400; at += 61 {
		begin := strings.Repeat("x ", at/2)
		for _, secret := range []string{token, once, strings.ReplaceAll(once, "%", "%25"), "http://u:hunter2@h/"} {
			check(fmt.Sprint("at ", at), map[string]any{"a": begin + secret + strings.Repeat(" x", 20_000)})
		}
	}
	raw, fields := large(map[string]any{"a": strings.Repeat("a long text ", 10_000)})
	if text, _ := redact.Body("application/json", raw, fields, true); !strings.HasPrefix(text, `{"a":"a long text a long`) {
		t.Errorf(`a harmless text: got %.100s, want beginning with {"a":"a long text a long`, text)
	}
}
