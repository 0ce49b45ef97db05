package laravel

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"
)

// The formats, with the words that explain them, are in body_advice.go.

var (
	bom          = []byte("\ufeff")
	twiceEncoded = []byte(`"{\"`) // the beginning of a JSON string that contains JSON
)

// sniff guesses the format of a body, which must not be blank, from its beginning and its end. It
// returns nil if it looks like none of the formats.
func sniff(raw []byte) *format {
	raw = bytes.TrimSpace(bytes.TrimPrefix(bytes.TrimSpace(raw), bom))
	if len(raw) == 0 {
		return nil
	}
	first, last := raw[0], raw[len(raw)-1]
	opens, closes := first == '{' || first == '[', last == '}' || last == ']'
	name, _, assigns := bytes.Cut(raw, []byte("="))
	switch {
	case opens && (closes || !assigns || unclosed(name)), bytes.HasPrefix(raw, twiceEncoded):
		return asJSON
	case bytes.HasPrefix(raw, []byte("--")) && bytes.Contains(raw, []byte("\nContent-")):
		return asMultipart
	case assigns && len(name) > 0 && !bytes.ContainsAny(name, "\"'`{}<>:; \t\r\n"):
		return asForm
	}
	return nil
}

// unclosed reports whether the name of a form's first field is JSON that was cut off, or continues
// after its end: true for {"url":"/?a, but not for ["id"].
func unclosed(name []byte) bool {
	last := name[len(name)-1]
	return bytes.ContainsAny(name, `"'`) && last != '}' && last != ']'
}

// formatOf returns the format that a Content-Type names; nil for any other.
func formatOf(contentType string) *format {
	switch contentType { // as nearly all clients write it
	case asJSON.mediaType:
		return asJSON
	case asForm.mediaType:
		return asForm
	}
	switch media := mediaType(contentType); {
	case strings.HasSuffix(media, "/json"), strings.HasSuffix(media, "+json"):
		return asJSON
	case media == asForm.mediaType:
		return asForm
	case media == asMultipart.mediaType:
		return asMultipart
	}
	return nil
}

// codings are compressions with the bytes that a compressed body begins with. Brotli, and deflate
// without a zlib header, have no such bytes: only Content-Encoding names them.
var codings = []struct{ name, begins string }{
	{"gzip", "\x1f\x8b"}, {"zstd", "\x28\xb5\x2f\xfd"},
	{"deflate", "\x78\x01"}, {"deflate", "\x78\x5e"}, {"deflate", "\x78\x9c"}, {"deflate", "\x78\xda"},
}

// coding returns the compression of a body, or "" if it is not compressed. A body of readable text
// is not, whatever its Content-Encoding says: PHP ignores that header.
func coding(contentEncoding string, raw []byte) string {
	found := ""
	for _, c := range codings {
		if bytes.HasPrefix(raw, []byte(c.begins)) {
			found = c.name
		}
	}
	last := contentEncoding[strings.LastIndexByte(contentEncoding, ',')+1:]
	if name := strings.TrimPrefix(strings.ToLower(strings.TrimSpace(last)), "x-"); found == "" && slices.Contains(named[:], name) {
		found = name
	}
	if found != "" && utf8.Valid(raw) && !bytes.ContainsFunc(raw, notText) {
		return ""
	}
	return found
}

// named are the compressions that are recognised in Content-Encoding.
var named = [...]string{"br", "compress", "deflate", "gzip", "zstd"}

func notText(r rune) bool { return r < ' ' && r != '\t' && r != '\r' && r != '\n' }

// invalidUTF8 returns the offset of the first byte that is not UTF-8, or -1 if there is none.
func invalidUTF8(raw []byte) int {
	if utf8.Valid(raw) {
		return -1
	}
	at := 0
	for {
		r, n := utf8.DecodeRune(raw[at:])
		if r == utf8.RuneError && n <= 1 {
			return at
		}
		at += n
	}
}
