package shared_test

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/cluster"
)

// build builds the program once, into a folder that the first test to need it removes in the end.
func build(t testing.TB) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "ticaga-mock")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	out, err := exec.Command("go", "build", "-o", program, "../../cmd/ticaga-mock").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return program
}

// process is the program, which a test can kill. It ends with the test, in whatever way.
type process struct {
	URL string

	t       testing.TB
	program string
	args    []string
	mu      sync.Mutex
	cmd     *exec.Cmd // nil while it is killed
	stdin   io.Closer
	stderr  string // a file, which stdout goes to, too
}

// newProcess starts the program at a free port.
func newProcess(t testing.TB, program string, args ...string) *process {
	t.Helper()
	l, err := mock.ListenLoopback(0)
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	_ = l.Close()
	p := &process{
		URL: "http://" + address, t: t, program: program, stderr: filepath.Join(t.TempDir(), "stderr"),
		args: append([]string{"serve", "--addr", address, "--exit-with-stdin"}, args...),
	}
	t.Cleanup(p.kill)
	p.start()
	return p
}

func (p *process) start() {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	stderr, err := os.Create(p.stderr)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = stderr.Close() }()
	p.cmd = exec.Command(p.program, p.args...)
	p.cmd.Stdout, p.cmd.Stderr = stderr, stderr
	if p.stdin, err = p.cmd.StdinPipe(); err != nil {
		p.t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
}

// kill ends the program as SIGKILL does.
func (p *process) kill() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return
	}
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
	_ = p.stdin.Close()
	p.cmd = nil
}

// ready waits until the program answers requests. It reads the journals of all worlds first.
func (p *process) ready() {
	p.t.Helper()
	if !cluster.Wait(func() bool { return send("GET", p.URL+"/_mock/ready", "").status == http.StatusOK }) {
		said, _ := os.ReadFile(p.stderr)
		p.t.Fatalf("the program did not get ready: %q: %s", strings.Join(p.args, " "), said)
	}
}
