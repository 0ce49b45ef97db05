package spec

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"
	"github.com/oasdiff/yaml3"

	ticagamock "github.com/ticaga-mock/ticaga-mock"
)

var update = flag.Bool("update", false, "regenerate compiled.bin")

// TestCompiled holds compiled.bin equal to openapi.yaml, and what it returns equal to what Load returns.
func TestCompiled(t *testing.T) {
	loaded := load(t)
	want, schemas := compile(t, loaded)
	if *update {
		if err := os.WriteFile("compiled.bin", want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	const advice = "run go generate ./mock/spec"
	if got, err := os.ReadFile("compiled.bin"); err != nil || !bytes.Equal(got, want) {
		t.Errorf("compiled.bin: got another file than openapi.yaml makes (%v); %s", err, advice)
	}
	got := decompile(string(want))
	if again, _ := compile(t, got); !bytes.Equal(again, want) {
		t.Error("compiled again: got another file; its schemas may have other addresses")
	}
	for _, s := range schemas {
		strip(s)
	}
	for i, o := range loaded.Operations {
		if diff := cmp.Diff(o.Examples(), got.Operations[i].Examples()); diff != "" {
			t.Errorf("%s: examples (-want +got):\n%.1000s", o.ID, diff)
		}
		for _, o := range []*Operation{o, got.Operations[i]} {
			o.verdicts, o.examples = nil, examples{}
			for _, p := range o.Params {
				p.examples = nil // of which Operation has requests
			}
		}
		checkSame(t, "operation "+o.ID, o, got.Operations[i])
		loaded.Operations[i], got.Operations[i] = nil, nil
	}
	loaded.file, got.file = file{}, file{}
	checkSame(t, "contract", loaded, got)
}

// strip removes what codec leaves out of a schema.
func strip(s *openapi3.Schema) {
	s.Title, s.Description, s.Example, s.ExternalDocs, s.XML, s.Origin = "", "", nil, nil, nil, nil
	if name, ok := s.Extensions[ruleExtension]; ok {
		s.Extensions = map[string]any{ruleExtension: name}
	} else {
		s.Extensions = nil
	}
	refs := slices.Concat(slices.Collect(maps.Values(s.Properties)), s.AllOf, s.AnyOf, openapi3.SchemaRefs{s.Items, s.AdditionalProperties.Schema})
	for _, ref := range refs {
		if ref != nil {
			*ref = openapi3.SchemaRef{Ref: ref.Ref, Value: ref.Value}
		}
	}
}

// checkSame compares with reflect, because cmp.Diff visits a schema as often as there are ways to it.
func checkSame(t *testing.T, name string, want, got any) {
	t.Helper()
	if !reflect.DeepEqual(want, got) {
		diff := cmp.Diff(want, got, cmp.Exporter(func(reflect.Type) bool { return true }))
		t.Errorf("%s: a part is missing in codec (-want +got):\n%.2000s", name, diff)
	}
}

// TestCompiledLines: the lines of violations are the same without the file.
func TestCompiledLines(t *testing.T) {
	loaded := load(t)
	for i, o := range BuiltIn().Operations {
		check := func(v Violation, schemes ...string) {
			t.Helper()
			schemes = append(schemes, "none")
			got, want := []Violation{v}, []Violation{v}
			for _, scheme := range schemes {
				BuiltIn().Locate(o, scheme, got)
				loaded.Locate(loaded.Operations[i], scheme, want)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s %+v (-want +got):\n%s", o.ID, v, diff)
				}
			}
		}
		fields := []string{"", "/unknown"}
		if o.body != nil {
			for name := range o.body.Fields {
				fields = append(fields, Pointer(name), Pointer(name)+"/0", Pointer(name)+"/0/slug", Pointer(name)+"/key")
			}
		}
		for _, at := range fields {
			for code := range keywords {
				check(Violation{Code: code, Severity: Error, In: InBody, At: at})
			}
			for rule := range limits {
				check(Violation{Code: BodyRange, In: InBody, At: at, Rule: rule})
			}
		}
		for _, p := range slices.Concat(o.Params, o.Sent) {
			check(Violation{Code: PathParam, In: p.In, At: p.Name})
			check(Violation{Code: HeaderParam, In: InHeader, At: p.Name})
		}
		for _, header := range []string{"Authorization", "X-Api-Key", "Content-Type"} {
			check(Violation{Code: AuthMissing, In: InHeader, At: header}, "basic", "bearer")
		}
		check(Violation{Code: Deprecated})
		check(Violation{Code: PathUnknown, In: InPath})
	}
	if BuiltIn().file.whole.exists() {
		t.Error("the lines: got the whole file read, want the compiled blocks to do")
	}
}

// compile writes what decompile reads. It also returns the schemas of the contract.
func compile(t *testing.T, c *Contract) ([]byte, []*openapi3.Schema) {
	t.Helper()
	texts := &table{index: map[string]uint64{}}
	c.file.compiled = compileBlocks(texts)
	for _, o := range c.Operations {
		if o.Examples() != nil {
			examples, err := json.Marshal(o.Examples())
			if err != nil {
				t.Fatal(err)
			}
			o.examples.compiled = string(examples)
		}
	}
	w := &writer{table: texts}
	codec := newCodec(w)
	codec.contract(c)
	head := binary.AppendUvarint(nil, uint64(len(texts.all)))
	for _, text := range texts.all {
		head = binary.AppendUvarint(head, uint64(len(text)))
	}
	return slices.Concat(head, []byte(strings.Join(texts.all, "")), w.out), codec.schemas[1:]
}

// writer is the medium that reader reads.
type writer struct {
	*table
	out []byte
}

// table is the texts of several writers.
type table struct {
	all   []string
	index map[string]uint64
}

func (w *writer) number(n uint64) uint64 {
	w.out = binary.AppendUvarint(w.out, n)
	return n
}

func (w *writer) text(s string) string {
	n, ok := w.index[s]
	if !ok {
		n = uint64(len(w.all))
		w.index[s], w.all = n, append(w.all, s)
	}
	w.number(n)
	return s
}

// compileBlocks returns the parts of openapi.yaml that the lines of violations are in.
func compileBlocks(texts *table) map[string]string {
	f := &file{data: ticagamock.OpenAPI}
	whole := f.readAll()
	next := [][]string{{"security"}}
	for path := range whole.child("paths").keys() {
		next = append(next, []string{"paths", path.Value})
	}
	for name := range whole.child("components").child("securitySchemes").keys() {
		next = append(next, []string{"components", "securitySchemes", name.Value})
	}
	compiled := map[string]string{}
	for len(next) > 0 {
		names := next[0]
		next = next[1:]
		key := strings.Join(names, "\n")
		if compiled[key] != "" {
			continue
		}
		value := f.block(names)
		name := &yaml.Node{Kind: yaml.ScalarNode, Value: names[len(names)-1], Line: value.line}
		block := &yaml.Node{Kind: yaml.MappingNode, Line: value.line, Content: []*yaml.Node{name, ruling(value.node, "")}}
		w := &writer{table: texts}
		newCodec(w).node(block)
		compiled[key] = string(w.out)
		next = append(next, references(block)...)
	}
	return compiled
}

// ruling returns a part of the contract without what is no rule about a request.
func ruling(n *yaml.Node, in string) *yaml.Node {
	short := &yaml.Node{Kind: n.Kind, Line: n.Line, Value: n.Value}
	if n.Kind == yaml.SequenceNode {
		for _, item := range n.Content {
			short.Content = append(short.Content, ruling(item, ""))
		}
	}
	for i := 0; n.Kind == yaml.MappingNode && i < len(n.Content); i += 2 {
		name := n.Content[i]
		other := slices.Contains([]string{"description", "example", "examples", "responses", "summary"}, name.Value)
		if in == "properties" || !other {
			short.Content = append(short.Content, ruling(name, ""), ruling(n.Content[i+1], name.Value))
		}
	}
	return short
}

// references returns the blocks that a node refers to.
func references(n *yaml.Node) (all [][]string) {
	for i, inner := range n.Content {
		if n.Kind == yaml.MappingNode && inner.Value == "$ref" {
			all = append(all, strings.Split(strings.TrimPrefix(n.Content[i+1].Value, "#/"), "/"))
		}
		all = append(all, references(inner)...)
	}
	return all
}
