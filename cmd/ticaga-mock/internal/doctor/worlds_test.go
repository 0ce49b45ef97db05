package doctor

import (
	"errors"
	"strings"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock/log/nats"
)

func TestStream(t *testing.T) {
	for _, c := range []struct {
		name string
		nats.Status
		err  error
		want Verdict
		text string
	}{
		{"three copies", nats.Status{Exists: true, Replicas: 3, Current: 3, Messages: 7, Bytes: 2048}, nil, Fine, "7 messages, 2 KiB, 3 copies"},
		{"a copy is behind", nats.Status{Exists: true, Replicas: 3, Current: 2}, nil, Note, "2 of its 3 copies"},
		{"one copy", nats.Status{Exists: true, Replicas: 1, Current: 1}, nil, Note, "one copy"},
		{"no stream yet", nats.Status{Version: "2.10.0"}, nil, Fine, "NATS 2.10.0 answers"},
		{"nobody answers", nats.Status{}, errors.New("cannot connect\x1b[2J"), Problem, "cannot connect"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Stream("DESK", c.Status, c.err)
			if got.Verdict != c.want || !strings.Contains(got.Text, c.text) || !strings.Contains(got.Text, "DESK") || strings.Contains(got.Text, "\x1b") {
				t.Errorf("got %+v, want %s containing %q, printable", got, c.want, c.text)
			}
		})
	}
}
