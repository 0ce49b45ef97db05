// Package inspect judges a request, and says what is wrong with it: the one judge for the server, the
// static check of pacts, and whoever else holds requests against the contract.
//
// [Inspector.Inspect] is the way in. One value goes in, a [Request], and one comes out, an
// [Inspection]: the operation, its parameters, the fields as Laravel sees them, the credentials, and
// every violation at once. It reads no state of a help desk but [Accounts], and writes nothing.
//
//	inspect.go      the order in which a request is judged
//	route.go        which operation it is for
//	credentials.go  who sends it
//	body.go         its fields, and those that were meant
//	fields.go       what the contract says of them
//	params.go       parameters of the path, the query and the headers
//
// The files *_advice.go, paths.go and nearest.go guess what a client meant and say what to change.
// Facts come from package spec. What is wrong with the bytes of a body is found where they are
// decoded, in package laravel.
package inspect

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/laravel"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// MaxViolations is how many violations of one request are reported. A request of garbage must not
// fill the log.
const MaxViolations = 100

// Options say how an Inspector judges.
type Options struct {
	Auth Auth // the accepted schemes

	// MaxFields and MaxNesting limit the fields of a body and their levels; 0 means PHP's own limits.
	MaxFields, MaxNesting int
}

// Inspector judges requests by one contract. It is safe for concurrent use.
type Inspector struct {
	contract *spec.Contract
	auth     Auth
	limits   laravel.Limits
	router   *router
}

// New returns an Inspector for a contract.
func New(contract *spec.Contract, o Options) *Inspector {
	return &Inspector{
		contract: contract, auth: o.Auth, router: newRouter(contract),
		limits: laravel.Limits{Fields: o.MaxFields, Nesting: o.MaxNesting},
	}
}

// Request is what is to be judged.
type Request struct {
	Method string
	Path   string // decoded, without the name of a world
	Sent   string // the whole path as it was sent, decoded; "" means Path
	Query  string // as it was sent
	Header http.Header

	// Credentials are the headers to authenticate by; nil means Header.
	Credentials http.Header

	Body   []byte
	Unread *spec.Violation // why there is no Body, where it could not be read

	// Known is what is wrong with how the request came, to be reported with the rest.
	Known []spec.Violation

	// Accounts are those of the help desk; nil accepts all credentials that are well formed.
	Accounts Accounts

	RefuseDoubleSlash bool   // as Laravel does, instead of folding it
	BillingSystems    string // the accepted spelling: "lower", "capital", or "both", which "" means too
}

// Routing says whether there is an operation for a method and a path.
type Routing int

// What routing finds.
const (
	Found       Routing = iota
	UnknownPath         // Inspection.Path has no route
	WrongMethod         // Inspection.Allowed lists the right ones
	AsksOptions         // an OPTIONS request for a path of the contract
)

// Inspection is what became of a request. It is not to be changed.
type Inspection struct {
	Path      string // that was looked for: without needless slashes, unless they are what is wrong
	Routing   Routing
	Allowed   []string          // the methods of the path
	Operation *spec.Operation   // nil when there is none for the path and the method
	Intended  *spec.Operation   // the operation, or the one that was most likely intended; nil when unknown
	Params    map[string]string // of the path
	Query     map[string]any    // decoded as PHP does; nil when there is none

	Scheme string  // how credentials were sent, good or not: "basic", "bearer", "header" or "none"
	Access Access  // whether they are good
	Caller Account // whose they are, where they are good

	Reached bool             // the request gets to its operation, whatever is wrong with its fields
	Body    laravel.Result   // decoded as its Content-Type says; the zero Result where nobody had to read it
	Fields  map[string]any   // as Laravel sees them; nil where the operation was not reached
	Meant   map[string]any   // as the client meant them, for explanations alone; nil when they are not known
	Invalid []spec.Violation // why Ticaga refuses fields or parameters; nil when it does not

	Violations []spec.Violation // in the order in which they were found; at most MaxViolations, never nil
}

// Inspect judges a request: its path, its credentials, its parameters and its body. Everything that
// is wrong is reported at once, also what is behind the violation that decides the answer.
func (in *Inspector) Inspect(r Request) Inspection {
	if r.Credentials == nil {
		r.Credentials = r.Header
	}
	if r.Sent == "" {
		r.Sent = r.Path
	}
	j := judge{Inspector: in, request: r, Inspection: Inspection{
		Path: FoldSlashes(r.Path), Query: in.limits.Query(r.Query), Scheme: Scheme(r.Credentials), Violations: []spec.Violation{},
	}}
	j.report(in.Slashes(r.Method, r.Sent, j.Path, r.RefuseDoubleSlash)...)
	j.report(r.Known...)
	j.route()
	if r.Unread != nil {
		j.report(*r.Unread)
	}
	j.Reached = j.Routing == Found && r.Unread == nil
	if !j.Reached && r.Method == http.MethodOptions { // nobody needs credentials to ask for options
		return j.Inspection
	}
	j.authenticate()
	if j.Intended != nil {
		j.check()
	}
	return j.Inspection
}

// judge is an Inspection in the making.
type judge struct {
	*Inspector
	Inspection
	request Request
}

// report adds violations, up to MaxViolations.
func (j *judge) report(v ...spec.Violation) {
	j.Violations = append(j.Violations, v[:min(len(v), MaxViolations-len(j.Violations))]...)
}

// FoldSlashes makes one slash of several and drops one at the end, as Laravel does the latter [M].
func FoldSlashes(path string) string {
	for strings.Contains(path, "//") {
		path = strings.ReplaceAll(path, "//", "/")
	}
	if trimmed := strings.TrimSuffix(path, "/"); trimmed != "" {
		return trimmed
	}
	return path
}

// Slashes reports the needless slashes of a path as it was sent, of which inWorld is the part behind
// the name of a world, folded. Whether a double one is refused is the caller's choice.
func (in *Inspector) Slashes(method, path, inWorld string, refuseDouble bool) []spec.Violation {
	folded := FoldSlashes(path)
	if path == folded {
		return nil
	}
	var found []spec.Violation
	if strings.Contains(path, "//") {
		found = append(found, doubleSlash(path, folded, refuseDouble))
	}
	if strings.HasSuffix(path, "/") && folded != "/" && !lacksValue(in.contract, method, withSlash(inWorld, path)) {
		found = append(found, trailingSlash(path, folded))
	}
	return found
}

// withSlash returns a folded path with the slash at its end that the path as it was sent has.
func withSlash(folded, sent string) string {
	if strings.HasSuffix(sent, "/") && folded != "/" {
		return folded + "/"
	}
	return folded
}

// route finds the operation.
func (j *judge) route() {
	r := j.request
	found, params := j.router.find(j.Path)
	if found != nil && r.RefuseDoubleSlash && strings.Contains(r.Sent, "//") {
		j.Intended, j.Params = found.operation(r.Method), params
		j.Routing, j.Path = UnknownPath, r.Path
		return
	}
	if found == nil {
		v := unknownPath(j.contract, r.Method, withSlash(j.Path, r.Sent))
		v.Got = spec.Quote(r.Method + " " + r.Sent)
		j.misrouted(UnknownPath, v)
		return
	}
	j.Allowed = found.allowed
	if j.Operation = found.operation(r.Method); j.Operation != nil {
		j.Intended, j.Params = j.Operation, params
		return
	}
	if r.Method == http.MethodOptions {
		j.Routing = AsksOptions
		return
	}
	j.misrouted(WrongMethod, wrongMethod(j.contract, r.Method, withSlash(j.Path, r.Sent), found.allowed))
}

// misrouted reports that no operation is there, and keeps the one that was intended.
func (j *judge) misrouted(how Routing, v spec.Violation) {
	j.report(v)
	j.Routing, j.Intended = how, intended(j.contract, v, j.Path)
}

// authenticate finds out who sends the request.
func (j *judge) authenticate() {
	j.report(headersTwice(j.request.Header)...)
	secured := j.contract.Secured
	if j.Intended != nil {
		secured = j.Intended.Secured
	}
	if !secured {
		j.Access = Granted
		return
	}
	var found []spec.Violation
	j.Caller, j.Access, found = j.auth.authenticate(j.request.Accounts, j.request.Credentials)
	j.report(found...)
}

// check validates parameters and fields. A parameter of the path that is wrong does not refuse the
// request: Ticaga would look the value up and find nobody.
func (j *judge) check() {
	o, r := j.Intended, j.request
	if !o.TakesBody && j.Operation != nil {
		j.unexpectedBody() // first: another operation may have been intended
	}
	inPath := checkParams(o, j.Params, j.Query)
	called := o
	if longer := unfinishedPath(j.contract, r.Method, withSlash(j.Path, r.Sent), inPath); longer != nil {
		called = longer
	}
	if called.Deprecated {
		j.report(outdatedOperation(j.contract, called))
	}
	j.report(inPath...)
	found := checkSent(o, j.Query, r.Header)
	j.report(found...)
	noneBecauseOfTheMethod := len(r.Body) == 0 && r.Method != o.Method
	if o.TakesBody && r.Unread == nil && !noneBecauseOfTheMethod {
		found = append(found, j.checkBody()...)
	}
	if slices.ContainsFunc(found, func(v spec.Violation) bool { return v.Severity == spec.Error }) {
		j.Invalid = found
	}
}

// headersTwice reports headers that were sent more than once where one counts. Values of
// Authorization are secrets.
func headersTwice(h http.Header) (found []spec.Violation) {
	for _, name := range [...]string{"Authorization", "Content-Type"} {
		values := h[name]
		if len(values) < 2 {
			continue
		}
		v := spec.Violation{
			Code: spec.HeaderTwice, Severity: spec.Warning, In: spec.InHeader, At: name,
			Message:  "duplicate header; the mock uses the first one, another server may use the last",
			Expected: "the header once", Got: fmt.Sprintf("%d headers", len(values)),
			Fix: "send it once: remove the duplicate from the headers«, or the curl option that sets it too, such as CURLOPT_USERPWD»",
		}
		if name == "Content-Type" {
			v.Got += ", " + spec.Quote(strings.Join(values, ", "))
			v.Fix = "send it once: remove the duplicate from the headers"
		}
		found = append(found, v)
	}
	return found
}

// Find returns the operation for a method and a path without needless slashes, with the methods of
// the path; nil when the contract has none for the method, and no methods when it does not have the
// path.
func (in *Inspector) Find(method, path string) (o *spec.Operation, params map[string]string, allowed []string) {
	found, params := in.router.find(path)
	if found == nil {
		return nil, nil, nil
	}
	return found.operation(method), params, found.allowed
}

// Authenticate reports whether the credentials of a header are good.
func (in *Inspector) Authenticate(accounts Accounts, h http.Header) bool {
	_, access, _ := in.auth.authenticate(accounts, h)
	return access == Granted
}

// DecodeQuery decodes a query as PHP does. It is nil for an empty one.
func (in *Inspector) DecodeQuery(raw string) map[string]any { return in.limits.Query(raw) }

// DecodeBody decodes a body as its Content-Type says.
func (in *Inspector) DecodeBody(h http.Header, raw []byte) laravel.Result {
	return in.limits.Decode(h.Get("Content-Type"), h.Get("Content-Encoding"), raw)
}
