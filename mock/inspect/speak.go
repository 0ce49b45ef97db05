package inspect

import "strings"

// Speak returns an advice as a client's author should read it. Text between « and » is only for PHP
// authors; everybody else gets the part after | in it, if there is one. No string from a request
// contains these marks, because [spec.Quote] writes ASCII.
//
//	trim the setting«: trim($token)»            send «base64_encode($pair)|base64 of the pair»
func Speak(advice string, php bool) string {
	before, rest, marked := strings.Cut(advice, "«")
	if !marked {
		return advice
	}
	var b strings.Builder
	for marked {
		var inner string
		inner, rest, _ = strings.Cut(rest, "»")
		said, instead, _ := strings.Cut(inner, "|")
		if !php {
			said = instead
		}
		b.WriteString(before)
		b.WriteString(said)
		before, rest, marked = strings.Cut(rest, "«")
	}
	b.WriteString(before)
	return b.String()
}
