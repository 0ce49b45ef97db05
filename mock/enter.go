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
	all := x.server.worlds
	x.world, _ = all.Find(world.Default)
	x.header = x.request.Header
	name := ""
	if rest, ok := strings.CutPrefix(x.path, worldPrefix); ok {
		name, rest, _ = strings.Cut(rest, "/")
		x.path = "/" + rest
	}
	header, named := api.SplitWorld(x.world.Store.View(), x.header)
	if named != "" {
		x.header = header
	}
	if name == "" {
		name = named
	}
	x.credentials = api.Scheme(x.header)
	if name == "" {
		return nil
	}
	found, err := all.Get(name)
	if err == nil {
		x.world = found
		return nil
	}
	v := spec.Violation{
		Code: "TM-WORLD-NAME", Severity: spec.Error, In: spec.InPath, Message: "no world can have this name",
		Expected: "1 to 63 small letters, digits and hyphens, no hyphen first", Got: spec.Quote(name), Fix: "choose another name",
	}
	var limit *world.LimitError
	if errors.As(err, &limit) {
		v.Code, v.Message, v.Expected, v.Got = "TM-WORLD-LIMIT", err.Error(), "", ""
		v.Fix = "delete worlds that are done with, or let idle ones expire: --world-ttl"
	}
	x.report(v)
	return api.Unavailable(err.Error())
}

var jsonType = []string{"application/json"}
