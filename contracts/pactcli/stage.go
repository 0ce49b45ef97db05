package pactcli

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/ticaga-mock/ticaga-mock/contracts"
	"github.com/ticaga-mock/ticaga-mock/mock"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// stage is what the verifier talks to: the mock, in a fresh world for each interaction. The verifier
// announces one by the provider state with its number, and sends one request at a time.
type stage struct {
	desk   *mock.Server
	secret string // in the path of state changes, which no pact can have by accident

	mu    sync.Mutex
	now   int // the interaction that is on; -1 before the first
	began time.Time
	world *mock.World
	seen  map[int]*contracts.Evidence
}

// maxExchanges is how many exchanges of an interaction are kept: a redirect makes more than one.
const maxExchanges = 10

// path is where state changes go.
func (s *stage) path() string { return "/provider-states-" + s.secret }

// worldOf returns the name of an interaction's world.
func worldOf(number int) string { return worldPrefix + strconv.Itoa(number) }

// numberOf returns the number of the interaction that has a world.
func numberOf(world string) (int, bool) {
	text, ok := strings.CutPrefix(world, worldPrefix)
	number, err := strconv.Atoi(text)
	return number, ok && err == nil
}

// The names of worlds begin with worldPrefix, and paths in them with inPath and the name.
const (
	worldPrefix = "interaction-"
	inPath      = "/w/"
)

func (s *stage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == s.path() {
		s.changeState(w, r)
		return
	}
	s.mu.Lock()
	number := s.now
	s.mu.Unlock()
	s.desk.ServeHTTP(w, inWorld(r, worldOf(number)))
	s.mu.Lock()
	defer s.mu.Unlock()
	if seen := s.seen[number]; seen != nil && number == s.now {
		seen.Took = time.Since(s.began)
	}
}

// inWorld returns a request as it is sent to the base URL of a world. One that follows a redirect is that already.
func inWorld(r *http.Request, world string) *http.Request {
	if strings.HasPrefix(r.URL.Path, inPath+world+"/") {
		return r
	}
	moved := r.Clone(r.Context())
	moved.URL.Path = inPath + world + r.URL.Path
	if r.URL.RawPath != "" {
		moved.URL.RawPath = inPath + world + r.URL.RawPath
	}
	moved.RequestURI = inPath + world + r.RequestURI
	return moved
}

// observe notes an exchange with the interaction of its world.
func (s *stage) observe(x traffic.Exchange) {
	number, ok := numberOf(x.World)
	if !ok {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if seen := s.seen[number]; seen != nil && len(seen.Exchanges) < maxExchanges {
		seen.Exchanges = append(seen.Exchanges, traffic.Exchange{
			Operation: x.Operation, Method: x.Method, Path: x.Target, Status: x.Status, Refusal: x.Refusal, Violations: asSent(x.Violations, x.World),
		})
	}
}

// asSent returns violations as they are without a world in the path of the request.
func asSent(list []mock.Violation, world string) []mock.Violation {
	list = slices.Clone(list)
	for n := range list {
		for _, text := range []*string{&list[n].Message, &list[n].Expected, &list[n].Got, &list[n].Fix} {
			*text = strings.ReplaceAll(*text, inPath+world, "")
		}
	}
	return list
}

// stateChange is what the verifier posts before and after an interaction, once for each provider state. The
// answer to it has values for the interaction's generators.
type stateChange struct {
	State  string
	Action string // "setup" or "teardown"
	Params map[string]any
}

// changeState answers a state change.
func (s *stage) changeState(w http.ResponseWriter, r *http.Request) {
	var change stateChange
	decoder := json.NewDecoder(io.LimitReader(r.Body, 1<<20))
	if err := decoder.Decode(&change); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	values, err := s.change(change)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(values)
}

// change begins an interaction, or sets a provider state of the one that is on.
func (s *stage) change(c stateChange) (values map[string]any, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.Action != "setup" {
		return nil, nil // the next interaction has another world
	}
	if number, marked := contracts.MarkedNumber(c.State); marked {
		return nil, s.begin(number)
	}
	seen := s.seen[s.now]
	if seen == nil {
		return nil, fmt.Errorf("provider state %q: no interaction has begun", c.State)
	}
	values, err = s.world.State(c.State, c.Params)
	if err != nil {
		seen.States = append(seen.States, contracts.StateError{State: c.State, Err: err})
	}
	return values, err
}

// begin begins an interaction in a world of its own. A request that is refused would not create that.
func (s *stage) begin(number int) error {
	s.forget(s.now)
	s.now, s.began = number, time.Now()
	s.seen[number] = &contracts.Evidence{}
	world, err := s.desk.World(worldOf(number))
	s.world = world
	return err
}

// forget deletes the world of an interaction that is over.
func (s *stage) forget(number int) {
	request, err := http.NewRequest(http.MethodDelete, "http://127.0.0.1/_mock/worlds/"+worldOf(number), nil)
	if err != nil || number < 0 {
		return
	}
	client := http.Client{Transport: s.desk.Transport()}
	if response, err := client.Do(request); err == nil { // there is none when nothing used it
		_ = response.Body.Close()
	}
}
