package inspect

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// WantsJSON reports whether Laravel answers an error with JSON to a request with this header: the
// entry of Accept with the highest quality decides, or that a script's request accepts anything [M].
func WantsJSON(h http.Header) bool {
	first := firstAccepted(h["Accept"])
	if strings.Contains(first, "/json") || strings.Contains(first, "+json") {
		return true
	}
	anything := first == "" || first == "*" || first == "*/*"
	return anything && First(h, "X-Requested-With") == "XMLHttpRequest" && First(h, "X-Pjax") == ""
}

// firstAccepted returns the media type with the highest quality, the first of several.
func firstAccepted(values []string) string {
	first, best := "", -1.0
	for _, value := range values {
		for entry := range strings.SplitSeq(value, ",") {
			name, parameters, _ := strings.Cut(entry, ";")
			quality := 1.0
			for parameter := range strings.SplitSeq(parameters, ";") {
				if q, ok := strings.CutPrefix(strings.TrimSpace(parameter), "q="); ok {
					quality, _ = strconv.ParseFloat(q, 64)
				}
			}
			if name = strings.ToLower(strings.TrimSpace(name)); name != "" && quality > best {
				first, best = name, quality
			}
		}
	}
	return first
}

// First returns the first value of a header, "" if there is none. The name must be in canonical form, which
// [http.Header.Get] would bring it into each time.
func First(h http.Header, name string) string {
	if values := h[name]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// duplicateHeaders reports headers that were sent more than once but must be sent only once.
func duplicateHeaders(h http.Header) (found []spec.Violation) {
	for _, name := range [...]string{"Authorization", "Content-Type"} {
		if values := h[name]; len(values) > 1 {
			found = append(found, duplicateHeader(name, values))
		}
	}
	return found
}
