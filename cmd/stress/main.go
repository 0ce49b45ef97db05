// Stress puts loads on the real program that once hung it, ended it or filled the machine's memory,
// and measures what an honest client sees meanwhile:
//
//	go run ./cmd/stress -program bin/ticaga-mock [LOAD...]
//
// It prints a line for each load: the most memory that the program took, and how long a client
// waited that asked for one customer over and over. It ends with 1 when a load took 512 MiB or
// more, when the program died, or when the honest client got something else than its customer.
// Everything is on loopback, and a load ends after -for.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// maxMemory is what no load may make the program take, in bytes.
const maxMemory = 512 << 20

// load is something that happens to a program.
type load struct {
	name, what string
	args       []string
	stderr     func(pipe *os.File) // what becomes of the program's stderr; nil when it is read
	put        func(ctx context.Context, p *program) string
}

func main() {
	path := flag.String("program", "bin/ticaga-mock", "the `program` to start")
	limit := flag.Duration("for", 15*time.Second, "how `long` a load may take")
	flag.Parse()
	failed := false
	fmt.Printf("%-13s %9s %9s %9s %9s  %s\n", "load", "peak MiB", "p50 ms", "p95 ms", "requests", "what happened")
	for _, l := range loads() {
		if flag.NArg() > 0 && !slices.Contains(flag.Args(), l.name) {
			continue
		}
		result, err := measure(*path, *limit, l)
		fmt.Printf("%-13s %9d %9.2f %9.2f %9d  %s: %s\n", l.name, result.peak>>20, result.p50, result.p95, result.requests, l.what, result.said)
		if err == nil && result.peak >= maxMemory {
			err = fmt.Errorf("it took %d MiB of memory; less than %d is allowed", result.peak>>20, maxMemory>>20)
		}
		if err != nil {
			failed = true
			fmt.Printf("%-13s FAILED: %v\n", l.name, err)
		}
	}
	if failed {
		os.Exit(1)
	}
}

type result struct {
	peak     int64
	p50, p95 float64 // milliseconds
	requests int
	said     string
}

// measure starts a program, puts a load on it with an honest client beside, and ends it.
func measure(path string, limit time.Duration, l load) (result, error) {
	var r result
	p, err := start(path, l)
	if err != nil {
		return r, err
	}
	defer p.stop()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	stop, asked := make(chan struct{}), make(chan error, 1)
	var waits []float64
	go func() {
		var err error
		waits, err = p.honest(stop)
		asked <- err
	}()
	r.said = l.put(ctx, p)
	close(stop)
	err = <-asked
	slices.Sort(waits)
	r.requests = len(waits)
	if r.requests > 0 {
		r.p50, r.p95 = waits[len(waits)/2], waits[len(waits)*95/100]
	}
	var unread error
	if r.peak, unread = p.peak(); unread != nil {
		err = errors.Join(unread, err)
	}
	return r, err
}

// program is a running ticaga-mock.
type program struct {
	cmd  *exec.Cmd
	addr string
	pipe *os.File // what is read of its stderr, by nobody
	http *http.Client
}

func start(path string, l load) (*program, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	p := &program{cmd: exec.Command(path, append([]string{"--addr", "127.0.0.1:0"}, l.args...)...)}
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if l.stderr != nil {
		read, write, err := os.Pipe()
		if err != nil {
			return nil, err
		}
		defer func() { _ = write.Close() }()
		p.pipe, p.cmd.Stderr = read, write
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	p.addr = strings.TrimPrefix(regexp.MustCompile(`http://[0-9.:]+`).FindString(line), "http://")
	if err != nil || p.addr == "" {
		p.stop()
		return nil, fmt.Errorf("the program is not ready: %q, %w", line, err)
	}
	go func() { _, _ = io.Copy(io.Discard, stdout) }()
	if l.stderr != nil {
		l.stderr(p.pipe)
	}
	p.http = &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	return p, nil
}

func (p *program) stop() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
	if p.pipe != nil {
		_ = p.pipe.Close()
	}
}

// peak is the most memory that the program has taken so far, in bytes.
func (p *program) peak() (int64, error) {
	status, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(p.cmd.Process.Pid), "status"))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "VmHWM:" {
			kib, err := strconv.ParseInt(fields[1], 10, 64)
			return kib << 10, err
		}
	}
	return 0, errors.New("the program has died")
}

// cpu is how much time of a processor the program has taken so far; 0 when that is not known.
func (p *program) cpu() time.Duration {
	stat, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(p.cmd.Process.Pid), "stat"))
	_, rest, _ := strings.Cut(string(stat), ") ") // after the program's name
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond // Linux counts in hundredths of a second
}

// honest asks for a customer over and over, and says how long each answer took, in milliseconds.
func (p *program) honest(stop chan struct{}) (waits []float64, err error) {
	client := &http.Client{Timeout: 30 * time.Second}
	for {
		select {
		case <-stop:
			return waits, err
		case <-time.After(5 * time.Millisecond):
		}
		began := time.Now()
		status, body := ask(client, p.request("GET", "/api/customers/get/8", "", ""))
		waits = append(waits, float64(time.Since(began).Microseconds())/1000)
		if status != http.StatusOK || !strings.Contains(body, `"id":8`) {
			err = fmt.Errorf("the honest client got status %d: %.200s", status, body)
		}
	}
}

func (p *program) request(method, path, contentType, body string) *http.Request {
	r, err := http.NewRequest(method, "http://"+p.addr+path, strings.NewReader(body))
	if err != nil {
		panic(err) // it is written in this file
	}
	r.Header.Set("Authorization", "Bearer demo-token")
	r.Header.Set("Accept", "application/json")
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	return r
}

// ask sends a request; the status is 0 when there was no answer, and the body then says why. Of a
// long body it is the beginning.
func ask(client *http.Client, r *http.Request) (status int, body string) {
	got, err := client.Do(r)
	if err != nil {
		return 0, err.Error()
	}
	defer func() { _ = got.Body.Close() }()
	begin, _ := io.ReadAll(io.LimitReader(got.Body, 64<<10))
	n, err := io.Copy(io.Discard, got.Body)
	if err != nil {
		return got.StatusCode, err.Error()
	}
	if n > 0 {
		return got.StatusCode, fmt.Sprintf("%s... and %d bytes", begin, n)
	}
	return got.StatusCode, string(begin)
}

// tally counts what happened.
type tally struct {
	mu     sync.Mutex
	counts map[string]int
}

func (t *tally) add(what string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.counts == nil {
		t.counts = map[string]int{}
	}
	t.counts[what]++
}

func (t *tally) status(status int) { t.add("status " + strconv.Itoa(status)) }

func (t *tally) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var all []string
	for what, n := range t.counts {
		all = append(all, fmt.Sprintf("%d %s", n, what))
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// many does something n times, several at once, until ctx ends.
func many(ctx context.Context, n, atOnce int, one func(i int)) {
	var next atomic.Int64
	var all sync.WaitGroup
	for range atOnce {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				one(i)
			}
		})
	}
	all.Wait()
}

// connect opens a connection that asks and reads nothing.
func (p *program) connect(request string) (net.Conn, error) {
	conn, err := net.Dial("tcp", p.addr)
	if err != nil {
		return nil, err
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetReadBuffer(4096)
	}
	_ = conn.SetWriteDeadline(time.Now().Add(5 * time.Second))
	_, err = io.WriteString(conn, request)
	return conn, err
}

// idle keeps connections open that do nothing, until it has been as long as they say or ctx ends.
func idle(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// countBroken counts a connection that could not be made, or not be written to.
func countBroken(err error, t *tally) {
	if errors.Is(err, syscall.ECONNREFUSED) {
		t.add("refused connections")
	} else if err != nil {
		t.add("broken connections")
	}
}
