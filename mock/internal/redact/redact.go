// Package redact removes secrets from requests, responses and violations before they are recorded.
//
// A [Redactor] knows the secrets of the help desk, such as API tokens, and finds them wherever they
// occur and however they are encoded. It also removes what is secret by its name: the values of
// fields, parameters and headers for which [IsSecret] reports true, and what follows such a name in
// prose ("your password: hunter2").
package redact

import (
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/memory"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// Redactor takes secrets out of what is about to be recorded: what a name says is one, and
// those that it knows, wherever they turn up and however they are encoded. Names are trusted no
// more than values. The zero Redactor knows none. It never changes, and is safe for concurrent use.
type Redactor struct {
	known, sent *finder
	names       Names
	slugs       []string // the secrets among them whose names do not say so
}

// Names are those that the contract knows, so that they can be shown whatever they are sent with.
// The value says whether they name a secret.
type Names map[string]bool

// NewNames returns the Names of a list.
func NewNames(list []string) Names {
	names := Names{}
	for _, name := range list {
		names[name] = IsSecret(name)
	}
	return names
}

// WithSecrets is n and names of secrets that the contract does not know.
func (n Names) WithSecrets(list []string) Names {
	if len(list) == 0 {
		return n
	}
	names := maps.Clone(n)
	for _, name := range list {
		names[name] = true
	}
	return names
}

const redacted = "[redacted]"

// New returns a Redactor that knows secrets, such as API tokens, in every form in which they travel.
func New(secrets ...string) Redactor { return Redactor{known: newFinder(leastShort, secrets)} }

// With is r that knows more secrets, those of one request. A short one may be any word of a message.
func (r Redactor) With(secrets ...string) Redactor {
	r.sent = newFinder(shortest, secrets)
	return r
}

// Naming is r that knows the names of the contract.
func (r Redactor) Naming(names Names) Redactor {
	r.names, r.slugs = names, nil
	for name, secret := range names {
		if secret && !IsSecret(name) {
			r.slugs = append(r.slugs, name)
		}
	}
	return r
}

// Text is text without what is known, and without the passwords of URLs. One that holds these only
// when it is decoded is left out whole.
func (r Redactor) Text(text string) string {
	text = withoutUserinfo(r.sent.cut(r.known.cut(text)))
	before := text
	for n := 0; n < maxEncodings && encoded(before); n++ {
		decoded := decode(before)
		if decoded == before {
			break
		}
		if r.holds(decoded) || withoutUserinfo(decoded) != decoded {
			return redacted
		}
		before = decoded
	}
	return text
}

// maxEncodings is how many times over a secret may be encoded and is still found.
const maxEncodings = 4

// holds reports whether a string, which is not decoded any further, holds what is known.
func (r Redactor) holds(text string) bool {
	_, _, ok := r.known.next(text, 0)
	if !ok {
		_, _, ok = r.sent.next(text, 0)
	}
	return ok
}

// encoded reports whether characters may be written as %2D, \u002d, \x2d, \/ or &#45;, or with
// zeros between them, as in UTF-16 and UTF-32.
func encoded(text string) bool {
	if strings.IndexByte(text, '%') >= 0 || strings.IndexByte(text, 0) >= 0 || strings.Contains(text, "&#") {
		return true
	}
	begin := strings.IndexByte(text, '\\') // most texts have none
	return begin >= 0 && (strings.Contains(text[begin:], `\u`) || strings.Contains(text[begin:], `\/`) || strings.Contains(text[begin:], `\x`))
}

// decode undoes these, wherever they stand. What is broken stays as it is.
func decode(text string) string {
	if !encoded(text) {
		return text
	}
	if strings.Contains(text, "&#") {
		text = html.UnescapeString(text)
	}
	var b strings.Builder
	b.Grow(len(text))
	for i := 0; i < len(text); i++ {
		begin, digits := i, 0
		switch rest := text[i:]; {
		case rest[0] == 0, strings.HasPrefix(rest, `\/`):
			continue // the slash is next
		case rest[0] == '%':
			begin, digits = i+1, 2
		case strings.HasPrefix(rest, `\x`):
			begin, digits = i+2, 2
		case strings.HasPrefix(rest, `\u`):
			begin, digits = i+2, 4
		}
		if digits > 0 && begin+digits <= len(text) {
			if n, err := strconv.ParseUint(text[begin:begin+digits], 16, 32); err == nil {
				switch {
				case n == 0:
				case digits == 2:
					b.WriteByte(byte(n))
				default:
					b.WriteRune(rune(n))
				}
				i = begin + digits - 1
				continue
			}
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// withoutUserinfo takes the user and password out of the URLs in a string.
func withoutUserinfo(text string) string {
	var b strings.Builder
	for from := 0; ; {
		at := strings.Index(text[from:], "://")
		if at < 0 && b.Len() == 0 {
			return text
		} else if at < 0 {
			b.WriteString(text)
			return b.String()
		}
		from += at + len("://")
		rest := text[from:]
		if end := strings.IndexAny(rest, " \t\r\n\"<>`"); end >= 0 {
			rest = rest[:end]
		}
		authority := rest
		if end := strings.IndexAny(rest, `/?#\`); end >= 0 {
			authority = rest[:end]
		}
		// A password may hold what should end it. Then no port follows the colon.
		if _, port, colon := strings.Cut(authority, ":"); colon && strings.Trim(port, "0123456789") != "" {
			authority = rest
		}
		if end := strings.LastIndexByte(authority, '@'); end > 0 && authority[:end] != redacted {
			b.WriteString(text[:from])
			b.WriteString(redacted)
			text, from = text[from+end:], 0
		}
	}
}

// MayHold reports whether a path may hold more than names: anything encoded, or a document.
func MayHold(path string) bool { return strings.ContainsAny(path, "%\\&=:{[<\"\x00") }

// Path is a path, percent-encoded or not, without secrets in its segments.
func (r Redactor) Path(path string) string {
	if MayHold(path) {
		segments := strings.Split(path, "/")
		for i, s := range segments {
			segments[i] = r.valueText(s)
		}
		path = strings.Join(segments, "/")
	}
	return r.Text(path)
}

// Method is the method of a request, which may be any word.
func (r Redactor) Method(method string) string {
	if !spec.PlainName(method) {
		return hidden(method)
	}
	return r.Text(method)
}

// hidden is what is shown of a name that may be a secret.
func hidden(text string) string { return fmt.Sprintf("[%d bytes]", len(text)) }

// Header is a copy of h without credentials; the scheme of an Authorization stays.
func (r Redactor) Header(h http.Header) http.Header {
	if h == nil {
		return nil
	}
	kept := make(http.Header, len(h))
	for name, values := range h {
		switch {
		case plainHeaders[name]:
			kept[name] = r.texts(values)
			continue
		case name == "Authorization" || name == "Proxy-Authorization":
			kept[name] = withoutCredentials(values)
			continue
		case IsSecret(name) || slices.ContainsFunc(values, func(v string) bool { return beginsWithScheme(v) || speaksOfSecret(v) }):
			values = redactEach(values, func(string) string { return redacted })
		default:
			values = r.texts(values)
		}
		if shown := r.Text(name); shown != name {
			name, values = shown, slices.Concat(kept[shown], values)
		}
		kept[name] = values
	}
	return kept
}

// plainHeaders, which nearly every request has, hold a secret only if it is known.
var plainHeaders = map[string]bool{
	"Accept": true, "Accept-Encoding": true, "Connection": true, "Content-Length": true, "Content-Type": true, "User-Agent": true,
}

// texts are values without what is known: the same ones where there is nothing of it.
func (r Redactor) texts(values []string) []string {
	if slices.ContainsFunc(values, func(v string) bool { return r.Text(v) != v }) {
		return redactEach(values, r.Text)
	}
	return values
}

func redactEach(values []string, redact func(string) string) []string {
	clean := make([]string, len(values))
	for i, v := range values {
		clean[i] = redact(v)
	}
	return clean
}

var schemes = [...]string{"Basic", "Bearer", "Digest", "Token", "ApiKey", "Negotiate"}

// shownSchemes are the values that stand for credentials of the schemes, shared by all exchanges.
var shownSchemes = func() (shown [len(schemes)][]string) {
	for i, scheme := range schemes {
		shown[i] = []string{scheme + " " + redacted}
	}
	return shown
}()

// withoutCredentials keeps the first word of each value only if it is a scheme: it may be the token.
func withoutCredentials(values []string) []string {
	if len(values) == 1 {
		return redactScheme(values[0])
	}
	clean := make([]string, 0, len(values))
	for _, v := range values {
		clean = append(clean, redactScheme(v)...)
	}
	return clean
}

func redactScheme(value string) []string {
	scheme, _, _ := strings.Cut(value, " ")
	for i, known := range schemes {
		if strings.EqualFold(scheme, known) {
			return shownSchemes[i]
		}
	}
	return []string{redacted}
}

// beginsWithScheme recognises credentials in a header that has the wrong name.
func beginsWithScheme(value string) bool {
	word, rest, ok := strings.Cut(value, " ")
	return ok && rest != "" && slices.ContainsFunc(schemes[:], func(s string) bool { return strings.EqualFold(word, s) })
}

// Body is what is shown of a body that was decoded into fields. It is the body itself only if they
// are all that is in it and each of them is harmless. Otherwise it is rewritten from the fields,
// as JSON, without secrets. Of more fields than an exchange may keep only those are looked at that are
// shown.
func (r Redactor) Body(raw []byte, fields map[string]any, whole bool) (text string, harmless bool) {
	if !memory.FieldsFit(fields) && len(raw) > traffic.MaxBody {
		short := shortener{r, traffic.MaxBody}
		fields, whole = short.object(fields), false
	}
	if whole && r.clean(fields, true) {
		return r.Beginning(raw), true
	}
	written, err := json.Marshal(r.value(fields, true))
	if err != nil {
		return Undecoded(raw), false
	}
	return string(written), false
}

// Undecoded is what is shown of a body that was not decoded, so that a secret may be anywhere in it.
func Undecoded(raw []byte) string {
	return fmt.Sprintf("[not shown: %d bytes that begin with 0x%02x and could not be decoded as their Content-Type says]", len(raw), raw[0])
}

// Beginning is the part of a body that is kept, and a byte more if there is more, without what is
// known.
func (r Redactor) Beginning(raw []byte) string {
	const limit = traffic.MaxBody + 1
	if len(raw) <= limit {
		return r.Text(string(raw))
	}
	text := string(raw[:limit])
	return r.sent.cutShort(r.known.cutShort(r.Text(text)))
}

// Answer is the part of an answer that is kept, without secrets.
func (r Redactor) Answer(raw []byte) string { return r.withoutNamed(r.Beginning(raw), true) }

// Query is a query without secrets; fields are what it was decoded into. Where several pairs
// together are the name and the value of a secret, no value is shown.
func (r Redactor) Query(raw string, fields map[string]any) string {
	if raw == "" {
		return ""
	}
	pairs, hide := strings.Split(raw, "&"), r.hasPairs(fields)
	for i, pair := range pairs {
		if pairs[i] = r.pair(pair); hide {
			if name, value, _ := strings.Cut(pairs[i], "="); value != "" {
				pairs[i] = name + "=" + redacted
			}
		}
	}
	return r.Text(strings.Join(pairs, "&"))
}

// pair is a name and a value of a form or query, without secrets.
func (r Redactor) pair(pair string) string {
	name, value, assigned := strings.Cut(pair, "=")
	plainName, plainValue := decodeForm(name), decodeForm(value)
	switch {
	case pair == "":
	case !r.shows(plainName, plainValue):
		name = hidden(plainName)
		if !assigned {
			return name
		}
		fallthrough
	case r.anyKeySecret(plainName), r.valueText(plainValue) != plainValue:
		if plainValue == "" {
			return name + "="
		}
		return name + "=" + redacted
	}
	return pair
}

// lastKey is the innermost key of a form's name: b of a[b] and of a[b][].
func lastKey(name string) string {
	name = strings.TrimSuffix(name, "[]")
	return strings.TrimSuffix(name[strings.LastIndexByte(name, '[')+1:], "]")
}

func decodeForm(text string) string { return decode(strings.ReplaceAll(text, "+", " ")) }

// Violation takes secrets out of the texts of a violation. Some quote only the beginning of what was
// sent.
func (r Redactor) Violation(v *spec.Violation) {
	for _, text := range [...]*string{&v.Message, &v.Expected, &v.Got, &v.Fix} {
		*text = r.quoting(*text)
	}
	if r.aboutSecret(*v) {
		v.Got = redacted
	}
	switch v.In {
	case spec.InBody:
		v.At = r.pointer(v.At)
	case spec.InQuery:
		v.At = r.key(v.At)
	default:
		v.At = r.Text(v.At)
	}
}

// aboutSecret reports whether a violation shows the value of a field that names a secret, or quotes
// a document that speaks of one.
func (r Redactor) aboutSecret(v spec.Violation) bool {
	if v.Got == "" || !strings.ContainsRune(`"-0123456789`, rune(v.Got[0])) {
		return false // it says what kind of value it is
	}
	switch v.In {
	case spec.InBody:
		if slices.ContainsFunc(strings.Split(v.At, "/"), r.namesSecret) {
			return true
		}
	case spec.InQuery:
		if r.anyKeySecret(v.At) {
			return true
		}
	default:
		return false
	}
	quoted, _ := strings.CutSuffix(v.Got, "...")
	text, err := strconv.Unquote(quoted)
	return err == nil && r.valueText(text) != text
}

// quoting is a string that may quote what spec.Quote has cut short.
func (r Redactor) quoting(text string) string {
	text = r.Text(text)
	const cut = `"...`
	for from := 0; ; {
		at := strings.Index(text[from:], cut)
		if at < 0 {
			return text
		}
		before := r.sent.cutShort(r.known.cutShort(text[:from+at]))
		text = before + text[from+at:]
		from = len(before) + len(cut)
	}
}

// pointer is a JSON pointer without names that may be secrets.
func (r Redactor) pointer(pointer string) string {
	if pointer == "" {
		return ""
	}
	keys := strings.Split(pointer, "/")
	for i, key := range keys {
		keys[i] = r.key(key)
	}
	return strings.Join(keys, "/")
}

// key is a name, or an index, unless it may be a secret.
func (r Redactor) key(key string) string {
	if _, known := r.names[key]; known || key == "" || spec.PlainName(key) {
		return r.Text(key)
	}
	return hidden(key)
}

// Fields are decoded fields without secrets: the same map where there are none.
func (r Redactor) Fields(fields map[string]any) map[string]any {
	if fields == nil || r.clean(fields, false) {
		return fields
	}
	return r.value(fields, false).(map[string]any)
}

// namesSecret reports whether a name is that of a secret, or is a document that holds one.
func (r Redactor) namesSecret(name string) bool {
	secret, known := r.names[name]
	return secret || !known && (len(name) > longestName || IsSecret(name) || slices.ContainsFunc(r.slugs, func(slug string) bool { return endsInName(name, slug) }))
}

// anyKeySecret reports whether a form's name, such as a[b][0], is or holds that of a secret.
func (r Redactor) anyKeySecret(name string) bool {
	if r.namesSecret(name) {
		return true
	}
	if strings.IndexByte(name, '[') < 0 {
		return false
	}
	return slices.ContainsFunc(strings.FieldsFunc(name, func(c rune) bool { return c == '[' || c == ']' }), r.namesSecret)
}

// longestName is how long a name may be that is looked at: a longer one is a document.
const longestName = 1000

// shows reports whether a name can be shown: the contract knows it, or it looks like one and names
// something.
func (r Redactor) shows(name string, value any) bool {
	if _, known := r.names[name]; known {
		return true
	}
	return value != nil && value != "" && value != "=" && len(name) <= longestName && spec.PlainName(name)
}

// pairNames and pairValues are the last words of the keys of an object that is a name and a value:
// slug, fieldName, values.
var (
	pairNames  = [...]string{"name", "slug", "key", "field", "id", "label", "type", "k"}
	pairValues = [...]string{"value", "val", "v"}
)

// isPairKey reports whether the last word of a key is one of these, or its plural.
func isPairKey(key string, words []string) bool {
	last, _ := lastWord(key)
	return slices.ContainsFunc(words, func(word string) bool { return isWord(last, word) })
}

// pairsSecret reports whether an object is a name and a value, as a form is sent as an array, and
// the value a secret: {"name": "password", "value": "..."}. Each may be an array of several.
func (r Redactor) pairsSecret(object map[string]any) bool {
	valued := false
	for key, value := range object {
		valued = valued || value != nil && isPairKey(key, pairValues[:])
	}
	if !valued {
		return false
	}
	for key, value := range object {
		if isPairKey(key, pairNames[:]) && r.isSecretName(value) {
			return true
		}
	}
	return false
}

// isSecretName reports whether a value is the name of a secret, or one of several is.
func (r Redactor) isSecretName(value any) bool {
	switch v := value.(type) {
	case string:
		return len(v) <= longestName && r.namesSecret(v)
	case []any:
		return slices.ContainsFunc(v, r.isSecretName)
	}
	return false
}

// follows reports whether an element of an array is a secret whose name is the element before it:
// ["password", "..."], or several of these in one.
func (r Redactor) follows(array []any, i int) bool {
	if i%2 == 0 {
		return false
	}
	name, ok := array[i-1].(string)
	return ok && r.isSecretName(name)
}

// hasPairs reports whether a value holds a secret and its name as two values.
func (r Redactor) hasPairs(value any) bool {
	switch v := value.(type) {
	case map[string]any:
		if r.pairsSecret(v) {
			return true
		}
		for _, inner := range v {
			if r.hasPairs(inner) {
				return true
			}
		}
	case []any:
		for i, inner := range v {
			if r.follows(v, i) || r.hasPairs(inner) {
				return true
			}
		}
	}
	return false
}

// clean reports whether there is no secret in a value, and if it is to be shown, no name that may be
// one.
func (r Redactor) clean(value any, shown bool) bool {
	switch v := value.(type) {
	case map[string]any:
		if r.pairsSecret(v) {
			return false
		}
		for name, inner := range v {
			if r.namesSecret(name) || shown && !r.shows(name, inner) || !r.clean(inner, shown) {
				return false
			}
			if _, known := r.names[name]; !known && r.valueText(name) != name {
				return false
			}
		}
	case []any:
		for i, inner := range v {
			if r.follows(v, i) || !r.clean(inner, shown) {
				return false
			}
		}
	case string:
		return r.valueText(v) == v
	}
	return true
}

// value is a decoded value without secrets, and if it is to be shown, without names that may be one.
func (r Redactor) value(value any, shown bool) any {
	switch v := value.(type) {
	case map[string]any:
		clean, pair := make(map[string]any, len(v)), r.pairsSecret(v)
		for name, inner := range v {
			if r.namesSecret(name) || pair && isPairKey(name, pairValues[:]) {
				inner = redacted
			}
			if shown && !r.shows(name, inner) {
				name = hidden(name)
				if inner != nil && inner != "" {
					inner = redacted // the name may be a part of it
				}
			}
			clean[r.valueText(name)] = r.value(inner, shown)
		}
		return clean
	case []any:
		clean := make([]any, len(v))
		for i, inner := range v {
			if r.follows(v, i) {
				inner = redacted
			}
			clean[i] = r.value(inner, shown)
		}
		return clean
	case string:
		return r.valueText(v)
	}
	return value
}

// valueText is a decoded text without secrets. It may be a document with fields of its own, which
// nobody has decoded, or speak of a secret in people's words.
func (r Redactor) valueText(text string) string {
	if looksLikeDocument(text) && speaksOfSecret(text) {
		return redacted
	}
	if encoded(text) {
		if decoded := decode(text); r.withoutNamed(decoded, false) != decoded {
			return redacted
		}
	}
	return r.Text(r.withoutNamed(text, false))
}

// looksLikeDocument recognises JSON, XML, what PHP serializes, and a form: people's own texts have
// white space, or begin with a tag of HTML or with a word in brackets.
func looksLikeDocument(text string) bool {
	if text = strings.TrimSpace(decode(text)); text == "" {
		return false
	}
	switch text[0] {
	case '{':
		return true
	case '<':
		return !beginsWithHTML(text)
	case '[':
		inner := strings.TrimSpace(text[1:])
		return inner != "" && strings.IndexByte(`"'[{`, inner[0]) >= 0
	case '"':
		return strings.HasPrefix(text, `"{`) || strings.HasPrefix(text, `"[`)
	case 'a', 'O':
		if len(text) > 2 && text[1] == ':' && '0' <= text[2] && text[2] <= '9' {
			return true
		}
	}
	return strings.IndexByte(text, '=') > 0 && !strings.ContainsAny(text, " \n")
}

// htmlTags begin texts that people have formatted.
var htmlTags = [...]string{"a", "b", "blockquote", "body", "br", "div", "em", "h1", "h2", "h3", "html", "i", "li", "ol", "p", "pre", "span", "strong", "table", "u", "ul"}

func beginsWithHTML(text string) bool {
	end := strings.IndexAny(text, " />\t\r\n")
	return end > 0 && slices.Contains(htmlTags[:], strings.ToLower(text[1:end]))
}
