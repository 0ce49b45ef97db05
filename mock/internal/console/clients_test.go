package console_test

import (
	"bytes"
	"net/http"
	"slices"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/contracts"
)

// TestClients: the requests of each published plugin, which name no client, are never taken for those of another one.
func TestClients(t *testing.T) {
	generations := map[string][]string{
		"blesta-1.0-ticaga.json": {"Blesta 1.0"}, "blesta-2.0-ticaga.json": {"Blesta 2.0"}, "blesta-2.0-refused-ticaga.json": {"Blesta 2.0"},
		"blesta-2.1-ticaga.json": {"Blesta 2.1"}, "blesta-857064a7-ticaga.json": {"Blesta 2.1", "Blesta after 2.1"}, "blesta-60728e74-ticaga.json": {"Blesta 2.1", "Blesta after 2.1"},
		"clientexec-early-ticaga.json": {"Clientexec early"}, "clientexec-1.0.1-ticaga.json": {"Clientexec 1.0.1"}, "clientexec-1.0.4-ticaga.json": {"Clientexec 1.0.4"},
	}
	server := start(t)
	p := open(t, server.URL, "#/live")
	pacts, err := contracts.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, pact := range pacts {
		own := generations[pact.File]
		send(t, server, "POST", "/_mock/reset", "")
		for _, i := range pact.Interactions {
			r, err := http.NewRequest(i.Request.Method, server.URL+i.Request.Path, bytes.NewReader(i.Request.Body))
			if err != nil {
				t.Fatal(err)
			}
			r.Header = i.Request.Header.Clone()
			r.Header.Set("User-Agent", "") // sends none
			answer, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			if err := answer.Body.Close(); err != nil {
				t.Fatal(err)
			}
		}
		found := js[[]string](p, `const { clientOf } = await import(location.origin + '/_mock/ui/clients.js');
			const { exchanges } = await (await fetch('/_mock/journal')).json(); return exchanges.map((x) => clientOf(x))`)
		for n, name := range found {
			if name != "PHP" && !slices.Contains(own, name) {
				t.Errorf("%s: got %q for %s, want one of %q", pact.File, name, server.Journal()[n].Operation, own)
			}
		}
		if len(own) > 0 && !slices.Contains(found, own[len(own)-1]) {
			t.Errorf("%s: got %q, want %q among them", pact.File, found, own[len(own)-1])
		}
	}
}
