//go:build cgo

package verify

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pact-foundation/pact-go/v2/consumer"
)

func TestConsumers(t *testing.T) {
	// Pact merges into the files that it finds, so it gets a folder without any.
	written := t.TempDir()
	known := map[string]bool{}
	for _, c := range consumers {
		file := c.name + "-ticaga.json"
		known[file] = true
		t.Run(c.name, func(t *testing.T) {
			// Version 3 of the specification is the oldest that does all we need, so
			// more tools read it; its bodies stand in the file as people write them.
			pact, err := consumer.NewV3Pact(consumer.MockHTTPProviderConfig{
				Consumer: c.name, Provider: "ticaga", PactDir: written,
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, i := range c.interactions {
				i.test(t, pact)
			}
			if !t.Failed() {
				compare(t, filepath.Join(*pacts, file), filepath.Join(written, file))
			}
		})
	}
	committed, err := filepath.Glob(filepath.Join(*pacts, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range committed {
		if !known[filepath.Base(file)] {
			t.Errorf("got %q, want only files that a consumer writes; delete it", file)
		}
	}
}

// compare fails t when a committed pact is not what its consumer has just written.
func compare(t *testing.T, committed, written string) {
	t.Helper()
	want, err := os.ReadFile(written)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(committed, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(committed)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(got), string(want)); diff != "" {
		t.Errorf("%q is out of date; run: go test ./contracts/verify -run '^TestConsumers$' -update\n(-committed +written)\n%s", committed, diff)
	}
}

// test sends the request to Pact's mock server, which compares it with what the pact
// expects, answers, and adds the interaction to the pact.
func (i interaction) test(t *testing.T, pact *consumer.V3HTTPMockProvider) {
	add := pact.AddInteraction()
	if i.given != "" {
		add.Given(i.given)
	}
	err := add.UponReceiving(i.description).
		WithRequest(i.expects.method, i.expects.path, func(b *consumer.V3RequestBuilder) {
			for name, value := range i.expects.header {
				b.Header(name, value)
			}
			switch {
			case i.expects.form != "":
				b.Body("application/x-www-form-urlencoded", []byte(i.expects.form))
			case i.expects.json != nil:
				b.JSONBody(i.expects.json)
			}
		}).
		WillRespondWith(i.needs.status, func(b *consumer.V3ResponseBuilder) {
			if i.needs.json != nil {
				b.JSONBody(i.needs.json)
			}
		}).
		ExecuteTest(t, func(server consumer.MockServerConfig) error {
			status, err := send(fmt.Sprintf("%s:%d", server.Host, server.Port), i.wire)
			if err == nil && status != i.needs.status {
				err = fmt.Errorf("got status %d, want %d", status, i.needs.status)
			}
			return err
		})
	if err != nil {
		t.Errorf("%s: %v", i.description, err)
	}
}

// send writes a request as it stands, which net/http would tidy up, and returns the
// status of the answer.
func send(address, wire string) (int, error) {
	conn, err := net.DialTimeout("tcp", address, 10*time.Second)
	if err != nil {
		return 0, err
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))

	head, body, _ := strings.Cut(wire, "\n\n")
	lines := strings.Split(strings.TrimSpace(head), "\n")
	lines[0] += " HTTP/1.1\r\nHost: " + address
	if body != "" {
		lines = append(lines, fmt.Sprintf("Content-Length: %d", len(body)))
	}
	if _, err := io.WriteString(conn, strings.Join(lines, "\r\n")+"\r\n\r\n"+body); err != nil {
		return 0, err
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0, err
	}
	defer func() { _ = answer.Body.Close() }()
	_, err = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode, err
}
