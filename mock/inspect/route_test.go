package inspect

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// TestRouterRemembers: what is found again is what was found first, and only so much is remembered.
func TestRouterRemembers(t *testing.T) {
	r := newRouter(spec.BuiltIn())
	for range 2 {
		for path, want := range map[string]map[string]string{
			"/api/customers/get/8":       {"id": "8"},
			"/api/customers/get/a%2Fb":   {"id": "a%2Fb"},
			"/api/customers/assign":      nil,
			"/api/customers/get/8/tell":  nil,
			"/api/customers/get/" + long: {"id": long},
		} {
			found, params := r.find(path)
			if (found != nil) != (want != nil || path == "/api/customers/assign") || !maps.Equal(params, want) {
				t.Errorf("find(%.40q): got %v and %.40v, want %.40v", path, found, params, want)
			}
		}
	}
	for i := range 3 * maxKnown {
		path := fmt.Sprintf("/api/customers/get/%d", i)
		if _, params := r.find(path); params["id"] != fmt.Sprint(i) {
			t.Fatalf("find(%q): got %v, want the id of the path", path, params)
		}
	}
	if len(r.known) > maxKnown {
		t.Errorf("got %d paths remembered, want at most %d", len(r.known), maxKnown)
	}
	for path := range r.known {
		if len(path) > maxKnownPath {
			t.Errorf("got a path of %d bytes remembered, want at most %d", len(path), maxKnownPath)
		}
	}
}

var long = strings.Repeat("1", 2*maxKnownPath)
