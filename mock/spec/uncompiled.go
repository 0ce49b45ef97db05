//go:build uncompiled

package spec

// compiled stands in for the function in compiled.go while that file is written.
func compiled() *Contract { return &Contract{} }
