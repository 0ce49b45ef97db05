package words

import (
	"strings"
	"testing"
)

// TestOneEdit compares OneEdit with Distance for all pairs of short words.
func TestOneEdit(t *testing.T) {
	all := wordsOf("abC", 4)
	for _, a := range all {
		for _, b := range all {
			b := strings.ToLower(b)
			if got, want := OneEdit(a, b), Distance(strings.ToLower(a), b) == 1; got != want {
				t.Errorf("OneEdit(%q, %q): got %v, want %v", a, b, got, want)
			}
		}
	}
}

func TestOneEditDoesNotAllocate(t *testing.T) {
	near := true
	if got := testing.AllocsPerRun(100, func() { near = near && OneEdit("Pasword", "password") }); got != 0 {
		t.Errorf("got %v allocations, want 0", got)
	}
	if !near {
		t.Error(`OneEdit("Pasword", "password"): got false, want true`)
	}
}

// wordsOf returns all words of at most n of these letters.
func wordsOf(letters string, n int) []string {
	all := []string{""}
	for from := 0; n > 0; n-- {
		end := len(all)
		for _, word := range all[from:end] {
			for _, letter := range letters {
				all = append(all, word+string(letter))
			}
		}
		from = end
	}
	return all
}
