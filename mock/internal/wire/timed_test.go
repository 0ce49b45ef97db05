package wire

import (
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"testing"
	"time"
)

// counted counts the deadlines that a connection gets.
type counted struct {
	net.Conn
	reading, writing atomic.Int64
}

func (c *counted) SetReadDeadline(at time.Time) error {
	c.reading.Add(1)
	return c.Conn.SetReadDeadline(at)
}

func (c *counted) SetWriteDeadline(at time.Time) error {
	c.writing.Add(1)
	return c.Conn.SetWriteDeadline(at)
}

// pipe returns both ends of a connection, of which the first is timed.
func pipe(t *testing.T) (here *timed, there net.Conn, passed *counted) {
	t.Helper()
	one, other := net.Pipe()
	t.Cleanup(func() { _, _ = one.Close(), other.Close() })
	passed = &counted{Conn: one}
	return newTimed(passed), other, passed
}

func in(d time.Duration) time.Time { return time.Now().Add(d) }

var (
	never   = time.Time{}
	longAgo = time.Unix(1, 0)
)

// TestDeadlines: a read ends at the deadline that was set last, whatever was set before, and whether it had begun.
func TestDeadlines(t *testing.T) {
	const soon, later, far = 30 * time.Millisecond, 90 * time.Millisecond, time.Hour
	for name, c := range map[string]struct {
		before, during []time.Duration // 0 for none, negative for long ago
		end            time.Duration
	}{
		"one":                       {[]time.Duration{soon}, nil, soon},
		"a later one":               {[]time.Duration{soon, later}, nil, later},
		"two later ones":            {[]time.Duration{soon, soon + 1, later}, nil, later},
		"an earlier one":            {[]time.Duration{far, soon}, nil, soon},
		"none, then one":            {[]time.Duration{soon, 0, later}, nil, later},
		"at once":                   {[]time.Duration{far, -1}, nil, 0},
		"no longer at once":         {[]time.Duration{far, -1, later}, nil, later},
		"later than before":         {[]time.Duration{soon, -1, later}, nil, later},
		"at once, twice":            {[]time.Duration{soon, -1, -1, 0, later}, nil, later},
		"later, while it reads":     {[]time.Duration{soon}, []time.Duration{later}, later},
		"earlier, while it reads":   {[]time.Duration{far}, []time.Duration{soon}, soon},
		"at once, while it reads":   {[]time.Duration{0}, []time.Duration{-1}, 0},
		"one after all":             {nil, []time.Duration{soon}, soon},
		"earlier than one to come":  {[]time.Duration{soon, far}, []time.Duration{later}, later},
		"at once, although one is":  {[]time.Duration{soon, far}, []time.Duration{-1}, 0},
		"the first of several ones": {[]time.Duration{later, far, soon}, nil, soon},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			here, _, _ := pipe(t)
			began := time.Now()
			set := func(all []time.Duration) {
				for _, d := range all {
					at := began.Add(d)
					if d == 0 {
						at = never
					} else if d < 0 {
						at = longAgo
					}
					if err := here.SetReadDeadline(at); err != nil {
						t.Error(err)
					}
				}
			}
			set(c.before)
			go func() {
				time.Sleep(5 * time.Millisecond)
				set(c.during)
			}()
			_, err := here.Read(make([]byte, 1))
			if took := time.Since(began); !errors.Is(err, os.ErrDeadlineExceeded) || took < c.end || took > c.end+10*time.Second {
				t.Errorf("got %v after %v, want %v after %v", err, took, os.ErrDeadlineExceeded, c.end)
			}
		})
	}
}

// TestNoDeadline: what is sent after a deadline that is no longer wanted arrives.
func TestNoDeadline(t *testing.T) {
	for name, set := range map[string][]time.Time{
		"none":         {never},
		"later":        {in(10 * time.Millisecond), in(time.Hour)},
		"taken back":   {in(10 * time.Millisecond), never},
		"not any more": {in(10 * time.Millisecond), longAgo, never},
	} {
		t.Run(name, func(t *testing.T) {
			here, there, _ := pipe(t)
			for _, at := range set {
				if err := here.SetDeadline(at); err != nil {
					t.Fatal(err)
				}
			}
			go func() {
				time.Sleep(40 * time.Millisecond)
				_, _ = there.Write([]byte("x"))
				_, _ = io.ReadFull(there, make([]byte, 10))
			}()
			if n, err := here.Read(make([]byte, 10)); n != 1 || err != nil {
				t.Errorf("read: got %d bytes, %v; want 1", n, err)
			}
			if n, err := here.Write([]byte("0123456789")); n != 10 || err != nil {
				t.Errorf("write: got %d bytes, %v; want 10", n, err)
			}
		})
	}
}

// failing is a connection that has timed out for ever, as one of TLS may.
type failing struct {
	net.Conn
	reads int
}

func (f *failing) Read([]byte) (int, error) {
	f.reads++
	return 0, os.ErrDeadlineExceeded
}

// TestATimeoutWithoutEnd is an error, however late the deadline is.
func TestATimeoutWithoutEnd(t *testing.T) {
	one, _, _ := pipe(t)
	never := &failing{Conn: one.Conn}
	here := newTimed(never)
	for _, d := range []time.Duration{time.Minute, time.Hour, 2 * time.Hour} {
		_ = here.SetReadDeadline(in(d))
	}
	if _, err := here.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) || never.reads != 2 {
		t.Errorf("got %v after %d reads, want %v after 2", err, never.reads, os.ErrDeadlineExceeded)
	}
}

// TestAWriteEnds at its deadline, and says how much was written.
func TestAWriteEnds(t *testing.T) {
	here, there, _ := pipe(t)
	_, _ = here.SetWriteDeadline(in(10*time.Millisecond)), here.SetWriteDeadline(in(60*time.Millisecond))
	go func() { _, _ = io.ReadFull(there, make([]byte, 3)) }()
	if n, err := here.Write([]byte("0123456789")); n != 3 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("got %d bytes, %v; want 3, %v", n, err, os.ErrDeadlineExceeded)
	}
}

// TestFewDeadlinesArePassedOn: of the four of reading that net/http sets for each request, two are.
func TestFewDeadlinesArePassedOn(t *testing.T) {
	here, there, passed := pipe(t)
	go func() {
		for {
			if _, err := there.Write([]byte("x")); err != nil {
				return
			}
		}
	}()
	const requests = 100
	for range requests {
		_ = here.SetReadDeadline(in(100 * time.Minute)) // until the next request
		if _, err := here.Read(make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
		_ = here.SetReadDeadline(in(time.Minute))      // of the head
		_ = here.SetWriteDeadline(in(2 * time.Minute)) // of the answer
		_ = here.SetReadDeadline(longAgo)              // ends the read that waits for the client to leave
		_ = here.SetReadDeadline(never)                // so that there can be another
	}
	if reading, writing := passed.reading.Load(), passed.writing.Load(); reading > 2*requests+2 || writing != requests {
		t.Errorf("passed %d on for reading and %d for writing, want about %d and %d", reading, writing, 2*requests, requests)
	}
}

// TestTimeoutsOfAServer: net/http still ends what takes too long, on a connection that was used before.
func TestTimeoutsOfAServer(t *testing.T) {
	for name, rest := range map[string]string{"idle": "", "half of a head": "GET / HTTP/1.1\r\nHost: a"} {
		t.Run(name, func(t *testing.T) {
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			watch := New(func(Refusal) []string { return nil })
			server := &http.Server{Handler: http.NotFoundHandler(), ReadTimeout: 200 * time.Millisecond, IdleTimeout: 300 * time.Millisecond, WriteTimeout: time.Minute}
			watch.Attach(server)
			go func() { _ = server.Serve(watch.Listener(listener)) }()
			defer func() { _ = server.Close() }()
			client, err := net.Dial("tcp", listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = client.Close() }()
			_ = client.SetDeadline(in(time.Minute))
			for range 10 { // longer than one of them alone may take
				if _, err := client.Write([]byte("GET / HTTP/1.1\r\nHost: a\r\n\r\n")); err != nil {
					t.Fatal(err)
				}
				if n, err := client.Read(make([]byte, 4096)); n < 100 || err != nil {
					t.Fatalf("got %d bytes, %v; want an answer", n, err)
				}
				time.Sleep(50 * time.Millisecond)
			}
			began := time.Now()
			_, _ = client.Write([]byte(rest))
			if _, err := io.ReadAll(client); err != nil {
				t.Errorf("got %v, want the end of the connection", err)
			}
			if took := time.Since(began); took < 100*time.Millisecond || took > 30*time.Second {
				t.Errorf("the connection ended after %v, want a third of a second", took)
			}
		})
	}
}
