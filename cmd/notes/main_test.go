package main

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const changelog = `# Changelog

All notable changes, see [Keep a Changelog](https://keepachangelog.com/en/1.1.0/).

## [Unreleased]

### Added

- Not yet.

## [0.2.0] - 2026-12-01

### Fixed

- The [console](docs/console.md#try) and [Ticaga](https://docs.ticaga.com).

## [0.2.0-rc.1] - 2026-11-30

- A candidate.

## [0.1.1] - 2026-11-20

## [0.1.0] - soon

- First.
`

func TestNotes(t *testing.T) {
	for _, c := range []struct{ name, tag, want, err string }{
		{"section", "v0.2.0", "### Fixed\n\n- The [console](https://github.com/ticaga-mock/ticaga-mock/blob/v0.2.0/docs/console.md#try) and [Ticaga](https://docs.ticaga.com).\n", ""},
		{"prerelease", "v0.2.0-rc.1", "- A candidate.\n", ""},
		{"empty", "v0.1.1", "", "CHANGELOG.md: the section of 0.1.1 is empty; say what has changed"},
		{"without a date", "v0.1.0", "", `CHANGELOG.md: the headline of 0.1.0 ends in " - soon"; write ## [0.1.0] - YYYY-MM-DD`},
		{"missing", "v0.3.0", "", "CHANGELOG.md: no section of 0.3.0; rename [Unreleased] to [0.3.0] - YYYY-MM-DD"},
		{"part of another", "v0.2", "", "CHANGELOG.md: no section of 0.2; rename [Unreleased] to [0.2] - YYYY-MM-DD"},
		{"no tag of a version", "0.2.0", "", `tag "0.2.0": must be v and a version, such as v0.1.0`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := notes(changelog, c.tag)
			message := ""
			if err != nil {
				message = err.Error()
			}
			if diff := cmp.Diff(c.want, got); diff != "" || message != c.err {
				t.Errorf("error %q, want %q; notes (-want +got):\n%s", message, c.err, diff)
			}
		})
	}
}

// TestNotesOfTheNextRelease checks that the changelog of this repository can be released: its first section, once it
// has a version and a date.
func TestNotesOfTheNextRelease(t *testing.T) {
	data, err := os.ReadFile("../../CHANGELOG.md")
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	first := headline.FindString(text)
	if first == "" {
		t.Fatal("CHANGELOG.md: got no section, want one")
	}
	got, err := notes(strings.Replace(text, first, "## [99.0.0] - 2026-01-01", 1), "v99.0.0")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(got, "### ") || strings.Contains(got, "](docs/") {
		t.Errorf("got %s, want sections, and no link that is relative", got)
	}
}
