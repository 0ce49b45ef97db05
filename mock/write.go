package mock

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"runtime"
	"strconv"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/api"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/flight"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// largeAnswer is the length in bytes from which on a list is encoded as it is written, and an
// answer is no longer decoded again for the check against the contract. Of a list its beginning is
// checked, as all rows are made alike.
const largeAnswer = 64 << 10

// partSize is how many bytes of a list are written at once.
const partSize = 32 << 10

// errEnough ends the encoding of a list of which the beginning is enough.
var errEnough = errors.New("enough")

// encode makes the bytes of an answer. Of a long list it is the beginning, and the rest is left to
// write. A list that a fault spoils is encoded whole.
func (x *exchange) encode(value any) (body []byte, rest *api.Rows, err error) {
	ctx, limit := x.request.Context(), largeAnswer
	if x.turn != nil && x.turn.Changed() {
		ctx = nil // others wait for the end of the turn
	}
	if x.fault.Active() {
		limit = math.MaxInt
	}
	return encode(ctx, x.share, value, limit)
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
	if err == errEnough {
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

// write writes an answer. The error of a list says that the client has got a part of it; that a
// client is gone is no error otherwise, as the journal has what it would have got.
func (x *exchange) write(w http.ResponseWriter, a answer) error {
	w.WriteHeader(a.status)
	if a.rest == nil {
		_, _ = w.Write(a.body)
		return nil
	}
	if x.request.Method == http.MethodHead {
		return nil
	}
	x.share.Release() // nobody needs the request and the beginning any more
	return eachPart(x.request.Context(), x.share, *a.rest, partSize, func(part []byte, _ bool) error {
		_, err := w.Write(part)
		return err
	})
}

// setLength says how long an answer is where that is known.
func (a answer) setLength(h http.Header) {
	if a.rest == nil {
		h["Content-Length"] = []string{strconv.Itoa(len(a.body))}
	}
}

// spent reports that the request has no room beside those in flight.
func (x *exchange) spent() error {
	x.report(spec.Violation{
		Code: "TM-IN-FLIGHT", Severity: spec.Error, In: spec.InBody,
		Message:  "the bodies and answers in flight take all the memory that they may",
		Expected: fmt.Sprintf("at most %d bytes in all", x.server.flight.Limit()), Got: "more",
		Fix: "read answers to their end, send fewer or smaller requests at once, or let --max-in-flight allow more",
	})
	return api.Busy()
}

// decodedSize is about how many bytes a body takes once it is decoded and recorded.
func decodedSize(raw []byte) int64 { return 2*int64(len(raw)) + 64*int64(values(raw)) }
