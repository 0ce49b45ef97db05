package laravel

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// Explain adds to the violations of missing required fields why they are most likely missing. Only the
// body as it was sent shows that: a null or an empty string, which count as missing, a form encoder
// that left out a null, or a form that was built in the wrong way. found are the violations of the
// contract; Explain changes them in place. It decodes the body again, but only if a field is missing.
func Explain(found []spec.Violation, contentType string, raw []byte) {
	if len(raw) > maxExplained {
		return
	}
	var sent map[string]any
	adviseAll := "" // what to change in the whole body
	otherwiseFine, isForm := true, mediaType(contentType) == asForm.mediaType
	for _, v := range found {
		// It may be the missing field.
		mistyped := v.Code == spec.BodyUnknownField || v.Code == spec.BodyIgnoredField
		otherwiseFine = otherwiseFine && !mistyped && (v.Severity == spec.Warning || v.Code == spec.BodyRequired)
	}
	for i := range found {
		v := &found[i]
		if v.Code != spec.BodyRequired {
			continue
		}
		if sent == nil {
			sent = Decode(contentType, raw).Fields
		}
		name := strings.TrimPrefix(v.At, "/")
		value, there := sent[name]
		text, isText := value.(string)
		fix := ""
		if isForm && !there {
			fix = formFix(sent, raw, name)
		}
		switch {
		case there && value == nil:
			v.Got = "null"
			v.Fix = fmt.Sprintf("check that the variable for %q is set; %s", name, v.Fix)
		case isText && strings.TrimSpace(text) == "":
			v.Got = "an empty string"
			v.Fix = fmt.Sprintf("check that the variable for %q is not empty; %s", name, v.Fix)
		case fix != "":
			v.Fix = fix
			adviseAll = fix
		case !there && otherwiseFine && len(sent) > 0 && isForm:
			v.Fix = fmt.Sprintf("check that the variable for %q is not null, which «http_build_query leaves|form encoders leave» out; %s", name, v.Fix)
		}
	}
	if adviseAll == "" || bytes.IndexByte(raw, '=') >= 0 {
		return
	}
	for i := range found { // what looks like the names of unknown fields is a body that is not a form
		if v := &found[i]; v.Code == spec.BodyUnknownField {
			v.Fix = adviseAll
		}
	}
}

// maxExplained is the max length of a body, in bytes, that Explain decodes again.
const maxExplained = 1 << 20

// formKinds are the ways to build a form so that a field is not in it. The first one that matches
// is reported.
var formKinds = []struct {
	is  func(sent map[string]any, raw []byte, name string) bool
	fix string
}{
	{func(sent map[string]any, _ []byte, name string) bool {
		for key := range sent {
			if strings.Contains("&"+key, "&"+name+"=") {
				return true
			}
		}
		return false
	}, "encode the form once«: pass the result of http_build_query($fields) to curl, without urlencode()»"},
	{func(sent map[string]any, _ []byte, name string) bool {
		for _, value := range sent {
			if text, ok := value.(string); ok && strings.Contains(text, ";"+name+"=") {
				return true
			}
		}
		return false
	}, "join the fields with & and not with a semicolon«: http_build_query($fields, '', '&')»"},
	{func(_ map[string]any, raw []byte, _ string) bool { return bytes.HasPrefix(raw, []byte("%7B")) },
		"send JSON «without urlencode()|that is not percent-encoded», with Content-Type: application/json; or " + asForm.encode},
	{func(_ map[string]any, raw []byte, _ string) bool { return string(raw) == "Array" },
		asForm.encode + "; «PHP|the client» turned an array into the string \"Array\""},
	{func(_ map[string]any, raw []byte, _ string) bool { return !bytes.Contains(raw, []byte("=")) },
		asForm.encode + "; the body has no name=value"},
}

// formFix returns what to change in a form that does not have the field called name; "" if the form is built
// correctly.
func formFix(sent map[string]any, raw []byte, name string) string {
	for _, kind := range formKinds {
		if kind.is(sent, bytes.TrimSpace(raw), name) {
			return kind.fix
		}
	}
	return ""
}
