package doctor

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/ticaga-mock/ticaga-mock/cmd/ticaga-mock/internal/term"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// Listener is what listens at an address.
type Listener struct {
	Open  bool            // connections are accepted
	Why   string          // why they are not, unless nobody listens
	Mock  *traffic.Health // it is a ticaga-mock
	HTTP  string          // the status line and the Server header of another web server; "" for none
	TLS   bool            // it speaks TLS
	Owner string          // the program and its process, where the system tells; "" otherwise
}

// Probe asks what listens at host:port, or at the path of a socket on the network unix. It waits up to patience for each
// answer.
func Probe(ctx context.Context, network, address string, patience time.Duration) Listener {
	ctx, cancel := context.WithTimeout(ctx, 4*patience)
	defer cancel()
	dialer := &net.Dialer{Timeout: patience}
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return dialer.DialContext(ctx, network, address)
	}
	if info, err := os.Lstat(address); network == "unix" && err == nil && info.Mode().Type() != fs.ModeSocket {
		return Listener{Why: "the file is not a socket"}
	}
	conn, err := dial(ctx, "", "")
	if err != nil {
		var timeout net.Error
		if errors.As(err, new(*net.DNSError)) || errors.Is(err, fs.ErrPermission) || errors.As(err, &timeout) && timeout.Timeout() {
			return Listener{Why: term.Printable(err.Error())}
		}
		return Listener{}
	}
	_ = conn.Close()
	found := Listener{Open: true}
	host := "localhost"
	if network != "unix" {
		host, found.Owner = address, owner(address)
	}
	web := http.Client{
		Timeout: patience,
		Transport: &http.Transport{ // no proxy: the question is about this machine
			DisableKeepAlives: true, DialContext: dial,
			TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, // who answers is the question, and nothing secret is sent
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	found.ask(ctx, &web, "http://"+host)
	if found.TLS {
		found.ask(ctx, &web, "https://"+host)
	}
	return found
}

// ask notes what answers at a base URL.
func (found *Listener) ask(ctx context.Context, web *http.Client, base string) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/_mock/health", nil)
	if err != nil {
		return
	}
	answer, err := web.Do(request)
	if err != nil {
		found.TLS = found.TLS || strings.Contains(err.Error(), `\x15\x03`) // an alert of TLS instead of a status line
		return
	}
	defer func() { _ = answer.Body.Close() }()
	body, _ := io.ReadAll(io.LimitReader(answer.Body, 64<<10))
	var health traffic.Health
	switch {
	case json.Unmarshal(body, &health) == nil && health.Operations > 0:
		found.Mock = &health
	case !found.TLS && answer.StatusCode == http.StatusBadRequest && strings.Contains(strings.ToLower(string(body)), "https"):
		found.TLS = true
	default:
		found.HTTP = term.Printable(answer.Status)
		if server := answer.Header.Get("Server"); server != "" {
			found.HTTP += ", Server: " + term.Printable(server[:min(len(server), 60)])
		}
	}
}

// Scheme returns that of base URLs for what listens.
func (found Listener) Scheme() string {
	if found.TLS {
		return "https"
	}
	return "http"
}

// Port says what listens at an address, where the mock would: host:port, or unix:PATH.
func Port(address string, found Listener) Finding {
	who := ""
	if found.Owner != "" {
		who = " (" + found.Owner + ")"
	}
	elsewhere, remedy := "end the program, or start the mock with --port N and set the plugin's base URL to that port", ""
	if strings.HasPrefix(address, "unix:") {
		elsewhere = "end the program, or start the mock with another path"
	}
	address = term.Printable(address)
	switch {
	case found.Why != "":
		return Finding{"port", Problem, "cannot connect to " + address + ": " + found.Why, "check --addr, --host and --port"}
	case !found.Open:
		return Finding{"port", Note, "nothing listens at " + address, "start the mock: ticaga-mock, with the same --addr, --host and --port"}
	case found.Mock != nil:
		h := found.Mock
		if found.TLS {
			address += " with https"
			remedy = "the base URL begins with https://, and clients have to trust the certificate: see --tls-save"
		}
		return Finding{"port", Fine, fmt.Sprintf("ticaga-mock %s answers at %s%s: scenario %s, worlds %d, up for %v",
			term.Printable(h.Version), address, who, term.Printable(h.Scenario), h.Worlds, time.Duration(h.UptimeSeconds)*time.Second), remedy}
	case found.TLS && found.HTTP == "":
		return Finding{"port", Problem, "another program listens at " + address + who + ", and speaks TLS", elsewhere}
	case found.HTTP != "":
		return Finding{"port", Problem, fmt.Sprintf("another web server answers at %s%s: %s", address, who, found.HTTP), elsewhere}
	}
	return Finding{"port", Problem, fmt.Sprintf("another program listens at %s%s, and does not speak HTTP", address, who), elsewhere}
}

// CheckAddress returns an error for an address that cannot be asked.
func CheckAddress(address string) error {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	if port == "0" {
		return errors.New("port 0 is a free port, which nobody listens on yet")
	}
	return nil
}
