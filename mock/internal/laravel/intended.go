package laravel

import (
	"bytes"
	"encoding/json"
	"strings"
)

// Intended returns the body that a client most likely intended to send, if Decode does not find the
// fields that are in it: with the Content-Type that it looks like, and encoded once. ok is false if the
// body is as it should be, or if there is no way to tell.
func Intended(contentType string, raw []byte) (intendedType string, intended []byte, ok bool) {
	intended = bytes.TrimSpace(raw)
	var text string
	switch {
	case bytes.HasPrefix(intended, twiceEncoded) && json.Unmarshal(intended, &text) == nil:
		intended = []byte(text)
	case formatOf(contentType) == asForm && formTwice(intended):
		return contentType, []byte(unescape(string(intended))), true
	}
	looks, said := sniff(intended), formatOf(contentType)
	switch {
	case looks == nil:
		return "", nil, false
	case looks == asMultipart:
		first, _, _ := bytes.Cut(intended, []byte("\n"))
		intendedType = looks.mediaType + `; boundary="` + string(bytes.TrimSpace(first[len("--"):])) + `"`
		return intendedType, intended, said != asMultipart || !strings.Contains(contentType, "boundary=")
	}
	return looks.mediaType, intended, text != "" || looks != said
}

// formTwice reports whether a form was encoded once too often: it is then one long name.
func formTwice(raw []byte) bool {
	return !bytes.ContainsAny(raw, "=&") && bytes.Contains(raw, []byte("%3D"))
}
