package inspect

import (
	"strings"
	"testing"
)

func TestBadWorldName(t *testing.T) {
	for name, want := range map[string]string{
		"":                         "check that the variable with the name is not empty",
		"Blue":                     "write the name in lowercase",
		"My_Tests":                 "use only lowercase letters, digits and hyphens, as in my-tests",
		"büro":                     "use only lowercase letters, digits and hyphens, as in my-tests",
		"-blue":                    "choose another name",
		strings.Repeat("blue", 20): "choose another name",
	} {
		if got := BadWorldName(WorldInPath, name, "").Fix; got != want {
			t.Errorf("%q: got fix %q, want %q", name, got, want)
		}
	}
}
