package api

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
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
// error is Ticaga's answer, the same whatever was wrong [I]; the violations say what was.
func (a Auth) Authenticate(s *store.State, h http.Header) (store.Staff, []spec.Violation, error) {
	if a.Off {
		member, _ := s.FirstStaff()
		return member, nil, nil
	}
	credentials, fault := a.read(s, h)
	if fault != nil {
		return store.Staff{}, []spec.Violation{*fault}, errNotAuthenticated
	}
	member, ok := s.StaffByToken(credentials.token)
	if !ok || credentials.email != "" && !strings.EqualFold(credentials.email, member.Email) {
		return store.Staff{}, []spec.Violation{credentials.explain(s)}, errNotAuthenticated
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
func (a Auth) read(s *store.State, h http.Header) (credentials, *spec.Violation) {
	value := strings.TrimSpace(h.Get("Authorization"))
	email, token := h.Get("X-Admin-Email"), h.Get("X-Api-Token")
	switch {
	case value == "" && a.Header && email != "" && token != "":
		return credentials{schemeHeader, email, token}, nil
	case value == "":
		return credentials{}, a.missing(h)
	}
	scheme, rest, _ := strings.Cut(value, " ")
	rest = strings.TrimSpace(rest)
	switch {
	case a.Bearer && strings.EqualFold(scheme, schemeBearer):
		if rest == "" {
			return credentials{}, a.malformed(schemeBearer, "the Bearer token is empty",
				"put the API token behind the word Bearer; is the setting that holds it filled in?")
		}
		return credentials{scheme: schemeBearer, token: rest}, nil
	case a.Basic && strings.EqualFold(scheme, schemeBasic):
		return a.readBasic(s, rest)
	case strings.EqualFold(scheme, schemeBasic), strings.EqualFold(scheme, schemeBearer):
		v := a.malformed(scheme, "this scheme is not accepted", "use one that is; the server's --auth chooses")
		v.Code = "TM-AUTH-SCHEME"
		return credentials{}, v
	}
	return credentials{}, a.noScheme(scheme, rest)
}

// noScheme is about an Authorization header that begins with no word that we know. The word
// may be the token, so it is not shown.
func (a Auth) noScheme(word, rest string) *spec.Violation {
	v := a.malformed("", "the header begins with no scheme that is known", "put the word Bearer and a space before the token")
	v.Code, v.Got = "TM-AUTH-SCHEME", "[not shown]"
	bare := strings.Trim(word, wrapping)
	known := func(word string) bool {
		return strings.EqualFold(word, schemeBasic) || strings.EqualFold(word, schemeBearer)
	}
	switch {
	case strings.EqualFold(word, "Authorization:"):
		v.Fix = "send the header's name once: it is in the value too"
	case known(strings.TrimSuffix(word, ":")):
		v.Fix = "write no colon behind the word " + strings.TrimSuffix(word, ":")
	case known(bare):
		v.Fix = "take away the quotation marks around the value"
	case slices.ContainsFunc([]string{"Token", "ApiKey", "Digest"}, func(other string) bool { return strings.EqualFold(other, bare) }):
		v.Message, v.Got = "this scheme is not accepted", bare+" [not shown]"
		v.Fix = "write Bearer in its place"
	case rest == "" && isBasicValue(word):
		v.Fix = "put the word Basic and a space before the value"
	case len(word) > len(schemeBearer) && strings.EqualFold(word[:len(schemeBearer)], schemeBearer):
		v.Fix = "put a space behind the word Bearer"
	}
	return v
}

// readBasic takes a Basic value apart.
func (a Auth) readBasic(s *store.State, value string) (credentials, *spec.Violation) {
	const encode = `base64_encode($email . ":" . $token)`
	pair, err := base64.StdEncoding.DecodeString(value)
	email, token, ok := strings.Cut(string(pair), ":")
	_, isToken := s.StaffByToken(value)
	message, fix := "", ""
	switch {
	case value == "":
		message, fix = "the Basic value is empty", "send "+encode
	case isToken, err != nil && !strings.Contains(value, ":"), err == nil && !printable(pair):
		message, fix = "this looks like a bare token behind the word Basic", "write Bearer in the place of Basic, or send "+encode
	case err != nil:
		message, fix = "the Basic value is not base64", "send "+encode
	case !ok:
		message, fix = "the Basic value holds no colon", "encode both, with a colon between: "+encode
	case email == "" && token == "":
		message, fix = "the e-mail address and the token in the Basic value are empty", "are the settings that hold them filled in?"
	case email == "":
		message, fix = "the e-mail address in the Basic value is empty", "is the setting that holds the e-mail address filled in?"
	case token == "":
		message, fix = "the token in the Basic value is empty", "is the setting that holds the token filled in?"
	default:
		return credentials{schemeBasic, email, token}, nil
	}
	return credentials{}, a.malformed(schemeBasic, message, fix)
}

// malformed is about an Authorization header that is there and says nothing.
func (a Auth) malformed(scheme, message, fix string) *spec.Violation {
	return &spec.Violation{
		Code: "TM-AUTH-FORM", Severity: spec.Error, In: spec.InHeader, At: "Authorization",
		Message: message, Expected: a.expected(), Got: scheme + " [not shown]", Fix: fix,
	}
}

// misnamed are headers that people send credentials in when they mean Authorization, as
// net/http spells them.
var misnamed = []string{
	"Authentication", "Authorisation", "Auth", "X-Authorization", "X-Auth-Token", "X-Access-Token",
	"X-Api-Key", "Api-Key", "Apikey", "Api-Token", "Bearer", "Token", "Proxy-Authorization",
}

// missing says that there are no credentials at all, with the reason that is most likely.
func (a Auth) missing(h http.Header) *spec.Violation {
	v := &spec.Violation{
		Code: "TM-AUTH-MISSING", Severity: spec.Error, In: spec.InHeader, At: "Authorization",
		Message:  "the request carries no credentials; they go with every request, POST ones too",
		Expected: a.expected(), Got: "no Authorization header",
	}
	_, empty := h["Authorization"]
	email, token := h.Get("X-Admin-Email") != "", h.Get("X-Api-Token") != ""
	other := slices.IndexFunc(misnamed, func(name string) bool { return h.Get(name) != "" })
	switch {
	case token && !a.Header:
		v.Code, v.Got = "TM-AUTH-SCHEME", "X-API-Token"
		v.Message, v.Fix = "this scheme is not accepted", "send an Authorization header; the server's --auth chooses"
	case token:
		v.Got, v.Fix = "X-API-Token without X-Admin-Email", "send the e-mail address too"
	case email:
		v.Got, v.Fix = "X-Admin-Email without a token", "send the token too"
	case empty:
		v.Got, v.Fix = "an empty Authorization header", "is the setting that holds the token filled in?"
	case other >= 0:
		v.Got, v.Fix = misnamed[other], "rename the header "+misnamed[other]+" to Authorization"
	case inAnotherHeader(h):
		v.Got = "the name Authorization in another header's value"
		v.Fix = "name the header: this client wants ['Authorization' => $value], where curl wants ['Authorization: ' . $value]"
	case strings.Contains(h.Get("Content-Type"), "json"):
		// Nobody sends JSON without setting this header: the array reaches curl.
		v.Fix = "add it to the header array, which reaches curl, as the Content-Type shows: 'Authorization: Bearer ' . $token"
	default:
		v.Fix = "was the header array handed to curl? curl_setopt($ch, CURLOPT_HTTPHEADER, $headers)"
	}
	return v
}

// inAnotherHeader recognises a list of header lines where a map was wanted: the names are
// then 0, 1 and so on.
func inAnotherHeader(h http.Header) bool {
	for _, values := range h {
		if len(values) > 0 && len(values[0]) > 14 && strings.EqualFold(values[0][:14], "Authorization:") {
			return true
		}
	}
	return false
}

// explain says why credentials that could be read are not good.
func (c credentials) explain(s *store.State) spec.Violation {
	v := spec.Violation{
		Code: "TM-AUTH-TOKEN", Severity: spec.Error, In: spec.InHeader, At: "Authorization",
		Message:  "nobody has this token",
		Expected: "the API token of an administrator", Got: c.scheme + " [not shown]",
		Fix: "copy the token that the server printed when it started",
	}
	if c.scheme == schemeHeader {
		v.At = schemeHeader
	}
	_, known := s.StaffByToken(c.token)
	_, knownTrimmed := s.StaffByToken(strings.Trim(c.token, wrapping))
	_, emailIsToken := s.StaffByToken(c.email)
	_, isStaff := s.StaffByEmail(c.email)
	_, isStaffTrimmed := s.StaffByEmail(strings.Trim(c.email, wrapping))
	_, isCustomer := s.CustomerByEmail(c.email)
	first, _, _ := strings.Cut(c.token, " ")
	switch {
	case !isStaff && isStaffTrimmed:
		v.Code, v.Message = "TM-AUTH-EMAIL", "something stands around the e-mail address: white space, quotation marks or brackets"
		v.Expected, v.Fix = "the e-mail address of the token's owner", `trim the setting: trim($email, " \t\n\"'")`
	case known:
		v.Code, v.Message = "TM-AUTH-EMAIL", "the token is good, but it belongs to another e-mail address"
		v.Expected = "the e-mail address of the token's owner"
		v.Fix = "use the e-mail address that the server printed when it started"
	case knownTrimmed:
		v.Message = "something stands around the token: white space, quotation marks or brackets"
		v.Fix = `trim the setting: trim($token, " \t\n\"'")`
	case c.email != "" && strings.EqualFold(c.email, c.token):
		v.Code, v.Message = "TM-AUTH-EMAIL-TWICE", "the e-mail address is sent in the place of the token too"
		v.Fix = "are the arguments of the call one place off? The second value is the API token"
	case emailIsToken:
		v.Code, v.Message = "TM-AUTH-SWAPPED", "the token stands where the e-mail address belongs"
		v.Expected, v.Fix = "the e-mail address first, then the token", `swap them: $email . ":" . $token`
	case strings.EqualFold(first, schemeBearer) || strings.EqualFold(first, schemeBasic):
		v.Code, v.Message = "TM-AUTH-FORM", "the scheme is there twice"
		v.Fix = "write the word once: the setting that holds the token holds it too"
	case unfilled(c.token):
		v.Message = "this is the name of a variable, or a placeholder, and no token"
		v.Fix = `put the token in: in PHP "Bearer $token" does, 'Bearer $token' in single quotes does not; and is the variable set?`
	case c.scheme == schemeBearer && isBasicValue(c.token):
		v.Code, v.Message = "TM-AUTH-FORM", "this looks like a Basic value behind the word Bearer"
		v.Fix = "write Basic instead of Bearer, or send the token alone"
	case c.scheme == schemeBearer && isPair(c.token):
		v.Code, v.Message = "TM-AUTH-FORM", "an e-mail address stands before the token, which only Basic has"
		v.Fix = "send the token alone"
	case isCustomer && !isStaff:
		v.Code, v.Message = "TM-AUTH-EMAIL", "this is a customer's e-mail address, and nobody has this token"
		v.Expected = "an administrator's e-mail address and API token"
		v.Fix = "send the credentials of the help desk's administrator from the settings, not the customer's"
	case c.email != "" && !isStaff:
		v.Code, v.Message = "TM-AUTH-EMAIL", "no administrator has this e-mail address, and nobody has this token"
		v.Expected = "an administrator's e-mail address and API token"
		v.Fix = "use the e-mail address and the token that the server printed when it started"
	}
	return v
}

// wrapping is what gets around a value on its way through a file, a form or a chat.
const wrapping = " \t\r\n\u00a0\u200b\ufeff\"'`<>()[]{}“”‘’,;"

// unfilled recognises what stands for a token in documentation and in code.
func unfilled(token string) bool {
	bare := strings.ToLower(strings.Trim(token, wrapping+"$%"))
	switch bare {
	case "null", "undefined", "none", "array", "token", "api_token", "apitoken", "api-token", "api_key", "apikey":
		return true
	}
	return strings.HasPrefix(token, "$") || strings.HasPrefix(bare, "your") || strings.HasPrefix(bare, "<?")
}

// isBasicValue reports whether a token is base64 of "somebody@somewhere:something".
func isBasicValue(token string) bool {
	pair, err := base64.StdEncoding.DecodeString(token)
	return err == nil && isPair(string(pair))
}

// isPair reports whether a text is "somebody@somewhere:something".
func isPair(text string) bool {
	at, colon := strings.IndexByte(text, '@'), strings.IndexByte(text, ':')
	return at > 0 && colon > at
}

// printable reports whether bytes are text: what base64 decodes by accident seldom is.
func printable(text []byte) bool {
	return utf8.Valid(text) && !bytes.ContainsFunc(text, func(r rune) bool { return r != '\n' && r != '\r' && r != '\t' && !unicode.IsPrint(r) })
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
