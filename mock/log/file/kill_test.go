package file_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock/log"
	"github.com/ticaga-mock/ticaga-mock/mock/log/file"
)

// TestMain lets tests run this program again as a process that they can kill, or that has little room.
func TestMain(m *testing.M) {
	path, mode := os.Getenv("LOG_FILE"), file.Sync(os.Getenv("LOG_SYNC"))
	switch os.Getenv("LOG_CHILD") {
	case "append":
		appendForEver(path, mode)
	case "fill":
		fillUp(path, mode)
	default:
		os.Exit(m.Run())
	}
}

// child returns this program as a process that does something with a file.
func child(t *testing.T, what, path string, mode file.Sync) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "LOG_CHILD="+what, "LOG_FILE="+path, "LOG_SYNC="+string(mode), "GORACE=atexit_sleep_ms=0")
	cmd.Stderr = os.Stderr
	return cmd
}

// appenders is how many histories a child appends to at once.
const appenders = 8

// appendForEver appends numbers to histories, and says each once it is in the file. From time to time it forgets old
// ones: a history keeps at least the last 20.
func appendForEver(path string, mode file.Sync) {
	l, err := file.Open(path, file.Options{Sync: mode})
	if err != nil {
		fmt.Println("failed", err)
		return
	}
	last := map[string]log.Record{}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	ended := make(chan error)
	go func() { ended <- l.Follow(ctx, func(r log.Record) { last[r.History] = r }) }()
	if err := l.Sync(ctx); err != nil {
		fmt.Println("failed", err)
		return
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		fmt.Println("failed", err)
		return
	}
	for h := range appenders {
		name := fmt.Sprintf("h%d", h)
		go appendNumbers(l, name, last[name])
	}
	select {}
}

func appendNumbers(l *file.Log, name string, last log.Record) {
	n, after := 0, last.At
	if len(last.Data) > 0 {
		_, _ = fmt.Sscan(string(last.Data), &n)
	}
	var positions []log.Position
	for {
		n++
		data := fmt.Sprint(n, " ", strings.Repeat("x", n%50*100))
		at, err := l.Append(context.Background(), name, after, []byte(data))
		if err != nil {
			fmt.Println("failed", err)
			return
		}
		fmt.Printf("%s %d\n", name, n)
		after = at
		if positions = append(positions, at); len(positions) == 40 {
			if err := l.Cut(context.Background(), name, positions[20]); err != nil {
				fmt.Println("failed", err)
				return
			}
			positions = positions[20:]
		}
	}
}

// TestKillLosesNothing kills a process again and again while it appends. Whatever it has answered is in the file.
func TestKillLosesNothing(t *testing.T) {
	for _, mode := range []file.Sync{file.Always, file.Interval} {
		t.Run(string(mode), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "worlds.db")
			answered := map[string]int{}
			for round := range 8 {
				killAfter(t, child(t, "append", path, mode), 100+round*77, answered)
				checkAnswered(t, path, answered)
			}
		})
	}
}

// killAfter runs a child until it has said a number of lines, and kills it. It notes the last number of each history.
func killAfter(t *testing.T, cmd *exec.Cmd, lines int, answered map[string]int) {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := 0
	for text := bufio.NewScanner(out); text.Scan(); {
		var history string
		var n int
		if _, err := fmt.Sscanf(text.Text(), "%s %d", &history, &n); err != nil {
			_ = cmd.Process.Kill()
			t.Fatalf("the child said %q", text.Text())
		}
		answered[history] = n
		if said++; said == lines {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = cmd.Wait() // was killed
	if said < lines {
		t.Fatalf("the child ended after %d lines, want %d", said, lines)
	}
}

// checkAnswered checks that a file has all that was answered, in order, and at most one more of each history.
func checkAnswered(t *testing.T, path string, answered map[string]int) {
	t.Helper()
	last := map[string]int{}
	err := file.Read(path, func(r log.Record) error {
		var n int
		if _, err := fmt.Sscan(string(r.Data), &n); err != nil {
			return err
		}
		if before := last[r.History]; before != 0 && n != before+1 {
			t.Errorf("history %s: got %d after %d, want %d", r.History, n, before, before+1)
		}
		last[r.History] = n
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for history, n := range answered {
		if got := last[history]; got != n && got != n+1 {
			t.Errorf("history %s: got %d as the last one, want %d, or the one after it", history, got, n)
		}
		answered[history] = max(n, last[history])
	}
	report, err := file.Check(path)
	if err != nil || len(report.Problems) > 0 {
		t.Fatalf("got %v, %v, want no problems", report.Problems, err)
	}
}

// TestInUse opens a file that another process uses.
func TestInUse(t *testing.T) {
	path := filepath.Join(t.TempDir(), "worlds.db")
	cmd := child(t, "append", path, file.Always)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}()
	if text := bufio.NewScanner(out); !text.Scan() {
		t.Fatal("the child said nothing")
	}
	_, opened := file.Open(path, file.Options{})
	_, checked := file.Check(path)
	_, _, compacted := file.Compact(path)
	for what, err := range map[string]error{
		"open": opened, "check": checked, "compact": compacted,
		"read": file.Read(path, func(log.Record) error { return nil }),
	} {
		want := fmt.Sprintf("file %q: in use by another process; stop that one, or use another file", path)
		if err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", what, err, want)
		}
	}
}
