package redact

import (
	"encoding/json"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// shortener takes the part of large fields that is shown: as many bytes of JSON as there is room for,
// by name. Whatever it takes is whole, so that a secret in it is found, but long strings: of those it
// returns the beginning without secrets.
type shortener struct {
	redact Redactor
	room   int
}

func (s *shortener) value(value any) any {
	switch v := value.(type) {
	case map[string]any:
		return s.object(v)
	case []any:
		short := []any{}
		for i := 0; i < len(v) && s.room > 0; i++ {
			s.room-- // a comma
			short = append(short, s.value(v[i]))
		}
		return short
	case string:
		v = s.redact.long(v)
		s.room -= len(v)
		return v
	case json.Number:
		s.room -= len(v)
	}
	s.room--
	return value
}

func (s *shortener) object(fields map[string]any) map[string]any {
	const each = len(`"":,`)
	short, pair := map[string]any{}, len(fields) <= maxPair && s.redact.pairsSecret(fields)
	for _, name := range spec.FirstNames(fields, s.room/each+1, nil) {
		if s.room <= 0 {
			break
		}
		s.room -= each + min(len(name), longestName) // a longer one is not shown
		if pair && isPairKey(name, pairValues[:]) {  // there may be no room for what names it
			short[name] = redacted
			continue
		}
		short[name] = s.value(fields[name])
	}
	return short
}

// maxPair is how many fields an object may have that is a name and a value.
const maxPair = 64

// margin is how much more of a long string is looked at than is shown: what a secret takes that
// begins in the part that is shown, however it is encoded.
const margin = 4 << 10

// long is the beginning of a string that is too long to be looked at as a whole, without secrets. One
// that may be a document is left out: a secret may stand before its name.
func (r Redactor) long(text string) string {
	if len(text) <= traffic.MaxBody+margin {
		return text
	}
	begin := text[:traffic.MaxBody+margin]
	if first := decode(begin[:64]); first == "" || strings.ContainsAny(first[:1], `{[<"`) || !strings.ContainsAny(begin, " \n") && strings.ContainsAny(text, `=%\&`) {
		return redacted
	}
	begin = r.valueText(begin)
	return r.sent.cutShort(r.known.cutShort(strings.ToValidUTF8(begin[:max(0, len(begin)-margin)], "")))
}
