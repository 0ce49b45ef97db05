package control

import (
	"crypto/subtle"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// guard rejects web pages. A page in somebody's browser could otherwise reach a mock on the same machine,
// by its address or by a name that the page's own DNS server resolves to it.
func (a *api) guard(r *http.Request) error {
	if a.Token != "" {
		if err := a.authorize(r); err != nil {
			return err
		}
	} else if !KnownHost(r.Host, a.Hosts) {
		return problemf(http.StatusForbidden, "the Host %.100q is unknown to the control API; use the address that the server printed, or pass the name with --control-host", r.Host)
	}
	if origin := r.Header.Get("Origin"); origin != "" {
		u, err := url.Parse(origin)
		if err != nil || u.Host == "" || !strings.EqualFold(u.Host, r.Host) {
			return problemf(http.StatusForbidden, "the Origin %.100q is not the mock's own", origin)
		}
	}
	return fromOwnPage(r.Header)
}

// authorize rejects requests without the token and without the cookie of a session. A browser sends the cookie by
// itself, so a request that changes something must also show that it comes from the mock's own page.
func (a *api) authorize(r *http.Request) error {
	switch {
	case r.URL.Path == healthPath, r.URL.Path == readyPath, r.URL.Path == loginPath, r.URL.Path == logoutPath, a.hasToken(r):
		return nil
	case !a.sessions.has(r):
		return problemf(http.StatusUnauthorized, "the control API requires its token, which the mock printed when it started; send it in the header Authorization after Bearer, or as the password in the URL")
	case r.Method == http.MethodGet, r.Method == http.MethodHead, r.Header.Get("Origin") != "", r.Header.Get("Sec-Fetch-Site") == "same-origin":
		return nil // guard checks what the headers say
	}
	return problemf(http.StatusForbidden, "a request that changes something needs the header Origin when it has a cookie; scripts send the token instead")
}

// fromOwnPage rejects what a browser sends for a page that is not the mock's own, even one on another
// port of the same machine: links, forms and embedded pages. Other clients do not send these headers.
func fromOwnPage(h http.Header) error {
	for _, site := range h["Sec-Fetch-Site"] {
		if site != "same-origin" && site != "none" {
			return problemf(http.StatusForbidden, "the request is from a page of another site or port (Sec-Fetch-Site: %.20q); open the address itself", site)
		}
	}
	for _, dest := range h["Sec-Fetch-Dest"] {
		if dest != "document" && dest != "empty" { // empty is for scripts
			return problemf(http.StatusForbidden, "the control API cannot be embedded in a page (Sec-Fetch-Dest: %.20q); open the address itself", dest)
		}
	}
	return nil
}

// fromOwnFiles rejects what a browser sends for a page of another site that wants to show the console or a part of it.
func fromOwnFiles(h http.Header) error {
	for _, site := range h["Sec-Fetch-Site"] {
		if site != "same-origin" && site != "none" && !slices.Contains(h["Sec-Fetch-Mode"], "navigate") {
			return problemf(http.StatusForbidden, "the request is from a page of another site or port (Sec-Fetch-Site: %.20q); open the address itself", site)
		}
	}
	for _, dest := range h["Sec-Fetch-Dest"] {
		if dest == "iframe" || dest == "frame" || dest == "embed" || dest == "object" {
			return problemf(http.StatusForbidden, "the console cannot be embedded in a page (Sec-Fetch-Dest: %.20q); open the address itself", dest)
		}
	}
	return nil
}

// hasToken reports whether a request has the token, as a Bearer token or as the password of Basic
// credentials: a verifier of pacts gets only a URL for provider states, such as http://any:TOKEN@host/_mock/...
// It takes the same time for a wrong token as for one that is nearly right.
func (a *api) hasToken(r *http.Request) bool {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	_, password, isBasic := r.BasicAuth()
	if isBasic {
		token = password
	}
	same := subtle.ConstantTimeCompare([]byte(strings.TrimSpace(token)), []byte(a.Token)) == 1
	return same && (isBasic || strings.EqualFold(scheme, "Bearer"))
}

// KnownHost reports whether a Host header is localhost or a name below it, an IP address, or one of
// names, which are as HostName returns them. A web page can make a name of its own resolve to this
// machine, but none of these.
func KnownHost(host string, names []string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	name = canonicalHost(strings.Trim(name, "[]"))
	return name == "localhost" || strings.HasSuffix(name, ".localhost") || net.ParseIP(name) != nil || slices.Contains(names, name)
}

// HostName returns a host name as KnownHost compares it: in lowercase, without a dot at its end. The
// error says why it is not a host name.
func HostName(name string) (string, error) {
	canonical := canonicalHost(name)
	if canonical == "" || strings.ContainsFunc(canonical, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("*/:@?#", r) }) {
		return "", fmt.Errorf("%q: must be a name without a port, a wildcard or spaces, such as ticaga.example", name)
	}
	return canonical, nil
}

func canonicalHost(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }
