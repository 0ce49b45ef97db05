package spec

import (
	"strings"
	"testing"
)

func TestPlainName(t *testing.T) {
	for _, name := range []string{"email", "first_name", "userName", "X-Api-Key", "filter[status]", "a[0][b]", "line_2", "a.b", "amp;billing_id", "Present registrar", "größe", "_id", "$ref", "0", strings.Repeat("x", 64)} {
		if !PlainName(name) || QuoteName(name) != Quote(name) {
			t.Errorf("PlainName(%q) = %t, QuoteName = %s; want true, %s", name, PlainName(name), QuoteName(name), Quote(name))
		}
	}
	for name, shown := range map[string]string{
		"": `""`, "hunter2": `[7 bytes that begin with "h"]`, `{"a":1`: `[6 bytes that begin with "{"]`, "password: x": `[11 bytes that begin with "p"]`, "<p>": `[3 bytes that begin with "<"]`,
		"[password]": `[10 bytes that begin with "["]`, "\x00": `[1 bytes that begin with "\x00"]`, "é:": `[3 bytes that begin with "\xc3"]`, strings.Repeat("x", 65): `[65 bytes that begin with "x"]`, " a": `[2 bytes that begin with " "]`,
	} {
		t.Run(name, func(t *testing.T) {
			if got := QuoteName(name); PlainName(name) || got != shown {
				t.Errorf("QuoteName(%q) = %s, want %s; PlainName = %t, want false", name, got, shown, PlainName(name))
			}
		})
	}
}
