package laravel

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// This file says what is wrong with a body as a whole.

// format is one way to encode fields in a body, with the words that explain it. Most clients are
// PHP and curl, so the advice is written for them.
type format struct {
	name      string
	mediaType string
	adjective string
	encode    string // how to encode such a body
	header    string // how to set the Content-Type for it
}

var (
	asJSON = &format{
		name:      "JSON",
		mediaType: "application/json",
		adjective: "JSON",
		encode:    "encode the body with «json_encode($fields)|a JSON encoder»",
		header:    "send Content-Type: application/json« (the array of headers must be passed to curl as CURLOPT_HTTPHEADER)»",
	}
	asForm = &format{
		name:      "form",
		mediaType: "application/x-www-form-urlencoded",
		adjective: "form-encoded",
		encode:    "encode the body «with http_build_query($fields)|as a form: percent-encoded name=value pairs, joined by &»",
		header:    "«drop the Content-Type header, so that curl sends|send Content-Type:» application/x-www-form-urlencoded",
	}
	asMultipart = &format{
		name:      "multipart",
		mediaType: "multipart/form-data",
		adjective: "multipart",
		encode:    "«pass the array itself to curl as CURLOPT_POSTFIELDS|let the HTTP client write the multipart body»",
		header:    "«drop the Content-Type header, so that curl sends multipart/form-data with its boundary|let the HTTP client write the Content-Type, which names the boundary»",
	}
)

// mismatch returns the violation for a body in one format with the Content-Type of another.
func mismatch(said, looks *format) spec.Violation {
	v := spec.Violation{
		Code:     spec.BodyMismatch,
		Severity: spec.Error,
		In:       spec.InBody,
		Message:  fmt.Sprintf("the body is %s but the Content-Type says %s", looks.adjective, said.name),
		Expected: said.adjective,
		Got:      looks.adjective,
		Fix:      looks.header + ", or " + said.encode,
	}
	// It is more likely that the client forgot to encode than that it intended curl's default.
	if said == asJSON || looks == asMultipart {
		v.Fix = said.encode + ", or " + looks.header
	}
	return v
}

// Unify makes one violation of two, for a body that does not match its Content-Type and is also
// invalid in the format that it looks like. Both need to be fixed.
func Unify(mismatch *spec.Violation, broken spec.Violation) {
	mismatch.Message += "; also, " + strings.TrimPrefix(broken.Message, notJSONMessage)
	mismatch.Fix += "; and " + broken.Fix
}

// noMediaType returns the violation for a Content-Type that PHP reads no fields from.
func noMediaType(contentType string, raw []byte) spec.Violation {
	v := spec.Violation{
		Code:     spec.HeaderContentType,
		Severity: spec.Error,
		In:       spec.InHeader,
		At:       "Content-Type",
		Message:  "unsupported Content-Type",
		Expected: asJSON.mediaType + ", " + asForm.mediaType + " or " + asMultipart.mediaType,
		Got:      spec.Quote(contentType),
		Fix:      "send Content-Type: application/json, and " + asJSON.encode,
	}
	if contentType == "" {
		v.Message, v.Got = "the Content-Type header is missing, so no fields are read", "no Content-Type"
	}
	if looks := sniff(raw); looks != nil {
		v.Message += "; the body looks like " + looks.adjective
		v.Fix = "send Content-Type: " + looks.mediaType
	}
	return v
}

// empty is the violation for a body without anything in it.
var empty = spec.Violation{
	Code:     spec.BodyEmpty,
	Severity: spec.Error,
	In:       spec.InBody,
	Message:  "the body is empty",
	Expected: "the fields, as JSON or as a form",
	Got:      "nothing, or only whitespace",
	Fix: "«pass the encoded fields to curl as CURLOPT_POSTFIELDS, and check that they are not empty: json_encode returns false " +
		"for strings that are not UTF-8 (see json_last_error_msg()), http_build_query leaves out every null, " +
		"and php://input is empty where the incoming request was multipart|send the fields in the request's body»",
}

// tooMany returns the violation for fields beyond the limit, which are dropped as PHP drops them.
func (l Limits) tooMany(limit int) spec.Violation {
	v := spec.Violation{
		Code:     spec.BodyTooManyFields,
		Severity: spec.Error,
		In:       spec.InBody,
		Message:  fmt.Sprintf("the body has more than %d fields; PHP drops the rest", limit),
		Expected: fmt.Sprintf("at most %d fields", limit),
		Fix:      "send JSON, which has no such limit, or split the request",
	}
	if l.Fields > 0 {
		v.Message = fmt.Sprintf("the body has more than %d fields; the rest is dropped", limit)
		v.Fix = "split the request; the server's --max-fields raises the limit"
	}
	return v
}

// notUTF8 returns the violation for a body whose byte at offset at is not UTF-8.
func notUTF8(raw []byte, at int) spec.Violation {
	v := spec.Violation{
		Code:     spec.BodyUTF8,
		Severity: spec.Error,
		In:       spec.InBody,
		Message:  "the body is not UTF-8 at " + place(raw, at),
		Expected: "UTF-8",
		Got:      fmt.Sprintf("byte 0x%02x", raw[at]),
		Fix:      "convert strings before encoding them«: iconv('Windows-1252', 'UTF-8', $text)|; they are most likely Windows-1252»",
	}
	if bytes.HasPrefix(raw, []byte("\xff\xfe")) || bytes.HasPrefix(raw, []byte("\xfe\xff")) {
		v.Fix = "send UTF-8: the body begins like UTF-16"
	}
	return v
}

// compressed returns the violation for a body that the server does not decompress.
func compressed(coding string, raw []byte) spec.Violation {
	return spec.Violation{
		Code:     spec.BodyUTF8,
		Severity: spec.Error,
		In:       spec.InBody,
		Message:  "the body is not UTF-8: it is compressed with " + coding + ", and neither PHP nor Laravel decompresses it",
		Expected: "UTF-8",
		Got:      fmt.Sprintf("byte 0x%02x", raw[0]),
		Fix:      "send the body uncompressed«, without gzencode() and the like», and leave Content-Encoding out",
	}
}

// place describes the position of a byte for people, who count from one.
func place(raw []byte, at int) string {
	before := raw[:at]
	line := bytes.Count(before, []byte("\n")) + 1
	if line == 1 {
		return fmt.Sprintf("byte %d", at+1)
	}
	column := utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
	return fmt.Sprintf("byte %d (line %d, column %d)", at+1, line, column)
}
