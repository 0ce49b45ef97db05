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

// secretNames are those that are one as a whole, or behind a separator, as in user_pass.
var secretNames = []string{"auth", "key", "otp", "pass", "pin", "pw"}

// secretName reports whether a field, parameter or header of this name holds a secret, also
// when the name is mistyped.
func secretName(name string) bool {
	last := name[strings.LastIndexAny(name, "-_")+1:]
	for _, word := range secretNames {
		if len(last) == len(word) && strings.EqualFold(last, word) {
			return true
		}
	}
	return mentionsSecret(name) || mistypedSecret(last)
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

// mentionsSecret reports whether a text speaks of one.
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
