package control

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/ticaga-mock/ticaga-mock/contracts"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/console"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/jsontext"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/world"
)

// stateList lists the provider states.
type stateList struct {
	States []contracts.State `json:"states"`
}

// listStates returns every provider state, which all worlds have: a page for browsers, JSON for other
// clients.
func (a *api) listStates(_ *world.World, w http.ResponseWriter, r *http.Request) (any, error) {
	w.Header().Set("Vary", "Accept")
	if !wantsHTML(r) {
		return stateList{contracts.States()}, nil
	}
	return nil, a.page(w, r, statesText, console.Page{}, nil)
}

// statesPage returns the page about provider states, which has no other form than HTML.
func statesPage() string { return "# Provider states\n\n" + contracts.StatesTable() }

// changeState does what a verifier of pacts asks for before and after an interaction. As PUT does, a setup
// creates the world: the request says what the world must be like.
func (a *api) changeState(w http.ResponseWriter, r *http.Request) (any, error) {
	asked, err := readChange(r)
	if err != nil {
		return nil, err
	}
	name, err := worldOf(r)
	if err != nil {
		return nil, err
	}
	return again(r.Context(), func() (any, error) {
		if !asked.teardown {
			return a.create(name, r, func(found *world.World, _ *http.Request) (any, error) { return found.SetUp(asked.given...) })
		}
		found, exists := a.Worlds.Find(name)
		if !exists {
			return nil, notFound(name)
		}
		return change(found, r, func(*http.Request) (any, error) {
			found.TearDown()
			return map[string]any{}, nil
		})
	})
}

// worldOf returns the name of the world in the path or in ?world=, which the path may not contradict.
func worldOf(r *http.Request) (string, error) {
	inPath, asked := r.PathValue("w"), r.URL.Query()["world"]
	if len(asked) == 0 {
		return worldName(r), nil
	}
	if slices.ContainsFunc(asked, func(name string) bool { return name != cmp.Or(inPath, asked[0]) }) {
		return "", problemf(http.StatusBadRequest, "the path and world= name different worlds; name one")
	}
	if asked[0] == "" {
		return "", problemf(http.StatusUnprocessableEntity, "world= is empty; is the variable empty that holds the name?")
	}
	return asked[0], nil
}

// change is a request of a verifier.
type sentStates struct {
	teardown bool
	given    []contracts.Given
}

// sentChange is a change as verifiers send it in a body: one state since version 3 of Pact's specification,
// and a list of them in the older protocol, where Consumer names who sends it.
type sentChange struct {
	Consumer string         `json:"consumer"`
	Action   string         `json:"action"` // "setup" or "teardown"; "" for setup
	State    string         `json:"state"`
	States   []string       `json:"states"`
	Params   map[string]any `json:"params"`
}

// readChange reads a change from the body, or from the query where the body is empty.
func readChange(r *http.Request) (sentStates, error) {
	raw, err := readText(r.Body)
	if err != nil {
		return sentStates{}, err
	}
	sent := changeInQuery(r.URL.Query())
	if len(bytes.TrimSpace(raw)) > 0 {
		if sent, err = decodeChange(raw); err != nil {
			return sentStates{}, aboutBody(err)
		}
	} else if sent.Action == "" && !r.URL.Query().Has("state") {
		return sentStates{}, aboutBody(fmt.Errorf(`empty; send {"state": "customer 8 exists", "action": "setup", "params": {}}, or state= and action= in the query`))
	}
	if sent.Action != "" && sent.Action != "setup" && sent.Action != "teardown" {
		return sentStates{}, problemf(http.StatusUnprocessableEntity, `action %.40q: must be "setup" or "teardown"`, sent.Action)
	}
	names := sent.States
	if sent.State != "" && !slices.Contains(names, sent.State) {
		names = append(names, sent.State)
	}
	if len(names) > maxStates {
		return sentStates{}, problemf(http.StatusUnprocessableEntity, "%d states; at most %d", len(names), maxStates)
	}
	asked := sentStates{teardown: sent.Action == "teardown"}
	for _, name := range names {
		asked.given = append(asked.given, contracts.Given{State: name, Params: unnested(sent.Params)})
	}
	return asked, nil
}

// maxStates is the max number of states in one request.
const maxStates = 100

func decodeChange(raw []byte) (sent sentChange, err error) {
	if err := jsontext.Decode(raw, &sent); err != nil {
		return sent, err
	}
	var numbers struct{ Params map[string]any } // as they are written
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	err = decoder.Decode(&numbers)
	sent.Params = numbers.Params
	return sent, err
}

// changeInQuery reads a change from the query, as the verifier sends it with --state-change-as-query.
// Whatever has another name is a parameter.
func changeInQuery(query url.Values) sentChange {
	sent := sentChange{Action: query.Get("action"), State: query.Get("state")}
	for name := range query {
		if name == "action" || name == "state" || name == "world" {
			continue
		}
		if sent.Params == nil {
			sent.Params = map[string]any{}
		}
		sent.Params[name] = query.Get(name)
	}
	return sent
}

// unnested returns parameters that are in another object of that name, as pact-go hands them to its state
// handlers. No state has a parameter "params".
func unnested(params map[string]any) map[string]any {
	if inner, ok := params["params"].(map[string]any); ok && len(params) == 1 {
		return inner
	}
	return params
}
