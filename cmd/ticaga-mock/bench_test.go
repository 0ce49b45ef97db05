package main

import (
	"bufio"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// BenchmarkStart measures starts in units of T, the time from the start of a bare net/http program to its first answer:
// that of serve to its first answer, and the whole time of small commands. They take turns, so that the ratios of one run
// can be compared although the machine is busy. It also reports the time that serve takes to end, the memory that
// it holds when idle, and the size of the program.
func BenchmarkStart(b *testing.B) {
	bare, program := build(b, "./testdata/bare"), build(b, ".")
	info, err := os.Stat(program)
	if err != nil {
		b.Fatal(err)
	}
	took := map[string][]float64{} // in milliseconds
	note := func(name string, began time.Time) { took[name] = append(took[name], time.Since(began).Seconds()*1000) }
	small := func(args ...string) {
		began := time.Now()
		if out, err := exec.Command(program, args...).CombinedOutput(); err != nil {
			b.Fatalf("%v: %s", err, out)
		}
		note(args[0], began)
	}
	var memory []float64
	for b.Loop() {
		began := time.Now()
		_, end := firstAnswer(b, exec.Command(bare))
		note("bare", began)
		_ = end(os.Kill)

		began = time.Now()
		served := exec.Command(program, "serve", "--addr", "127.0.0.1:0")
		url, end := firstAnswer(b, served)
		note("serve", began)
		memory = append(memory, residentMiB(b, served.Process.Pid))
		small("journal", "--url", url)
		began = time.Now()
		if err := end(syscall.SIGTERM); err != nil {
			b.Fatal(err)
		}
		note("end", began)

		small("version")
		small("explain", "TM-AUTH-MISSING")
	}
	unit, _, _ := quartiles(took["bare"])
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(unit, "ms-T")
	for _, name := range []string{"serve", "version", "journal", "explain"} {
		median, low, high := quartiles(took[name])
		b.ReportMetric(median/unit, "T-"+name)
		b.Logf("%-8s %.2f T; half of the runs %.2f to %.2f T", name, median/unit, low/unit, high/unit)
	}
	end, _, _ := quartiles(took["end"])
	resident, _, _ := quartiles(memory)
	b.ReportMetric(end, "ms-to-end")
	b.ReportMetric(resident, "MiB-resident")
	b.ReportMetric(float64(info.Size())/1e6, "MB-binary")
}

// build builds a program with the flags of a release, and returns its file.
func build(b *testing.B, folder string) string {
	b.Helper()
	program := filepath.Join(b.TempDir(), "program")
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", program, folder)
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	return program
}

// firstAnswer starts a server that prints its address, and returns when it has answered once. end sends it a signal and waits.
func firstAnswer(b *testing.B, server *exec.Cmd) (url string, end func(os.Signal) error) {
	b.Helper()
	stdout, err := server.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := server.Start(); err != nil {
		b.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	url = regexp.MustCompile(`http://[0-9.:]+`).FindString(line)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Get(url + "/_mock/health")
	if err != nil {
		b.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, response.Body)
	_ = response.Body.Close()
	return url, func(s os.Signal) error {
		_ = server.Process.Signal(s)
		return server.Wait()
	}
}

// quartiles returns the median of some values, and the limits of the half around it.
func quartiles(values []float64) (median, low, high float64) {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return sorted[n/2], sorted[n/4], sorted[n*3/4]
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
