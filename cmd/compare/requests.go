package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

// request is one of those that every tool answers.
type request struct{ method, path, form, answer string }

var requests = []request{
	{"GET", "/api/customers/get/8", "", `{"id": 8, "name": "Jane Roe", "email": "jane.roe@example.com", "billing_id": "", "billing_system": ""}`},
	{"POST", "/api/customers/assign", "ticaga_id=8&billing_id=42&billing_system=blesta", `{"user": true}`},
}

// ask sends the request, and returns an error unless the answer is 200.
func (r request) ask(client *http.Client, url string) error {
	request, err := http.NewRequest(r.method, url+r.path, strings.NewReader(r.form))
	if err != nil {
		return err
	}
	request.SetBasicAuth("admin@ticaga.test", "demo-token")
	request.Header.Set("Accept", "application/json")
	if r.form != "" {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s: got %s, want 200", r.method, r.path, response.Status)
	}
	return nil
}

// answer is the bare handler: it decodes what is sent, and answers always the same.
func answer(w http.ResponseWriter, sent *http.Request) {
	for _, r := range requests {
		if sent.Method == r.method && sent.URL.Path == r.path && sent.ParseForm() == nil {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, r.answer)
			return
		}
	}
	http.NotFound(w, sent)
}

// writeStubs writes a stub for WireMock for each request.
func writeStubs(folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for i, r := range requests {
		stub := map[string]any{
			"request": map[string]any{
				"method": r.method, "urlPath": r.path, "headers": map[string]any{"Authorization": map[string]any{"matches": "Basic .+"}},
			},
			"response": map[string]any{
				"status": 200, "headers": map[string]any{"Content-Type": "application/json"}, "jsonBody": json.RawMessage(r.answer),
			},
		}
		text, err := json.Marshal(stub)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("stub%d.json", i)), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
