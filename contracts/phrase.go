package contracts

import (
	"slices"
	"sort"
	"strings"
	"unicode"
)

// A provider state is found by what it says and not by how: people write "customer 8 exists", "A customer
// with the id 8 exists." and "given there is a customer 8". A phrase is what is left of a sentence when
// nothing but its meaning counts:
//
//   - words in lowercase and singular, synonyms replaced by one of them, and small words dropped ([meanings])
//   - values, each with the word before it: numbers, addresses, whatever is quoted, and every other word that
//     no state has
//   - a negation as a part of the word that it is about: "does not exist" is the word "!exist", so that
//     a sentence never matches its opposite; "not disabled" is "enable"
//
// Phrases are equal when they have the same words with the same number of values each, in any order unless
// a word comes twice. A word that nobody knows counts as a value, so that a sentence with a surplus word
// matches nothing.
type phrase []term

// term is a word and the values after it.
type term struct {
	word   string
	values []string
}

// read returns the phrase of a sentence.
func (v vocabulary) read(sentence string) phrase {
	var p phrase
	not, parted := "", false
	for _, t := range v.tokens(sentence) {
		switch {
		case t.value:
			if not != "" { // of a value: no state says that
				p, not = append(p, term{word: not}), ""
			}
			if len(p) == 0 || parted {
				p, parted = append(p, term{}), false
			}
			last := &p[len(p)-1]
			last.values = append(last.values, t.text)
		case t.text == negation:
			not += negation
		case t.text == apart || t.text == same:
			parted = t.text == apart
		case t.text != "":
			parted = false
			word := not + t.text
			if not = ""; strings.HasPrefix(word, negation+negation) && strings.HasPrefix(t.text, negation) {
				word = strings.TrimPrefix(word, negation+negation) // not disabled, but nothing else is denied twice
			}
			if word != "exist" { // which is said of everything
				p = append(p, term{word: word})
			}
		}
	}
	if not != "" {
		p = append(p, term{word: not})
	}
	if !p.repeats() {
		// Not slices.SortFunc, which is 18 kB of the program for each type of struct.
		sort.SliceStable(p, func(i, j int) bool { return p[i].word < p[j].word })
	}
	return p
}

// repeats reports whether a word comes twice. The order then says which value is whose.
func (p phrase) repeats() bool {
	seen := map[string]bool{}
	for _, t := range p {
		if seen[t.word] {
			return true
		}
		seen[t.word] = true
	}
	return false
}

// shape returns the phrase without its values: phrases with the same shape are equal.
func (p phrase) shape() string {
	var b strings.Builder
	for _, t := range p {
		b.WriteString(t.word)
		b.WriteString(strings.Repeat("_", len(t.values)))
		b.WriteByte(' ')
	}
	return b.String()
}

// values returns all values of the phrase.
func (p phrase) values() []string {
	var all []string
	for _, t := range p {
		all = append(all, t.values...)
	}
	return all
}

// token is a word of a sentence in its one form, or a value as it is written.
type token struct {
	text  string
	value bool
}

// tokens splits a sentence.
func (v vocabulary) tokens(sentence string) []token {
	var all []token
	words := split(sentence)
	for i := 0; i < len(words); i++ {
		word := words[i]
		if word.value {
			all = append(all, word)
			continue
		}
		if i+1 < len(words) && !words[i+1].value {
			if meaning, ok := pairs[strings.ToLower(word.text+" "+words[i+1].text)]; ok {
				all = append(all, token{text: meaning})
				i++
				continue
			}
		}
		all = append(all, v.word(word.text)...)
	}
	return all
}

// word returns the tokens of one word.
func (v vocabulary) word(written string) []token {
	lower := strings.ToLower(strings.ReplaceAll(written, "’", "'"))
	if rest, ok := strings.CutSuffix(lower, "n't"); ok && (v.has(rest) || rest == "ca" || rest == "wo") { // doesn't
		return []token{{text: negation}}
	}
	lower = strings.TrimSuffix(strings.TrimSuffix(lower, "'s"), "'") // the customer's
	if meaning, ok := v[lower]; ok {
		return []token{{text: meaning}}
	}
	if isDigits(lower) { // customer 8's
		return []token{{lower, true}}
	}
	if name, value, ok := strings.Cut(written, "="); ok && v.has(name) && value != "" { // id=8
		return append(v.word(name), token{value, true})
	}
	if name, value, ok := strings.Cut(written, ":"); ok && v.has(name) && value != "" {
		return append(v.word(name), token{value, true})
	}
	parts := strings.FieldsFunc(lower, func(r rune) bool { return r == '-' || r == '_' })
	if len(parts) > 1 && !slices.ContainsFunc(parts, func(part string) bool { return !v.has(part) }) { // awaiting_reply
		var all []token
		for _, part := range parts {
			all = append(all, token{text: v[part]})
		}
		return all
	}
	return []token{{written, true}}
}

func (v vocabulary) has(word string) bool { _, ok := v[strings.ToLower(word)]; return ok }

// quotes are the marks around values, by the opening one.
var quotes = map[rune]rune{'"': '"', '\'': '\'', '`': '`', '“': '”', '‘': '’', '«': '»'}

// split returns the words of a sentence without punctuation. What is in quotes, or is a part in braces, is
// one value.
func split(sentence string) []token {
	var all []token
	rest := []rune(sentence)
	for {
		start := slices.IndexFunc(rest, func(r rune) bool { return !unicode.IsSpace(r) && !isPunctuation(r) })
		if start < 0 {
			return all
		}
		rest = rest[start:]
		if closing, quoted := quotes[rest[0]]; quoted {
			if end := slices.Index(rest[1:], closing); end >= 0 {
				all = append(all, token{string(rest[1 : end+1]), true})
				rest = rest[end+2:]
				continue
			}
		}
		end := slices.IndexFunc(rest, unicode.IsSpace)
		if end < 0 {
			end = len(rest)
		}
		text := strings.TrimRightFunc(string(rest[:end]), isPunctuation)
		rest = rest[end:]
		switch name, isPart := strings.CutPrefix(text, "{"); {
		case isPart:
			all = append(all, token{strings.TrimSuffix(name, "}"), true})
		case isDigits(text):
			all = append(all, token{text, true})
		case text != "":
			all = append(all, token{text: text})
		}
	}
}

func isPunctuation(r rune) bool { return strings.ContainsRune(".,;:!?()[]<>#…", r) }
