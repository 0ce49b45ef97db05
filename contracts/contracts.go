// Package contracts holds what consumers rely on, as Pact contracts, and puts a mock
// into the provider states that those start from.
//
// The words are Pact's. A consumer is a program that calls Ticaga; Ticaga, or the mock
// in its place, is the provider. What a consumer relies on is a pact: a JSON file of
// interactions, each one request and the least answer that the consumer needs, each
// starting from provider states such as "customer 8 exists".
//
// Pacts come in by [All], which has those of the published clients, from the folder
// pacts, or by [Open], which takes anyone's. From there two roads lead on:
//
//   - [Check] holds a pact against openapi.yaml. It needs nothing but Go, and knows what
//     the contract says but not what the mock does.
//   - A [Stage] puts a mock into the states of an interaction; [States] lists them. The
//     package verify below this one does that and lets Pact's own verifier send the
//     requests and judge the answers. It needs a native library, so nothing else
//     imports it.
package contracts

import (
	"embed"
	"io/fs"
)

//go:embed pacts/*.json
var files embed.FS

// All reads the pacts of the published clients. The tests of the package verify write
// them and say when they are out of date.
func All() ([]Pact, error) {
	folder, err := fs.Sub(files, "pacts")
	if err != nil {
		return nil, err
	}
	return readAll(folder)
}
