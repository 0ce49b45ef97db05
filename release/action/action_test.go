// Package action_test runs the steps of action.yml as a runner of GitHub does, with a release that it makes.
package action_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/oasdiff/yaml3"
)

// runner is a runner of GitHub during one job.
type runner struct {
	t        *testing.T
	temp     string // RUNNER_TEMP
	releases string // a URL
	env      []string
	path     string
}

// result is what one use of the action has done.
type result struct {
	code            int
	output, summary string
	outputs         map[string]string
}

func newRunner(t *testing.T) *runner {
	return &runner{t: t, temp: t.TempDir(), releases: release(t), path: os.Getenv("PATH")}
}

// expression is one that GitHub replaces in a step.
var expression = regexp.MustCompile(`\$\{\{ (.*?) \}\}`)

// use runs the steps of the action with inputs.
func (r *runner) use(inputs map[string]string) result {
	r.t.Helper()
	var action struct {
		Inputs map[string]struct{ Default string }
		Runs   struct {
			Steps []struct {
				ID, If, Run, Shell string
				WorkingDirectory   string `yaml:"working-directory"`
				Env                map[string]string
			}
		}
	}
	data, err := os.ReadFile("../../action.yml")
	if err != nil {
		r.t.Fatal(err)
	}
	if err := yaml.Unmarshal(data, &action); err != nil {
		r.t.Fatalf("action.yml: %v", err)
	}
	given := map[string]string{}
	for name, input := range action.Inputs {
		given[name] = input.Default
	}
	for name, value := range inputs {
		if _, ok := given[name]; !ok {
			r.t.Fatalf("action.yml: got no input %s, want one", name)
		}
		given[name] = value
	}
	got := result{outputs: map[string]string{}}
	for _, step := range action.Runs.Steps {
		if step.If != "" && r.evaluate(step.If, given) != "true" {
			continue
		}
		files := map[string]string{}
		env := append(os.Environ(), r.env...)
		for _, name := range []string{"GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STEP_SUMMARY"} {
			files[name] = filepath.Join(r.t.TempDir(), name)
			env = append(env, name+"="+files[name])
			if err := os.WriteFile(files[name], nil, 0o600); err != nil {
				r.t.Fatal(err)
			}
		}
		folder, err := filepath.Abs("../..")
		if err != nil {
			r.t.Fatal(err)
		}
		env = append(env, "GITHUB_ACTIONS=true", "GITHUB_ACTION_PATH="+folder, "RUNNER_TEMP="+r.temp, "PATH="+r.path)
		for name, value := range step.Env {
			env = append(env, name+"="+expression.ReplaceAllStringFunc(value, func(found string) string {
				return r.evaluate(expression.FindStringSubmatch(found)[1], given)
			}))
		}
		command := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step.Run)
		command.Env = env
		var said bytes.Buffer
		command.Stdout, command.Stderr = &said, &said
		err = command.Run()
		got.code = command.ProcessState.ExitCode()
		got.output += said.String()
		got.summary += r.read(files["GITHUB_STEP_SUMMARY"])
		for line := range strings.Lines(r.read(files["GITHUB_OUTPUT"])) {
			name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
			got.outputs[name] = value
		}
		for line := range strings.Lines(r.read(files["GITHUB_ENV"])) {
			r.env = append(r.env, strings.TrimSpace(line))
		}
		for line := range strings.Lines(r.read(files["GITHUB_PATH"])) {
			r.path = strings.TrimSpace(line) + string(os.PathListSeparator) + r.path
		}
		if err != nil {
			break
		}
	}
	return got
}

// evaluate returns what an expression of action.yml is.
func (r *runner) evaluate(text string, inputs map[string]string) string {
	r.t.Helper()
	name, isInput := strings.CutPrefix(text, "inputs.")
	switch {
	case text == "inputs.report != 'true'":
		return fmt.Sprint(inputs["report"] != "true")
	case text == "inputs.report == 'true' && 'report' || inputs.run != '' && 'run' || 'start'":
		switch {
		case inputs["report"] == "true":
			return "report"
		case inputs["run"] != "":
			return "run"
		}
		return "start"
	case isInput && !strings.Contains(name, " "):
		value, ok := inputs[name]
		if !ok {
			r.t.Fatalf("action.yml: got no input %s, want one", name)
		}
		return value
	}
	r.t.Fatalf("action.yml: got the expression %q, want one that this test knows", text)
	return ""
}

func (r *runner) read(file string) string {
	r.t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		r.t.Fatal(err)
	}
	return string(data)
}

// release serves a release 0.1.0 of the program in this repository, for this machine, and returns its URL.
func release(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	name, archive := "ticaga-mock", fmt.Sprintf("ticaga-mock_0.1.0_%s_%s", runtime.GOOS, runtime.GOARCH)
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	program := filepath.Join(t.TempDir(), name)
	if out, err := exec.Command("go", "build", "-o", program, "../../cmd/ticaga-mock").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	data, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	if runtime.GOOS == "windows" {
		archive += ".zip"
		writer := zip.NewWriter(&packed)
		file, err := writer.Create(name)
		write(t, err, file, data, writer)
	} else {
		archive += ".tar.gz"
		zipped := gzip.NewWriter(&packed)
		writer := tar.NewWriter(zipped)
		err := writer.WriteHeader(&tar.Header{Name: name, Mode: 0o755, Size: int64(len(data))})
		write(t, err, writer, data, writer, zipped)
	}
	sums := fmt.Sprintf("%064d  ticaga-mock_0.1.0_plan9_amd64.tar.gz\n%x  %s\n", 0, sha256.Sum256(packed.Bytes()), archive)
	for name, data := range map[string][]byte{archive: packed.Bytes(), "checksums.txt": []byte(sums)} {
		if err := os.MkdirAll(filepath.Join(folder, "v0.1.0"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, "v0.1.0", name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	server := httptest.NewServer(http.FileServer(http.Dir(folder)))
	t.Cleanup(server.Close)
	return server.URL
}

// write writes a file of an archive, and ends the archive.
func write(t *testing.T, err error, to io.Writer, data []byte, ends ...io.Closer) {
	t.Helper()
	if err == nil {
		_, err = to.Write(data)
	}
	for _, end := range ends {
		if closed := end.Close(); err == nil {
			err = closed
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}
