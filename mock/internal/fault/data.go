package fault

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Reserved is data that stands for a fault in every scenario, where it is sent as a whole
// value: in a path's parameter, a field of the body, or the credentials.
type Reserved struct {
	ID    int64  `json:"id"`    // as a customer, ticket or department id
	Email string `json:"email"` // as an e-mail address, the administrator's too
	Slug  string `json:"slug"`  // as a slug, an API token, or any other text
	Does  string `json:"does"`

	fault Fault
}

// idBase is what reserved ids begin at: no scenario comes near.
const idBase = 990_000_000

// domain is that of reserved e-mail addresses.
const domain = "@fault.test"

// Data lists what is reserved.
func Data() []Reserved {
	var all []Reserved
	add := func(number int64, name, does string, f Fault) {
		all = append(all, Reserved{ID: idBase + number, Email: name + domain, Slug: "fault-" + name, Does: does, fault: f})
	}
	for _, status := range Statuses {
		add(int64(status), strconv.Itoa(status), fmt.Sprintf("status %d", status), Fault{Status: status})
	}
	for i, kind := range Kinds {
		add(int64(i+1), kind.Name, kind.Does, Fault{Kind: kind.Name})
	}
	add(50, "delay", "the real answer after half a second", Fault{Delay: 500 * time.Millisecond})
	return all
}

// Values finds faults by reserved data.
type Values map[string]Fault

// NewValues makes the look-up of everything that is reserved.
func NewValues() Values {
	values := Values{}
	for _, r := range Data() {
		values[strconv.FormatInt(r.ID, 10)], values[r.Email], values[r.Slug] = r.fault, r.fault, r.fault
	}
	return values
}

// FromData finds the fault that a request's data asks for, and the name of the parameter or
// field that does: a parameter before a field, and of several the first by name. None is the
// zero Fault.
func (v Values) FromData(params map[string]string, fields map[string]any) (f Fault, inParams bool, name string) {
	for one, value := range params {
		if asked := v.look(value); asked.Active() && (name == "" || one < name) {
			f, inParams, name = asked, true, one
		}
	}
	if f.Active() {
		return f, true, name
	}
	for one, value := range fields {
		if asked := v.look(text(value)); asked.Active() && (name == "" || one < name) {
			f, name = asked, one
		}
	}
	return f, false, name
}

func text(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

// Has reports whether a text is reserved.
func (v Values) Has(text string) bool { return v.look(text).Active() }

// look spares nearly every value the look-up itself.
func (v Values) look(text string) Fault {
	if strings.HasPrefix(text, "9900") || strings.HasSuffix(text, domain) || strings.HasPrefix(text, "fault-") {
		return v[text]
	}
	return Fault{}
}
