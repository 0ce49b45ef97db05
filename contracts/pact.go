package contracts

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// Pact is one contract file, read.
type Pact struct {
	File         string // its base name
	Path         string // where it was read from; the base name where that is not known
	Consumer     string
	Provider     string
	Version      int           // of Pact's specification: its major version
	Interactions []Interaction // at least one

	data      []byte // the file
	positions *positions
}

// Interaction is one request of the consumer and the minimal answer that it needs.
type Interaction struct {
	Description string
	Given       []Given // in the order of the file; may be empty
	Pending     bool    // Pact reports a failure of it and lets it pass
	Misrouted   bool    // its description or a comment says that the path or method is wrong on purpose
	Request     Request
	Response    Response
}

// Given is a provider state that an interaction starts from.
type Given struct {
	State  string
	Params map[string]any // JSON values; nil in a pact older than version 3
}

// Nothing reports whether the state sets up nothing: verifiers send an empty one for an interaction without
// states.
func (g Given) Nothing() bool { return strings.TrimSpace(g.State) == "" }

// Request is what the consumer sends. If the pact has a matcher, its example is sent, as Pact does when
// it verifies.
type Request struct {
	Method string // upper case
	Path   string // begins with a slash
	Query  url.Values
	Header http.Header
	Body   []byte // nil when there is none
}

// Response is what the consumer expects. An answer may contain more than Body.
type Response struct {
	Status int
	Header http.Header
	Body   []byte          // nil if the consumer accepts any body
	Empty  bool            // the consumer expects an empty body
	Rules  json.RawMessage // the matching rules, as the file has them; nil without any
}

// Open reads the pact at path, or every *.json of the folder at path. Subfolders are left out, as
// Pact's own tools do. It returns an error if there is no pact. The error has a line for each file that
// is not a pact, and the others are returned with it.
func Open(path string) ([]Pact, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("pacts %q: no such file or folder", path)
	}
	if info.IsDir() {
		pacts, err := readAll(os.DirFS(path))
		for i := range pacts {
			pacts[i].Path = filepath.Join(path, pacts[i].File)
		}
		if err != nil {
			return pacts, fmt.Errorf("pacts %q: %w", path, err)
		}
		return pacts, nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	pact, err := Read(filepath.Base(path), data)
	if err != nil {
		return nil, err
	}
	pact.Path = path
	return []Pact{pact}, nil
}

func readAll(folder fs.FS) ([]Pact, error) {
	files, err := fs.Glob(folder, "*.json")
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, errors.New("no pact found; a pact is a *.json file, and subfolders are skipped")
	}
	var pacts []Pact
	var errs []error
	for _, file := range files {
		data, err := fs.ReadFile(folder, file)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		pact, err := Read(file, data)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		pacts = append(pacts, pact)
	}
	return pacts, errors.Join(errs...)
}

// Read reads a pact file of version 1 to 4 of Pact's specification. The name appears in its errors, and
// becomes Pact.File.
func Read(name string, data []byte) (Pact, error) {
	var file pactFile
	if err := decodePact(data, &file); err != nil {
		return Pact{}, fmt.Errorf("%q is not a pact: %w", name, err)
	}
	pact := Pact{File: name, Path: name, Consumer: file.Consumer.Name, Provider: file.Provider.Name, data: data, positions: &positions{data: data}}
	switch {
	case pact.Consumer == "" || pact.Provider == "":
		return Pact{}, fmt.Errorf("%q is not a pact: it has no consumer and provider", name)
	case file.Messages != nil:
		return Pact{}, fmt.Errorf("%q contains messages; only pacts of HTTP interactions are supported", name)
	case len(file.Metadata.Plugins) > 0:
		return Pact{}, fmt.Errorf("%q needs the Pact plugin %q; only pacts of HTTP interactions without plugins are supported", name, file.Metadata.Plugins[0].Name)
	case len(file.Interactions) == 0:
		return Pact{}, fmt.Errorf("%q has no interactions; run the consumer tests that write it", name)
	}
	version, err := file.version()
	if err != nil {
		return Pact{}, fmt.Errorf("%q: %w", name, err)
	}
	pact.Version = version
	for i, raw := range file.Interactions {
		interaction, err := raw.read(version)
		if err != nil {
			return Pact{}, fmt.Errorf("%q: interaction %d %q: %w", name, i+1, raw.Description, err)
		}
		pact.Interactions = append(pact.Interactions, interaction)
	}
	return pact, nil
}

// pactFile is the file as it is written. The versions differ in the names and forms of
// a few parts; they are told apart here and nowhere else.
type pactFile struct {
	Consumer     struct{ Name string }
	Provider     struct{ Name string }
	Interactions []fileInteraction
	Messages     json.RawMessage
	Metadata     struct {
		Specification struct{ Version string } `json:"pactSpecification"`
		Hyphenated    struct{ Version string } `json:"pact-specification"`
		Plugins       []struct{ Name string }
	}
}

type fileInteraction struct {
	Type           string
	Description    string
	Pending        bool
	Comments       json.RawMessage
	StateV1        string `json:"provider_state"`
	StateV2        string `json:"providerState"`
	ProviderStates []struct {
		Name   string
		Params map[string]any
	}
	Request struct {
		Method  string
		Path    string
		Query   fileQuery
		Headers fileHeaders
		Body    json.RawMessage
	}
	Response struct {
		Status  int
		Headers fileHeaders
		Body    json.RawMessage
		Rules   json.RawMessage `json:"matchingRules"`
	}
}

// version is the major version of the specification. The oldest files name none.
func (f *pactFile) version() (int, error) {
	text := f.Metadata.Specification.Version + f.Metadata.Hyphenated.Version
	switch {
	case text == "":
		return 2, nil
	case text[0] >= '1' && text[0] <= '4':
		return int(text[0] - '0'), nil
	}
	return 0, fmt.Errorf("unknown version %q of the pact specification; must be from 1 to 4", text)
}

func (f *fileInteraction) read(version int) (Interaction, error) {
	i := Interaction{
		Description: f.Description,
		Pending:     f.Pending,
		Misrouted:   misrouted(f.Description, f.Comments),
		Request: Request{
			Method: strings.ToUpper(f.Request.Method),
			Path:   f.Request.Path,
			Query:  url.Values(f.Request.Query),
			Header: http.Header(f.Request.Headers),
		},
		Response: Response{
			Status: f.Response.Status,
			Header: http.Header(f.Response.Headers),
			Rules:  f.Response.Rules,
		},
	}
	switch {
	case version >= 4 && f.Type == "": // some verifiers skip it
		return i, errors.New(`the interaction has no "type"; add "type": "Synchronous/HTTP"`)
	case f.Type != "" && f.Type != "Synchronous/HTTP":
		return i, fmt.Errorf("unsupported type %q; only HTTP interactions are supported", f.Type)
	case i.Request.Method == "":
		return i, errors.New("the request has no method")
	case !strings.HasPrefix(i.Request.Path, "/"):
		return i, fmt.Errorf("the path %q of the request does not begin with a slash", i.Request.Path)
	case i.Response.Status == 0:
		return i, errors.New("the response has no status")
	case i.Response.Status < 100 || i.Response.Status > 599:
		return i, fmt.Errorf("the status %d of the response is not an HTTP status", i.Response.Status)
	}
	for _, state := range []string{f.StateV1, f.StateV2} {
		if state != "" {
			i.Given = append(i.Given, Given{State: state})
		}
	}
	for _, state := range f.ProviderStates {
		i.Given = append(i.Given, Given{State: state.Name, Params: state.Params})
	}
	var err error
	if i.Request.Body, err = readBody(version, f.Request.Body, f.Request.Headers); err != nil {
		return i, fmt.Errorf("the body of the request: %w", err)
	}
	if i.Response.Body, err = readBody(version, f.Response.Body, f.Response.Headers); err != nil {
		return i, fmt.Errorf("the body of the response: %w", err)
	}
	if len(i.Response.Body) == 0 {
		i.Response.Body, i.Response.Empty = nil, f.Response.Body != nil
	}
	return i, nil
}

// readBody takes a body out of its file. Before version 4 it stands there as such: any
// JSON, or text, which is also how some libraries write a document of JSON.
func readBody(version int, raw json.RawMessage, header fileHeaders) ([]byte, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	if version >= 4 {
		return readWrappedBody(raw)
	}
	var text string
	if json.Unmarshal(raw, &text) != nil || isJSON(http.Header(header).Get("Content-Type")) && !json.Valid([]byte(text)) {
		return raw, nil
	}
	return []byte(text), nil
}

// readWrappedBody takes a body out of the object that it is wrapped in since version 4.
func readWrappedBody(raw json.RawMessage) ([]byte, error) {
	var body struct {
		Content     json.RawMessage
		ContentType string
		Encoded     any // false, or the name of an encoding
	}
	if err := json.Unmarshal(raw, &body); err != nil {
		return nil, errors.New(`must be an object with "content" and "contentType"`)
	}
	var text string
	switch {
	case len(body.Content) == 0 || string(body.Content) == "null":
		return nil, nil
	case json.Unmarshal(body.Content, &text) != nil:
		return body.Content, nil
	case body.Encoded == "base64":
		return base64.StdEncoding.DecodeString(text)
	case isJSON(body.ContentType) && body.Encoded != "JSON":
		return body.Content, nil
	}
	return []byte(text), nil
}

func isJSON(contentType string) bool {
	media, _, _ := mime.ParseMediaType(contentType)
	return media == "application/json" || strings.HasSuffix(media, "+json")
}

// fileQuery is one string up to version 2, and a list for each name since.
type fileQuery url.Values

func (q *fileQuery) UnmarshalJSON(data []byte) error {
	var text string
	if json.Unmarshal(data, &text) == nil {
		values, err := url.ParseQuery(text)
		*q = fileQuery(values)
		return err
	}
	values, err := readLists(data)
	*q = fileQuery(values)
	return err
}

// fileHeaders has a string for each name, or since version 4 a list of them.
type fileHeaders http.Header

func (h *fileHeaders) UnmarshalJSON(data []byte) error {
	lists, err := readLists(data)
	if err != nil || lists == nil {
		return err
	}
	*h = fileHeaders{}
	for name, values := range lists {
		name = http.CanonicalHeaderKey(name)
		(*h)[name] = append((*h)[name], values...)
	}
	return nil
}

// readLists reads an object whose values are strings or lists of strings.
func readLists(data []byte) (map[string][]string, error) {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil, errors.New("must be an object of strings or arrays of strings")
	}
	lists := make(map[string][]string, len(raw))
	for name, value := range raw {
		if !bytes.HasPrefix(value, []byte("[")) {
			value = append(append([]byte("["), value...), ']')
		}
		var list []string
		if err := json.Unmarshal(value, &list); err != nil {
			return nil, fmt.Errorf("%q: must be a string or an array of strings", name)
		}
		lists[name] = list
	}
	return lists, nil
}
