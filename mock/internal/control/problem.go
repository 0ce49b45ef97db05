package control

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"

	"github.com/ticaga-mock/ticaga-mock/contracts"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/console"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/fault"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/flight"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/jsontext"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/world"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// problem is an error with the status of its answer.
type problem struct {
	status int
	detail string
	result *traffic.Result // of an expectation that does not hold
}

func (p *problem) Error() string { return p.detail }

func problemf(status int, format string, args ...any) error {
	return &problem{status: status, detail: fmt.Sprintf(format, args...)}
}

// problemOf maps every error to its status.
func problemOf(err error) *problem {
	var p *problem
	status := http.StatusBadRequest
	switch {
	case errors.As(err, &p):
		return p
	case world.Unavailable(err): // whatever it wraps
		status = http.StatusServiceUnavailable
	case errors.Is(err, flight.ErrSpent):
		return &problem{status: http.StatusServiceUnavailable, detail: "the bodies and answers in flight take all the memory that they may; try again, or raise --max-in-flight"}
	case errors.As(err, new(*world.NameError)), errors.As(err, new(*world.YearError)), errors.As(err, new(*fault.RuleError)),
		errors.As(err, new(*world.RowError)), errors.As(err, new(*world.ScenarioError)), errors.As(err, new(*contracts.UnknownStateError)), errors.As(err, new(*contracts.ParamError)): // a 404 would look like a wrong address
		status = http.StatusUnprocessableEntity
	case errors.As(err, new(*world.LimitError)), errors.As(err, new(*world.WaitersError)):
		status = http.StatusServiceUnavailable
	case errors.As(err, new(*world.ExistsError)), errors.As(err, new(*store.ConflictError)):
		status = http.StatusConflict
	case errors.As(err, new(*store.FullError)):
		status = http.StatusInsufficientStorage
	case errors.As(err, new(*world.StateError)): // after those that it may wrap
		status = http.StatusUnprocessableEntity
	}
	return &problem{status: status, detail: err.Error()}
}

// orStatus returns err, with a status unless problemOf knows a better one than 400.
func orStatus(status int, err error) error {
	if err == nil || problemOf(err).status != http.StatusBadRequest {
		return err
	}
	return &problem{status: status, detail: err.Error()}
}

// writeProblem writes the answer to a request that failed.
func (a *api) writeProblem(w http.ResponseWriter, r *http.Request, share *flight.Share, p *problem) {
	if p.status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "1")
	}
	if p.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	var body any = traffic.Problem{Type: "about:blank", Title: http.StatusText(p.status), Status: p.status, Detail: p.detail}
	if p.result != nil {
		body = traffic.UnmetExpectation{Problem: body.(traffic.Problem), Result: *p.result}
	}
	if a.writePage(w, r, p) {
		return
	}
	// When there is not even memory for the problem, the answer is empty.
	_ = writeJSON(w, r, share, "application/problem+json", p.status, a.redactor().Fields(members(body)))
}

// writePage writes a problem for a person in a browser: the form to log in, if the control API requires its token. It reports
// whether the request was one of those.
func (a *api) writePage(w http.ResponseWriter, r *http.Request, p *problem) bool {
	dest := r.Header.Get("Sec-Fetch-Dest")
	if r.Method != http.MethodGet || !wantsHTML(r) || dest != "" && dest != "document" || p.status != http.StatusUnauthorized && p.status != http.StatusForbidden && p.status != http.StatusNotFound {
		return false
	}
	w.Header().Set("Vary", "Accept")
	if p.status == http.StatusUnauthorized {
		console.WriteLogin(w, r, p.status, "", wayBack(r.URL.RequestURI()))
		return true
	}
	detail, _ := a.redactor().Fields(map[string]any{"detail": p.detail})["detail"].(string)
	page := console.Page{}
	a.addReader(&page, r)
	page.WriteProblem(w, r, p.status, detail)
	return true
}

// members returns a value as the object that its JSON is, so that all of it can be redacted.
func members(value any) map[string]any {
	data, _ := json.Marshal(value) // values of package traffic always encode
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var object map[string]any
	_ = decoder.Decode(&object)
	return object
}

// writeJSON writes an answer. On an error it has written nothing.
func writeJSON(w http.ResponseWriter, r *http.Request, share *flight.Share, contentType string, status int, body any) error {
	text := flight.NewText(share, "  ")
	if err := text.Add(r.Context(), body); errors.Is(err, flight.ErrSpent) {
		return err
	} else if err != nil {
		return problemf(http.StatusInternalServerError, "a bug in ticaga-mock, please report it: %v", err)
	}
	text.WriteByte('\n')
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_, _ = w.Write(text.Bytes()) // when the client is gone, nobody is left to tell
	return nil
}

// decode reads a body as strict JSON.
func decode(body io.Reader, target any) error {
	raw, err := readText(body)
	if err != nil {
		return err
	}
	return aboutBody(jsontext.Decode(raw, target))
}

// readText reads a body, and rejects one that is not UTF-8.
func readText(body io.Reader) ([]byte, error) {
	raw, err := io.ReadAll(body)
	var large *http.MaxBytesError
	var broken net.Error
	switch {
	case errors.As(err, &large):
		return nil, problemf(http.StatusRequestEntityTooLarge, "the body is larger than %d bytes", large.Limit)
	case errors.As(err, &broken):
		return nil, problemf(http.StatusRequestTimeout, "the end of the body did not arrive")
	case errors.Is(err, flight.ErrSpent):
		return nil, err
	case err != nil:
		return nil, aboutBody(err)
	}
	raw, err = jsontext.Clean(raw)
	return raw, aboutBody(err)
}

// aboutBody says of an error that it is about the body.
func aboutBody(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("the body: %w", err)
}
