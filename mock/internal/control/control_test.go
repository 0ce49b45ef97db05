package control

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestEveryRouteIsDescribed, and the other way round.
func TestEveryRouteIsDescribed(t *testing.T) {
	contract, err := contract()
	if err != nil {
		t.Fatal(err)
	}
	var routes, described []string
	for pattern := range (&api{}).routes() {
		switch pattern {
		case Prefix: // what is left
		case "GET /_mock/ui", "GET /_mock/ui/{file...}": // the console
		case "GET /_mock/{$}":
			routes = append(routes, "GET /_mock/")
		default:
			routes = append(routes, pattern)
		}
	}
	for _, o := range contract.Operations {
		if o.Summary == "" || o.Tag == "" {
			t.Errorf("%s: no summary, or no tag; want summary not empty, tag not empty", o.ID)
		}
		described = append(described, o.Method+" "+o.Path)
	}
	slices.Sort(routes)
	slices.Sort(described)
	if diff := cmp.Diff(described, routes); diff != "" {
		t.Error("(-openapi.yaml +routes)", diff)
	}
}
