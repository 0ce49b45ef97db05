package wire

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// TestHead: bytes are passed on up to the end of the head, however they come.
func TestHead(t *testing.T) {
	for _, c := range []struct{ sent, head string }{
		{"GET / HTTP/1.1\r\nHost: a\r\n\r\nbody", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"},
		{"GET / HTTP/1.1\nHost: a\n\nbody", "GET / HTTP/1.1\nHost: a\n\n"},
		{"\r\n\r\nGET / HTTP/1.1\r\n\r\nbody", "\r\n\r\nGET / HTTP/1.1\r\n\r\n"},
		{"GET / HTTP/1.1\r\n \r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\n \r\nHost: a\r\n\r\n"}, // a folded line
		{"GET / HTTP/1.1\r\nx\r\n\r\nbody", "GET / HTTP/1.1\r\nx\r\n\r\n"},
	} {
		for size := 1; size <= len(c.sent); size++ {
			var h head
			passed := 0
			for part := range slices.Chunk([]byte(c.sent), size) {
				n := h.add(part)
				passed += n
				if n < len(part) || h.whole {
					break
				}
			}
			if passed != len(c.head) || string(h.first) != c.head || !h.whole || h.size != int64(len(c.head)) {
				t.Errorf("%q in parts of %d: passed %d bytes, kept %q; want passed %d, first %q, whole true, size %d", c.sent, size, passed, h.first, len(c.head), c.head, int64(len(c.head)))
			}
		}
	}
}

// TestHeadIsBounded: the rest is counted.
func TestHeadIsBounded(t *testing.T) {
	var h head
	h.add([]byte("GET / HTTP/1.1\r\nX: "))
	for range 100 {
		h.add([]byte(strings.Repeat("x", 1000)))
	}
	if number, length := h.longestLine(); len(h.first) != maxHead || h.size != 100_019 || number != 2 || length != 100_003 {
		t.Errorf("kept %d of %d bytes; line %d has %d; want %d of 100019, line 2 with 100003", len(h.first), h.size, number, length, maxHead)
	}
}

// TestChunks: a body ends where its last chunk and its trailers do, however it comes.
func TestChunks(t *testing.T) {
	for _, body := range []string{
		"0\r\n\r\n",
		"1\r\na\r\n0\r\n\r\n",
		"B\r\nticket_id=1\r\n0\r\n\r\n",
		"b;name=value\r\nticket_id=1\r\n0;last\r\n\r\n",
		"3\r\n\r\n0\r\n0\r\nX-Sum: 0\r\nX: 1\r\n\r\n", // data that looks like the end
		"00a\n0123456789\n0\n\n",
		"10\r\n" + strings.Repeat("\n", 16) + "\r\n0\r\n\r\n",
	} {
		sent := body + "GET / HTTP/1.1\r\n"
		for size := 1; size <= len(sent); size++ {
			var c chunks
			passed, end := 0, false
			for part := range slices.Chunk([]byte(sent), size) {
				var n int
				n, end = c.follow(part)
				passed += n
				if end {
					break
				}
			}
			if passed != len(body) || !end {
				t.Errorf("%q in parts of %d: ended %v after %d bytes; want passed %d, end true", body, size, end, passed, len(body))
			}
		}
	}
}

func TestTolerate(t *testing.T) {
	for head, want := range map[string]tolerated{
		"GET / HTTP/1.1\r\nHost: a\r\n\r\n":                                                               {},
		"GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n":                                                            {folded: true},
		"GET / HTTP/1.1\r\nA: b\r\n\tc\r\n\r\n":                                                           {folded: true},
		"GET / HTTP/1.1\r\ncontent-length: 1\r\nContent-Length: 1\r\nTE: x\r\n\r\n":                       {lengths: 2},
		"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nCONTENT-LENGTH: 1\r\nContent-Lengths: 1\r\n\r\n": {lengths: 1, chunked: true},
		"GET / HTTP/1.1\nHost: a\r\n\r\n":                                                                 {bare: true},
		"GET / HTTP/1.1\r\nHost: a\n\r\n":                                                                 {bare: true},
		"GET / HTTP/1.1\r\nHost: a\r\n\n":                                                                 {bare: true},
		"\nGET / HTTP/1.1\r\n\r\n":                                                                        {bare: true},
		"GET / HTTP/1.1\r\nHost: a\r\nhalf of a li":                                                       {},
		"GET /Content-Length: HTTP/1.1\r\nX: Content-Length: 1, Transfer-Encoding: chunked\r\nC:\r\n\r\n": {},
	} {
		t.Run(head[:min(len(head), 60)], func(t *testing.T) {
			if got := tolerate([]byte(head)); got != want {
				t.Errorf("%q: got %+v, want %v", head, got, want)
			}
		})
	}
}

// FuzzRefusal: whatever comes is explained, in a few lines that a terminal can show, and a target
// in printable ASCII.
func FuzzRefusal(f *testing.F) {
	for _, head := range []string{
		"GET /api/departments/get/100% HTTP/1.1\r\nHost: a\r\n\r\n", "\x16\x03\x01", "\x80\x2e\x01\x03", "\x05\x01\x00", "SSH-2.0-x\r\n", "PRI * HTTP/2.0\r\n\r\n",
		"GET  HTTP/1.1\r\n: x\r\n y\r\nA B: \x00\r\nContent-Length: -1\r\nContent-Length: 2\r\nTransfer-Encoding: gzip\r\nExpect: x\r\n\r\n",
		"GET http://[::1/%zz?a b HTTP/1.1\r\n\r\n", "", "\r\n\r\n", " ", "a:b", "A: b\r\n", "{\"password\":\"x\"}", "GET", "GET /%", "GET /%2", "\xff\xfe HTTP/9.9\r\n", "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\nA B: c\r\n\r\n",
	} {
		for _, status := range []string{"", "400", "417", "431", "501", "505"} {
			f.Add([]byte(head), status, true, false)
			f.Add([]byte(head), status, false, true)
		}
	}
	f.Fuzz(func(t *testing.T, sent []byte, status string, whole, later bool) {
		r := Refusal{Head: sent[:min(len(sent), maxHead)], Size: int64(len(sent)), Whole: whole, Later: later, LongestLine: 2, LongestLength: len(sent)}
		if status != "" {
			r.Answer = fmt.Appendf(nil, "HTTP/1.1 %s Refused\r\nA: b\r\n\r\nbody", status)
		}
		q, found := r.Request(64 << 10)
		if len(found) == 0 || len(found) > len(sent)+3 {
			t.Errorf("got %d violations, want 1 to %d", len(found), len(sent)+3)
		}
		for _, v := range found {
			if v.Code == "" || v.Severity != spec.Error || v.In == "" || v.Message == "" || v.Expected == "" || v.Got == "" || v.Fix == "" {
				t.Errorf("got violation %+v, want an error with all its texts", v)
			}
			for _, text := range []string{v.At, v.Message, v.Expected, v.Got} {
				if badIndex(text, printable) >= 0 || len(text) > 500 {
					t.Errorf("got %q, want at most 500 printable bytes", text)
				}
			}
		}
		if badIndex(q.Target+q.Query+q.Method, func(c byte) bool { return c > ' ' && c < 0x7f }) >= 0 {
			t.Errorf("got %q %q %q, want no control characters", q.Method, q.Target, q.Query)
		}
		_, _ = r.Reply()
		tolerate(sent)
	})
}

func printable(c byte) bool { return c >= ' ' && c < 0x7f }

// BenchmarkConn is what watching costs one request: its bytes passed on, and its answer let through.
func BenchmarkConn(b *testing.B) {
	const head = "POST /api/customers/assign HTTP/1.1\r\nHost: 127.0.0.1:4280\r\nAuthorization: Bearer demo-token\r\nAccept: application/json\r\n" +
		"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 46\r\n\r\n"
	const body = "ticaga_id=8&billing_id=42&billing_system=blest"
	for name, sent := range map[string]string{"get": strings.Replace(head, "46", "0", 1), "post": head + body} {
		b.Run(name, func(b *testing.B) {
			c := &conn{Conn: repeated(sent), watch: New(nil)}
			p := make([]byte, 4096)
			b.ReportAllocs()
			for b.Loop() {
				n, _ := c.Read(p)
				c.begin(int64(len(sent) - n))
				if n < len(sent) {
					_, _ = c.Read(p)
				}
				_, _ = c.Write(p[:100])
				c.finish()
			}
			if c.heads != c.handled || c.refused {
				b.Errorf("%d heads, %d handled; want heads %d, refused false", c.heads, c.handled, c.handled)
			}
		})
	}
}

// repeated is a connection on which the same comes again and again.
type repeated string

func (r repeated) Read(p []byte) (int, error)       { return copy(p, r), nil }
func (r repeated) Write(p []byte) (int, error)      { return len(p), nil }
func (r repeated) Close() error                     { return nil }
func (r repeated) LocalAddr() net.Addr              { return nil }
func (r repeated) RemoteAddr() net.Addr             { return nil }
func (r repeated) SetDeadline(time.Time) error      { return nil }
func (r repeated) SetReadDeadline(time.Time) error  { return nil }
func (r repeated) SetWriteDeadline(time.Time) error { return nil }
