package scenario

import (
	"archive/zip"
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"sync"

	"github.com/ticaga-mock/ticaga-mock/fixtures"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/redact"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/settings"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
)

// Export writes a state as a zip of fixture files, a file for each noun and settings.json, which a Loader accepts.
// It writes row by row. Secrets stay out of it: passwords are "secret", also those in custom fields, and tokens that
// the program does not come with are "token-" and the id of their owner.
func Export(w io.Writer, state *store.State, chosen *settings.Settings) error {
	known, err := knownTokens()
	if err != nil {
		return err
	}
	customers := func(yield func(store.Customer) bool) {
		for c := range state.Customers() {
			if !yield(withoutPassword(c)) {
				return
			}
		}
	}
	staff := func(yield func(store.Staff) bool) {
		for m := range state.PresentStaff() {
			m.Customer = withoutPassword(m.Customer)
			m.Tokens = shownTokens(m, known)
			if !yield(m) {
				return
			}
		}
	}
	tickets := func(yield func(store.Ticket) bool) {
		slugs := state.PasswordFields()
		for t := range state.Tickets() {
			t.CustomFields = withoutPasswords(t.CustomFields, slugs)
			if !yield(t) {
				return
			}
		}
	}
	archive := zip.NewWriter(w)
	for _, write := range []func() error{
		func() error { return exportFile(archive, "customers", customers) },
		func() error { return exportFile(archive, "staff", staff) },
		func() error { return exportFile(archive, "departments", state.AllDepartments()) },
		func() error { return exportFile(archive, "tickets", tickets) },
		func() error { return exportFile(archive, "responses", state.AllResponses()) },
		func() error { return exportSettings(archive, chosen) },
	} {
		if err := write(); err != nil {
			return err
		}
	}
	return archive.Close()
}

// knownTokens returns the tokens of the scenarios' own staff, which are no secrets. The map must not be changed.
var knownTokens = sync.OnceValues(func() (map[string]bool, error) {
	known := map[string]bool{}
	for _, name := range fixtures.Names() {
		files, err := fixtures.Open(name)
		if err != nil {
			return nil, err
		}
		raw, err := readJSON(files, "staff.json")
		if err != nil {
			return nil, err
		}
		var staff []store.Staff
		if err := json.Unmarshal(raw, &staff); err != nil {
			return nil, err
		}
		for _, m := range staff {
			for _, token := range m.Tokens {
				known[token] = true
			}
		}
	}
	return known, nil
})

func withoutPassword(c store.Customer) store.Customer {
	if c.Password != "" {
		c.Password = "secret"
	}
	return c
}

// withoutPasswords returns the custom fields of a ticket without the passwords in them.
func withoutPasswords(fields map[string]any, slugs []string) map[string]any {
	shown := maps.Clone(fields)
	for slug, value := range shown {
		if _, isText := value.(string); isText && (slices.Contains(slugs, slug) || redact.IsSecret(slug)) {
			shown[slug] = "secret"
		}
	}
	return shown
}

// shownTokens returns the tokens of a staff member with stand-ins for those that are secret.
func shownTokens(m store.Staff, known map[string]bool) []string {
	var tokens []string
	standIn := 0
	for _, token := range m.Tokens {
		if !known[token] {
			standIn++
			token = fmt.Sprintf("token-%d", m.ID)
			if standIn > 1 {
				token = fmt.Sprintf("%s-%d", token, standIn)
			}
		}
		tokens = append(tokens, token)
	}
	return tokens
}

// exportFile writes the rows of a noun, one in a line.
func exportFile[T any](archive *zip.Writer, noun string, rows iter.Seq[T]) error {
	file, err := archive.Create(noun + ".json")
	if err != nil {
		return err
	}
	out := bufio.NewWriter(file)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	separator := "[\n"
	for row := range rows {
		if _, err := out.WriteString(separator); err != nil {
			return err
		}
		if err := encoder.Encode(row); err != nil {
			return err
		}
		separator = ","
	}
	if separator == "[\n" {
		_, _ = out.WriteString("[")
	}
	_, _ = out.WriteString("]\n")
	return out.Flush()
}

func exportSettings(archive *zip.Writer, chosen *settings.Settings) error {
	file, err := archive.Create(settingsFile)
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(file)
	encoder.SetIndent("", "  ")
	return encoder.Encode(chosen)
}
