package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestTheBinaryStaysPureGo: plugin authors get one file that runs, so nothing that needs
// cgo, and no test library, may be linked.
func TestTheBinaryStaysPureGo(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "-f", "{{if .Module}}{{.Module.Path}}{{end}}", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	linked := string(out)
	for _, module := range []string{"pact-foundation", "go-cmp", "go-internal", "rapid", "grpc", "chromedp", "md2man", "modelcontextprotocol", "nats-server", "porcupine", "goldmark"} {
		if strings.Contains(linked, module) {
			t.Errorf("got %s in the program, want it not linked", module)
		}
	}
	if !strings.Contains(linked, "kin-openapi") {
		t.Errorf(`the list looks wrong: got %s, want containing "kin-openapi"`, linked)
	}
}

// TestTheBinaryLeavesOutJSONSchema: the compiler of JSON Schema that kin-openapi brings for OpenAPI 3.1 takes
// longer to start than all the rest of the program, so go.work replaces it.
func TestTheBinaryLeavesOutJSONSchema(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{.Path}} {{with .Replace}}{{.Path}}{{end}}{{end}}", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	const module = "github.com/santhosh-tekuri/jsonschema/v6 "
	_, after, linked := strings.Cut(string(out), module)
	by, _, _ := strings.Cut(after, "\n")
	if !linked || by != "./release/jsonschema" {
		t.Errorf("got %s replaced by %q, want by ./release/jsonschema; if kin-openapi links it no more, remove go.work", module, by)
	}
}

// TestOneImporterEach guards the seams: each of these libraries has one importer. Scripts run in two places,
// because some need the program pact.
func TestOneImporterEach(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", "{{.ImportPath}} {{.Imports}} {{.TestImports}} {{.XTestImports}}", "../../...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for library, doors := range map[string]string{
		"github.com/getkin/kin-openapi/":    "/mock/spec",
		"github.com/gorilla/mux":            "/mock/inspect",
		"github.com/go-json-experiment/":    "/mock/internal/laravel /mock/internal/jsontext",
		"github.com/yuin/goldmark":          "/mock/internal/console/render",
		"github.com/pact-foundation/":       "/contracts/verify",
		"github.com/spf13/cobra":            "/cmd/ticaga-mock",
		"github.com/modelcontextprotocol/":  "/cmd/ticaga-mock",
		"go.etcd.io/bbolt":                  "/mock/log/file",
		"github.com/nats-io/nats-server/":   "/mock/internal/cluster /release",
		"github.com/nats-io/nats.go":        "/mock/log /mock/log/nats /mock/internal/cluster",
		"github.com/anishathalye/porcupine": "/mock/shared",
		"github.com/rogpeppe/go-internal/":  "/cmd/ticaga-mock /contracts/verify",
	} {
		for line := range strings.Lines(string(out)) {
			importer, _, _ := strings.Cut(line, " ")
			door := strings.TrimPrefix(importer, "github.com/ticaga-mock/ticaga-mock")
			if strings.Contains(line, library) && !slices.Contains(strings.Fields(doors), door) {
				t.Errorf("got %s imported by %s, want it in %s only", library, importer, doors)
			}
		}
	}
}
