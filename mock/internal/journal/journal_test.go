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
	m := NewMessage(nil, make([]byte, MaxBody+1))
	if len(m.Body) != MaxBody || !m.Truncated {
		t.Errorf("%d bytes, truncated %v", len(m.Body), m.Truncated)
	}
}

func TestRedactHeader(t *testing.T) {
	sent := http.Header{
		"Authorization": {"Basic c2VjcmV0"}, "X-Api-Token": {"c2VjcmV0"}, "Cookie": {"c2VjcmV0"},
		"Proxy-Authorization": {"c2VjcmV0"}, "X-Admin-Email": {"admin@ticaga.test"},
	}
	before := sent.Clone()
	got := RedactHeader(sent)
	want := http.Header{
		"Authorization": {"Basic [redacted]"}, "X-Api-Token": {"[redacted]"}, "Cookie": {"[redacted]"},
		"Proxy-Authorization": {"[redacted]"}, "X-Admin-Email": {"admin@ticaga.test"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(before, sent); diff != "" {
		t.Error("the request itself has changed:", diff)
	}
}

func TestRedactBody(t *testing.T) {
	for _, c := range []struct {
		name, raw string
		fields    map[string]any
		want      string
	}{
		{"nothing secret", "a=b", map[string]any{"a": "b"}, "a=b"},
		{"a password", "password=x&a=b", map[string]any{"password": "x", "a": "b"}, `{"a":"b","password":"[redacted]"}`},
		{"deep inside", "...", map[string]any{"a": []any{map[string]any{"API_Key": "x"}}}, `{"a":[{"API_Key":"[redacted]"}]}`},
		{"could not be decoded", "hello", nil, "hello"},
		{"could not be decoded, with a secret", `{"Password":"x"`, nil, "[not shown: it could not be decoded, and may hold a secret]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, string(RedactBody([]byte(c.raw), c.fields))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRedactQuery(t *testing.T) {
	if got := RedactQuery("a=b"); got != "a=b" {
		t.Error(got)
	}
	for _, raw := range []string{"api_token=c2VjcmV0&a=b", "Password=c2VjcmV0", "token=c2VjcmV0&%zz"} {
		if got := RedactQuery(raw); strings.Contains(got, "c2VjcmV0") {
			t.Error(got)
		}
	}
}
