package mock

import (
	"errors"
	"slices"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/api"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/control"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/world"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// worldPrefix is what the base URL of a world begins its path with: /w/NAME.
const worldPrefix = "/w/"

// enter finds the world that a request is for: its base URL names it, or its token, or it is
// the default one.
func (x *exchange) enter() error {
	x.world = x.server.world()
	inPath, named := x.leaveWorldPath()
	header, settings := api.ReadSettings(x.world.Store.View(), x.request.Header, x.server.reserved.Has)
	x.header, x.chosen = header, settings.Fault
	x.credentials = api.Scheme(x.header)
	if err := x.checkHost(); err != nil {
		return err
	}
	name, where := inPath, spec.Violation{In: spec.InPath}
	switch {
	case !named && !settings.InWorld:
		return nil
	case !named:
		name, where = settings.World, spec.Violation{In: spec.InHeader, At: "Authorization"}
	case settings.InWorld && settings.World != inPath:
		x.report(spec.Violation{
			Code: "TM-WORLD-NAME", Severity: spec.Warning, In: spec.InHeader, At: "Authorization",
			Message: "the token names another world than the base URL, which counts", Expected: spec.Quote(inPath), Got: spec.Quote(settings.World),
			Fix: "name the world in one of the two",
		})
	}
	found, err := x.find(name)
	if err == nil {
		x.world = found
		return nil
	}
	return x.noWorld(where, name, err)
}

// checkHost refuses a name that a web page may have made to lead to this machine: the page could read
// every answer. Clients without a Host are no browsers.
func (x *exchange) checkHost() error {
	host := x.request.Host
	if x.anyHost || host == "" || control.KnownHost(host, x.server.options.HostNames) {
		return nil
	}
	v := spec.Violation{
		Code: "TM-HEADER-HOST", Severity: spec.Error, In: spec.InHeader, At: "Host",
		Message:  "the mock does not know the name by which it was called",
		Expected: "localhost, an IP address, or a name that the mock was started with", Got: spec.Quote(host),
		Fix: "start the mock with --host-name and the name, or with --any-host; or use the address that it printed",
	}
	x.report(v)
	return api.Forbidden(v.Message + " (Host " + v.Got + "): " + v.Fix)
}

// find returns the world of a name, which a request with good credentials for a path of the
// contract makes. Any other request that is the first to name it is answered outside, where there
// is nothing to use up.
func (x *exchange) find(name string) (*world.World, error) {
	worlds := x.server.worlds
	if found, ok := worlds.Find(name); ok {
		return found, nil
	}
	if err := worlds.CheckName(name); err != nil {
		return nil, err
	}
	switch {
	case !x.makesWorlds():
		return worlds.Outside(), nil
	case slices.Contains(x.request.Header["Sec-Fetch-Site"], "cross-site"):
		return nil, errCrossSite
	}
	return worlds.Get(name)
}

// makesWorlds reports whether a request makes the world that it is the first to name. Every request
// that a handler may get does: nothing may change outside.
func (x *exchange) makesWorlds() bool {
	found, _ := x.server.router.find(x.request, x.path)
	if found == nil {
		return false
	}
	if operation := found.operation(x.request.Method); operation != nil && !operation.Secured {
		return true
	}
	_, _, err := x.server.auth.Authenticate(x.server.worlds.Outside().Store.View(), x.header)
	return err == nil
}

// errCrossSite is why a browser may not make a world for the page of another site.
var errCrossSite = errors.New("a page of another site cannot create a world")

// leaveWorldPath takes the name of a world off the path, which may be empty, and reports whether
// the path has one at all. Needless slashes are gone from x.path, but an empty name shows only
// in the path as it was sent.
func (x *exchange) leaveWorldPath() (name string, named bool) {
	rest, ok := strings.CutPrefix(x.path, worldPrefix)
	if !ok && x.path != strings.TrimSuffix(worldPrefix, "/") {
		return "", false
	}
	name, rest, _ = strings.Cut(rest, "/")
	_, sent, _ := strings.Cut(x.request.URL.Path, worldPrefix)
	if name == "" || strings.HasPrefix(sent, "/") {
		x.path = "/" + strings.Trim(name+"/"+rest, "/")
		return "", true
	}
	x.base, x.path = worldPrefix+name, "/"+rest
	return name, true
}

// noWorld says why there is no such world. The name stays out of the answer: where a token names
// it, it may be a part of the token.
func (x *exchange) noWorld(where spec.Violation, name string, err error) error {
	v := spec.Violation{
		Code: "TM-WORLD-NAME", Severity: spec.Error, In: where.In, At: where.At, Message: "no world can have this name",
		Expected: world.NameRule, Got: spec.Quote(name), Fix: "choose another name",
	}
	var limit *world.LimitError
	switch {
	case errors.As(err, &limit):
		v.Code, v.Message, v.Expected, v.Got = "TM-WORLD-LIMIT", err.Error(), "", ""
		v.Fix = "delete worlds that are done with, or let idle ones expire: --world-ttl"
	case err == errCrossSite:
		v.Code, v.In, v.At, v.Message = "TM-WORLD-CROSS-SITE", spec.InHeader, "Sec-Fetch-Site", err.Error()
		v.Expected, v.Got = "a request that is not from a web page, or from one of the same site", "cross-site"
		v.Fix = "create the world first: POST /_mock/worlds, from outside the browser"
	case name == "":
		v.Message, v.Fix = "the name of the world is empty", "is the variable empty that holds the name?"
	case strings.ToLower(name) != name:
		v.Fix = "write the name in small letters"
	}
	x.report(v)
	switch {
	case limit != nil:
		return api.Unavailable(v.Message)
	case err == errCrossSite:
		return api.Forbidden(v.Message + ": " + v.Fix)
	}
	return api.NoWorld(v.Message + ": " + v.Fix)
}

var jsonType = []string{"application/json"}
