// Package pactcli verifies pacts with the official verifier of Pact's command line, the executable pact,
// against a mock in this process.
//
// The verifier gets copies of the pacts in which every interaction is numbered: see
// [contracts.Pact.Numbered]. It announces each one to the [Verifier], which gives it a fresh world, and so
// every state change, request and result belongs to one interaction. What they make of it is
// decided by [contracts.Pact.Judge].
//
// The executable is not part of this module: [Find] looks for it. It needs no network, because everything
// that it verifies is a local file.
package pactcli

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/ticaga-mock/ticaga-mock/contracts"
	"github.com/ticaga-mock/ticaga-mock/mock"
)

// Verifier verifies pacts against a mock of its own.
type Verifier struct {
	// Program is the executable, as Find returns it.
	Program string
	// Run runs a process to its end. The error is ignored where the process has written a report.
	Run func(*exec.Cmd) error
	// Timeout is how long a request to the mock may take; 0 means ten seconds.
	Timeout time.Duration

	// Accepts says which credentials the mock accepts, for people whose pact has others.
	Accepts string

	desk  *mock.Server
	stage *stage
}

// New returns a Verifier with a mock. It sets the options' Observe and AnyHost, since nobody but Pact's
// verifier reaches the mock.
func New(options mock.Options) (*Verifier, error) {
	s := &stage{secret: rand.Text(), now: -1, seen: map[int]*contracts.Evidence{}}
	options.Observe, options.AnyHost = s.observe, true
	desk, err := mock.New(options)
	if err != nil {
		return nil, err
	}
	s.desk = desk
	return &Verifier{desk: desk, stage: s}, nil
}

// Credentials returns those that the mock accepts.
func (v *Verifier) Credentials() (email, token string) { return v.desk.Credentials() }

// Job is a pact with the indexes of the interactions to verify.
type Job struct {
	Pact    contracts.Pact
	Indexes []int
}

// Verify runs the verifier once for all jobs. It returns what was seen of each interaction, in the order of
// the jobs and their indexes; one that is missing in the verifier's report has not run. The error says that
// there is no report, or that it has failures which belong to no interaction; then the rest is returned
// nevertheless. A Verifier verifies once.
func (v *Verifier) Verify(ctx context.Context, jobs []Job) ([][]contracts.Evidence, error) {
	folder, err := os.MkdirTemp("", "ticaga-mock-pact-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	files, err := write(folder, jobs)
	if err != nil {
		return nil, err
	}
	listener, err := mock.ListenLoopback(0)
	if err != nil {
		return nil, err
	}
	server := &http.Server{Handler: v.stage, ReadHeaderTimeout: time.Minute, ErrorLog: log.New(io.Discard, "", 0)}
	go func() { _ = server.Serve(listener) }() // it ends with Shutdown or Close

	command, output := v.command(folder, files, listener.Addr())
	ended := v.Run(command)

	finished, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	_ = server.Shutdown(finished) // until the last exchange is observed
	_ = server.Close()
	_ = v.desk.Close()
	if ctx.Err() != nil {
		return nil, ended
	}
	report, err := readReport(filepath.Join(folder, reportFile))
	if err != nil {
		return nil, fmt.Errorf("%w; it ended with %w and said:\n%s", err, cmp.Or(ended, errSuccess), output.text())
	}
	return v.collect(jobs, report), report.failure(ended)
}

// reportFile is the verifier's report in its folder.
const reportFile = "report.json"

// write writes a copy of each pact, and returns their names.
func write(folder string, jobs []Job) ([]string, error) {
	var files []string
	next := 0
	for n, job := range jobs {
		if len(job.Indexes) == 0 {
			continue
		}
		numbers := map[int]int{}
		for _, index := range job.Indexes {
			numbers[index] = next
			next++
		}
		data, err := job.Pact.Numbered(numbers)
		if err != nil {
			return nil, err
		}
		file := strconv.Itoa(n) + ".json"
		if err := os.WriteFile(filepath.Join(folder, file), data, 0o600); err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}

// command returns the verifier's process, and where the end of its output is kept.
func (v *Verifier) command(folder string, files []string, address net.Addr) (*exec.Cmd, *tail) {
	host, port, _ := net.SplitHostPort(address.String())
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	timeout := v.Timeout
	if timeout == 0 {
		timeout = 10 * time.Second
	}
	command := exec.Command(v.Program, "verifier", "--loglevel", "none", "--no-colour", "--json", reportFile,
		"--hostname", host, "--port", port, "--request-timeout", strconv.FormatInt(max(timeout.Milliseconds(), 1), 10),
		"--state-change-url", "http://"+net.JoinHostPort(strings.Trim(host, "[]"), port)+v.stage.path())
	for _, file := range files {
		command.Args = append(command.Args, "--file", file)
	}
	output := &tail{}
	command.Dir, command.Env, command.Stdout, command.Stderr = folder, environment(os.Environ()), output, output
	return command, output
}

// environment is what the verifier gets of ours: nothing that filters or redirects a verification, no
// credentials for a broker, and nothing that makes it report to anybody.
func environment(ours []string) []string {
	var list []string
	for _, entry := range ours {
		name, _, _ := strings.Cut(entry, "=")
		name = strings.ToUpper(name)
		switch {
		case strings.HasPrefix(name, "PACT"), strings.HasPrefix(name, "TICAGA_"), strings.HasPrefix(name, "OTEL_"), strings.HasSuffix(name, "_PROXY"), name == "LOG_LEVEL", name == "RUST_LOG":
		default:
			list = append(list, entry)
		}
	}
	return append(list, "PACT_DO_NOT_TRACK=true")
}

// collect puts together what the verifier reports and what the mock has seen.
func (v *Verifier) collect(jobs []Job, report *report) [][]contracts.Evidence {
	v.stage.mu.Lock()
	defer v.stage.mu.Unlock()
	next := 0
	all := make([][]contracts.Evidence, len(jobs))
	for n, job := range jobs {
		for range job.Indexes {
			var one contracts.Evidence
			if seen := v.stage.seen[next]; seen != nil {
				one = *seen
			}
			one.Ran, one.Passed = report.ran[next], report.passed[next]
			one.Differences = report.differences[next]
			one.Credentials = v.Accepts
			all[n] = append(all[n], one)
			next++
		}
	}
	return all
}

// tail keeps the end of what is written to it. Its only writer is a process.
type tail struct{ kept []byte }

// maxTail is how much a tail keeps, in bytes.
const maxTail = 4 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.kept = append(t.kept, p[max(0, len(p)-maxTail):]...)
	t.kept = t.kept[max(0, len(t.kept)-maxTail):]
	return len(p), nil
}

func (t *tail) text() string { return string(bytes.ToValidUTF8(bytes.TrimSpace(t.kept), []byte("?"))) }

var (
	errNoReport = errors.New("no report from Pact's verifier")
	errSuccess  = errors.New("exit status 0")
)
