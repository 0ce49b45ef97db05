package world

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/fault"
	"github.com/ticaga-mock/ticaga-mock/mock/log/logtest"
)

// TestUnreadableRecord: a world of which a record cannot be read is not available, says what to do, and can be deleted.
// Others are not concerned.
func TestUnreadableRecord(t *testing.T) {
	for name, text := range map[string]string{
		"of a newer version": `{"id":"x","parcels":[]}`, "no JSON": `broken`, "what is not there": `{"id":"x","data":[{"rows":{"staff":[{"id":1,"email":"a"},{"id":1,"email":"a"}]}}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			m := &logtest.Memory{}
			one, two := server(t, m, "joe"), server(t, m, "joe")
			mustAdd(t, one, "blue", "first")
			raw := m.Open()
			t.Cleanup(func() { _ = raw.Close() })
			if _, err := raw.Append(t.Context(), "blue", get(t, one, "blue").line.at, []byte(text)); err != nil {
				t.Fatal(err)
			}
			for _, on := range []*Worlds{one, two, server(t, m, "joe")} {
				if err := on.Sync(t.Context()); err != nil {
					t.Fatal(err)
				}
				w := get(t, on, "blue")
				if err := add(t.Context(), w, "second"); !Unavailable(err) || !strings.Contains(err.Error(), "delete the world") {
					t.Errorf("a change: got %v, want an error that is Unavailable and says to delete the world", err)
				}
				if _, err := w.Hold(t.Context()); !Unavailable(err) {
					t.Errorf("a look: got %v, want an error that is Unavailable", err)
				}
				mustAdd(t, on, "green", "other")
			}
			w := get(t, two, "blue")
			if err := w.Do(t.Context(), func() { two.Delete("blue") }); err != nil {
				t.Fatalf("deletion: %v", err)
			}
			if err := one.Sync(t.Context()); err != nil {
				t.Fatal(err)
			}
			mustAdd(t, one, "blue", "again")
			got := agree(t, "blue", one, two, server(t, m, "joe"))
			if diff := cmp.Diff([]string{"1 again"}, got.Journal); diff != "" {
				t.Errorf("journal of the next world (-want +got):\n%s", diff)
			}
		})
	}
}

// TestForeignFault: a fault rule for an operation of another contract is kept, and changes nothing.
func TestForeignFault(t *testing.T) {
	m := &logtest.Memory{}
	one, two := server(t, m, "joe"), server(t, m, "joe")
	w := get(t, one, "blue")
	rules, err := fault.Parse(must(contract()), "blue", []byte(`[{"operation":"closeTicket","status":503,"times":9},{"operation":"createTicket","status":500}]`))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Do(t.Context(), func() { w.Faults.Set(rules) }); err != nil {
		t.Fatal(err)
	}
	if err := two.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	saved := get(t, two, "blue").Faults.Save()
	saved.Rules[0].Operation = "getRealtimeConfig" // which no contract of a server here has
	here := fault.NewRules(0)
	if err := here.Restore(saved, must(contract()), "blue"); err != nil {
		t.Fatalf("got %v, want the rules restored", err)
	}
	if diff := cmp.Diff(saved, here.Save()); diff != "" {
		t.Errorf("rules (-saved +restored):\n%s", diff)
	}
}

// TestDefaultBeginsAtOnce: the world that always exists is the same on servers with other data, although nobody has
// changed it.
func TestDefaultBeginsAtOnce(t *testing.T) {
	m := &logtest.Memory{}
	one := server(t, m, "joe")
	got := agree(t, Default, one, server(t, m, "jane", "jack"))
	if diff := cmp.Diff([]string{"1 joe"}, got.Customers); diff != "" {
		t.Errorf("customers (-want +got):\n%s", diff)
	}
}

// TestSmallerLimit: more worlds than a server may have stay, and no new one costs any of them.
func TestSmallerLimit(t *testing.T) {
	m := &logtest.Memory{}
	one := server(t, m, "joe")
	for _, name := range []string{"a", "b", "c"} {
		mustAdd(t, one, name, "first")
	}
	if _, err := one.Keep("a"); err != nil {
		t.Fatal(err)
	}
	one.settings.MaxWorlds = 2
	var full *LimitError
	if _, err := one.Get("d"); !errors.As(err, &full) {
		t.Errorf("a new world: got %v, want a *LimitError", err)
	}
	if got := len(server(t, m, "joe").List()); got != 4 {
		t.Errorf("got %d worlds, want all 4 still there", got)
	}
	one.settings.MaxWorlds = 3 // beside default and a there may be one
	mustAdd(t, one, "d", "first")
	if got := len(server(t, m, "joe").List()); got != 3 {
		t.Errorf("got %d worlds, want 3", got)
	}
}

// TestEndsInOrder: a request in flight gets what it asked for although the server is ending.
func TestEndsInOrder(t *testing.T) {
	m := &logtest.Memory{}
	one := server(t, m, "joe")
	w := get(t, one, Default)
	mustAdd(t, one, Default, "first")
	arrived, goOn := make(chan struct{}), make(chan struct{})
	m.SetHooks(func(string) error {
		close(arrived)
		<-goOn
		return nil
	}, nil)
	done := make(chan error)
	go func() { done <- add(t.Context(), w, "second") }()
	<-arrived
	one.End()
	close(goOn)
	if err := <-done; err != nil {
		t.Errorf("a request in flight: got %v, want success", err)
	}
}
