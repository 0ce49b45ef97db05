package control

import (
	"crypto/subtle"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

const (
	loginPath  = "/_mock/login"
	logoutPath = "/_mock/logout"
)

// login exchanges the token of the control API for a cookie, so that a browser need not keep the token. A form gets
// a redirect to the console.
func (a *api) login(w http.ResponseWriter, r *http.Request) (any, error) {
	token, isForm, err := readToken(r)
	switch {
	case err != nil:
		return nil, err
	case a.Token == "":
		return nil, problemf(http.StatusConflict, "the control API requires no token here, so there is nothing to log in to")
	case !a.sessions.mayGuess(r.RemoteAddr):
		w.Header().Set("Retry-After", "60")
		return nil, problemf(http.StatusTooManyRequests, "too many wrong tokens; try again in a minute")
	case subtle.ConstantTimeCompare([]byte(token), []byte(a.Token)) != 1:
		a.sessions.guessed(r.RemoteAddr)
		return nil, problemf(http.StatusUnauthorized, "wrong token; the mock printed the right one when it started")
	}
	value, expires := a.sessions.begin(r.Host)
	setCookie(w, r, value, int(sessionLife.Seconds()))
	if isForm {
		http.Redirect(w, r, "/_mock/ui/", http.StatusSeeOther)
		return nil, nil
	}
	expires = expires.UTC()
	return traffic.Session{Active: true, Expires: &expires}, nil
}

// logout ends the session of the cookie, if there is one.
func (a *api) logout(w http.ResponseWriter, r *http.Request) (any, error) {
	a.sessions.end(r)
	setCookie(w, r, "", -1)
	return traffic.Session{}, nil
}

func setCookie(w http.ResponseWriter, r *http.Request, value string, age int) {
	http.SetCookie(w, &http.Cookie{
		Name: sessionCookie, Value: value, Path: Prefix, MaxAge: age,
		HttpOnly: true, Secure: r.TLS != nil, SameSite: http.SameSiteStrictMode,
	})
}

// readToken reads the token from a form or from JSON.
func readToken(r *http.Request) (token string, isForm bool, err error) {
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if media != "application/x-www-form-urlencoded" {
		var sent traffic.Login
		err := decode(r.Body, &sent)
		return strings.TrimSpace(sent.Token), false, err
	}
	raw, err := readText(r.Body)
	if err != nil {
		return "", true, err
	}
	form, err := url.ParseQuery(string(raw))
	return strings.TrimSpace(form.Get("token")), true, aboutBody(err)
}
