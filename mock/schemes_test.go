package mock_test

import (
	"strings"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// TestSuggestedSchemes: nobody is told to send what --auth does not accept.
func TestSuggestedSchemes(t *testing.T) {
	others := map[string][]string{"basic": {"Bearer", "X-API-Token"}, "bearer": {"Basic", "X-API-Token"}, "header": {"Bearer", "Basic"}}
	for accept, refused := range others {
		d := newDesk(t, func(o *mock.Options) { o.Auth = accept })
		for _, auth := range []string{"-", "demo-token", "Beaer demo-token", "Basic demo-token"} {
			for _, v := range d.ask(t, request{method: "GET", path: "/api/customers/get/8", auth: auth}).entry.Violations {
				for _, scheme := range refused {
					if strings.Contains(v.Fix, scheme) {
						t.Errorf("--auth %s, %q: %s, want without %q", accept, auth, v.Fix, scheme)
					}
				}
			}
		}
	}
}
