package contracts_test

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/contracts"
)

var update = flag.Bool("update", false, "write the generated parts of the documents")

// TestDocsListStates checks the table of provider states, which people read who write pacts.
func TestDocsListStates(t *testing.T) {
	const file, begin, end = "../docs/provider-states.md", "<!-- generated: states -->\n", "<!-- end -->\n"
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(data), begin)
	table, after, ended := strings.Cut(rest, end)
	if !ok || !ended {
		t.Fatalf("%s lacks %q or %q", file, begin, end)
	}
	want := "\n" + contracts.StatesTable() + "\n"
	if *update {
		if err := os.WriteFile(file, []byte(before+begin+want+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if table != want {
		t.Errorf("%s is out of date; run: go test ./contracts -run TestDocsListStates -update", file)
	}
}

// TestDocsListPacts: every pact of a published client has a row.
func TestDocsListPacts(t *testing.T) {
	page, err := os.ReadFile("../docs/contracts.md")
	if err != nil {
		t.Fatal(err)
	}
	pacts, err := contracts.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, pact := range pacts {
		if row := "\n| `" + pact.Consumer + "` | "; !strings.Contains(string(page), row) {
			t.Errorf("docs/contracts.md lacks a row for %q", pact.Consumer)
		}
	}
	if rows, want := strings.Count(string(page), "\n| `blesta-")+strings.Count(string(page), "\n| `clientexec-"), len(pacts)-1; rows != want {
		t.Errorf("docs/contracts.md has %d rows of plugins, want %d", rows, want)
	}
}
