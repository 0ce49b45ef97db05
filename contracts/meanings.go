package contracts

import (
	"slices"
	"strings"
)

// negation is the meaning of "not".
const negation = "!"

// vocabulary has the meaning of each word that provider states use: the word itself, another one that
// means the same, "" for a word that adds nothing, or one with a negation in front.
type vocabulary map[string]string

// meanings are the words of provider states that have synonyms or forms: each line has a meaning, and the
// words that have it.
const meanings = `
!            not no none never without non cannot nor neither
!exist       deleted removed missing absent unknown gone nonexistent inexistent
exist        exists existing present
!link        unlinked unassigned
link         linked links linking connected assigned tied
customer     customers client clients user users
guest        guests visitor visitors
department   departments
ticket       tickets
reply        replies response responses answer answers
note         notes
staff        admin admins administrator administrators agent agents operator operators
token        tokens
right        rights permission permissions
email        e-mail emails
public       published
!public      private
!enable      disabled inactive
enable       enabled active
field        fields
priority     priorities
close        closed
open         opened reopened
await        awaiting awaits waiting waits
rate         rated rates
rating       ratings
ticaga       api server provider service helpdesk desk
down         offline unavailable unreachable maintenance outage
slow         slowly late delayed
limit        limits limited limiting throttles throttled
reset        resets
connection   connections
extension    extensions
request      requests
fail         fails failing failed
break        breaks broken breaking
`

// fillers are words that add nothing.
const fillers = `a an the there is are was were be been being that which who whose with of for to has have had having does do did
	and but in on at by from it its as id ids number numbers named called given when while already currently now any some yet more longer
	still just exactly against via per into member members help address addresses switched turned then`

// newVocabulary returns the meanings, and the words of sentences that are not among them.
func newVocabulary(sentences []string) vocabulary {
	v := vocabulary{}
	for line := range strings.Lines(meanings) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		for _, word := range words[1:] {
			v[word] = words[0]
		}
		if word := words[0]; !strings.HasPrefix(word, negation) {
			v[word] = word
		}
	}
	for word := range strings.FieldsSeq(fillers) {
		v[word] = ""
	}
	for _, sentence := range sentences {
		for _, t := range split(sentence) {
			if word := strings.ToLower(t.text); !t.value && !v.has(word) {
				v[word] = word
			}
		}
	}
	return v
}

// meaningful returns the words that mean something, sorted.
func (v vocabulary) meaningful() []string {
	var list []string
	for word, meaning := range v {
		if meaning != "" && !strings.HasPrefix(meaning, negation) {
			list = append(list, word)
		}
	}
	slices.Sort(list)
	return list
}
