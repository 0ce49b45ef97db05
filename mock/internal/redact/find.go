package redact

import (
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
)

// shortest is the length of a form below which a secret is found only where no letter or digit stands
// beside it, and leastShort that below which it is left alone, so that not every text is redacted.
const (
	shortest   = 8
	leastShort = 4
)

// finder finds secrets in a string, in any of the forms in which they travel and in any case. It
// looks for all of them in one pass, and at few of the bytes (the algorithm of Wu and Manber): it
// reads two at a time and knows how far the end of a form's first eight bytes is at least. A nil
// finder finds nothing.
type finder struct {
	forms []form
	short []form      // those below shortest
	skip  [1024]uint8 // by the hash of two bytes
	ends  map[uint16][]int
}

// form is one in which a secret travels, in lowercase.
type form struct {
	text   string
	coded  bool   // the letters and digits around it belong to it
	digits string // and these
}

// newFinder returns a finder of the secrets of at least this length, nil if there are none.
func newFinder(least int, secrets []string) *finder {
	var f *finder
	for _, secret := range secrets {
		if len(secret) < least || slices.ContainsFunc(secrets, func(other string) bool {
			return len(other) >= shortest && len(other) < len(secret) && strings.Contains(secret, other)
		}) {
			continue // it is too short, or the other is found in its place
		}
		if f == nil {
			f = &finder{ends: map[uint16][]int{}}
			for i := range f.skip {
				f.skip[i] = shortest - 1
			}
		}
		for _, form := range formsOf(secret) {
			f.add(form)
		}
	}
	return f
}

func (f *finder) add(one form) {
	one.text = asciiLower(one.text)
	if n := len(one.text); n < shortest && n >= leastShort && !one.coded && !slices.Contains(f.short, one) {
		f.short = append(f.short, one)
	}
	if len(one.text) < shortest || slices.Contains(f.forms, one) {
		return
	}
	f.forms = append(f.forms, one)
	for end := 2; end <= shortest; end++ {
		h := pairHash(one.text[end-2], one.text[end-1])
		f.skip[h] = min(f.skip[h], uint8(shortest-end))
	}
	h := pairHash(one.text[shortest-2], one.text[shortest-1])
	f.ends[h] = append(f.ends[h], len(f.forms)-1)
}

// formsOf lists a secret as it is, as messages quote it, in hex, and in base64 wherever it begins in
// what is encoded, also as UTF-16, which PowerShell makes of it.
func formsOf(secret string) []form {
	wide := utf16.Encode([]rune(secret))
	little, big := make([]byte, 0, 2*len(wide)), make([]byte, 0, 2*len(wide))
	for _, c := range wide {
		little, big = append(little, byte(c), byte(c>>8)), append(big, byte(c>>8), byte(c))
	}
	quoted := strconv.QuoteToASCII(secret)
	forms := []form{{text: secret}, {text: quoted[1 : len(quoted)-1]}, {text: hex.EncodeToString([]byte(secret)), coded: true}}
	if len(wide) < len(secret) { // of ASCII, decode makes the secret itself
		forms = append(forms, form{text: string(little)}, form{text: string(big)})
	}
	for _, bytes := range [][]byte{[]byte(secret), little[:len(little)-1]} { // a big-endian one holds these bytes too
		for before := range 3 {
			text := base64.RawStdEncoding.EncodeToString(append(make([]byte, before), bytes...))
			text = text[(before*8+5)/6 : (before+len(bytes))*8/6] // the digits that are of the secret alone
			forms = append(forms, form{text, true, "+/-_"})
			if strings.ContainsAny(text, "+/") {
				forms = append(forms, form{strings.NewReplacer("+", "-", "/", "_").Replace(text), true, "-_"})
			}
		}
	}
	return forms
}

// next finds the first secret at or behind from. It is not ok if there is none.
func (f *finder) next(text string, from int) (begin, end int, ok bool) {
	if f == nil {
		return 0, 0, false
	}
	begin, end, ok = f.nextLong(text, from)
	for i := range f.short {
		word := f.short[i].text
		limit := len(text)
		if ok {
			limit = begin
		}
		for at := from; at < limit; at++ {
			if hasFold(text[at:], word) && standsAlone(text, at, at+len(word)) {
				if wordEnd := at + len(word); !ok || wordEnd <= begin {
					end = wordEnd
				} else {
					end = max(end, wordEnd)
				}
				begin, ok = at, true
				break
			}
		}
	}
	return begin, end, ok
}

// standsAlone reports whether no letter or digit stands beside a part of a string.
func standsAlone(text string, begin, end int) bool {
	return (begin == 0 || !wordByte(text[begin-1]) && text[begin-1] != '_') && (end >= len(text) || !wordByte(text[end]) && text[end] != '_')
}

// nextLong is next for the forms that are not short.
func (f *finder) nextLong(text string, from int) (begin, end int, ok bool) {
	for last := from + shortest - 1; last < len(text); {
		h := pairHash(text[last-1], text[last])
		if skip := f.skip[h]; skip > 0 {
			last += int(skip)
			continue
		}
		begin = last - shortest + 1
		for _, i := range f.ends[h] {
			one := &f.forms[i]
			if !hasFold(text[begin:], one.text) {
				continue
			}
			b, e := begin, begin+len(one.text)
			for b > from && one.belongs(text[b-1]) {
				b--
			}
			for e < len(text) && (one.belongs(text[e]) || one.digits != "" && text[e] == '=') {
				e++
			}
			if !ok || e > end {
				begin, end, ok = b, e, true
			}
		}
		if ok {
			return begin, end, true
		}
		last++
	}
	return 0, 0, false
}

// cut replaces the secrets in a string.
func (f *finder) cut(text string) string {
	begin, end, ok := f.next(text, 0)
	if !ok {
		return text
	}
	var b strings.Builder
	from := 0
	for ok {
		b.WriteString(text[from:begin])
		b.WriteString(redacted)
		from = end
		begin, end, ok = f.next(text, from)
	}
	b.WriteString(text[from:])
	return b.String()
}

// cutShort replaces the beginning of a secret at the end of a string that was cut there.
func (f *finder) cutShort(text string) string {
	if f == nil {
		return text
	}
	longest := 0
	for i := range f.forms {
		form := f.forms[i].text
		for n := min(len(form)-1, len(text)); n >= 3 && n > longest; n-- {
			if hasFold(text[len(text)-n:], form[:n]) {
				longest = n
			}
		}
	}
	for i := range f.short {
		word := f.short[i].text
		for n := min(len(word)-1, len(text)); n >= leastShort-1 && n > longest; n-- {
			if begin := len(text) - n; hasFold(text[begin:], word[:n]) && standsAlone(text, begin, len(text)) {
				longest = n
			}
		}
	}
	if longest == 0 {
		return text
	}
	return text[:len(text)-longest] + redacted
}

// pairHash is the same for a letter in either case.
func pairHash(a, b byte) uint16 { return (uint16(a|0x20)<<5 ^ uint16(b|0x20)) & 1023 }

// hasFold reports whether a string begins with another, which is in lowercase, in any case.
func hasFold(text, word string) bool {
	if len(text) < len(word) {
		return false
	}
	for i := range len(word) {
		if lower(text[i]) != word[i] {
			return false
		}
	}
	return true
}

func asciiLower(s string) string {
	b := []byte(s)
	for i, c := range b {
		b[i] = lower(c)
	}
	return string(b)
}

// belongs reports whether a byte beside a form is a part of what is encoded.
func (f *form) belongs(c byte) bool {
	return f.coded && (wordByte(c) || strings.IndexByte(f.digits, c) >= 0)
}
