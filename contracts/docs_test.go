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
			t.Errorf("docs/contracts.md: got no row %q, want it", row)
		}
		for _, param := range state.Params {
			if !strings.Contains(string(page), "`"+param+"`") {
				t.Errorf("docs/contracts.md: got no parameter %q of %q, want it", param, state.Name)
			}
		}
	}
}
