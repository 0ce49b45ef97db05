package contracts_test

import (
	"os"
	"strings"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/contracts"
)

// TestReadmeListsEveryState: people who write pacts read the table there.
func TestReadmeListsEveryState(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, state := range contracts.States {
		if row := "| `" + state.Name + "` | " + state.Sets + " |"; !strings.Contains(string(readme), row) {
			t.Errorf("README.md lacks %q", row)
		}
		for _, param := range state.Params {
			if !strings.Contains(string(readme), "`"+param+"`") {
				t.Errorf("README.md lacks the parameter %q of %q", param, state.Name)
			}
		}
	}
}
