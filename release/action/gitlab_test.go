package action_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/oasdiff/yaml3"
)

// TestGitLab runs the commands of the template for GitLab, and then those of a job.
func TestGitLab(t *testing.T) {
	r := newRunner(t)
	const file = "../../docs/examples/gitlab-ci.yml"
	var template map[string]struct {
		Variables    map[string]string
		BeforeScript []string `yaml:"before_script"`
		Artifacts    struct {
			Paths   []string
			Reports struct{ JUnit string }
		}
	}
	text := r.read(file)
	if err := yaml.Unmarshal([]byte(text), &template); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	job, ok := template[".ticaga-mock"]
	if !ok {
		t.Fatalf("%s: got no job .ticaga-mock, want one", file)
	}
	_, script, _ := strings.Cut(text, "- ticaga-mock run ")
	flags, _, _ := strings.Cut(script, " -- ")
	installer, err := filepath.Abs("install.sh")
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command("sh", "-e", "-c", strings.Join(job.BeforeScript, "\n")+"\nticaga-mock run "+flags+` -- sh -c "$ASK"`)
	command.Dir = t.TempDir()
	command.Env = append(os.Environ(), "ASK="+ask, "TICAGA_MOCK_RELEASES="+r.releases)
	for name, value := range job.Variables {
		command.Env = append(command.Env, name+"="+value)
	}
	command.Env = append(command.Env, "TICAGA_RELEASE=0.1.0", "TICAGA_INSTALLER=file://"+filepath.ToSlash(installer))
	if out, err := command.CombinedOutput(); err != nil || !strings.Contains(string(out), "jane.roe@example.com") {
		t.Fatalf("error %v, want none, and the customer in:\n%s", err, out)
	}
	for _, report := range append(job.Artifacts.Paths, job.Artifacts.Reports.JUnit) {
		if _, err := os.Stat(filepath.Join(command.Dir, report)); err != nil {
			t.Errorf("got no report %s of the job, want one: %v", report, err)
		}
	}
}
