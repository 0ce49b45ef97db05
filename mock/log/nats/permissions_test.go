package nats

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/cluster"
	"github.com/ticaga-mock/ticaga-mock/mock/log"
)

// documented returns the configuration of a user with few permissions as the documentation has it, with another one
// instead of the one that contains a text if it is not "".
func documented(t *testing.T, without string) string {
	t.Helper()
	page, err := os.ReadFile("../../../docs/shared.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```\n(authorization \\{.*?)```\n").FindAllStringSubmatch(string(page), -1)
	if len(blocks) != 1 {
		t.Fatalf("got %d examples of a user's permissions, want 1", len(blocks))
	}
	var lines []string
	removed := 0
	for line := range strings.Lines(blocks[0][1]) {
		if without != "" && strings.Contains(line, without) {
			removed++
			line = "\"OTHER.>\"\n" // an empty list would allow everything
		}
		lines = append(lines, line)
	}
	if without != "" && removed != 1 {
		t.Fatalf("got %d permissions with %q, want 1", removed, without)
	}
	return strings.ReplaceAll(strings.Join(lines, ""), "letters-and-digits", "hunter2")
}

// TestPermissions: a user with the documented permissions can do whatever a log needs.
func TestPermissions(t *testing.T) {
	for name, program := range map[string]string{"new": "", "Debian's": debian(t)} {
		t.Run(name, func(t *testing.T) {
			c := cluster.Start(t, 1, cluster.Options{Program: program, Config: documented(t, "")})
			large := make([]byte, 3<<20)
			_, _ = rand.Read(large)
			for n := range 2 { // the second reads what the first has written
				l := openAs(t, c)
				becomes(t, l, "")
				s := followed(t, l)
				at := log.Position(0)
				for i, data := range [][]byte{[]byte("a"), large, large, bytes.Repeat(large, 4), []byte("b")} {
					var err error
					if at, err = l.Append(t.Context(), fmt.Sprint("w", n), at, data); err != nil {
						t.Fatalf("append %d: %v", i, err)
					}
				}
				if err := l.Cut(t.Context(), fmt.Sprint("w", n), at); err != nil {
					t.Errorf("cut: %v", err)
				}
				if err := l.Sync(t.Context()); err != nil || s.last() != at {
					t.Errorf("got the last record %d, error %v; want %d", s.last(), err, at)
				}
				for range 2 { // as the collector does, while somebody else may have cut it already
					if err := l.erase(t.Context(), uint64(at)); err != nil {
						t.Errorf("erase: %v", err)
					}
				}
				l.state.mu.Lock()
				denied := l.state.denied
				l.state.mu.Unlock()
				if denied != nil {
					t.Errorf("got %v, want no permission to be missing", denied)
				}
				_ = l.Close()
			}
		})
	}
}

// TestMissingPermission: each of the documented permissions is needed, and the log names the one that is missing instead
// of slowness.
func TestMissingPermission(t *testing.T) {
	for without, want := range map[string]string{
		`"TICAGA_MOCK.>"`:       `Publish to "TICAGA_MOCK.sync"`,
		`"$JS.API.STREAM.*.`:    `Publish to "$JS.API.STREAM.INFO.TICAGA_MOCK"`,
		`"$JS.API.CONSUMER.`:    `Publish to "$JS.API.CONSUMER.CREATE.TICAGA_MOCK.`,
		`"$JS.API.STREAM.MSG.*`: `Publish to "$JS.API.STREAM.MSG.DELETE.TICAGA_MOCK"`,
		`"_INBOX.>"`:            `Subscription to "_INBOX.`,
	} {
		t.Run(without, func(t *testing.T) {
			c := cluster.Start(t, 1, cluster.Options{Config: documented(t, without)})
			l := openAs(t, c)
			followed(t, l)
			if strings.Contains(without, `"TICAGA`) {
				becomes(t, l, want)
				if _, err := l.Append(t.Context(), "w", 0, []byte("a")); err == nil || !strings.Contains(err.Error(), `Publish to "TICAGA_MOCK.log.w"`) {
					t.Errorf("append: got error %v, want the permission", err)
				}
			}
			if strings.Contains(without, "MSG") { // only for what no record needs
				becomes(t, l, "")
				if err := l.erase(t.Context(), 1); err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("got error %v, want %q", err, want)
				}
				return
			}
			becomes(t, l, want)
			if _, err := Look(t.Context(), l.config); strings.Contains(without, "STREAM.*") && (err == nil || !strings.Contains(err.Error(), want)) {
				t.Errorf("look: got error %v, want %q", err, want)
			}
		})
	}
}

// TestFlowControl: a server asks who reads much to confirm it, for which there is a permission, too.
func TestFlowControl(t *testing.T) {
	c := cluster.Start(t, 1, cluster.Options{Config: documented(t, `"$JS.FC.`)})
	writer, reader := openAs(t, c), openAs(t, c)
	becomes(t, writer, "")
	large := make([]byte, 12<<20)
	_, _ = rand.Read(large)
	if _, err := writer.Append(t.Context(), "w", 0, large); err != nil {
		t.Fatal(err)
	}
	followed(t, reader)
	var denied error
	named := cluster.Wait(func() bool {
		reader.state.mu.Lock()
		defer reader.state.mu.Unlock()
		denied = reader.state.denied
		return denied != nil
	})
	if want := `Publish to "$JS.FC.TICAGA_MOCK.`; !named || !strings.Contains(denied.Error(), want) {
		t.Errorf("got %v, want %q", denied, want)
	}
}

// openAs opens a log for the documented user.
func openAs(t *testing.T, c *cluster.Cluster) *Log {
	t.Helper()
	l, err := open(t.Context(), Config{Servers: c.Servers(), User: "ticaga", Password: "hunter2", Timeout: time.Second}, quick())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}
