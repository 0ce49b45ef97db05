package contracts

import (
	"maps"
	"strconv"
	"strings"
)

// defaultDepartment is the department of states that name none: for customers only.
const defaultDepartment = "support"

func departmentStates() []State {
	department := Param{Name: "department", Type: "slug or id", Example: "support", Default: defaultDepartment}
	fields := []Param{
		department,
		{Name: "name", Type: "string", Example: "Technical Support"},
		{Name: "description", Type: "string", Example: "Help with what you have bought."},
	}
	returns := []string{"id", "department_id", "slug", "department_slug", "department_name"}
	// flags returns a state that sets fields of the department.
	flags := func(name, sets string, row Row, also ...string) State {
		return State{
			Name: name, Also: also, Sets: sets, Params: fields, Returns: returns,
			set: func(d Desk, v values) (map[string]any, error) { return putDepartment(d, v, row) },
		}
	}
	return []State{
		{
			Name: "department {department} exists",
			Also: []string{"a department exists"},
			Sets: "the scenario's department of that slug or id, or an invented one that is public, with these values",
			Params: append(fields[:len(fields):len(fields)],
				Param{Name: "is_public", Type: "boolean", Example: "true"}, Param{Name: "is_disabled", Type: "boolean", Example: "false"},
				Param{Name: "allows_high_priority", Type: "0, 1, 3", Example: "1"}),
			Returns: returns,
			set:     func(d Desk, v values) (map[string]any, error) { return putDepartment(d, v, nil) },
		},
		flags("department {department} is public", "guests may write to the department too", Row{"is_public": 1, "is_disabled": 0}, "a department is public", "a department is for guests", "department {department} is for guests"),
		flags("department {department} is not public", "only customers may write to the department", Row{"is_public": 0, "is_disabled": 0},
			"a department is not public", "department {department} is for customers", "a department is for customers", "department {department} is only for customers", "a department is only for customers", "department {department} is not for guests"),
		flags("department {department} is disabled", "nobody may write to the department", Row{"is_disabled": 1}, "a department is disabled"),
		flags("department {department} is enabled", "the department accepts tickets", Row{"is_disabled": 0}, "a department is enabled"),
		flags("department {department} allows high priority", "every priority may be chosen", Row{"allows_high_priority": 1},
			"a department allows high priority", "department {department} allows all priorities", "a department allows all priorities", "department {department} allows every priority"),
		flags("department {department} does not allow high priority", "only low priorities may be chosen", Row{"allows_high_priority": 0},
			"a department does not allow high priority", "department {department} allows no high priority", "a department allows no high priority"),
		flags("department {department} offers no priority", "the form has no choice of priorities", Row{"allows_high_priority": 3}, "a department offers no priority"),
		{
			Name: "department {department} has custom fields",
			Also: []string{"a department has custom fields", "department {department} has the custom field {field}"},
			Sets: "the department's own custom fields, or with a parameter or where it has none this one; the extension is on",
			Params: []Param{
				department,
				{Name: "field", Type: "string", Example: "domain", Default: "domain"},
				{Name: "label", Type: "string", Example: "Domain", Default: "the slug"},
				{Name: "type", Type: "text, textarea, dropdown, radio, checkbox, multiselect, number, date, url, email, password", Example: "text", Default: "text"},
				{Name: "options", Type: "string", Example: "dns,mail,vps"},
				{Name: "required", Type: "boolean", Example: "true", Default: "false"},
			},
			Returns: append(returns[:len(returns):len(returns)], "field"),
			set:     setCustomFields,
		},
		flags("department {department} has no custom fields", "the department's form has no fields of its own", Row{"custom_fields": nil}, "a department has no custom fields"),
		{
			Name:    "department {department} does not exist",
			Also:    []string{"no department {department} exists", "a department does not exist"},
			Sets:    "no department has that slug or id",
			Params:  []Param{required(department)},
			Returns: []string{"department"},
			set: func(d Desk, v values) (map[string]any, error) {
				returned := map[string]any{"department": v["department"]}
				if found := findDepartment(d, v["department"]); found != nil {
					return returned, d.Remove("departments", found.ID())
				}
				return returned, nil
			},
		},
		{
			Name:    "no department exists",
			Sets:    "no departments exist, and so no tickets",
			Params:  []Param{},
			Returns: []string{},
			set: func(d Desk, _ values) (map[string]any, error) {
				return map[string]any{}, removeAll(d, "departments", "", "")
			},
		},
		{
			Name:    "no department is public",
			Sets:    "departments exist, and none is for guests",
			Params:  []Param{},
			Returns: []string{},
			set:     func(d Desk, _ values) (map[string]any, error) { return setEveryDepartment(d, "is_public", 0) },
		},
		{
			Name:    "all departments are disabled",
			Also:    []string{"every department is disabled", "no department is enabled"},
			Sets:    "departments exist, and none accepts tickets",
			Params:  []Param{},
			Returns: []string{},
			set:     func(d Desk, _ values) (map[string]any, error) { return setEveryDepartment(d, "is_disabled", 1) },
		},
	}
}

// findDepartment returns the department of a slug or an id, or nil.
func findDepartment(d Desk, asked string) Row {
	if found := first(d, "departments", func(row Row) bool { return row.text("slug") == asked }); found != nil {
		return found
	}
	id, err := strconv.ParseInt(asked, 10, 64)
	if err != nil {
		return nil
	}
	return d.Row("departments", id)
}

// newDepartment returns a department that is not there yet. What names it may be an id.
func newDepartment(d Desk, asked string) Row {
	id, slug := d.NextID("departments"), asked
	if n, err := strconv.ParseInt(asked, 10, 64); err == nil && n > 0 && n <= maxID {
		id, slug = n, "department-"+asked
	}
	made := NewRow("departments", id, madeAt)
	made["slug"], made["department_name"] = slug, title(slug)
	return made
}

// title returns a slug as a name for people.
func title(slug string) string {
	words := strings.FieldsFunc(slug, func(r rune) bool { return r == '-' || r == '_' })
	for i, word := range words {
		words[i] = strings.ToUpper(word[:1]) + word[1:]
	}
	return strings.Join(words, " ")
}

// putDepartment makes sure that a department exists, with the values of a state and then those of row.
func putDepartment(d Desk, v values, row Row) (map[string]any, error) {
	asked := v.or("department", defaultDepartment)
	found := findDepartment(d, asked)
	if found == nil {
		found = newDepartment(d, asked)
	}
	for name, field := range map[string]string{"name": "department_name", "description": "department_description"} {
		if v.has(name) {
			found[field] = v[name]
		}
	}
	for _, flag := range []string{"is_public", "is_disabled"} {
		if v.has(flag) {
			found[flag] = bit(v[flag])
		}
	}
	if v.has("allows_high_priority") {
		found["allows_high_priority"] = v.number("allows_high_priority", 1)
	}
	maps.Copy(found, row)
	if found["custom_fields"] == nil {
		delete(found, "custom_fields")
	}
	found, err := d.Put("departments", found)
	if err != nil {
		return nil, err
	}
	returned := found.pick("id", "slug", "department_name")
	returned["department_id"], returned["department_slug"] = found["id"], found["slug"]
	return returned, nil
}

func bit(value string) int {
	if on, _ := strconv.ParseBool(value); on {
		return 1
	}
	return 0
}

// setCustomFields makes sure that a department has custom fields.
func setCustomFields(d Desk, v values) (map[string]any, error) {
	if err := d.Change(`{"custom_fields": "on"}`); err != nil {
		return nil, err
	}
	asked, present := v.or("department", defaultDepartment), []any(nil)
	if found := findDepartment(d, asked); found != nil {
		present, _ = found["custom_fields"].([]any)
	}
	slug := v.or("field", "domain")
	given := v.has("field") || v.has("label") || v.has("type") || v.has("options") || v.has("required")
	if len(present) == 0 || given {
		field := map[string]any{
			"slug": slug, "name": v.or("label", title(slug)), "type": v.or("type", "text"), "required": bit(v["required"]) == 1, "visible_to_customer": true,
		}
		if v.has("options") {
			field["options"] = strings.Split(v["options"], ",")
		}
		present = []any{field}
	}
	returned, err := putDepartment(d, v, Row{"custom_fields": present})
	if err != nil {
		return nil, err
	}
	if field, ok := present[0].(map[string]any); ok {
		returned["field"] = field["slug"]
	}
	return returned, nil
}

func setEveryDepartment(d Desk, field string, value int) (map[string]any, error) {
	var all []Row
	for row := range d.Rows("departments", "", "") {
		all = append(all, row)
	}
	for _, row := range all {
		row[field] = value
		if _, err := d.Put("departments", row); err != nil {
			return nil, err
		}
	}
	return map[string]any{}, nil
}
