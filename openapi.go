// Package ticagamock holds the contract that the whole program is driven by, and the guide for coding assistants.
package ticagamock

import _ "embed"

// OpenAPI is openapi.yaml: the one place where an operation is described. The program reads the compressed copy of package
// packed instead, so that this one is not part of it.
//
//go:embed openapi.yaml
var OpenAPI []byte

// Guide is llms.txt: what a coding assistant reads first. See https://llmstxt.org.
//
//go:embed llms.txt
var Guide []byte
