package laravel

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// decodeForm decodes a=1&b[c][]=2 as PHP's parse_str does.
func (l Limits) decodeForm(raw []byte) Result {
	if looks := sniff(raw); looks != nil && looks != asForm {
		return unreadable(mismatch(asForm, looks))
	}
	f := newForm(l)
	f.pairs(string(raw), f.set)
	return f.done()
}

// Query decodes a query as PHP does for $_GET, by the rules for forms. A value without a name,
// which PHP drops, has the key "", so that it can be reported. The result is nil for an empty
// query.
func (l Limits) Query(raw string) map[string]any {
	if raw == "" {
		return nil
	}
	f := newForm(l)
	f.pairs(raw, func(name, value string) {
		if f.set(name, value); len(f.path) == 0 {
			f.root.values[""] = toUTF8(value)
		}
	})
	return f.done().Fields
}

// Keys splits the name of a field or parameter as PHP does: a[b][] becomes "a", "b" and "", which
// stands for the next index. PHP drops a name without keys.
func Keys(name string) []string {
	keys, ok := split(nil, name, phpBrackets)
	if !ok {
		return nil
	}
	return keys
}

// pairs calls set with the names and values of a form, up to the limit of fields.
func (f *form) pairs(raw string, set func(name, value string)) {
	escaped := strings.ContainsAny(raw, "+%") // most are not
	for pair := range strings.SplitSeq(raw, "&") {
		if pair == "" {
			continue
		}
		if !f.room() {
			break
		}
		name, value, assigned := strings.Cut(pair, "=")
		f.lost = f.lost || !assigned
		if len(raw) > 64<<10 { // so that a field does not keep the whole body in memory
			name, value = strings.Clone(name), strings.Clone(value)
		}
		if escaped {
			name, value = unescape(name), unescape(value)
		}
		set(name, value)
	}
}

// unescape leaves an invalid escape as it is, as PHP does; url.QueryUnescape returns an error.
func unescape(s string) string {
	if !strings.ContainsAny(s, "+%") {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '+':
			b = append(b, ' ')
		case '%':
			if i+2 < len(s) {
				if n, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
					b = append(b, byte(n))
					i += 2
					continue
				}
			}
			b = append(b, c)
		default:
			b = append(b, c)
		}
	}
	return string(b)
}

// form collects fields under the names that PHP gives them.
type form struct {
	limits Limits
	root   *array
	count  int
	path   []string  // of the current field; reused for the next
	few    [4]string // where path begins
	lost   bool      // something was dropped, or is not name=value
	result Result
}

func newForm(l Limits) *form {
	f := &form{limits: l, root: newArray(), result: Result{Form: true}}
	f.path = f.few[:0]
	return f
}

// done returns what was collected. The form must not be used afterwards.
func (f *form) done() Result {
	f.root.value()
	f.result.Fields = f.root.values
	f.result.Whole = !f.lost && len(f.result.Violations) == 0
	return f.result
}

// room makes room for one more field. It returns false if PHP would read no further.
func (f *form) room() bool {
	if limit := f.limits.formFields(); f.count == limit {
		f.result.add(f.limits.tooMany(limit))
		return false
	}
	f.count++
	return true
}

func (f *form) set(name, value string) {
	path, ok := split(f.path[:0], name, f.limits.formBrackets())
	f.path = path
	f.lost = f.lost || length(path) != len(name)
	switch {
	case len(path) == 0: // PHP drops fields without a name
	case !ok:
		delete(f.root.values, path[0]) // with all its siblings
		f.result.add(fieldTooDeep(path[:1], name, f.limits.formBrackets()))
	default:
		f.put(path, name, value)
	}
}

// put sets the field at path, and creates arrays on the way.
func (f *form) put(path []string, name, value string) {
	in, last := f.root, len(path)-1
	for i := range path {
		if path[i] = in.key(path[i]); path[i] == "" {
			return
		}
		if i == last {
			break
		}
		deeper, ok := in.values[path[i]].(*array)
		if !ok {
			deeper = newArray()
			f.assign(in, path[:i+1], name, deeper)
		}
		in = deeper
	}
	text := toUTF8(value)
	if text != value || !utf8.ValidString(name) {
		f.result.add(fieldNotUTF8(path, name))
	}
	f.assign(in, path, name, text)
}

// assign sets the last key of path, in the array at the other keys.
func (f *form) assign(in *array, path []string, name string, value any) {
	if replaced := in.put(path[len(path)-1], value); replaced {
		f.result.add(duplicateField(path, name))
	}
}

// toUTF8 replaces every byte that is not UTF-8 with U+FFFD.
func toUTF8(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return string([]rune(s))
}

var mangle = strings.NewReplacer(" ", "_", ".", "_", "[", "_")

// split splits a name and appends its keys to path: a[b][] becomes "a", "b" and "", which stands
// for the next index. It appends no keys if PHP drops the name, and returns false if there are too
// many. It follows php_register_variable_ex in PHP's main/php_variables.c.
func split(path []string, name string, brackets int) (keys []string, ok bool) {
	name, _, _ = strings.Cut(name, "\x00") // PHP treats it as a C string
	name = strings.TrimLeft(toUTF8(name), " ")
	base, rest, nested := strings.Cut(name, "[")
	if base == "" {
		return path, true
	}
	if nested && !strings.Contains(rest, "]") {
		return append(path, mangle.Replace(name)), true
	}
	path = append(path, mangle.Replace(base))
	for nested {
		if len(path) > brackets {
			return path, false
		}
		key, after, closed := strings.Cut(rest, "]")
		if !closed {
			break
		}
		if len(key) == 1 && strings.IndexByte(" \t\n\v\f\r", key[0]) >= 0 {
			key = ""
		}
		path = append(path, key)
		rest, nested = strings.CutPrefix(after, "[") // anything else after ] is ignored
	}
	return path, true
}

// length returns the length of a name with these keys.
func length(keys []string) int {
	n := 2 * (len(keys) - 1) // brackets
	for _, key := range keys {
		n += len(key)
	}
	return n
}

// array imitates PHP's array, as far as it matters here: a map that is a list as long as its keys
// are 0, 1, 2 and so on, in that order.
type array struct {
	values  map[string]any // string or *array
	notList bool
	next    int64 // the index that [] stands for; negative if there is none left
}

func newArray() *array { return &array{values: map[string]any{}} }

// key returns the key for s between brackets: "" stands for the next index, and is returned
// unchanged if there is none.
func (a *array) key(s string) string {
	if s == "" && a.next >= 0 {
		return strconv.FormatInt(a.next, 10)
	}
	return s
}

func (a *array) put(key string, value any) (replaced bool) {
	_, replaced = a.values[key]
	if !replaced {
		if '0' <= key[0] && key[0] <= '9' {
			a.notList = a.notList || key != strconv.Itoa(len(a.values))
			a.skip(key)
		} else { // -1 too, after which PHP versions differ
			a.notList = true
		}
	}
	a.values[key] = value
	return replaced
}

// skip makes [] stand for an index after key, if key is an index: 7 is, 07 is not.
func (a *array) skip(key string) {
	n, err := strconv.ParseInt(key, 10, 64)
	if err == nil && a.next >= 0 && a.next <= n && strconv.FormatInt(n, 10) == key {
		a.next = n + 1
	}
}

// value returns the array as encoding/json would decode PHP's encoding of it.
func (a *array) value() any {
	for key, v := range a.values {
		if deeper, ok := v.(*array); ok {
			a.values[key] = deeper.value()
		}
	}
	if a.notList {
		return a.values
	}
	list := make([]any, len(a.values))
	for i := range list {
		list[i] = a.values[strconv.Itoa(i)]
	}
	return list
}
