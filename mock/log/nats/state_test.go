package nats

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/cluster"
	"github.com/ticaga-mock/ticaga-mock/mock/log"
)

// admin returns JetStream as an administrator has it.
func admin(t *testing.T, c *cluster.Cluster) (*nats.Conn, jetstream.JetStream) {
	t.Helper()
	nc, err := nats.Connect(strings.Join(c.Servers(), ","))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	return nc, js
}

// becomes waits until Ready returns an error that contains want, or no error if that is empty.
func becomes(t *testing.T, l *Log, want string) {
	t.Helper()
	var err error
	is := cluster.Wait(func() bool {
		err = l.Ready()
		return want == "" && err == nil || want != "" && err != nil && strings.Contains(err.Error(), want)
	})
	if !is {
		t.Errorf("ready: got %v, want %q", err, want)
	}
	if err != nil && !errors.As(err, new(*log.UnavailableError)) && !errors.As(err, new(*log.FullError)) {
		t.Errorf("ready: got error of type %T, want an *UnavailableError or a *FullError", err)
	}
}

// openURL opens the log of a URL, until the test ends.
func openURL(t *testing.T, text string) *Log {
	t.Helper()
	config, err := ParseURL(text)
	if err != nil {
		t.Fatal(err)
	}
	l, err := open(t.Context(), config, quick())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// quick are limits for tests that wait for what they bound.
func quick() limits {
	l := defaults()
	l.orphans, l.probe, l.patience = 100*time.Millisecond, 100*time.Millisecond, 300*time.Millisecond
	return l
}

func TestRecovers(t *testing.T) {
	c := cluster.Start(t, 1, cluster.Options{})
	l := start(t, c, "", quick())
	s := followed(t, l)
	at, err := l.Append(t.Context(), "w", 0, []byte("a"))
	if err != nil {
		t.Fatal(err)
	}
	c.Nodes[0].Kill()
	becomes(t, l, "connect")
	if !cluster.Wait(func() bool {
		_, err = l.Append(t.Context(), "w", at, []byte("b"))
		return !unsure(err)
	}) {
		t.Errorf("append without a server: got error %v, want it to get sure", err)
	}
	if !errors.As(err, new(*log.UnavailableError)) {
		t.Errorf("append without a server: got error %v, want an *UnavailableError", err)
	}
	if err := l.Sync(t.Context()); !errors.As(err, new(*log.UnavailableError)) {
		t.Errorf("sync without a server: got error %v, want an *UnavailableError", err)
	}
	if err := l.Cut(t.Context(), "w", at+1); !errors.As(err, new(*log.UnavailableError)) {
		t.Errorf("cut without a server: got error %v, want an *UnavailableError", err)
	}
	c.Nodes[0].Restart()
	becomes(t, l, "")
	if err := l.Sync(t.Context()); err != nil || s.last() != at {
		t.Errorf("after a restart: got error %v and the last record at %d, want %d", err, s.last(), at)
	}
	if _, err := l.Append(t.Context(), "w", at, []byte("b")); err != nil {
		t.Errorf("append after a restart: got error %v, want none", err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	nothingRuns(t)
}

func TestServerHangs(t *testing.T) {
	c := cluster.Start(t, 1, cluster.Options{})
	l, err := open(t.Context(), Config{Servers: c.Servers(), Timeout: 200 * time.Millisecond}, quick())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	becomes(t, l, "")
	c.Nodes[0].Client.Pause()
	if _, err := l.Append(t.Context(), "w", 0, []byte("a")); !unsure(err) {
		t.Errorf("append: got error %v, want an unsure *UnavailableError", err)
	}
	becomes(t, l, "did not a")
	c.Nodes[0].Client.Resume()
	becomes(t, l, "")
	// What nobody waited for any more has arrived.
	if _, err := l.Append(t.Context(), "w", 0, []byte("a")); !errors.As(err, new(*log.ConflictError)) {
		t.Errorf("append again: got error %v, want a conflict", err)
	}
}

func TestStreamIsDeleted(t *testing.T) {
	for _, again := range []bool{false, true} {
		t.Run(fmt.Sprint("created again: ", again), func(t *testing.T) {
			c := cluster.Start(t, 1, cluster.Options{})
			l := start(t, c, "", quick())
			followed := make(chan error)
			go func() { followed <- l.Follow(context.Background(), func(log.Record) {}) }()
			if err := l.Sync(t.Context()); err != nil {
				t.Fatal(err)
			}
			_, js := admin(t, c)
			if err := js.DeleteStream(t.Context(), DefaultStream); err != nil {
				t.Fatal(err)
			}
			if again {
				if _, err := js.CreateStream(t.Context(), l.layout()); err != nil {
					t.Fatal(err)
				}
			}
			if err := <-followed; err == nil || !strings.Contains(err.Error(), "stream TICAGA_MOCK") {
				t.Errorf("follow: got error %v, want one about the stream", err)
			}
			becomes(t, l, "restart the server")
			if err := l.Sync(t.Context()); err == nil {
				t.Error("sync: got no error, want one")
			}
			if _, err := l.Append(t.Context(), "w", 0, []byte("a")); err == nil {
				t.Error("append: got no error, want one")
			}
			if _, err := js.Stream(t.Context(), DefaultStream); !again && !errors.Is(err, jetstream.ErrStreamNotFound) {
				t.Errorf("stream: got error %v, want it not created again", err)
			}
		})
	}
}

func TestFull(t *testing.T) {
	c := cluster.Start(t, 3, cluster.Options{})
	l, err := open(t.Context(), Config{Servers: c.Servers(), Replicas: 3, MaxBytes: 1 << 20}, quick())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	becomes(t, l, "")
	followed(t, l)
	noise := make([]byte, 100<<10)
	_, _ = rand.Read(noise)
	after := log.Position(0)
	for err == nil {
		var at log.Position
		if at, err = l.Append(t.Context(), "w", after, noise); err == nil {
			after = at
		}
	}
	if !errors.As(err, new(*log.FullError)) || after == 0 {
		t.Errorf("append: got error %v after a record at %d, want a *FullError after some", err, after)
	}
	big := make([]byte, 4<<20)
	_, _ = rand.Read(big)
	if _, err = l.Append(t.Context(), "big", 0, big); !errors.As(err, new(*log.FullError)) {
		t.Errorf("append in parts: got error %v, want a *FullError", err)
	}
	if err := l.Ready(); !errors.As(err, new(*log.FullError)) {
		t.Errorf("ready: got %v, want a *FullError", err)
	}
	if err := l.Cut(t.Context(), "w", after); err != nil {
		t.Fatal(err)
	}
	becomes(t, l, "")
	if _, err := l.Append(t.Context(), "w", after, noise); err != nil {
		t.Errorf("append after a cut: got error %v, want none", err)
	}
}

// TestSmallMessages: a server with a low max_payload gets more parts.
func TestSmallMessages(t *testing.T) {
	c := cluster.Start(t, 1, cluster.Options{Config: "max_payload: 16KB\n"})
	l := start(t, c, "", defaults())
	s := followed(t, l)
	data := make([]byte, 1<<20)
	_, _ = rand.Read(data)
	if _, err := l.Append(t.Context(), "w", 0, data); err != nil {
		t.Fatal(err)
	}
	if err := l.Sync(t.Context()); err != nil || len(s.records) != 1 || !bytes.Equal(s.records[0].Data, data) {
		t.Errorf("got error %v and %d records, want the one that was appended", err, len(s.records))
	}
}

// TestWaste: what crashed servers and others leave is deleted, and does not disturb.
func TestWaste(t *testing.T) {
	c := cluster.Start(t, 1, cluster.Options{})
	l := start(t, c, "", quick())
	s := followed(t, l)
	a, err := l.Append(t.Context(), "w", 0, []byte("a"))
	if err != nil {
		t.Fatal(err)
	}
	_, js := admin(t, c)
	for _, subject := range []string{
		"log.w", "log.w", "log.UPPER", "log.w.x", "other", "part.w.ABC.0", "part.w.ABC.1", "part.w.ABC.x", "part.w", "part.w.*.0",
	} {
		if _, err := js.Publish(t.Context(), DefaultStream+"."+subject, []byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	for name, value := range map[string]string{headHeader: "x", "Status": "409"} {
		m := &nats.Msg{Subject: DefaultStream + ".log.w", Header: nats.Header{name: {value}}}
		if _, err := js.PublishMsg(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	if !cluster.Wait(func() bool { _, err = l.Append(t.Context(), "w", a, []byte("b")); return err == nil }) {
		t.Errorf("append: got error %v, want none once the waste is gone", err)
	}
	stream, err := js.Stream(t.Context(), DefaultStream)
	if err != nil {
		t.Fatal(err)
	}
	if !cluster.Wait(func() bool {
		info, err := stream.Info(t.Context(), jetstream.WithSubjectFilter(DefaultStream+".part.w.ABC.>"))
		return err == nil && len(info.State.Subjects) <= 1 // of x nobody knows
	}) {
		t.Error("got parts without a record, want them deleted")
	}
	if err := l.Sync(t.Context()); err != nil || len(s.records) != 2 {
		t.Errorf("got error %v and %d records, want 2", err, len(s.records))
	}
}

func TestUnreadable(t *testing.T) {
	for _, c := range []struct{ name, head, want string }{
		{"newer", "2 whatever", "newer version"},
		{"broken", "1 0 100000 - 0", "broken"},
		{"not deflate", "1 0 3 - 0", "broken"},
	} {
		t.Run(c.name, func(t *testing.T) {
			nodes := cluster.Start(t, 1, cluster.Options{})
			l := start(t, nodes, "", quick())
			_, js := admin(t, nodes)
			m := &nats.Msg{Subject: DefaultStream + ".log.w", Header: nats.Header{headHeader: {c.head}}, Data: []byte("\xff\xff")}
			if _, err := js.PublishMsg(t.Context(), m); err != nil {
				t.Fatal(err)
			}
			if err := l.Follow(t.Context(), func(log.Record) {}); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("follow: got error %v, want %q", err, c.want)
			}
			becomes(t, l, c.want)
		})
	}
}

func TestUnusableStream(t *testing.T) {
	c := cluster.Start(t, 1, cluster.Options{})
	_, js := admin(t, c)
	for name, change := range map[string]func(*jetstream.StreamConfig){
		"max_age":               func(s *jetstream.StreamConfig) { s.MaxAge = time.Hour },
		"discard":               func(s *jetstream.StreamConfig) { s.Discard, s.MaxBytes = jetstream.DiscardOld, 1<<20 },
		"retention":             func(s *jetstream.StreamConfig) { s.Retention = jetstream.WorkQueuePolicy },
		"allow_rollup_hdrs":     func(s *jetstream.StreamConfig) { s.AllowRollup = false },
		"max_msgs_per_subject":  func(s *jetstream.StreamConfig) { s.MaxMsgsPerSubject = 5 },
		"subjects must contain": func(s *jetstream.StreamConfig) { s.Subjects = []string{s.Name + ".x"} },
	} {
		stream := "S" + rand.Text()
		config := (&Log{config: Config{Stream: stream}}).layout()
		change(&config)
		if _, err := js.CreateStream(t.Context(), config); err != nil {
			t.Fatal(err)
		}
		l, err := open(t.Context(), Config{Servers: c.Servers(), Stream: stream}, quick())
		if err != nil {
			t.Fatal(err)
		}
		becomes(t, l, name)
		_ = l.Close()
	}
	// What does not matter is kept.
	config := (&Log{config: Config{Stream: "kept"}}).layout()
	config.MaxBytes, config.Description, config.Storage = 1<<20, "of somebody else", jetstream.MemoryStorage
	if _, err := js.CreateStream(t.Context(), config); err != nil {
		t.Fatal(err)
	}
	l := start(t, c, "kept", quick())
	if _, err := l.Append(t.Context(), "w", 0, []byte("a")); err != nil {
		t.Fatal(err)
	}
}

func TestOldServers(t *testing.T) {
	for _, c := range []struct {
		replicas int
		version  string
		usable   bool
	}{{1, "2.9.10", true}, {3, "2.9.10", false}, {3, "2.10.18", false}, {3, "2.10.19", true}, {5, "2.9.99", false}, {3, "2.15.3", true}, {3, "3.0.0", true}, {3, "?", true}} {
		config := (&Log{config: Config{Stream: "S", Replicas: c.replicas}}).layout()
		if err := usable(config, "S", c.version); (err == nil) != c.usable {
			t.Errorf("%d replicas, %s: got error %v, want usable: %v", c.replicas, c.version, err, c.usable)
		}
	}
}
