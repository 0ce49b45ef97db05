package journal

import (
	"slices"
	"strings"
)

// secretWords, by their first letter, are in the names of fields, parameters and headers that hold
// a secret. Case, hyphens and underscores do not count.
var secretWords = [26][]string{
	0:         {"accesskey", "apikey", "authcode", "authentication", "authentification", "authkey", "authorisation", "authorization", "authpw"},
	'b' - 'a': {"backupcode", "bearer"},
	'c' - 'a': {"contrasena", "cookie", "credential", "csrf"},
	'h' - 'a': {"haslo", "heslo"},
	'j' - 'a': {"jwt"},
	'k' - 'a': {"kennwort"},
	'm' - 'a': {"mfacode", "motdepasse"},
	'o' - 'a': {"onetimecode", "otpcode"},
	'p' - 'a': {"passcode", "passkey", "passphrase", "passw", "pincode", "privatekey", "pswd", "pwd"},
	'r' - 'a': {"recoverycode"},
	's' - 'a': {"secret", "securitycode", "senha", "sessid", "session", "signature"},
	't' - 'a': {"token"},
	'v' - 'a': {"verificationcode"},
	'w' - 'a': {"wachtwoord"},
	'x' - 'a': {"xsrf"},
}

// secretNames are one as a whole, or as the last word of a name: user_pass, userPass, login[pass];
// also in the plural, and with a number: keys, pass2, pass[0].
var secretNames = [...]string{"auth", "cred", "cvc", "cvv", "hmac", "key", "otp", "pass", "passe", "pin", "psw", "pw", "sid", "sig", "tkn", "totp"}

// secretEnds are one at the end of a longer word too: loginpass, usertkn.
var secretEnds = [...]string{"pass", "tkn"}

// harmlessWords look like one, and are none.
var harmlessWords = [...]string{"bypass", "compass", "encompass", "overpass", "surpass", "taken", "trespass", "underpass", "woken"}

// IsSecret reports whether a field, parameter or header of this name holds a secret, also when
// the name is mistyped.
func IsSecret(name string) bool {
	last, before := lastWord(name)
	for _, word := range secretNames {
		if isWord(last, word) {
			return !harmlessKey(before)
		}
	}
	return mentionsSecret(name) || (mistypedSecret(last) || endsSecret(last)) && !slices.Contains(harmlessWords[:], strings.ToLower(last))
}

// isWord reports whether a text is a word, or its plural.
func isWord(text, word string) bool {
	if n := len(text) - len(word); n != 0 && !(n == 1 && text[len(word)]|0x20 == 's') {
		return false
	}
	return strings.EqualFold(text[:len(word)], word)
}

func endsSecret(word string) bool {
	for _, end := range secretEnds {
		if n := len(word) - len(end); n > 0 && strings.EqualFold(word[n:], end) {
			return true
		}
	}
	return false
}

// harmlessKey is what makes no secret of a key: Idempotency-Key, Cache-Key.
func harmlessKey(before string) bool {
	before = strings.ToLower(before)
	return strings.HasSuffix(before, "idempotency-") || strings.HasSuffix(before, "cache-")
}

// lastWord parts a name before its last word, which begins behind anything that is no letter or
// digit, or with a capital behind a small letter. What comes after it is dropped: a], 2, [0].
func lastWord(name string) (last, before string) {
	end := len(name)
	for end > 0 && !(isLetter(name[end-1])) {
		end--
	}
	begin := end
	for begin > 0 && wordByte(name[begin-1]) {
		begin--
		if begin > 0 && isUpper(name[begin]) && isLower(name[begin-1]) {
			break
		}
	}
	return name[begin:end], name[:begin]
}

func isLower(c byte) bool  { return 'a' <= c && c <= 'z' }
func isUpper(c byte) bool  { return 'A' <= c && c <= 'Z' }
func isLetter(c byte) bool { return isLower(c) || isUpper(c) || c >= 0x80 }

func wordByte(c byte) bool { return isLetter(c) || '0' <= c && c <= '9' }

// speaksOfSecret reports whether a text, however it is encoded, holds the name of a secret: it was
// not decoded into fields, so any of its words may be one.
func speaksOfSecret(text string) bool {
	text = decode(text)
	if mentionsSecret(text) {
		return true
	}
	for text != "" {
		end := strings.IndexFunc(text, func(r rune) bool { return r < 0x80 && !wordByte(byte(r)) && r != '-' && r != '_' })
		if end < 0 {
			end = len(text)
		}
		if end > 0 && IsSecret(text[:end]) {
			return true
		}
		text = text[min(end+1, len(text)):]
	}
	return false
}

// mistypedSecret recognises pasword, tokne and autorization: a client that mistypes the name sends
// the secret all the same.
func mistypedSecret(name string) bool {
	for _, word := range [...]string{"password", "token", "secret", "authorization", "authorisation", "signature"} {
		if d := len(name) - len(word); -1 <= d && d <= 1 && oneSlip(name, word) {
			return true
		}
	}
	return false
}

// oneSlip reports whether a letter of b is missing in a, too many, another one, or swapped with its
// neighbour. b is in lowercase.
func oneSlip(a, b string) bool {
	for a != "" && b != "" && lower(a[0]) == b[0] {
		a, b = a[1:], b[1:]
	}
	for a != "" && b != "" && lower(a[len(a)-1]) == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	return len(a)+len(b) == 1 || len(a) == 1 && len(b) == 1 ||
		len(a) == 2 && len(b) == 2 && lower(a[0]) == b[1] && lower(a[1]) == b[0]
}

func lower(c byte) byte {
	if isUpper(c) {
		return c | 0x20
	}
	return c
}

// mentionsSecret reports whether a text holds one of the secretWords.
func mentionsSecret(text string) bool {
	for i := range len(text) {
		letter := text[i] | 0x20
		if letter < 'a' || letter > 'z' {
			continue
		}
		for _, word := range secretWords[letter-'a'] {
			if beginsWith(text[i:], word) {
				return true
			}
		}
	}
	return false
}

func beginsWith(text, word string) bool {
	n := 0
	for i := 0; i < len(text) && n < len(word); i++ {
		switch c := text[i] | 0x20; {
		case c == word[n]:
			n++
		case n > 0 && (text[i] == '-' || text[i] == '_'):
		default:
			return false
		}
	}
	return n == len(word)
}
