package contracts

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestAll(t *testing.T) {
	pacts, err := All()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, pact := range pacts {
		got = append(got, pact.Consumer)
		if pact.File != pact.Consumer+"-"+pact.Provider+".json" {
			t.Errorf("pact of %q is in %q, want %q", pact.Consumer, pact.File, pact.Consumer+"-"+pact.Provider+".json")
		}
	}
	if diff := cmp.Diff([]string{
		"blesta-1.0", "blesta-2.0-refused", "blesta-2.0", "blesta-2.1", "blesta-60728e74", "blesta-857064a7",
		"clientexec-1.0.1", "clientexec-1.0.4", "clientexec-early", "documented",
	}, got); diff != "" {
		t.Error(diff)
	}
}

// A pact that only holds as a refusal would pass for a wish.
func TestRefusalsSaySo(t *testing.T) {
	pacts, err := All()
	if err != nil {
		t.Fatal(err)
	}
	for _, pact := range pacts {
		for _, i := range pact.Interactions {
			if refused := i.Response.Status >= 400; refused != strings.HasSuffix(i.Description, ", refused") {
				t.Errorf("%s: %q has status %d, want \", refused\" at the end: %t", pact.File, i.Description, i.Response.Status, refused)
			}
		}
	}
}

// The same interaction, in every version of the specification.
func TestReadVersions(t *testing.T) {
	want := Interaction{
		Description: "a search",
		Given:       []Given{{State: "customer 8 exists"}},
		Request: Request{
			Method: "POST", Path: "/api/search", Query: url.Values{"q": {"a b", "c"}},
			Header: http.Header{"Content-Type": {"application/json"}, "X-Api-Token": {"1|x"}},
			Body:   []byte(`{"id": 8}`),
		},
		Response: Response{
			Status: 200,
			Header: http.Header{"Content-Type": {"text/plain"}},
			Body:   []byte("found"),
		},
	}
	with := func(params map[string]any) Interaction {
		i := want
		i.Given = []Given{{State: "customer 8 exists", Params: params}, {State: "x"}}
		return i
	}
	tests := map[string]struct {
		interaction, metadata string
		want                  Interaction
	}{
		"1": {
			`"provider_state": "customer 8 exists",
			"request": {"method": "post", "path": "/api/search", "query": "q=a+b&q=c", "headers": {"content-type": "application/json", "x-api-token": "1|x"}, "body": {"id": 8}},
			"response": {"status": 200, "headers": {"Content-Type": "text/plain"}, "body": "found"}`, `{}`, want,
		},
		"2": {
			`"providerState": "customer 8 exists",
			"request": {"method": "POST", "path": "/api/search", "query": "q=a%20b&q=c", "headers": {"Content-Type": "application/json", "X-API-Token": "1|x"}, "body": "{\"id\": 8}"},
			"response": {"status": 200, "headers": {"Content-Type": "text/plain"}, "body": "found"}`,
			`{"pact-specification": {"version": "2.0.0"}}`, want,
		},
		"3": {
			`"providerStates": [{"name": "customer 8 exists", "params": {"id": 8}}, {"name": "x"}],
			"request": {"method": "POST", "path": "/api/search", "query": {"q": ["a b", "c"]}, "headers": {"Content-Type": "application/json", "X-API-Token": ["1|x"]}, "body": {"id": 8}},
			"response": {"status": 200, "headers": {"Content-Type": "text/plain"}, "body": "found"}`,
			`{"pactSpecification": {"version": "3.0.0"}}`, with(map[string]any{"id": 8.0}),
		},
		"4": {
			`"type": "Synchronous/HTTP", "pending": false,
			"providerStates": [{"name": "customer 8 exists", "params": {"id": 8}}, {"name": "x"}],
			"request": {"method": "POST", "path": "/api/search", "query": {"q": ["a b", "c"]}, "headers": {"Content-Type": ["application/json"], "X-API-Token": ["1|x"]}, "body": {"content": {"id": 8}, "contentType": "application/json", "encoded": false}},
			"response": {"status": 200, "headers": {"Content-Type": ["text/plain"]}, "body": {"content": "Zm91bmQ=", "contentType": "text/plain", "encoded": "base64"}}`,
			`{"pactSpecification": {"version": "4.0"}}`, with(map[string]any{"id": 8.0}),
		},
	}
	for version, test := range tests {
		t.Run(version, func(t *testing.T) {
			pact := read(t, `{"consumer": {"name": "c"}, "provider": {"name": "p"}, "interactions": [
				{"description": "a search", `+test.interaction+`}], "metadata": `+test.metadata+`}`)
			want := Pact{File: "test.json", Path: "test.json", Consumer: "c", Provider: "p", Version: pact.Version, Interactions: []Interaction{test.want}}
			if diff := cmp.Diff(want, pact, cmpopts.IgnoreUnexported(Pact{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What Pact's verifier sends for each of these was measured.
func TestReadBody(t *testing.T) {
	tests := []struct {
		version                 int
		body, contentType, want string
	}{
		{3, `null`, "application/json", ""},
		{3, `{"a": 1.0}`, "", `{"a": 1.0}`},
		{3, `{"a": 1}`, "text/plain", `{"a": 1}`},
		{3, `"a=1"`, "application/x-www-form-urlencoded", "a=1"},
		{3, `"{\"a\":1}"`, "application/json", `{"a":1}`},
		{3, `"hello"`, "application/json", `"hello"`},
		{3, `"hello"`, "application/problem+json", `"hello"`},
		{4, `{}`, "", ""},
		{4, `{"content": null}`, "", ""},
		{4, `{"content": "{\"a\":1}", "contentType": "application/json", "encoded": false}`, "", `"{\"a\":1}"`},
		{4, `{"content": "{\"a\":1}", "contentType": "application/json", "encoded": "JSON"}`, "", `{"a":1}`},
		{4, `{"content": "eyJhIjoxfQ==", "contentType": "application/json", "encoded": "base64"}`, "", `{"a":1}`},
		{4, `{"content": "a=1", "contentType": "application/x-www-form-urlencoded", "encoded": false}`, "", "a=1"},
	}
	for _, test := range tests {
		got, err := readBody(test.version, []byte(test.body), fileHeaders{"Content-Type": {test.contentType}})
		if err != nil || string(got) != test.want {
			t.Errorf("version %d, %s, %q: got %q, %v; want %q", test.version, test.body, test.contentType, got, err, test.want)
		}
	}
}

func TestReadErrors(t *testing.T) {
	const good = `"request": {"method": "GET", "path": "/"}, "response": {"status": 200}`
	pact := func(interaction string) string {
		return `{"consumer": {"name": "c"}, "provider": {"name": "p"}, "interactions": [{` + good + `}, {"description": "d", ` + interaction + `}]}`
	}
	tests := map[string]string{
		"":                                   `"test.json" is not a pact: line 1: unexpected end`,
		"{\n\n\"a\" 1}":                      `"test.json" is not a pact: line 3: invalid character`,
		"[]":                                 `"test.json" is not a pact: it is an array, and must be an object`,
		"\ufeff{}":                           `"test.json" is not a pact: it begins with a byte order mark`,
		`{"consumer": {"name": 8}}`:          `line 1: "consumer.name" is a number, and must be a string`,
		`{"consumer": "c"}`:                  `line 1: "consumer" is a string, and must be an object`,
		`{"interactions": {}}`:               `line 1: "interactions" is an object, and must be an array`,
		`{"interactions": [{"request": 8}]}`: `"interactions.request" is a number, and must be an object`,
		`{"interactions": [{"response": {"status": "200"}}]}`:        `"interactions.response.status" is a string, and must be an integer`,
		`{"interactions": [{"pending": "no"}]}`:                      `"interactions.pending" is a string, and must be true or false`,
		`{"interactions": [{"request": {"method": ["GET"]}}]}`:       `"interactions.request.method" is an array, and must be a string`,
		`{"interactions": [{"providerStates": [{"params": true}]}]}`: `"interactions.providerStates.params" is true or false, and must be an object`,
		"{}": "has no consumer and provider",
		`{"consumer": {"name": "c"}, "provider": {"name": "p"}}`:                                                                                          "has no interactions",
		`{"consumer": {"name": "c"}, "provider": {"name": "p"}, "messages": []}`:                                                                          "contains messages",
		`{"consumer": {"name": "c"}, "provider": {"name": "p"}, "interactions": [{` + good + `}], "metadata": {"pactSpecification": {"version": "5.0"}}}`: `version "5.0"`,
		pact(`"request": {"path": "/"}, "response": {"status": 200}`):                                                                                     `interaction 2 "d": the request has no method`,
		pact(`"request": {"method": "GET", "path": "api"}, "response": {"status": 200}`):                                                                  `the path "api"`,
		pact(`"request": {"method": "GET", "path": "/"}, "response": {}`):                                                                                 "the response has no status",
		`{"consumer": {"name": "c"}, "provider": {"name": "p"}, "interactions": [{` + good + `}], "metadata": {"pactSpecification": {"version": "4.0"}}}`: `interaction 1 "": the interaction has no "type"`,
		`{"consumer": {"name": "c"}, "provider": {"name": "p"}, "interactions": [{` + good + `}], "metadata": {"plugins": [{"name": "protobuf"}]}}`:       `needs the Pact plugin "protobuf"`,
		pact(`"type": "Asynchronous/Messages"`):                                                                                                           `unsupported type "Asynchronous/Messages"`,
		pact(`"request": {"method": "GET", "path": "/", "headers": {"A": {"b": 1}}}`):                                                                     `"A": must be a string or an array of strings`,
		pact(`"request": {"method": "GET", "path": "/", "query": 8}`):                                                                                     "must be an object of strings or arrays of strings",
		pact(`"request": {"method": "GET", "path": "/", "query": "%zz"}`):                                                                                 `invalid URL escape "%zz"`,
		`{"consumer": {"name": "c"}, "provider": {"name": "p"}, "metadata": {"pactSpecification": {"version": "4.0"}}, "interactions": [{"type": "Synchronous/HTTP", "request": {"method": "GET", "path": "/", "body": "x"}, "response": {"status": 200}}]}`: `the body of the request: must be an object with "content"`,
	}
	for data, want := range tests {
		_, err := Read("test.json", []byte(data))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\ngot  %v\nwant %s", data, err, want)
		}
	}
}

func TestOpen(t *testing.T) {
	folder := t.TempDir()
	write := func(name, data string) string {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	const pact = `{"consumer": {"name": "c"}, "provider": {"name": "p"}, "interactions": [
		{"request": {"method": "GET", "path": "/"}, "response": {"status": 200}}]}`

	write("sub/x.json", pact)
	write("README.md", "about")
	if _, err := Open(folder); err == nil || !strings.Contains(err.Error(), "no pact found") {
		t.Errorf(`folder without pacts: got %v, want an error containing "no pact found"`, err)
	}
	file := write("a.json", pact)
	write("b.json", pact)
	for path, want := range map[string]int{file: 1, folder: 2} {
		if pacts, err := Open(path); err != nil || len(pacts) != want {
			t.Errorf("%s: got %d pacts, %v; want %d", path, len(pacts), err, want)
		}
	}
	write("package.json", `{"name": "plugin"}`)
	if _, err := Open(folder); err == nil || !strings.Contains(err.Error(), `"package.json" is not a pact`) {
		t.Errorf(`folder with something else: got %v, want an error containing "package.json" is not a pact`, err)
	}
	if _, err := Open(filepath.Join(folder, "none")); err == nil || !strings.Contains(err.Error(), "no such file or folder") {
		t.Errorf(`no folder: got %v, want an error containing "no such file or folder"`, err)
	}
}

// FuzzReadPact: whatever the file holds, Read returns an error or what Pact can verify and
// Check can look at.
func FuzzReadPact(f *testing.F) {
	seeds, err := filepath.Glob("pacts/*.json")
	if err != nil || len(seeds) == 0 {
		f.Fatal("no seeds", err)
	}
	for _, seed := range seeds {
		data, err := os.ReadFile(seed)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	// The pacts are of version 3.
	f.Add([]byte(`{"consumer":{"name":"c"},"provider":{"name":"p"},"interactions":[{"providerState":"x","request":{"method":"get","path":"/api/customers/get/8","query":"a=b"},"response":{"status":200,"body":{"user":{"id":8}}}}]}`))
	f.Add([]byte(`{"consumer":{"name":"c"},"provider":{"name":"p"},"metadata":{"pactSpecification":{"version":"4.0"}},"interactions":[{"type":"Synchronous/HTTP","pending":true,"request":{"method":"POST","path":"/api/customers/assign","headers":{"Content-Type":["application/json"]},"body":{"content":"e30=","encoded":"base64"}},"response":{"status":422}}]}`))
	c := checker(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		pact, err := Read("fuzz.json", data)
		if err != nil {
			return
		}
		if pact.Consumer == "" || len(pact.Interactions) == 0 {
			t.Errorf("an empty pact without an error: got %+v; want consumer not empty, some interactions", pact)
		}
		for _, i := range pact.Interactions {
			if i.Request.Method == "" || !strings.HasPrefix(i.Request.Path, "/") || i.Response.Status < 100 {
				t.Errorf(`cannot be verified: got %+v; want method not empty, path beginning with "/", status at least 100`, i)
			}
		}
		_ = c.Check(pact)
	})
}
