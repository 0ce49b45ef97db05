//go:build cgo

package verify

import (
	"os"
	"os/exec"
	"testing"

	"github.com/pact-foundation/pact-go/v2/provider"
)

// runVerifier lets Pact's verifier send the interactions of a file to a provider, and returns what it printed.
// It runs in a process of its own, because it returns nothing but whether all is well: see verifierMain.
func runVerifier(file, url, statesURL string) (printed string, err error) {
	program, err := os.Executable()
	if err != nil {
		return "", err
	}
	out, err := exec.Command(program, "-verifier="+file, "-url="+url, "-states-url="+statesURL).CombinedOutput()
	return string(out), err
}

// verifierMain is that process. It exits with 0 when all is well.
func verifierMain() {
	verify := func(t *testing.T) {
		// It fails t, and prints its report to the standard output.
		_ = provider.NewVerifier().VerifyProvider(t, provider.VerifyRequest{
			Provider: "ticaga", ProviderBaseURL: *url, ProviderStatesSetupURL: *statesURL, PactFiles: []string{*verifier}, DisableColoredOutput: true,
		})
	}
	everything := func(string, string) (bool, error) { return true, nil }
	testing.Main(everything, []testing.InternalTest{{Name: "verifier", F: verify}}, nil, nil)
}
