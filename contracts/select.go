package contracts

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Selection chooses interactions for a verification. The zero value chooses all.
type Selection struct {
	Description string // a part of their description, in any case
	State       string // a part of one of their provider states, in any case
}

// Has reports whether an interaction is chosen.
func (s Selection) Has(i Interaction) bool {
	return containsFold(i.Description, s.Description) &&
		(s.State == "" || slices.ContainsFunc(i.Given, func(g Given) bool { return containsFold(g.State, s.State) }))
}

func containsFold(text, part string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(part))
}

// mark begins the provider state that Numbered adds.
const mark = "ticaga-mock: interaction "

// MarkedNumber returns the number in a provider state that Numbered has added.
func MarkedNumber(state string) (number int, marked bool) {
	text, marked := strings.CutPrefix(state, mark)
	number, err := strconv.Atoi(text)
	return number, marked && err == nil
}

// Numbered returns a copy of the file for Pact's verifier, with the interactions whose index has a number
// in numbers. That number is their description, and in a provider state before their own: so
// whatever the verifier requests and reports can be traced to one interaction, even where two have the same
// description or none has a state. Everything else stays as it is written.
func (p Pact) Numbered(numbers map[int]int) ([]byte, error) {
	var file map[string]json.RawMessage
	var interactions []map[string]json.RawMessage
	if err := json.Unmarshal(p.data, &file); err != nil {
		return nil, fmt.Errorf("%q: %w", p.File, err)
	}
	if err := json.Unmarshal(file["interactions"], &interactions); err != nil || len(interactions) != len(p.Interactions) {
		return nil, fmt.Errorf(`%q: the member "interactions" must be written in lowercase, and exist once`, p.File)
	}
	var chosen []map[string]json.RawMessage
	for index, interaction := range interactions {
		number, ok := numbers[index]
		if !ok {
			continue
		}
		states, err := markedStates(number, interaction["providerStates"], p.Interactions[index].Given)
		if err != nil {
			return nil, fmt.Errorf("%q: interaction %d: %w", p.File, index+1, err)
		}
		delete(interaction, "provider_state")
		delete(interaction, "providerState")
		interaction["providerStates"] = states
		interaction["description"] = json.RawMessage(strconv.Quote(strconv.Itoa(number)))
		chosen = append(chosen, interaction)
	}
	var err error
	if file["interactions"], err = json.Marshal(chosen); err != nil {
		return nil, err
	}
	return json.Marshal(file)
}

// markedStates returns the provider states of an interaction behind one with its number.
func markedStates(number int, written json.RawMessage, given []Given) (json.RawMessage, error) {
	var listed []json.RawMessage
	if written != nil {
		if err := json.Unmarshal(written, &listed); err != nil {
			return nil, fmt.Errorf("providerStates: %w", err)
		}
	}
	states := []any{map[string]string{"name": mark + strconv.Itoa(number)}}
	for _, g := range given[:len(given)-len(listed)] { // as before version 3
		states = append(states, map[string]string{"name": g.State})
	}
	for _, state := range listed {
		states = append(states, state)
	}
	return json.Marshal(states)
}

// DefaultProvider is the name that pacts have for Ticaga.
const DefaultProvider = "ticaga"

// ForProvider splits pacts into those for a provider and those for others. The case of the name does not count.
func ForProvider(pacts []Pact, provider string) (chosen, others []Pact) {
	for _, pact := range pacts {
		if strings.EqualFold(pact.Provider, provider) {
			chosen = append(chosen, pact)
		} else {
			others = append(others, pact)
		}
	}
	return chosen, others
}
