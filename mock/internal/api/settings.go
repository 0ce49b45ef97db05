package api

import (
	"encoding/base64"
	"net/http"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
)

// Settings are what credentials choose beside who asks, so that nothing but a plugin's settings
// has to change: a world, as the token "demo-token@blue" does, and a fault, as the token
// "fault-429" or the e-mail address "429@fault.test" does.
type Settings struct {
	World   string // its name, which may be empty
	InWorld bool   // the token names one
	Fault   string // the reserved word; "" for none
}

// ReadSettings takes the settings out of the headers: they are returned as they would be without
// them, and those that it was given stay as they are. A world is named only behind somebody's
// token, or a reserved one. In the place of what is reserved, an administrator's own stands.
func ReadSettings(s *store.State, h http.Header, reserved func(word string) bool) (http.Header, Settings) {
	c, ok := sentCredentials(h)
	if !ok {
		return h, Settings{}
	}
	sent := c
	var chosen Settings
	known := func(token string) bool { _, ok := s.StaffByToken(token); return ok }
	if at := strings.LastIndexByte(c.token, '@'); at > 0 && !known(c.token) && (known(c.token[:at]) || reserved(c.token[:at])) {
		c.token, chosen.World, chosen.InWorld = c.token[:at], c.token[at+1:], true
	}
	first, _ := s.FirstStaff()
	switch owner, isOwner := s.StaffByToken(c.token); {
	case !isOwner && reserved(c.token) && len(first.Tokens) > 0:
		chosen.Fault, c.email, c.token = c.token, first.Email, first.Tokens[0]
	case isOwner && reserved(c.email):
		chosen.Fault, c.email = c.email, owner.Email
	}
	if c == sent {
		return h, Settings{}
	}
	return c.put(h), chosen
}

// sentCredentials are those of a request, accepted or not; false when there are none that can be
// read.
func sentCredentials(h http.Header) (credentials, bool) {
	value := h.Get("Authorization")
	scheme, rest, _ := strings.Cut(value, " ")
	rest = strings.TrimSpace(rest)
	switch {
	case strings.EqualFold(scheme, schemeBearer):
		return credentials{scheme: scheme, token: rest}, true
	case strings.EqualFold(scheme, schemeBasic):
		email, token, err := basicPair(rest)
		return credentials{scheme, email, token}, err == nil
	case value == "":
		return credentials{schemeHeader, h.Get("X-Admin-Email"), h.Get("X-Api-Token")}, true
	}
	return credentials{}, false
}

// put is a copy of the headers with the credentials in the place of others.
func (c credentials) put(h http.Header) http.Header {
	h = h.Clone()
	switch {
	case strings.EqualFold(c.scheme, schemeBearer):
		h.Set("Authorization", c.scheme+" "+c.token)
	case strings.EqualFold(c.scheme, schemeBasic):
		h.Set("Authorization", c.scheme+" "+base64.StdEncoding.EncodeToString([]byte(c.email+":"+c.token)))
	default:
		if c.email != "" {
			h.Set("X-Admin-Email", c.email)
		}
		h.Set("X-Api-Token", c.token)
	}
	return h
}
