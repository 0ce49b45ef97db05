package inspect

import "testing"

func TestSpeak(t *testing.T) {
	for _, c := range []struct{ advice, php, other string }{
		{"send it", "send it", "send it"},
		{"", "", ""},
		{"trim it«: trim($x)»", "trim it: trim($x)", "trim it"},
		{"trim it« in PHP» once", "trim it in PHP once", "trim it once"},
		{"send «a|b» or «c|d»!", "send a or c!", "send b or d!"},
		{"«a|b»", "a", "b"},
	} {
		t.Run("advice "+c.advice, func(t *testing.T) {
			if php, other := Speak(c.advice, true), Speak(c.advice, false); php != c.php || other != c.other {
				t.Errorf("%q: got %q and %q, want %q and %q", c.advice, php, other, c.php, c.other)
			}
		})
	}
}
