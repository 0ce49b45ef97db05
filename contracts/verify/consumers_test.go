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
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pact-foundation/pact-go/v2/consumer"
	"github.com/pact-foundation/pact-go/v2/matchers"
)

func TestConsumers(t *testing.T) {
	// Pact merges into the files that it finds, so it gets a folder without any.
	written := t.TempDir()
	known := map[string]bool{}
	for _, c := range clients {
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
				c.test(t, pact, i)
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
func (c client) test(t *testing.T, pact *consumer.V3HTTPMockProvider, i interaction) {
	sent := parse(i.sends)
	add := pact.AddInteraction()
	for _, state := range i.given {
		add.GivenWithParameter(state)
	}
	err := add.UponReceiving(i.description).
		WithRequest(consumer.Method(sent.method), sent.path, func(b *consumer.V3RequestBuilder) {
			for name, value := range sent.header {
				b.Header(name, inPact(value))
			}
			switch {
			case i.body != nil:
				b.JSONBody(i.body)
			case sent.body != "":
				b.Body(sent.header["Content-Type"], []byte(sent.body))
			}
		}).
		WillRespondWith(i.needs.status, func(b *consumer.V3ResponseBuilder) {
			if i.needs.body != nil {
				b.JSONBody(i.needs.body)
			}
		}).
		ExecuteTest(t, func(server consumer.MockServerConfig) error {
			got, err := sent.send(fmt.Sprintf("%s:%d", server.Host, server.Port))
			if err != nil {
				return err
			}
			if got.status != i.needs.status {
				return fmt.Errorf("got status %d, want %d", got.status, i.needs.status)
			}
			if c.takes != nil && i.taken != "" && c.takes(got) != i.taken {
				return fmt.Errorf("the client takes status %d and %q for %q, want %q", got.status, got.body, c.takes(got), i.taken)
			}
			return nil
		})
	if err != nil {
		t.Errorf("%s: %v", i.description, err)
	}
}

// request is what a client sends.
type request struct {
	method, path string
	lines        []string // of the head, after the first
	header       map[string]string
	body         string
}

func parse(sends string) request {
	head, body, _ := strings.Cut(sends, "\n\n")
	lines := strings.Split(head, "\n")
	r := request{lines: lines[1:], header: map[string]string{}, body: body}
	r.method, r.path, _ = strings.Cut(lines[0], " ")
	for _, line := range r.lines {
		name, value, _ := strings.Cut(line, ":")
		r.header[name] = strings.TrimSpace(value)
	}
	return r
}

// Any good credentials make the same request; the examples open the mock as it comes. Those that nobody
// has are what a refusal is about.
var credentials = map[string]*regexp.Regexp{
	"Basic YWRtaW5AdGljYWdhLnRlc3Q6ZGVtby10b2tlbg==": regexp.MustCompile(`^Basic [A-Za-z0-9+/]+=*$`),
	"Bearer demo-token": regexp.MustCompile(`^Bearer \S+$`),
	"admin@ticaga.test": regexp.MustCompile(`^\S+@\S+$`),
	"demo-token":        regexp.MustCompile(`^\S+$`),
}

// inPact is a header's value as the pact has it.
func inPact(value string) matchers.Matcher {
	if pattern := credentials[value]; pattern != nil {
		return matchers.Term(value, pattern.String())
	}
	return matchers.String(value)
}

// send writes the request as it stands, which net/http would tidy up.
func (r request) send(address string) (response, error) {
	conn, err := net.DialTimeout("tcp", address, 10*time.Second)
	if err != nil {
		return response{}, err
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))

	lines := slices.Concat([]string{r.method + " " + r.path + " HTTP/1.1", "Host: " + address}, r.lines)
	if r.body != "" {
		lines = append(lines, fmt.Sprintf("Content-Length: %d", len(r.body)))
	}
	if _, err := io.WriteString(conn, strings.Join(lines, "\r\n")+"\r\n\r\n"+r.body); err != nil {
		return response{}, err
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return response{}, err
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	return response{r.method, answer.StatusCode, body}, err
}
