package packages_test

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// registry is as much of npm's registry as publishing needs. It keeps what it is sent.
type registry struct {
	mu        sync.Mutex
	documents map[string][]byte // by the path of a package
	published []string          // the paths, in order
}

func (r *registry) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	name := request.URL.Path
	switch {
	case request.Method == http.MethodPut && request.Header.Get("Authorization") == "Bearer the-token":
		r.documents[name], _ = io.ReadAll(request.Body)
		r.published = append(r.published, name)
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, "{}")
	case request.Method == http.MethodGet && r.documents[name] != nil:
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(r.documents[name])
	default:
		http.NotFound(w, request)
	}
}

// TestPublish publishes the packages for npm to a registry, the one that depends on the others at the end, and none of
// them twice.
func TestPublish(t *testing.T) {
	needs(t, "npm", "install Node.js 20 or newer")
	r := &registry{documents: map[string][]byte{}}
	server := httptest.NewServer(r)
	defer server.Close()
	publish := func(folder, token string) (string, int) {
		c := command(t, "../..", "release/packages/publish.sh", folder)
		c.Env = append(c.Env, "NPM_TOKEN="+token, "npm_config_registry="+server.URL+"/", "npm_config_cache="+t.TempDir(), "npm_config_fetch_retries=0")
		return output(t, c)
	}
	if out, code := publish(t.TempDir(), "the-token"); code == 0 {
		t.Errorf("an empty folder: got exit code 0, want another:\n%s", out)
	}
	if out, code := publish(packed, "another-token"); code == 0 || strings.Contains(out, "another-token") {
		t.Errorf("another token: got exit code %d, want another than 0, and no token in:\n%s", code, out)
	}
	for range 2 {
		if out, code := publish(packed, "the-token"); code != 0 {
			t.Fatalf("got exit code %d, want 0:\n%s", code, out)
		}
	}
	want := []string{"/@ticaga-mock/" + nodePlatform(), "/ticaga-mock"}
	if !slices.Equal(r.published, want) {
		t.Errorf("got the packages %q published, want %q", r.published, want)
	}
	for name, data := range r.documents {
		var document struct {
			Tags map[string]string `json:"dist-tags"`
		}
		if err := json.Unmarshal(data, &document); err != nil || !maps.Equal(document.Tags, map[string]string{"latest": version}) {
			t.Errorf("%s: got the tags %v, want latest; error %v", name, document.Tags, err)
		}
	}
}

// TestPublishComposer publishes the package for Composer to a repository of git, from which Composer installs it.
func TestPublishComposer(t *testing.T) {
	needs(t, "composer", "apt install composer")
	repository := filepath.Join(t.TempDir(), "phpunit.git")
	succeed(t, command(t, "", "git", "init", "--quiet", "--bare", "--initial-branch=main", repository))
	for range 2 { // the second time it is there already
		succeed(t, command(t, "../..", "release/packages/publish-composer.sh", packed, repository))
	}
	if out, code := output(t, command(t, "../..", "release/packages/publish-composer.sh", packed, "https://x:the-secret@127.0.0.1:1/phpunit.git")); code == 0 || strings.Contains(out, "the-secret") {
		t.Errorf("no repository: got exit code %d, want another than 0, and no secret in:\n%s", code, out)
	}

	folder := t.TempDir()
	manifest := `{"repositories": [{"type": "vcs", "url": "` + repository + `"}, {"packagist.org": false}], "require-dev": {"ticaga-mock/phpunit": "^1.2"}}`
	if err := os.WriteFile(filepath.Join(folder, "composer.json"), []byte(manifest), 0o644); err != nil {
		t.Fatal(err)
	}
	install := command(t, folder, "composer", "install", "--no-interaction", "--no-progress")
	install.Env = append(install.Env, "COMPOSER_DISABLE_NETWORK=0", "COMPOSER_CACHE_DIR="+t.TempDir()) // it counts git as a network
	succeed(t, install)
	succeed(t, command(t, folder, filepath.Join("vendor", "bin", "ticaga-mock-install"), "--from", dist))
	if out := succeed(t, command(t, folder, filepath.Join("vendor", "bin", "ticaga-mock"), "version")); !strings.HasPrefix(out, "ticaga-mock ") {
		t.Errorf("got %q, want the version", out)
	}
}
