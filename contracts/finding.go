package contracts

import (
	"fmt"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// Finding is one thing that is wrong with an interaction of a pact.
type Finding struct {
	File        string `json:"file"`        // where the pact was read from
	Index       int    `json:"index"`       // of the interaction, from 0
	Interaction string `json:"interaction"` // its description
	Pointer     string `json:"pointer"`     // a JSON pointer into the file
	Line        int    `json:"line"`        // of what it points to, from 1
	Column      int    `json:"column"`      // in characters, from 1

	// Violation says what is wrong. Its In is "response", "state" or "interaction" where that is not
	// about the request, and its Code is empty then. Line, Evidence and Source are the contract's.
	Violation spec.Violation `json:"violation"`
}

// Where a finding is that is not about a request.
const (
	inInteraction = "interaction"
	inResponse    = "response"
	inState       = "state"
)

// String returns the finding as one line of text, for logs.
func (f Finding) String() string {
	return fmt.Sprintf("%s:%d:%d: %q: %s: %s; %s", f.File, f.Line, f.Column, f.Interaction, f.Violation.In, f.Violation.Message, f.Violation.Fix)
}

// IsError reports whether the finding is more than a warning.
func (f Finding) IsError() bool { return f.Violation.Severity == spec.Error }
