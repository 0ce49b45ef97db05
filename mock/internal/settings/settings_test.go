package settings_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/settings"
)

// TestSwitchesAreComplete: a row that cannot be what it says is red.
func TestSwitchesAreComplete(t *testing.T) {
	before := ""
	for _, s := range settings.Switches {
		if err := s.Check(s.Default); err != nil {
			t.Errorf("%s: its default: %v", s.Name, err)
		}
		for _, value := range s.Values {
			if err := s.Check(value); err != nil {
				t.Errorf("%s: %v", s.Name, err)
			}
		}
		if s.Check("no such value") == nil {
			t.Errorf("%s: Check(no such value) = no error, want one", s.Name)
		}
		if s.Meaning == "" || !strings.Contains(s.Evidence, "[") || strings.Count(s.Meaning, "`") != 2 {
			t.Errorf("%s: meaning %q, evidence %q; want meaning not empty, evidence containing \"[\", number of \"`\" in meaning 2", s.Name, s.Meaning, s.Evidence)
		}
		if s.Name <= before {
			t.Errorf("got %s after %s, want the order of the alphabet", s.Name, before)
		}
		before = s.Name
	}
}

func TestWith(t *testing.T) {
	begin, err := settings.Default().With([]byte(`{"created": 201}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, object string
		change       func(*settings.Settings)
	}{
		{"nothing", `{}`, func(*settings.Settings) {}},
		{"a number", `{"unknown_customer": 404}`, func(s *settings.Settings) { s.UnknownCustomer = 404 }},
		{"a number as a string", `{"unknown_customer": "200"}`, func(s *settings.Settings) { s.UnknownCustomer = 200 }},
		{"several", "\n{\"created\": 200,\n\"auth_error\": \"sanctum\"}\n", func(s *settings.Settings) { s.Created, s.AuthError = 200, "sanctum" }},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := begin
			c.change(&want)
			got, err := begin.With([]byte(c.object))
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("got %v %s, want no error", err, diff)
			}
		})
	}
}

func TestWithRefuses(t *testing.T) {
	for _, c := range []struct {
		object  string
		want    string
		notJSON bool
	}{
		{``, `must be a JSON object, and is empty`, true},
		{`[]`, `must be a JSON object`, true},
		{`null`, `must be a JSON object`, true},
		{`"created"`, `must be a JSON object`, true},
		{`{"created": 201`, `must be a JSON object: invalid JSON: it ends early`, true},
		{`{"created"}`, `must be a JSON object: invalid JSON at byte 11: unexpected '}'`, true},
		{`{"created": 201} {}`, `must be a JSON object, and something follows it`, true},
		{`{"created": 202}`, `/created: must be 200 or 201, got "202"`, false},
		{`{"created": 200.0}`, `/created: must be 200 or 201, got "200.0"`, false},
		{`{"created": null}`, `/created: must be 200 or 201, got "null"`, false},
		{`{"created": [201]}`, `/created: must be 200 or 201, got "[201]"`, false},
		{`{"auth_error": "Sanctum"}`, `/auth_error: must be docs or sanctum, got "Sanctum"`, false},
		{`{"unknown_costumer": 404}`, `"unknown_costumer": no such setting; must be one of allow, accept, auth_error, `, false},
		{`{"unknown_costumer": 404}`, `; did you mean "unknown_customer"?`, false},
		{`{"created": 201, "created": 200}`, `"created": duplicate name`, false},
		{`{"created": 1, "auth_error": 2}`, "got \"1\"\n/auth_error", false},
		{`{"a\u001b[31m": 1}`, `"a\x1b[31m": no such setting`, false},
	} {
		t.Run(c.object[:min(len(c.object), 60)], func(t *testing.T) {
			got, err := settings.Default().With([]byte(c.object))
			if err == nil || !strings.Contains(err.Error(), c.want) || errors.Is(err, settings.ErrNotJSON) != c.notJSON {
				t.Errorf("%s: got %v %v; want an error containing %q, errors.Is(err, settings.ErrNotJSON) %v", c.object, got, err, c.want, c.notJSON)
			}
		})
	}
}

// TestErrorsOfWithAreBounded: an object of a megabyte does not cause an error of a megabyte.
func TestErrorsOfWithAreBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{"`)
	for range 100_000 {
		b.WriteString("x\": 1, \"x")
		b.WriteString(strings.Repeat("y", b.Len()%7))
	}
	b.WriteString(`": 1}`)
	_, err := settings.Default().With([]byte(b.String()))
	if err == nil || len(err.Error()) > 10_000 {
		t.Errorf("got %.1000v; want an error, len(error) at most 10000", err)
	}
}

func TestCurrent(t *testing.T) {
	c := settings.NewCurrent(settings.Default(), nil)
	if err := c.Change([]byte(`{"created": 201}`)); err != nil || c.Get().Created != 201 {
		t.Fatalf("got %v, %v, want 201", err, c.Get())
	}
	before := c.Get()
	if err := c.Change([]byte(`{"auth_error": "sanctum", "created": 3}`)); err == nil || c.Get() != before {
		t.Errorf("a bad value changes others: got %v %v; want an error, get %v", err, c.Get(), before)
	}
	copied := c.Copy()
	c.Reset()
	if c.Get().Created != 200 || copied.Get().Created != 201 {
		t.Errorf("got %v, %v; want created 200, created 201", c.Get(), copied.Get())
	}
	copied.Reset()
	if copied.Get().Created != 200 {
		t.Errorf("a copy goes back to something else: got %v, want 200", copied.Get())
	}
}

func TestAllow(t *testing.T) {
	for _, object := range []string{
		`{"allow": ["TM-METHOD", "TM-AUTH-TOKEN", "TM-METHOD"]}`, `{"allow": "TM-METHOD, TM-AUTH-TOKEN"}`,
	} {
		got, err := settings.Default().With([]byte(object))
		if diff := cmp.Diff([]string{"TM-AUTH-TOKEN", "TM-METHOD"}, got.Allow); diff != "" || err != nil {
			t.Errorf("%s: got %v %s, want no error", object, err, diff)
		}
	}
	for object, want := range map[string]string{
		`{"allow": ["TM-AUTH-TOKN"]}`: `/allow: "TM-AUTH-TOKN": no such code; did you mean "TM-AUTH-TOKEN"?`,
		`{"allow": [5]}`:              `/allow: must be an array of strings, got "[5]"`,
		`{"allow": null}`:             `/allow: "null": no such code`,
		`{"alow": []}`:                `"alow": no such setting; must be one of allow, accept, auth_error`,
	} {
		t.Run(object[:min(len(object), 60)], func(t *testing.T) {
			if _, err := settings.Default().With([]byte(object)); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got %v, want %s", object, err, want)
			}
		})
	}
	if got, err := settings.Default().With([]byte(`{"allow": []}`)); err != nil || got.Allow == nil || len(got.Allow) > 0 {
		t.Errorf("got %#v %v; want allow not nil, no allow", got.Allow, err)
	}
}
