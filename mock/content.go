package mock

import (
	"errors"
	"io"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/inspect"
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
func (s *Server) read(in *incoming, to *address) content {
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
			v := inspect.NoMemory(s.flight.Limit())
			return content{unread: &v, err: api.Busy()}
		case err != nil:
			v := inspect.BodyCut()
			return content{unread: &v, err: api.Unreadable()}
		case !tooLong:
			return content{raw: raw}
		}
	}
	s.hearOut(in)
	v := inspect.BodyTooLarge(in.ContentLength, limit)
	return content{unread: &v, err: api.TooLarge()}
}

// hearOut reads a body that nobody will decode. A client that waits for "100 Continue" gets its
// answer now. Any other is in the middle of sending and would see a broken connection, so it is
// heard out, within reason.
func (s *Server) hearOut(in *incoming) {
	if !strings.EqualFold(in.Header.Get("Expect"), "100-continue") {
		_, _ = io.CopyN(io.Discard, in.Body, max(2*s.options.MaxBody, 1<<20))
	}
}

// decodedSize is about how many bytes a body takes once it is decoded and recorded.
func decodedSize(raw []byte) int64 { return 2*int64(len(raw)) + 64*int64(jsontext.Values(raw)) }
