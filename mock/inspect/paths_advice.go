package inspect

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
	"github.com/ticaga-mock/ticaga-mock/mock/words"
)

// pathKinds are the ways in which a whole path can be wrong. Each function undoes one of them: if
// it matches, it returns the intended path, and what to change.
var pathKinds = []func(path string) (intended, fix string){
	func(path string) (string, string) {
		return "/api" + path, "add /api before the path, in the base URL or where the client appends the path"
	},
	func(path string) (string, string) {
		at := strings.LastIndex(path, "/api/")
		if at < 1 {
			return "", ""
		}
		return path[at:], fmt.Sprintf("remove %s from the end of the base URL in the settings", spec.Quote(path[:at]))
	},
	func(path string) (string, string) {
		return strings.ToLower(path), "write the path in lowercase: paths are case-sensitive"
	},
	func(path string) (string, string) {
		return without(path, func(s, _ string) bool { return len(s) > 1 && len(s) < 4 && s[0]|0x20 == 'v' && allDigits(s[1:]) },
			"remove %s: the path has no version")
	},
	func(path string) (string, string) {
		return without(path, func(s, _ string) bool { return strings.EqualFold(s, "index.php") }, "remove %s: the path does not name a file")
	},
	func(path string) (string, string) {
		return without(path, func(s, before string) bool { return s != "" && s == before }, "remove one %s: the path repeats it")
	},
	func(path string) (string, string) {
		segments := strings.Split(path, "/")
		for i := range len(segments) - 1 {
			if isTicketCode(segments[i] + "/" + segments[i+1]) {
				return strings.Join(slices.Concat(segments[:i], []string{"1"}, segments[i+2:]), "/"),
					"send the ticket's id, not its code, whose slash makes two segments, even as %2F"
			}
		}
		return "", ""
	},
	func(path string) (string, string) {
		return strings.TrimFunc(path, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("\"'?&.,;", r) }),
			"trim the path: it ends in whitespace or a stray character"
	},
	func(path string) (string, string) {
		segments := strings.Split(path, "/")
		for i, s := range segments {
			if dot := strings.LastIndexByte(s, '.'); dot > 0 && slices.Contains(fileEndings, strings.ToLower(s[dot+1:])) {
				segments[i] = s[:dot]
				return strings.Join(segments, "/"), fmt.Sprintf("remove %s: the path does not name a file", spec.Quote(s[dot:]))
			}
		}
		return "", ""
	},
}

// without returns the path without the first wrong segment, and fix with this segment in it. wrong
// also gets the segment before.
func without(path string, wrong func(s, before string) bool, fix string) (string, string) {
	segments := strings.Split(path, "/")
	for i, s := range segments {
		if wrong(s, segments[max(i-1, 0)]) && i > 0 {
			return strings.Join(append(segments[:i:i], segments[i+1:]...), "/"), fmt.Sprintf(fix, spec.Quote(s))
		}
	}
	return "", ""
}

// fileEndings are the file extensions that people add to a path.
var fileEndings = []string{"php", "json", "html", "htm", "xml", "asp", "aspx", "jsp", "cgi"}

// unknownPath returns the violation for a request to a path that no operation has, with the nearest
// path. The path begins with a slash. It ends with one only if it was sent that way.
func unknownPath(c *spec.Contract, method, path string) spec.Violation {
	v := spec.Violation{
		Code: spec.PathUnknown, Severity: spec.Error, In: spec.InPath,
		Message:  "the contract has no such path",
		Expected: "one of the contract's paths", Got: spec.Quote(method + " " + path),
		Fix: "run ticaga-mock routes to list the paths",
	}
	o, fix := guessOperation(c, method, path)
	if o == nil {
		return v
	}
	v.Expected, v.Fix = o.Method+" "+o.Path, fix
	v.Line, v.Evidence, v.Source = o.Line, o.Evidence, o.Sources
	return v
}

// guessOperation returns the operation that was most likely intended by an unknown path, and what to change.
func guessOperation(c *spec.Contract, method, path string) (*spec.Operation, string) {
	if len(path) > 256 || !strings.HasPrefix(path, "/") {
		return nil, ""
	}
	if strings.HasSuffix(path, "/") {
		if o, fix := unfinished(c, method, path); o != nil {
			return o, fix
		}
		path = strings.TrimSuffix(path, "/")
		if path == "" {
			return nil, ""
		}
	}
	for _, kind := range pathKinds {
		right, fix := kind(path)
		if o, _ := c.Find(method, right); o != nil && right != path {
			return o, fix
		}
	}
	end := strings.LastIndexByte(path, '/')
	if o, _ := c.Find(method, path[:end]); o != nil && o.HasBody {
		return o, fmt.Sprintf("remove %s: the values belong in the body", spec.Quote(path[end:]))
	}
	if o, fix := unfinished(c, method, path); o != nil {
		return o, fix
	}
	if o, fix := split(c, method, path); o != nil {
		return o, fix
	}
	o := named(c, path[end+1:])
	if o == nil {
		o = Nearest(c, method, path)
	}
	if o == nil {
		return nil, ""
	}
	return o, didYouMean(o)
}

// split returns the operation of a path in which two words are written as one: customersassign,
// customers-assign, get8.
func split(c *spec.Contract, method, path string) (*spec.Operation, string) {
	asked := spec.SplitPath(path)
	for _, o := range c.Operations {
		if o.Method != method || len(o.Segments) != len(asked)+1 {
			continue
		}
		at := 0
		for at < len(asked)-1 && fitsSegment(asked[at], o.Segments[at]) {
			at++
		}
		rest, ok := strings.CutPrefix(asked[at], o.Segments[at])
		parts := slices.Concat(o.Segments[:at+1], []string{strings.TrimLeft(rest, "-_.:")}, asked[at+1:])
		if spec.IsParameter(o.Segments[at+1]) && !isValue(rest) || !ok || !slices.EqualFunc(parts[at+1:], o.Segments[at+1:], fitsSegment) {
			continue // a value that it accepts may be a word of its own
		}
		copy(parts, asked[:at])
		return o, fmt.Sprintf("add a slash between %s and %s: /%s", spec.Quote(parts[at]), spec.Quote(parts[at+1]), strings.Join(parts, "/"))
	}
	return nil, ""
}

// fitsSegment reports whether a word of a path is the segment of an operation's path, or a value
// for it.
func fitsSegment(word, segment string) bool {
	return word == segment || spec.IsParameter(segment) && word != ""
}

// unfinished returns the operation whose path is this one with values added at its end, and which
// values; nil if there is none. If the path is only a noun and does not end with a slash, it does
// not match a deprecated operation: a newer one is more likely intended.
func unfinished(c *spec.Contract, method, path string) (*spec.Operation, string) {
	trimmed := strings.TrimSuffix(path, "/")
	slash := trimmed != path
	if whole, params := c.Find(method, trimmed); whole != nil && len(params) == 0 {
		return nil, ""
	}
	o, _ := c.Find(method, trimmed+"/{}")
	if o == nil && slash {
		o, _ = c.Find(method, trimmed+"/{}/{}")
	}
	if o == nil || o.Deprecated && len(o.Segments) < 4 && !slash {
		return nil, ""
	}
	missing := o.Segments[len(spec.SplitPath(trimmed)):]
	return o, fmt.Sprintf("add a value for %s at the end of the path; check that the variable is not empty", strings.Join(missing, " and for "))
}

// lacksValue reports whether a path ends with a slash because the value after it is missing.
func lacksValue(c *spec.Contract, method, path string) bool {
	o, _ := unfinished(c, method, path)
	return o != nil && strings.HasSuffix(path, "/")
}

// unfinishedPath returns the intended operation for a path without the value at its end, whose last
// word therefore became the value of another operation: tickets/user matches tickets/{id}. It
// changes the violation of that value, and returns nil if there is none.
func unfinishedPath(c *spec.Contract, method, path string, found []spec.Violation) *spec.Operation {
	for i := range found {
		if v := &found[i]; v.Code == spec.PathParam {
			o, fix := unfinished(c, method, path)
			if o != nil {
				v.Fix = fmt.Sprintf("%s; %s %s (%s) needs it", fix, o.Method, o.Path, o.ID)
			}
			return o
		}
	}
	return nil
}

// named returns the operation with this operationId, which should not be in a path.
func named(c *spec.Contract, word string) *spec.Operation {
	i := slices.IndexFunc(c.Operations, func(o *spec.Operation) bool { return strings.EqualFold(o.ID, word) })
	if i < 0 {
		return nil
	}
	return c.Operations[i]
}

func didYouMean(o *spec.Operation) string {
	return fmt.Sprintf("did you mean %s %s (%s)?", o.Method, o.Path, o.ID)
}

// outdatedOperation returns the violation for a request to a deprecated operation.
func outdatedOperation(c *spec.Contract, o *spec.Operation) spec.Violation {
	v := spec.Violation{
		Code: spec.Deprecated, Severity: spec.Warning, In: spec.InPath,
		Message:  "only plugins of 2024 call this; no source says that Ticaga still supports it",
		Expected: "an operation that plugins call since 2.0", Got: o.Method + " " + o.Path,
		Fix: "run ticaga-mock routes to see what newer plugins call",
	}
	if next := c.Operation(o.Successor); next != nil {
		v.Fix = fmt.Sprintf("call %s %s (%s), as newer plugins do", next.Method, next.Path, next.ID)
	}
	return v
}

// slashKinds are the ways in which a double slash gets into a path. The first one that matches is
// reported.
var slashKinds = []struct {
	is  func(path string) bool
	fix string
}{
	{func(path string) bool { return strings.HasPrefix(path, "//") || strings.Contains(path, "//api/") },
		"remove the slash at the end of the base URL in the settings"},
	{func(path string) bool { return strings.Contains(path, "/api//") },
		"remove the slash at the end of the base URL in the settings, or at the beginning of the path that the client appends"},
	{func(string) bool { return true },
		"check that the variable between the two slashes is not empty"},
}

// trailingSlash returns the violation for a path that ends with a slash; trimmed is the path
// without it.
func trailingSlash(path, trimmed string) spec.Violation {
	return spec.Violation{
		Code: spec.PathTrailingSlash, Severity: spec.Warning, In: spec.InPath,
		Message:  "the path ends in a slash",
		Expected: spec.Quote(trimmed), Got: spec.Quote(path),
		Fix: "remove the slash: a web server in front of Ticaga may redirect, which loses a POST",
	}
}

// doubleSlash returns the violation for a path with a double slash, which is either rejected or
// folded into one.
func doubleSlash(path, folded string, refused bool) spec.Violation {
	v := spec.Violation{
		Code: spec.PathDoubleSlash, Severity: spec.Error, In: spec.InPath,
		Message:  "the path has a double slash, so it matches no route",
		Expected: spec.Quote(folded), Got: spec.Quote(path),
	}
	if !refused {
		v.Severity, v.Message = spec.Warning, "the path has a double slash, which Laravel answers with 404"
	}
	for _, kind := range slashKinds {
		if kind.is(path) {
			v.Fix = kind.fix
			return v
		}
	}
	return v
}

// wrongMethod returns the violation for a request whose path is right but whose method is not one
// of those allowed; at least one is. The path ends with a slash only if it was sent that way.
func wrongMethod(c *spec.Contract, method, path string, allowed []string) spec.Violation {
	v := spec.Violation{
		Code: spec.Method, Severity: spec.Error, In: spec.InMethod,
		Message:  "the path does not support this method",
		Expected: strings.Join(allowed, ", "), Got: spec.QuoteName(method),
	}
	o, params := c.Find(allowed[0], path)
	near := Nearest(c, method, path)
	longer, missing := unfinished(c, method, path)
	switch {
	case longer != nil && strings.HasSuffix(path, "/"):
		v.Fix = fmt.Sprintf("%s; %s %s (%s) needs it", missing, longer.Method, longer.Path, longer.ID)
		o = longer
	case o != nil && len(checkParams(o, params, nil)) > 0 && near != nil && near.Method == method:
		// GET /api/tickets/{id} matches the path /api/tickets/craete, but was not intended.
		v.Fix = didYouMean(near)
		o = near
	case strings.ToUpper(method) == allowed[0]:
		v.Fix = "send " + allowed[0] + " in uppercase: methods are case-sensitive"
	case method != http.MethodGet && method != http.MethodPost:
		v.Fix = "send a " + allowed[0] + " request«: remove CURLOPT_CUSTOMREQUEST; curl sends POST with CURLOPT_POSTFIELDS, and GET without»"
	case allowed[0] == http.MethodPost && o != nil && !o.HasBody:
		v.Fix = "send a POST request with «CURLOPT_POST => true and CURLOPT_POSTFIELDS => ''|an empty body»: it has no fields"
	case allowed[0] == http.MethodPost:
		v.Fix = "send a POST request: «pass the fields to curl as CURLOPT_POSTFIELDS|send the fields in its body»; or use the final base URL, as a redirect turns a POST into a GET"
	default:
		v.Fix = "send a " + allowed[0] + " request without «CURLOPT_POST and CURLOPT_POSTFIELDS|a body»"
	}
	if o != nil {
		v.Line, v.Evidence, v.Source = o.Line, o.Evidence, o.Sources
	}
	return v
}

// intended returns the operation named by the violation for an unknown path or a wrong method, if
// the path leaves hardly any doubt that it was intended. Otherwise it returns nil.
func intended(c *spec.Contract, v spec.Violation, path string) *spec.Operation {
	for _, o := range c.Operations {
		if o.Line == v.Line && hardlyElse(o, path) {
			return o
		}
	}
	return nil
}

// bodyIntended returns the operation that a body was most likely intended for, if it was sent to
// another one that does not accept a body; nil if there is none.
func bodyIntended(c *spec.Contract, path string) *spec.Operation {
	for _, o := range c.Operations {
		if o.HasBody && len(o.Segments) == len(spec.SplitPath(path)) && hardlyElse(o, path) {
			return o
		}
	}
	return nil
}

// hardlyElse reports whether a path can hardly be intended for another operation: it contains all
// of this one's path after the first segment, or differs from it by at most two letters. The value
// at its end may be missing.
func hardlyElse(o *spec.Operation, path string) bool {
	if len(path) > 256 {
		return false
	}
	asked := spec.SplitPath(strings.ToLower(path))
	own := slices.Clone(o.Segments)
	if last := len(own) - 1; last == len(asked) && spec.IsParameter(own[last]) {
		own = own[:last]
	}
	for i, s := range own {
		if spec.IsParameter(s) {
			own[i] = asked[min(i, len(asked)-1)]
		}
	}
	whole, all := strings.Join(asked, "/"), strings.ToLower(strings.Join(own, "/"))
	return words.Distance(whole, all) <= 2 || len(own) > 1 && strings.Contains(whole, strings.ToLower(strings.Join(own[1:], "/")))
}

// Unencoded returns the violation, changed to name the path parameter whose value was not
// percent-encoded if the operation is known.
func Unencoded(v spec.Violation, seen *Inspection) spec.Violation {
	if v.Code != spec.HTTPTarget || v.In != spec.InPath || seen.Intended == nil {
		return v
	}
	for name, value := range seen.Params {
		if url.PathEscape(value) != value {
			v.At = name
			v.Fix = fmt.Sprintf("percent-encode the value of %s in the path of %s«: rawurlencode($%s)|»", name, seen.Intended.ID, name)
		}
	}
	return v
}
