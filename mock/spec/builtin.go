package spec

import (
	_ "embed"
	"sync"

	"github.com/ticaga-mock/ticaga-mock/mock/packed"
)

// compiled is openapi.yaml as Load reads it, for codec: reading and validating the file takes a hundred times as long.
//
//go:generate go test -count=1 -run ^TestCompiled$ . -update
//go:embed compiled.bin
var compiled string

// BuiltIn returns the contract in openapi.yaml, which is the same for all callers. It is much faster than Load, which reads
// and validates the file: a test has done so.
var BuiltIn = sync.OnceValue(func() *Contract { return decompile(compiled) })

var builtInFile = sync.OnceValue(func() []byte { return packed.Read("openapi.yaml") })

func decompile(data string) *Contract {
	r := &reader{data: data}
	r.strings = make([]string, r.number(0))
	lengths := make([]int, len(r.strings))
	for i := range lengths {
		lengths[i] = int(r.number(0))
	}
	for i, n := range lengths {
		r.strings[i] = data[r.next : r.next+n]
		r.next += n
	}
	c := &Contract{file: file{load: builtInFile, strings: r.strings}}
	newCodec(r).contract(c)
	return c
}

// reader is the medium of what is compiled: the number of different strings, their lengths, the strings, and the rest, in
// which a string is its index.
type reader struct {
	strings []string
	data    string
	next    int
}

func (r *reader) number(uint64) (n uint64) {
	for shift := 0; ; shift += 7 {
		b := r.data[r.next]
		r.next++
		n |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return n
		}
	}
}

func (r *reader) text(string) string { return r.strings[r.number(0)] }
