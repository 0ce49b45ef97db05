package inspect

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/gorilla/mux"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// router finds the contract path for a request. gorilla/mux is only used to match paths.
type router struct {
	paths  map[string]*path // by path template, which is also the route's name
	groups []*pathGroup
	asks   sync.Pool // of *http.Request, for mux, which reads only the path

	mu    sync.RWMutex
	known map[string]match // what mux has found, by requested path: tests ask for the same few again and again
}

// pathGroup is the paths of one noun: mux tries one path after the other, so groups mean fewer to try. Mux compiles them for the
// first request to one of them, because that takes longer than the request.
type pathGroup struct {
	prefix    string
	templates []string
	mux       func() *mux.Router
}

// match is a path of the contract, and the values of its parameters in a requested path, which are never changed.
type match struct {
	path   *path
	params map[string]string
}

// Limits of router.known, which clients fill: about 300 kB.
const (
	maxKnown     = 1024
	maxKnownPath = 100 // bytes
)

// path is one path of the contract with its operations.
type path struct {
	byMethod map[string]*spec.Operation
	allowed  []string // for the Allow header: GET implies HEAD, as in Laravel
}

func newRouter(contract *spec.Contract) *router {
	r := &router{paths: map[string]*path{}, known: map[string]match{}}
	r.asks.New = func() any { return &http.Request{URL: &url.URL{}} }
	operations := slices.Clone(contract.Operations)
	// A fixed segment takes precedence over a parameter that would also match.
	slices.SortStableFunc(operations, func(a, b *spec.Operation) int {
		return cmp.Compare(strings.Count(a.Path, "{"), strings.Count(b.Path, "{"))
	})
	groups := map[string]*pathGroup{}
	for _, op := range operations {
		p := r.paths[op.Path]
		if p == nil {
			p = &path{byMethod: map[string]*spec.Operation{}}
			r.paths[op.Path] = p
			prefix := group(op.Path)
			g := groups[prefix]
			if g == nil {
				g = &pathGroup{prefix: prefix}
				g.mux = sync.OnceValue(g.compile)
				groups[prefix], r.groups = g, append(r.groups, g)
			}
			g.templates = append(g.templates, op.Path)
		}
		p.byMethod[op.Method] = op
		p.allowed = append(p.allowed, op.Method)
		if op.Method == http.MethodGet {
			p.allowed = append(p.allowed, http.MethodHead)
		}
	}
	return r
}

func (g *pathGroup) compile() *mux.Router {
	m := mux.NewRouter()
	for _, template := range g.templates {
		m.Path(template).Name(template)
	}
	return m
}

// operation returns the operation for a method, or nil. HEAD is GET without a body.
func (p *path) operation(method string) *spec.Operation {
	if method == http.MethodHead {
		method = http.MethodGet
	}
	return p.byMethod[method]
}

// group returns the fixed beginning of a path, its first two segments: "/api/customers".
func group(template string) string {
	parts := strings.SplitN(template, "/", 4)
	if len(parts) > 2 && !strings.HasPrefix(parts[2], "{") {
		return "/" + parts[1] + "/" + parts[2]
	}
	return "/"
}

// find returns the contract path for a requested path, with its parameters; nil if there is none.
func (r *router) find(requested string) (*path, map[string]string) {
	if fixed := r.paths[requested]; fixed != nil && !strings.Contains(requested, "{") {
		return fixed, nil // mux would try the others first
	}
	r.mu.RLock()
	known, ok := r.known[requested]
	r.mu.RUnlock()
	if !ok {
		known = r.match(requested)
	}
	return known.path, known.params
}

// match asks mux.
func (r *router) match(requested string) (found match) {
	requested = strings.Clone(requested) // which may be a part of a long URL
	ask := r.asks.Get().(*http.Request)
	defer r.asks.Put(ask)
	ask.URL.Path = requested
	for _, g := range r.groups {
		var answer mux.RouteMatch
		if strings.HasPrefix(requested, g.prefix) && g.mux().Match(ask, &answer) && answer.Route != nil {
			found = match{r.paths[answer.Route.GetName()], answer.Vars}
			break
		}
	}
	if found.path == nil || len(requested) > maxKnownPath {
		return found
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.known) >= maxKnown {
		clear(r.known)
	}
	r.known[requested] = found
	return found
}
