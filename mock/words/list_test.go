package words

import "testing"

func TestList(t *testing.T) {
	for want, c := range map[string]struct {
		first []string
		n     int
	}{
		"": {nil, 0}, "a": {[]string{"a"}, 1}, "a, b": {[]string{"a", "b"}, 2}, "a, b and 1 more": {[]string{"a", "b"}, 3}, "a, b and 98 more": {[]string{"a", "b"}, 100},
	} {
		if got := List(c.first, c.n); got != want {
			t.Errorf("List(%q, %d) = %q, want %q", c.first, c.n, got, want)
		}
	}
}
