package mock

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/inspect"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/api"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/control"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/fault"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/flight"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/wire"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/world"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// ServeHTTP answers everything under /_mock/ as the control API, and anything else as Ticaga would.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handle(w, r, s.options.AnyHost) }

// serveHere is ServeHTTP for requests of this process, which no web page can send.
func (s *Server) serveHere(w http.ResponseWriter, r *http.Request) { s.handle(w, r, true) }

func (s *Server) handle(w http.ResponseWriter, r *http.Request, anyHost bool) {
	reads := r.Method == http.MethodGet || r.Method == http.MethodHead
	switch {
	case r.ProtoMajor == 2 && r.Method == "PRI": // a part of HTTP/2's preface, which net/http leaves to handlers
		s.refuseHTTP2(w, r)
	case control.Owns(r.URL.Path):
		s.control.ServeHTTP(w, r)
	case reads && isBaseURL(r.URL.Path):
		s.index(w, r)
	case reads && r.URL.Path == guidePath:
		s.guide(w)
	case reads && isBrowsersOwn(r.URL.Path):
		http.NotFound(w, r)
	default:
		s.serve(w, r, anyHost)
	}
}

// serve is the life of one request. Each step is a function of what came before it:
//
//	incoming    the request, and what net/http does not keep of it
//	address     which world it is for, and the path in it         address.go
//	content     the bytes of its body                             content.go
//	inspection  what it asks for, and every violation             package inspect
//	decision    what Ticaga would say, or the fault instead       decide.go, fault.go
//	answer      that in bytes, validated against the contract     answer.go, accept.go
//	exchange    all of it for the journal, without secrets        record.go
func (s *Server) serve(w http.ResponseWriter, r *http.Request, anyHost bool) {
	in := s.receive(r)
	defer in.share.Release()
	to := s.address(&in, anyHost)
	body := s.read(&in, &to)
	if to.world.Logged() {
		s.serveLogged(w, in, to, body, anyHost)
		return
	}
	done := s.exchange(&in, &to, body)
	s.write(w, &in, &to, &done)
}

// outcome is what became of a request.
type outcome struct {
	answer
	fault fault.Fault
	entry Exchange
}

// exchange is the life of a request from its inspection to the journal. A reload in the meantime makes it begin again, with
// other files and settings of the request.
func (s *Server) exchange(in *incoming, to *address, body content) outcome {
	var seen inspect.Inspection
	var made decision
	var a answer
	for {
		var bug error
		seen, bug = s.inspect(in, to, body)
		made = s.decide(in, to, &seen, cmp.Or(bug, body.err))
		a = s.respond(in, to, &seen, &made)
		if !a.broken || in.files == s.reloaded() {
			break
		}
		// The data was already that of other files. Nothing of the answer has been kept, so there can be another one.
		in.files, to.settings = s.files.Load(), to.world.Settings.Get()
	}
	entry := s.record(in, to, body, &seen, &made, &a) // before the answer is written, so that whoever has it finds it in the journal
	return outcome{a, made.fault, entry}
}

// serveLogged is the rest of serve for a world whose history is kept in a log. What another server has done meanwhile
// leads to another outcome, perhaps in another world.
func (s *Server) serveLogged(w http.ResponseWriter, in incoming, to address, body content, anyHost bool) {
	ctx := context.WithoutCancel(in.Context()) // the journal has requests of clients that do not wait for the answer
	for to.down == nil {
		var done outcome
		err := to.world.Do(ctx, func() {
			now, here := in, to
			now.odd, here.violations = slices.Clone(in.odd), slices.Clip(to.violations)
			here.settings = to.world.Settings.Get()
			done = s.exchange(&now, &here, body)
		})
		switch {
		case err == nil:
			s.write(w, &in, &to, &done)
			return
		case errors.Is(err, world.ErrForgotten):
			to = s.address(&in, anyHost)
		default:
			to.down = err
		}
	}
	s.unavailable(w, to.down)
}

// unavailable answers a request that the log has no record of, which no journal shows therefore.
func (s *Server) unavailable(w http.ResponseWriter, err error) {
	body, _ := json.Marshal(map[string]string{"message": "ticaga-mock cannot answer now: " + err.Error()}) // texts always encode
	h := w.Header()
	h["Content-Type"], h["Cache-Control"], h["Retry-After"] = jsonType, noCache, []string{"1"}
	w.WriteHeader(http.StatusServiceUnavailable)
	_, _ = w.Write(body)
}

// incoming is a request as it came.
type incoming struct {
	*http.Request
	files    *files // that it is judged by
	started  time.Time
	target   string           // its path as it was sent, where net/http could not read it; "" otherwise
	trailers []string         // the names of the trailers that it announces, sorted
	odd      []spec.Violation // of how it was sent
	share    *flight.Share    // of the memory of all that is in flight
}

func (s *Server) receive(r *http.Request) incoming {
	in := incoming{Request: r, files: s.files.Load(), started: time.Now(), odd: wire.Tolerated(r), share: s.flight.Share()}
	if r.Trailer != nil { // reading the body adds those that were not announced
		in.trailers = slices.Sorted(maps.Keys(r.Trailer))
	}
	return in
}

// inspect judges a request that is for the API. The error is a bug of ours.
func (s *Server) inspect(in *incoming, to *address, body content) (seen inspect.Inspection, bug error) {
	defer func() {
		if p := recover(); p != nil {
			seen, bug = inspect.Inspection{Scheme: inspect.Scheme(to.header)}, panicked(p)
		}
	}()
	if to.ends {
		return inspect.Inspection{
			Query:      in.files.inspector.DecodeQuery(in.URL.RawQuery),
			Scheme:     inspect.Scheme(to.header),
			Violations: append(in.files.inspector.Slashes(in.Method, in.URL.Path, to.path, s.refusesDoubleSlash(to)), to.violations...),
		}, nil
	}
	return in.files.inspector.Inspect(inspect.Request{
		Method: in.Method, Path: to.sent, Sent: in.URL.Path, Query: in.URL.RawQuery, Header: in.Header, Credentials: to.header,
		Body: body.raw, Unread: body.unread, Known: to.violations, Accounts: accounts{to.world.Store.View()},
		RefuseDoubleSlash: s.refusesDoubleSlash(to), BillingSystems: to.settings.BillingSystems,
	}), nil
}

// refusesDoubleSlash reports whether a doubled slash makes the path another one.
func (s *Server) refusesDoubleSlash(to *address) bool {
	return to.settings.DoubleSlash == "404" && !s.options.Lenient
}

// panicked makes an error of a panic, so that a bug of ours is an answer too.
func panicked(p any) error { return fmt.Errorf("panic: %v\n%s", p, debug.Stack()) }

// Laravel's defaults for every answer, and for every answer of the API [M].
var (
	noCache   = []string{"no-cache, private"}
	anyOrigin = []string{"*"}
	jsonType  = []string{"application/json"}
)

const apiPrefix = "/api/"

// write sends an answer, and tells whoever observes the server of it.
func (s *Server) write(w http.ResponseWriter, in *incoming, to *address, done *outcome) {
	f, a, entry := done.fault, &done.answer, &done.entry
	h := w.Header()
	h["Content-Type"], h["Cache-Control"] = jsonType, noCache
	if strings.HasPrefix(to.path, apiPrefix) {
		h["Access-Control-Allow-Origin"] = anyOrigin
	}
	if a.limited != nil {
		h[api.RateLimitLimit], h[api.RateLimitRemaining] = a.limited[:1], a.limited[1:]
	}
	maps.Copy(h, a.header)
	if a.status != http.StatusNoContent {
		a.setLength(h)
	}
	if len(entry.Violations) > 0 {
		h.Set(ViolationsHeader, strconv.Itoa(len(entry.Violations)))
	}
	if a.status >= http.StatusBadRequest {
		h["Link"] = []string{helpLink(entry)}
	}
	if f.Active() { // observed first: what follows may never return
		s.observe(entry)
		writeFault(w, in.Request, f, to.world.Faults.Wait(f), *a)
		return
	}
	cut := writeAnswer(w, in, a)
	s.observe(entry)
	if cut != nil {
		panic(http.ErrAbortHandler) // so that nobody takes a part of a list for all of it
	}
}

// helpLink returns the header Link of an answer that refuses a request: where the console explains it.
func helpLink(x *Exchange) string {
	query := ""
	if x.World != world.Default {
		query = "?world=" + x.World // whose name needs no escapes
	}
	return "</_mock/ui/" + query + "#/exchange/" + strconv.FormatInt(x.ID, 10) + `>; rel="help"`
}

func (s *Server) observe(entry *Exchange) {
	if s.options.Observe != nil {
		s.options.Observe(*entry)
	}
}
