//go:build cgo

package verify

import (
	"flag"
	"io"
	"log"
	"os"
	"testing"

	pactlog "github.com/pact-foundation/pact-go/v2/log"

	"github.com/ticaga-mock/ticaga-mock/contracts"
)

var (
	update = flag.Bool("update", false, "rewrite the pacts of the published clients")
	pacts  = flag.String("pacts", "../pacts", "the folder of pacts, or for TestProvider a single one")

	// Of TestProvider.
	providerName = flag.String("provider", contracts.DefaultProvider, "verify the pacts for the provider of this name")
	description  = flag.String("description", "", "verify the interactions whose description has this part")
	state        = flag.String("state", "", "verify the interactions with a provider state that has this part")
	email        = flag.String("email", "", "the e-mail address in the pacts, unless it is the mock's own")
	token        = flag.String("token", "", "the API token in the pacts, unless it is the mock's own")
	answer       = flag.String("answer", "", `verify against a provider that gives but this answer, e.g. '500 {"error": "x"}'`)

	// Of the process that runs Pact's verifier.
	verifier  = flag.String("verifier", "", "verify this file, and nothing else")
	url       = flag.String("url", "", "where the provider is")
	statesURL = flag.String("states-url", "", "where provider states are set")
)

func TestMain(m *testing.M) {
	flag.Parse()
	// The verifier would report each run to its makers.
	_ = os.Setenv("PACT_DO_NOT_TRACK", "true")
	// pact-go has read LOG_LEVEL already, and logs on the level INFO without it: a
	// hundred lines for every run, and an error that is none.
	if os.Getenv("LOG_LEVEL") == "" {
		if err := pactlog.SetLogLevel("ERROR"); err != nil {
			log.Fatal(err)
		}
		log.SetOutput(io.Discard)
	}
	if *verifier != "" {
		verifierMain()
	}
	os.Exit(m.Run())
}
