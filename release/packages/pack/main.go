// Pack makes the packages of a release: tarballs for npm and a zip for Composer, from the archives of the release or
// from one program. The same input gives the same bytes.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

func main() {
	dist := flag.String("dist", "", "`folder` with the archives of a release, ticaga-mock_VERSION_OS_ARCH.tar.gz or .zip")
	program := flag.String("program", "", "instead of them, a program for this machine: its `path`")
	version := flag.String("version", "0.0.0-dev", "`version` of the packages of -program")
	out := flag.String("out", "", "`folder` to write the packages to")
	flag.Parse()
	err := pack(*dist, *program, *version, *out)
	if err != nil {
		fmt.Fprintln(os.Stderr, "pack:", err)
		os.Exit(1)
	}
}

// pack writes the packages. It is started at the top of the repository.
func pack(dist, program, version, out string) error {
	if (dist == "") == (program == "") || out == "" {
		return errors.New("needs -out, and either -dist or -program")
	}
	var builds []build
	var err error
	if dist != "" {
		builds, err = fromArchives(dist)
	} else {
		builds, err = fromProgram(program, version)
	}
	if err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	return errors.Join(packNPM("release/packages/npm", out, builds), packComposer("release/packages/phpunit", out, builds))
}

// build is the program for one platform.
type build struct {
	version  string // without a leading v
	os, arch string // as Go has them
	program  []byte
	archive  string // the name of the archive that it is from, or ""
	sum      string // SHA-256 of the archive in hexadecimal, or ""
}

// name returns the file name of the program.
func (b build) name() string {
	if b.os == "windows" {
		return "ticaga-mock.exe"
	}
	return "ticaga-mock"
}

func fromProgram(path, version string) ([]build, error) {
	program, err := os.ReadFile(filepath.Clean(path))
	return []build{{version: version, os: runtime.GOOS, arch: runtime.GOARCH, program: program}}, err
}
