package mock

import (
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/inspect"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/world"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// This file is what Laravel makes of an error for a client that does not ask for JSON [M].

// isStrict reports whether the answer to an error depends on what the request accepts.
func isStrict(made *decision) bool { return made.settings.Accept == "strict" }

// adviseAccept reports that a request does not ask for JSON. Where the answer is an error it is told
// each time, otherwise once in a world.
func adviseAccept(in *incoming, to *address, made *decision, a answer) []spec.Violation {
	if !strings.HasPrefix(to.path, apiPrefix) || in.Method == http.MethodOptions || inspect.WantsJSON(in.Header) {
		return nil
	}
	if a.asPage == "" && to.world.ToldAccept.Swap(true) {
		return nil
	}
	return []spec.Violation{inspect.NotJSON(in.Header["Accept"], a.asPage, isStrict(made))}
}

// page is an error as Laravel answers it to a client that does not ask for JSON.
func page(in *incoming, to *address, a answer) answer {
	switch a.status {
	case http.StatusUnauthorized:
		return redirectToLogin(in, to, a)
	case http.StatusUnprocessableEntity:
		previous := in.Header.Get("Referer")
		if !strings.HasPrefix(previous, "http://") && !strings.HasPrefix(previous, "https://") {
			previous = home(in, to)
		}
		return redirect(a, previous)
	}
	a.header = withHTML(a.header)
	a.body = fmt.Appendf(nil, "<!DOCTYPE html>\n<html lang=\"en\"><head><title>%[2]s</title></head><body><h1>%[1]d</h1><p>%[2]s</p></body></html>\n",
		a.status, http.StatusText(a.status))
	return a
}

// pageText says in words what page makes of a status.
func pageText(status int) string {
	switch status {
	case http.StatusUnauthorized:
		return "a redirect (302) to " + loginPath + ", and a client that follows it reads 200"
	case http.StatusUnprocessableEntity:
		return "a redirect (302) to the previous page or /, and a client that follows it reads 200"
	}
	return fmt.Sprintf("an HTML page with status %d", status)
}

const redirectPage = "<!DOCTYPE html>\n<html lang=\"en\"><head><title>Redirecting</title></head><body>The page is elsewhere.</body></html>\n"

func redirect(a answer, to string) answer {
	a.status, a.header, a.body = http.StatusFound, withHTML(a.header), []byte(redirectPage)
	a.header["Location"] = []string{to}
	return a
}

func redirectToLogin(in *incoming, to *address, a answer) answer {
	to.world.Redirects.Sent(in.client(), in.started)
	return redirect(a, home(in, to)+loginPath)
}

// client tells clients apart as well as their requests do: by address and User-Agent. Each of
// their connections has a port of its own.
func (in *incoming) client() string {
	host, _, _ := net.SplitHostPort(in.RemoteAddr)
	agent := in.UserAgent()
	return host + " " + strings.Clone(agent[:min(len(agent), 256)])
}

// withHTML is a copy of an answer's headers, for HTML.
func withHTML(h http.Header) http.Header {
	h = h.Clone()
	if h == nil {
		h = http.Header{}
	}
	h["Content-Type"] = []string{"text/html; charset=utf-8"}
	return h
}

// home is the base URL by which the request has come, of its world.
func home(in *incoming, to *address) string {
	scheme, base := "http://", to.base
	if in.TLS != nil {
		scheme = "https://"
	}
	if base == "" && world.CheckName(to.world.Name) == nil && to.world.Name != world.Default { // the token names it
		base = worldPrefix + to.world.Name
	}
	return scheme + in.Host + base
}

const loginPath = "/login"

// isLogin reports whether a client asks for the page that Laravel sends to whoever is not logged in.
func isLogin(in *incoming, path string) bool {
	return path == loginPath && (in.Method == http.MethodGet || in.Method == http.MethodHead)
}

const loginPage = `<!DOCTYPE html>
<html lang="en"><head><title>Log in</title></head><body>
<h1>Log in</h1>
<form method="post" action="login">
<label>E-mail <input type="email" name="email"></label>
<label>Password <input type="password" name="password"></label>
<button>Log in</button>
</form>
</body></html>
`

// login is that page. Nothing is wrong with asking for it but what led there.
func login(in *incoming, to *address) answer {
	a := answer{status: http.StatusOK, header: withHTML(nil), body: []byte(loginPage)}
	if to.world.Redirects.Followed(in.client(), in.started) {
		a.remark = "the client followed a redirect to the login page, which looks like a success; turn redirects off, and send Accept: application/json"
	}
	return a
}

// isPreflight reports whether a browser asks beforehand if a page may send a request.
func isPreflight(in *incoming, path string) bool {
	return in.Method == http.MethodOptions && in.Header["Access-Control-Request-Method"] != nil && strings.HasPrefix(path, apiPrefix)
}
