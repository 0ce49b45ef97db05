package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

func TestMain(m *testing.M) {
	testscript.Main(tests{m}, map[string]func(){"ticaga-mock": main, "ask": ask, "screen": screen})
}

// tests handle SIGHUP, so that what they start does not ignore it when they run under nohup.
type tests struct{ *testing.M }

func (t tests) Run() int {
	signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP)
	return t.M.Run()
}

var update = flag.Bool("update", false, "write the texts that the scripts compare with anew")

// TestScripts runs what a person types: every story in testdata/script.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/script",
		UpdateScripts: *update,
		Setup: func(env *testscript.Env) error {
			contract, err := filepath.Abs("../../openapi.yaml")
			env.Setenv("OPENAPI", contract)
			env.Values[serverKey{}] = new(func())
			env.Setenv("GORACE", "atexit_sleep_ms=0") // the race detector makes every process wait a second at its end
			return err
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"server": startServer, "end": endServer, "listen": listenOnce, "exits": exitsWith,
		},
	})
}

// serverKey is where a script's environment has the function that ends its server.
type serverKey struct{}

// startServer runs ticaga-mock in the background until the script ends, and puts its URL
// into $URL and what it says on stderr into the file stderr.log. With --store, it is enough that it says where it
// listens, and why it is not ready:
//
//	server [flag...]
func startServer(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("server does not take !")
	}
	log, err := os.Create(ts.MkAbs("stderr.log"))
	ts.Check(err)
	serve := []string{"serve"}
	if !slices.ContainsFunc(args, func(arg string) bool { return arg == "--addr" || arg == "--host" || arg == "--port" || arg == "-p" }) {
		serve = append(serve, "--addr", "127.0.0.1:0")
	}
	cmd := exec.Command(lookPath(ts, "ticaga-mock"), append(serve, args...)...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = []string{"HOME=" + ts.Getenv("HOME"), "GOCOVERDIR=" + ts.Getenv("GOCOVERDIR"), "GORACE=" + ts.Getenv("GORACE")}
	var pipe io.Reader
	if slices.Contains(args, "--store") {
		pipe, err = cmd.StderrPipe()
		pipe = io.TeeReader(pipe, log)
	} else {
		cmd.Stderr = log
		pipe, err = cmd.StdoutPipe()
	}
	ts.Check(err)
	ts.Check(cmd.Start())
	first, all := make(chan string, 1), make(chan struct{})
	go func() {
		defer close(all)
		reader := bufio.NewReader(pipe)
		line, _ := reader.ReadString('\n')
		first <- line
		_, _ = io.Copy(io.Discard, reader)
	}()
	end := sync.OnceFunc(func() { // a signal ends it, and that is no failure
		_ = cmd.Process.Signal(syscall.SIGTERM)
		<-all
		if err := cmd.Wait(); err != nil {
			ts.Fatalf("the server did not end cleanly: %v", err)
		}
		_ = log.Close()
	})
	ts.Defer(end)
	*ts.Value(serverKey{}).(*func()) = end
	line := <-first
	if !strings.HasSuffix(line, "\n") {
		said, _ := os.ReadFile(log.Name())
		ts.Fatalf("the server did not get ready: %s", said)
	}
	url := regexp.MustCompile(`https?://[^\s"\x1b]+`).FindString(line)
	_, addr, _ := strings.Cut(url, "://")
	ts.Setenv("URL", url)
	ts.Setenv("ADDR", addr)
}

// endServer ends the script's server. What it logs is written beside its answers: only then is all
// of it in stderr.log.
func endServer(ts *testscript.TestScript, neg bool, args []string) {
	end := *ts.Value(serverKey{}).(*func())
	if neg || len(args) > 0 || end == nil {
		ts.Fatalf("usage: end, after server")
	}
	end()
}

// exitsWith runs a command and demands its exit code:
//
//	exits CODE command [argument...]
func exitsWith(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE command [argument...]")
	}
	code := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		code = exit.ExitCode()
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
}

// lookPath finds the program in the script's PATH, where testscript has put this test
// binary under the program's name.
func lookPath(ts *testscript.TestScript, program string) string {
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		name := filepath.Join(dir, program)
		if info, err := os.Stat(name); err == nil && !info.IsDir() {
			return name
		}
	}
	ts.Fatalf("%s is not in the PATH", program)
	return ""
}

// listenOnce takes a free port and keeps it until the script ends; its address is $TAKEN.
func listenOnce(ts *testscript.TestScript, _ bool, _ []string) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { _ = taken.Close() })
	ts.Setenv("TAKEN", taken.Addr().String())
}

// ask is a small curl for the scripts: it prints the status, the count of violations when
// there is one, and the body. Like PHP's curl it sends no User-Agent unless it is told to.
//
//	ask METHOD URL [-H 'Name: value'] [-d body]
func ask() {
	args := os.Args[1:]
	base, _, asItStands := strings.Cut(args[1], "/api/") // a path that net/url would not take too
	request, err := http.NewRequest(args[0], base, nil)
	if err == nil && asItStands {
		request.URL.Opaque = request.URL.Path + args[1][len(base):]
	}
	if err == nil && strings.HasPrefix(request.URL.Opaque, "//") { // net/http would take it for a host
		request, err = http.NewRequest(args[0], args[1], nil)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	request.Header.Set("User-Agent", "")
	request.Header.Set("X-Requested-With", "XMLHttpRequest") // asks for JSON
	for rest := args[2:]; len(rest) > 1; rest = rest[2:] {
		switch rest[0] {
		case "-H":
			name, value, _ := strings.Cut(rest[1], ": ")
			request.Header.Set(name, value)
		case "-d":
			request.Body = io.NopCloser(strings.NewReader(rest[1]))
			request.ContentLength = int64(len(rest[1]))
			if request.Header.Get("Content-Type") == "" {
				request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			}
		}
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	defer func() { _ = response.Body.Close() }()
	body, _ := io.ReadAll(response.Body)
	fmt.Println(response.StatusCode, http.StatusText(response.StatusCode))
	if n := response.Header.Get("Ticaga-Mock-Violations"); n != "" {
		fmt.Println("violations:", n)
	}
	fmt.Println(string(body))
}

// TestCleanShutdown: an idle connection does not delay the shutdown, and a request in flight is finished.
// The end of every script shows that a signal starts the shutdown.
func TestCleanShutdown(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	reader, stdout := io.Pipe()
	code := make(chan int, 1)
	go func() {
		code <- run(ctx, []string{"--addr", "127.0.0.1:0", "--log-format", "json"}, stdout, io.Discard)
	}()
	var ready struct{ Msg, URL string }
	if err := json.NewDecoder(reader).Decode(&ready); err != nil || ready.Msg != "ready" {
		t.Fatalf(`got %+v %v, want "ready"`, ready, err)
	}
	// One client never asks; another has sent half of its request.
	idle, err := net.Dial("tcp", strings.TrimPrefix(ready.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = idle.Close() }()
	half, err := net.Dial("tcp", strings.TrimPrefix(ready.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = half.Close() }()
	const body = "ticaga_id=8&billing_id=42&billing_system=blesta"
	_, _ = fmt.Fprintf(half, "POST /api/customers/assign HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer demo-token\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s", len(body), body[:10])
	if response, err := http.Get(ready.URL + "/_mock/health"); err != nil || response.StatusCode != 200 {
		t.Fatalf("got %v, %v, want 200", response, err)
	}
	began := time.Now()
	cancel()
	_, _ = io.WriteString(half, body[10:])
	response, err := http.ReadResponse(bufio.NewReader(half), nil)
	if err != nil || response.StatusCode != 200 {
		t.Errorf("the answer under way was lost: got %v, want 200", err)
	}
	if got := <-code; got != exitFine {
		t.Errorf("exit code %d, want %d", got, exitFine)
	}
	t.Logf("ended after %v", time.Since(began))
}

// TestGrace: a request that takes longer than the grace period is broken off when that is over, or
// at a signal.
func TestGrace(t *testing.T) {
	signalled := make(chan os.Signal, 1)
	signal.Notify(signalled, syscall.SIGTERM) // so that none of them ends the test
	defer signal.Stop(signalled)
	for name, c := range map[string]struct {
		grace  string
		signal bool
	}{"the end of the period": {"1ms", false}, "a signal": {"1h", true}} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			reader, stdout := io.Pipe()
			log, stderr := io.Pipe()
			code := make(chan int, 1)
			go func() {
				code <- run(ctx, []string{"--addr", "127.0.0.1:0", "--log-format", "json", "--grace", c.grace}, stdout, stderr)
			}()
			var ready struct{ URL string }
			if err := json.NewDecoder(reader).Decode(&ready); err != nil {
				t.Fatal(err)
			}
			late, err := net.Dial("tcp", strings.TrimPrefix(ready.URL, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			_, _ = io.WriteString(late, "GET /api/customers/get/8 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer demo-token\r\nPrefer: delay=60000\r\n\r\n")
			if line, err := bufio.NewReader(log).ReadString('\n'); err != nil { // it is on its way
				t.Fatalf("log: got %q, %v; want a line", line, err)
			}
			go func() { _, _ = io.Copy(io.Discard, log) }()
			cancel()
			self, err := os.FindProcess(os.Getpid())
			if err != nil {
				t.Fatal(err)
			}
			again := time.NewTicker(time.Millisecond) // a signal before the grace period is the test's alone
			for got := -1; got < 0; {
				select {
				case got = <-code:
					if got != exitFine {
						t.Errorf("exit code %d, want %d", got, exitFine)
					}
				case <-again.C:
					if c.signal {
						_ = self.Signal(syscall.SIGTERM)
					}
				}
			}
			again.Stop()
			if answer, _ := io.ReadAll(late); len(answer) > 0 {
				t.Errorf("got %q, want no answer", answer)
			}
			_ = late.Close()
		})
	}
}

// TestGeneratedTokenIsPrinted: a script reads only the ready line, so the token must be in it.
func TestGeneratedTokenIsPrinted(t *testing.T) {
	const made = "made-made-made-made"
	desk, err := mock.New(mock.Options{ControlToken: made})
	if err != nil {
		t.Fatal(err)
	}
	for given, want := range map[string]string{
		"":   `{"control_token":"made-made-made-made","email":"admin@ticaga.test","msg":"ready","token":"demo-token","url":"http://127.0.0.1:1"}`,
		made: `{"email":"admin@ticaga.test","msg":"ready","token":"demo-token","url":"http://127.0.0.1:1"}`,
	} {
		var stdout bytes.Buffer
		out, err := newOutput("json", &stdout, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		out.ready(t.Context(), &serveFlags{Options: mock.Options{ControlToken: given}}, desk, place{url: "http://127.0.0.1:1"}, made)
		out.flush()
		if got := strings.TrimSpace(stdout.String()); got != want {
			t.Errorf("--control-token %q: got %s, want %s", given, got, want)
		}
	}
}

func TestShellQuote(t *testing.T) {
	for _, text := range []string{"plain", "it's", "$(reboot)", `a"b\c`, "two\nlines"} {
		out, err := exec.Command("sh", "-c", "printf %s "+shellQuote(text)).Output()
		if err != nil || string(out) != text {
			t.Errorf("%q came out as %q, %v, want %q", text, out, err, text)
		}
	}
}
