package fault

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// reserved is data that stands for a fault in every scenario, where it is sent as a whole value: in a
// path parameter, a field of the body, or the credentials.
type reserved struct {
	traffic.Reserved
	fault Fault
}

// idBase is where reserved IDs begin. No scenario has that many rows.
const idBase = 990_000_000

// domain is the domain of reserved e-mail addresses.
const domain = "@fault.test"

// Reserved lists the data that is reserved.
func Reserved() []traffic.Reserved {
	var list []traffic.Reserved
	for _, r := range data() {
		list = append(list, r.Reserved)
	}
	return list
}

func data() []reserved {
	var all []reserved
	add := func(number int64, name, does string, f Fault) {
		all = append(all, reserved{traffic.Reserved{ID: idBase + number, Email: name + domain, Slug: "fault-" + name, Does: does}, f})
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

// Values maps reserved data to its fault.
type Values map[string]Fault

// NewValues returns the map of everything that is reserved.
func NewValues() Values {
	values := Values{}
	for _, r := range data() {
		values[strconv.FormatInt(r.ID, 10)], values[r.Email], values[r.Slug] = r.fault, r.fault, r.fault
	}
	return values
}

// FromData returns the fault that a request's data asks for, and the name of the parameter or field
// with the reserved value: parameters come before fields, and of several the first by name. Without
// reserved data it returns the zero Fault.
func (v Values) FromData(params map[string]string, fields map[string]any) (f Fault, inParams bool, name string) {
	for one, value := range params {
		if asked := v.look(value); asked.Active() && (name == "" || one < name) {
			f, name = asked, one
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

// Has reports whether a string is reserved.
func (v Values) Has(text string) bool { return v.look(text).Active() }

// look returns the fault of a reserved string. Most strings need no look-up in the map.
func (v Values) look(text string) Fault {
	if strings.HasPrefix(text, "9900") || strings.HasSuffix(text, domain) || strings.HasPrefix(text, "fault-") {
		return v[text]
	}
	return Fault{}
}
