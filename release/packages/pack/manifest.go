package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// unreleased is the version in the manifests of the repository.
const unreleased = `"version": "0.0.0"`

// manifest is the text of a package.json or composer.json. Its values are replaced without decoding it, because the
// order of its fields means something: in "exports", the first condition that holds counts.
type manifest string

func readManifest(path string) (manifest, error) {
	text, err := os.ReadFile(path)
	if err == nil && strings.Count(string(text), unreleased) != 1 {
		err = fmt.Errorf("%s: must have %s", path, unreleased)
	}
	return manifest(text), err
}

// with returns the manifest with a version and, unless its name is empty, one more field at the end.
func (m manifest) with(version, name string, value any) []byte {
	text := strings.Replace(string(m), unreleased, `"version": `+strings.TrimSpace(string(encode(version))), 1)
	if name != "" {
		field := strings.ReplaceAll(strings.TrimSpace(string(encode(value))), "\n", "\n  ")
		text = strings.TrimSuffix(strings.TrimSpace(text), "\n}") + fmt.Sprintf(",\n  %q: %s\n}\n", name, field)
	}
	return []byte(text)
}

// encode returns a value as JSON for people.
func encode(value any) []byte {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		panic(err) // strings, and maps and structs of them, can always be encoded
	}
	return text.Bytes()
}
