package doctor

import (
	"cmp"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// TestProbe asks real listeners.
func TestProbe(t *testing.T) {
	desk, err := mock.New(mock.Options{})
	if err != nil {
		t.Fatal(err)
	}
	running := httptest.NewServer(desk)
	defer running.Close()
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Server", "other\u202e")
		_, _ = fmt.Fprint(w, `{"operations": 0}`)
	}))
	defer other.Close()
	secure := httptest.NewUnstartedServer(desk)
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	defer secure.Close()
	mute, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = mute.Close() }()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = free.Close()
	otherSecure := httptest.NewUnstartedServer(other.Config.Handler)
	otherSecure.Config.ErrorLog = log.New(io.Discard, "", 0)
	otherSecure.StartTLS()
	defer otherSecure.Close()
	folder, err := os.MkdirTemp("", "") //nolint:usetesting // the path of a socket must be short
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	file, socket := filepath.Join(folder, "file"), filepath.Join(folder, "socket")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	local := &httptest.Server{Listener: listener, Config: &http.Server{Handler: desk}}
	local.Start()
	defer local.Close()
	for name, c := range map[string]struct {
		address string
		verdict Verdict
		text    string
	}{
		"a mock":                {running.Listener.Addr().String(), Fine, "ticaga-mock "},
		"another server":        {other.Listener.Addr().String(), Problem, "another web server answers"},
		"a mock with TLS":       {secure.Listener.Addr().String(), Fine, "with https"}, // behind net/http's own 400
		"another one with TLS":  {otherSecure.Listener.Addr().String(), Problem, "another web server answers"},
		"a mock's socket":       {socket, Fine, "ticaga-mock "},
		"a file":                {file, Problem, "not a socket"},
		"no file":               {file + "none", Note, "nothing listens"},
		"an unknown name":       {"ticaga.invalid:80", Problem, "cannot connect"},
		"one that says nothing": {mute.Addr().String(), Problem, "does not speak HTTP"},
		"a free port":           {free.Addr().String(), Note, "nothing listens"},
	} {
		t.Run(name, func(t *testing.T) {
			network := "tcp"
			if strings.HasPrefix(c.address, folder) {
				network = "unix"
			}
			found := Probe(t.Context(), network, c.address, 500*time.Millisecond)
			got := Port(c.address, found)
			if got.Verdict != c.verdict || !strings.Contains(got.Text, c.text) || strings.Contains(got.Text, "\u202e") {
				t.Errorf("got %+v, want %s containing %q, printable", got, c.verdict, c.text)
			}
			if mine := ", process " + strconv.Itoa(os.Getpid()); runtime.GOOS == "linux" && found.Open && network == "tcp" && !strings.Contains(found.Owner, mine) {
				t.Errorf("owner: got %q, want containing %q", found.Owner, mine)
			}
		})
	}
}

func TestProxy(t *testing.T) {
	for name, c := range map[string]struct {
		environment map[string]string
		host        string
		want        Verdict
		text        string
		scheme      string // http if empty
	}{
		"none":                  {nil, "127.0.0.1", Fine, "no proxy", ""},
		"one":                   {map[string]string{"http_proxy": "http://proxy:3128"}, "127.0.0.1", Problem, "http_proxy=http://proxy:3128", ""},
		"a password":            {map[string]string{"HTTP_PROXY": "http://me:hunter2@proxy:3128"}, "127.0.0.1", Problem, "HTTP_PROXY=http://proxy:3128:", ""},
		"without a scheme":      {map[string]string{"ALL_PROXY": "me:hunter2@proxy:3128"}, "127.0.0.1", Problem, "ALL_PROXY=http://proxy:3128:", ""},
		"not a URL":             {map[string]string{"all_proxy": "http://[hunter2"}, "127.0.0.1", Problem, "(not a URL)", ""},
		"excepted":              {map[string]string{"http_proxy": "http://proxy", "NO_PROXY": "a, 127.0.0.1"}, "127.0.0.1", Fine, "excepts 127.0.0.1", ""},
		"another one":           {map[string]string{"http_proxy": "http://proxy", "NO_PROXY": "localhost"}, "127.0.0.1", Problem, "", ""},
		"all":                   {map[string]string{"http_proxy": "http://proxy", "no_proxy": "*"}, "::1", Fine, "", ""},
		"an asterisk in a list": {map[string]string{"http_proxy": "http://proxy", "no_proxy": "a,*"}, "127.0.0.1", Problem, "", ""},
		"a network":             {map[string]string{"http_proxy": "http://proxy", "no_proxy": "127.0.0.0/8"}, "127.0.0.1", Fine, "", ""},
		"a domain":              {map[string]string{"http_proxy": "http://proxy", "no_proxy": ".example"}, "ticaga.example", Fine, "", ""},
		"lowercase first":       {map[string]string{"http_proxy": "http://proxy", "no_proxy": "a", "NO_PROXY": "127.0.0.1"}, "127.0.0.1", Problem, "", ""},
		"for https alone":       {map[string]string{"https_proxy": "http://proxy"}, "127.0.0.1", Fine, "no proxy for http", ""},
		"https":                 {map[string]string{"https_proxy": "http://proxy"}, "127.0.0.1", Problem, "https_proxy=http://proxy:", "https"},
		"IPv6":                  {map[string]string{"http_proxy": "http://proxy", "no_proxy": "[::1]"}, "::1", Fine, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := Proxy(func(name string) string { return c.environment[name] }, cmp.Or(c.scheme, "http"), c.host)
			if got.Verdict != c.want || !strings.Contains(got.Text, c.text) || strings.Contains(got.Text, "hunter2") {
				t.Errorf("got %+v, want %s containing %q, without a password", got, c.want, c.text)
			}
		})
	}
}

func TestReach(t *testing.T) {
	own := []net.IP{net.IPv4(192, 0, 2, 7), net.ParseIP("2001:db8::7")}
	for name, c := range map[string]struct {
		address string
		where   Place
		want    []string
	}{
		"loopback":              {"127.0.0.1:4280", Host, []string{"http://127.0.0.1:4280", "containers and other machines cannot"}},
		"loopback, IPv6":        {"[::1]:4280", Host, []string{"http://[::1]:4280", "containers and other machines cannot reach ::1"}},
		"localhost in WSL":      {"localhost:4280", WSL, []string{"programs of Windows reach http://localhost:4280"}},
		"loopback, container":   {"127.0.0.1:4280", Container, []string{"not even through a published port"}},
		"everywhere":            {"0.0.0.0:4280", Host, []string{"http://192.0.2.7:4280", "http://[2001:db8::7]:4280", "http://host.docker.internal:4280"}},
		"everywhere, container": {":4280", Container, []string{"http://ticaga-mock:4280", "-p 4280:4280"}},
		"one address":           {"192.0.2.7:1", Host, []string{"from this machine: http://192.0.2.7:1", "other machines: http://192.0.2.7:1"}},
		"a name":                {"ticaga.example:1", Host, []string{"from this machine: http://ticaga.example:1", "other machines: http://ticaga.example:1"}},
		"https":                 {"0.0.0.0:1", Host, []string{"https://127.0.0.1:1", "https://192.0.2.7:1", "https://host.docker.internal:1"}},
	} {
		t.Run(name, func(t *testing.T) {
			scheme := "http"
			if name == "https" {
				scheme = name
			}
			all := fmt.Sprint(Reach(scheme, c.address, c.where, own))
			for _, want := range c.want {
				if !strings.Contains(all, want) {
					t.Errorf("got %s, want containing %q", all, want)
				}
			}
		})
	}
}

// files is a machine's file system.
type files map[string]string

func (f files) read(name string) ([]byte, error) {
	if text, ok := f[name]; ok {
		return []byte(text), nil
	}
	return nil, fs.ErrNotExist
}

func TestHere(t *testing.T) {
	for want, machines := range map[Place][]files{
		Host:      {{}, {"/proc/sys/kernel/osrelease": "6.12.0-amd64", "/proc/1/cgroup": "0::/init.scope"}},
		Container: {{"/.dockerenv": ""}, {"/run/.containerenv": ""}, {"/proc/1/cgroup": "0::/docker/abc"}, {"/proc/1/cgroup": "1:cpu:/kubepods/pod1"}},
		WSL:       {{"/proc/sys/kernel/osrelease": "5.15.1-microsoft-standard-WSL2"}},
	} {
		for _, machine := range machines {
			if got := Here(machine.read); got != want {
				t.Errorf("%v: got %s, want %s", machine, got, want)
			}
		}
	}
}

func TestSettings(t *testing.T) {
	known, typed := []string{"TICAGA_MOCK_ADDR", "TICAGA_MOCK_TOKEN", "TICAGA_MOCK_SCENARIO"}, []string{"TICAGA_MOCK_PORT", "TICAGA_MOCK_JUNIT"}
	for pair, want := range map[string]Finding{
		"TICAGA_MOCK_SCENARIO=busy":             {"settings", Fine, "TICAGA_MOCK_SCENARIO=busy, from the environment", ""},
		"TICAGA_MOCK_SCENARIO=a\x1b[31m\nb":     {"settings", Fine, "TICAGA_MOCK_SCENARIO=a\ufffd[31m\ufffdb, from the environment", ""},
		"TICAGA_MOCK_TOKEN=hunter2":             {"settings", Fine, "TICAGA_MOCK_TOKEN=(set, not shown), from the environment", ""},
		"TICAGA_MOCK_TOKN=hunter2":              {"settings", Problem, "TICAGA_MOCK_TOKN is no setting of the mock", "did you mean TICAGA_MOCK_TOKEN?"},
		"TICAGA_MOCK_QQQQQQQQ=1":                {"settings", Problem, "TICAGA_MOCK_QQQQQQQQ is no setting of the mock", "remove it"},
		"TICAGA_MOCK_JUNIT=x.xml":               {"settings", Note, "TICAGA_MOCK_JUNIT has no effect", "type --junit"},
		"TICAGA_MOCK_PORT=4281":                 {"settings", Note, "TICAGA_MOCK_PORT has no effect", "type --port"},
		"TICAGA_MOCK_ADDR=http://me:hunter2@a/": {"settings", Fine, "TICAGA_MOCK_ADDR=http://xxxxx@a/, from the environment", ""},
		"TICAGA_MOCK_ADDR=http://me:hun ter2@a": {"settings", Fine, "TICAGA_MOCK_ADDR=http://xxxxx@a, from the environment", ""},
		"TICAGA_MOCK_ADDR=nats://hun/ter2@a,b":  {"settings", Fine, "TICAGA_MOCK_ADDR=nats://xxxxx@a,b, from the environment", ""},
		"TICAGA_MOCK_PORT=tcp://10.0.0.1:80":    {"settings", Fine, "TICAGA_MOCK_PORT is what Kubernetes sets for a service called ticaga-mock; it has no effect", ""},
		"TICAGA_MOCK_PORT_80_TCP_ADDR=10.0.0.1": {"settings", Fine, "TICAGA_MOCK_PORT_80_TCP_ADDR is what Kubernetes sets for a service called ticaga-mock; it has no effect", ""},
		"TICAGA_MOCK_SERVICE_HOST=10.0.0.1":     {"settings", Fine, "TICAGA_MOCK_SERVICE_HOST is what Kubernetes sets for a service called ticaga-mock; it has no effect", ""},
		"TICAGA_MOCK_ADDR=":                     {"settings", Fine, "no TICAGA_MOCK_ variable is set: all settings have their defaults, unless flags are typed", ""},
		"OTHER=1":                               {"settings", Fine, "no TICAGA_MOCK_ variable is set: all settings have their defaults, unless flags are typed", ""},
	} {
		t.Run(pair, func(t *testing.T) {
			if got := Settings([]string{pair}, known, typed); len(got) != 1 || got[0] != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	for _, c := range []struct {
		name string
		got  Finding
		want Verdict
	}{
		{"few files", Files(256), Problem},
		{"enough files", Files(1024), Fine},
		{"unknown files", Files(0), Fine},
		{"no cgroup", Memory(files{}.read, 1<<30), Fine},
		{"no limit", Memory(files{"/sys/fs/cgroup/memory.max": "max\n"}.read, 1<<30), Fine},
		{"little memory", Memory(files{"/sys/fs/cgroup/memory.max": "134217728\n"}.read, 1<<30), Note},
		{"enough memory", Memory(files{"/sys/fs/cgroup/memory.max": "2147483648\n"}.read, 1<<30), Fine},
		{"cgroup 1", Memory(files{"/sys/fs/cgroup/memory/memory.limit_in_bytes": "134217728\n"}.read, 1<<30), Note},
		{"cgroup 1, no limit", Memory(files{"/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n"}.read, 1<<30), Fine},
		{"a clock of 1970", Clock(time.Unix(0, 0)), Problem},
		{"a clock", Clock(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)), Fine},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.got.Verdict != c.want || c.want == Problem && c.got.Remedy == "" {
				t.Errorf("got %+v, want %s, and a fix for a problem", c.got, c.want)
			}
		})
	}
}

func TestWorst(t *testing.T) {
	note, problem, fine := Finding{Verdict: Note}, Finding{Verdict: Problem}, Finding{Verdict: Fine}
	for want, findings := range map[Verdict][]Finding{Problem: {fine, problem, note}, Note: {fine, note, fine}, Fine: {fine, fine}} {
		if got := Worst(findings); got != want {
			t.Errorf("%v: got %s, want %s", findings, got, want)
		}
	}
}

func TestCheckAddress(t *testing.T) {
	for address, ok := range map[string]bool{"127.0.0.1:4280": true, "127.0.0.1:0": false, "nothing": false} {
		if err := CheckAddress(address); (err == nil) != ok {
			t.Errorf("%s: got error %v, want none: %t", address, err, ok)
		}
	}
}
