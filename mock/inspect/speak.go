package inspect

import "strings"

// Speak returns an advice as a client's author should read it. What stands between « and » is
// about PHP; a part behind | in it is what everybody else is told instead. No text of a request
// holds these marks, because [spec.Quote] writes ASCII.
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
