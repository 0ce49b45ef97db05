package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"sync"

	"github.com/ticaga-mock/ticaga-mock/cmd/ticaga-mock/internal/term"
	"github.com/ticaga-mock/ticaga-mock/mock"
)

// recording collects exchanges for a pact. It is safe for concurrent use. What it keeps in memory is bounded.
type recording struct {
	consumer string
	version  int
	file     *replacement

	mu        sync.Mutex
	exchanges []mock.Exchange
	size      int // of their bodies and headers, in bytes
	dropped   int // exchanges for which there was no room
}

// maxRecording is the memory that the exchanges of a recording may take, in bytes, approximately.
const maxRecording = 64 << 20

// newRecording begins a recording, or returns nil without a file. The consumer is named after the file if it has no
// name: pacts/my-plugin-ticaga.json is a pact of my-plugin.
func newRecording(file, consumer string, version int) (*recording, error) {
	switch {
	case file == "" && consumer != "":
		return nil, errors.New("--consumer: names the consumer of a recorded pact; add --record and its file")
	case file == "":
		return nil, nil
	case version != 3 && version != 4:
		return nil, fmt.Errorf("--pact-version %d: must be 3 or 4", version)
	}
	if consumer == "" {
		consumer = strings.TrimSuffix(strings.TrimSuffix(filepath.Base(file), ".json"), "-ticaga")
	}
	replacement, err := createReplacement(file)
	if err != nil {
		return nil, fmt.Errorf("--record: %w", err)
	}
	return &recording{consumer: consumer, version: version, file: replacement}, nil
}

func (r *recording) add(x mock.Exchange) {
	if r == nil {
		return
	}
	size := len(x.Request.Body) + len(x.Response.Body) + 1<<10
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.size += size; r.size > maxRecording {
		r.dropped++
		return
	}
	r.exchanges = append(r.exchanges, x)
}

// discard removes what is not a whole recording.
func (r *recording) discard() {
	if r != nil {
		r.file.discard()
	}
}

// write writes the pact, and says on w what it leaves out.
func (r *recording) write(desk *mock.Server, w io.Writer) error {
	if r == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	pact, leftOut, err := desk.Record(r.exchanges, r.consumer, r.version)
	for _, line := range distinct(leftOut) {
		_, _ = fmt.Fprintf(w, "not recorded: %s\n", term.Printable(line))
	}
	if r.dropped > 0 {
		_, _ = fmt.Fprintf(w, "not recorded: %s after the first %d MiB\n", count(r.dropped, "exchange"), maxRecording>>20)
	}
	if err == nil {
		_, err = r.file.Write(pact)
	}
	if err == nil {
		err = r.file.commit()
	}
	if err != nil {
		return failed{fmt.Errorf("record: %w", err)}
	}
	return nil
}

// distinct returns a list without repeated lines, in its order.
func distinct(list []string) []string {
	var all []string
	seen := map[string]bool{}
	for _, line := range list {
		if !seen[line] {
			seen[line] = true
			all = append(all, line)
		}
	}
	return all
}
