package mock

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/api"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/body"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/control"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/fault"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/flight"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/settings"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/wire"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/world"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// ServeHTTP answers everything under /_mock/ as the control door, and anything else as
// Ticaga would.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handle(w, r, s.options.AnyHost) }

// serveHere is ServeHTTP for requests of this process, which no web page can send.
func (s *Server) serveHere(w http.ResponseWriter, r *http.Request) { s.handle(w, r, true) }

func (s *Server) handle(w http.ResponseWriter, r *http.Request, anyHost bool) {
	reads := r.Method == http.MethodGet || r.Method == http.MethodHead
	switch {
	case r.ProtoMajor == 2 && r.Method == "PRI": // the preface of HTTP/2, which net/http leaves to handlers
		s.refuseHTTP2(w, r)
	case control.Leads(r.URL.Path):
		s.control.ServeHTTP(w, r)
	case reads && isBaseURL(r.URL.Path):
		s.welcome(w)
	case reads && isBrowsersOwn(r.URL.Path):
		http.NotFound(w, r)
	default:
		s.serve(w, r, anyHost)
	}
}

// exchange is one request on its way to its answer.
type exchange struct {
	server  *Server
	started time.Time

	// As it came.
	request     *http.Request  // as it was sent
	anyHost     bool           // whatever its Host is
	header      http.Header    // without what its credentials choose beside who asks
	chosen      string         // the reserved word in its credentials; "" for none
	credentials string         // the scheme of those that were sent
	query       map[string]any // decoded as PHP does; nil when there is none
	raw         []byte         // its body
	target      string         // its path as it was sent, where net/http could not read it; "" otherwise
	trailers    []string       // the names of trailers that it announces, sorted

	// Where it goes.
	world     *world.World
	settings  *settings.Settings // the world's, when the request came
	folded    string             // the path without needless slashes
	base      string             // what of it names the world: "/w/NAME"
	path      string             // the rest of it
	operation *spec.Operation    // nil when there is none for the path and the method
	meant     *spec.Operation    // the operation, or the one that there is hardly a doubt about; nil when there is
	params    map[string]string  // of the path

	// What is in its body.
	fields  api.Fields  // as Laravel would see them: what answers come from
	sent    api.Fields  // as the client meant them, for explanations alone; nil when they are not known
	decoded body.Result // as its Content-Type says; the zero Result when nobody had to read it

	// What becomes of it.
	reached    bool          // the operation's own turn has come: the contract covers the answer
	known      bool          // its credentials are good, or nobody asked
	share      *flight.Share // of the memory of all that is in flight
	turn       *store.Store  // what its handler changes; nil when it changes nothing
	limited    []string      // how many requests a minute there may be, and how many are left; nil without a limit
	fault      fault.Fault
	violations []spec.Violation
}

// serve is the life of one request, top to bottom.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, anyHost bool) {
	x := &exchange{server: s, request: r, anyHost: anyHost, started: time.Now(), violations: []spec.Violation{}}
	x.query = s.limits.Query(r.URL.RawQuery)
	if r.Trailer != nil { // reading the body adds those that were not announced
		x.trailers = slices.Sorted(maps.Keys(r.Trailer))
	}
	x.report(wire.Tolerated(r)...)
	x.share = s.flight.Share()
	defer x.share.Release()
	x.foldPath()
	a := x.spoil(x.answer())
	entry := x.record(a) // before it is written, so that whoever has the answer finds it in the journal

	h := w.Header()
	h["Content-Type"], h["Cache-Control"] = jsonType, noCache
	if strings.HasPrefix(x.path, apiPrefix) {
		h["Access-Control-Allow-Origin"] = anyOrigin
	}
	if x.limited != nil {
		h[api.RateLimitLimit], h[api.RateLimitRemaining] = x.limited[:1], x.limited[1:]
	}
	for name, values := range a.header {
		h[name] = values
	}
	if a.status != http.StatusNoContent {
		a.setLength(h)
	}
	if len(x.violations) > 0 {
		h.Set(ViolationsHeader, strconv.Itoa(len(x.violations)))
	}
	if x.fault.Active() { // told first: what follows may never return
		x.observe(entry)
		x.misbehave(w, a)
		return
	}
	x.raw, x.fields, x.sent = nil, nil, nil // nobody needs them while the client reads
	cut := x.write(w, a)
	x.observe(entry)
	if cut != nil {
		panic(http.ErrAbortHandler) // so that nobody takes a part of a list for all of it
	}
}

// answer decides, and keeps what that changed only if the answer fits the contract.
func (x *exchange) answer() answer {
	err := x.enter()
	x.settings = x.world.Settings.Get()
	x.reportSlashes()
	if err != nil {
		return x.render(nil, err)
	}
	if x.isLogin() {
		return x.login()
	}
	defer func() {
		if x.turn != nil {
			x.turn.Rollback()
		}
	}()
	value, err := x.decide()
	a := x.render(value, err)
	if x.turn != nil && err == nil && !a.broken {
		x.turn.Commit()
	}
	if a.broken || x.fault.Kind != "" { // neither is Laravel's
		a.asPage = ""
	}
	x.adviseAccept(a)
	if a.asPage != "" && x.isStrict() && !wantsJSON(x.request.Header) {
		return x.page(a)
	}
	return a
}

// decide goes from the request to what Ticaga would say: a value, or the reason to refuse.
func (x *exchange) decide() (value any, err error) {
	defer func() {
		if p := recover(); p != nil {
			value, err = nil, fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	if x.isPreflight() {
		return nil, api.Preflight(x.request.Header)
	}
	routeErr := x.route()
	unread := x.readBody()
	if err := cmp.Or(unread, routeErr); err != nil {
		x.explainAlso(unread == nil)
		return nil, err
	}
	x.reached = true
	caller, authErr := x.authenticate()
	invalid := x.check(true) // even without good credentials: every mistake is explained at once
	if authErr == nil {
		if err := x.throttle(caller); err != nil {
			return nil, err
		}
	}
	if refusal := x.askedFor(); refusal != nil {
		return nil, refusal
	}
	asked := api.Request{Caller: caller, Bearer: x.credentials == "bearer", Params: x.params, Fields: x.fields, Settings: x.settings}
	if authErr != nil || invalid != nil && !x.server.options.Lenient {
		x.foresee(asked, invalid != nil)
		return nil, cmp.Or(authErr, invalid)
	}
	desk := x.world.Store
	if x.operation.Method != http.MethodGet {
		desk = desk.Begin()
		x.turn = desk
	}
	value, err = x.server.handlers[x.operation.ID](desk, asked)
	x.add(api.Violations(err, asked.Fields))
	if remarked, ok := value.(api.Remarked); ok {
		x.add(remarked.Warnings)
		value = remarked.Answer
	}
	return value, err
}

// Laravel's defaults for every answer, and for every answer of the API [M].
var (
	noCache   = []string{"no-cache, private"}
	anyOrigin = []string{"*"}
)

const apiPrefix = "/api/"

// isPreflight reports whether a browser asks beforehand if a page may send a request.
func (x *exchange) isPreflight() bool {
	return x.request.Method == http.MethodOptions && x.request.Header["Access-Control-Request-Method"] != nil && strings.HasPrefix(x.path, apiPrefix)
}

// throttle counts a request against the limit of the settings, which Laravel does once it knows who
// asks [M].
func (x *exchange) throttle(caller store.Staff) error {
	limit := x.settings.RateLimit
	if limit == 0 {
		return nil
	}
	now := x.world.Clock.Now()
	left, ends := x.world.Throttle.Hit(caller.ID, now, limit)
	if left < 0 {
		return api.TooManyRequests(limit, ends.Sub(now), ends)
	}
	x.limited = []string{strconv.Itoa(limit), strconv.Itoa(left)}
	return nil
}

// foldPath makes one slash of several and drops one at the end, as Laravel does the latter [M]. Of
// the former the settings say what becomes: a plugin sends them whose base URL ends in "/".
func (x *exchange) foldPath() {
	x.path = x.request.URL.Path
	for strings.Contains(x.path, "//") {
		x.path = strings.ReplaceAll(x.path, "//", "/")
	}
	if trimmed := strings.TrimSuffix(x.path, "/"); trimmed != "" {
		x.path = trimmed
	}
	x.folded = x.path
}

// reportSlashes reports what foldPath has done, before what is wrong with the world.
func (x *exchange) reportSlashes() {
	path := x.request.URL.Path
	if path == x.folded {
		return
	}
	behind := x.violations
	x.violations = []spec.Violation{}
	defer func() { x.report(behind...) }()
	if strings.Contains(path, "//") {
		x.report(spec.DoubleSlash(path, x.folded, x.refusesDoubleSlash()))
	}
	if strings.HasSuffix(path, "/") && x.folded != "/" && !x.server.contract.LacksValue(x.request.Method, x.sentPath()) {
		x.report(spec.TrailingSlash(path, x.folded))
	}
}

// refusesDoubleSlash reports whether the path holds a doubled slash that makes it another one.
func (x *exchange) refusesDoubleSlash() bool {
	return strings.Contains(x.request.URL.Path, "//") && x.settings.DoubleSlash == "404" && !x.server.options.Lenient
}

// readBody reads the body once, up to the limit.
func (x *exchange) readBody() error {
	r, limit := x.request, x.server.options.MaxBody
	if r.ContentLength == 0 {
		return nil
	}
	if r.ContentLength <= limit {
		raw, tooLong, err := x.share.ReadAll(r.Context(), r.Body, r.ContentLength, limit)
		if err == nil && len(raw) > flight.Free && !tooLong {
			err = x.share.Hold(r.Context(), x.share.Held()+decodedSize(raw))
		}
		switch {
		case errors.Is(err, flight.ErrSpent):
			x.hearOut()
			return x.spent()
		case err != nil:
			x.report(spec.Violation{
				Code: "TM-BODY-CUT", Severity: spec.Error, In: spec.InBody,
				Message: "the body could not be read to its end", Fix: "let the client finish; is Content-Length or the chunked encoding right?",
			})
			return api.Unreadable()
		case !tooLong:
			x.raw = raw
			return nil
		}
	}
	x.report(spec.Violation{
		Code: "TM-BODY-TOO-LARGE", Severity: spec.Error, In: spec.InBody,
		Message:  "the body is too large",
		Expected: fmt.Sprintf("at most %d bytes", limit), Got: sizeText(r.ContentLength, limit),
		Fix: "send less; the server's --max-body raises the limit",
	})
	x.hearOut()
	return api.TooLarge()
}

// hearOut reads a body that nobody will decode. A client that waits for "100 Continue" gets its
// answer now. Any other is in the middle of sending and would see a broken connection, so it is
// heard out, within reason.
func (x *exchange) hearOut() {
	if !strings.EqualFold(x.request.Header.Get("Expect"), "100-continue") {
		_, _ = io.CopyN(io.Discard, x.request.Body, max(2*x.server.options.MaxBody, 1<<20))
	}
}

func sizeText(length, limit int64) string {
	if length < 0 {
		return fmt.Sprintf("more than %d bytes", limit)
	}
	return fmt.Sprintf("%d bytes", length)
}

// route finds the operation.
func (x *exchange) route() error {
	r := x.request
	found, params := x.server.router.find(x.request, x.path)
	if found != nil && x.refusesDoubleSlash() {
		x.meant, x.params = found.operation(r.Method), params
		_, sent, _ := strings.Cut(r.URL.Path, x.base)
		return api.NotFound(sent)
	}
	if found == nil {
		v := x.server.contract.UnknownPath(r.Method, x.sentPath())
		v.Got = spec.Quote(r.Method + " " + r.URL.Path)
		x.misrouted(v)
		return api.NotFound(x.path)
	}
	if x.operation = found.operation(r.Method); x.operation != nil {
		x.meant, x.params = x.operation, params
		return nil
	}
	if r.Method == http.MethodOptions {
		return api.Options(found.allowed)
	}
	x.misrouted(x.server.contract.WrongMethod(r.Method, x.sentPath(), found.allowed))
	return api.MethodNotAllowed(r.Method, x.path, found.allowed)
}

// misrouted reports that no operation is there, and keeps the one that was meant.
func (x *exchange) misrouted(v spec.Violation) {
	x.report(v)
	x.meant = x.server.contract.Meant(v, x.path)
}

// sentPath is the path with the slash at its end that foldPath has dropped.
func (x *exchange) sentPath() string {
	if strings.HasSuffix(x.request.URL.Path, "/") && x.path != "/" {
		return x.path + "/"
	}
	return x.path
}

func (x *exchange) authenticate() (store.Staff, error) {
	x.headersTwice()
	secured := x.server.contract.Secured
	if x.meant != nil {
		secured = x.meant.Secured
	}
	if !secured {
		x.known = true
		return store.Staff{}, nil
	}
	caller, violations, err := x.server.auth.Authenticate(x.world.Store.View(), x.header)
	x.known = err == nil
	x.report(violations...)
	return caller, err
}

// check holds the request against the contract. The error is Ticaga's refusal. A fault in
// the path is reported and does not refuse: Ticaga would look the value up and find nobody.
func (x *exchange) check(bodyWasRead bool) error {
	o := x.meant
	if !o.TakesBody && x.operation != nil {
		x.unexpectedBody() // first: another operation may have been meant
	}
	inPath := o.CheckParams(x.params, x.query)
	called := o
	if longer := x.server.contract.Unfinished(x.request.Method, x.sentPath(), inPath); longer != nil {
		called = longer
	}
	if called.Deprecated {
		x.report(x.server.contract.Outdated(called))
	}
	x.report(inPath...)
	found := o.CheckSent(x.query, x.request.Header)
	x.report(found...)
	noneBecauseOfTheMethod := len(x.raw) == 0 && x.request.Method != o.Method
	if o.TakesBody && bodyWasRead && !noneBecauseOfTheMethod {
		found = append(found, x.checkBody()...)
	}
	for _, v := range found {
		if v.Severity == spec.Error {
			return api.Invalid(found)
		}
	}
	return nil
}

// checkBody holds the body against the contract, as Laravel would see it. Where that is not what
// was meant, the fields that were are explained too. The result is what Laravel finds.
func (x *exchange) checkBody() []spec.Violation {
	if len(x.raw) == 0 && !x.meant.NeedsBody {
		x.fields, x.sent = api.Fields{}, api.Fields{}
		return nil
	}
	contentType := x.request.Header.Get("Content-Type")
	decoded := x.server.limits.Decode(contentType, x.request.Header.Get("Content-Encoding"), x.raw)
	fields, blank := api.Normalize(decoded.Fields, x.meant.Knows)
	found := x.checkFields(decoded, fields, blank)
	if len(decoded.Violations) > 0 {
		found = slices.DeleteFunc(found, func(v spec.Violation) bool { return unjudged(v, decoded.Violations) })
	}
	if x.reached {
		x.fields = fields
	}
	x.decoded = decoded
	x.decoded.Whole = decoded.Whole && len(blank) == 0
	x.report(decoded.Violations...)
	if decoded.Unreadable || len(found) > 0 {
		x.explainBody(contentType, decoded.Unreadable, found)
	}
	if !decoded.Unreadable && x.sent == nil {
		x.sent = fields
	}
	return append(decoded.Violations, found...)
}

// checkFields holds fields against the contract, and against the spelling that the settings choose.
func (x *exchange) checkFields(decoded body.Result, fields api.Fields, blank []string) []spec.Violation {
	check := x.meant.CheckBody
	if decoded.Form {
		check = x.meant.CheckForm
	}
	found := check(fields, blank...)
	if x.settings.BillingSystems != "both" {
		found = x.meant.OneSpelling(found, fields, x.settings.BillingSystems == "lower")
	}
	return found
}

// answer is what goes to the client.
type answer struct {
	status  int
	header  http.Header
	body    []byte
	rest    *api.Rows // a list of which body is only the beginning; nil when body is all
	refusal string    // why Ticaga said no, for people
	remark  string    // what else people want to know of it
	asPage  string    // what Laravel makes of the error for a client that does not ask for JSON, in words; "" without one
	broken  bool      // it stands for one that breaks the contract
	own     bool      // it is about a limit of the mock's own, so the contract does not cover it
}

// render makes the answer's bytes, and holds them against the contract: a fault of ours
// has to be loud.
func (x *exchange) render(value any, err error) answer {
	a, value := answerOf(value, err, x.settings)
	if a.status == http.StatusNoContent {
		return a
	}
	var wrong error
	if a.body, a.rest, wrong = x.encode(value); errors.Is(wrong, flight.ErrSpent) {
		return x.render(nil, x.spent())
	}
	// A lenient server lets values in that the contract forbids, so they come out again.
	if wrong == nil && x.reached && !x.fault.Active() && !x.server.options.Lenient && !a.own && a.status != http.StatusInternalServerError {
		wrong = x.checkAnswer(a)
	}
	if wrong == nil {
		return a
	}
	wrong = fmt.Errorf("the answer breaks the contract: %w", wrong)
	if x.server.options.Spec != nil {
		wrong = api.Misfit(wrong)
	}
	a, value = answerOf(nil, wrong, x.settings)
	a.broken = true
	a.body, _, _ = x.encode(value)
	return a
}

// checkAnswer checks an answer against the contract, a long list by its beginning; see largeAnswer.
func (x *exchange) checkAnswer(a answer) error {
	body := a.body
	switch {
	case a.rest != nil:
		body = append(slices.Clip(body), a.rest.Close...)
	case len(body) > 2*largeAnswer:
		return nil
	}
	return x.operation.CheckAnswer(a.status, body)
}

// answerOf makes an answer of what a handler returned, and the value that its body is to be encoded
// from.
func answerOf(value any, err error, choices *settings.Settings) (answer, any) {
	a := answer{status: http.StatusOK}
	if created, ok := value.(api.Created); ok {
		a.status, value = choices.Created, created.Value
	}
	if err != nil {
		refusal := api.Render(err, choices)
		a.status, a.header, a.refusal, a.own, value = refusal.Status, refusal.Header, refusal.Reason, refusal.Own, refusal.Body
		if !refusal.JSON && a.status >= http.StatusBadRequest {
			a.asPage = pageText(a.status)
		}
	}
	return a, value
}
