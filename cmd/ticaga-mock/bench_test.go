package main

import (
	"bufio"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// BenchmarkStart starts the real binary, asks it one thing and ends it. It reports the time
// from the start of the process to the first answer, the time it takes to end, the memory
// it holds when idle, and its size.
func BenchmarkStart(b *testing.B) {
	program := filepath.Join(b.TempDir(), "ticaga-mock")
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", program, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	info, err := os.Stat(program)
	if err != nil {
		b.Fatal(err)
	}
	var first, end time.Duration
	var memory float64
	n := 0
	for b.Loop() {
		began := time.Now()
		cmd := exec.Command(program, "--addr", "127.0.0.1:0")
		stdout, err := cmd.StdoutPipe()
		if err != nil {
			b.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			b.Fatal(err)
		}
		line, err := bufio.NewReader(stdout).ReadString('\n')
		if err != nil {
			b.Fatal(err)
		}
		url := regexp.MustCompile(`http://[0-9.:]+`).FindString(line)
		client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		response, err := client.Get(url + "/_mock/health")
		if err != nil {
			b.Fatal(err)
		}
		first += time.Since(began)
		_ = response.Body.Close()
		memory += residentMiB(b, cmd.Process.Pid)
		began = time.Now()
		_ = cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil {
			b.Fatal(err)
		}
		end += time.Since(began)
		n++
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(first.Microseconds())/float64(n)/1000, "ms-to-first-answer")
	b.ReportMetric(float64(end.Microseconds())/float64(n)/1000, "ms-to-end")
	b.ReportMetric(memory/float64(n), "MiB-resident")
	b.ReportMetric(float64(info.Size())/1e6, "MB-binary")
}

// residentMiB reads a process's memory from /proc; 0 where there is none.
func residentMiB(b *testing.B, pid int) float64 {
	b.Helper()
	status, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "status"))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "VmRSS:" {
			kib, _ := strconv.Atoi(fields[1])
			return float64(kib) / 1024
		}
	}
	return 0
}
