package pactcli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// howToGet says where the executable comes from.
const howToGet = "install it with: npm install --save-dev @pact-foundation/pact-cli"

// Find returns the path of the executable pact: the one that is named, or else the first one in PATH, or in
// node_modules/.bin of the folder or one above it. The error says how to get it, or that
// what was found is another program of that name.
func Find(ctx context.Context, named, folder string) (string, error) {
	if named != "" {
		path, err := exec.LookPath(named)
		if err != nil {
			return "", fmt.Errorf("--pact %q: no such program; %s", named, howToGet)
		}
		if err := check(ctx, path); err != nil {
			return "", fmt.Errorf("--pact %q: %w", named, err)
		}
		return filepath.Abs(path)
	}
	var others error
	for _, candidate := range candidates(folder) {
		path, err := exec.LookPath(candidate)
		if err != nil {
			continue
		}
		err = check(ctx, path)
		if err == nil {
			return filepath.Abs(path)
		}
		others = errors.Join(others, fmt.Errorf("%q: %w", path, err))
	}
	if others != nil {
		return "", fmt.Errorf("found no Pact verifier, but %w; %s, or name it with --pact FILE", others, howToGet)
	}
	return "", fmt.Errorf(`the program "pact", which has Pact's verifier, is neither in PATH nor in node_modules/.bin; %s`, howToGet)
}

// candidates are where the executable may be, the most likely first.
func candidates(folder string) []string {
	list := []string{"pact"}
	for {
		list = append(list, filepath.Join(folder, "node_modules", ".bin", "pact"))
		above := filepath.Dir(folder)
		if above == folder {
			return list
		}
		folder = above
	}
}

// check reports whether a program is Pact's command line, by what it calls its verifier.
func check(ctx context.Context, path string) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	command := exec.CommandContext(ctx, path, "verifier", "--version")
	command.Env, command.WaitDelay = environment(os.Environ()), time.Second
	output := &tail{}
	command.Stdout, command.Stderr = output, output
	err := command.Run()
	if strings.Contains(output.text(), "pact verifier version") {
		return nil
	}
	if err != nil {
		return fmt.Errorf("it is not Pact's command line, or does not run: %w", err)
	}
	return errors.New("it is not Pact's command line")
}
