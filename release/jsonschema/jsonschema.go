// Package jsonschema stands in for the compiler of JSON Schema that kin-openapi links for OpenAPI 3.1.
//
// The contract is OpenAPI 3.0, and no other version is read, so the real one never runs here. Linking it costs
// each start of the program 5 ms and 21,000 allocations, for the metaschemas of five drafts, and the program
// 0.7 MB. The file go.work puts this package in its place, for all that is built in a clone, releases and tests
// included. Whoever imports the module, or runs go install with a version, gets the real one, to the same effect.
//
// Only what kin-openapi mentions is declared. [Compiler.Compile] always fails, for which kin-openapi has a way
// out: it checks the value by the rules of OpenAPI 3.0.
package jsonschema

import "errors"

// Draft is a version of JSON Schema.
type Draft struct{}

// Draft2020 is what OpenAPI 3.1 is written in.
var Draft2020 = &Draft{}

// Compiler compiles nothing.
type Compiler struct{}

// NewCompiler returns a compiler that compiles nothing.
func NewCompiler() *Compiler { return &Compiler{} }

// DefaultDraft does nothing.
func (*Compiler) DefaultDraft(*Draft) {}

// AssertFormat does nothing.
func (*Compiler) AssertFormat() {}

// RegisterFormat does nothing.
func (*Compiler) RegisterFormat(*Format) {}

// AddResource does nothing.
func (*Compiler) AddResource(string, any) error { return nil }

// Compile always returns an error.
func (*Compiler) Compile(string) (*Schema, error) { return nil, errAbsent }

var errAbsent = errors.New("JSON Schema 2020-12 is not part of this program, which reads OpenAPI 3.0")

// Format is a named check of values.
type Format struct {
	Name     string
	Validate func(any) error
}

// Schema is what Compile would return.
type Schema struct{}

// Validate always returns an error.
func (*Schema) Validate(any) error { return errAbsent }

// ValidationError is what a Schema would return for a value that does not fit.
type ValidationError struct {
	InstanceLocation []string
	ErrorKind        ErrorKind
	Causes           []*ValidationError
}

func (*ValidationError) Error() string { return errAbsent.Error() }

// ErrorKind names the keyword that a value does not fit.
type ErrorKind interface{ KeywordPath() []string }
