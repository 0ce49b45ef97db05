package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/ticaga-mock/ticaga-mock/cmd/ticaga-mock/internal/term"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// Listener is what listens at an address.
type Listener struct {
	Open  bool            // connections are accepted
	Mock  *traffic.Health // it is a ticaga-mock
	HTTP  string          // the status line and the Server header of another web server; "" for none
	TLS   bool            // it speaks TLS
	Owner string          // the program and its process, where the system tells; "" otherwise
}

// Probe asks what listens at host:port. It waits up to patience for each answer.
func Probe(ctx context.Context, address string, patience time.Duration) Listener {
	ctx, cancel := context.WithTimeout(ctx, 3*patience)
	defer cancel()
	conn, err := (&net.Dialer{Timeout: patience}).DialContext(ctx, "tcp", address)
	if err != nil {
		return Listener{}
	}
	_ = conn.Close()
	found := Listener{Open: true, Owner: owner(address)}
	web := http.Client{
		Timeout:       patience,
		Transport:     &http.Transport{DisableKeepAlives: true}, // no proxy: the question is about this machine
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/_mock/health", nil)
	if err != nil {
		return found
	}
	answer, err := web.Do(request)
	if err != nil {
		found.TLS = strings.Contains(err.Error(), `\x15\x03`) // an alert of TLS instead of a status line
		return found
	}
	defer func() { _ = answer.Body.Close() }()
	body, _ := io.ReadAll(io.LimitReader(answer.Body, 64<<10))
	var health traffic.Health
	switch {
	case json.Unmarshal(body, &health) == nil && health.Operations > 0:
		found.Mock = &health
	case answer.StatusCode == http.StatusBadRequest && strings.Contains(strings.ToLower(string(body)), "https"):
		found.TLS = true
	default:
		found.HTTP = term.Printable(answer.Status)
		if server := answer.Header.Get("Server"); server != "" {
			found.HTTP += ", Server: " + term.Printable(server[:min(len(server), 60)])
		}
	}
	return found
}

// Port says what listens at an address, where the mock would.
func Port(address string, found Listener) Finding {
	who := ""
	if found.Owner != "" {
		who = " (" + found.Owner + ")"
	}
	const elsewhere = "end the program, or start the mock with --port N and set the plugin's base URL to that port"
	switch {
	case !found.Open:
		return Finding{"port", Note, "nothing listens at " + address, "start the mock: ticaga-mock"}
	case found.Mock != nil:
		h := found.Mock
		return Finding{"port", Fine, fmt.Sprintf("ticaga-mock %s answers at %s%s: scenario %s, worlds %d, up for %v",
			term.Printable(h.Version), address, who, term.Printable(h.Scenario), h.Worlds, time.Duration(h.UptimeSeconds)*time.Second), ""}
	case found.TLS:
		return Finding{"port", Note, address + who + " speaks https", "if it is a ticaga-mock with --tls, the base URL begins with https://"}
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
