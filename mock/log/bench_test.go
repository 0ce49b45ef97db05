package log_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
	"time"

	natsclient "github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/ticaga-mock/ticaga-mock/mock"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/cluster"
	"github.com/ticaga-mock/ticaga-mock/mock/log"
	"github.com/ticaga-mock/ticaga-mock/mock/log/file"
	"github.com/ticaga-mock/ticaga-mock/mock/log/nats"
)

func TestMain(m *testing.M) {
	cluster.Main()
	os.Exit(m.Run())
}

// turn is how long one target has the machine. All targets take turns, so that a noisy machine is noisy for all.
const turn = 300 * time.Millisecond

// target is one or more servers, which share their worlds.
type target struct {
	name      string
	addresses []string
	bare      *target // to compare with; nil for none

	ratios   []float64
	requests int
	spent    time.Duration
	waits    []time.Duration
}

// BenchmarkEngines compares what keeps worlds: requests a second and the 99th percentile of the time to the answer,
// of writing requests from 1 and 32 connections, to one world, or to 100 of which each connection has its share.
// JetStream is a cluster of three nodes on this machine that each keep a copy of the stream. Beside it are bare
// handlers, as many as there are mocks, that publish one acknowledged message of the same size for each request;
// "ratio" is the median over the turns. It is a report, and no gate.
func BenchmarkEngines(b *testing.B) {
	nodes := cluster.Start(b, 3, cluster.Options{})
	targets := []*target{
		{name: "memory", addresses: served(b, nil)},
		{name: "file, always", addresses: served(b, inFile(b, file.Always))},
		{name: "file, interval", addresses: served(b, inFile(b, file.Interval))},
	}
	for n := 1; n <= 3; n++ {
		handlers := &target{name: fmt.Sprintf("%d bare", n)}
		shared := &target{name: fmt.Sprintf("JetStream, %d", n), bare: handlers}
		for range n {
			shared.addresses = append(shared.addresses, served(b, inStream(b, nodes, fmt.Sprintf("mocks-%d", n)))...)
			handlers.addresses = append(handlers.addresses, barePublisher(b, nodes, fmt.Sprintf("bare-%d", n)))
		}
		targets = append(targets, shared)
	}
	for _, worlds := range []int{1, 100} {
		for _, connections := range []int{1, 32} {
			b.Run(fmt.Sprintf("connections=%d/worlds=%d", connections, worlds), func(b *testing.B) {
				for _, t := range targets {
					t.compare(b, connections, worlds) // creates the worlds
					t.forget()
				}
				b.ResetTimer()
				for b.Loop() {
					for _, t := range targets {
						t.compare(b, connections, worlds)
					}
				}
				b.ReportMetric(0, "ns/op") // a turn's length says nothing
				b.Log("\n" + table(targets))
			})
		}
	}
}

// table shows what the targets did. A benchmark may log ten lines.
func table(targets []*target) string {
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintln(w, "engine, mocks\treq/s\tp50 ms\tp99 ms\tbare req/s\tp99 ms\tratio\t")
	for _, t := range targets {
		_, _ = fmt.Fprintf(w, "%s\t%.0f\t%.2f\t%.2f\t", t.name, t.rate(), t.wait(50), t.wait(99))
		if t.bare != nil {
			slices.Sort(t.ratios)
			_, _ = fmt.Fprintf(w, "%.0f\t%.2f\t%.2f\t", t.bare.rate(), t.bare.wait(99), t.ratios[len(t.ratios)/2])
		}
		_, _ = fmt.Fprintln(w)
	}
	_ = w.Flush()
	return text.String()
}

// rate returns requests a second.
func (t *target) rate() float64 { return float64(t.requests) / t.spent.Seconds() }

// wait returns a percentile of the time to the answer, in milliseconds.
func (t *target) wait(percentile int) float64 {
	slices.Sort(t.waits)
	return float64(t.waits[len(t.waits)*percentile/100].Microseconds()) / 1000
}

// compare gives a target its turn, and before it the one to compare with.
func (t *target) compare(b *testing.B, connections, worlds int) {
	b.Helper()
	if t.bare == nil {
		t.load(b, connections, worlds)
		return
	}
	bare := t.bare.load(b, connections, worlds)
	t.ratios = append(t.ratios, float64(t.load(b, connections, worlds))/float64(bare))
}

// forget forgets what was measured.
func (t *target) forget() {
	t.requests, t.spent, t.waits, t.ratios = 0, 0, nil, nil
	if t.bare != nil {
		t.bare.forget()
	}
}

// served serves a mock, and returns its address.
func served(b *testing.B, keep log.Log) []string {
	b.Helper()
	desk, err := mock.New(mock.Options{Log: keep})
	if err != nil {
		b.Fatal(err)
	}
	server := httptest.NewServer(desk)
	b.Cleanup(func() {
		server.Close()
		_ = desk.Close()
	})
	if err := desk.Ready(b.Context()); err != nil {
		b.Fatal(err)
	}
	return []string{server.Listener.Addr().String()}
}

func inFile(b *testing.B, sync file.Sync) log.Log {
	b.Helper()
	l, err := file.Open(filepath.Join(b.TempDir(), "worlds.db"), file.Options{Sync: sync})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = l.Close() })
	return l
}

func inStream(b *testing.B, nodes *cluster.Cluster, stream string) log.Log {
	b.Helper()
	l, err := nats.Open(b.Context(), nats.Config{Servers: nodes.Servers(), Stream: stream, Replicas: len(nodes.Nodes)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = l.Close() })
	return l
}

// recordSize is about how large the record of a request is, in bytes.
const recordSize = 1000

// barePublisher serves a handler that decodes a form, publishes a message, and answers when it is acknowledged. It
// returns its address.
func barePublisher(b *testing.B, nodes *cluster.Cluster, stream string) string {
	b.Helper()
	nc, err := natsclient.Connect(strings.Join(nodes.Servers(), ","), natsclient.MaxReconnects(-1))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(nc.Close)
	js, err := jetstream.New(nc)
	if err != nil {
		b.Fatal(err)
	}
	_, err = js.CreateOrUpdateStream(b.Context(), jetstream.StreamConfig{
		Name: stream, Subjects: []string{stream + ".>"}, Storage: jetstream.FileStorage, Replicas: len(nodes.Nodes),
		MaxMsgsPerSubject: 1000, // so that it does not grow without end, as a log of worlds does not
	})
	if err != nil {
		b.Fatal(err)
	}
	message := bytes.Repeat([]byte("x"), recordSize)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		if _, err := js.Publish(context.WithoutCancel(r.Context()), stream+"."+strings.Split(r.URL.Path, "/")[2], message); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"user":true}`))
	}))
	b.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// load sends requests over some connections for a turn, and returns how many were answered.
func (t *target) load(b *testing.B, connections, worlds int) int {
	b.Helper()
	var mu sync.Mutex
	var wg sync.WaitGroup
	total, began := 0, time.Now()
	deadline := began.Add(turn)
	for i := range connections {
		wg.Go(func() {
			waits, err := hammer(t.addresses[i%len(t.addresses)], i, max(worlds/connections, 1), deadline)
			if err != nil {
				b.Errorf("%s: %v", t.name, err)
			}
			mu.Lock()
			defer mu.Unlock()
			t.waits = append(t.waits, waits...)
			total += len(waits)
		})
	}
	wg.Wait()
	t.requests += total
	t.spent += time.Since(began)
	return total
}

// hammer sends requests one after the other over a connection, to one of its worlds after the other.
func hammer(addr string, connection, worlds int, deadline time.Time) (waits []time.Duration, err error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }()
	reader := bufio.NewReader(conn)
	const body = "ticaga_id=8&billing_id=42&billing_system=blesta"
	if worlds == 1 {
		connection = 0
	}
	for i := 0; ; i++ {
		began := time.Now()
		if began.After(deadline) {
			return waits, nil
		}
		_, err := fmt.Fprintf(conn, "POST /w/w%d-%d/api/customers/assign HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer demo-token\r\nAccept: application/json\r\n"+
			"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s", connection, i%worlds, addr, len(body), body)
		if err == nil {
			err = skipAnswer(reader)
		}
		if err != nil {
			return waits, err
		}
		waits = append(waits, time.Since(began))
	}
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
