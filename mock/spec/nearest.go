package spec

import (
	"slices"
	"strings"
)

// NearestWord finds the candidate that a mistyped word was most likely meant to be; ""
// when none is near: about one letter in three may differ, and one at least has to be right.
// The first of equals wins.
func NearestWord(word string, candidates []string) string {
	if len(word) > 64 {
		return "" // nobody mistypes that much, and the distance is quadratic
	}
	best, least := "", min(len(word)/3+2, max(len(word), 1))
	for _, c := range candidates {
		if len(c) > 2*64 {
			continue
		}
		if d := distance(strings.ToLower(word), strings.ToLower(c)); d < least {
			best, least = c, d
		}
	}
	return best
}

// distance counts the letters to insert, delete, replace or swap with their neighbour
// (optimal string alignment).
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

// Nearest finds the operation that a request to an unknown path most likely meant; nil
// when none is near. Another method counts as three letters, and a parameter takes whatever
// stands in its place for one.
func (c *Contract) Nearest(method, path string) *Operation {
	if len(path) > 256 {
		return nil
	}
	var best *Operation
	asked := splitPath(path)
	least := len(path)/3 + 2
	for _, o := range c.Operations {
		filled := slices.Clone(o.segments)
		d := 0
		for i, s := range filled {
			if isParameter(s) {
				filled[i] = asked[min(i, len(asked)-1)]
				d++
			}
		}
		d += distance(strings.ToLower(strings.Join(asked, "/")), strings.ToLower(strings.Join(filled, "/")))
		if o.Method != method {
			d += 3
		}
		if d < least {
			best, least = o, d
		}
	}
	return best
}
