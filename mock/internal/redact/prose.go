package redact

import (
	"slices"
	"strings"
)

// withoutNamed takes out of a string what follows the name of a secret and a sign, as people write it:
// "your password: hunter2", token=abc, <pin>4711</pin>. In an answer, which is JSON, the names of its
// own fields do not count: only what is inside of strings is looked at.
func (r Redactor) withoutNamed(text string, answer bool) string {
	var b strings.Builder
	shown, signs := 0, newSigns(text, answer)
	for {
		at, after := signs.next(shown)
		if at < 0 {
			break
		}
		if !r.namedBefore(text[shown:at], text[at]) {
			continue
		}
		begin, end := valueAfter(text, after, text[at] == '>', answer)
		if begin == end {
			continue
		}
		b.WriteString(text[shown:begin])
		b.WriteString(redacted)
		shown = end
	}
	if shown == 0 {
		return text
	}
	b.WriteString(text[shown:])
	return b.String()
}

// signs finds the signs of a string that may stand between a name and a value. It looks for each of
// them on its own, which is faster than to look at each byte.
type signs struct {
	text   string
	answer bool                // those behind the names of an answer's own fields are left out
	at     [len(signBytes)]int // the next of each; the text's length when there is none
}

// signBytes begin a colon, an equals sign, the end of a tag, and the first two in full width.
var signBytes = [...]byte{':', '=', '>', 0xef}

func newSigns(text string, answer bool) *signs {
	s := &signs{text: text, answer: answer}
	for i := range s.at {
		s.find(i, 0)
	}
	return s
}

func (s *signs) find(i, from int) {
	for {
		n := strings.IndexByte(s.text[from:], signBytes[i])
		if n < 0 {
			s.at[i] = len(s.text)
			return
		}
		if from += n; !s.answer || from == 0 || s.text[from-1] != '"' || strings.HasSuffix(s.text[:from], `\"`) {
			s.at[i] = from
			return
		}
		from++
	}
}

// next returns where the next sign begins that is not before from, and where it ends; -1 when there
// is none. It does not return a sign twice.
func (s *signs) next(from int) (begin, end int) {
	for {
		i := 0
		for j := range s.at {
			if s.at[j] < s.at[i] {
				i = j
			}
		}
		begin = s.at[i]
		if begin == len(s.text) {
			return -1, -1
		}
		s.find(i, max(begin+1, from))
		switch end = begin + 1; {
		case begin < from:
		case signBytes[i] != 0xef:
			return begin, end
		case strings.HasPrefix(s.text[begin:], "："), strings.HasPrefix(s.text[begin:], "＝"):
			return begin, begin + len("：")
		}
	}
}

// lookBack is how many bytes before a sign are looked at.
const lookBack = 64

// namedBefore reports whether a string ends with the name of a secret, which is followed by a sign.
func (r Redactor) namedBefore(text string, sign byte) bool {
	text = text[max(0, len(text)-lookBack):]
	if sign == '>' {
		tag := text[strings.LastIndexByte(text, '<')+1:]
		name, _, _ := strings.Cut(tag, " ")
		return len(tag) < len(text) && name != "" && name[0] != '/' && r.namesSecret(name[strings.LastIndexByte(name, ':')+1:])
	}
	text = trimNotes(text)
	last := len(text) - len(lastName(text))
	if last == len(text) || '0' <= text[last] && text[last] <= '9' { // no name, or a time
		return false
	}
	word, before := text[last:], strings.TrimRight(text[:last], " ")
	if slices.ContainsFunc(copulas[:], func(c string) bool { return strings.EqualFold(word, c) }) {
		text = trimNotes(before)
		last = len(text) - len(lastName(text))
		word, before = text[last:], strings.TrimRight(text[:last], " ")
	}
	if word == "" {
		return false
	}
	if r.namesSecret(word) || r.namesSecret(lastKey(word)) {
		return true
	}
	for range 2 { // pass word, one time code
		name := lastName(before)
		if name == "" || mentionsSecret(name) {
			return false
		}
		if word = name + word; mentionsSecret(word) {
			return true
		}
		before = strings.TrimRight(before[:len(before)-len(name)], " ")
	}
	return false
}

// copulas may stand between a name and a sign: "the password is: hunter2".
var copulas = [...]string{"is", "was", "ist", "est", "es"}

// trimNotes cuts off what may stand between a name and a sign: blanks, quotes, the ends of tags,
// "(new)", and the type of a value that PHP serialized: "password";s:7:"...".
func trimNotes(text string) string {
	for {
		trimmed := strings.TrimRight(text, " \t\"'`*\\")
		if n := len(trimmed); n > 2 && trimmed[n-3] == '"' && trimmed[n-2] == ';' {
			trimmed = trimmed[:n-3]
		}
		for _, pair := range [...]string{"()", "<>"} {
			if strings.HasSuffix(trimmed, pair[1:]) {
				trimmed = trimmed[:max(0, strings.LastIndex(trimmed, pair[:1]))]
			}
		}
		if trimmed == text {
			return text
		}
		text = trimmed
	}
}

// lastName is the name at the end of a string.
func lastName(text string) string {
	begin := len(text)
	for begin > 0 && (wordByte(text[begin-1]) || strings.IndexByte("_-.[]\x00", text[begin-1]) >= 0) {
		begin--
	}
	return text[begin:]
}

// longestTag is how many bytes a tag may have before a value.
const longestTag = 256

// valueAfter returns where the value begins and ends that follows a sign: a word, what is in quotes,
// what is before the next tag behind one, or the rest where a document begins.
func valueAfter(text string, at int, tag, answer bool) (begin, end int) {
	rest := text[at:]
	if answer { // up to the end of the string
		for i := range len(rest) {
			if rest[i] == '"' && (i == 0 || rest[i-1] != '\\') {
				rest = rest[:i]
				break
			}
		}
	}
	value := rest
	for {
		trimmed := strings.TrimLeft(value, " \t\r\n:=>*")
		for _, escape := range [...]string{`\n`, `\r`, `\t`, "\u00a0", "&nbsp;"} {
			trimmed = strings.TrimPrefix(trimmed, escape)
		}
		if tagged := strings.HasPrefix(trimmed, "<") && !strings.HasPrefix(trimmed, "<!["); tagged && !tag {
			if n := strings.IndexByte(trimmed[:min(len(trimmed), longestTag)], '>'); n >= 0 {
				trimmed = trimmed[n+1:]
			}
		}
		if trimmed == value {
			break
		}
		value = trimmed
	}
	begin = at + len(rest) - len(value)
	if value == "" || value[0] == '&' {
		return begin, begin
	}
	if tag {
		if n := strings.Index(value, "</"); n >= 0 {
			value = value[:n]
		}
		return begin, begin + len(value)
	}
	for _, quote := range [...]string{`\"`, `"`, "'", "`"} {
		if inner, quoted := strings.CutPrefix(value, quote); quoted {
			if n := strings.Index(inner, quote); n >= 0 {
				inner = inner[:n]
			}
			return begin + len(quote), begin + len(quote) + len(inner)
		}
	}
	serialized := len(value) > 1 && '0' <= value[0] && value[0] <= '9' && strings.HasPrefix(strings.TrimLeft(value, "0123456789"), ":")
	if serialized || value[0] == '{' || strings.HasPrefix(value, `["`) || strings.HasPrefix(value, "[{") {
		return begin, begin + len(value)
	}
	word := firstWord(value)
	if slices.ContainsFunc(schemes[:], func(s string) bool { return strings.EqualFold(s, word) }) {
		behind := strings.TrimLeft(value[len(word):], " ")
		word = value[:len(value)-len(behind)+len(firstWord(behind))]
	}
	return begin, begin + len(word)
}

func firstWord(text string) string {
	if end := strings.IndexAny(text, " \t\r\n"); end >= 0 {
		return text[:end]
	}
	return text
}
