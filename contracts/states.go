package contracts

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/ticaga-mock/ticaga-mock/mock/words"
)

// State is a provider state that a pact may start from.
type State struct {
	// Name is the shortest sentence for it. A part in braces stands for a value, and is a parameter as well.
	Name string `json:"name"`
	// Also are other sentences for it. Words may be in any order: see phrase.
	Also []string `json:"also"`
	// Sets says what is true afterwards.
	Sets string `json:"sets"`
	// Params are the values that a pact may give, as parameters or in the sentence.
	Params []Param `json:"params"`
	// Returns are the names of the values that setting the state returns, for a pact's generators.
	Returns []string `json:"returns"`

	server bool // its sentences are about the server
	set    func(Desk, values) (map[string]any, error)
}

// States returns all provider states. They change the data that a world has, and may be combined. Whatever
// conflicts with a state, such as another customer with the same e-mail address, is removed.
func States() []State {
	list := slices.Concat(customerStates(), staffStates(), departmentStates(), ticketStates(), replyStates(), faultStates(), settingStates())
	for i := range list {
		list[i].Also = append([]string{}, list[i].Also...) // never null in JSON
		list[i].server = strings.HasPrefix(list[i].Name, "Ticaga")
	}
	return list
}

// A Setup is a provider state with its values, ready to be set. It is safe for concurrent use.
type Setup struct {
	State  State
	values values
}

// Set puts a help desk into the state, on top of what it holds, and returns values of it, such as the id
// of a customer. After an error the desk may be changed in part.
func (s Setup) Set(d Desk) (map[string]any, error) {
	returned, err := s.State.set(d, s.values)
	if err != nil {
		return nil, fmt.Errorf("provider state %q: %w", s.State.Name, err)
	}
	return returned, nil
}

// UnknownStateError says that no provider state has a sentence.
type UnknownStateError struct {
	State   string
	Nearest []string // names of the states that were most likely meant; may be empty
}

func (e *UnknownStateError) Error() string {
	return fmt.Sprintf("provider state %.200q: unknown; %s", e.State, e.Fix())
}

// Fix says what to do about it.
func (e *UnknownStateError) Fix() string {
	fix := "ticaga-mock pact states lists all; for other data, start the mock with fixtures of your own or PUT /_mock/state"
	if len(e.Nearest) > 0 {
		fix = "did you mean " + quoteAll(e.Nearest, " or ") + "? " + fix
	}
	return fix
}

// ParamError says that a provider state cannot have a parameter or a value.
type ParamError struct {
	State  string
	Param  string
	Reason string
}

func (e *ParamError) Error() string {
	return fmt.Sprintf("provider state %.200q: the parameter %.100q %s", e.State, e.Param, e.Reason)
}

// Find returns the state that a pact says, with its values. The error is an *UnknownStateError or a
// *ParamError.
func Find(g Given) (Setup, error) {
	setup, err := find(g)
	if err != nil {
		return Setup{}, err
	}
	for _, p := range setup.State.Params {
		if p.Required && !setup.values.has(p.Name) {
			return Setup{}, &ParamError{g.State, p.Name, fmt.Sprintf("is missing; write it as in %q, or give it as a parameter", setup.State.Name)}
		}
	}
	return setup, nil
}

// Lookup returns the state that a sentence says, whatever parameters it needs in addition. Errors are those
// of Find.
func Lookup(sentence string) (State, error) {
	setup, err := find(Given{State: sentence})
	return setup.State, err
}

// find is Find without the check for parameters that are missing.
func find(g Given) (Setup, error) {
	index := states()
	if len(g.State) > maxSentence {
		return Setup{}, &UnknownStateError{State: g.State}
	}
	said := index.words.read(g.State)
	found := index.byShape[said.shape()]
	if len(found) == 0 {
		return Setup{}, &UnknownStateError{g.State, index.nearest(g.State)}
	}
	var first error
	for _, w := range found {
		all, err := w.fill(g.State, said.values())
		if err == nil {
			return w.with(g, all)
		}
		first = cmp.Or(first, err)
	}
	return Setup{}, first
}

// maxSentence is the longest sentence of a pact that may be a state, in bytes.
const maxSentence = 1000

// wording is one sentence for a state.
type wording struct {
	state    State
	sentence string
	parts    []string // the names of its values, in the order of the phrase
}

// fill returns the values of a sentence that has the shape of the wording.
func (w wording) fill(sentence string, said []string) (values, error) {
	all := values{}
	for i, name := range w.parts {
		p, _ := w.state.param(name)
		if reason := p.check(said[i]); reason != "" {
			return nil, &ParamError{sentence, name, reason}
		}
		all[name] = said[i]
	}
	return all, nil
}

// with returns the state with the values of a sentence, and with parameters.
func (w wording) with(g Given, all values) (Setup, error) {
	for _, name := range slices.Sorted(maps.Keys(g.Params)) {
		p, ok := w.state.param(name)
		if !ok {
			return Setup{}, &ParamError{g.State, name, w.state.unknownParam(name)}
		}
		value, err := textOf(g.Params[name])
		if err != nil {
			return Setup{}, &ParamError{g.State, name, err.Error()}
		}
		if reason := p.check(value); reason != "" {
			return Setup{}, &ParamError{g.State, name, reason}
		}
		if all.has(name) && all[name] != value {
			return Setup{}, &ParamError{g.State, name, fmt.Sprintf("is %.100q, but the sentence says %.100q", value, all[name])}
		}
		all[name] = value
	}
	return Setup{w.state, all}, nil
}

func (s State) param(name string) (Param, bool) {
	i := slices.IndexFunc(s.Params, func(p Param) bool { return p.Name == name })
	if i < 0 {
		return Param{}, false
	}
	return s.Params[i], true
}

// unknownParam says which parameters there are.
func (s State) unknownParam(name string) string {
	var names []string
	for _, p := range s.Params {
		names = append(names, p.Name)
	}
	switch near := words.Nearest(name, names); {
	case len(names) == 0:
		return "is unknown; the state has no parameters"
	case near != "":
		return fmt.Sprintf("is unknown; did you mean %q? The state has %s", near, strings.Join(names, ", "))
	}
	return "is unknown; must be one of " + strings.Join(names, ", ")
}

// index finds states by what a pact says.
type index struct {
	words    vocabulary
	known    []string // the words that mean something
	wordings []wording
	byShape  map[string][]wording
}

// states returns the index of all states, which is made for the first look-up.
var states = sync.OnceValue(func() *index {
	var sentences []string
	list := States()
	for _, s := range list {
		sentences = append(append(sentences, s.Name), s.Also...)
	}
	x := &index{words: newVocabulary(sentences), byShape: map[string][]wording{}}
	x.known = x.words.meaningful()
	for _, s := range list {
		for _, sentence := range append([]string{s.Name}, s.Also...) {
			p := x.words.read(sentence)
			w := wording{s, sentence, p.values()}
			x.wordings = append(x.wordings, w)
			x.byShape[p.shape()] = append(x.byShape[p.shape()], w)
			if s.server { // Ticaga is a filler, since anything may exist "in Ticaga"; the server is a word
				p := x.words.read(sentence + " server")
				x.byShape[p.shape()] = append(x.byShape[p.shape()], w)
			}
		}
	}
	return x
})

// quoteAll joins strings in quotes.
func quoteAll(list []string, by string) string {
	quoted := make([]string, len(list))
	for i, s := range list {
		quoted[i] = fmt.Sprintf("%q", s)
	}
	return strings.Join(quoted, by)
}
