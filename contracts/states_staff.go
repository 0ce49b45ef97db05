package contracts

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
)

func staffStates() []State {
	token := Param{Name: "token", Type: "token", Example: "my-token", Default: "the first administrator's"}
	email := Param{Name: "email", Type: "e-mail", Example: "agent@example.com", Default: "the owner's"}
	name := Param{Name: "name", Type: "string", Example: "Second Agent"}
	returns := []string{"staff_id", "email", "token", "basic"}
	return []State{
		{
			Name: "token {token} exists",
			Also: []string{
				"a token exists", "staff member {email} has the token {token}", "the credentials {email} {token} exist", "credentials exist",
				"a staff member has the token {token}",
			},
			Sets:    "a staff member has that API token: the one with that e-mail address, or the first administrator; `basic` is what a Basic header carries",
			Params:  []Param{token, email, name},
			Returns: returns,
			set:     setToken,
		},
		{
			Name:    "staff member {email} exists",
			Also:    []string{"a staff member exists"},
			Sets:    "the staff member with that e-mail address, or an invented one with staff rights and a token",
			Params:  []Param{withDefault(email, "the first administrator's"), {Name: "token", Type: "token", Example: "my-token", Default: "one of the staff member's"}, name},
			Returns: returns,
			set:     setToken,
		},
		{
			Name: "token {token} has no staff rights",
			Also: []string{
				"token {token} has no rights", "token without rights", "token without staff rights", "staff member {email} has no rights",
				"staff member {email} has no staff rights", "credentials without rights", "credentials without staff rights",
			},
			Sets:    "that API token belongs to a user without staff rights, whose requests are refused with 403 [I]",
			Params:  []Param{withDefault(token, "no-rights-token"), withDefault(email, "that of the user without staff rights"), name},
			Returns: returns,
			set:     setTokenWithoutRights,
		},
		{
			Name: "token {token} does not exist",
			Also: []string{
				"no token {token} exists", "no staff member has the token {token}", "a token does not exist", "the credentials {email} {token} do not exist",
			},
			Sets:    "no staff member has that API token, so that requests with it are refused",
			Params:  []Param{token, email},
			Returns: []string{"token"},
			set:     removeToken,
		},
	}
}

func owner(d Desk, field, value string) Row {
	return first(d, "staff", func(m Row) bool {
		if field == "token" {
			return slices.Contains(m.texts("tokens"), value)
		}
		return strings.EqualFold(m.text(field), value)
	})
}

func hasRights(m Row) bool { return m.text("role") != "none" }

// setToken makes sure that a staff member exists and has a token.
func setToken(d Desk, v values) (map[string]any, error) {
	m := first(d, "staff", hasRights)
	if v.has("token") && !v.has("email") {
		if found := owner(d, "token", v["token"]); found != nil && hasRights(found) {
			m = found
		}
	}
	if v.has("email") {
		m = owner(d, "email", v["email"])
	}
	if m == nil {
		m = newStaff(d, v.or("email", "agent@example.com"))
	}
	return putStaff(d, m, v, "staff")
}

// setTokenWithoutRights gives a token to a user without staff rights.
func setTokenWithoutRights(d Desk, v values) (map[string]any, error) {
	m := first(d, "staff", func(m Row) bool { return !hasRights(m) })
	if v.has("email") {
		m = owner(d, "email", v["email"])
	}
	if m == nil {
		m = newStaff(d, v.or("email", "no-rights@ticaga.test"))
		m["tokens"] = []string{"no-rights-token"}
	}
	return putStaff(d, m, v, "none")
}

// newStaff returns a staff member who is not there yet.
func newStaff(d Desk, email string) Row {
	m := NewRow("staff", d.NextID("staff"), madeAt)
	m["email"] = email
	return m
}

// putStaff stores a staff member with the values of a state. The token comes first of several.
func putStaff(d Desk, m Row, v values, role string) (map[string]any, error) {
	tokens := m.texts("tokens")
	if v.has("token") {
		others := slices.DeleteFunc(slices.Clone(tokens), func(token string) bool { return token == v["token"] })
		tokens = append([]string{v["token"]}, others...)
	}
	m = maps.Clone(m)
	m["tokens"], m["role"], m["name"] = tokens, role, v.or("name", m.text("name"))
	m, err := d.Put("staff", m)
	if err != nil {
		return nil, err
	}
	basic := base64.StdEncoding.EncodeToString([]byte(m.text("email") + ":" + tokens[0]))
	return map[string]any{"staff_id": m["id"], "email": m["email"], "token": tokens[0], "basic": basic}, nil
}

// removeToken takes a token from whoever has it. A last token is replaced by one that nobody knows,
// because every staff member has one.
func removeToken(d Desk, v values) (map[string]any, error) {
	token := v["token"]
	if !v.has("token") {
		m := first(d, "staff", hasRights)
		if v.has("email") {
			m = owner(d, "email", v["email"])
		}
		if m == nil {
			return nil, fmt.Errorf("no staff member has the e-mail address %.100q; give a token", v["email"])
		}
		token = m.texts("tokens")[0]
	}
	if m := owner(d, "token", token); m != nil {
		tokens := slices.DeleteFunc(slices.Clone(m.texts("tokens")), func(other string) bool { return other == token })
		if len(tokens) == 0 {
			sum := sha256.Sum256([]byte("revoked " + token))
			tokens = []string{"revoked-" + hex.EncodeToString(sum[:])}
		}
		m = maps.Clone(m)
		m["tokens"] = tokens
		if _, err := d.Put("staff", m); err != nil {
			return nil, err
		}
	}
	return map[string]any{"token": token}, nil
}
