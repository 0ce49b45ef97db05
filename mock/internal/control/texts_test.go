package control

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"flag"
	"html"
	"net/http/httptest"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/console"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/console/render"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/explain"
)

var update = flag.Bool("update", false, "regenerate texts.json.gz")

// markdown returns the pages of text by name.
func markdown(t *testing.T) map[string]string {
	t.Helper()
	reference, err := referencePage()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{referenceText: reference, codesText: codesPage(), statesText: statesPage()}
	for _, code := range explain.Codes() {
		all[code], _ = explain.Page(code)
	}
	return all
}

// TestTexts holds texts.json.gz equal to what Markdown makes. The bytes of the file may differ: they depend on the version of Go.
func TestTexts(t *testing.T) {
	want := map[string]console.Text{}
	for name, source := range markdown(t) {
		made, err := render.Render(source)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		want[name] = made
	}
	if *update {
		write(t, want)
		return // what is embedded in this test is not what it has written
	}
	got, err := texts()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("texts.json.gz is not what Markdown makes (-want +got); run go generate ./mock/internal/control\n%.2000s", diff)
	}
}

func write(t *testing.T, all map[string]console.Text) {
	t.Helper()
	var file bytes.Buffer
	w, err := gzip.NewWriterLevel(&file, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.NewEncoder(w).Encode(all); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("texts.json.gz", file.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestAtHomeInHTML: the address is replaced in HTML as it is in the Markdown that the HTML is made of.
func TestAtHomeInHTML(t *testing.T) {
	a := &api{}
	request := httptest.NewRequest("GET", "/_mock/explain?world=blue", nil)
	request.Host = "a&b.localhost:8080"
	for name, source := range markdown(t) {
		before, err := render.Render(source)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		after, err := render.Render(a.atHome(request, plain).Replace(source))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(after.HTML, a.atHome(request, html.EscapeString).Replace(before.HTML)); diff != "" {
			t.Errorf("%s: got another page (-want +got):\n%.1000s", name, diff)
		}
	}
}
