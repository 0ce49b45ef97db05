package mock

import (
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestListenLoopback: IPv6 takes the place of an IPv4 that the machine does not have, and of no
// other failure.
func TestListenLoopback(t *testing.T) {
	for name, c := range map[string]struct {
		fails map[string]error // by address
		asked []string
		err   bool
	}{
		"both":        {nil, []string{"127.0.0.1:7"}, false},
		"no address":  {map[string]error{"127.0.0.1:7": syscall.EADDRNOTAVAIL}, []string{"127.0.0.1:7", "[::1]:7"}, false},
		"no IPv4":     {map[string]error{"127.0.0.1:7": syscall.EAFNOSUPPORT}, []string{"127.0.0.1:7", "[::1]:7"}, false},
		"port in use": {map[string]error{"127.0.0.1:7": syscall.EADDRINUSE}, []string{"127.0.0.1:7"}, true},
		"forbidden":   {map[string]error{"127.0.0.1:7": syscall.EACCES}, []string{"127.0.0.1:7"}, true},
		"neither":     {map[string]error{"127.0.0.1:7": syscall.EADDRNOTAVAIL, "[::1]:7": syscall.EADDRINUSE}, []string{"127.0.0.1:7", "[::1]:7"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			var asked []string
			_, err := listenLoopback(func(network, address string) (net.Listener, error) {
				asked = append(asked, address)
				if cause := c.fails[address]; cause != nil {
					return nil, &net.OpError{Op: "listen", Net: network, Err: os.NewSyscallError("bind", cause)}
				}
				return nil, nil
			}, 7)
			if !slices.Equal(asked, c.asked) || (err != nil) != c.err {
				t.Errorf("listened on %v: got %v; want %v, an error %t", asked, err, c.asked, c.err)
			}
			for _, cause := range c.fails {
				if c.err && !errors.Is(err, cause) {
					t.Errorf("got error %v, want one that wraps %v", err, cause)
				}
			}
		})
	}
}

// TestListenEverywhere: [::] is not 0.0.0.0 on a machine without IPv4.
func TestListenEverywhere(t *testing.T) {
	for _, c := range []struct {
		address, got, answers, want string
		sixFails                    bool
	}{
		{address: "[::]:7", got: "[::]:7", want: "[::]:7"},
		{address: "[::]:0", got: "0.0.0.0:7", want: "[::]:7"},
		{address: ":7", got: "0.0.0.0:7", want: "[::]:7"},
		{address: "[::]:7", got: "0.0.0.0:7", answers: "127.0.0.1:7", want: "0.0.0.0:7"}, // no IPv6
		{address: ":7", got: "0.0.0.0:7", want: "0.0.0.0:7", sixFails: true},
		{address: "0.0.0.0:7", got: "0.0.0.0:7", want: "0.0.0.0:7"},
		{address: "127.0.0.1:7", got: "127.0.0.1:7", want: "127.0.0.1:7"},
	} {
		open := map[string]bool{}
		opened := func(network, address string) (net.Listener, error) {
			if network == "tcp" {
				address = c.got
			} else if c.sixFails {
				return nil, syscall.EAFNOSUPPORT
			}
			tcp, err := net.ResolveTCPAddr("tcp", address)
			open[tcp.String()] = true
			return stubListener{addr: tcp, open: open}, err
		}
		listener, err := listen(opened, answering(c.answers), c.address)
		if err != nil || listener.Addr().String() != c.want || !open[c.want] || len(open) != 1 {
			t.Errorf("%+v: got %v of %v, %v; want %s alone", c, listener, open, err, c.want)
		}
	}
}

// stubListener is a port on a machine that this one is not.
type stubListener struct {
	net.Listener
	addr net.Addr
	open map[string]bool
}

func (l stubListener) Addr() net.Addr { return l.addr }

func (l stubListener) Close() error {
	delete(l.open, l.addr.String())
	return nil
}

// answering dials addresses of which some answer.
func answering(addresses string) dialFunc {
	return func(_, address string, _ time.Duration) (net.Conn, error) {
		if slices.Contains(strings.Fields(addresses), address) {
			return &net.TCPConn{}, nil
		}
		return nil, fmt.Errorf("nobody answers at %s", address)
	}
}

func TestBaseURL(t *testing.T) {
	for _, c := range []struct {
		address, answers, want string
	}{
		{"127.0.0.1:4280", "", "http://127.0.0.1:4280"},
		{"192.0.2.7:4280", "", "http://192.0.2.7:4280"},
		{"0.0.0.0:1", "", "http://127.0.0.1:1"},
		{"[::1]:3", "", "http://[::1]:3"},
		{"[::]:2", "127.0.0.1:2 [::1]:2", "http://127.0.0.1:2"},
		{"[::]:2", "[::1]:2", "http://[::1]:2"},
		{"[::]:2", "", "http://localhost:2"},
	} {
		t.Run(c.address+", answered at "+c.answers, func(t *testing.T) {
			tcp, err := net.ResolveTCPAddr("tcp", c.address)
			if err != nil {
				t.Fatal(err)
			}
			if got := baseURL(answering(c.answers), tcp); got != c.want {
				t.Errorf("%s, answered at %q: got %s, want %s", c.address, c.answers, got, c.want)
			}
		})
	}
}
