package nats

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/cluster"
)

// TestLook: it says what there is, creates nothing, and shows no password.
func TestLook(t *testing.T) {
	const password = "hunter2"
	c := cluster.Start(t, 3, cluster.Options{Config: fmt.Sprintf("authorization { user: me, password: %q }\n", password)})
	config := Config{Servers: c.Servers(), User: "me", Password: password, Replicas: 3}
	var got Status
	var err error
	answers := func() bool { // once the cluster has a leader
		got, err = Look(t.Context(), config)
		return err == nil
	}
	for range 2 {
		if !cluster.Wait(answers) || got.Exists || got.Version == "" {
			t.Errorf("before there is a stream: got %+v, error %v; want a version and no stream", got, err)
		}
	}
	l, err := Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	if !cluster.Wait(func() bool { return l.Ready() == nil }) {
		t.Fatalf("got %v, want the log to get ready", l.Ready())
	}
	if _, err := l.Append(t.Context(), "blue", 0, []byte("x")); err != nil {
		t.Fatal(err)
	}
	current := cluster.Wait(func() bool { return answers() && got.Current == 3 })
	if !current || !got.Exists || got.Replicas != 3 || got.Messages < 1 || got.Bytes < 1 {
		t.Errorf("got %+v, error %v; want three current copies of a message at least", got, err)
	}
	config.User, config.Password = "you", password
	if _, err := Look(t.Context(), config); err == nil || strings.Contains(err.Error(), password) {
		t.Errorf("another user: got error %v, want one without the password", err)
	}
	config.Servers = []string{"127.0.0.1:1"}
	if _, err := Look(t.Context(), config); err == nil || strings.Contains(err.Error(), password) {
		t.Errorf("nobody there: got error %v, want one without the password", err)
	}
}
