package api

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// Auth says which ways of sending credentials are accepted. The documentation and the
// newest plugin disagree, so all may be.
type Auth struct {
	Basic  bool // Authorization: Basic base64(e-mail:token) [D3]
	Bearer bool // Authorization: Bearer token [B21]
	Header bool // X-Admin-Email and X-API-Token [CEa]
	Off    bool // nobody is asked
}

// ParseAuth reads a list such as "basic,bearer". "" stands for every scheme.
func ParseAuth(list string) (Auth, error) {
	var a Auth
	if list == "" {
		return Auth{Basic: true, Bearer: true, Header: true}, nil
	}
	for name := range strings.SplitSeq(list, ",") {
		switch strings.TrimSpace(name) {
		case "basic":
			a.Basic = true
		case "bearer":
			a.Bearer = true
		case "header":
			a.Header = true
		case "off":
			a.Off = true
		default:
			return a, fmt.Errorf("auth %q: no such scheme; have basic, bearer, header, off", strings.TrimSpace(name))
		}
	}
	if a.Off && (a.Basic || a.Bearer || a.Header) {
		return a, fmt.Errorf("auth %q: off does not go with another scheme", list)
	}
	return a, nil
}

// Authenticate finds out whose credentials a request carries. Where they are not good the
// error is Ticaga's answer, the same whatever was wrong [I] except for a token without staff rights;
// the violations say what was.
func (a Auth) Authenticate(s *store.State, h http.Header) (store.Staff, []spec.Violation, error) {
	if a.Off {
		member, _ := s.FirstStaff()
		return member, nil, nil
	}
	credentials, fault := a.read(s, h)
	if fault != nil {
		return store.Staff{}, []spec.Violation{*fault}, errCredentials
	}
	member, ok := s.StaffByToken(credentials.token)
	if !ok || credentials.email != "" && !strings.EqualFold(credentials.email, member.Email) {
		return store.Staff{}, []spec.Violation{credentials.explain(s)}, errCredentials
	}
	if !member.HasRights() {
		return store.Staff{}, []spec.Violation{credentials.withoutRights()}, errRights
	}
	if credentials.scheme != schemeHeader {
		return member, credentials.conflicts(member, h), nil
	}
	return member, []spec.Violation{{
		Code: "TM-AUTH-HEADER", Severity: spec.Warning, In: spec.InHeader, At: "X-API-Token",
		Message:  "only an early Clientexec plugin sends credentials in X-Admin-Email and X-API-Token; nothing says that Ticaga still takes them",
		Expected: a.expected(), Got: "X-Admin-Email and X-API-Token",
		Fix: "send an Authorization header",
	}}, nil
}

const (
	schemeBasic  = "Basic"
	schemeBearer = "Bearer"
	schemeHeader = "X-API-Token"
)

// credentials are what a request says about its sender.
type credentials struct {
	scheme string
	email  string // "" when the scheme carries none
	token  string
}

// read takes the credentials out of the headers. The violation says why there are none.
func (a Auth) read(s *store.State, h http.Header) (credentials, *spec.Violation) {
	value := strings.TrimSpace(h.Get("Authorization"))
	if value == "" {
		email, token := h.Get("X-Admin-Email"), h.Get("X-Api-Token")
		if a.Header && email != "" && token != "" {
			return credentials{schemeHeader, email, token}, nil
		}
		return credentials{}, a.missing(h)
	}
	scheme, rest, _ := strings.Cut(value, " ")
	rest = strings.TrimSpace(rest)
	if isScheme(rest) { // "Bearer Bearer ": the setting holds the word, and no token
		rest = ""
	}
	switch {
	case isScheme(scheme) && beginsWithScheme(rest):
		return credentials{}, a.twice(scheme, rest)
	case a.Bearer && strings.EqualFold(scheme, schemeBearer):
		if rest == "" {
			return credentials{}, a.malformed(schemeBearer, "the Bearer token is empty",
				"put the API token behind the word Bearer; is the setting that holds it filled in?")
		}
		return credentials{scheme: schemeBearer, token: rest}, nil
	case a.Basic && strings.EqualFold(scheme, schemeBasic):
		return a.readBasic(s, rest)
	case isScheme(scheme):
		v := a.malformed(scheme, "this scheme is not accepted", "use one that is; the server's --auth chooses")
		v.Code = "TM-AUTH-SCHEME"
		return credentials{}, v
	}
	return credentials{}, a.noScheme(scheme, rest)
}

func isScheme(word string) bool {
	return strings.EqualFold(word, schemeBasic) || strings.EqualFold(word, schemeBearer)
}

func beginsWithScheme(value string) bool {
	word, _, more := strings.Cut(value, " ")
	return more && isScheme(word)
}

// readBasic takes the credentials out of a Basic value.
func (a Auth) readBasic(s *store.State, value string) (credentials, *spec.Violation) {
	email, token, err := basicPair(value)
	_, isToken := s.StaffByToken(value)
	if err != nil || isToken || email == "" || token == "" {
		return credentials{}, a.unreadBasic(value, isToken)
	}
	return credentials{schemeBasic, email, token}, nil
}

var (
	errNoText  = errors.New("not text")
	errNoColon = errors.New("no colon")
)

// basicPair takes a Basic value apart: base64(e-mail:token). The error says that it is none.
func basicPair(value string) (email, token string, err error) {
	pair, err := base64.StdEncoding.DecodeString(value)
	email, token, found := strings.Cut(string(pair), ":")
	switch {
	case err != nil:
	case !printable(string(pair)):
		err = errNoText
	case !found:
		err = errNoColon
	}
	return email, token, err
}

// printable reports whether a text is one: what base64 decodes by accident seldom is.
func printable(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool { return r != '\n' && r != '\r' && r != '\t' && !unicode.IsPrint(r) })
}

// expected lists the accepted schemes.
func (a Auth) expected() string {
	var all []string
	if a.Basic {
		all = append(all, "Authorization: Basic base64(e-mail:token)")
	}
	if a.Bearer {
		all = append(all, "Authorization: Bearer token")
	}
	if a.Header {
		all = append(all, "X-Admin-Email and X-API-Token")
	}
	return strings.Join(all, ", or ")
}
