package journal

import "strings"

// secretWords, by their first letter, are in the names of fields, parameters and headers that hold
// a secret. Case, hyphens and underscores do not count.
var secretWords = [26][]string{
	0:         {"accesskey", "apikey", "authentication", "authkey", "authorisation", "authorization", "authpw"},
	'b' - 'a': {"bearer"},
	'c' - 'a': {"cookie", "credential"},
	'j' - 'a': {"jwt"},
	'p' - 'a': {"passcode", "passphrase", "passw", "privatekey", "pwd"},
	's' - 'a': {"secret", "session"},
	't' - 'a': {"token"},
}

// secretNames are one as a whole, or as the last word of a name: user_pass, userPass, login[pass].
var secretNames = [...]string{"auth", "key", "otp", "pass", "pin", "pw"}

// IsSecret reports whether a field, parameter or header of this name holds a secret, also when
// the name is mistyped.
func IsSecret(name string) bool {
	last, before := lastWord(name)
	for _, word := range secretNames {
		if len(last) == len(word) && strings.EqualFold(last, word) {
			return !harmlessKey(before)
		}
	}
	return mentionsSecret(name) || mistypedSecret(last) || len(last) > 4 && strings.EqualFold(last[len(last)-4:], "pass")
}

// harmlessKey is what makes no secret of a key: Idempotency-Key, Cache-Key.
func harmlessKey(before string) bool {
	before = strings.ToLower(before)
	return strings.HasSuffix(before, "idempotency-") || strings.HasSuffix(before, "cache-")
}

// lastWord parts a name before its last word, which begins behind anything that is no letter or
// digit, or with a capital behind a small letter. What comes after it, as in a], is dropped.
func lastWord(name string) (last, before string) {
	end := len(name)
	for end > 0 && !wordByte(name[end-1]) {
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

func isLower(c byte) bool { return 'a' <= c && c <= 'z' }
func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }

func wordByte(c byte) bool { return isLower(c) || isUpper(c) || '0' <= c && c <= '9' || c >= 0x80 }

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

// mistypedSecret recognises pasword and tokne: a client that mistypes the name sends the
// secret all the same.
func mistypedSecret(name string) bool {
	for _, word := range [...]string{"password", "token"} {
		if d := len(name) - len(word); -1 <= d && d <= 1 && oneSlip(strings.ToLower(name), word) {
			return true
		}
	}
	return false
}

// oneSlip reports whether a letter of b is missing, too many, another one, or swapped with its
// neighbour.
func oneSlip(a, b string) bool {
	for a != "" && b != "" && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for a != "" && b != "" && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	return len(a)+len(b) == 1 || len(a) == 1 && len(b) == 1 ||
		len(a) == 2 && len(b) == 2 && a[0] == b[1] && a[1] == b[0]
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
