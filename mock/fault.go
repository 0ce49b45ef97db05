package mock

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/inspect"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/api"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/fault"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/redact"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/settings"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/verify"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// chooseFault finds the fault that the request meets, by header, by data or by rule. The error is
// the answer where the fault is a status: then nothing else happens.
func (s *Server) chooseFault(in *incoming, to *address, seen *inspect.Inspection) (f fault.Fault, args given, found []spec.Violation, instead error) {
	args = given{seen.Params, seen.Fields}
	f, err := fault.FromHeader(in.Header)
	if err != nil {
		found = append(found, inspect.UnknownFault(in.Header["Prefer"], err))
		f = fault.Fault{}
	}
	if !f.Active() {
		f, args = s.faultFromData(to, seen)
	}
	if !f.Active() && !to.world.Faults.Empty() {
		f = to.world.Faults.Pick(matchable(in, to, seen))
	}
	switch {
	case f.Status == http.StatusMethodNotAllowed:
		instead = api.MethodNotAllowed(in.Method, seen.Path, seen.Allowed)
	case f.Status != 0:
		instead = api.Failure(f.Status)
	case f.Kind == "redirect":
		instead = api.Unauthenticated()
	case f.Active() && !f.Real():
		instead = api.Failure(http.StatusInternalServerError) // the handler does not run; applyFault makes the answer
	}
	return f, args, found, instead
}

// preferred lets a Prefer header choose between the statuses that a success may have: with code=200
// an unknown customer is one too, as the documentation may mean.
func preferred(h http.Header, chosen *settings.Settings) *settings.Settings {
	status := fault.SuccessFromHeader(h)
	if status != http.StatusOK && status != http.StatusCreated {
		return chosen
	}
	changed := *chosen
	if changed.Created = status; status == http.StatusOK {
		changed.UnknownCustomer = status
	}
	return &changed
}

// faultFromData finds the fault that reserved data asks for, the request's own before that in its
// credentials. For a real answer, which is late or comes in part, there has to be something to
// answer with: the contract's own example stands in for the reserved value.
func (s *Server) faultFromData(to *address, seen *inspect.Inspection) (fault.Fault, given) {
	args := given{seen.Params, seen.Fields}
	f, inParams, name := s.reserved.FromData(args.params, args.fields)
	if !f.Active() {
		return s.reserved[to.fault], args
	}
	examples := seen.Operation.Examples()
	if !f.Real() || len(examples) == 0 { // in a contract of somebody's own
		return f, args
	}
	example := examples[0]
	if inParams {
		args.params = maps.Clone(args.params)
		args.params[name] = example.Params[name]
	} else if value, ok := example.Body[name]; ok {
		if number, ok := value.(float64); ok { // as YAML has it
			value = json.Number(strconv.FormatFloat(number, 'f', -1, 64))
		}
		args.fields = maps.Clone(args.fields)
		args.fields[name] = value
	}
	return f, args
}

// matchable is the request as expectations and rules see it.
func matchable(in *incoming, to *address, seen *inspect.Inspection) verify.Request {
	header := maps.Clone(to.header)
	in.restore(header, redact.Redactor{})
	return verify.Request{
		Operation: seen.Operation.ID, Method: in.Method, Path: (&url.URL{Path: to.path}).EscapedPath(), Query: seen.Query,
		Header: header, Credentials: seen.Scheme, Fields: seen.Fields,
	}
}

const errorPage = "<!DOCTYPE html>\n<html lang=\"en\"><head><title>Server Error</title></head><body><h1>500</h1><p>Server Error</p></body></html>\n"

// applyFault makes of an answer what the fault wants it to be.
func applyFault(in *incoming, to *address, f fault.Fault, a answer) answer {
	if f.Kind == "" {
		return a
	}
	html := http.Header{"Content-Type": {"text/html; charset=utf-8"}}
	switch f.Kind {
	case "empty":
		a.status, a.body = http.StatusOK, nil
	case "garbage":
		a.status, a.body = http.StatusOK, []byte(`{"user": {"id": 8, "name": "Jane`)
	case "html":
		a.status, a.header, a.body = http.StatusInternalServerError, html, []byte(errorPage)
	case "redirect":
		if !inspect.WantsJSON(in.Header) {
			return redirectToLogin(in, to, a)
		}
	}
	return a
}

// drops are how many a slow answer comes in, each after a pause.
const (
	drops     = 20
	dropPause = 100 * time.Millisecond
)

// writeFault writes the answer in the way the fault wants: late, in part, in drops or not at all.
func writeFault(w http.ResponseWriter, r *http.Request, f fault.Fault, wait time.Duration, a answer) {
	// The server's own limit on how long writing may take begins when all this is over.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(wait + 2*drops*dropPause + time.Minute))
	if !pause(r.Context(), wait) {
		panic(http.ErrAbortHandler) // to a client that is gone, or has closed its half: no answer, not an empty one
	}
	switch f.Kind {
	case "reset":
		reset(w)
	case "truncate":
		w.WriteHeader(a.status)
		_, _ = w.Write(a.body[:len(a.body)/2])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler) // closes the connection, short of the announced length
	case "slow":
		w.WriteHeader(a.status)
		for i := range drops {
			part := a.body[len(a.body)*i/drops : len(a.body)*(i+1)/drops]
			if _, err := w.Write(part); err != nil || !pause(r.Context(), dropPause) {
				panic(http.ErrAbortHandler)
			}
			_ = http.NewResponseController(w).Flush()
		}
	default:
		w.WriteHeader(a.status)
		_, _ = w.Write(a.body)
	}
}

// pause waits, but not for a client that is gone.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// reset breaks the connection off without an orderly end, as a crashed server would.
func reset(w http.ResponseWriter) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		if tcp, ok := conn.(interface{ SetLinger(seconds int) error }); ok {
			_ = tcp.SetLinger(0)
		}
		_ = conn.Close()
		return
	}
	panic(http.ErrAbortHandler) // no socket beneath, or HTTP/2: the next best thing
}
