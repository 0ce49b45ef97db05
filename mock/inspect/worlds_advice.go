package inspect

import (
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// This file says what is wrong with the name of a world in a request.

// WorldSource is where a request names a world.
type WorldSource int

// The places of a world's name.
const (
	WorldInPath  WorldSource = iota // in its base URL
	WorldInToken                    // behind its token
)

// aboutWorld returns a violation about the name of a world, for the caller to complete.
func aboutWorld(code spec.Code, from WorldSource) spec.Violation {
	v := spec.Violation{Code: code, Severity: spec.Error, In: spec.InPath}
	if from == WorldInToken {
		v.In, v.At = spec.InHeader, "Authorization"
	}
	return v
}

// TwoWorlds returns the warning about a token that names another world than the base URL.
func TwoWorlds(inPath, inToken string) spec.Violation {
	v := aboutWorld(spec.WorldName, WorldInToken)
	v.Severity = spec.Warning
	v.Message = "the token names a different world than the base URL; the mock uses the base URL"
	v.Expected, v.Got = spec.Quote(inPath), spec.Quote(inToken)
	v.Fix = "name the world in only one of them"
	return v
}

// BadWorldName returns the violation for a name that no world can have. rule says which ones it can.
func BadWorldName(from WorldSource, name, rule string) spec.Violation {
	v := aboutWorld(spec.WorldName, from)
	v.Message, v.Expected, v.Got, v.Fix = "the name of the world is invalid", rule, spec.Quote(name), "choose another name"
	switch {
	case name == "":
		v.Message, v.Fix = "the name of the world is empty", "check that the variable with the name is not empty"
	case strings.Trim(strings.ToLower(name), nameBytes) != "":
		v.Fix = "use only lowercase letters, digits and hyphens, as in my-tests"
	case strings.ToLower(name) != name:
		v.Fix = "write the name in lowercase"
	}
	return v
}

// nameBytes are the bytes that a world's name may have.
const nameBytes = "abcdefghijklmnopqrstuvwxyz0123456789-"

// TooManyWorlds returns the violation for a world that the limit on worlds does not allow; why says
// which limit.
func TooManyWorlds(from WorldSource, why error) spec.Violation {
	v := aboutWorld(spec.WorldLimit, from)
	v.Message, v.Fix = why.Error(), "delete worlds that you no longer need, or let unused ones expire: --world-ttl"
	return v
}

// CrossSiteWorld returns the violation for a web page of another site that is the first to name a
// world.
func CrossSiteWorld() spec.Violation {
	return spec.Violation{
		Code: spec.WorldCrossSite, Severity: spec.Error, In: spec.InHeader, At: "Sec-Fetch-Site",
		Message:  "a page of another site cannot create a world",
		Expected: "a request that is not from a web page, or from one of the same site", Got: "cross-site",
		Fix: "create the world first: POST /_mock/worlds, from outside the browser",
	}
}
