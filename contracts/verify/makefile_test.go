//go:build cgo && !windows

package verify

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// What make verify is called with decides what is verified: without PACTS, our own pacts are.
func TestMakeVerify(t *testing.T) {
	tests := []struct {
		name      string
		typed     []string
		inherited []string
		want      string // in the output; of a good call, in the commands
		bad       bool
	}{
		{"nothing", nil, nil, "contracts/pacts", false},
		{"pacts", []string{"PACTS=own/pacts"}, nil, `pacts="$PACTS"`, false},
		{"pacts of the environment", nil, []string{"PACTS=own/pacts"}, `pacts="$PACTS"`, false},
		{"a selection", []string{"DESCRIPTION=a request", "STATE=customer 8", "PROVIDER=help desk"}, nil, `-description="$DESCRIPTION" -state="$STATE"`, false},
		{"pacts, and a relative in the environment", []string{"PACTS=own/pacts"}, []string{"PACTFILE=x"}, `pacts="$PACTS"`, false},
		{"Pact's own variables", nil, []string{"PACT_DO_NOT_TRACK=true", "PACT_BROKER_TOKEN=x"}, "contracts/pacts", false},

		{"empty", []string{"PACTS="}, nil, "PACTS is empty", true},
		{"blank", []string{"PACTS= "}, nil, "PACTS is empty", true},
		{"empty in the environment", nil, []string{"PACTS="}, "PACTS is empty", true},
		{"misspelt", []string{"PACT=own/pacts"}, nil, "make verify has no variable PACT; it has PACTS ", true},
		{"one too many", []string{"PACTS=own/pacts", "DESCRIPTIONS=x"}, nil, "make verify has no variable DESCRIPTIONS", true},
		{"in lowercase", []string{"pacts=own/pacts"}, nil, "make verify has no variable pacts", true},
		{"misspelt in the environment", nil, []string{"PACTFILE=own/pacts"}, "PACTS is not set, but PACTFILE is", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			cmd := exec.Command("make", append([]string{"-n", "-C", "../..", "verify"}, test.typed...)...)
			cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { // of a make that runs this test
				return strings.HasPrefix(v, "MAKE") || strings.HasPrefix(v, "MFLAGS=") || strings.HasPrefix(v, "PACT")
			})
			cmd.Env = append(cmd.Env, test.inherited...)
			out, err := cmd.CombinedOutput()
			if text := strings.Join(strings.Fields(string(out)), " "); (err != nil) != test.bad || !strings.Contains(text, test.want) {
				t.Errorf("%v\n%s\nwant an error: %t, and the output containing %q", err, out, test.bad, test.want)
			}
		})
	}
}
