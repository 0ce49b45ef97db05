package laravel

import (
	"bytes"
	"encoding/json"
	"strings"
)

// Meant returns the body that a client most likely intended to send, if Decode does not find the
// fields that are in it: with the Content-Type that it looks like, and encoded once. ok is false if the
// body is as it should be, or if there is no way to tell.
func Meant(contentType string, raw []byte) (meantType string, meant []byte, ok bool) {
	meant = bytes.TrimSpace(raw)
	var text string
	switch {
	case bytes.HasPrefix(meant, twiceEncoded) && json.Unmarshal(meant, &text) == nil:
		meant = []byte(text)
	case formatOf(contentType) == asForm && formTwice(meant):
		return contentType, []byte(unescape(string(meant))), true
	}
	looks, said := sniff(meant), formatOf(contentType)
	switch {
	case looks == nil:
		return "", nil, false
	case looks == asMultipart:
		first, _, _ := bytes.Cut(meant, []byte("\n"))
		meantType = looks.mediaType + `; boundary="` + string(bytes.TrimSpace(first[len("--"):])) + `"`
		return meantType, meant, said != asMultipart || !strings.Contains(contentType, "boundary=")
	}
	return looks.mediaType, meant, text != "" || looks != said
}

// formTwice reports whether a form was encoded once too often: it is then one long name.
func formTwice(raw []byte) bool {
	return !bytes.ContainsAny(raw, "=&") && bytes.Contains(raw, []byte("%3D"))
}
