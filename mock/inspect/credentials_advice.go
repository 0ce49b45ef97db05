package inspect

import (
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
	"github.com/ticaga-mock/ticaga-mock/mock/words"
)

// This file guesses what a client intended with credentials that are missing, cannot be read or are
// not valid. None of its messages shows a value that was sent: it may be the token.

// encodePair is how a client encodes a Basic value.
const encodePair = `«base64_encode($email . ":" . $token)|base64(e-mail:token)»`

// line returns a header line of an accepted scheme, as a client writes it.
func (a Auth) line() string {
	switch {
	case a.Bearer:
		return "«'Authorization: Bearer ' . $token|Authorization: Bearer TOKEN»"
	case a.Basic:
		return "«'Authorization: Basic ' . |Authorization: Basic »" + encodePair
	}
	return "«'X-Admin-Email: ' . $email, 'X-API-Token: ' . $token|X-Admin-Email: E-MAIL, X-API-Token: TOKEN»"
}

// malformed returns the violation for an Authorization header that is present but has no usable
// credentials.
func (a Auth) malformed(scheme, message, fix string) *spec.Violation {
	return &spec.Violation{
		Code: spec.AuthForm, Severity: spec.Error, In: spec.InHeader, At: "Authorization",
		Message: message, Expected: a.expected(), Got: scheme + " [not shown]", Fix: fix,
	}
}

// expected returns the accepted schemes for a message.
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

// oddScheme returns the warning about valid credentials in headers of their own.
func (a Auth) oddScheme() spec.Violation {
	return spec.Violation{
		Code: spec.AuthHeader, Severity: spec.Warning, In: spec.InHeader, At: "X-API-Token",
		Message:  "only an early Clientexec plugin sends credentials in X-Admin-Email and X-API-Token; no source says that Ticaga still accepts them",
		Expected: a.expected(), Got: "X-Admin-Email and X-API-Token",
		Fix: "send an Authorization header",
	}
}

// emptyBearer returns the violation for a Bearer scheme without a token.
func (a Auth) emptyBearer() *spec.Violation {
	return a.malformed(schemeBearer, "the Bearer token is empty", "send the API token after Bearer; check that the setting with the token is filled in")
}

// closedScheme returns the violation for a scheme that the server's options do not accept.
func (a Auth) closedScheme(scheme string) *spec.Violation {
	v := a.malformed(scheme, "this scheme is not accepted", "use an accepted scheme; the server's --auth chooses them")
	v.Code = spec.AuthScheme
	return v
}

// twice returns the violation for a scheme that follows another scheme. What follows both of them
// shows which one is right.
func (a Auth) twice(first, rest string) *spec.Violation {
	second, value, _ := strings.Cut(rest, " ")
	right := schemeBearer
	if isBasicValue(strings.TrimSpace(value)) {
		right = schemeBasic
	}
	fix := "send the scheme once: the setting with the token contains it too"
	if !strings.EqualFold(first, right) || !strings.EqualFold(second, right) {
		fix = "send only the scheme " + right + ", which is the right one for this value"
	}
	return a.malformed(first, "the value begins with two schemes", fix)
}

// otherSchemes are the schemes that other APIs use instead of Bearer.
var otherSchemes = []string{"Token", "ApiKey", "Api-Key", "Key", "OAuth", "JWT", "Digest"}

// noScheme returns the violation for an Authorization header that does not begin with a known
// scheme. The first word may be the token, so it is not shown.
func (a Auth) noScheme(word, rest string) *spec.Violation {
	v := a.malformed("", "the header does not begin with a known scheme", "add Bearer and a space before the token")
	v.Code, v.Got = spec.AuthScheme, "[not shown]"
	if !a.Bearer {
		v.Fix = "send " + a.line()
		return v
	}
	bare := strings.Trim(word, wrapping)
	switch {
	case strings.EqualFold(word, "Authorization:"):
		v.Fix = "remove the header's name from the value"
	case isScheme(strings.TrimSuffix(word, ":")):
		v.Fix = "remove the colon after " + strings.TrimSuffix(word, ":")
	case isScheme(bare):
		v.Fix = "remove the quotes around the value"
	case slices.ContainsFunc(otherSchemes, func(other string) bool { return strings.EqualFold(other, bare) }):
		v.Message, v.Got = "this scheme is not accepted", bare+" [not shown]"
		v.Fix = "use Bearer instead"
	case rest == "" && isBasicValue(word):
		v.Fix = "add Basic and a space before the value"
	case rest == "" && isPair(word):
		v.Fix = `encode the pair, and add Basic before it: «"Basic " . |Basic »` + encodePair
	case joined(word, schemeBearer) != "":
		v.Fix = joined(word, schemeBearer)
	case joined(word, schemeBasic) != "" && isBasicValue(strings.TrimLeft(word[len(schemeBasic):], ":=")):
		v.Fix = joined(word, schemeBasic)
	case rest != "" && words.Nearest(bare, []string{schemeBearer, schemeBasic}) == schemeBasic:
		v.Fix = "replace the first word with Basic"
	case rest != "":
		v.Fix = "replace the first word with Bearer"
	}
	return v
}

// joined returns what to put between a scheme and the value that follows it without a space. It
// returns "" if the word does not begin with the scheme.
func joined(word, scheme string) string {
	switch {
	case len(word) <= len(scheme) || !strings.EqualFold(word[:len(scheme)], scheme):
		return ""
	case strings.ContainsRune(":=", rune(word[len(scheme)])):
		return "put a space instead of the character after " + scheme
	}
	return "add a space after " + scheme
}

// unreadBasic returns the violation for a Basic value that does not contain an e-mail address and a
// token. isToken reports whether the value is somebody's token.
func (a Auth) unreadBasic(value string, isToken bool) *spec.Violation {
	email, token, err := basicPair(value)
	message, fix := "", ""
	written := slices.IndexFunc(otherBase64, func(kind base64Kind) bool {
		pair, err := kind.encoding.DecodeString(value)
		return err == nil && isPair(string(pair))
	})
	switch {
	case value == "":
		message, fix = "the Basic value is empty", "send "+encodePair
	case err != nil && written >= 0:
		message, fix = otherBase64[written].message, otherBase64[written].fix
	case isToken, errors.Is(err, errNoText), err != nil && !errors.Is(err, errNoColon) && !strings.Contains(value, ":"):
		message, fix = "the value after Basic looks like a bare token", "send "+encodePair
		if a.Bearer {
			fix = "write Bearer instead of Basic, or " + fix
		}
	case errors.Is(err, errNoColon):
		message, fix = "the Basic value has no colon", "encode both, separated by a colon: "+encodePair
	case err != nil:
		message, fix = "the Basic value is not base64", "send "+encodePair
	case email == "" && token == "":
		message, fix = "the e-mail address and the token in the Basic value are empty", "check that both settings are filled in"
	case email == "":
		message, fix = "the e-mail address in the Basic value is empty", "check that the setting with the e-mail address is filled in"
	case !strings.Contains(email, "@"):
		message, fix = "the token is sent as the e-mail address, and the token itself is empty", "put the e-mail address before the colon and the token after it: "+encodePair
	default:
		message, fix = "the token in the Basic value is empty", "check that the setting with the token is filled in"
	}
	return a.malformed(schemeBasic, message, fix)
}

// base64Kind is a way to write base64 that Basic does not accept.
type base64Kind struct {
	encoding     *base64.Encoding
	message, fix string
}

var otherBase64 = []base64Kind{
	{base64.RawStdEncoding, "the Basic value lacks the = at its end", "send what " + encodePair + " returns, including the = at its end"},
	{base64.URLEncoding, "the Basic value uses the URL-safe base64 alphabet", "send what " + encodePair + " returns, with + and / instead of - and _"},
	{base64.RawURLEncoding, "the Basic value uses the URL-safe base64 alphabet, without the = at its end", "send what " + encodePair + " returns, unchanged"},
}

// misnamed are headers in which people wrongly send credentials instead of in Authorization, as
// net/http spells them.
var misnamed = []string{
	"Authentication", "Authorisation", "Auth", "X-Authorization", "X-Auth-Token", "X-Access-Token",
	"X-Api-Key", "Api-Key", "Apikey", "Api-Token", "Bearer", "Token", "Proxy-Authorization",
}

// missing returns the violation for a request without credentials, with the most likely reason.
func (a Auth) missing(h http.Header) *spec.Violation {
	v := &spec.Violation{
		Code: spec.AuthMissing, Severity: spec.Error, In: spec.InHeader, At: "Authorization",
		Message:  "the request has no credentials, and every request needs them, POST requests too",
		Expected: a.expected(), Got: "no Authorization header",
	}
	_, empty := h["Authorization"]
	email, token := h.Get("X-Admin-Email") != "", h.Get("X-Api-Token") != ""
	other := slices.IndexFunc(misnamed, func(name string) bool { return h.Get(name) != "" })
	arrived := slices.IndexFunc(ofTheArray, func(name string) bool { return !setByCurl(name, h.Get(name)) })
	agent := h.Get("User-Agent")
	waiting := slices.IndexFunc(waitingClients, func(c waitingClient) bool { return strings.Contains(agent, c.agent) })
	switch {
	case token && !a.Header:
		v.Code, v.Got = spec.AuthScheme, "X-API-Token"
		v.Message, v.Fix = "this scheme is not accepted", "send an Authorization header; the server's --auth chooses"
	case token:
		v.Message = "the request has a token in X-API-Token, but no X-Admin-Email"
		v.Got, v.Fix = "X-API-Token without X-Admin-Email", "send the e-mail address too, in X-Admin-Email"
	case empty:
		v.Message = "the Authorization header is empty"
		v.Got, v.Fix = "an empty Authorization header", "check that the setting with the token is filled in"
	case other >= 0:
		v.Message = "the credentials are in the wrong header"
		v.Got, v.Fix = misnamed[other], "rename the header "+misnamed[other]+" to Authorization, with Bearer and a space before the token"
		if beginsWithScheme(h.Get(misnamed[other])) {
			v.Fix = "rename the header " + misnamed[other] + " to Authorization"
		} else if email && a.Header {
			v.Got, v.Fix = "X-Admin-Email and "+misnamed[other], "rename the header "+misnamed[other]+" to X-API-Token"
		}
	case email:
		v.Message = "the request has an e-mail address in X-Admin-Email, but no token"
		v.Got, v.Fix = "X-Admin-Email without a token", "send the token too, in X-API-Token"
	case inAnotherHeader(h):
		v.Message = "the credentials are in the value of another header"
		v.Got = "the name Authorization in another header's value"
		v.Fix = "send the header under its own name«: this client expects ['Authorization' => $value], where curl expects ['Authorization: ' . $value]|, which is now in another header's value»"
	case waiting >= 0:
		client := waitingClients[waiting]
		v.Message = "the request has no credentials: " + client.what + " waits for a WWW-Authenticate header, which the 401 does not have"
		v.Fix = "send them with every request, even the first: " + a.line()
		if a.Basic && client.unasked != "" {
			v.Fix = client.unasked + "; or " + v.Fix
		}
	case arrived >= 0:
		v.Fix = "add it to the «header array, which reaches curl, as the " + ofTheArray[arrived] + " shows|request's headers»: " + a.line() + a.anyAuth(agent)
	default:
		v.Fix = "«pass the header array to curl: curl_setopt($ch, CURLOPT_HTTPHEADER, $headers), " +
			"with the entry |send it with every request: »" + a.line() + "«, a single string without a key»" + a.anyAuth(agent)
	}
	return v
}

// anyAuth returns another possible cause of missing credentials. A request from curl does not show
// whether it applies.
func (a Auth) anyAuth(agent string) string {
	if !a.Basic {
		return ""
	}
	neutral := ""
	if strings.Contains(agent, "curl/") {
		neutral = "; or drop --anyauth, which waits for a challenge that never comes: -u alone sends credentials with every request"
	}
	return "«; or set CURLOPT_HTTPAUTH to CURLAUTH_BASIC: CURLAUTH_ANY waits for a challenge that never comes|" + neutral + "»"
}

// waitingClient is a client with a way to send credentials only after a 401 asks for them in
// WWW-Authenticate. Ticaga's 401 has no such header [I], nor does Laravel's default one.
type waitingClient struct {
	agent   string // a part of its User-Agent
	what    string // the way that waits
	unasked string // how to send Basic credentials without being asked; "" if only a header does it
}

var waitingClients = []waitingClient{
	{"Wget/", "wget --user", "add --auth-no-challenge"},
	{"Apache-HttpClient/", "a CredentialsProvider", "put a BasicScheme into the AuthCache of the request's context"},
	{"Java/", "Java's Authenticator", ""},
	{"Java-http-client/", "Java's Authenticator", ""},
	{"Python-urllib/", "an HTTPBasicAuthHandler", "use HTTPPasswordMgrWithPriorAuth with is_authenticated=True"},
	{"libwww-perl/", "LWP's credentials method", ""},
	{"PowerShell/", "-Credential", ""},
}

// ofTheArray are headers whose value shows whether the client's header array reached curl.
var ofTheArray = []string{"Content-Type", "Accept"}

// setByCurl reports whether curl sends the header by itself, so that it shows nothing about the
// array: a form's Content-Type with every POST, and Accept always.
func setByCurl(name, value string) bool {
	return value == "" || value == "*/*" || name == "Content-Type" && !strings.Contains(value, "json")
}

// inAnotherHeader reports whether a client sent an array of header lines where a map was expected:
// the names of the headers are then 0, 1 and so on.
func inAnotherHeader(h http.Header) bool {
	for _, values := range h {
		if len(values) > 0 && len(values[0]) > 14 && strings.EqualFold(values[0][:14], "Authorization:") {
			return true
		}
	}
	return false
}

// aboutToken returns a violation of credentials that could be read.
func (c Credentials) aboutToken(code spec.Code, message, fix string) spec.Violation {
	v := spec.Violation{
		Code: code, Severity: spec.Error, In: spec.InHeader, At: "Authorization",
		Message: message, Expected: "the API token of an administrator", Got: c.Scheme + " [not shown]", Fix: fix,
	}
	if c.Scheme == schemeHeader {
		v.At = schemeHeader
	}
	return v
}

// explain returns the violation for credentials that could be read but are not valid.
func (c Credentials) explain(s Accounts) spec.Violation {
	v := c.aboutToken(spec.AuthToken, "unknown API token", "copy the token that the server printed when it started")
	for _, kind := range wrongKinds {
		if kind.is(c, s) {
			v.Code, v.Message, v.Fix = kind.code, kind.message, kind.fix
			if expected, ok := wanted[kind.code]; ok {
				v.Expected = expected
			}
			break
		}
	}
	return v
}

// withoutRights returns the violation for valid credentials whose owner is not a staff member.
func (c Credentials) withoutRights() spec.Violation {
	return c.aboutToken(spec.AuthRights, "the token is valid, but its owner has no staff rights",
		"create the token as an administrator; with the mock, use the token that it printed when it started")
}

// conflicts reports headers that contradict valid credentials about the sender. The newest
// Clientexec plugin sends an address with its token [CEc].
func (c Credentials) conflicts(owner Account, h http.Header) []spec.Violation {
	if h["X-Admin-Email"] == nil && h["X-Api-Token"] == nil { // the usual case
		return nil
	}
	var found []spec.Violation
	report := func(header, message, expected, fix string) {
		found = append(found, spec.Violation{
			Code: spec.AuthConflict, Severity: spec.Warning, In: spec.InHeader, At: header,
			Message: message + "; the mock uses Authorization, but another server may refuse the request", Expected: expected,
			Got: header + " [not shown]", Fix: fix,
		})
	}
	const fix = "send the e-mail address and the token of the same user, or omit the header"
	if email := h.Get("X-Admin-Email"); email != "" && owner.Email != "" && !strings.EqualFold(email, owner.Email) {
		message, fix := "the token belongs to a different e-mail address from the one in the header", fix
		if strings.EqualFold(strings.Trim(email, wrapping), owner.Email) {
			message, fix = "the e-mail address has surrounding whitespace, quotes or brackets", `trim the setting«: trim($email, " \t\n\"'")»`
		}
		report("X-Admin-Email", message, "the e-mail address of the token's owner, or no such header", fix)
	}
	if token := h.Get("X-Api-Token"); token != "" && token != c.Token && !strings.HasPrefix(token, c.Token+"@") { // token@world is the same token
		report(schemeHeader, "the header has a different token from Authorization", "the same token, or no such header", fix)
	}
	return found
}

// wanted is what each code expects, if it is not just a token.
var wanted = map[spec.Code]string{
	spec.AuthEmail:   "an administrator's e-mail address, and that administrator's API token",
	spec.AuthSwapped: "the e-mail address first, then the token",
}

// isKnown reports whether a string is somebody's token.
func isKnown(s Accounts, text string) bool {
	if s == nil {
		return false
	}
	_, ok := s.ByToken(text)
	return ok
}

// isStaff reports whether a string is the address of a staff member.
func isStaff(s Accounts, text string) bool { _, ok := s.ByEmail(text); return ok }

// wrongKinds are the ways in which credentials can be readable but not valid. The first one that
// matches is reported.
var wrongKinds = []struct {
	is           func(c Credentials, s Accounts) bool
	code         spec.Code
	message, fix string
}{
	{func(c Credentials, s Accounts) bool {
		return !isStaff(s, c.Email) && isStaff(s, strings.Trim(c.Email, wrapping))
	},
		spec.AuthEmail, "the e-mail address has surrounding whitespace, quotes or brackets",
		`trim the setting«: trim($email, " \t\n\"'")»`},
	{func(c Credentials, s Accounts) bool { return isKnown(s, c.Token) && unfilledToken(c.Email) },
		spec.AuthEmail, "the e-mail address is a placeholder or the name of a variable",
		`send the e-mail address itself«: PHP replaces variables in "double quotes", but not in 'single quotes'»; check that the variable is set`},
	{func(c Credentials, s Accounts) bool { return isKnown(s, c.Token) },
		spec.AuthEmail, "the token is valid, but belongs to another e-mail address",
		"use the e-mail address that the server printed when it started"},
	{func(c Credentials, s Accounts) bool { return isKnown(s, strings.Trim(c.Token, wrapping)) },
		spec.AuthToken, "the token has surrounding whitespace, quotes or brackets",
		`trim the setting«: trim($token, " \t\n\"'")»`},
	{func(c Credentials, _ Accounts) bool { return c.Email != "" && strings.EqualFold(c.Email, c.Token) },
		spec.AuthEmailTwice, "the e-mail address is sent as the token too",
		"send the API token as the second value; check the order of the arguments"},
	{func(c Credentials, s Accounts) bool {
		return isKnown(s, c.Email) || c.Email != "" && !isAddress(c.Email) && isAddress(c.Token)
	},
		spec.AuthSwapped, "the token is sent as the e-mail address",
		`swap them: «$email . ":" . $token|the e-mail address, a colon, the token»`},
	{func(c Credentials, _ Accounts) bool { return beginsWithScheme(c.Token) },
		spec.AuthForm, "the token begins with a scheme",
		"send the token alone: the setting with the token contains the scheme too"},
	{func(c Credentials, _ Accounts) bool { return unfilledToken(c.Token) },
		spec.AuthToken, "the token is a placeholder or the name of a variable",
		`send the token itself«: PHP replaces variables in "double quotes", but not in 'single quotes'»; check that the variable is set`},
	{func(c Credentials, _ Accounts) bool { return c.Scheme == schemeBearer && isBasicValue(c.Token) },
		spec.AuthForm, "the value after Bearer looks like a Basic value",
		"write Basic instead of Bearer, or send the token alone"},
	{func(c Credentials, _ Accounts) bool { return c.Scheme == schemeBearer && isPair(c.Token) },
		spec.AuthForm, "an e-mail address precedes the token, which only Basic allows",
		"send the token alone"},
	{func(c Credentials, s Accounts) bool {
		plain, err := url.PathUnescape(c.Token)
		return err == nil && isKnown(s, plain)
	},
		spec.AuthToken, "the token is percent-encoded, as in a URL",
		"send the token unchanged«, without urlencode()|, not percent-encoded»"},
	{func(c Credentials, s Accounts) bool {
		plain, err := base64.StdEncoding.DecodeString(c.Token)
		return err == nil && isKnown(s, string(plain))
	},
		spec.AuthToken, "the token alone is base64-encoded; only Basic uses base64, for the e-mail address and the token together",
		"send the token unchanged«, without base64_encode()|, not in base64»"},
	{func(c Credentials, s Accounts) bool {
		return s.AnyToken(func(t string) bool { return strings.EqualFold(t, c.Token) })
	},
		spec.AuthToken, "the token differs from a known one only in case, and tokens are case-sensitive",
		"send the token unchanged«, without strtolower() or strtoupper()|, without changing its case»"},
	{func(c Credentials, s Accounts) bool {
		return s.AnyToken(func(t string) bool { return strings.HasSuffix(t, "|"+c.Token) })
	},
		spec.AuthToken, "the token lacks its beginning, a number and |",
		"copy the whole token, including the number and the | at its beginning"},
	{func(c Credentials, _ Accounts) bool { return c.Email == "" && isAddress(c.Token) },
		spec.AuthToken, "the token is an e-mail address",
		"send the API token after Bearer; to send the e-mail address too, use Basic " + encodePair},
	{func(c Credentials, s Accounts) bool { return s.IsCustomer(c.Email) && !isStaff(s, c.Email) },
		spec.AuthEmail, "the e-mail address is a customer's, and the API token is unknown",
		"send the administrator's credentials from the plugin's settings, not the customer's"},
	{func(c Credentials, s Accounts) bool { return c.Email != "" && !isStaff(s, c.Email) },
		spec.AuthEmail, "no administrator has this e-mail address, and the API token is unknown",
		"use the e-mail address and the token that the server printed when it started"},
}

// wrapping are the characters that get around a value on its way through a file, a form or a chat.
const wrapping = " \t\r\n\u00a0\u200b\ufeff\"'`<>()[]{}“”‘’,;"

// unfilledToken reports whether a token is a placeholder from documentation or code.
func unfilledToken(token string) bool {
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

// isPair reports whether a string is "somebody@somewhere:something".
func isPair(text string) bool {
	at, colon := strings.IndexByte(text, '@'), strings.IndexByte(text, ':')
	return at > 0 && colon > at
}

// isAddress reports whether a string is an e-mail address. A token may also contain @: it may end
// in @ and the name of a world, which has no dot.
func isAddress(text string) bool {
	name, domain, ok := strings.Cut(text, "@")
	return ok && name != "" && strings.Contains(domain, ".") && !strings.ContainsAny(text, " :|")
}
