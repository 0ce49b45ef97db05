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

// This file guesses what a client meant by credentials that are missing, cannot be read or
// are not good. No text of it shows a value that was sent: it may be the token.

// encodePair is how a client makes a Basic value.
const encodePair = `«base64_encode($email . ":" . $token)|base64(e-mail:token)»`

// line is a header of an accepted scheme, as a client writes it.
func (a Auth) line() string {
	switch {
	case a.Bearer:
		return "«'Authorization: Bearer ' . $token|Authorization: Bearer TOKEN»"
	case a.Basic:
		return "«'Authorization: Basic ' . |Authorization: Basic »" + encodePair
	}
	return "«'X-Admin-Email: ' . $email, 'X-API-Token: ' . $token|X-Admin-Email: E-MAIL, X-API-Token: TOKEN»"
}

// malformed is about an Authorization header that is there and says nothing.
func (a Auth) malformed(scheme, message, fix string) *spec.Violation {
	return &spec.Violation{
		Code: spec.AuthForm, Severity: spec.Error, In: spec.InHeader, At: "Authorization",
		Message: message, Expected: a.expected(), Got: scheme + " [not shown]", Fix: fix,
	}
}

// twice is about a scheme behind a scheme. What stands behind them tells which is right.
func (a Auth) twice(first, rest string) *spec.Violation {
	second, value, _ := strings.Cut(rest, " ")
	right := schemeBearer
	if isBasicValue(strings.TrimSpace(value)) {
		right = schemeBasic
	}
	fix := "write the word once: the setting that holds the token holds it too"
	if !strings.EqualFold(first, right) || !strings.EqualFold(second, right) {
		fix = "write the word " + right + " alone, which is right for what follows, and no other"
	}
	return a.malformed(first, "the scheme is there twice", fix)
}

// otherSchemes are the words that other APIs have in the place of Bearer.
var otherSchemes = []string{"Token", "ApiKey", "Api-Key", "Key", "OAuth", "JWT", "Digest"}

// noScheme is about an Authorization header that begins with no word that we know. The word
// may be the token, so it is not shown.
func (a Auth) noScheme(word, rest string) *spec.Violation {
	v := a.malformed("", "the header begins with no scheme that is known", "put the word Bearer and a space before the token")
	v.Code, v.Got = spec.AuthScheme, "[not shown]"
	if !a.Bearer {
		v.Fix = "send " + a.line()
		return v
	}
	bare := strings.Trim(word, wrapping)
	switch {
	case strings.EqualFold(word, "Authorization:"):
		v.Fix = "send the header's name once: it is in the value too"
	case isScheme(strings.TrimSuffix(word, ":")):
		v.Fix = "write no colon behind the word " + strings.TrimSuffix(word, ":")
	case isScheme(bare):
		v.Fix = "take away the quotation marks around the value"
	case slices.ContainsFunc(otherSchemes, func(other string) bool { return strings.EqualFold(other, bare) }):
		v.Message, v.Got = "this scheme is not accepted", bare+" [not shown]"
		v.Fix = "write Bearer in its place"
	case rest == "" && isBasicValue(word):
		v.Fix = "put the word Basic and a space before the value"
	case rest == "" && isPair(word):
		v.Fix = `encode the pair, and put the word Basic before it: «"Basic " . |Basic »` + encodePair
	case joined(word, schemeBearer) != "":
		v.Fix = joined(word, schemeBearer)
	case joined(word, schemeBasic) != "" && isBasicValue(strings.TrimLeft(word[len(schemeBasic):], ":=")):
		v.Fix = joined(word, schemeBasic)
	case rest != "" && words.Nearest(bare, []string{schemeBearer, schemeBasic}) == schemeBasic:
		v.Fix = "write Basic in the place of the first word"
	case rest != "":
		v.Fix = "write Bearer in the place of the first word"
	}
	return v
}

// joined says what to put between a scheme and the value that follows it at once; "" when the
// word does not begin with the scheme.
func joined(word, scheme string) string {
	switch {
	case len(word) <= len(scheme) || !strings.EqualFold(word[:len(scheme)], scheme):
		return ""
	case strings.ContainsRune(":=", rune(word[len(scheme)])):
		return "put a space in the place of the sign behind the word " + scheme
	}
	return "put a space behind the word " + scheme
}

// unreadBasic is about a Basic value that holds no two texts. isToken: it is somebody's token.
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
		message, fix = "this looks like a bare token behind the word Basic", "send "+encodePair
		if a.Bearer {
			fix = "write Bearer in the place of Basic, or " + fix
		}
	case errors.Is(err, errNoColon):
		message, fix = "the Basic value holds no colon", "encode both, with a colon between: "+encodePair
	case err != nil:
		message, fix = "the Basic value is not base64", "send "+encodePair
	case email == "" && token == "":
		message, fix = "the e-mail address and the token in the Basic value are empty", "are the settings that hold them filled in?"
	case email == "":
		message, fix = "the e-mail address in the Basic value is empty", "is the setting that holds the e-mail address filled in?"
	case !strings.Contains(email, "@"):
		message, fix = "the token stands in the e-mail address's place, and nothing in its own", "put the e-mail address before the colon and the token behind it: "+encodePair
	default:
		message, fix = "the token in the Basic value is empty", "is the setting that holds the token filled in?"
	}
	return a.malformed(schemeBasic, message, fix)
}

// base64Kind is a way to write base64 that Basic does not take.
type base64Kind struct {
	encoding     *base64.Encoding
	message, fix string
}

var otherBase64 = []base64Kind{
	{base64.RawStdEncoding, "the = at the end of the Basic value are missing", "send what " + encodePair + " returns, with the = at its end"},
	{base64.URLEncoding, "the Basic value is written in the alphabet for URLs", "send what " + encodePair + " returns, with its + and / and no - or _"},
	{base64.RawURLEncoding, "the Basic value is written in the alphabet for URLs, without the = at its end", "send what " + encodePair + " returns, as it is"},
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
		Code: spec.AuthMissing, Severity: spec.Error, In: spec.InHeader, At: "Authorization",
		Message:  "the request carries no credentials; they go with every request, POST ones too",
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
		v.Message = "the request carries a token in X-API-Token, which counts only beside X-Admin-Email"
		v.Got, v.Fix = "X-API-Token without X-Admin-Email", "send the e-mail address too"
	case empty:
		v.Message = "the Authorization header is empty"
		v.Got, v.Fix = "an empty Authorization header", "is the setting that holds the token filled in?"
	case other >= 0:
		v.Message = "the credentials stand in a header that is not read for them"
		v.Got, v.Fix = misnamed[other], "rename the header "+misnamed[other]+" to Authorization, with the word Bearer and a space before the token"
		if beginsWithScheme(h.Get(misnamed[other])) {
			v.Fix = "rename the header " + misnamed[other] + " to Authorization"
		} else if email && a.Header {
			v.Got, v.Fix = "X-Admin-Email and "+misnamed[other], "rename the header "+misnamed[other]+" to X-API-Token"
		}
	case email:
		v.Message = "the request carries an e-mail address in X-Admin-Email, and no token"
		v.Got, v.Fix = "X-Admin-Email without a token", "send the token too"
	case inAnotherHeader(h):
		v.Message = "the credentials stand in the value of another header"
		v.Got = "the name Authorization in another header's value"
		v.Fix = "name the header«: this client wants ['Authorization' => $value], where curl wants ['Authorization: ' . $value]|: its name stands in another header's value»"
	case waiting >= 0:
		client := waitingClients[waiting]
		v.Message = "the request carries no credentials: the 401 has no WWW-Authenticate header, which " + client.what + " waits for"
		v.Fix = "send them unasked, with every request: " + a.line()
		if a.Basic && client.unasked != "" {
			v.Fix = client.unasked + "; or " + v.Fix
		}
	case arrived >= 0:
		v.Fix = "add it to the «header array, which reaches curl, as the " + ofTheArray[arrived] + " shows|request's headers»: " + a.line() + a.anyAuth(agent)
	default:
		v.Fix = "«was the header array handed to curl? curl_setopt($ch, CURLOPT_HTTPHEADER, $headers); " +
			"and is its entry one text, |send it with every request: »" + a.line() + "«, with no key»" + a.anyAuth(agent)
	}
	return v
}

// anyAuth names another cause of missing credentials, which a request of curl's does not show.
func (a Auth) anyAuth(agent string) string {
	if !a.Basic {
		return ""
	}
	neutral := ""
	if strings.Contains(agent, "curl/") {
		neutral = "; or is it --anyauth, which waits for a challenge that never comes? -u without it sends credentials unasked"
	}
	return "«; or is CURLOPT_HTTPAUTH CURLAUTH_ANY, which waits for a challenge that never comes? CURLAUTH_BASIC sends CURLOPT_USERPWD unasked|" + neutral + "»"
}

// waitingClient is a client that has a way to send credentials only when a 401 asks for them in
// WWW-Authenticate. Ticaga's does not [I], as Laravel's own does not.
type waitingClient struct {
	agent   string // what its User-Agent holds
	what    string // the way that waits
	unasked string // how to send Basic credentials all the same; "" where only a header does
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

// ofTheArray are headers that show by their value whether somebody set them.
var ofTheArray = []string{"Content-Type", "Accept"}

// setByCurl reports whether curl sends the header by itself, which says nothing about the
// array: a form's Content-Type with every POST, and Accept always.
func setByCurl(name, value string) bool {
	return value == "" || value == "*/*" || name == "Content-Type" && !strings.Contains(value, "json")
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
func (c Credentials) explain(s Accounts) spec.Violation {
	v := spec.Violation{
		Code: spec.AuthToken, Severity: spec.Error, In: spec.InHeader, At: "Authorization",
		Message:  "nobody has this token",
		Expected: "the API token of an administrator", Got: c.Scheme + " [not shown]",
		Fix: "copy the token that the server printed when it started",
	}
	if c.Scheme == schemeHeader {
		v.At = schemeHeader
	}
	for _, kind := range wrongKinds {
		if kind.is(c, s) {
			v.Code, v.Message, v.Fix = kind.code, kind.message, strings.ReplaceAll(kind.fix, "EXAMPLE", examples[c.Scheme])
			if expected, ok := wanted[kind.code]; ok {
				v.Expected = expected
			}
			break
		}
	}
	return v
}

// withoutRights says that the credentials are good, and their owner is not one of the staff.
func (c Credentials) withoutRights() spec.Violation {
	v := spec.Violation{
		Code: spec.AuthRights, Severity: spec.Error, In: spec.InHeader, At: "Authorization",
		Message:  "the token is known, but its owner has no staff rights",
		Expected: "the API token of an administrator", Got: c.Scheme + " [not shown]",
		Fix: "create the token as an administrator; here, use the one that the server printed when it started",
	}
	if c.Scheme == schemeHeader {
		v.At = schemeHeader
	}
	return v
}

// conflicts reports headers beside good credentials that say something else about the sender. The
// newest Clientexec plugin sends an address beside its token [CEc].
func (c Credentials) conflicts(owner Account, h http.Header) []spec.Violation {
	if h["X-Admin-Email"] == nil && h["X-Api-Token"] == nil { // the usual case
		return nil
	}
	var found []spec.Violation
	report := func(header, message, expected, fix string) {
		found = append(found, spec.Violation{
			Code: spec.AuthConflict, Severity: spec.Warning, In: spec.InHeader, At: header,
			Message: message + "; the Authorization header counts here, and another server may refuse the request", Expected: expected,
			Got: header + " [not shown]", Fix: fix,
		})
	}
	const fix = "are both settings filled in for the same user? Correct the one that is wrong, or leave the header out"
	if email := h.Get("X-Admin-Email"); email != "" && !strings.EqualFold(email, owner.Email) {
		message, fix := "the token belongs to another e-mail address than the header names", fix
		if strings.EqualFold(strings.Trim(email, wrapping), owner.Email) {
			message, fix = "the e-mail address has surrounding whitespace, quotes or brackets", `trim the setting«: trim($email, " \t\n\"'")»`
		}
		report("X-Admin-Email", message, "the e-mail address of the token's owner, or no such header", fix)
	}
	if token := h.Get("X-Api-Token"); token != "" && token != c.Token && !strings.HasPrefix(token, c.Token+"@") { // which names a world
		report(schemeHeader, "the header holds another token than Authorization", "the same token, or no such header", fix)
	}
	return found
}

// examples are values with variables, as PHP puts them in.
var examples = map[string]string{schemeBasic: "$email:$token", schemeBearer: "Bearer $token", schemeHeader: "X-API-Token: $token"}

// wanted is what a code expects, where it is not a token alone.
var wanted = map[spec.Code]string{
	spec.AuthEmail:   "an administrator's e-mail address, and that administrator's API token",
	spec.AuthSwapped: "the e-mail address first, then the token",
}

// isKnown reports whether a text is somebody's token.
func isKnown(s Accounts, text string) bool {
	if s == nil {
		return false
	}
	_, ok := s.ByToken(text)
	return ok
}

// isStaff reports whether a text is the address of one of the staff.
func isStaff(s Accounts, text string) bool { _, ok := s.ByEmail(text); return ok }

// wrongKinds are the ways in which credentials that can be read are not good. The first that
// fits is told.
var wrongKinds = []struct {
	is           func(c Credentials, s Accounts) bool
	code         spec.Code
	message, fix string
}{
	{func(c Credentials, s Accounts) bool {
		return !isStaff(s, c.Email) && isStaff(s, strings.Trim(c.Email, wrapping))
	},
		spec.AuthEmail, "something stands around the e-mail address: white space, quotation marks or brackets",
		`trim the setting«: trim($email, " \t\n\"'")»`},
	{func(c Credentials, s Accounts) bool { return isKnown(s, c.Token) && unfilledToken(c.Email) },
		spec.AuthEmail, "this is the name of a variable, or a placeholder, and no e-mail address",
		`put the e-mail address in«: in PHP "EXAMPLE" does, 'EXAMPLE' in single quotes does not»; and is the variable set?`},
	{func(c Credentials, s Accounts) bool { return isKnown(s, c.Token) },
		spec.AuthEmail, "the token is good, but it belongs to another e-mail address",
		"use the e-mail address that the server printed when it started"},
	{func(c Credentials, s Accounts) bool { return isKnown(s, strings.Trim(c.Token, wrapping)) },
		spec.AuthToken, "something stands around the token: white space, quotation marks or brackets",
		`trim the setting«: trim($token, " \t\n\"'")»`},
	{func(c Credentials, _ Accounts) bool { return c.Email != "" && strings.EqualFold(c.Email, c.Token) },
		spec.AuthEmailTwice, "the e-mail address is sent in the place of the token too",
		"are the arguments of the call one place off? The second value is the API token"},
	{func(c Credentials, s Accounts) bool {
		return isKnown(s, c.Email) || c.Email != "" && !isAddress(c.Email) && isAddress(c.Token)
	},
		spec.AuthSwapped, "the token stands where the e-mail address belongs",
		`swap them: «$email . ":" . $token|the e-mail address, a colon, the token»`},
	{func(c Credentials, _ Accounts) bool { return beginsWithScheme(c.Token) },
		spec.AuthForm, "a scheme stands before the token, in the token's own place",
		"send the token alone: the setting that holds the token holds the word too"},
	{func(c Credentials, _ Accounts) bool { return unfilledToken(c.Token) },
		spec.AuthToken, "this is the name of a variable, or a placeholder, and no token",
		`put the token in«: in PHP "EXAMPLE" does, 'EXAMPLE' in single quotes does not»; and is the variable set?`},
	{func(c Credentials, _ Accounts) bool { return c.Scheme == schemeBearer && isBasicValue(c.Token) },
		spec.AuthForm, "this looks like a Basic value behind the word Bearer",
		"write Basic instead of Bearer, or send the token alone"},
	{func(c Credentials, _ Accounts) bool { return c.Scheme == schemeBearer && isPair(c.Token) },
		spec.AuthForm, "an e-mail address stands before the token, which only Basic has",
		"send the token alone"},
	{func(c Credentials, s Accounts) bool {
		plain, err := url.PathUnescape(c.Token)
		return err == nil && isKnown(s, plain)
	},
		spec.AuthToken, "the token is percent-encoded, which is for URLs",
		"send the token as it is«: no urlencode()|, not percent-encoded»"},
	{func(c Credentials, s Accounts) bool {
		plain, err := base64.StdEncoding.DecodeString(c.Token)
		return err == nil && isKnown(s, string(plain))
	},
		spec.AuthToken, "the token is written in base64, which only Basic wants, and of the pair",
		"send the token as it is«: no base64_encode()|, not in base64»"},
	{func(c Credentials, s Accounts) bool {
		return s.AnyToken(func(t string) bool { return strings.EqualFold(t, c.Token) })
	},
		spec.AuthToken, "the token is known in other letters: small ones and capitals differ",
		"send the token as it is«: no strtolower() or strtoupper()|, its case unchanged»"},
	{func(c Credentials, s Accounts) bool {
		return s.AnyToken(func(t string) bool { return strings.HasSuffix(t, "|"+c.Token) })
	},
		spec.AuthToken, "the beginning of the token is missing: a number and a bar",
		"copy the whole token, with what stands before the |"},
	{func(c Credentials, _ Accounts) bool { return c.Email == "" && isAddress(c.Token) },
		spec.AuthToken, "an e-mail address stands where the token belongs",
		"send the API token behind the word Bearer; with the e-mail address goes Basic " + encodePair},
	{func(c Credentials, s Accounts) bool { return s.IsCustomer(c.Email) && !isStaff(s, c.Email) },
		spec.AuthEmail, "this is a customer's e-mail address, and nobody has this token",
		"send the credentials of the help desk's administrator from the settings, not the customer's"},
	{func(c Credentials, s Accounts) bool { return c.Email != "" && !isStaff(s, c.Email) },
		spec.AuthEmail, "no administrator has this e-mail address, and nobody has this token",
		"use the e-mail address and the token that the server printed when it started"},
}

// wrapping is what gets around a value on its way through a file, a form or a chat.
const wrapping = " \t\r\n\u00a0\u200b\ufeff\"'`<>()[]{}“”‘’,;"

// unfilledToken recognises what stands for a token in documentation and in code.
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

// isPair reports whether a text is "somebody@somewhere:something".
func isPair(text string) bool {
	at, colon := strings.IndexByte(text, '@'), strings.IndexByte(text, ':')
	return at > 0 && colon > at
}

// isAddress reports whether a text is an e-mail address: a token may end in @ and the name of
// a world, which has no dot.
func isAddress(text string) bool {
	name, domain, ok := strings.Cut(text, "@")
	return ok && name != "" && strings.Contains(domain, ".") && !strings.ContainsAny(text, " :|")
}
