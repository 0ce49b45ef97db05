package main

import (
	"cmp"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// file is one of a package.
type file struct {
	name       string // with slashes
	data       []byte
	executable bool
}

func (f file) mode() fs.FileMode {
	if f.executable {
		return 0o755
	}
	return 0o644
}

// packed is the time of every file in a package, the one that npm pack has for them. A zip cannot have 1970.
var packed = time.Date(1985, time.October, 26, 8, 15, 0, 0, time.UTC)

// sourceFiles returns the files of a folder that are in one of these folders or have one of these names.
func sourceFiles(folder string, names ...string) ([]file, error) {
	var files []file
	root := os.DirFS(folder)
	for _, name := range names {
		err := fs.WalkDir(root, name, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			data, err := fs.ReadFile(root, path)
			files = append(files, file{path, data, strings.HasPrefix(path, "bin/")})
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return files, nil
}

// withLicense returns the files and the license, sorted by name.
func withLicense(files []file, license []byte) []file {
	files = append(slices.Clone(files), file{"LICENSE", license, false})
	slices.SortFunc(files, func(a, b file) int { return cmp.Compare(a.name, b.name) })
	return files
}

// license returns the license of the repository, which a package's folder is three levels below.
func license(source string) ([]byte, error) {
	return os.ReadFile(filepath.Join(source, "..", "..", "..", "LICENSE"))
}
