package spec

import (
	"sync"

	ticagamock "github.com/ticaga-mock/ticaga-mock"
)

// The file compiled.go is openapi.yaml as Load reads it, written as Go: nothing has to be decoded when the program starts.
// The tag lets it be regenerated where the present one does not compile, as with another version of kin-openapi.
//
//go:generate go test -tags uncompiled -count=1 -run ^TestCompiled$ . -update

// BuiltIn returns the contract in openapi.yaml, which is the same for all callers. It is much faster than Load, which reads
// and validates the file: a test has done so.
var BuiltIn = sync.OnceValue(func() *Contract {
	c := compiled()
	c.file.data = ticagamock.OpenAPI
	for _, o := range c.Operations {
		o.verdicts = newVerdicts()
	}
	return c
})
