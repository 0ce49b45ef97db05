// Package packed holds files of the repository that are part of the program, compressed: openapi.yaml, that of the control API,
// the pages about codes, the console and the pacts of the published clients. Whoever changes one of them regenerates files.zip.
//
// Files are named by their paths in the repository: "contracts/pacts/blesta-2.1-ticaga.json". A name that is a constant is
// always there, because a test compares files.zip with the repository.
package packed

import (
	"archive/zip"
	"bytes"
	_ "embed"
	"encoding/binary"
	"io"
	"slices"
	"strings"
	"sync"
)

//go:generate go test -count=1 -run ^TestFiles$ . -update
//go:embed files.zip
var archive []byte

// files are sorted by name.
var files = sync.OnceValue(func() []*zip.File {
	r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		panic(err) // a test has read it
	}
	return r.File
})

// find returns nil for a file that is not packed.
func find(name string) *zip.File {
	i, ok := slices.BinarySearchFunc(files(), name, func(f *zip.File, name string) int { return strings.Compare(f.Name, name) })
	if !ok {
		return nil
	}
	return files()[i]
}

// Names returns the names of the files in a folder and its subfolders, without the folder's name, sorted.
func Names(folder string) []string {
	var names []string
	for _, f := range files() {
		if name, ok := strings.CutPrefix(f.Name, folder+"/"); ok {
			names = append(names, name)
		}
	}
	return names
}

// Read returns a file, or nil if it is not packed.
func Read(name string) []byte {
	f := find(name)
	if f == nil {
		return nil
	}
	r, err := f.Open()
	if err != nil {
		panic(err) // a test has read it
	}
	content := make([]byte, f.UncompressedSize64)
	if _, err := io.ReadFull(r, content); err != nil {
		panic(err)
	}
	return content
}

// Gzip returns a file as gzip compresses it, or nil if it is not packed.
func Gzip(name string) []byte {
	f := find(name)
	if f == nil {
		return nil
	}
	start, err := f.DataOffset()
	if err != nil {
		panic(err) // a test has read it
	}
	content := []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255} // deflate, no name, no time, the best compression, no known system
	content = append(content, archive[start:start+int64(f.CompressedSize64)]...)
	content = binary.LittleEndian.AppendUint32(content, f.CRC32)
	return binary.LittleEndian.AppendUint32(content, uint32(f.UncompressedSize64))
}
