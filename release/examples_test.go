package release_test

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/oasdiff/yaml3"
)

const controlToken = "a-token-for-the-examples"

// TestCompose starts the program with the environment that the image and the example for Compose give it, and asks it
// as the container beside it would.
func TestCompose(t *testing.T) {
	var compose struct {
		Services map[string]struct {
			Image       string
			Environment map[string]string
		}
	}
	decode(t, "docs/examples/compose.yaml", &compose)
	environment := compose.Services["ticaga"].Environment
	ask(t, start(t, environment), strings.TrimPrefix(compose.Services["blesta"].Environment["TICAGA_URL"], "http://"), "/_mock/health")
}

// TestKubernetes does the same for the example for Kubernetes, with the paths of its probes.
func TestKubernetes(t *testing.T) {
	objects := kubernetes(t, "docs/examples/kubernetes.yaml")
	mock := objects["Deployment ticaga-mock"].container(t)
	ask(t, start(t, mock.environment()), objects.address("ticaga"), mock.probes()...)
}

// object is what the tests need to know of an object of Kubernetes.
type object struct {
	Kind     string
	Metadata struct{ Name string }
	Spec     struct {
		Replicas int
		Strategy struct{ Type string }
		Ports    []struct{ Port string }
		Template struct {
			Spec struct {
				EnableServiceLinks *bool `yaml:"enableServiceLinks"`
				Containers         []container
			}
		}
	}
}

type container struct {
	Args           []string
	Env            []struct{ Name, Value string }
	StartupProbe   probe `yaml:"startupProbe"`
	ReadinessProbe probe `yaml:"readinessProbe"`
	LivenessProbe  probe `yaml:"livenessProbe"`
}

type probe struct {
	HTTPGet struct{ Path string } `yaml:"httpGet"`
}

// objects are those of a file, by kind and name.
type objects map[string]object

func kubernetes(t *testing.T, file string) objects {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		t.Fatal(err)
	}
	all := objects{}
	for part := range strings.SplitSeq(string(data), "\n---\n") {
		var o object
		if err := yaml.Unmarshal([]byte(part), &o); err != nil {
			t.Fatal(err)
		}
		all[o.Kind+" "+o.Metadata.Name] = o
	}
	return all
}

// address returns the host and port of a service.
func (all objects) address(service string) string {
	return service + ":" + all["Service "+service].Spec.Ports[0].Port
}

// container returns the only one of the pods of a mock.
func (o object) container(t *testing.T) container {
	t.Helper()
	pod := o.Spec.Template.Spec
	if pod.EnableServiceLinks == nil || *pod.EnableServiceLinks {
		t.Error("got service links, want none: they set variables that begin with TICAGA_MOCK_")
	}
	return pod.Containers[0]
}

func (c container) environment() map[string]string {
	environment := map[string]string{}
	for _, variable := range c.Env {
		environment[variable.Name] = variable.Value
	}
	return environment
}

// probes returns the paths that tell whether the program lives, and whether it is ready.
func (c container) probes() []string {
	return []string{c.StartupProbe.HTTPGet.Path, c.LivenessProbe.HTTPGet.Path, c.ReadinessProbe.HTTPGet.Path}
}

// start runs the program as the image does, on a free port, until the test ends. It returns its URL.
func start(t *testing.T, environment map[string]string) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "ticaga-mock")
	command(t, nil, root, "go", "build", "-o", program, "./cmd/ticaga-mock")
	help := command(t, nil, "", program, "serve", "--help")
	containerfile, err := os.ReadFile(filepath.Join(root, "Containerfile"))
	if err != nil {
		t.Fatal(err)
	}
	address := regexp.MustCompile(`(?m)^ENV TICAGA_MOCK_ADDR=(.*):\d+$`).FindSubmatch(containerfile)
	if address == nil {
		t.Fatal("Containerfile: got no TICAGA_MOCK_ADDR, want one")
	}
	cmd := exec.Command(program, "--log-format", "json")
	cmd.Env = []string{"TICAGA_MOCK_ADDR=" + string(address[1]) + ":0"}
	for name, value := range environment {
		if name == "NATS_PASSWORD" { // a part of TICAGA_MOCK_STORE
			continue
		}
		flag := "--" + strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(name, "TICAGA_MOCK_"), "_", "-"))
		if !strings.Contains(help, "      "+flag+" ") {
			t.Errorf("got the variable %s, want one of a flag of ticaga-mock serve", name)
		}
		if name == "TICAGA_MOCK_CONTROL_TOKEN" { // a secret that is not in the example
			value = controlToken
		}
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil {
			t.Errorf("the program ended with %v, want no error", err)
		}
	})
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	var ready struct{ URL string }
	if err != nil || json.Unmarshal(line, &ready) != nil {
		t.Fatalf("got %q, error %v; want a line that says that it is ready", line, err)
	}
	return ready.URL
}

// ask sends what another container sends, which reaches the program as host, and a kubelet, which uses the address.
func ask(t *testing.T, base, host string, probes ...string) {
	t.Helper()
	status := func(path, host, credentials string) int {
		t.Helper()
		request, err := http.NewRequest(http.MethodGet, base+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Accept", "application/json")
		if host != "" {
			request.Host = host
		}
		if credentials != "" {
			request.Header.Set("Authorization", "Bearer "+credentials)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = response.Body.Close() }()
		_, _ = io.Copy(io.Discard, response.Body)
		return response.StatusCode
	}
	for _, path := range probes {
		if got := status(path, "", ""); got != http.StatusOK {
			t.Errorf("the probe of %q gets status %d, want %d", path, got, http.StatusOK)
		}
	}
	for _, c := range []struct {
		path, credentials string
		want              int
	}{
		{"/api/customers/get/8", "demo-token", http.StatusOK},
		{"/_mock/journal", controlToken, http.StatusOK},
		{"/_mock/journal", "", http.StatusUnauthorized},
	} {
		if got := status(c.path, host, c.credentials); got != c.want {
			t.Errorf("GET %s of http://%s with %q: got status %d, want %d", c.path, host, c.credentials, got, c.want)
		}
	}
}
