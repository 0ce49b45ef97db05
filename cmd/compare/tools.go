package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// patience is how long a tool may take to its first answer.
const patience = time.Minute

// tool is a mock server.
type tool struct {
	name    string
	command func(port string) []string
}

// tools returns ticaga-mock and the others. The stubs of WireMock are written into the folder.
func tools(program, folder string) ([]tool, error) {
	bin := filepath.Join(folder, "node_modules", ".bin")
	jars, err := filepath.Glob(filepath.Join(folder, "node_modules", "wiremock", "build", "*.jar"))
	if err != nil || len(jars) != 1 {
		return nil, fmt.Errorf("%s: got %d jars of WireMock, want 1; run make compare", folder, len(jars))
	}
	own, err := os.Executable()
	if err != nil {
		return nil, err
	}
	stubs := filepath.Join(folder, "stubs")
	if err := writeStubs(filepath.Join(stubs, "mappings")); err != nil {
		return nil, err
	}
	return []tool{
		{"ticaga-mock", func(port string) []string { return []string{program, "--addr", "127.0.0.1:" + port} }},
		{"bare handler", func(port string) []string { return []string{own, "-bare", "127.0.0.1:" + port} }},
		{"WireMock", func(port string) []string {
			return []string{"java", "-jar", jars[0], "--bind-address", "127.0.0.1", "--port", port, "--root-dir", stubs}
		}},
		{"Prism", func(port string) []string {
			return []string{filepath.Join(bin, "prism"), "mock", "-h", "127.0.0.1", "-p", port, "openapi.yaml"}
		}},
		{"Mockoon", func(port string) []string {
			return []string{filepath.Join(bin, "mockoon-cli"), "start", "-d", "openapi.yaml", "-l", "127.0.0.1", "-p", port, "--disable-log-to-file"}
		}},
	}, nil
}

// measure starts a tool, asks it for as long as load says, and ends it.
func (t tool) measure(clients int, load time.Duration) (f figures, err error) {
	port, err := freePort()
	if err != nil {
		return f, err
	}
	command := t.command(port)
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	began := time.Now()
	if err := cmd.Start(); err != nil {
		cancel()
		return f, err
	}
	defer func() {
		cancel()
		_ = cmd.Wait() // it was killed
	}()
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: clients}}
	url := "http://127.0.0.1:" + port
	for err = errors.New("not asked yet"); err != nil; err = requests[0].ask(client, url) {
		if time.Since(began) > patience {
			return f, fmt.Errorf("no answer in %s: %w", patience, err)
		}
		time.Sleep(time.Millisecond)
	}
	f.start = time.Since(began).Seconds()
	if _, err := askFor(client, url, clients, load); err != nil { // until compilers and caches are warm
		return f, err
	}
	waits, err := askFor(client, url, clients, load)
	if err != nil {
		return f, err
	}
	slices.Sort(waits)
	f.requests = float64(len(waits)) / load.Seconds()
	f.p99 = waits[len(waits)*99/100].Seconds()
	f.memory, err = memory(cmd.Process.Pid)
	return f, err
}

// askFor asks from several clients, one request after the other, and returns how long each answer took.
func askFor(client *http.Client, url string, clients int, load time.Duration) ([]time.Duration, error) {
	var all []time.Duration
	var failed error
	var lock sync.Mutex
	var group sync.WaitGroup
	for range clients {
		group.Go(func() {
			var waits []time.Duration
			var err error
			end := time.Now().Add(load)
			for n := 0; err == nil && time.Now().Before(end); n++ {
				began := time.Now()
				err = requests[n%len(requests)].ask(client, url)
				waits = append(waits, time.Since(began))
			}
			lock.Lock()
			defer lock.Unlock()
			all, failed = append(all, waits...), errors.Join(failed, err)
		})
	}
	group.Wait()
	return all, failed
}

// memory returns the resident memory in bytes of a process and all it has started, as Linux counts it.
func memory(pid int) (float64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		return 0, fmt.Errorf("/proc/%d/status: got no VmRSS, want one", pid)
	}
	kib, err := strconv.ParseFloat(fields[0], 64)
	if err != nil {
		return 0, err
	}
	sum := kib * 1024
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		return 0, err
	}
	for _, file := range threads {
		children, _ := os.ReadFile(file) // a thread may have ended meanwhile
		for _, child := range strings.Fields(string(children)) {
			if number, err := strconv.Atoi(child); err == nil {
				more, _ := memory(number)
				sum += more
			}
		}
	}
	return sum, nil
}

// freePort returns a port of loopback that nothing listens on.
func freePort() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	_, port, err := net.SplitHostPort(listener.Addr().String())
	return port, errors.Join(err, listener.Close())
}
