package api

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strings"

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
// error is Ticaga's answer, the same whatever was wrong [I]; the violations say what was.
func (a Auth) Authenticate(s *store.State, h http.Header) (store.Staff, []spec.Violation, error) {
	if a.Off {
		member, _ := s.FirstStaff()
		return member, nil, nil
	}
	credentials, fault := a.read(h)
	if fault != nil {
		return store.Staff{}, []spec.Violation{*fault}, errNotAuthenticated
	}
	member, ok := s.StaffByToken(credentials.token)
	if !ok || credentials.email != "" && !strings.EqualFold(credentials.email, member.Email) {
		return store.Staff{}, []spec.Violation{credentials.explain(s, ok)}, errNotAuthenticated
	}
	if credentials.scheme != schemeHeader {
		return member, nil, nil
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
func (a Auth) read(h http.Header) (credentials, *spec.Violation) {
	value := h.Get("Authorization")
	email, token := h.Get("X-Admin-Email"), h.Get("X-Api-Token")
	switch {
	case value == "" && a.Header && email != "" && token != "":
		return credentials{schemeHeader, email, token}, nil
	case value == "":
		return credentials{}, a.missing(email != "", token != "")
	}
	scheme, rest, _ := strings.Cut(strings.TrimSpace(value), " ")
	rest = strings.TrimSpace(rest)
	switch {
	case a.Bearer && strings.EqualFold(scheme, schemeBearer):
		if rest == "" {
			return credentials{}, a.malformed(schemeBearer, "the Bearer token is empty",
				"put the API token behind the word Bearer; is the setting that holds it filled in?")
		}
		return credentials{scheme: schemeBearer, token: rest}, nil
	case a.Basic && strings.EqualFold(scheme, schemeBasic):
		return a.readBasic(rest)
	}
	v := a.malformed(scheme, "this scheme is not accepted", "use one that is; the server's --auth chooses")
	if !slices.ContainsFunc([]string{schemeBasic, schemeBearer, "Digest", "Token", "ApiKey"}, func(known string) bool { return strings.EqualFold(scheme, known) }) {
		// The word may be the token, so it is not shown.
		v.Message, v.Got, v.Fix = "the header begins with no scheme that is known", "[not shown]", "put the scheme and a space before the value"
	}
	v.Code = "TM-AUTH-SCHEME"
	return credentials{}, v
}

// readBasic takes a Basic value apart.
func (a Auth) readBasic(value string) (credentials, *spec.Violation) {
	const encode = `base64_encode($email . ":" . $token)`
	pair, err := base64.StdEncoding.DecodeString(value)
	email, token, ok := strings.Cut(string(pair), ":")
	switch {
	case err != nil:
		return credentials{}, a.malformed(schemeBasic, "the Basic value is not base64", "send "+encode)
	case !ok:
		return credentials{}, a.malformed(schemeBasic, "the Basic value holds no colon", "encode both, with a colon between: "+encode)
	case email == "" || token == "":
		return credentials{}, a.malformed(schemeBasic, "the e-mail address or the token in the Basic value is empty",
			"are the settings that hold them filled in?")
	}
	return credentials{schemeBasic, email, token}, nil
}

// malformed is about an Authorization header that is there and says nothing.
func (a Auth) malformed(scheme, message, fix string) *spec.Violation {
	return &spec.Violation{
		Code: "TM-AUTH-FORM", Severity: spec.Error, In: spec.InHeader, At: "Authorization",
		Message: message, Expected: a.expected(), Got: scheme + " [not shown]", Fix: fix,
	}
}

// missing says that there are no credentials at all, with the reason that is most likely.
func (a Auth) missing(email, token bool) *spec.Violation {
	v := &spec.Violation{
		Code: "TM-AUTH-MISSING", Severity: spec.Error, In: spec.InHeader, At: "Authorization",
		Message:  "the request carries no credentials; they go with every request, POST ones too",
		Expected: a.expected(), Got: "no Authorization header",
		Fix: "was the header array handed to curl? curl_setopt($ch, CURLOPT_HTTPHEADER, $headers)",
	}
	switch {
	case token && !a.Header:
		v.Code, v.Got = "TM-AUTH-SCHEME", "X-API-Token"
		v.Message, v.Fix = "this scheme is not accepted", "send an Authorization header; the server's --auth chooses"
	case token:
		v.Got, v.Fix = "X-API-Token without X-Admin-Email", "send the e-mail address too"
	case email:
		v.Got, v.Fix = "X-Admin-Email without a token", "send the token too"
	}
	return v
}

// explain says why credentials that could be read are not good. known: the token is
// somebody's.
func (c credentials) explain(s *store.State, known bool) spec.Violation {
	v := spec.Violation{
		Code: "TM-AUTH-TOKEN", Severity: spec.Error, In: spec.InHeader, At: "Authorization",
		Message:  "nobody has this token",
		Expected: "the API token of an administrator", Got: c.scheme + " [not shown]",
		Fix: "copy the token that the server printed when it started",
	}
	if c.scheme == schemeHeader {
		v.At = schemeHeader
	}
	switch _, isStaff := s.StaffByEmail(c.email); {
	case known:
		v.Code, v.Message = "TM-AUTH-EMAIL", "the token is good, but it belongs to another e-mail address"
		v.Expected = "the e-mail address of the token's owner"
		v.Fix = "use the e-mail address that the server printed when it started"
	case c.email != "" && strings.EqualFold(c.email, c.token):
		v.Code, v.Message = "TM-AUTH-EMAIL-TWICE", "the e-mail address is sent in the place of the token too"
		v.Fix = "are the arguments of the call one place off? The second value is the API token"
	case c.email != "" && !isStaff:
		v.Code, v.Message = "TM-AUTH-EMAIL", "no administrator has this e-mail address, and nobody has this token"
		v.Expected = "an administrator's e-mail address and API token"
		v.Fix = "use the e-mail address and the token that the server printed when it started"
	case c.scheme == schemeBearer && isBasicValue(c.token):
		v.Code, v.Message = "TM-AUTH-FORM", "this looks like a Basic value behind the word Bearer"
		v.Fix = "write Basic instead of Bearer, or send the token alone"
	}
	return v
}

// isBasicValue reports whether a token is base64 of "somebody@somewhere:something".
func isBasicValue(token string) bool {
	pair, err := base64.StdEncoding.DecodeString(token)
	at, colon := strings.IndexByte(string(pair), '@'), strings.IndexByte(string(pair), ':')
	return err == nil && at > 0 && colon > at
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
