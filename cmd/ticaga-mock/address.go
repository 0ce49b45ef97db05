package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/pflag"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

const (
	defaultHost = "127.0.0.1"
	defaultPort = 4280
)

// addressFlags say where a server listens, and with which certificate.
type addressFlags struct {
	addr string
	host string
	port int

	tls     bool
	tlsCert string // files
	tlsKey  string
	tlsSave string

	set *pflag.FlagSet
}

func (f *addressFlags) add(flags *pflag.FlagSet) {
	f.addAddress(flags)
	f.addTLS(flags)
}

func (f *addressFlags) addAddress(flags *pflag.FlagSet) {
	f.set = flags
	flags.StringVar(&f.addr, "addr", net.JoinHostPort(defaultHost, strconv.Itoa(defaultPort)), "`host:port` to listen on, or unix:PATH for a socket; port 0 chooses a free one")
	flags.StringVar(&f.host, "host", defaultHost, "`host` or IP address to listen on; 0.0.0.0 for all; the host of --addr")
	flags.IntVarP(&f.port, "port", "p", defaultPort, "`port` to listen on, 0 to 65535; the port of --addr")
	// Kubernetes gives every container TICAGA_MOCK_PORT=tcp://10.0.0.1:80 when a service is called ticaga-mock.
	typedOnly(flags, "port", "host")
}

func (f *addressFlags) addTLS(flags *pflag.FlagSet) {
	flags.BoolVar(&f.tls, "tls", false, "serve https, with a certificate that is made at the start, unless --tls-cert names one")
	flags.StringVar(&f.tlsCert, "tls-cert", "", "PEM `file` with the certificate for https, and those of its issuers")
	flags.StringVar(&f.tlsKey, "tls-key", "", "PEM `file` with the key of --tls-cert")
	flags.StringVar(&f.tlsSave, "tls-save", "", "write the certificate that --tls makes to this `file`, for clients that are to trust it")
}

// address returns what to listen on: the value for net.Listen, or the path of a socket. isDefault reports that
// nobody chose a host, so that loopback may be IPv4 or IPv6.
func (f *addressFlags) address() (address string, isSocket, isDefault bool, err error) {
	parts := f.set.Changed("host") || f.set.Changed("port")
	path, isSocket := strings.CutPrefix(f.addr, "unix:")
	switch {
	case parts && f.set.Changed("addr") && !fromTwin(f.set, "addr"):
		return "", false, false, fmt.Errorf("--addr %q says host and port; leave out --host and --port", f.addr)
	case f.port < 0 || f.port > 65535:
		return "", false, false, fmt.Errorf("--port %d: must be 0 to 65535", f.port)
	case f.set.Changed("host") && strings.Trim(f.host, "[]") == "":
		return "", false, false, errors.New("--host is empty; give a host or an IP address, such as 0.0.0.0")
	case parts:
		address, isDefault = f.combined()
		return address, false, isDefault, nil
	case f.addr == "": // net.Listen would listen on every address
		return "", false, false, errors.New("--addr is empty; give host:port")
	case isSocket && path == "":
		return "", true, false, errors.New("--addr \"unix:\": give the path of the socket too, such as unix:/run/ticaga-mock.sock")
	}
	return cmp.Or(path, f.addr), isSocket, !f.set.Changed("addr"), nil
}

// combined returns the address when --host or --port is typed. The other part comes from TICAGA_MOCK_ADDR if that has
// one: an image that listens everywhere still does so on another port.
func (f *addressFlags) combined() (address string, isDefault bool) {
	host, port := strings.Trim(f.host, "[]"), strconv.Itoa(f.port)
	isDefault = !f.set.Changed("host")
	if h, p, err := net.SplitHostPort(f.addr); err == nil && fromTwin(f.set, "addr") && !strings.HasPrefix(f.addr, "unix:") {
		if !f.set.Changed("host") {
			host, isDefault = h, false
		}
		if !f.set.Changed("port") {
			port = p
		}
	}
	return net.JoinHostPort(host, port), isDefault
}

// asTyped names the flags that chose the address and their values, for an error.
func (f *addressFlags) asTyped() string {
	var typed []string
	if f.set.Changed("host") {
		typed = append(typed, fmt.Sprintf("--host %q", f.host))
	}
	if f.set.Changed("port") {
		typed = append(typed, fmt.Sprintf("--port %d", f.port))
	}
	return cmp.Or(strings.Join(typed, " "), fmt.Sprintf("--addr %q", f.addr))
}

// isLocal reports whether only programs of this machine can reach the server. That of a command without these flags, such
// as pact verify, is for the command itself.
func (f *addressFlags) isLocal() bool {
	if f.set == nil {
		return true
	}
	address, isSocket, _, err := f.address()
	if isSocket || err != nil {
		return true
	}
	host, _, err := net.SplitHostPort(address)
	ip := net.ParseIP(host)
	return err != nil || host == "localhost" || ip != nil && ip.IsLoopback()
}

// listen opens the port or the socket.
func (f *addressFlags) listen() (net.Listener, error) {
	address, isSocket, isDefault, err := f.address()
	if err != nil {
		return nil, err
	}
	var listener net.Listener
	switch {
	case isSocket:
		listener, err = listenOnSocket(address)
	case isDefault:
		_, port, _ := net.SplitHostPort(address)
		number, _ := strconv.Atoi(port)
		listener, err = mock.ListenLoopback(number)
	default:
		listener, err = mock.Listen(address)
	}
	switch {
	case errors.Is(err, syscall.EADDRINUSE) && isSocket:
		return nil, fmt.Errorf("%s: another program listens there; end it, or choose another path", f.asTyped())
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("%s: another program listens at %s; end it, or choose a free port with --port 0; `ticaga-mock doctor` says which program it is", f.asTyped(), address)
	case err != nil:
		return nil, fmt.Errorf("%s: cannot listen: %w", f.asTyped(), err)
	}
	return listener, nil
}

// listenOnSocket listens on a Unix socket. A socket that a program has left behind when it was killed is replaced; one
// that answers, and anything else with that name, is not.
func listenOnSocket(path string) (net.Listener, error) {
	const longest = 103 // macOS has the least room
	if len(path) > longest {
		return nil, fmt.Errorf("the path has %d bytes, and may have %d", len(path), longest)
	}
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	case info.Mode().Type() != fs.ModeSocket:
		return nil, errors.New("the file exists and is not a socket")
	default:
		conn, err := net.DialTimeout("unix", path, time.Second)
		if err == nil {
			_ = conn.Close()
			return nil, syscall.EADDRINUSE
		}
		if errors.Is(err, syscall.ECONNREFUSED) {
			_ = os.Remove(path) // if that fails, so does listening
		}
	}
	return net.Listen("unix", path)
}

// place is where a server can be reached.
type place struct {
	url         string // base URL for a plugin's settings
	socket      string // path of a Unix socket, on which the URL's host does not matter; "" for none
	warning     string // about the certificate: clients will reject it; "" for none
	fingerprint string // of a certificate that was made at the start: SHA-256, in hex; "" for none
}

// controlURL is the value of --url for the commands of this program.
func (p place) controlURL() string {
	if p.socket != "" {
		return "unix:" + p.socket
	}
	return p.url
}

// start serves what comes to a listener, and returns where that is. What ends the server comes from ended.
func (f *addressFlags) start(ctx context.Context, desk *mock.Server, listener net.Listener, names []string) (p place, ended <-chan error, err error) {
	pair, err := unlessStopped(ctx, func() (*serverCertificate, error) { return f.certificate(listener.Addr(), names) })
	if err != nil {
		return place{}, nil, err
	}
	p = place{url: mock.BaseURL(listener.Addr())}
	if socket, ok := listener.Addr().(*net.UnixAddr); ok {
		p.socket = socket.Name
	}
	done := make(chan error, 1)
	if pair == nil {
		go func() { done <- desk.Serve(listener) }()
		return p, done, nil
	}
	p.url, p.fingerprint = "https"+strings.TrimPrefix(p.url, "http"), pair.fingerprint
	p.warning = invalidity(pair.Leaf, time.Now())
	go func() {
		done <- desk.ServeTLS(listener, &tls.Config{Certificates: []tls.Certificate{pair.Certificate}})
	}()
	return p, done, nil
}

// certificate returns the certificate for TLS, or nil for plain HTTP. One of --tls-cert has no fingerprint.
func (f *addressFlags) certificate(address net.Addr, names []string) (*serverCertificate, error) {
	switch {
	case (f.tlsCert == "") != (f.tlsKey == ""):
		return nil, errors.New("--tls-cert and --tls-key belong together; give both")
	case f.tlsSave != "" && (!f.tls || f.tlsCert != ""):
		return nil, errors.New("--tls-save writes the certificate that --tls makes; use it with --tls, and without --tls-cert")
	case f.tlsCert != "":
		pair, err := readPair(f.tlsCert, f.tlsKey)
		if err != nil {
			return nil, fmt.Errorf("--tls-cert %q, --tls-key %q: %w", f.tlsCert, f.tlsKey, err)
		}
		return &serverCertificate{Certificate: pair}, nil
	case !f.tls:
		return nil, nil
	}
	made, err := selfSigned(certificateNames(address, names), time.Now())
	if err == nil && f.tlsSave != "" {
		if err = os.WriteFile(f.tlsSave, made.pem, 0o644); err != nil {
			err = fmt.Errorf("--tls-save: %w", err)
		}
	}
	if err != nil {
		return nil, err
	}
	return &made, nil
}
