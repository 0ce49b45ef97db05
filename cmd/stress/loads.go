package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	asJSON = "application/json"
	asForm = "application/x-www-form-urlencoded"
)

// loads are the ways in which the program was once brought down.
func loads() []load {
	const credentials = "Authorization: Bearer demo-token\r\nAccept: application/json\r\n"
	unread := func(*os.File) {}
	gone := func(pipe *os.File) { _ = pipe.Close() }
	busy := []string{"--scenario", "busy"}
	return []load{
		{"errors", "states of 200,000 and 5,000,000 empty customers", nil, nil, func(ctx context.Context, p *program) string {
			var t tally
			for _, n := range []int{200_000, 5_000_000} {
				state := `{"customers":[` + strings.Repeat("{},", n-1) + "{}]}"
				status, body := ask(p.http, p.request("PUT", "/_mock/worlds/default/state", asJSON, state).WithContext(ctx))
				t.add(fmt.Sprintf("status %d of %d bytes", status, len(body)))
			}
			return t.String()
		}},
		{"one-error", "a department of 2,000,000 empty fields", nil, nil, func(ctx context.Context, p *program) string {
			var t tally
			state := `{"departments":[{"custom_fields":[` + strings.Repeat("{},", 2_000_000-1) + "{}]}]}"
			status, body := ask(p.http, p.request("PUT", "/_mock/worlds/default/state", asJSON, state).WithContext(ctx))
			t.add(fmt.Sprintf("status %d of %d bytes", status, len(body)))
			return t.String()
		}},
		{"unread-log", "20,000 requests while nobody reads stderr", nil, unread, wrongRequests(20_000)},
		{"closed-log", "20,000 requests when the reader of stderr is gone", nil, gone, wrongRequests(20_000)},
		{"no-readers", "1,000 clients that ask for 10,000 tickets and do not read", busy, nil, func(ctx context.Context, p *program) string {
			return p.hold(ctx, 1000, "GET /api/tickets/grab_all HTTP/1.1\r\nHost: localhost\r\n"+credentials+"\r\n")
		}},
		{"changing", "500 clients that do not read, each asking for another list", busy, nil, func(ctx context.Context, p *program) string {
			var t tally
			var open connections
			defer open.close()
			many(ctx, 500, 8, func(int) {
				status, _ := ask(p.http, p.request("POST", "/api/tickets/create", asForm, "customer_id=8&department_slug=sales&subject=S&priority=low&message="+strings.Repeat("x", 1000)))
				t.status(status)
				conn, err := p.connect("GET /api/tickets/grab_all HTTP/1.1\r\nHost: localhost\r\n" + credentials + "\r\n")
				countBroken(err, &t)
				open.add(conn)
			})
			idle(ctx, 3*time.Second)
			return t.String()
		}},
		{"journals", "1,000 clients that ask for the journal and do not read", nil, nil, func(ctx context.Context, p *program) string {
			many(ctx, 300, 8, func(int) {
				_, _ = ask(p.http, p.request("POST", "/api/tickets/info", asForm, "ticket_id=1&x="+strings.Repeat("x", 15_000)))
			})
			return p.hold(ctx, 1000, "GET /_mock/journal HTTP/1.1\r\nHost: localhost\r\n\r\n")
		}},
		{"uploads", "300 uploads without credentials that stop at 900 kB", nil, nil, func(ctx context.Context, p *program) string {
			return p.hold(ctx, 300, "POST /api/tickets/create HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n"+strings.Repeat("x", 900_000))
		}},
		{"big-uploads", "300 uploads that stop at 7 MB", nil, nil, func(ctx context.Context, p *program) string {
			return p.hold(ctx, 300, "POST /api/tickets/create HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n6ACFC0\r\n"+strings.Repeat("x", 6_900_000))
		}},
		{"values", "40 bodies of a million JSON values, 8 at once", nil, nil, func(ctx context.Context, p *program) string {
			var t tally
			body := `{"ticket_id":1,"x":[` + strings.Repeat("1,", 1_000_000) + "1]}"
			many(ctx, 40, 8, func(int) {
				status, _ := ask(p.http, p.request("POST", "/api/tickets/info", asJSON, body).WithContext(ctx))
				t.status(status)
			})
			return t.String()
		}},
		{"fields", "40 bodies of 600,000 unknown fields without credentials, 8 at once", nil, nil, func(ctx context.Context, p *program) string {
			var t tally
			var body strings.Builder
			body.WriteString(`{"ticket_id":1`)
			for i := range 600_000 {
				fmt.Fprintf(&body, `,"f%d":1`, i)
			}
			body.WriteString("}")
			began := time.Now()
			many(ctx, 40, 8, func(int) {
				r := p.request("POST", "/api/tickets/info", asJSON, body.String()).WithContext(ctx)
				r.Header.Del("Authorization")
				status, _ := ask(p.http, r)
				t.status(status)
			})
			return fmt.Sprintf("%s in %s", t.String(), time.Since(began).Round(time.Millisecond))
		}},
		{"worlds", "posts of 15 kB to 250 worlds", nil, nil, func(ctx context.Context, p *program) string {
			var t tally
			body := `{"ticket_id":1,"x":"` + strings.Repeat("x", 15_000) + `"}`
			many(ctx, 250*300, 8, func(i int) {
				status, _ := ask(p.http, p.request("POST", fmt.Sprintf("/w/a%d/api/tickets/info", i%250), asJSON, body).WithContext(ctx))
				t.status(status)
			})
			return t.String()
		}},
		{"state", "300 replies of 1 MB, and the list of them", nil, nil, func(ctx context.Context, p *program) string {
			var t tally
			for range 300 {
				status, _ := ask(p.http, p.request("POST", "/api/responses/create", asForm, "ticket_number=1&user_id=1&content="+strings.Repeat("x", 1_000_000)).WithContext(ctx))
				t.status(status)
			}
			for range 3 {
				status, body := ask(p.http, p.request("POST", "/api/responses/get", asForm, "ticket_id=1").WithContext(ctx))
				t.add(fmt.Sprintf("status %d of a list that ends %.60q", status, body[max(0, len(body)-40):]))
			}
			return t.String()
		}},
		{"grown-worlds", "60 replies of 1 MB to each of 12 worlds that were created by name", nil, nil, func(ctx context.Context, p *program) string {
			var t tally
			for i := range 12 {
				ask(p.http, p.request("POST", "/_mock/worlds", asJSON, fmt.Sprintf(`{"name":"a%d"}`, i)).WithContext(ctx))
				for range 60 {
					status, _ := ask(p.http, p.request("POST", fmt.Sprintf("/w/a%d/api/responses/create", i), asForm, "ticket_number=1&user_id=1&content="+strings.Repeat("x", 1_000_000)).WithContext(ctx))
					t.status(status)
				}
			}
			return t.String()
		}},
		{"waiters", "200 verifies that wait, and requests", nil, nil, func(ctx context.Context, p *program) string {
			var t tally
			many(ctx, 500, 4, func(int) {
				status, _ := ask(p.http, p.request("POST", "/api/tickets/info", asForm, "ticket_id=1"))
				t.status(status)
			})
			waiting, cancel := context.WithTimeout(ctx, 6*time.Second)
			defer cancel()
			var all sync.WaitGroup
			for range 200 {
				all.Go(func() {
					body := `{"operation":"closeTicket","at_least":1000,"within":"5s"}`
					status, _ := ask(&http.Client{}, p.request("POST", "/_mock/verify", asJSON, body).WithContext(waiting))
					t.add(fmt.Sprintf("verify status %d", status))
				})
			}
			all.Wait()
			return t.String()
		}},
		{"streams", "100 event streams that read", nil, nil, func(ctx context.Context, p *program) string {
			const rounds = 4 // in turn, so that a machine that gets busier counts for both
			var alone, beside measured
			var events atomic.Int64
			for range rounds {
				alone.add(p.rate(ctx, time.Second))
				open := p.listen(100, &events)
				beside.add(p.rate(ctx, time.Second))
				open.close()
			}
			lost := 100 * (1 - float64(beside.requests)/float64(alone.requests))
			return fmt.Sprintf("alone %v, beside the streams %v (%.0f %% lost), %d events", alone, beside, lost, events.Load())
		}},
		{"names", "5,000 worlds named by requests without credentials", nil, nil, func(ctx context.Context, p *program) string {
			var t tally
			many(ctx, 5000, 8, func(i int) {
				r := p.request("POST", fmt.Sprintf("/w/a%d/x", i), asForm, "x="+strings.Repeat("x", 15_000))
				r.Header.Del("Authorization")
				status, _ := ask(p.http, r)
				t.status(status)
			})
			status, _ := ask(p.http, p.request("GET", "/w/honest/api/customers/get/8", "", ""))
			t.add(fmt.Sprintf("new world with status %d", status))
			return t.String()
		}},
	}
}

// wrongRequests earn a line of the log each.
func wrongRequests(n int) func(ctx context.Context, p *program) string {
	return func(ctx context.Context, p *program) string {
		var t tally
		many(ctx, n, 4, func(i int) {
			status, _ := ask(p.http, p.request("POST", "/api/customers/assign", asForm, "ticaga_id=8&unknown=x"))
			t.status(status)
		})
		return t.String()
	}
}

// hold opens n connections that send the same and do not read, and keeps them for a while.
func (p *program) hold(ctx context.Context, n int, request string) string {
	var t tally
	var open connections
	defer open.close()
	many(ctx, n, 16, func(int) {
		conn, err := p.connect(request)
		countBroken(err, &t)
		open.add(conn)
	})
	idle(ctx, 4*time.Second)
	t.add("clients at once")
	t.counts["clients at once"] = len(open.all)
	return t.String()
}

// listen opens n event streams, and counts the events that they get.
func (p *program) listen(n int, events *atomic.Int64) *connections {
	var open connections
	for range n {
		conn, err := net.Dial("tcp", p.addr)
		if err != nil {
			continue
		}
		open.add(conn)
		go func() {
			_, _ = io.WriteString(conn, "GET /_mock/worlds/default/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
			for lines := bufio.NewScanner(conn); lines.Scan(); {
				if bytes.HasPrefix(lines.Bytes(), []byte("event: ")) {
					events.Add(1)
				}
			}
		}()
	}
	return &open
}

// measured is what clients that send requests without a pause measure.
type measured struct {
	requests int64
	took     time.Duration
	cpu      time.Duration // of the program: this, unlike requests, hardly depends on what else the machine does
}

func (m *measured) add(more measured) {
	m.requests, m.took, m.cpu = m.requests+more.requests, m.took+more.took, m.cpu+more.cpu
}

func (m measured) String() string {
	return fmt.Sprintf("%.0f requests/s of %.0f us CPU", float64(m.requests)/m.took.Seconds(), float64(m.cpu.Microseconds())/float64(m.requests))
}

// rate measures how many requests four clients can send.
func (p *program) rate(ctx context.Context, d time.Duration) measured {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	var n atomic.Int64
	before, began := p.cpu(), time.Now()
	many(ctx, 1<<30, 4, func(int) {
		if status, _ := ask(p.http, p.request("GET", "/api/customers/get/8", "", "")); status == http.StatusOK {
			n.Add(1)
		}
	})
	return measured{n.Load(), time.Since(began), p.cpu() - before}
}

// connections are open at once.
type connections struct {
	mu  sync.Mutex
	all []net.Conn
}

func (c *connections) add(conn net.Conn) {
	if conn == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all = append(c.all, conn)
}

func (c *connections) close() {
	for _, conn := range c.all {
		_ = conn.Close()
	}
}
