package mock_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// BenchmarkBesideACrowd is an honest client's requests over loopback while others wait for
// expectations that do not come to hold, or read the events of the same world. Servers with and without
// the crowd take turns, so that a noisy machine is noisy for both; "kept" is the median of the turns'
// ratios of requests.
func BenchmarkBesideACrowd(b *testing.B) {
	for _, crowd := range []struct{ waiters, streams int }{{50, 0}, {200, 0}, {0, 1}, {0, 100}} {
		b.Run(fmt.Sprintf("waiters=%d,streams=%d", crowd.waiters, crowd.streams), func(b *testing.B) {
			alone, desk := httptest.NewServer(newServer(b)), httptest.NewServer(newServer(b))
			defer alone.Close()
			defer desk.Close()
			stop := make(chan struct{})
			var ready, done sync.WaitGroup
			var events atomic.Int64
			for range crowd.waiters {
				done.Go(func() { wait(b, desk.URL, stop) })
			}
			for range crowd.streams {
				ready.Add(1)
				done.Go(func() { readEvents(b, desk.URL, stop, ready.Done, &events) })
			}
			ready.Wait()
			var ratios []float64
			var took []time.Duration
			var spent time.Duration
			for b.Loop() {
				const turn = 300 * time.Millisecond
				bare, _ := honest(b, alone.Listener.Addr().String(), turn)
				n, times := honest(b, desk.Listener.Addr().String(), turn)
				ratios, took, spent = append(ratios, float64(n)/float64(bare)), append(took, times...), spent+turn
			}
			close(stop)
			desk.CloseClientConnections()
			done.Wait()
			slices.Sort(took)
			b.ReportMetric(0, "ns/op") // a turn's length says nothing
			b.ReportMetric(median(ratios), "kept")
			b.ReportMetric(float64(len(took))/spent.Seconds(), "req/s")
			b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-us")
			b.ReportMetric(float64(took[len(took)*95/100].Microseconds()), "p95-us")
			b.ReportMetric(float64(events.Load())/spent.Seconds(), "events/s")
		})
	}
}

// wait waits for what does not come, again and again, until stop.
func wait(b *testing.B, base string, stop chan struct{}) {
	for {
		got, err := http.Post(base+"/_mock/verify", asJSON, strings.NewReader(`{"operation":"closeTicket","body":{"ticket_id":1},"within":"60s"}`))
		if err == nil {
			_, _ = io.Copy(io.Discard, got.Body)
			_ = got.Body.Close()
		}
		select {
		case <-stop:
			return
		default:
			b.Error("a verify did not wait: ", err)
			return
		}
	}
}

// readEvents reads a stream as fast as it comes, and counts its events.
func readEvents(b *testing.B, base string, stop chan struct{}, ready func(), events *atomic.Int64) {
	got, err := http.Get(base + "/_mock/worlds/default/events")
	if err != nil || got.StatusCode != http.StatusOK {
		b.Errorf("got %v, %v, want 200", got, err)
		ready()
		return
	}
	defer func() { _ = got.Body.Close() }()
	ready()
	lines := bufio.NewReaderSize(got.Body, 64<<10)
	for {
		line, err := lines.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			select {
			case <-stop:
			default:
				b.Error("a stream broke off: ", err)
			}
			return
		}
		if strings.HasPrefix(string(line[:min(len(line), 15)]), "event: exchange") {
			events.Add(1)
		}
	}
}

// honest sends requests over a few connections for a while, and takes the time of each.
func honest(b *testing.B, address string, turn time.Duration) (n int, took []time.Duration) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	deadline := time.Now().Add(turn)
	for range 4 {
		wg.Go(func() {
			conn, err := net.Dial("tcp", address)
			if err != nil {
				b.Error(err)
				return
			}
			defer func() { _ = conn.Close() }()
			reader := bufio.NewReader(conn)
			var times []time.Duration
			for began := time.Now(); began.Before(deadline); {
				if _, err := io.WriteString(conn, "GET /api/customers/get/8 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer demo-token\r\nAccept: application/json\r\n\r\n"); err != nil {
					b.Error(err)
					return
				}
				if err := skipAnswer(reader); err != nil {
					b.Error(err)
					return
				}
				now := time.Now()
				times = append(times, now.Sub(began))
				began = now
			}
			mu.Lock()
			defer mu.Unlock()
			n, took = n+len(times), append(took, times...)
		})
	}
	wg.Wait()
	return n, took
}
