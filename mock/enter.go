package mock

import (
	"errors"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/api"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/world"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// worldPrefix is what the base URL of a world begins its path with: /w/NAME.
const worldPrefix = "/w/"

// enter finds the world that a request is for: its base URL names it, or its token, or it is
// the default one. A world is made on first use.
func (x *exchange) enter() error {
	x.world = x.server.world()
	inPath, named := x.leaveWorldPath()
	header, settings := api.ReadSettings(x.world.Store.View(), x.request.Header, x.server.reserved.Has)
	x.header, x.chosen = header, settings.Fault
	x.credentials = api.Scheme(x.header)
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
	found, err := x.server.worlds.Get(name)
	if err == nil {
		x.world = found
		return nil
	}
	return x.noWorld(where, name, err)
}

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
	x.path = "/" + rest
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
	case name == "":
		v.Message, v.Fix = "the name of the world is empty", "is the variable empty that holds the name?"
	case strings.ToLower(name) != name:
		v.Fix = "write the name in small letters"
	}
	x.report(v)
	if limit != nil {
		return api.Unavailable(v.Message)
	}
	return api.NoWorld(v.Message + ": " + v.Fix)
}

var jsonType = []string{"application/json"}
