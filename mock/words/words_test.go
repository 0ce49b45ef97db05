package words_test

import (
	"strings"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock/words"
)

func TestNearest(t *testing.T) {
	known := []string{"default", "empty", "busy", "extensions"}
	for word, want := range map[string]string{
		"default":                  "default",
		"defualt":                  "default",
		"Default":                  "default",
		"bsy":                      "busy",
		"emty":                     "empty",
		"extensoins":               "extensions",
		"":                         "",
		"x":                        "",
		"customers":                "",
		strings.Repeat("busy", 50): "",
	} {
		t.Run(word, func(t *testing.T) {
			if got := words.Nearest(word, known); got != want {
				t.Errorf("Nearest(%q) = %q, want %q", word, got, want)
			}
		})
	}
}

func TestDistance(t *testing.T) {
	for _, row := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"abc", "abc", 0},
		{"abc", "acb", 1}, {"abc", "abcd", 1}, {"abc", "xbc", 1}, {"kitten", "sitting", 3},
	} {
		t.Run(row.a+" "+row.b, func(t *testing.T) {
			if got := words.Distance(row.a, row.b); got != row.want {
				t.Errorf("Distance(%q, %q) = %d, want %d", row.a, row.b, got, row.want)
			}
		})
	}
}
