package spec

import (
	"fmt"
	"slices"
	"testing"
)

func TestFirstNames(t *testing.T) {
	fields, all := map[string]any{}, []string{}
	for i := range 500 {
		fields[fmt.Sprint(i)] = i
		all = append(all, fmt.Sprint(i))
	}
	slices.Sort(all)
	for _, n := range []int{0, 1, 7, 249, 250, 251, 499, 500, 501} {
		if got := FirstNames(fields, n, nil); !slices.Equal(got, all[:min(n, 500)]) {
			t.Errorf("the first %d: got %v, want %q", n, got, all[:min(n, 500)])
		}
	}
	if got := FirstNames(map[string]any{"": 1, "a": 1, "b": 1, "c": 1}, 1, func(name string) bool { return name != "a" }); !slices.Equal(got, []string{""}) {
		t.Errorf("got %q, want %q", got, []string{""})
	}
}
