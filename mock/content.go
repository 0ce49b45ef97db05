package mock

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/api"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/flight"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/jsontext"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// content is a request's body.
type content struct {
	raw    []byte
	unread *spec.Violation // why it could not be read; nil when it was
	err    error           // the answer then
}

// read reads the body of a request for the API once, up to the limit.
func (s *Server) read(in incoming, to address) content {
	limit := s.options.MaxBody
	if to.ends || in.ContentLength == 0 {
		return content{}
	}
	if in.ContentLength <= limit {
		raw, tooLong, err := in.share.ReadAll(in.Context(), in.Body, in.ContentLength, limit)
		if err == nil && len(raw) > flight.Free && !tooLong {
			err = in.share.Hold(in.Context(), in.share.Held()+decodedSize(raw))
		}
		switch {
		case errors.Is(err, flight.ErrSpent):
			s.hearOut(in)
			v, err := s.spent()
			return content{unread: &v, err: err}
		case err != nil:
			return content{err: api.Unreadable(), unread: &spec.Violation{
				Code: spec.BodyCut, Severity: spec.Error, In: spec.InBody,
				Message: "the body could not be read to its end", Fix: "let the client finish; check Content-Length or the chunked encoding",
			}}
		case !tooLong:
			return content{raw: raw}
		}
	}
	s.hearOut(in)
	return content{err: api.TooLarge(), unread: &spec.Violation{
		Code: spec.BodyTooLarge, Severity: spec.Error, In: spec.InBody,
		Message:  "the body is too large",
		Expected: fmt.Sprintf("at most %d bytes", limit), Got: sizeText(in.ContentLength, limit),
		Fix: "send less; the server's --max-body raises the limit",
	}}
}

// hearOut reads a body that nobody will decode. A client that waits for "100 Continue" gets its
// answer now. Any other is in the middle of sending and would see a broken connection, so it is
// heard out, within reason.
func (s *Server) hearOut(in incoming) {
	if !strings.EqualFold(in.Header.Get("Expect"), "100-continue") {
		_, _ = io.CopyN(io.Discard, in.Body, max(2*s.options.MaxBody, 1<<20))
	}
}

func sizeText(length, limit int64) string {
	if length < 0 {
		return fmt.Sprintf("more than %d bytes", limit)
	}
	return fmt.Sprintf("%d bytes", length)
}

// spent is about a request that has no room beside those in flight.
func (s *Server) spent() (spec.Violation, error) {
	return spec.Violation{
		Code: spec.InFlight, Severity: spec.Error, In: spec.InBody,
		Message:  "the bodies and answers in flight have used up their memory",
		Expected: fmt.Sprintf("at most %d bytes in all", s.flight.Limit()), Got: "more",
		Fix: "read answers to their end, send fewer or smaller requests at once, or raise --max-in-flight",
	}, api.Busy()
}

// decodedSize is about how many bytes a body takes once it is decoded and recorded.
func decodedSize(raw []byte) int64 { return 2*int64(len(raw)) + 64*int64(jsontext.Values(raw)) }
