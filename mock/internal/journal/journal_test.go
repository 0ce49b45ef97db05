package journal

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTheRingKeepsTheLastOnes(t *testing.T) {
	j := New(3)
	for _, path := range []string{"/a", "/b", "/c", "/d", "/e"} {
		j.Record(Exchange{Path: path})
	}
	var got []string
	for _, x := range j.Last() {
		got = append(got, x.Path)
	}
	if diff := cmp.Diff([]string{"/e", "/d", "/c"}, got); diff != "" {
		t.Error(diff)
	}
	if id := j.Last()[0].ID; id != 5 {
		t.Errorf("the last exchange has ID %d", id)
	}
	j.Reset()
	if len(j.Last()) != 0 || j.Record(Exchange{}).ID != 1 {
		t.Error("a reset journal begins anew")
	}
}

func TestALongBodyIsCut(t *testing.T) {
	m := NewMessage(nil, strings.Repeat("x", MaxBody+1))
	if len(m.Body) != MaxBody || !m.Truncated {
		t.Errorf("%d bytes, truncated %v", len(m.Body), m.Truncated)
	}
}

const secret = "c2VjcmV0"

var redactor = Redactor{Tokens: []string{"demo-12345", "7"}}

func TestRedactHeader(t *testing.T) {
	sent := http.Header{
		"Authorization": {"Basic " + secret}, "Proxy-Authorization": {secret + " x"}, "Cookie": {secret},
		"X-Api-Token": {secret}, "X-Api-Key": {secret}, "Api-Key": {secret}, "X-Auth-Key": {secret}, "X-Authorization": {secret},
		"Referer": {"http://x/?api_token=" + secret}, "X-Admin-Email": {"admin@ticaga.test"},
		"X-Trace": {"a demo-12345 of 7"},
	}
	before := sent.Clone()
	got := redactor.Header(sent)
	want := http.Header{
		"Authorization": {"Basic [redacted]"}, "Proxy-Authorization": {"[redacted]"}, "Cookie": {"[redacted]"},
		"X-Api-Token": {"[redacted]"}, "X-Api-Key": {"[redacted]"}, "Api-Key": {"[redacted]"}, "X-Auth-Key": {"[redacted]"}, "X-Authorization": {"[redacted]"},
		"Referer": {"[redacted]"}, "X-Admin-Email": {"admin@ticaga.test"},
		"X-Trace": {"a [redacted] of 7"},
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
		{"a known token as a value", "a=demo-12345", map[string]any{"a": "demo-12345"}, "a=[redacted]"},
		{"could not be decoded", "hello", nil, "hello"},
		{"could not be decoded, with a secret", `{"Password":"x"`, nil, hidden},
		{"lost in decoding", "a[password]=x&a=1", map[string]any{"a": "1"}, hidden},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, redactor.Body([]byte(c.raw), c.fields)); diff != "" {
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
	} {
		if got := redactor.Query(raw); strings.Contains(got, secret) {
			t.Error(got)
		}
	}
}
