//go:build cgo

// Package verify runs Pact: its tests write the pacts of the published clients and check every pact
// against the mock. It is the only importer of pact-go, and exports nothing.
//
// pact-go links a native library, the Pact core, which install.sh puts into lib/. Without it the
// tests here fail to link and everything else in this module works. pact-go accepts version 0.4.28
// of it and hardly any other, hence the exact versions in package.json.
//
// TestConsumers sends what each client sends to Pact's mock server, which compares it with what the
// client's pact expects and writes the pact. The clients are tables, each in a file of its name; those
// of the Blesta plugin share blestasince20_test.go. The files in ../pacts have to be the same; with
// -update they are replaced.
//
// TestProvider lets Pact's verifier send the requests of pacts to a mock, each in its provider states
// and from a fresh start. contracts.Pact.Judge says what became of them. It accepts any pacts; give an
// absolute path:
//
//	go test ./contracts/verify -count=1 -run '^TestProvider$' -pacts /path/to/pacts
//
// With -email and -token the mock knows the credentials in those pacts, if they are not its own;
// -provider, -description and -state choose what is verified. make verify passes all of them.
// TestVerificationFails shows that TestProvider can fail.
//
// TestCommand and its neighbours run ticaga-mock pact verify with the program pact, which install.sh puts into
// lib/ too.
package verify

// The flags find the library when linking, and again when a test binary starts: no
// environment variable is needed for either.

// #cgo linux darwin LDFLAGS: -L${SRCDIR}/lib -Wl,-rpath,${SRCDIR}/lib
// #cgo windows LDFLAGS: -L${SRCDIR}/lib
import "C"
