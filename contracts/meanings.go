package contracts

import (
	"slices"
	"strings"
)

// Meanings of words that say how others belong together.
const (
	negation = "!" // "not": the next word is denied
	apart    = "+" // "has": a value after it is not that of the word before it: a ticket has 3 replies
	same     = "=" // "id": a value after it is, although "has" came before: a ticket with the id 3
)

// vocabulary has the meaning of each word that provider states use: the word itself, another one that
// means the same, "" for a word that adds nothing, or one with a negation in front.
type vocabulary map[string]string

// meanings are the words of provider states that have synonyms or forms: each line has a meaning, and the
// words that have it.
const meanings = `
!            not no none never without non cannot nor neither
+            has have had having with
=            id ids number numbers address addresses named called error
!exist       deleted removed missing absent unknown gone nonexistent inexistent invalid expired revoked wrong
exist        exists existing existent present valid
!link        unlinked unassigned
link         linked links linking connected assigned tied
customer     customers client clients user users
guest        guests visitor visitors
department   departments
ticket       tickets
reply        replies replied response responses responds answer answers returns sends
note         notes
staff        admin admins administrator administrators agent agents operator operators
token        tokens
credential   credentials
account      accounts
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
!rate        unrated
rating       ratings
server       api provider service helpdesk
down         offline unavailable unreachable maintenance outage
slow         slowly late delayed
limit        limits limited limiting throttles throttled
reset        resets
reach        reached exceeded exceeds hit
connection   connections
extension    extensions
request      requests
fail         fails failing failed
break        breaks broken breaking
`

// fillers are words that add nothing.
const fillers = `a an the there is are was were be been being that which who whose of for to does do did and but in on at by from
	its as given when while already currently now any some yet more longer still just exactly against via per into member members
	switched turned then ticaga`

// pairs are words that mean something together.
var pairs = map[string]string{
	"help desk": "server", "api token": "token", "api tokens": "token", "api key": "token", "access token": "token",
	"for customers": "for-customers", "for clients": "for-customers", "for users": "for-customers", // and not a department "clients"
	"for guests": "for-guests", "for visitors": "for-guests",
}

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
		if word := words[0]; isWord(word) {
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

// isWord reports whether a meaning is a word that stands for itself.
func isWord(meaning string) bool {
	return strings.Trim(meaning, negation+apart+same) == meaning && meaning != ""
}

// meaningful returns the words that mean something, sorted.
func (v vocabulary) meaningful() []string {
	var list []string
	for word, meaning := range v {
		if isWord(meaning) {
			list = append(list, word)
		}
	}
	slices.Sort(list)
	return list
}
