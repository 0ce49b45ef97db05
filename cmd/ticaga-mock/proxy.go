package main

import (
	"slices"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/cmd/ticaga-mock/internal/doctor"
)

// loopback are the names of this machine for NO_PROXY.
var loopback = [...]string{"localhost", "127.0.0.1", "::1"}

// withoutProxy returns an environment in which no program sends requests for this machine or a host to a proxy. Programs
// read no_proxy or NO_PROXY; some read only one of them.
func withoutProxy(list []string, host string) []string {
	var entries []string
	rest := slices.DeleteFunc(slices.Clone(list), func(pair string) bool {
		name, value, _ := strings.Cut(pair, "=")
		if name != "NO_PROXY" && name != "no_proxy" {
			return false
		}
		entries = append(entries, doctor.Exceptions(value)...)
		return true
	})
	all := strings.Join(unique(slices.Concat(entries, loopback[:], []string{host})), ",")
	if slices.Contains(entries, "*") {
		all = "*" // curl knows the asterisk only when it stands alone
	}
	return append(rest, "NO_PROXY="+all, "no_proxy="+all)
}

// unique returns the entries of a list in their order, each once.
func unique(list []string) []string {
	var result []string
	for _, entry := range list {
		if !slices.Contains(result, entry) {
			result = append(result, entry)
		}
	}
	return result
}
