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

// Reach says from where a mock that listens at host:port can be reached, and by which base URL. own are the addresses of
// the machine besides loopback.
func Reach(address string, where Place, own []net.IP) []Finding {
	host, port, _ := net.SplitHostPort(address)
	ip := net.ParseIP(host)
	if host == "localhost" || ip != nil && ip.IsLoopback() {
		return fromLoopback(port, where)
	}
	findings := []Finding{{"reach", Fine, "from this machine: http://127.0.0.1:" + port, ""}}
	if ip != nil && !ip.IsUnspecified() {
		own = []net.IP{ip}
		findings[0].Text = "from this machine: http://" + net.JoinHostPort(host, port)
	}
	for _, address := range own {
		findings = append(findings, Finding{"reach", Fine, "from other machines: http://" + net.JoinHostPort(address.String(), port), ""})
	}
	switch where {
	case Container:
		findings = append(findings, Finding{"reach", Note, "this is a container: other containers of its network use its name, as in http://ticaga-mock:" + port,
			fmt.Sprintf("tell the mock that name with --host-name ticaga-mock; for the host, publish the port: -p %s:%s", port, port)})
	default:
		findings = append(findings, Finding{"reach", Note, "from containers on this machine: http://host.docker.internal:" + port,
			"tell the mock that name with --host-name host.docker.internal; on Linux, give the container --add-host host.docker.internal:host-gateway"})
	}
	return findings
}

// fromLoopback says who reaches a port of loopback: programs of the same machine alone.
func fromLoopback(port string, where Place) []Finding {
	findings := []Finding{{"reach", Fine, "from this machine: http://127.0.0.1:" + port, ""}}
	const everywhere = "start the mock with --host 0.0.0.0; it then prints a token for its control API"
	switch where {
	case Container:
		return append(findings, Finding{"reach", Note, "this is a container: nothing outside it can reach 127.0.0.1, not even through a published port", everywhere})
	case WSL:
		return append(findings, Finding{"reach", Note, "this is WSL: programs of Windows reach http://localhost:" + port + " unless localhostForwarding is off; containers do not", everywhere})
	}
	return append(findings, Finding{"reach", Note, "containers and other machines cannot reach 127.0.0.1", everywhere})
}
