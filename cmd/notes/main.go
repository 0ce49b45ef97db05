// Notes prints what CHANGELOG.md says about a version, for the page of its release.
//
//	go run ./cmd/notes v0.1.0
package main

import (
	"fmt"
	"os"
	"regexp"
	"strings"
)

const repository = "https://github.com/ticaga-mock/ticaga-mock"

func main() {
	if len(os.Args) != 2 {
		_, _ = fmt.Fprintln(os.Stderr, "usage: notes TAG, for example: notes v0.1.0")
		os.Exit(2)
	}
	changelog, err := os.ReadFile("CHANGELOG.md")
	var text string
	if err == nil {
		text, err = notes(string(changelog), os.Args[1])
	}
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "notes:", err)
		os.Exit(1)
	}
	fmt.Print(text)
}

var (
	headline = regexp.MustCompile(`(?m)^## \[([^\]]+)\](.*)$`)
	dated    = regexp.MustCompile(`^ - \d{4}-\d\d-\d\d$`)
	link     = regexp.MustCompile(`\]\(([^)\s]+)\)`)
)

// notes returns the section of a changelog about the version of a tag, without its headline. Links to files of the
// repository lead to what they were at the tag.
func notes(changelog, tag string) (string, error) {
	version, ok := strings.CutPrefix(tag, "v")
	if !ok {
		return "", fmt.Errorf("tag %q: must be v and a version, such as v0.1.0", tag)
	}
	all := headline.FindAllStringSubmatchIndex(changelog, -1)
	for i, at := range all {
		if changelog[at[2]:at[3]] != version {
			continue
		}
		if date := changelog[at[4]:at[5]]; !dated.MatchString(date) {
			return "", fmt.Errorf("CHANGELOG.md: the headline of %s ends in %q; write ## [%s] - YYYY-MM-DD", version, date, version)
		}
		end := len(changelog)
		if i+1 < len(all) {
			end = all[i+1][0]
		}
		section := strings.TrimSpace(changelog[at[1]:end])
		if section == "" {
			return "", fmt.Errorf("CHANGELOG.md: the section of %s is empty; say what has changed", version)
		}
		return absolute(section, tag) + "\n", nil
	}
	return "", fmt.Errorf("CHANGELOG.md: no section of %s; rename [Unreleased] to [%s] - YYYY-MM-DD", version, version)
}

// absolute makes links to files of the repository work on another page.
func absolute(section, tag string) string {
	return link.ReplaceAllStringFunc(section, func(found string) string {
		target := link.FindStringSubmatch(found)[1]
		if strings.Contains(target, "://") || strings.HasPrefix(target, "#") {
			return found
		}
		return "](" + repository + "/blob/" + tag + "/" + target + ")"
	})
}
