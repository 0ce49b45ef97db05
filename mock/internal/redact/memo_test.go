package redact

import (
	"fmt"
	"strings"
	"testing"
	"unsafe"
)

// TestHarmlessTextsAreRemembered: the second time, the same string comes back.
func TestHarmlessTextsAreRemembered(t *testing.T) {
	r := New("demo-token").Remembering(NewMemo())
	raw := []byte(`{"name":"Joe"}`)
	fields := map[string]any{"name": "Joe"}
	once, _ := r.Body("application/json", raw, fields, true)
	again, harmless := r.Body("application/json", raw, fields, true)
	if again != string(raw) || !harmless || unsafe.StringData(once) != unsafe.StringData(again) {
		t.Errorf("body: got %q, harmless %v; want the string of before", again, harmless)
	}
	once, again = r.Answer(raw), r.Answer(raw)
	if again != string(raw) || unsafe.StringData(once) != unsafe.StringData(again) {
		t.Errorf("answer: got %q, want the string of before", again)
	}
}

// TestOnlyHarmlessTextsAreRemembered: what one Redactor, one Content-Type or one request finds harmless says nothing about
// another.
func TestOnlyHarmlessTextsAreRemembered(t *testing.T) {
	raw := []byte(`{"name":"blue-token"}`)
	fields := map[string]any{"name": "blue-token"}
	memo := NewMemo()
	without := New("demo-token").Remembering(memo)
	for range 2 {
		if got := without.Answer(raw); got != string(raw) {
			t.Fatalf("got %q, want %q", got, raw)
		}
		if got, _ := without.Body("application/json", raw, fields, true); got != string(raw) {
			t.Fatalf("got %q, want %q", got, raw)
		}
	}
	for name, other := range map[string]Redactor{
		"another secret": New("blue-token").Remembering(memo), "another name": without.Naming(Names{"name": true}).Remembering(memo),
		"another name, without a Memo": without.Naming(Names{"name": true}), "what a request sent": without.With("blue-token"),
	} {
		t.Run(name, func(t *testing.T) {
			for range 2 {
				if got, harmless := other.Body("application/json", raw, fields, true); strings.Contains(got, "blue-token") || harmless {
					t.Errorf("body: got %q, harmless %v; want no secret in it", got, harmless)
				}
			}
		})
	}
	if _, ok := without.recall("", raw); ok {
		t.Error("got a string in a format that does not say how it was read, want none")
	}
	for range 2 { // the same bytes, read in another way
		if got, harmless := without.Body("text/json", raw, map[string]any{"password": "hunter2"}, true); got != `{"password":"[redacted]"}` || harmless {
			t.Errorf("another Content-Type: got %q, harmless %v", got, harmless)
		}
		if got, harmless := without.Body("application/json", raw, map[string]any{"password": "hunter2"}, false); got != `{"password":"[redacted]"}` || harmless {
			t.Errorf("not all of it is in the fields: got %q, harmless %v", got, harmless)
		}
		if got := without.Answer([]byte("token=hunter2")); strings.Contains(got, "hunter2") {
			t.Errorf("answer: got %q", got)
		}
		if got, _ := without.Body(formatAnswer, []byte("token=hunter2"), map[string]any{"token": "hunter2"}, true); strings.Contains(got, "hunter2") {
			t.Errorf("body: got %q", got)
		}
	}
}

// TestWorldsDoNotDisplaceEachOther: nor does an answer a body of the same bytes.
func TestWorldsDoNotDisplaceEachOther(t *testing.T) {
	memo, raw := NewMemo(), []byte(`{"name":"Jane"}`)
	one, other := New("demo-token").Remembering(memo), New("demo-token").Remembering(memo)
	for _, r := range []Redactor{one, other} {
		r.Body("application/json", raw, map[string]any{"name": "Jane"}, true)
		r.Answer(raw)
	}
	for _, r := range []Redactor{one, other} {
		for _, format := range []string{"application/json", formatAnswer} {
			if _, ok := r.recall(format, raw); !ok {
				t.Errorf("Redactor %d has forgotten a string read as %q", r.number, format)
			}
		}
	}
}

// TestWhatIsRememberedIsBounded in the length of each text, and in their number.
func TestWhatIsRememberedIsBounded(t *testing.T) {
	memo := NewMemo()
	r := New("demo-token").Remembering(memo)
	for n := range 3 * len(memo.slots) {
		r.Answer(fmt.Append(nil, n))
	}
	r.Answer([]byte(strings.Repeat("x", maxRemembered+1)))
	r.Body(strings.Repeat("x", maxFormat+1), []byte("a long Content-Type"), map[string]any{}, true)
	for i := range memo.slots {
		if known := memo.slots[i].Load(); known != nil && (len(known.text) > maxRemembered || len(known.format) > maxFormat) {
			t.Errorf("got %d bytes read as %d, want at most %d and %d", len(known.text), len(known.format), maxRemembered, maxFormat)
		}
	}
}
