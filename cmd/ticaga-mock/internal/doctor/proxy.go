package doctor

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/cmd/ticaga-mock/internal/term"
)

// Proxy says whether clients such as PHP's curl would send requests for the mock to a proxy, given the scheme and the host
// of its base URL. lookup returns a variable of the environment. Curl reads http_proxy in lowercase only, and ALL_PROXY and NO_PROXY in either case.
func Proxy(lookup func(string) string, scheme, host string) Finding {
	var chosen []string
	for _, name := range []string{scheme + "_proxy", strings.ToUpper(scheme) + "_PROXY", "all_proxy", "ALL_PROXY"} {
		if value := lookup(name); value != "" {
			chosen = append(chosen, name+"="+withoutPassword(value))
		}
	}
	if len(chosen) == 0 {
		return Finding{"proxy", Fine, "no proxy for " + scheme + " is set in the environment", ""}
	}
	list := strings.Join(chosen, ", ")
	exceptions := lookup("no_proxy")
	if exceptions == "" {
		exceptions = lookup("NO_PROXY")
	}
	if excepts(exceptions, host) {
		return Finding{"proxy", Fine, fmt.Sprintf("%s; NO_PROXY excepts %s", list, host), ""}
	}
	return Finding{"proxy", Problem, fmt.Sprintf("%s: clients send requests for %s to the proxy", list, host),
		"set NO_PROXY=localhost,127.0.0.1,::1 for the plugin's process, as `ticaga-mock run` does"}
}

// withoutPassword returns the URL of a proxy as it may be shown.
func withoutPassword(value string) string {
	if !strings.Contains(value, "://") {
		value = "http://" + value
	}
	u, err := url.Parse(value)
	if err != nil || u.Host == "" {
		return "(not a URL)"
	}
	return term.Printable(u.Scheme + "://" + u.Host)
}

// Exceptions returns the entries of a value of NO_PROXY, between which there are commas or spaces.
func Exceptions(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}

// excepts reports whether the value of NO_PROXY names a host, as curl reads it: names include those below them, and an
// asterisk that stands alone means every host.
func excepts(list, host string) bool {
	host = strings.Trim(strings.ToLower(host), "[]")
	if strings.TrimSpace(list) == "*" {
		return true
	}
	return slices.ContainsFunc(Exceptions(strings.ToLower(list)), func(entry string) bool {
		if _, network, err := net.ParseCIDR(entry); err == nil {
			return network.Contains(net.ParseIP(host))
		}
		entry = strings.Trim(strings.TrimPrefix(entry, "."), "[]")
		return entry == host || net.ParseIP(host) == nil && strings.HasSuffix(host, "."+entry)
	})
}
