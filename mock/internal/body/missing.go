package body

import (
	"fmt"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// Explain tells of required fields that are missing why they most likely are, which only
// the body as it was sent shows: a null or an empty text, which count as missing, a form
// encoder that left a null out, or a form encoded twice, which is one long name. found is what the contract says of the fields, and is
// changed in place. The body is decoded again for it, but only where a field is missing.
func Explain(found []spec.Violation, contentType string, raw []byte) {
	var sent map[string]any
	otherwiseFine := true
	for _, v := range found {
		// It may be the one that is missing.
		mistyped := v.Code == "TM-BODY-UNKNOWN-FIELD" || v.Code == "TM-BODY-IGNORED-FIELD"
		otherwiseFine = otherwiseFine && !mistyped && (v.Severity == spec.Warning || v.Code == "TM-BODY-REQUIRED")
	}
	for i := range found {
		v := &found[i]
		if v.Code != "TM-BODY-REQUIRED" {
			continue
		}
		if sent == nil {
			sent = Decode(contentType, raw).Fields
		}
		name := strings.TrimPrefix(v.At, "/")
		value, there := sent[name]
		text, isText := value.(string)
		switch {
		case there && value == nil:
			v.Got = "null"
			v.Fix = fmt.Sprintf("is the variable for %q set? %s", name, v.Fix)
		case isText && strings.TrimSpace(text) == "":
			v.Got = "an empty text"
			v.Fix = fmt.Sprintf("is the variable for %q filled? %s", name, v.Fix)
		case !there && inName(sent, name):
			v.Fix = "encode the form once: hand curl what http_build_query($fields) returns, and no urlencode() of it"
		case !there && otherwiseFine && len(sent) > 0 && mediaType(contentType) == asForm.mediaType:
			v.Fix = fmt.Sprintf("is the variable for %q null? http_build_query leaves a null out; %s", name, v.Fix)
		}
	}
}

// inName reports whether a form stands in the name of a field, and has one of the name.
func inName(sent map[string]any, name string) bool {
	for key := range sent {
		if strings.Contains("&"+key, "&"+name+"=") {
			return true
		}
	}
	return false
}
