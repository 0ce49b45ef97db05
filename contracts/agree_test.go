package contracts

import (
	"strings"
	"testing"
)

// TestCheckAgrees: the interactions of testdata/agree say in their description whether they fit. That is what
// Pact's verifier says of them with a mock that has the default scenario, too.
func TestCheckAgrees(t *testing.T) {
	pacts, err := Open("testdata/agree")
	if err != nil {
		t.Fatal(err)
	}
	for _, pact := range pacts {
		broken := map[int]string{}
		for _, f := range checker(t).Check(pact) {
			if f.IsError() {
				broken[f.Index] = f.String()
			}
		}
		for index, i := range pact.Interactions {
			t.Run(pact.File+"/"+i.Description, func(t *testing.T) {
				finding, breaks := broken[index]
				switch {
				case strings.HasPrefix(i.Description, "fits: ") && breaks:
					t.Errorf("got %s, want no error", finding)
				case strings.HasPrefix(i.Description, "breaks: ") && !breaks:
					t.Error("got no error, want one")
				}
			})
		}
	}
}
