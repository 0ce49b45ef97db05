package mock

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/ticaga-mock/ticaga-mock/contracts"
	"github.com/ticaga-mock/ticaga-mock/contracts/record"
)

// Pact returns a pact of the requests in the world's journal and of their answers, and what it leaves out, a line
// each. See [Server.Record].
func (w *access) Pact(consumer string, version int) (pact []byte, leftOut []string, err error) {
	exchanges := w.Journal()
	slices.Reverse(exchanges)
	return w.server.Record(exchanges, consumer, version)
}

// Record returns a pact of exchanges in the order in which they came: the interactions of a consumer with
// Ticaga, in a version of Pact's specification that is 3, 4, or 0 for the newest of these. It has one interaction for
// each operation and outcome. Secrets and personal data are replaced by stand-ins, and provider states describe what
// the answers depended on. What a fresh mock with the options of s does not answer in the same way is left out; leftOut
// says why, a line for each. It is an error if nothing remains.
func (s *Server) Record(exchanges []Exchange, consumer string, version int) (pact []byte, leftOut []string, err error) {
	pact, missing, err := s.recorded(exchanges, record.Options{Consumer: consumer, Version: version})
	for _, one := range missing {
		leftOut = append(leftOut, one.String())
	}
	return pact, leftOut, err
}

// recorded is Record with options that choose what is recorded.
func (s *Server) recorded(exchanges []Exchange, o record.Options) (pact []byte, leftOut []record.LeftOut, err error) {
	fresh, err := s.fresh()
	if err != nil {
		return nil, nil, err
	}
	o.Email, o.Token = fresh.Credentials()
	o.Start, o.Try = fresh.world().Rows(), fresh.try
	return record.Pact(s.Contract(), exchanges, o)
}

// fresh returns a server that starts as s did, and that nobody else uses.
func (s *Server) fresh() (*Server, error) {
	o := s.options
	o.Observe, o.Expected, o.Log = nil, nil, nil
	now := s.files.Load()
	o.Fixtures, o.Spec = now.fixtures, now.spec
	return New(o)
}

// try sends the request of an interaction in its provider states.
func (s *Server) try(i contracts.Interaction) (Exchange, error) {
	s.Reset()
	if _, err := s.world().Provide(i.Given...); err != nil {
		return Exchange{}, err
	}
	target := "http://localhost" + i.Request.Path
	if len(i.Request.Query) > 0 {
		target += "?" + i.Request.Query.Encode()
	}
	request, err := http.NewRequest(i.Request.Method, target, bytes.NewReader(i.Request.Body))
	if err != nil {
		return Exchange{}, err
	}
	request.Header = i.Request.Header.Clone()
	response, err := s.Transport().RoundTrip(request)
	if err != nil {
		return Exchange{}, fmt.Errorf("a fresh mock does not answer it: %w", err)
	}
	_ = response.Body.Close()
	exchanges := s.Journal()
	if len(exchanges) == 0 {
		return Exchange{}, errors.New("a fresh mock has no room for it in its journal")
	}
	return exchanges[0], nil
}
