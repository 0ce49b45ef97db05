package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// release is what the installer of the Composer package reads: which archives there are, and their hashes. So a
// download is what this version was packed with, or refused.
type release struct {
	Version  string             `json:"version"`
	Archives map[string]archive `json:"archives"` // by platform, such as "linux_amd64"
}

type archive struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
}

// packComposer writes a zip that Composer accepts as the archive of a package, with its version in composer.json.
func packComposer(source, out string, builds []build) error {
	files, err := sourceFiles(source, "bin", "src", "README.md")
	if err != nil {
		return err
	}
	manifest, err := readManifest(filepath.Join(source, "composer.json"))
	if err != nil {
		return err
	}
	r := release{builds[0].version, map[string]archive{}}
	for _, b := range builds {
		if b.archive != "" {
			r.Archives[b.os+"_"+b.arch] = archive{b.archive, b.sum}
		}
	}
	terms, err := license(source)
	if err != nil {
		return err
	}
	files = append(files, file{"composer.json", manifest.with(r.Version, "", nil), false}, file{"release.json", encode(r), false})
	var zipped bytes.Buffer
	writer := zip.NewWriter(&zipped)
	for _, f := range withLicense(files, terms) {
		header := &zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: packed}
		header.SetMode(f.mode())
		entry, err := writer.CreateHeader(header)
		if err != nil {
			return err
		}
		if _, err := entry.Write(f.data); err != nil {
			return err
		}
	}
	if err := writer.Close(); err != nil {
		return err
	}
	path := filepath.Join(out, fmt.Sprintf("ticaga-mock-phpunit-%s.zip", strings.ReplaceAll(r.Version, "+", "-")))
	return os.WriteFile(path, zipped.Bytes(), 0o644)
}
