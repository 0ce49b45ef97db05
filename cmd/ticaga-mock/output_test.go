package main

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// TestMissingAcceptIsExplainedOnce: the terminal explains it with the first answer, and names it with
// those that follow. Any other violation is explained each time.
func TestMissingAcceptIsExplainedOnce(t *testing.T) {
	var said bytes.Buffer
	out, err := newOutput("text", io.Discard, &said)
	if err != nil {
		t.Fatal(err)
	}
	server := mock.Start(t, mock.Options{Observe: out.exchange})
	for range 3 {
		response, err := http.Get(server.URL + "/api/customers/get/8")
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
	}
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	out.flush()
	text := said.String()
	for part, want := range map[string]int{
		"TM-HEADER-ACCEPT: the request does not ask for JSON: Laravel would":   1,
		"TM-HEADER-ACCEPT: the request does not ask for JSON; explained above": 2,
		"application/json as the first entry":                                  1,
		"error TM-AUTH-MISSING":                                                3,
		"no Authorization header":                                              3,
	} {
		if got := strings.Count(text, part); got != want {
			t.Errorf("%q is there %d times, want %d:\n%s", part, got, want, text)
		}
	}
}
