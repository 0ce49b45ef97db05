package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
)

// nodeNames are Node.js's names of operating systems and architectures, where they differ from Go's.
var nodeNames = map[string]string{"windows": "win32", "amd64": "x64"}

func nodeName(name string) string {
	if other, ok := nodeNames[name]; ok {
		return other
	}
	return name
}

// npmPlatform returns a platform as Node.js names it, such as "linux-x64".
func npmPlatform(b build) string { return nodeName(b.os) + "-" + nodeName(b.arch) }

// packNPM writes a tarball for each platform, and one of the package that depends on them.
func packNPM(source, out string, builds []build) error {
	main, err := sourceFiles(source, "bin", "lib", "README.md")
	if err != nil {
		return err
	}
	manifest, err := readManifest(filepath.Join(source, "package.json"))
	if err != nil {
		return err
	}
	terms, err := license(source)
	if err != nil {
		return err
	}
	optional := map[string]string{}
	version := builds[0].version
	for _, b := range builds {
		name := "@ticaga-mock/" + npmPlatform(b)
		optional[name] = b.version
		files := []file{
			{"package.json", platformManifest(name, b), false},
			{"README.md", fmt.Appendf(nil, "# %s\n\nThe program of [ticaga-mock](https://github.com/ticaga-mock/ticaga-mock) for %s. Install `ticaga-mock` instead.\n", name, npmPlatform(b)), false},
			{"bin/" + b.name(), b.program, true},
		}
		if err := writeTarball(out, "ticaga-mock-"+npmPlatform(b), b.version, files, terms); err != nil {
			return err
		}
	}
	main = append(main, file{"package.json", manifest.with(version, "optionalDependencies", optional), false})
	return writeTarball(out, "ticaga-mock", version, main, terms)
}

// platformManifest returns the package.json of the package for one platform.
func platformManifest(name string, b build) []byte {
	return encode(map[string]any{
		"name":        name,
		"version":     b.version,
		"description": "The program of ticaga-mock for " + npmPlatform(b) + ".",
		"license":     "MIT",
		"repository":  map[string]string{"type": "git", "url": "git+https://github.com/ticaga-mock/ticaga-mock.git"},
		"os":          []string{nodeName(b.os)},
		"cpu":         []string{nodeName(b.arch)},
		// Yarn would keep it in a zip, from which it cannot be run.
		"preferUnplugged": true,
	})
}

// writeTarball writes a package as npm pack does: everything in a folder "package", with one fixed time.
func writeTarball(out, name, version string, files []file, terms []byte) error {
	var tarball bytes.Buffer
	compressed := gzip.NewWriter(&tarball)
	writer := tar.NewWriter(compressed)
	for _, f := range withLicense(files, terms) {
		header := &tar.Header{Name: "package/" + f.name, Mode: int64(f.mode()), Size: int64(len(f.data)), ModTime: packed, Format: tar.FormatUSTAR}
		if err := writer.WriteHeader(header); err != nil {
			return err
		}
		if _, err := writer.Write(f.data); err != nil {
			return err
		}
	}
	if err := writer.Close(); err != nil {
		return err
	}
	if err := compressed.Close(); err != nil {
		return err
	}
	path := filepath.Join(out, fmt.Sprintf("%s-%s.tgz", name, version))
	return os.WriteFile(path, tarball.Bytes(), 0o644)
}
