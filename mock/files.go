package mock

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"unicode"

	"github.com/ticaga-mock/ticaga-mock/mock/inspect"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/redact"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/scenario"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/settings"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/world"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// files are the contract and the fixtures that a server follows, and what follows from the contract. They never
// change: Reload replaces them as a whole, and a request uses the same ones from its beginning to its end.
type files struct {
	fixtures  fs.FS
	spec      []byte // nil for the built-in contract
	contract  *spec.Contract
	inspector *inspect.Inspector
}

// load reads the contract and the fixtures, and returns what worlds begin with. The error says what in them the
// mock cannot work with, and where; then nothing has changed.
func (s *Server) load(fixtures fs.FS, contract []byte) (*files, *world.Start, error) {
	read := &files{fixtures: fixtures, spec: contract}
	if err := s.loadContract(read); err != nil {
		return nil, nil, fmt.Errorf("contract: %w", err)
	}
	if err := s.checkCredentials(read.contract); err != nil {
		return nil, nil, err
	}
	read.inspector = inspect.New(read.contract, inspect.Options{Auth: s.auth, MaxFields: s.options.MaxFields, MaxNesting: s.options.MaxNesting})
	start, err := s.newStart(read)
	return read, start, err
}

// loadContract sets the contract, or returns the error of one that the mock cannot follow.
func (s *Server) loadContract(read *files) (err error) {
	switch now := s.files.Load(); {
	case read.spec == nil:
		read.contract = spec.BuiltIn() // which a test has checked
		return nil
	case now != nil && bytes.Equal(read.spec, now.spec):
		read.contract = now.contract
		return nil
	default:
		read.contract, err = spec.Load(read.spec)
	}
	if err != nil {
		return err
	}
	return s.checkContract(read.contract)
}

// newStart returns what worlds begin with.
func (s *Server) newStart(read *files) (*world.Start, error) {
	o := s.options
	scenarios := &scenario.Loader{Contract: read.contract, Seed: o.Seed, Email: o.Email, Token: o.Token, Settings: []byte(o.Settings)}
	loaded, err := scenarios.Load(read.fixtures, 0)
	if err != nil {
		return nil, fmt.Errorf("fixtures: %w", err)
	}
	begin, err := store.New(loaded.Data, o.Now, o.Seed, o.MaxWorld)
	if err != nil {
		return nil, fmt.Errorf("fixtures: %w", err)
	}
	start := &world.Start{Store: begin, Scenarios: scenarios, Initial: loaded.Settings, Names: redact.NewNames(read.contract.Names())}
	if read.spec == nil {
		return start, nil
	}
	start.Check = func(next *settings.Settings) error { return s.tryAnswers(read.contract, begin, next) }
	if err := start.Check(&loaded.Settings); err != nil {
		return nil, fmt.Errorf("contract: %w", err)
	}
	return start, nil
}

// checkCredentials validates the options Email and Token against the contract of a staff member.
func (s *Server) checkCredentials(contract *spec.Contract) error {
	email, token := cmp.Or(s.options.Email, DefaultEmail), cmp.Or(s.options.Token, DefaultToken)
	if strings.ContainsFunc(token, unicode.IsControl) {
		return errors.New("token: contains a control character, which a header cannot contain")
	}
	err := contract.CheckFixtures("staff", []any{map[string]any{
		"id": 1, "name": "", "email": email, "tokens": []any{token}, "created_at": "2025-07-01T08:00:00.000000Z",
	}})
	if err != nil {
		return fmt.Errorf("email %q or the token is not valid: %w", email, err)
	}
	return nil
}
