package inspect

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

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

// AllSchemes accepts every way of sending credentials.
var AllSchemes = Auth{Basic: true, Bearer: true, Header: true}

// ParseAuth reads a list such as "basic,bearer". "" stands for every scheme.
func ParseAuth(list string) (Auth, error) {
	var a Auth
	if list == "" {
		return AllSchemes, nil
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

// Accounts are those that credentials can belong to.
type Accounts interface {
	First() (Account, bool)                   // whose the request is when nobody has to say who they are
	ByToken(token string) (Account, bool)     // the owner of an API token
	ByEmail(email string) (Account, bool)     // of the staff, whatever the case
	IsCustomer(email string) bool             // whether a customer has the address
	AnyToken(is func(token string) bool) bool // whether one of the tokens is a certain one
}

// Account is the owner of an API token.
type Account struct {
	ID     int64
	Email  string
	Rights bool // of the staff
}

// Access says what credentials are good for.
type Access int

// What credentials can be good for.
const (
	Denied   Access = iota // they are missing, cannot be read, or belong to nobody
	NoRights               // their owner is not of the staff
	Granted
)

// authenticate finds out whose credentials a header holds, and what is wrong with them. Without
// accounts, nobody is known, and all credentials that can be read are good.
func (a Auth) authenticate(accounts Accounts, h http.Header) (Account, Access, []spec.Violation) {
	if a.Off {
		var first Account
		if accounts != nil {
			first, _ = accounts.First()
		}
		return first, Granted, nil
	}
	credentials, violation := a.read(accounts, h)
	if violation != nil {
		return Account{}, Denied, []spec.Violation{*violation}
	}
	owner := Account{Email: credentials.Email, Rights: true}
	if accounts != nil {
		found, ok := accounts.ByToken(credentials.Token)
		if !ok || credentials.Email != "" && !strings.EqualFold(credentials.Email, found.Email) {
			return Account{}, Denied, []spec.Violation{credentials.explain(accounts)}
		}
		owner = found
	}
	if !owner.Rights {
		return Account{}, NoRights, []spec.Violation{credentials.withoutRights()}
	}
	if credentials.Scheme != schemeHeader {
		return owner, Granted, credentials.conflicts(owner, h)
	}
	return owner, Granted, []spec.Violation{{
		Code: spec.AuthHeader, Severity: spec.Warning, In: spec.InHeader, At: "X-API-Token",
		Message:  "only an early Clientexec plugin sends credentials in X-Admin-Email and X-API-Token; no source says that Ticaga still accepts them",
		Expected: a.expected(), Got: "X-Admin-Email and X-API-Token",
		Fix: "send an Authorization header",
	}}
}

const (
	schemeBasic  = "Basic"
	schemeBearer = "Bearer"
	schemeHeader = "X-API-Token"
)

// Credentials are what a request says about its sender.
type Credentials struct {
	Scheme string // the word as it was sent, or X-API-Token
	Email  string // "" when the scheme carries none
	Token  string
}

// read takes the credentials out of the headers. The violation says why there are none.
func (a Auth) read(s Accounts, h http.Header) (Credentials, *spec.Violation) {
	value := strings.TrimSpace(h.Get("Authorization"))
	if value == "" {
		email, token := h.Get("X-Admin-Email"), h.Get("X-Api-Token")
		if a.Header && email != "" && token != "" {
			return Credentials{schemeHeader, email, token}, nil
		}
		return Credentials{}, a.missing(h)
	}
	scheme, rest, _ := strings.Cut(value, " ")
	rest = strings.TrimSpace(rest)
	if isScheme(rest) { // "Bearer Bearer ": the setting holds the word, and no token
		rest = ""
	}
	switch {
	case isScheme(scheme) && beginsWithScheme(rest):
		return Credentials{}, a.twice(scheme, rest)
	case a.Bearer && strings.EqualFold(scheme, schemeBearer):
		if rest == "" {
			return Credentials{}, a.malformed(schemeBearer, "the Bearer token is empty",
				"send the API token after Bearer; check that the setting with the token is filled in")
		}
		return Credentials{Scheme: schemeBearer, Token: rest}, nil
	case a.Basic && strings.EqualFold(scheme, schemeBasic):
		return a.readBasic(s, rest)
	case isScheme(scheme):
		v := a.malformed(scheme, "this scheme is not accepted", "use an accepted scheme; the server's --auth chooses them")
		v.Code = spec.AuthScheme
		return Credentials{}, v
	}
	return Credentials{}, a.noScheme(scheme, rest)
}

func isScheme(word string) bool {
	return strings.EqualFold(word, schemeBasic) || strings.EqualFold(word, schemeBearer)
}

func beginsWithScheme(value string) bool {
	word, _, more := strings.Cut(value, " ")
	return more && isScheme(word)
}

// readBasic takes the credentials out of a Basic value.
func (a Auth) readBasic(s Accounts, value string) (Credentials, *spec.Violation) {
	email, token, err := basicPair(value)
	isToken := isKnown(s, value)
	if err != nil || isToken || email == "" || token == "" {
		return Credentials{}, a.unreadBasic(value, isToken)
	}
	return Credentials{schemeBasic, email, token}, nil
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

// Scheme names the way in which a request carries credentials, good or not: "basic",
// "bearer", "header" (X-Admin-Email and X-API-Token), or "none".
func Scheme(h http.Header) string {
	switch scheme, _, _ := strings.Cut(h.Get("Authorization"), " "); {
	case strings.EqualFold(scheme, schemeBasic):
		return "basic"
	case strings.EqualFold(scheme, schemeBearer):
		return "bearer"
	case h.Get("X-Api-Token") != "":
		return "header"
	}
	return "none"
}

// ReadCredentials returns those of a request, accepted or not; false when there are none that can be
// read.
func ReadCredentials(h http.Header) (Credentials, bool) {
	value := h.Get("Authorization")
	scheme, rest, _ := strings.Cut(value, " ")
	rest = strings.TrimSpace(rest)
	switch {
	case strings.EqualFold(scheme, schemeBearer):
		return Credentials{Scheme: scheme, Token: rest}, true
	case strings.EqualFold(scheme, schemeBasic):
		email, token, err := basicPair(rest)
		return Credentials{scheme, email, token}, err == nil
	case value == "":
		return Credentials{schemeHeader, h.Get("X-Admin-Email"), h.Get("X-Api-Token")}, true
	}
	return Credentials{}, false
}

// Put returns a copy of headers with the credentials instead of theirs.
func (c Credentials) Put(h http.Header) http.Header {
	h = h.Clone()
	switch {
	case strings.EqualFold(c.Scheme, schemeBearer):
		h.Set("Authorization", c.Scheme+" "+c.Token)
	case strings.EqualFold(c.Scheme, schemeBasic):
		h.Set("Authorization", c.Scheme+" "+base64.StdEncoding.EncodeToString([]byte(c.Email+":"+c.Token)))
	default:
		if c.Email != "" {
			h.Set("X-Admin-Email", c.Email)
		}
		h.Set("X-Api-Token", c.Token)
	}
	return h
}
