package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// unread is ticaga-mock as another process, whose stderr is a pipe that nobody reads yet.
type unread struct {
	*exec.Cmd
	url    string // of the mock
	stdin  io.WriteCloser
	stdout io.ReadCloser
	stderr *os.File
}

// startUnread runs it until its first line on stdout, which ends in the mock's URL.
func startUnread(t *testing.T, args ...string) *unread {
	t.Helper()
	p := &unread{Cmd: exec.Command("ticaga-mock", args...)}
	var writer *os.File
	var err, errIn, errOut error
	p.stderr, writer, err = os.Pipe()
	p.Stderr = writer
	p.stdin, errIn = p.StdinPipe()
	p.stdout, errOut = p.StdoutPipe()
	if err := errors.Join(err, errIn, errOut, p.Start(), writer.Close()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = p.Process.Kill() // it has ended, unless the test failed
		_ = p.stderr.Close()
	})
	line, err := bufio.NewReader(p.stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	p.url = regexp.MustCompile(`http://[0-9.:]+`).FindString(line)
	return p
}

// serving is a server, and waiting a command of run that ends when its standard input does.
var (
	serving = []string{"serve", "--addr", "127.0.0.1:0"}
	waiting = []string{"run", "--", "sh", "-c", "echo $TICAGA_URL; read line; exit 0"}
)

// codeOf is the exit code that they end with after mistakes.
func codeOf(args []string) int {
	if args[0] == "run" {
		return exitFailed
	}
	return exitFine
}

// makeMistakes sends requests, each of which makes the mock say a lot, and the same: what a request
// accepts is explained only once.
func (p *unread) makeMistakes(t *testing.T, n int) {
	t.Helper()
	for i := range n {
		request, err := http.NewRequest(http.MethodPost, p.url+"/api/tickets/create", strings.NewReader("unknown=1"))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.Header.Set("Accept", "application/json")
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatalf("request %d: %v", i+1, err)
		}
		_, _ = io.Copy(io.Discard, response.Body)
		_ = response.Body.Close()
		if response.StatusCode != http.StatusUnauthorized {
			t.Fatalf("request %d: got status %d, want 401", i+1, response.StatusCode)
		}
	}
}

// end asks the process to end, and returns its exit code.
func (p *unread) end(t *testing.T) int {
	t.Helper()
	if p.Args[1] == "run" {
		_ = p.stdin.Close()
	} else {
		_ = p.Process.Signal(syscall.SIGTERM)
	}
	err := p.Wait()
	if err != nil && !errors.As(err, new(*exec.ExitError)) {
		t.Fatal(err)
	}
	return p.ProcessState.ExitCode()
}

// TestNobodyHasToReadStderr: the mock answers while nobody reads what it says, and whoever reads at
// last finds out how many lines were dropped. None is counted twice and none is forgotten.
func TestNobodyHasToReadStderr(t *testing.T) {
	begins := regexp.MustCompile(`^[0-9:]{8} POST |"msg":"exchange"`)
	dropped := regexp.MustCompile(`([0-9]+) lines were dropped, because nobody read them in time`)
	for _, args := range [][]string{serving, append(serving, "--log-format", "json"), waiting} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			const requests = 2000
			p := startUnread(t, args...)
			p.makeMistakes(t, requests)
			blocks, total, each := 0, 0, 0 // each: lines that one request makes
			lines := bufio.NewScanner(p.stderr)
			for lines.Scan() {
				if found := dropped.FindSubmatch(lines.Bytes()); found != nil {
					n, _ := strconv.Atoi(string(found[1]))
					total += n
					break
				}
				if begins.Match(lines.Bytes()) {
					if blocks++; blocks == 2 {
						each = total
					}
				}
				if blocks > 0 { // the banner is over
					total++
				}
			}
			if blocks == requests || total != requests*each {
				t.Errorf("%d of %d requests, and %d lines in all: want %d each", blocks, requests, total, each)
			}
			go func() { _, _ = io.Copy(io.Discard, p.stderr) }()
			p.end(t)
		})
	}
}

// TestAStuckReaderDoesNotKeepTheEnd: it is given a second, and then the process ends.
func TestAStuckReaderDoesNotKeepTheEnd(t *testing.T) {
	for _, args := range [][]string{serving, waiting} {
		p := startUnread(t, args...)
		p.makeMistakes(t, 200)
		if code := p.end(t); code != codeOf(args) {
			t.Errorf("%v: %v; got %d; want %d", args, p.ProcessState, code, codeOf(args))
		}
	}
}

// TestClosedStdoutAndStderr: the program goes on when the reader of stdout or stderr is gone, and nothing that was
// asked for is lost.
func TestClosedStdoutAndStderr(t *testing.T) {
	for _, args := range [][]string{serving, append(serving, "--log-format", "json"), waiting} {
		p := startUnread(t, args...)
		_, _ = p.stderr.Close(), p.stdout.Close()
		p.makeMistakes(t, 50)
		if code := p.end(t); code != codeOf(args) {
			t.Errorf("%v: %v; got %d; want %d", args, p.ProcessState, code, codeOf(args))
		}
	}
}

// TestCommandReceivesSIGPIPE: run ignores SIGPIPE, and its command must not inherit that.
func TestCommandReceivesSIGPIPE(t *testing.T) {
	out, err := exec.Command("ticaga-mock", "run", "--", "sh", "-c", "kill -PIPE $$; echo survived").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "signal: broken pipe") || strings.Contains(string(out), "survived") {
		t.Errorf(`got error %v, output %s; want an error, out containing "signal: broken pipe", out without "survived"`, err, out)
	}
}

// flaky is a writer that fails while it is told to.
type flaky struct {
	failing bool
	bytes.Buffer
}

func (f *flaky) Write(p []byte) (int, error) {
	if f.failing {
		return 0, errors.New("full")
	}
	return f.Buffer.Write(p)
}

// TestUnwrittenLinesAreCounted: the count comes before the next line that can be written.
func TestUnwrittenLinesAreCounted(t *testing.T) {
	target := &flaky{}
	log := &logWriter{to: target, note: droppedText}
	for i, failing := range []bool{false, true, true, false, true, false} {
		target.failing = failing
		_, _ = fmt.Fprintf(log, "line %d\n", i)
		log.flush()
	}
	const want = "line 0\n" +
		"ticaga-mock: 2 lines were dropped, because nobody read them in time\nline 3\n" +
		"ticaga-mock: 1 line was dropped, because nobody read it in time\nline 5\n"
	if got := target.String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
