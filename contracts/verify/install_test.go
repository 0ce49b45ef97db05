//go:build cgo && !windows

package verify

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// npmTogether stands in for npm: it brings the Pact core once two of it are at work, and fails in a folder
// that another one is at work in, as npm does.
const npmTogether = `#!/bin/sh
: >"$MEETING/$$"
tries=0
while [ "$(ls "$MEETING" | wc -l)" -lt 2 ]; do
	tries=$((tries + 1))
	[ "$tries" -lt 1000 ] || { echo "the other one does not come" >&2; exit 1; }
	sleep 0.01
done
mkdir node_modules || exit 1
cp "$CORE"/libpact_ffi.* "$CORE"/pact node_modules/
[ -e node_modules/libpact_ffi.so ] && cp node_modules/libpact_ffi.so node_modules/libpact_ffi_musl.so
exit 0
`

func TestInstallTwiceAtOnce(t *testing.T) {
	folder, bin, meeting := t.TempDir(), t.TempDir(), t.TempDir()
	for _, file := range []string{"install.sh", "package.json", "package-lock.json"} {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, file), data, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(bin, "npm"), []byte(npmTogether), 0o755); err != nil {
		t.Fatal(err)
	}
	core, err := filepath.Abs("lib")
	if err != nil {
		t.Fatal(err)
	}
	install := func() error {
		cmd := exec.Command(filepath.Join(folder, "install.sh"))
		cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "MEETING="+meeting, "CORE="+core)
		out, err := cmd.CombinedOutput()
		if err != nil {
			return errors.New(err.Error() + "\n" + string(out))
		}
		return nil
	}

	results := make(chan error)
	for range 2 {
		go func() { results <- install() }()
	}
	for range 2 {
		if err := <-results; err != nil {
			t.Errorf("one of two installations fails: %v", err)
		}
	}
	var left []string
	for _, pattern := range []string{"lib/*", ".install.*", "node_modules"} {
		found, err := filepath.Glob(filepath.Join(folder, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range found {
			left = append(left, filepath.Base(path))
		}
	}
	if len(left) != 3 || !strings.HasPrefix(left[0], "libpact_ffi.") || left[1] != "pact" || left[2] != "stamp" {
		t.Errorf("installed %q, want the Pact core, the program pact and their stamp", left)
	}
	if err := os.WriteFile(filepath.Join(bin, "npm"), []byte("#!/bin/sh\nexit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := install(); err != nil {
		t.Errorf("a third one does not find that there is nothing to do: %v", err)
	}
}
