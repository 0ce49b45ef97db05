package traffic

import (
	"bytes"
	"encoding/json"
	"net/url"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// explained is a violation with the address of a page about it.
type explained struct {
	spec.Violation
	Docs string `json:"docs"` // relative to the mock
}

// MarshalJSON implements json.Marshaler. Each violation has the address of the operation that it is about, or of
// the page of its code if no operation has the path and method.
func (x Exchange) MarshalJSON() ([]byte, error) {
	type plain Exchange
	list := make([]explained, len(x.Violations))
	for i, v := range x.Violations {
		list[i] = explained{v, docs(x.Operation, v.Code)}
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false) // which is for the caller's encoder to decide
	err := encoder.Encode(struct {
		plain
		Violations []explained `json:"violations"`
	}{plain(x), list})
	return text.Bytes(), err
}

func docs(operation string, code spec.Code) string {
	if operation == "" {
		return "/_mock/explain/" + string(code)
	}
	return "/_mock/ui/#/api/" + url.PathEscape(operation)
}
