package control

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestEveryRouteIsDescribed, and the other way round.
func TestEveryRouteIsDescribed(t *testing.T) {
	var routes, described []string
	for pattern := range (&door{}).routes() {
		if strings.HasPrefix(pattern, "GET /_mock/{$}") || pattern == Prefix { // this page, and what is left
			continue
		}
		routes = append(routes, pattern)
	}
	for _, o := range operations() {
		if o.summary == "" {
			t.Errorf("%s %s: no summary", o.method, o.path)
		}
		described = append(described, o.method+" "+o.path)
	}
	slices.Sort(routes)
	slices.Sort(described)
	if diff := cmp.Diff(described, routes); diff != "" {
		t.Error("(-openapi.yaml +routes)", diff)
	}
}
