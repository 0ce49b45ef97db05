package main

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// replacement is a file that replaces another once it is complete. Until then, and when
// a full disk or a kill comes first, the other one stays as it is.
type replacement struct {
	file   *os.File // temporary
	name   string   // of the other one, as it was given
	target string   // what to rename the file to; "" for what can only be written to, such as a pipe
	err    error    // the first one of Write
}

// createReplacement begins one. It fails where the other file could not be written.
func createReplacement(name string) (*replacement, error) {
	target, mode, err := replaceable(name)
	if err != nil {
		return nil, err
	}
	if target != "" {
		file, err := createTemporary(filepath.Dir(target))
		if err == nil {
			if mode != 0 {
				_ = file.Chmod(mode) // a file system without modes has none to keep
			}
			return &replacement{file: file, name: name, target: target}, nil
		}
		if mode == 0 { // else the folder alone cannot be written to
			return nil, &fs.PathError{Op: "open", Path: name, Err: cause(err)}
		}
	}
	file, err := createTemporary(os.TempDir())
	if err != nil {
		return nil, err
	}
	return &replacement{file: file, name: name}, nil
}

// replaceable finds the file that a name leads to, and its permissions; 0 when there is none yet.
// Target is "" when the name leads to something that a file cannot replace.
func replaceable(name string) (target string, mode fs.FileMode, err error) {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if _, err := os.Lstat(name); err == nil { // a link that leads to nothing yet
			return "", 0, nil
		}
		return name, 0, nil
	case err != nil:
		return "", 0, err
	case info.IsDir():
		return "", 0, &fs.PathError{Op: "open", Path: name, Err: syscall.EISDIR}
	case !info.Mode().IsRegular() || isOutput(info):
		return "", 0, nil
	}
	file, err := os.OpenFile(name, os.O_WRONLY, 0) // a read-only file is not replaced either
	if err != nil {
		return "", 0, err
	}
	target, err = filepath.EvalSymlinks(name) // the link stays
	return target, info.Mode().Perm(), cmp.Or(err, file.Close())
}

// isOutput reports whether a file is this program's output, which others write to as well.
func isOutput(file fs.FileInfo) bool {
	for _, output := range []*os.File{os.Stdout, os.Stderr} {
		if info, err := output.Stat(); err == nil && os.SameFile(file, info) {
			return true
		}
	}
	return false
}

// createTemporary makes a file whose name matches no pattern of those who collect reports.
func createTemporary(folder string) (*os.File, error) {
	return os.OpenFile(filepath.Join(folder, ".ticaga-mock-"+rand.Text()+".tmp"), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
}

// Write fails for good at the first error: when a disk is full, others need the room. commit
// returns that error too.
func (r *replacement) Write(content []byte) (int, error) {
	if r.err != nil {
		return 0, r.err
	}
	n, err := r.file.Write(content)
	if err != nil {
		r.err = r.error(err)
		r.discard()
	}
	return n, r.err
}

// commit puts the file into its place. On an error the other one is as it was, unless it can only
// be written to.
func (r *replacement) commit() error {
	if r.err != nil {
		return r.err
	}
	defer r.discard()
	err := r.file.Sync() // some disks report only now that they are full
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		err = nil
	}
	if err := cmp.Or(err, r.file.Close()); err != nil {
		return r.error(err)
	}
	if r.target == "" {
		return r.copyTo(r.name)
	}
	err = os.Rename(r.file.Name(), r.target)
	switch {
	case errors.Is(err, syscall.EBUSY): // a single file that is mounted into a container
		return r.copyTo(r.target)
	case err != nil:
		return r.error(err)
	}
	return nil
}

// copyTo writes the content to what cannot be replaced.
func (r *replacement) copyTo(name string) error {
	flags := os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	if info, err := os.Stat(name); err == nil && isOutput(info) {
		flags = os.O_WRONLY | os.O_APPEND
	}
	content, err := os.Open(r.file.Name())
	if err != nil {
		return r.error(err)
	}
	defer func() { _ = content.Close() }()
	file, err := os.OpenFile(name, flags, 0o666)
	if err != nil {
		return r.error(err)
	}
	_, err = io.Copy(file, content)
	if err := cmp.Or(err, file.Close()); err != nil {
		return r.error(err)
	}
	return nil
}

// discard removes the temporary file.
func (r *replacement) discard() {
	_ = r.file.Close()
	_ = os.Remove(r.file.Name()) // there is none after a rename
}

func (r *replacement) error(err error) error { return fmt.Errorf("write %s: %w", r.name, cause(err)) }

// cause is an error without the name of the file or program that it is about.
func cause(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	var program *exec.Error
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	case errors.As(err, &program):
		return program.Err
	}
	return err
}
