package main

import (
	"slices"
	"strings"
)

// loopback are the names of this machine for NO_PROXY.
var loopback = [...]string{"localhost", "127.0.0.1", "::1"}

// withoutProxy returns an environment in which no program sends requests for this machine to a proxy. Programs
// read no_proxy or NO_PROXY; some read only one of them.
func withoutProxy(list []string) []string {
	var entries []string
	rest := slices.DeleteFunc(slices.Clone(list), func(pair string) bool {
		name, value, _ := strings.Cut(pair, "=")
		if name != "NO_PROXY" && name != "no_proxy" {
			return false
		}
		entries = append(entries, noProxyEntries(value)...)
		return true
	})
	all := strings.Join(uniqueInOrder(append(entries, loopback[:]...)), ",")
	if slices.Contains(entries, "*") {
		all = "*" // curl knows the asterisk only when it stands alone
	}
	return append(rest, "NO_PROXY="+all, "no_proxy="+all)
}

func noProxyEntries(value string) []string {
	return strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' })
}

func uniqueInOrder(list []string) []string {
	var result []string
	for _, entry := range list {
		if !slices.Contains(result, entry) {
			result = append(result, entry)
		}
	}
	return result
}
