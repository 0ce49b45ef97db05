// Package words compares words that people may have mistyped, and lists words for people.
//
// Use [Nearest] to suggest a word: it returns the candidate that was most likely intended.
package words

import "strings"

// maxLen is the max length of a word that is compared, in bytes: longer ones are not typed by people,
// and the time that Distance takes is quadratic.
const maxLen = 64

// Nearest returns the candidate that word was most likely intended to be, or "" if none is near enough:
// about one letter in three may differ, and at least one must be right. If several are equally near,
// it returns the first. Case does not matter.
func Nearest(word string, candidates []string) string {
	if len(word) > maxLen {
		return ""
	}
	best, least := "", min(len(word)/3+2, max(len(word), 1))
	for _, c := range candidates {
		if len(c) > 2*maxLen {
			continue
		}
		if d := Distance(strings.ToLower(word), strings.ToLower(c)); d < least {
			best, least = c, d
		}
	}
	return best
}

// Distance counts the bytes to insert, delete, replace or swap with their neighbor to turn a into b
// (optimal string alignment). It takes time in proportion to len(a) * len(b).
func Distance(a, b string) int {
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

// OneEdit reports whether the [Distance] of a and b is 1, where the case of ASCII letters in a does not
// matter. b must be in lowercase. It does not allocate.
func OneEdit(a, b string) bool {
	if d := len(a) - len(b); d < -1 || d > 1 {
		return false
	}
	for a != "" && b != "" && lower(a[0]) == b[0] {
		a, b = a[1:], b[1:]
	}
	for a != "" && b != "" && lower(a[len(a)-1]) == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	return len(a)+len(b) == 1 || len(a) == 1 && len(b) == 1 ||
		len(a) == 2 && len(b) == 2 && lower(a[0]) == b[1] && lower(a[1]) == b[0]
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c | 0x20
	}
	return c
}
