// Package words finds the word that a mistyped one was most likely meant to be.
package words

import "strings"

// maxLen is the longest word in bytes that is compared: nobody mistypes more, and the distance is
// quadratic.
const maxLen = 64

// Nearest returns the candidate that word was most likely meant to be, or "" when none is near:
// about one letter in three may differ, and at least one must be right. The first of equals wins.
// Case does not matter.
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
