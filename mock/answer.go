package mock

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"runtime"
	"slices"
	"strconv"

	"github.com/ticaga-mock/ticaga-mock/mock/inspect"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/api"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/flight"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/settings"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

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
	limited []string  // how many requests a minute there may be, and how many are left; nil without a limit

	violations []spec.Violation // that the answer shows
}

// respond makes the answer, and keeps what the decision changed only if the answer fits the contract.
func (s *Server) respond(in *incoming, to *address, seen *inspect.Inspection, made *decision) answer {
	if made.turn != nil {
		defer made.turn.Rollback()
	}
	if to.ends && to.err == nil {
		return login(in, to)
	}
	a := s.render(in, seen, made, made.value, made.err)
	a.limited = made.limited
	if to.ends {
		return a
	}
	if made.turn != nil && made.err == nil && !a.broken {
		made.turn.Commit()
	}
	if a.broken || made.fault.Kind != "" { // neither is Laravel's
		a.asPage = ""
	}
	a.violations = append(a.violations, adviseAccept(in, to, made, a)...)
	if a.asPage != "" && isStrict(made) && !inspect.WantsJSON(in.Header) {
		a = page(in, to, a)
	}
	return applyFault(in, to, made.fault, a)
}

// render encodes the answer and validates it against the contract: a bug of ours has to be loud.
func (s *Server) render(in *incoming, seen *inspect.Inspection, made *decision, value any, err error) answer {
	a, value := answerOf(value, err, made.settings)
	if a.status == http.StatusNoContent {
		return a
	}
	var wrong error
	if a.body, a.rest, wrong = in.encode(value, made); errors.Is(wrong, flight.ErrSpent) {
		a := s.render(in, seen, made, nil, api.Busy())
		a.violations = append(a.violations, inspect.NoMemory(s.flight.Limit()))
		return a
	}
	// A lenient server lets values in that the contract forbids, so they come out again.
	if wrong == nil && seen.Reached && !made.fault.Active() && !s.options.Lenient && !a.own && a.status != http.StatusInternalServerError {
		wrong = checkAnswer(seen.Operation, &a)
	}
	if wrong == nil {
		return a
	}
	wrong = fmt.Errorf("the answer breaks the contract: %w", wrong)
	if in.files.spec != nil {
		wrong = api.Misfit(wrong)
	}
	a, value = answerOf(nil, wrong, made.settings)
	a.broken = true
	a.body, _, _ = in.encode(value, made)
	return a
}

// checkAnswer checks an answer against the contract, a long list by its beginning; see largeAnswer.
func checkAnswer(o *spec.Operation, a *answer) error {
	body := a.body
	switch {
	case a.rest != nil:
		body = append(slices.Clip(body), a.rest.Close...)
	case len(body) > 2*largeAnswer:
		return nil
	}
	return o.CheckAnswer(a.status, body)
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

// largeAnswer is the length in bytes from which on a list is encoded as it is written, and an
// answer is no longer decoded again for the check against the contract. Of a list its beginning is
// checked, as all rows are made alike.
const largeAnswer = 64 << 10

// partSize is how many bytes of a list are written at once.
const partSize = 32 << 10

// errEnough ends the encoding of a list of which the beginning is enough.
var errEnough = errors.New("enough")

// encode makes the bytes of an answer. Of a long list it is the beginning, and the rest is left to
// write. A list to which a fault is applied is encoded whole.
func (in *incoming) encode(value any, made *decision) (body []byte, rest *api.Rows, err error) {
	ctx, limit := in.Context(), largeAnswer
	if made.turn != nil && made.turn.Changed() {
		ctx = nil // others wait for the end of the turn
	}
	if made.fault.Active() {
		limit = math.MaxInt
	}
	return encode(ctx, in.share, value, limit)
}

// encode makes JSON of a value, and of a list about as much as a limit allows.
func encode(ctx context.Context, share *flight.Share, value any, limit int) (body []byte, rest *api.Rows, err error) {
	if rows, ok := value.(api.Rows); ok {
		return begin(ctx, share, rows, limit)
	}
	text := flight.NewText(share, "")
	err = text.Add(ctx, value)
	return text.Bytes(), nil, err
}

func begin(ctx context.Context, share *flight.Share, rows api.Rows, limit int) (body []byte, rest *api.Rows, err error) {
	err = eachPart(ctx, share, rows, limit, func(part []byte, last bool) error {
		body = part
		if !last {
			rest = &rows
		}
		return errEnough
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return body, rest, err
}

// eachPart encodes a list and passes it on in parts of about size bytes, whole rows, which are good
// until the next one.
func eachPart(ctx context.Context, share *flight.Share, rows api.Rows, size int, pass func(part []byte, last bool) error) error {
	text := flight.NewText(share, "")
	text.WriteString(rows.Open)
	separator := ""
	for row := range rows.Each {
		if text.Len() >= size {
			if err := pass(text.Bytes(), false); err != nil {
				return err
			}
			text.Reset()
			runtime.Gosched() // requests for less need not wait until many long lists are encoded
		}
		text.WriteString(separator)
		if err := text.Add(ctx, row); err != nil {
			return err
		}
		separator = ","
	}
	text.WriteString(rows.Close)
	return pass(text.Bytes(), true)
}

// writeAnswer writes an answer. The error of a list says that the client has got a part of it; that a
// client is gone is no error otherwise, as the journal has what it would have got.
func writeAnswer(w http.ResponseWriter, in *incoming, a *answer) error {
	w.WriteHeader(a.status)
	if a.rest == nil {
		_, _ = w.Write(a.body)
		return nil
	}
	if in.Method == http.MethodHead {
		return nil
	}
	in.share.Release() // nobody needs the request and the beginning any more
	return eachPart(in.Context(), in.share, *a.rest, partSize, func(part []byte, _ bool) error {
		_, err := w.Write(part)
		return err
	})
}

// setLength says how long an answer is where that is known.
func (a *answer) setLength(h http.Header) {
	if a.rest == nil {
		h["Content-Length"] = []string{strconv.Itoa(len(a.body))}
	}
}
