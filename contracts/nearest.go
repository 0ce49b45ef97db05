package contracts

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/words"
)

// maxWords is how many words of an unknown sentence are looked at.
const maxWords = 40

// nearest returns the names of up to three states that were most likely meant by an unknown sentence:
// those with which it has the most words in common, mistyped ones included.
func (x *index) nearest(sentence string) []string {
	said := x.bag(sentence, true)
	if len(said) == 0 {
		return nil
	}
	type candidate struct {
		name string
		cost int
	}
	var all []candidate
	for _, w := range x.wordings {
		cost, common := difference(said, x.bag(w.sentence, false))
		if common > 0 && cost <= len(said) {
			all = append(all, candidate{w.state.Name, cost})
		}
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return a.cost - b.cost })
	var names []string
	for _, c := range all {
		if !slices.Contains(names, c.name) && c.cost <= all[0].cost+min(all[0].cost, 1) && len(names) < 3 {
			names = append(names, c.name)
		}
	}
	return names
}

const letters = "abcdefghijklmnopqrstuvwxyz"

// bag returns the words of a sentence, its negations as words, and {} for each of its values. Words that are not known are
// corrected where they look mistyped.
func (x *index) bag(sentence string, correct bool) []string {
	var bag []string
	for _, t := range x.words.tokens(sentence) {
		text := t.text
		if t.value {
			text = "{}"
			if correct && strings.Trim(strings.ToLower(t.text), letters) == "" { // it may be a word
				text = cmp.Or(x.words[x.corrected(t.text)], t.text)
			}
		}
		if rest, ok := strings.CutPrefix(text, negation); ok && rest != "" {
			bag, text = append(bag, negation), rest
		}
		if text != "" && text != apart && text != same {
			bag = append(bag, text)
		}
		if len(bag) == maxWords {
			break
		}
	}
	return bag
}

// corrected returns the word that a mistyped one was meant to be, or "".
func (x *index) corrected(word string) string {
	near := words.Nearest(word, x.known)
	if near == "" || words.Distance(strings.ToLower(word), near) > 1+len(word)/5 {
		return ""
	}
	return near
}

// difference counts the words that only one of two bags has, and those that both have beside values.
func difference(a, b []string) (cost, common int) {
	rest := slices.Clone(b)
	for _, word := range a {
		i := slices.Index(rest, word)
		if i < 0 {
			cost += 2
			continue
		}
		if rest = slices.Delete(rest, i, i+1); word != "{}" && word != negation && word != "exist" {
			common++
		}
	}
	return cost + len(rest), common
}
