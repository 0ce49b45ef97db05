package inspect

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// Auth says which ways of sending credentials are accepted. The documentation and the newest plugin
// disagree, so all of them can be enabled.
type Auth struct {
	Basic  bool // Authorization: Basic base64(e-mail:token) [D3]
	Bearer bool // Authorization: Bearer token [B21]
	Header bool // X-Admin-Email and X-API-Token [CEa]
	Off    bool // no credentials are required
}

// AllSchemes accepts every way of sending credentials.
var AllSchemes = Auth{Basic: true, Bearer: true, Header: true}

// ParseAuth parses a comma-separated list such as "basic,bearer". "" stands for every scheme.
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
			return a, fmt.Errorf("auth %q: no such scheme; must be one of basic, bearer, header, off", strings.TrimSpace(name))
		}
	}
	if a.Off && (a.Basic || a.Bearer || a.Header) {
		return a, fmt.Errorf("auth %q: off does not go with another scheme", list)
	}
	return a, nil
}

// Schemes returns the names of the accepted schemes, as ParseAuth reads them: none if no credentials are required.
func (a Auth) Schemes() []string {
	accepted := []string{}
	for name, is := range map[string]bool{"basic": a.Basic, "bearer": a.Bearer, "header": a.Header} {
		if is {
			accepted = append(accepted, name)
		}
	}
	slices.Sort(accepted)
	return accepted
}

// Accounts looks up the accounts that credentials can belong to.
type Accounts interface {
	First() (Account, bool)                   // the sender if no credentials are required
	ByToken(token string) (Account, bool)     // the owner of an API token
	ByEmail(email string) (Account, bool)     // a staff member's account; case is ignored
	IsCustomer(email string) bool             // whether a customer has this address
	AnyToken(is func(token string) bool) bool // whether the predicate is true for one of the tokens
}

// Account is the owner of an API token.
type Account struct {
	ID     int64
	Email  string
	Rights bool // whether the owner is a staff member
}

// Access says what credentials allow.
type Access int

// The values of Access.
const (
	Denied   Access = iota // the credentials are missing, cannot be read, or belong to nobody
	NoRights               // the owner is not a staff member
	Granted
)

// authenticate returns the owner of the credentials in a header, what they allow, and what is wrong
// with them. If accounts is nil, it does not look up the owner, and accepts all credentials that
// can be read.
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
	return owner, Granted, []spec.Violation{a.oddScheme()}
}

const (
	schemeBasic  = "Basic"
	schemeBearer = "Bearer"
	schemeHeader = "X-API-Token"
)

// Credentials are what a request says about its sender.
type Credentials struct {
	Scheme string // the scheme as it was sent, or X-API-Token
	Email  string // "" if the scheme has no e-mail address
	Token  string
}

// read returns the credentials in the headers. If there are none, the violation says why.
func (a Auth) read(s Accounts, h http.Header) (Credentials, *spec.Violation) {
	value := strings.TrimSpace(First(h, "Authorization"))
	if value == "" {
		email, token := First(h, "X-Admin-Email"), First(h, "X-Api-Token")
		if a.Header && email != "" && token != "" {
			return Credentials{schemeHeader, email, token}, nil
		}
		return Credentials{}, a.missing(h)
	}
	scheme, rest, _ := strings.Cut(value, " ")
	rest = strings.TrimSpace(rest)
	if isScheme(rest) { // "Bearer Bearer ": the setting has the scheme but no token
		rest = ""
	}
	switch {
	case isScheme(scheme) && beginsWithScheme(rest):
		return Credentials{}, a.twice(scheme, rest)
	case a.Bearer && strings.EqualFold(scheme, schemeBearer):
		if rest == "" {
			return Credentials{}, a.emptyBearer()
		}
		return Credentials{Scheme: schemeBearer, Token: rest}, nil
	case a.Basic && strings.EqualFold(scheme, schemeBasic):
		return a.readBasic(s, rest)
	case isScheme(scheme):
		return Credentials{}, a.closedScheme(scheme)
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

// readBasic returns the credentials in a Basic value.
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

// basicPair splits a Basic value, base64(e-mail:token), into its two parts. It returns an error if
// the value is not of this form.
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

// printable reports whether a string is printable text. A value that is base64 only by accident
// seldom decodes to that.
func printable(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool { return r != '\n' && r != '\r' && r != '\t' && !unicode.IsPrint(r) })
}

// Scheme returns the way in which a request sends credentials, valid or not: "basic", "bearer",
// "header" (X-Admin-Email and X-API-Token), or "none".
func Scheme(h http.Header) string {
	switch scheme, _, _ := strings.Cut(First(h, "Authorization"), " "); {
	case strings.EqualFold(scheme, schemeBasic):
		return "basic"
	case strings.EqualFold(scheme, schemeBearer):
		return "bearer"
	case First(h, "X-Api-Token") != "":
		return "header"
	}
	return "none"
}

// ReadCredentials returns the credentials of a request, accepted or not. It returns false if there
// are none that can be read.
func ReadCredentials(h http.Header) (Credentials, bool) {
	value := First(h, "Authorization")
	scheme, rest, _ := strings.Cut(value, " ")
	rest = strings.TrimSpace(rest)
	switch {
	case strings.EqualFold(scheme, schemeBearer):
		return Credentials{Scheme: scheme, Token: rest}, true
	case strings.EqualFold(scheme, schemeBasic):
		email, token, err := basicPair(rest)
		return Credentials{scheme, email, token}, err == nil
	case value == "":
		return Credentials{schemeHeader, First(h, "X-Admin-Email"), First(h, "X-Api-Token")}, true
	}
	return Credentials{}, false
}

// Put returns a copy of the headers with these credentials instead of their own.
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
