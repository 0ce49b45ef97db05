package main

import "testing"

func TestShown(t *testing.T) {
	for _, c := range []struct {
		name   string
		ratios []float64
		want   string
	}{
		{"the median and the range", []float64{3, 0.5, 20.4}, "3 (0.5 to 20)"},
		{"many times", []float64{99, 187.4, 1234}, "190 (99 to 1230)"},
		{"one round", []float64{2}, "2 (2 to 2)"},
		{"what all are compared with", []float64{1, 1, 1}, "1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := shown(c.ratios); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
