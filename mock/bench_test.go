package mock_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// benchRequests are the three kinds of request that plugins send most.
var benchRequests = []struct{ name, method, path, contentType, body string }{
	{"get", "GET", "/api/customers/get/8", "", ""},
	{"json", "POST", "/api/customers/assign", "application/json", `{"ticaga_id":"8","billing_id":42,"billing_system":"blesta"}`},
	{"form", "POST", "/api/customers/assign", "application/x-www-form-urlencoded", "ticaga_id=8&billing_id=42&billing_system=blesta"},
}

// BenchmarkHandler is one whole request without the network: credentials, validation,
// store, the check of the answer, and the journal.
func BenchmarkHandler(b *testing.B) {
	for _, q := range benchRequests {
		b.Run(q.name, func(b *testing.B) {
			server := newServer(b)
			target := &url.URL{Path: q.path}
			header := http.Header{"Authorization": {"Bearer demo-token"}, "Accept": {"application/json"}}
			if q.contentType != "" {
				header.Set("Content-Type", q.contentType)
			}
			body := strings.NewReader(q.body)
			w := &discard{header: http.Header{}}
			b.ReportAllocs()
			for b.Loop() {
				body.Reset(q.body)
				clear(w.header)
				server.ServeHTTP(w, &http.Request{
					Method: q.method, URL: target, Header: header,
					Body: io.NopCloser(body), ContentLength: int64(len(q.body)),
				})
			}
			if w.status != http.StatusOK {
				b.Fatalf("status %d, want 200", w.status)
			}
		})
	}
}

// BenchmarkFirstViolation is the first request of a server that breaks the contract. With -benchtime 1x
// it is the first one of a process.
func BenchmarkFirstViolation(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		server := newServer(b)
		r := httptest.NewRequest("POST", "http://localhost/api/customers/assign", strings.NewReader(`{"ticaga_id":"eight"}`))
		r.Header = http.Header{"Authorization": {"Bearer demo-token"}, "Content-Type": {"application/json"}}
		w := httptest.NewRecorder()
		b.StartTimer()
		server.ServeHTTP(w, r)
		if w.Code != http.StatusUnprocessableEntity {
			b.Fatalf("status %d, want 422", w.Code)
		}
	}
}

// discard is a ResponseWriter that costs nothing.
type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
func (d *discard) WriteHeader(status int)      { d.status = status }

// BenchmarkLoopback compares requests per second over loopback with those of a bare
// net/http handler that decodes the same body and writes the same bytes. The two take turns
// of a fifth of a second, so that a noisy machine is noisy for both; "ratio" is the median
// of the turns. It is a report, and no gate.
func BenchmarkLoopback(b *testing.B) {
	for _, q := range benchRequests {
		b.Run(q.name, func(b *testing.B) {
			_, address := serving(b)
			recorder := httptest.NewRecorder()
			recordRequest := httptest.NewRequest(q.method, "http://localhost"+q.path, strings.NewReader(q.body))
			recordRequest.Header.Set("Authorization", "Bearer demo-token")
			if q.contentType != "" {
				recordRequest.Header.Set("Content-Type", q.contentType)
			}
			newServer(b).ServeHTTP(recorder, recordRequest)
			bare := httptest.NewServer(bareHandler(recorder.Body.Bytes()))
			defer bare.Close()

			var ratios []float64
			var requests, bareRequests int
			var spent time.Duration
			for b.Loop() {
				const turn = 200 * time.Millisecond
				theirs := load(b, bare.Listener.Addr().String(), q.method, q.path, q.contentType, q.body, turn)
				ours := load(b, address, q.method, q.path, q.contentType, q.body, turn)
				ratios = append(ratios, float64(ours)/float64(theirs))
				requests, bareRequests, spent = requests+ours, bareRequests+theirs, spent+turn
			}
			b.ReportMetric(0, "ns/op") // a turn's length says nothing
			b.ReportMetric(median(ratios), "ratio")
			b.ReportMetric(float64(requests)/spent.Seconds(), "mock-req/s")
			b.ReportMetric(float64(bareRequests)/spent.Seconds(), "bare-req/s")
		})
	}
}

func median(values []float64) float64 {
	sorted := append([]float64(nil), values...)
	for i := range sorted {
		for j := i; j > 0 && sorted[j] < sorted[j-1]; j-- {
			sorted[j], sorted[j-1] = sorted[j-1], sorted[j]
		}
	}
	return sorted[len(sorted)/2]
}

// bareHandler is the least that a fake could be: it decodes, forgets, and writes.
func bareHandler(answer []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Header.Get("Content-Type") {
		case "application/json":
			var fields map[string]any
			if err := json.NewDecoder(r.Body).Decode(&fields); err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
		case "application/x-www-form-urlencoded":
			if err := r.ParseForm(); err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(len(answer)))
		_, _ = w.Write(answer)
	})
}

// load sends the same request over a few connections for a while, with a client that does
// next to nothing, so that what is measured is the server.
func load(b *testing.B, addr, method, path, contentType, body string, turn time.Duration) int {
	b.Helper()
	raw := fmt.Sprintf("%s %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer demo-token\r\nAccept: application/json\r\n", method, path, addr)
	if body != "" {
		raw += fmt.Sprintf("Content-Type: %s\r\nContent-Length: %d\r\n", contentType, len(body))
	}
	raw += "\r\n" + body
	const connections = 4
	counts := make([]int, connections)
	deadline := time.Now().Add(turn)
	var wg sync.WaitGroup
	for i := range connections {
		wg.Go(func() {
			n, err := hammer(addr, []byte(raw), deadline)
			if err != nil {
				b.Error(err)
			}
			counts[i] = n
		})
	}
	wg.Wait()
	total := 0
	for _, n := range counts {
		total += n
	}
	return total
}

func hammer(addr string, raw []byte, deadline time.Time) (int, error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return 0, err
	}
	defer func() { _ = conn.Close() }()
	reader := bufio.NewReader(conn)
	n := 0
	for ; time.Now().Before(deadline); n++ {
		if _, err := conn.Write(raw); err != nil {
			return n, err
		}
		if err := skipAnswer(reader); err != nil {
			return n, err
		}
	}
	return n, nil
}

// skipAnswer reads an answer, which must have status 200 and a Content-Length.
func skipAnswer(reader *bufio.Reader) error {
	length := 0
	for first := true; ; first = false {
		line, err := reader.ReadSlice('\n')
		switch {
		case err != nil:
			return err
		case first && !bytes.HasPrefix(line, []byte("HTTP/1.1 200")):
			return fmt.Errorf("answered %q", line)
		}
		if len(line) <= 2 {
			break
		}
		if value, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return err
			}
		}
	}
	_, err := reader.Discard(length)
	return err
}
