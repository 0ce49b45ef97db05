// Package inspect validates a request and says what is wrong with it. The server, the static check of
// pacts, and everything else that validates requests against the contract use this one package.
//
// Start with [Inspector.Inspect]. It accepts one value, a [Request], and returns one, an [Inspection]:
// the operation, its parameters, the fields as Laravel sees them, the credentials, and all violations
// at once. The only state of a help desk that it reads is [Accounts], and it writes nothing.
//
//	inspect.go      the order in which a request is validated
//	route.go        which operation it is for
//	credentials.go  who sends it
//	headers.go      its other headers
//	body.go         its fields, and the intended ones
//	fields.go       what the contract says about the fields
//	params.go       parameters of the path, the query, the headers and the cookies
//
// What a violation says is written in the files *_advice.go, and only there: what is wrong, what the
// client most likely intended, and what to change. Facts come from package spec. What is wrong in the
// bytes of a body is found where they are decoded, in package laravel, and what is wrong in HTTP
// itself in package wire; both have *_advice.go files of their own.
package inspect

import (
	"net/http"
	"slices"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/laravel"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// MaxViolations is the max number of violations that are reported for one request. One invalid request
// must not fill the log.
const MaxViolations = 100

// Options say how an Inspector validates requests.
type Options struct {
	Auth Auth // the accepted schemes

	// MaxFields and MaxNesting limit the number of fields in a body and how deeply they are nested;
	// 0 means PHP's own limits.
	MaxFields, MaxNesting int
}

// Inspector validates requests against one contract. It is safe for concurrent use.
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

// Request is the request to validate.
type Request struct {
	Method string
	Path   string // decoded, without the name of a world
	Sent   string // the whole path as it was sent, decoded; "" means Path
	Query  string // as it was sent
	Header http.Header

	// Credentials are the headers with the credentials; nil means Header.
	Credentials http.Header

	Body   []byte
	Unread *spec.Violation // why there is no Body, if it could not be read

	// Known are violations in how the request arrived, to be reported with the others.
	Known []spec.Violation

	// Accounts are those of the help desk; nil accepts all well-formed credentials.
	Accounts Accounts

	RefuseDoubleSlash bool   // as Laravel does, instead of folding it
	BillingSystems    string // the accepted spelling: "lower", "capital", or "both"; "" means "both"
}

// Routing says whether there is an operation for a method and a path.
type Routing int

// The results of routing.
const (
	Found       Routing = iota
	UnknownPath         // Inspection.Path has no route
	WrongMethod         // Inspection.Allowed lists the right ones
	AsksOptions         // an OPTIONS request for a path of the contract
)

// Inspection is the result of validating a request. Callers must not change it.
type Inspection struct {
	Path      string // the path that was looked up: without needless slashes, unless they are the violation
	Routing   Routing
	Allowed   []string          // the methods of the path
	Operation *spec.Operation   // nil if there is none for the path and the method
	Intended  *spec.Operation   // the operation, or else the one that was most likely intended; nil if unknown
	Params    map[string]string // of the path
	Query     map[string]any    // decoded as PHP does; nil if there is none

	Scheme string  // how credentials were sent, valid or not: "basic", "bearer", "header" or "none"
	Access Access  // what the credentials allow
	Caller Account // the owner of the credentials, if they are valid

	Reached        bool             // whether the request gets to its operation, whatever is wrong with its fields
	Body           laravel.Result   // decoded according to its Content-Type; the zero Result if it was not read
	Fields         map[string]any   // as Laravel sees them; nil if the operation was not reached
	IntendedFields map[string]any   // as the client intended them, only for explanations; nil if they are not known
	Invalid        []spec.Violation // why Ticaga rejects fields or parameters; nil if it does not

	Violations []spec.Violation // in the order in which they were found; at most MaxViolations, never nil
}

// Inspect validates a request: its path, credentials, parameters and body. It reports all
// violations at once, including those after the one that decides the response.
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
	if !j.Reached && r.Method == http.MethodOptions { // asking for options needs no credentials
		return j.Inspection
	}
	j.authenticate()
	if j.Intended != nil {
		j.check()
	}
	return j.Inspection
}

// judge builds an Inspection.
type judge struct {
	*Inspector
	Inspection
	request Request
}

// report adds violations, up to MaxViolations.
func (j *judge) report(v ...spec.Violation) {
	j.Violations = append(j.Violations, v[:min(len(v), MaxViolations-len(j.Violations))]...)
}

// FoldSlashes replaces several slashes in a row with one, and removes one at the end. Laravel does
// only the latter [M].
func FoldSlashes(path string) string {
	for strings.Contains(path, "//") {
		path = strings.ReplaceAll(path, "//", "/")
	}
	if trimmed := strings.TrimSuffix(path, "/"); trimmed != "" {
		return trimmed
	}
	return path
}

// Slashes returns the violations for the needless slashes of a path as it was sent. inWorld is the
// part of the path after the name of a world, folded. refuseDouble says whether a double slash is
// rejected.
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

// withSlash returns a folded path, with a slash at its end if the path as it was sent has one.
func withSlash(folded, sent string) string {
	if strings.HasSuffix(sent, "/") && folded != "/" {
		return folded + "/"
	}
	return folded
}

// route looks up the operation.
func (j *judge) route() {
	r := &j.request
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

// misrouted reports that there is no operation, and keeps the intended one.
func (j *judge) misrouted(how Routing, v spec.Violation) {
	j.report(v)
	j.Routing, j.Intended = how, intended(j.contract, v, j.Path)
}

// authenticate checks who sends the request.
func (j *judge) authenticate() {
	j.report(duplicateHeaders(j.request.Header)...)
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

// check validates parameters and fields. An invalid path parameter does not reject the request:
// Ticaga would look the value up and find nobody.
func (j *judge) check() {
	o, r := j.Intended, &j.request
	if !o.HasBody && j.Operation != nil {
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
	if o.HasBody && r.Unread == nil && !noneBecauseOfTheMethod {
		found = append(found, j.checkBody()...)
	}
	if slices.ContainsFunc(found, func(v spec.Violation) bool { return v.Severity == spec.Error }) {
		j.Invalid = found
	}
}

// Find returns the operation for a method and a path without needless slashes, and the methods of
// the path. The operation is nil if the contract does not have the method for this path. There are
// no methods if the contract does not have the path.
func (in *Inspector) Find(method, path string) (o *spec.Operation, params map[string]string, allowed []string) {
	found, params := in.router.find(path)
	if found == nil {
		return nil, nil, nil
	}
	return found.operation(method), params, found.allowed
}

// Authenticate reports whether the credentials in a header are valid.
func (in *Inspector) Authenticate(accounts Accounts, h http.Header) bool {
	_, access, _ := in.auth.authenticate(accounts, h)
	return access == Granted
}

// DecodeQuery decodes a query as PHP does. It returns nil for an empty query.
func (in *Inspector) DecodeQuery(raw string) map[string]any { return in.limits.Query(raw) }

// DecodeBody decodes a body according to its Content-Type.
func (in *Inspector) DecodeBody(h http.Header, raw []byte) laravel.Result {
	return in.limits.Decode(First(h, "Content-Type"), First(h, "Content-Encoding"), raw)
}
