package release_test

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// workflow is what the rules for workflows are about.
type workflow struct {
	Permissions map[string]string
	Concurrency struct{ Group string }
	Jobs        map[string]struct {
		TimeoutMinutes int `yaml:"timeout-minutes"`
		Permissions    map[string]string
		Steps          []struct {
			Uses string
			With map[string]any
		}
	}
}

var pinned = regexp.MustCompile(`^[\w./-]+@[0-9a-f]{40}$`)

// TestWorkflows checks that workflows use actions by commit, have an end, do not run twice at a time, and may do no more
// than they say. actionlint checks the rest.
func TestWorkflows(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(root, ".github/workflows/*.yml"))
	if err != nil || len(files) < 3 {
		t.Fatalf("got the workflows %q, error %v; want at least 3", files, err)
	}
	writers := map[string]bool{}
	for _, path := range files {
		file := strings.TrimPrefix(filepath.ToSlash(path), root+"/")
		var w workflow
		decode(t, file, &w)
		if w.Concurrency.Group == "" {
			t.Errorf("%s: got no concurrency group, want one", file)
		}
		if w.Permissions == nil {
			t.Errorf("%s: got the default permissions, want them listed", file)
		}
		for scope, access := range w.Permissions {
			if access != "read" {
				t.Errorf("%s: got %s: %s for all jobs, want it in the job that needs it", file, scope, access)
			}
		}
		for name, job := range w.Jobs {
			if job.TimeoutMinutes == 0 {
				t.Errorf("%s: job %s: got no timeout-minutes, want some", file, name)
			}
			for _, access := range job.Permissions {
				writers[file] = writers[file] || access == "write"
			}
			for _, step := range job.Steps {
				if step.Uses != "" && !pinned.MatchString(step.Uses) {
					t.Errorf("%s: job %s: got %s, want the hash of a commit behind the @", file, name, step.Uses)
				}
				if strings.HasPrefix(step.Uses, "actions/checkout@") && step.With["persist-credentials"] != false {
					t.Errorf("%s: job %s: the checkout keeps credentials, want persist-credentials: false", file, name)
				}
			}
		}
	}
	if len(writers) != 1 || !writers[".github/workflows/release.yml"] {
		t.Errorf("got workflows %v that may write, want release.yml only", writers)
	}
}

// TestNoBuildProducts checks that no file is both ignored and in the repository: somebody has added it by accident.
func TestNoBuildProducts(t *testing.T) {
	if got := command(t, nil, root, "git", "ls-files", "--cached", "--ignored", "--exclude-standard"); got != "" {
		t.Errorf("got files that .gitignore names, want none:\n%s", got)
	}
}
