package doctor

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/ticaga-mock/ticaga-mock/cmd/ticaga-mock/internal/term"
	"github.com/ticaga-mock/ticaga-mock/mock/words"
)

// prefix is that of the variables that flags are read from.
const prefix = "TICAGA_MOCK_"

// service matches what Kubernetes gives every container for a service called ticaga-mock.
var service = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^TICAGA_MOCK_(SERVICE_(HOST|PORT).*|PORT(_[0-9]+_(TCP|UDP).*)?)$`)
})

// Settings says which variables of an environment change the mock, and which have no effect. known are the variables that
// flags are read from, typedOnly those of flags that have to be typed. A value is shown unless its name says that it is a
// secret.
func Settings(environment []string, known, typedOnly []string) []Finding {
	var findings []Finding
	for _, pair := range slices.Sorted(slices.Values(environment)) {
		name, value, _ := strings.Cut(pair, "=")
		if !strings.HasPrefix(name, prefix) || value == "" {
			continue
		}
		shown := term.Printable(withoutUser(value))
		if strings.Contains(name, "TOKEN") || strings.Contains(name, "PASSWORD") || strings.Contains(name, "KEY") {
			shown = "(set, not shown)"
		}
		name = term.Printable(name)
		f := Finding{Area: "settings", Verdict: Fine, Text: fmt.Sprintf("%s=%s, from the environment", name, shown)}
		switch {
		case slices.Contains(known, name):
		case service().MatchString(name) && (name != prefix+"PORT" || strings.Contains(value, "://")): // others type a number there
			f.Text = name + " is what Kubernetes sets for a service called ticaga-mock; it has no effect"
		case slices.Contains(typedOnly, name):
			f.Verdict, f.Text = Note, name+" has no effect"
			f.Remedy = "type --" + strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(name, prefix), "_", "-"))
		default:
			f.Verdict, f.Text = Problem, name+" is no setting of the mock"
			f.Remedy = "remove it"
			if near := words.Nearest(name, known); near != "" {
				f.Remedy = "did you mean " + near + "?"
			}
		}
		findings = append(findings, f)
	}
	if len(findings) == 0 {
		return []Finding{{"settings", Fine, "no TICAGA_MOCK_ variable is set: all settings have their defaults, unless flags are typed", ""}}
	}
	return findings
}

// withoutUser returns a value as it may be shown: a URL, such as that of a broker or of NATS servers, may contain a
// password, or a token instead of a user.
func withoutUser(value string) string {
	scheme, rest, isURL := strings.Cut(value, "://")
	at := strings.LastIndex(rest, "@") // a password may have characters that belong escaped
	if !isURL || at < 0 {
		return value
	}
	return scheme + "://xxxxx@" + rest[at+1:]
}
