package contracts_test

import (
	"os"
	"strings"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/contracts"
)

// TestDocsListStates checks the table of provider states, which people read who write pacts.
func TestDocsListStates(t *testing.T) {
	page, err := os.ReadFile("../docs/contracts.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, state := range contracts.States {
		if row := "| `" + state.Name + "` | " + state.Sets + " |"; !strings.Contains(string(page), row) {
			t.Errorf("docs/contracts.md lacks %q", row)
		}
		for _, param := range state.Params {
			if !strings.Contains(string(page), "`"+param+"`") {
				t.Errorf("docs/contracts.md lacks the parameter %q of %q", param, state.Name)
			}
		}
	}
}
