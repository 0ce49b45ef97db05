package laravel

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

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
