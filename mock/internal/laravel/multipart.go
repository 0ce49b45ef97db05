package laravel

import (
	"bytes"
	"strings"
)

// decodeMultipart decodes what curl sends for an array in CURLOPT_POSTFIELDS, by the rules of PHP's
// main/rfc1867.c: mime/multipart rejects boundaries and names that PHP reads. The names of the
// parts follow the rules for forms.
func (l Limits) decodeMultipart(contentType string, raw []byte) Result {
	boundary := boundaryOf(strings.TrimSpace(contentType))
	m := multipartBody{rest: raw, delimiter: []byte("--" + boundary)}
	if looks := sniff(raw); looks != nil && looks != asMultipart && (boundary == "" || !bytes.Contains(raw, m.delimiter)) {
		return unreadable(mismatch(asMultipart, looks))
	}
	if boundary == "" {
		return unreadable(noBoundary(contentType))
	}
	f := newForm(l)
	for m.next() {
		if !f.room() {
			return f.done()
		}
		disposition, there := m.disposition()
		name, named, isFile := partName(disposition)
		content, whole := m.content()
		switch {
		case !whole, there && !named && !isFile: // PHP reads no further than a part without a name
			return unreadable(brokenPart(f.count))
		case isFile:
			path, _ := split(nil, name, l.formBrackets())
			f.result.add(fileField(path, name))
		case named:
			f.set(name, string(content))
		}
	}
	if !m.ended {
		return unreadable(brokenPart(f.count + 1))
	}
	f.result.add(oddMultipart)
	return f.done()
}

// boundaryOf returns the boundary in a Content-Type; "" if it has none. Without quotation marks it
// ends at a comma or semicolon, whatever other characters it contains.
func boundaryOf(contentType string) string {
	const word = "boundary"
	at := 0
	for !strings.EqualFold(contentType[at:min(at+len(word), len(contentType))], word) {
		if at++; at > len(contentType) {
			return ""
		}
	}
	_, value, _ := strings.Cut(contentType[at:], "=")
	if quoted, ok := strings.CutPrefix(value, `"`); ok {
		boundary, _, closed := strings.Cut(quoted, `"`)
		if !closed {
			return ""
		}
		return boundary
	}
	if end := strings.IndexAny(value, ",;"); end >= 0 {
		value = value[:end]
	}
	return value
}

// multipartBody is a body that is read from beginning to end.
type multipartBody struct {
	rest      []byte
	delimiter []byte // -- and the boundary
	ended     bool   // the delimiter that ends with -- was read
}

// line reads a line. It returns false if the body ends before the line does.
func (m *multipartBody) line() (line []byte, ok bool) {
	line, rest, ok := bytes.Cut(m.rest, []byte("\n"))
	m.rest = rest
	return bytes.TrimSuffix(line, []byte("\r")), ok
}

// next skips to the next part and reports whether there is one. Like PHP, it ignores everything else.
func (m *multipartBody) next() bool {
	for len(m.rest) > 0 {
		line, ok := m.line()
		if behind, is := bytes.CutPrefix(line, m.delimiter); is && len(behind) == 0 && ok {
			return true
		} else if is && bytes.HasPrefix(behind, []byte("--")) {
			m.ended = true
		}
	}
	return false
}

// disposition reads the headers of a part and returns its Content-Disposition.
func (m *multipartBody) disposition() (value string, there bool) {
	current := false      // whether the current header is the Content-Disposition
	var b strings.Builder // its value, which may continue over many lines
	for {
		line, ok := m.line()
		if !ok || len(line) == 0 {
			return b.String(), there
		}
		name, after, isHeader := bytes.Cut(line, []byte(":"))
		switch {
		case isHeader && !isSpace(line[0]):
			current = !there && strings.EqualFold(string(name), "Content-Disposition")
			if current {
				there = true
				b.Write(after)
			}
		case current: // the value continues
			b.Write(line)
		}
	}
}

// content reads a part up to the next delimiter. It returns false if there is none.
func (m *multipartBody) content() (content []byte, whole bool) {
	end := bytes.Index(m.rest, append([]byte("\n"), m.delimiter...))
	if end < 0 {
		return nil, false
	}
	content, m.rest = m.rest[:end], m.rest[end+1:]
	return bytes.TrimSuffix(content, []byte("\r")), true
}

func isSpace(c byte) bool { return strings.IndexByte(" \t\n\v\f\r", c) >= 0 }

// partName returns the name in a Content-Disposition, and whether there is a file name. PHP treats
// any disposition as form-data, and a file without a name, from an input that was left empty, as a
// file.
func partName(disposition string) (name string, named, isFile bool) {
	for rest := disposition; rest != ""; {
		var pair string
		rest = strings.TrimLeft(rest, " \t\n\v\f\r")
		pair, rest = cutWord(rest, ';')
		if !strings.Contains(pair, "=") {
			continue
		}
		switch key, value := cutWord(pair, '='); strings.ToLower(key) {
		case "name":
			name, named = wordValue(value), true
		case "filename":
			isFile = true
		}
	}
	return name, named, isFile
}

// cutWord cuts s at the first stop outside quotation marks, like php_ap_getword.
func cutWord(s string, stop byte) (word, rest string) {
	quote, i := byte(0), 0
	for ; i < len(s) && (quote != 0 || s[i] != stop); i++ {
		switch c := s[i]; {
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case c == quote:
			quote = 0
		case quote != 0 && c == '\\' && i+1 < len(s) && s[i+1] == quote:
			i++
		}
	}
	return s[:i], strings.TrimLeft(s[i:], string(stop))
}

// wordValue returns a value without its quotation marks, single or double, or up to the first white
// space, like php_ap_getword_conf.
func wordValue(s string) string {
	s = strings.TrimLeft(s, " \t\n\v\f\r")
	quote := byte(0)
	if s != "" && (s[0] == '"' || s[0] == '\'') {
		quote, s = s[0], s[1:]
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if quote != 0 && c == quote || quote == 0 && isSpace(c) {
			break
		}
		if c == '\\' && i+1 < len(s) && (s[i+1] == '\\' || quote != 0 && s[i+1] == quote) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
