package mock

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/api"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/fault"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/journal"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/verify"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// askedFor finds the fault that the request meets, by header, by data or by rule. The error is
// the answer where the fault is a status: then nothing else happens.
func (x *exchange) askedFor() error {
	x.preferSuccess()
	f, err := fault.FromHeader(x.request.Header)
	if err != nil {
		x.report(spec.Violation{
			Code: "TM-HEADER-PREFER", Severity: spec.Warning, In: spec.InHeader, At: "Prefer",
			Message:  "the preference cannot be met: " + err.Error(),
			Expected: "code=400 to 599, a fault or a delay", Got: spec.Quote(strings.Join(x.request.Header["Prefer"], ", ")),
			Fix: "see ticaga-mock faults",
		})
		f = fault.Fault{}
	}
	if !f.Active() {
		f = x.fromData()
	}
	if !f.Active() && !x.world.Faults.Empty() {
		f = x.world.Faults.Pick(x.asked())
	}
	x.fault = f
	switch {
	case f.Status == http.StatusMethodNotAllowed:
		return api.MethodNotAllowed(x.request.Method, x.path, x.server.router.allowed(x.operation.Path))
	case f.Status != 0:
		return api.Failure(f.Status)
	case f.Kind == "redirect":
		return api.Unauthenticated()
	case f.Active() && !f.Real():
		return api.Failure(http.StatusInternalServerError) // the handler has no turn; spoil makes the answer
	}
	return nil
}

// preferSuccess lets a Prefer header choose between the statuses that a success may have: with
// code=200 an unknown customer is one too, as the documentation may mean.
func (x *exchange) preferSuccess() {
	status := fault.SuccessFromHeader(x.request.Header)
	if status != http.StatusOK && status != http.StatusCreated {
		return
	}
	chosen := *x.settings
	if chosen.Created = status; status == http.StatusOK {
		chosen.UnknownCustomer = status
	}
	x.settings = &chosen
}

// fromData finds the fault that reserved data asks for, the request's own before that in its
// credentials. For a real answer, which is late or comes in part, there has to be something to
// answer with: the contract's own example stands in for the reserved value.
func (x *exchange) fromData() fault.Fault {
	f, inParams, name := x.server.reserved.FromData(x.params, x.fields)
	if !f.Active() {
		return x.server.reserved[x.chosen]
	}
	if !f.Real() {
		return f
	}
	examples := x.operation.Examples()
	if len(examples) == 0 { // in a contract of somebody's own
		return f
	}
	example := examples[0]
	if inParams {
		x.params = maps.Clone(x.params)
		x.params[name] = example.Params[name]
	} else if value, ok := example.Body[name]; ok {
		if number, ok := value.(float64); ok { // as YAML has it
			value = json.Number(strconv.FormatFloat(number, 'f', -1, 64))
		}
		x.fields = maps.Clone(x.fields)
		x.fields[name] = value
	}
	return f
}

// asked is the request as expectations and rules see it.
func (x *exchange) asked() verify.Request {
	header := maps.Clone(x.header)
	x.restore(header, journal.Redactor{})
	return verify.Request{
		Operation: x.operation.ID, Method: x.request.Method, Path: (&url.URL{Path: x.path}).EscapedPath(), Query: x.query,
		Header: header, Credentials: x.credentials, Fields: x.fields,
	}
}

const errorPage = "<!DOCTYPE html>\n<html lang=\"en\"><head><title>Server Error</title></head><body><h1>500</h1><p>Server Error</p></body></html>\n"

// spoil makes the answer what the fault wants it to be.
func (x *exchange) spoil(a answer) answer {
	if x.fault.Kind == "" {
		return a
	}
	html := http.Header{"Content-Type": {"text/html; charset=utf-8"}}
	switch x.fault.Kind {
	case "empty":
		a.status, a.body = http.StatusOK, nil
	case "garbage":
		a.status, a.body = http.StatusOK, []byte(`{"user": {"id": 8, "name": "Jane`)
	case "html":
		a.status, a.header, a.body = http.StatusInternalServerError, html, []byte(errorPage)
	case "redirect":
		if !wantsJSON(x.request.Header) {
			return x.redirectToLogin(a)
		}
	}
	return a
}

// drops are how many a slow answer comes in, each after a pause.
const (
	drops     = 20
	dropPause = 100 * time.Millisecond
)

// misbehave writes the answer in the way the fault wants: late, in part, in drops or not at all.
func (x *exchange) misbehave(w http.ResponseWriter, a answer) {
	// The server's own limit on how long writing may take begins when all this is over.
	wait := x.world.Faults.Wait(x.fault)
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(wait + 2*drops*dropPause + time.Minute))
	if !x.pause(wait) {
		panic(http.ErrAbortHandler) // to a client that is gone, or has closed its half: no answer, not an empty one
	}
	switch x.fault.Kind {
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
			if _, err := w.Write(part); err != nil || !x.pause(dropPause) {
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
func (x *exchange) pause(d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-x.request.Context().Done():
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
