// Package ticagamock holds the contract that the whole program is driven by.
package ticagamock

import _ "embed"

// OpenAPI is openapi.yaml: the one place where an operation is described.
//
//go:embed openapi.yaml
var OpenAPI []byte
