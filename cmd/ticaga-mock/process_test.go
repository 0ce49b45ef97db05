package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestStubbornCommandIsKilled: with what it has started, at the second signal or when
// the grace period is over. The pipe ends when nobody holds it any more.
func TestStubbornCommandIsKilled(t *testing.T) {
	for name, c := range map[string]struct {
		grace time.Duration
		hurry bool
	}{
		"a second signal":       {time.Hour, true},
		"the end of the period": {time.Millisecond, false},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(t.Context())
			reader, writer, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			stubborn := exec.Command("sh", "-c", `trap "" INT TERM; sh -c "echo ready; while :; do sleep 60; done" & while :; do wait; done`)
			stubborn.Stdout = writer
			hurry, hasten := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() { ended <- runCommand(ctx, hurry, stubborn, c.grace) }()
			lines := bufio.NewReader(reader)
			if line, err := lines.ReadString('\n'); line != "ready\n" {
				t.Fatalf(`got %s, %v, want "ready\n"`, line, err)
			}
			cancel(interrupted{syscall.SIGTERM})
			if c.hurry {
				hasten()
			}
			defer hasten()
			err = <-ended
			_ = writer.Close()
			if !errors.As(err, new(interrupted)) || !strings.HasSuffix(err.Error(), "sh: signal: killed") {
				t.Errorf(`got %v; want an error of type interrupted, an error ending in "sh: signal: killed"`, err)
			}
			if _, err := io.Copy(io.Discard, lines); err != nil {
				t.Error(err)
			}
			_ = reader.Close()
		})
	}
}

// TestASignalHasAnExitCode: the one that a shell gives it.
func TestASignalHasAnExitCode(t *testing.T) {
	for _, c := range []struct {
		why  error
		want int
	}{{interrupted{syscall.SIGINT}, 130}, {interrupted{syscall.SIGTERM}, 143}, {nil, 130}} {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(c.why)
		for _, args := range [][]string{{"run", "sh", "-c", "sleep 60"}, {"wait", "--url", "http://127.0.0.1:1"}, {"reset", "--url", "http://127.0.0.1:1"}} {
			var stderr strings.Builder
			if got := run(ctx, args, io.Discard, &stderr); got != c.want || strings.Count(stderr.String(), "interrupted") != 1 {
				t.Errorf("%q, %v: exit code %d, want %d: %s", args, c.why, got, c.want, &stderr)
			}
		}
	}
}
