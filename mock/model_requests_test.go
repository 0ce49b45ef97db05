package mock_test

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"pgregory.net/rapid"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// This file makes up requests.

// call is a request, and what the model has to know of it.
type call struct {
	method, path, body string
	header             http.Header

	caller   row  // nil when the credentials are not good
	bearer   bool // they are a Bearer token
	tooLarge bool
	params   map[string]string
	fields   row // as PHP and Laravel hand them on
}

func (c call) String() string {
	return fmt.Sprintf("%s %s %v %.2000q", c.method, c.path, c.header, c.body)
}

func (c call) has(field string) bool { return c.fields[field] != nil }

func (c call) text(field string) string { return textOf(c.fields[field]) }

func (c call) texts(fields ...string) row {
	r := row{}
	for _, field := range fields {
		r[field] = c.text(field)
	}
	return r
}

// nobodysID is an id that is none, or too large for any record.
const nobodysID = int64(-1)

// id is 0 when the field was not sent.
func (c call) id(field string) int64 { return idOf(cmp.Or(c.text(field), "0")) }

func (c call) param(name string) int64 { return idOf(c.params[name]) }

func idOf(text string) int64 {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || !idForm.MatchString(text) {
		return nobodysID
	}
	return id
}

func (c call) flag(field string) int64 {
	if c.fields[field] == true || c.text(field) == "1" {
		return 1
	}
	return 0
}

// drawing makes up requests about what the model holds.
type drawing struct {
	*rapid.T
	m                *model
	ticket, customer row // what the request at hand is about, mostly; nil when there are none
}

func one[T any](d drawing, list ...T) (none T) {
	if len(list) == 0 {
		return none
	}
	return rapid.SampledFrom(list).Draw(d.T, "one")
}

func (d drawing) rarely(oneIn int) bool { return rapid.IntRange(1, oneIn).Draw(d.T, "rarely") == oneIn }

func among(list ...any) func(drawing) any { return func(d drawing) any { return one(d, list...) } }

func (d drawing) call(op *spec.Operation) call {
	d.ticket, d.customer = one(d, d.m.tickets...), one(d, d.m.customers...)
	known := foreseen[op.ID]
	c := call{method: op.Method, params: map[string]string{}}
	c.header, c.caller = d.credentials()
	scheme, _, _ := strings.Cut(c.header.Get("Authorization"), " ")
	c.bearer = strings.EqualFold(scheme, "Bearer")
	for _, p := range known.params {
		c.params[p.name] = d.param(p)
	}
	c.path = d.path(op.URL(c.params))
	if known.fields != nil {
		d.fill(&c, d.fields(known.fields))
	}
	return c
}

// credentials are good ones of somebody's, with their owner, who may have no staff rights, or bad ones.
func (d drawing) credentials() (http.Header, row) {
	member := one(d, d.m.staff...)
	email, token := member["email"].(string), one(d, member["tokens"].([]any)...).(string)
	pair := func(email, token string) http.Header {
		return http.Header{"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte(email+":"+token))}}
	}
	if d.rarely(20) {
		return one(d, http.Header{}, pair(email, "wrong"), pair("nobody@ticaga.test", token), pair(email, email),
			http.Header{"Authorization": {"Bearer wrong"}}, http.Header{"Authorization": {"Digest " + token}}, http.Header{"Authorization": {token}},
			http.Header{"X-Api-Token": {token}}, http.Header{"X-Admin-Email": {email}, "X-Api-Token": {"wrong"}}), nil
	}
	return one(d, http.Header{"Authorization": {"Bearer " + token}}, pair(email, token), pair(strings.ToUpper(email), token),
		http.Header{"Authorization": {"bearer " + token}}, http.Header{"X-Admin-Email": {email}, "X-Api-Token": {token}},
		http.Header{"Authorization": {"Bearer " + token}, "X-Admin-Email": {"nobody@ticaga.test"}}), member
}

// param is the value of a path's parameter. An odd one finds nothing.
func (d drawing) param(p input) string {
	if d.rarely(8) {
		return one(d, "00", "-1", "+1", "1.0", "99999999999999999999", "Joe Doe", "nobody@example.com", "%41", "é+&?#;=", "\xff")
	}
	return textOf(arrive(p.kind.good(d), false))
}

// path is a path as the base URL in some plugin's settings makes it.
func (d drawing) path(path string) string {
	switch {
	case d.rarely(20):
		return "/" + path
	case d.rarely(20):
		return path + "/"
	}
	return path
}

// fields are mostly good ones. The others are odd, blank or of another operation's, the last of
// which has to have no effect.
func (d drawing) fields(inputs []input) row {
	fields, sloppy := row{}, d.rarely(4)
	for _, f := range inputs {
		switch {
		case sloppy && d.rarely(3):
			fields[f.name] = one(d, f.kind.odd...)
		case sloppy && d.rarely(3), !f.required && d.rarely(2):
			if blank := one(d, "absent", nil, any(""), "  "); blank != "absent" {
				fields[f.name] = blank
			}
		default:
			fields[f.name] = f.kind.good(d)
		}
	}
	if name := one(d, strangers...); d.rarely(4) && !slices.ContainsFunc(inputs, func(f input) bool { return f.name == name }) {
		fields[name] = one(d, slices.Concat(oddTexts, []any{1, "1", "sales", row{"domain": "y.example"}})...)
	}
	return fields
}

// strangers are fields that some operations know and others do not.
var strangers = []string{
	"department_slug", "department_id", "customer_id", "user_id", "custom_fields", "billing_system", "organize", "message", "content",
	"status", "public_email", "password", "id", "rating", "company", "debug",
}

// fill writes the fields into the body of a call in one way or another.
func (d drawing) fill(c *call, fields row) {
	encode := one(d, asJSONBody, asFormBody, asJSONBody, asFormBody, asMultipartBody)
	contentType, body := encode(fields)
	c.fields = tidied(fields, contentType != asJSON)
	switch {
	case d.rarely(25):
		contentType, body = d.unreadable()
		c.fields = row{}
	case d.rarely(100):
		body, c.tooLarge = "x="+strings.Repeat("x", mostBody), true
	}
	c.header, c.body = c.header.Clone(), body
	c.header.Set("Content-Type", contentType)
}

// unreadable is a body in which PHP finds no fields.
func (d drawing) unreadable() (contentType, body string) {
	b := one(d, [2]string{asJSON, ""}, [2]string{asJSON, `{"ticaga_id":8,}`}, [2]string{asJSON, "ticket_id=1"}, [2]string{asJSON, `["x"]`},
		[2]string{asJSON, `{"email":"` + "\xff" + `"}`}, [2]string{asForm, `{"ticket_id":1}`}, [2]string{"text/plain", "ticket_id=1"},
		[2]string{"", "ticket_id=1"}, [2]string{"multipart/form-data", "--x--"})
	return b[0], b[1]
}

func asJSONBody(fields row) (contentType, body string) { return asJSON, string(encodeAny(fields)) }

func asFormBody(fields row) (contentType, body string) {
	var pairs []string
	for _, pair := range phpPairs("", fields) {
		pairs = append(pairs, url.QueryEscape(pair[0])+"="+url.QueryEscape(pair[1]))
	}
	return asForm, strings.Join(pairs, "&")
}

func asMultipartBody(fields row) (contentType, body string) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	_ = w.SetBoundary("the-same-each-time")
	for _, pair := range phpPairs("", fields) {
		_ = w.WriteField(pair[0], pair[1]) // a buffer takes all
	}
	_ = w.Close()
	return w.FormDataContentType(), b.String()
}

// phpPairs are names and values as http_build_query makes them.
func phpPairs(name string, value any) (pairs [][2]string) {
	inside := func(key string) string {
		if name == "" {
			return key
		}
		return name + "[" + key + "]"
	}
	switch v := value.(type) {
	case nil:
		return nil
	case row:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			pairs = append(pairs, phpPairs(inside(key), v[key])...)
		}
		return pairs
	case []any:
		for i, entry := range v {
			pairs = append(pairs, phpPairs(inside(strconv.Itoa(i)), entry)...)
		}
		return pairs
	case bool:
		value = map[bool]string{true: "1", false: "0"}[v]
	}
	return [][2]string{{name, fmt.Sprint(value)}}
}

// arrive is what becomes of a value on its way: numbers are json.Number, and as a form nothing
// but text arrives, and nothing at all of what is empty.
func arrive(value any, form bool) any {
	switch v := value.(type) {
	case row:
		inner := row{}
		for key, entry := range v {
			if entry = arrive(entry, form); entry != nil {
				inner[key] = entry
			}
		}
		if form && len(inner) == 0 {
			return nil
		}
		return inner
	case []any:
		if form && len(v) == 0 {
			return nil
		}
		inner := make([]any, len(v))
		for i, entry := range v {
			inner[i] = arrive(entry, form)
		}
		return inner
	case nil, string:
		return v
	case bool:
		if !form {
			return v
		}
		return map[bool]string{true: "1", false: "0"}[v]
	}
	if form {
		return fmt.Sprint(value)
	}
	return json.Number(fmt.Sprint(value))
}

// tidied are fields as Laravel's middleware leaves them: without blanks around texts, passwords
// excepted, and without what is blank.
func tidied(sent row, form bool) row {
	fields := row{}
	for name, value := range sent {
		value = arrive(value, form)
		if text, isText := value.(string); isText && name != "password" {
			value = strings.TrimSpace(text)
		}
		if value != nil && value != "" {
			fields[name] = value
		}
	}
	return fields
}

// written is an id as a number or in digits.
func (d drawing) written(id any) any {
	return one(d, id, any(fmt.Sprint(id)), any(json.Number(fmt.Sprintf("%d.0", id))), any(fmt.Sprintf(" %d", id)))
}

func (d drawing) customerID() any {
	if d.customer == nil || d.rarely(6) {
		return d.written(one(d, int64(0), 99))
	}
	return d.written(d.customer["id"])
}

func (d drawing) ownerID() any {
	if d.ticket == nil || d.rarely(6) {
		return d.customerID()
	}
	return d.written(d.ticket["customer_id"])
}

func (d drawing) ticketID() any {
	if d.ticket == nil || d.rarely(10) {
		return d.written(one(d, int64(0), 9999))
	}
	return d.written(d.ticket["id"])
}

func (d drawing) department() row {
	if len(d.m.departments) == 0 || d.rarely(10) {
		return row{"id": int64(99), "slug": "nowhere"}
	}
	return one(d, d.m.departments...)
}

// customFields are values for the form of the scenario's department that has one, most of which it
// takes, or for no form.
func (d drawing) customFields() any {
	if d.rarely(3) {
		return one(d, any([]any{}), any(row{}), any([]any{"x"}), any([]any{row{"slug": "domain", "value": "x.example"}}), any(row{"debug": "1"}))
	}
	values := row{}
	for _, f := range customInputs {
		switch {
		case d.rarely(20):
			values[f.slug] = one(d, f.odd...)
		case f.good != nil && (f.slug == "domain" || d.rarely(3)):
			values[f.slug] = one(d, f.good...)
		}
	}
	return values
}

var customInputs = []struct {
	slug      string
	good, odd []any
}{
	{"domain", []any{"x.example", " y.example "}, []any{7, true, []any{"x"}, ""}},
	{"registrar", []any{"Ours", "Another one"}, []any{"ours", []any{"Ours"}, row{"x": "y"}}},
	{"products", []any{[]any{"dns", "vps"}, []any{"mail"}, []any{}}, []any{"dns", []any{"dns", "fax"}, []any{"dns", ""}, []any{[]any{"dns"}}}},
	{"terms", []any{[]any{"I own this domain"}}, []any{"I own this domain", true}},
	{"years", []any{2, "2", "-2.5", json.Number("2.5")}, []any{"two", "1,5", []any{2}, true}},
	{"transfer_on", []any{"2026-02-28"}, []any{"2026-02-30", "soon", 20260228}},
	{"website", []any{"https://x.example/a", "http://x.example"}, []any{"x.example", "https://"}},
	{"holder", []any{"a@x.example"}, []any{"a", "a b@x.example"}},
	{"auth_code", []any{"k7"}, []any{7}},
	{"checked_by", []any{"me"}, []any{[]any{}}},
	{"domian", nil, []any{"x.example"}},
}

func (d drawing) departmentID() any { return d.written(d.department()["id"]) }

func (d drawing) slug() any { return d.department()["slug"] }

func (d drawing) email() any {
	var known []string
	if d.customer != nil {
		email := d.customer["email"].(string)
		known = append(known, email, email, strings.ToUpper(email))
	}
	if d.ticket != nil && d.ticket["public_email"] != "" {
		email := d.ticket["public_email"].(string)
		known = append(known, email, strings.ToUpper(email))
	}
	return one(d, append(known, "new@example.com", "NEW@example.com", "other+tag@example.com")...)
}
