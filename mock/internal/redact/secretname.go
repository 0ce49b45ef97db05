package redact

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ticaga-mock/ticaga-mock/mock/words"
)

// secretWords, by their first letter, are in the names of fields, parameters and headers that hold
// a secret. Case, hyphens and underscores do not count.
var secretWords = [26][]string{
	0:         {"accesskey", "adgangskode", "apikey", "authcode", "authentication", "authentification", "authkey", "authorisation", "authorization", "authpw"},
	'b' - 'a': {"backupcode", "bearer"},
	'c' - 'a': {"contrasena", "contrasenya", "contrasinal", "cookie", "credential", "csrf"},
	'h' - 'a': {"haslo", "heslo"},
	'j' - 'a': {"jelszo", "jwt"},
	'k' - 'a': {"katasandi", "kennwort"},
	'l' - 'a': {"losenord", "lozinka"},
	'm' - 'a': {"matkhau", "mfacode", "motdepasse"},
	'o' - 'a': {"onetimecode", "otpcode"},
	'p' - 'a': {"passcode", "passkey", "passphrase", "passord", "passw", "pincode", "privatekey", "pswd", "pwd"},
	'r' - 'a': {"recoverycode"},
	's' - 'a': {"salasana", "schluessel", "schlussel", "secret", "securitycode", "senha", "sessid", "session", "signature", "slaptazodis"},
	't' - 'a': {"token"},
	'v' - 'a': {"verificationcode"},
	'w' - 'a': {"wachtwoord"},
	'x' - 'a': {"xsrf"},
}

// secretNames are one as a whole, or as the last word of a name: user_pass, userPass, login[pass];
// also in the plural, and with a number: keys, pass2, pass[0].
var secretNames = [...]string{"auth", "chave", "chiave", "clave", "cle", "cred", "cvc", "cvv", "geheim", "geslo", "hmac", "jeton", "key", "klucz", "llave", "otp", "parola", "parool", "pass", "passe", "pin", "psw", "pw", "sid", "sifre", "sig", "sleutel", "tkn", "totp"}

// secretEnds are one at the end of a longer word too: loginpass, usertkn.
var secretEnds = [...]string{"pass", "tkn"}

// foreignWords are in such names in other scripts, in lowercase.
var foreignWords = [...]string{"парол", "ключ", "κωδικός", "密码", "密碼", "口令", "パスワード", "비밀번호", "암호", "סיסמ", "كلمة المرور", "كلمة_المرور", "รหัสผ่าน", "पासवर्ड"}

// harmlessWords look like one, but are not secret.
var harmlessWords = [...]string{"bypass", "compass", "encompass", "overpass", "secretariat", "secretary", "surpass", "taken", "trespass", "underpass", "woken"}

// IsSecret reports whether a field, parameter or header of this name holds a secret, also when
// the name is mistyped.
func IsSecret(name string) bool {
	if !isPlain(name) {
		if name = plain(name); isForeignSecret(name) {
			return true
		}
		name = withoutAccents(name)
	}
	last, before := lastWord(name)
	for _, word := range secretNames {
		if isWord(last, word) {
			return !harmlessKey(before)
		}
	}
	if slices.ContainsFunc(harmlessWords[:], func(word string) bool { return isWord(last, word) }) {
		return mentionsSecret(before)
	}
	return mentionsSecret(name) || mistypedSecret(last) || endsSecret(last)
}

// isPlain reports whether a name is written in visible ASCII, as nearly all are.
func isPlain(name string) bool {
	for i := range len(name) {
		if c := name[i]; c < ' ' || c > '~' || c == '%' || c == '\\' || c == '&' {
			return false
		}
	}
	return true
}

// plain is a name that is not encoded any more, in letters of the usual width, without what is
// invisible.
func plain(name string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c < ' ', c == utf8.RuneError, c == '\u115f', c == '\u1160', c == '\u3164', unicode.In(c, unicode.Cc, unicode.Cf, unicode.Mn):
			return -1
		case '！' <= c && c <= '～':
			return c - '！' + '!'
		}
		return c
	}, decode(name))
}

// isForeignSecret reports whether a name that is plain holds one of the foreignWords.
func isForeignSecret(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc(foreignWords[:], func(word string) bool { return strings.Contains(name, word) })
}

// lookalikes are letters, in lowercase, that stand for one without an accent, or look like it.
var lookalikes = func() map[rune]rune {
	letters := map[rune]rune{}
	for plain, others := range map[rune]string{
		'a': "àáâãäåāăąаα", 'c': "çćčс", 'd': "ďđԁ", 'e': "èéêëēėęěеε", 'g': "ğģ", 'h': "һ", 'i': "ìíîïīįıіι", 'j': "ј", 'k': "ķкκ", 'l': "ĺļľł",
		'n': "ñńņň", 'o': "òóôõöøōőоο", 'p': "рρ", 'r': "ŕř", 's': "śşšșѕ", 't': "ţťțт", 'u': "ùúûüūůűųυ", 'w': "ŵԝ", 'x': "х", 'y': "ýÿу", 'z': "źżž",
	} {
		for _, other := range others {
			letters[other] = plain
		}
	}
	return letters
}()

// withoutAccents is a name in the letters that the words are written in, as far as it can be.
func withoutAccents(name string) string {
	return strings.Map(func(c rune) rune {
		lower := unicode.ToLower(c)
		if plain, ok := lookalikes[lower]; ok && lower != c {
			return unicode.ToUpper(plain)
		} else if ok {
			return plain
		}
		return c
	}, name)
}

// endsInName reports whether a name ends with another one, as a word of its own, whatever stands
// between its words, and whatever number behind it: custom_fields.epp, customFieldsEPP2.
func endsInName(name, other string) bool {
	if !isPlain(name) {
		name = withoutAccents(plain(name))
	}
	for _, end := range [...]string{name, strings.TrimRight(name, "0123456789[]_-. ")} {
		i := len(end)
		for j := len(other) - 1; j >= 0; j-- {
			if !wordByte(other[j]) {
				continue
			}
			for i > 0 && !wordByte(end[i-1]) {
				i--
			}
			if i--; i < 0 || lower(end[i]) != lower(other[j]) {
				i = -1
				break
			}
		}
		if i == 0 || i > 0 && i < len(end) && (!wordByte(end[i-1]) || isUpper(end[i]) && isLower(end[i-1])) {
			return true
		}
	}
	return false
}

// isWord reports whether a string is a word, or its plural.
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
// digit, or with an uppercase letter behind a lowercase letter. What comes after it is dropped: a], 2, [0].
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

// speaksOfSecret reports whether a string, however it is encoded, holds the name of a secret: it was
// not decoded into fields, so any of its words may be one.
func speaksOfSecret(text string) bool {
	if !isPlain(text) {
		if text = strings.NewReplacer("\r", " ", "\n", " ", "\t", " ").Replace(text); isForeignSecret(plain(text)) {
			return true
		}
		text = withoutAccents(plain(text))
	}
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
		if words.OneEdit(name, word) {
			return true
		}
	}
	return false
}

func lower(c byte) byte {
	if isUpper(c) {
		return c | 0x20
	}
	return c
}

// mentionsSecret reports whether a string holds one of the secretWords.
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
		case n > 0 && (text[i] == '-' || text[i] == '_' || text[i] == '.'):
		default:
			return false
		}
	}
	return n == len(word)
}
