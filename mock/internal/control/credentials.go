package control

import (
	"net/http"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/world"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// getCredentials returns what a plugin's settings need for a world: the credentials of its first staff member, who always
// has a token and staff rights. Rows do not show tokens, but this one is what the mock prints when it starts.
func (a *api) getCredentials(w *world.World, _ http.ResponseWriter, _ *http.Request) (any, error) {
	member, ok := w.Store.View().FirstStaff()
	if !ok {
		return nil, problemf(http.StatusNotFound, "the world %q has no staff", w.Name)
	}
	return traffic.Credentials{Email: member.Email, Token: member.Tokens[0], Schemes: a.Schemes}, nil
}
