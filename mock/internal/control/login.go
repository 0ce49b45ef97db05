package control

import (
	"crypto/subtle"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/console"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

const (
	loginPath  = "/_mock/login"
	logoutPath = "/_mock/logout"
)

// session returns whether a browser is logged in: the form to log in for a person, JSON for a script.
func (a *api) session(w http.ResponseWriter, r *http.Request) (any, error) {
	expires := a.sessions.until(r)
	w.Header().Set("Vary", "Accept")
	switch {
	case !wantsHTML(r):
		return traffic.Session{Active: expires != nil, Expires: expires}, nil
	case a.Token == "" || expires != nil:
		http.Redirect(w, r, console.Prefix, http.StatusSeeOther)
	default:
		console.WriteLogin(w, r, http.StatusOK, "", console.Prefix)
	}
	return nil, nil
}

// login exchanges the token of the control API for a cookie, so that a browser need not keep the token. A form leads
// back to where somebody wanted to go.
func (a *api) login(w http.ResponseWriter, r *http.Request) (any, error) {
	sent, err := readLogin(r)
	if err == nil {
		err = a.checkLogin(w, r, sent.token)
	}
	if err != nil {
		if p := problemOf(err); sent.isForm && wantsHTML(r) && a.Token != "" {
			console.WriteLogin(w, r, p.status, p.detail, sent.to)
			return nil, nil
		}
		return nil, err
	}
	value, expires := a.sessions.begin(r.Host)
	setCookie(w, r, value, int(sessionLife.Seconds()))
	if sent.isForm {
		http.Redirect(w, r, sent.to, http.StatusSeeOther)
		return nil, nil
	}
	expires = expires.UTC()
	return traffic.Session{Active: true, Expires: &expires}, nil
}

// checkLogin returns why a token is not accepted.
func (a *api) checkLogin(w http.ResponseWriter, r *http.Request, token string) error {
	switch {
	case a.Token == "":
		return problemf(http.StatusConflict, "the control API requires no token here, so there is nothing to log in to")
	case !a.sessions.mayGuess(r.RemoteAddr):
		w.Header().Set("Retry-After", "60")
		return problemf(http.StatusTooManyRequests, "too many wrong tokens; try again in a minute")
	case subtle.ConstantTimeCompare([]byte(token), []byte(a.Token)) != 1:
		a.sessions.guessed(r.RemoteAddr)
		return problemf(http.StatusUnauthorized, "wrong token; the mock printed the right one when it started")
	}
	return nil
}

// logout ends the session of the cookie, if there is one.
func (a *api) logout(w http.ResponseWriter, r *http.Request) (any, error) {
	a.sessions.end(r)
	setCookie(w, r, "", -1)
	if isForm(r) {
		http.Redirect(w, r, console.Prefix, http.StatusSeeOther)
		return nil, nil
	}
	return traffic.Session{}, nil
}

func setCookie(w http.ResponseWriter, r *http.Request, value string, age int) {
	http.SetCookie(w, &http.Cookie{
		Name: sessionCookie, Value: value, Path: Prefix, MaxAge: age,
		HttpOnly: true, Secure: r.TLS != nil, SameSite: http.SameSiteStrictMode,
	})
}

// sentLogin is what a browser sends to log in.
type sentLogin struct {
	token  string
	isForm bool
	to     string // of a form: where it leads
}

// readLogin reads a form or JSON.
func readLogin(r *http.Request) (sentLogin, error) {
	if !isForm(r) {
		var sent traffic.Login
		err := decode(r.Body, &sent)
		return sentLogin{token: strings.TrimSpace(sent.Token)}, err
	}
	sent := sentLogin{isForm: true, to: console.Prefix}
	raw, err := readText(r.Body)
	if err != nil {
		return sent, err
	}
	form, err := url.ParseQuery(string(raw))
	sent.token, sent.to = strings.TrimSpace(form.Get("token")), wayBack(form.Get("to"))
	return sent, aboutBody(err)
}

func isForm(r *http.Request) bool {
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return media == "application/x-www-form-urlencoded"
}

// wayBack returns a path of the control API to which a login may lead, which is the console if the wanted one is not one:
// a login must not lead to another site, even if a stranger has made the form.
func wayBack(wanted string) string {
	u, err := url.Parse(wanted)
	if err != nil || len(wanted) > 2000 || u.Scheme != "" || u.Host != "" || !strings.HasPrefix(wanted, Prefix) || strings.Contains(u.Path, `\`) {
		return console.Prefix
	}
	if segments := split(u.Path); slices.Contains(segments, ".") || slices.Contains(segments, "..") {
		return console.Prefix
	}
	return u.RequestURI()
}
