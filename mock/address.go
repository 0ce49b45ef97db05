package mock

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/inspect"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/api"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/control"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/settings"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/world"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// worldPrefix is what the base URL of a world begins its path with: /w/NAME.
const worldPrefix = "/w/"

// address is where a request goes.
type address struct {
	world    *world.World
	settings *settings.Settings // the world's, when the request came
	base     string             // what of the path names the world: "/w/NAME"; "" when nothing does
	sent     string             // the rest of the path as it was sent
	path     string             // the rest, without needless slashes
	header   http.Header        // without what its credentials choose beside who asks
	fault    string             // the reserved word in its credentials; "" for none

	down error // why the log cannot be used, without which nothing is answered; nil when it can

	ends       bool // it goes no further: err says why, and nil leads to the login page
	err        error
	violations []spec.Violation
}

// address finds the world that a request is for: its base URL names it, or its token, or it is the
// default one.
func (s *Server) address(in *incoming, anyHost bool) address {
	to := address{world: s.world()}
	inPath, named := to.splitPath(in.URL.Path)
	header, chosen := choicesIn(to.world.Store.View(), in.Header, s.reserved.Has)
	to.header, to.fault = header, chosen.fault
	to.violations, to.err = s.checkHost(in.Host, anyHost)
	if to.err == nil {
		to.enter(s, in, inPath, named, chosen)
	}
	to.settings = to.world.Settings.Get()
	if to.err == nil && isPreflight(in, to.path) {
		to.err = api.Preflight(in.Header)
	}
	to.ends = to.err != nil || isLogin(in, to.path)
	return to
}

// enter goes into the world that the path or the token names.
func (to *address) enter(s *Server, in *incoming, inPath string, named bool, chosen choices) {
	name, from := inPath, inspect.WorldInPath
	switch {
	case !named && !chosen.inWorld:
		return
	case !named:
		name, from = chosen.world, inspect.WorldInToken
	case chosen.inWorld && chosen.world != inPath:
		to.violations = append(to.violations, inspect.TwoWorlds(inPath, chosen.world))
	}
	found, err := s.find(name, in, to)
	switch {
	case err == nil:
		to.world = found
		return
	case world.Unavailable(err):
		to.down = err
		return
	}
	v, refusal := noWorld(from, name, err)
	to.err, to.violations = refusal, append(to.violations, v)
}

// splitPath takes the name of a world off the path, which may be empty, and reports whether the path
// has one at all.
func (to *address) splitPath(sent string) (name string, named bool) {
	to.sent, to.path = sent, inspect.FoldSlashes(sent)
	rest, ok := strings.CutPrefix(to.path, worldPrefix)
	if !ok && to.path != strings.TrimSuffix(worldPrefix, "/") {
		return "", false
	}
	name, rest, _ = strings.Cut(rest, "/")
	_, behind, _ := strings.Cut(sent, worldPrefix)
	if name == "" || strings.HasPrefix(behind, "/") { // an empty name shows only in the path as it was sent
		to.path = "/" + strings.Trim(name+"/"+rest, "/")
		return "", true
	}
	to.base, to.path = worldPrefix+name, "/"+rest
	_, to.sent, _ = strings.Cut(sent, to.base)
	return name, true
}

// checkHost refuses a name that a web page may have made to lead to this machine: the page could read
// every answer. Clients without a Host are no browsers.
func (s *Server) checkHost(host string, anyHost bool) ([]spec.Violation, error) {
	if anyHost || host == "" || control.KnownHost(host, s.options.HostNames) {
		return nil, nil
	}
	v := inspect.UnknownHost(host)
	return []spec.Violation{v}, api.Forbidden(v.Message + " (Host " + v.Got + "): " + v.Fix)
}

// find returns the world of a name, which a request with good credentials for a path of the
// contract makes. Any other request that is the first to name it is answered outside, where there
// is nothing to use up.
func (s *Server) find(name string, in *incoming, to *address) (*world.World, error) {
	worlds := s.worlds
	if found, ok := worlds.Find(name); ok {
		return found, nil
	}
	if err := worlds.CheckName(name); err != nil {
		return nil, err
	}
	switch {
	case !s.makesWorlds(in, to):
		return worlds.Outside(), nil
	case slices.Contains(in.Header["Sec-Fetch-Site"], "cross-site"):
		return nil, errCrossSite
	}
	return worlds.Get(name)
}

// makesWorlds reports whether a request makes the world that it is the first to name. Every request
// that a handler may get does: nothing may change outside.
func (s *Server) makesWorlds(in *incoming, to *address) bool {
	operation, _, allowed := in.files.inspector.Find(in.Method, to.path)
	if allowed == nil {
		return false
	}
	if operation != nil && !operation.Secured {
		return true
	}
	return in.files.inspector.Authenticate(accounts{s.worlds.Outside().Store.View()}, to.header)
}

// errCrossSite is why a browser may not make a world for the page of another site.
var errCrossSite = errors.New("cross-site request for a new world")

// noWorld returns why there is no such world. The name stays out of the answer: where a token names
// it, it may be a part of the token.
func noWorld(from inspect.WorldSource, name string, err error) (spec.Violation, error) {
	var limit *world.LimitError
	switch {
	case errors.As(err, &limit):
		v := inspect.TooManyWorlds(from, limit)
		return v, api.Unavailable(v.Message)
	case errors.Is(err, errCrossSite):
		v := inspect.CrossSiteWorld()
		return v, api.Forbidden(v.Message + ": " + v.Fix)
	}
	v := inspect.BadWorldName(from, name, world.NameRule)
	return v, api.NoWorld(v.Message + ": " + v.Fix)
}

// choices are what credentials choose beside who asks, so that nothing but a plugin's settings has to
// change: a world, as the token "demo-token@blue" does, and a fault, as the token "fault-429" or the
// e-mail address "429@fault.test" does.
type choices struct {
	world   string // its name, which may be empty
	inWorld bool   // the token names one
	fault   string // the reserved word; "" for none
}

// choicesIn takes the choices out of the headers: they are returned as they would be without
// them, and those that it was given stay as they are. A world is named only behind somebody's
// token, or a reserved one. Instead of what is reserved, an administrator's own stands.
func choicesIn(s *store.State, h http.Header, reserved func(word string) bool) (http.Header, choices) {
	c, ok := inspect.ReadCredentials(h)
	if !ok {
		return h, choices{}
	}
	sent := c
	var chosen choices
	known := func(token string) bool { _, ok := s.StaffByToken(token); return ok }
	if at := strings.LastIndexByte(c.Token, '@'); at > 0 && !known(c.Token) && (known(c.Token[:at]) || reserved(c.Token[:at])) {
		c.Token, chosen.world, chosen.inWorld = c.Token[:at], c.Token[at+1:], true
	}
	first, _ := s.FirstStaff()
	switch owner, isOwner := s.StaffByToken(c.Token); {
	case !isOwner && reserved(c.Token) && len(first.Tokens) > 0:
		chosen.fault, c.Email, c.Token = c.Token, first.Email, first.Tokens[0]
	case isOwner && reserved(c.Email):
		chosen.fault, c.Email = c.Email, owner.Email
	}
	if c == sent {
		return h, choices{}
	}
	return c.Put(h), chosen
}
