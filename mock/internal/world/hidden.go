package world

import (
	"maps"
	"slices"

	"github.com/ticaga-mock/ticaga-mock/contracts"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/redact"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
)

// Hider returns a function that hides passwords in the custom fields of a ticket, as journals do. It changes no
// fields that it is given.
func (w *World) Hider() func(fields map[string]any) map[string]any {
	slugs := w.Store.View().PasswordFields()
	return func(fields map[string]any) map[string]any {
		shown := maps.Clone(fields)
		for slug := range shown {
			if slices.Contains(slugs, slug) || redact.IsSecret(slug) {
				shown[slug] = redact.Hidden
			}
		}
		return shown
	}
}

// unhide replaces values that are hidden in the custom fields of a ticket by those that the ticket has: a client may
// send back what it was shown.
func unhide(state *store.State, id int64, fields map[string]any) {
	present, _ := state.Ticket(id)
	for slug, value := range fields {
		if known, ok := present.CustomFields[slug]; ok && value == redact.Hidden {
			fields[slug] = known
		}
	}
}

// unhidePatch is unhide for a merge patch of a row.
func unhidePatch(state *store.State, noun string, id int64, patch contracts.Row) {
	if fields, ok := patch["custom_fields"].(map[string]any); ok && noun == "tickets" {
		unhide(state, id, fields)
	}
}
