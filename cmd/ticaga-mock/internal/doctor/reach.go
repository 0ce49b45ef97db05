package doctor

import (
	"fmt"
	"net"
	"os"
	"strings"
)

// Place is the kind of machine that a program runs on.
type Place string

// The places that matter for who can reach a port.
const (
	Host      Place = "host"
	Container Place = "container"
	WSL       Place = "WSL"
)

// Here returns the place of this program. read returns a file.
func Here(read func(string) ([]byte, error)) Place {
	if kernel, err := read("/proc/sys/kernel/osrelease"); err == nil && strings.Contains(strings.ToLower(string(kernel)), "microsoft") {
		return WSL
	}
	for _, mark := range []string{"/.dockerenv", "/run/.containerenv", "/var/run/secrets/kubernetes.io/serviceaccount/namespace"} {
		if _, err := read(mark); err == nil {
			return Container
		}
	}
	if processes, err := read("/proc/1/cgroup"); err == nil && (strings.Contains(string(processes), "/docker") || strings.Contains(string(processes), "/kubepods")) {
		return Container
	}
	return Host
}

// ReadFile is the reader for Here on this machine.
var ReadFile = os.ReadFile

// Reach says from where a mock that listens at host:port can be reached, and by which base URL, which begins with scheme.
// own are the addresses of the machine besides loopback.
func Reach(scheme, address string, where Place, own []net.IP) []Finding {
	host, port, _ := net.SplitHostPort(address)
	ip := net.ParseIP(host)
	if host == "localhost" || ip != nil && ip.IsLoopback() {
		return fromLoopback(scheme, host, port, where)
	}
	base := func(host string) string { return scheme + "://" + net.JoinHostPort(host, port) }
	nearby, others := "127.0.0.1", []string{host}
	if host == "" || ip != nil && ip.IsUnspecified() {
		others = nil
		for _, address := range own {
			others = append(others, address.String())
		}
	} else {
		nearby = host
	}
	findings := []Finding{{"reach", Fine, "from this machine: " + base(nearby), ""}}
	for _, other := range others {
		findings = append(findings, Finding{"reach", Fine, "from other machines: " + base(other), ""})
	}
	switch where {
	case Container:
		findings = append(findings, Finding{"reach", Note, "this is a container: other containers of its network use its name, as in " + base("ticaga-mock"),
			fmt.Sprintf("tell the mock that name with --host-name ticaga-mock; for the host, publish the port: -p %s:%s", port, port)})
	default:
		findings = append(findings, Finding{"reach", Note, "from containers on this machine: " + base("host.docker.internal"),
			"tell the mock that name with --host-name host.docker.internal; on Linux, give the container --add-host host.docker.internal:host-gateway"})
	}
	return findings
}

// fromLoopback says who reaches a port of loopback: programs of the same machine alone.
func fromLoopback(scheme, host, port string, where Place) []Finding {
	findings := []Finding{{"reach", Fine, "from this machine: " + scheme + "://" + net.JoinHostPort(host, port), ""}}
	const everywhere = "start the mock with --host 0.0.0.0; it then prints a token for its control API"
	switch where {
	case Container:
		return append(findings, Finding{"reach", Note, "this is a container: nothing outside it can reach " + host + ", not even through a published port", everywhere})
	case WSL:
		return append(findings, Finding{"reach", Note, "this is WSL: programs of Windows reach " + scheme + "://localhost:" + port + " unless localhostForwarding is off; containers do not", everywhere})
	}
	return append(findings, Finding{"reach", Note, "containers and other machines cannot reach " + host, everywhere})
}
