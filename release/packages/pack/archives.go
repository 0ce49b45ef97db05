package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// archiveName matches the name of an archive: version, operating system, architecture.
var archiveName = regexp.MustCompile(`^ticaga-mock_(.+)_([a-z0-9]+)_([a-z0-9]+)\.(?:tar\.gz|zip)$`)

// fromArchives returns the program of each archive in a folder. They are of one version.
func fromArchives(folder string) ([]build, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var builds []build
	for _, entry := range entries {
		parts := archiveName.FindStringSubmatch(entry.Name())
		if parts == nil {
			continue
		}
		data, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		if err != nil {
			return nil, err
		}
		b := build{version: parts[1], os: parts[2], arch: parts[3], archive: entry.Name(), sum: fmt.Sprintf("%x", sha256.Sum256(data))}
		if len(builds) > 0 && builds[0].version != b.version {
			return nil, fmt.Errorf("%s: has archives of the versions %q and %q; remove those of one", folder, builds[0].version, b.version)
		}
		if b.program, err = extract(data, b.name()); err != nil {
			return nil, fmt.Errorf("%s: %w", entry.Name(), err)
		}
		builds = append(builds, b)
	}
	if len(builds) == 0 {
		return nil, fmt.Errorf("%s: has no archives such as ticaga-mock_1.2.3_linux_amd64.tar.gz", folder)
	}
	return builds, nil
}

// extract returns a file at the top of an archive: a zip, or a tar that gzip has compressed.
func extract(data []byte, name string) ([]byte, error) {
	if bytes.HasPrefix(data, []byte("PK")) {
		files, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return nil, err
		}
		return fs.ReadFile(files, name)
	}
	plain, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	files := tar.NewReader(plain)
	for {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("has no %s at the top", name)
		}
		if err != nil {
			return nil, err
		}
		if strings.TrimPrefix(header.Name, "./") == name {
			return io.ReadAll(files)
		}
	}
}
