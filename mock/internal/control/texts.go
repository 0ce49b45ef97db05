package control

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/json"
	"sync"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/console"
)

// The names of texts. That of the page about a code is the code.
const (
	referenceText = "reference"
	codesText     = "codes"
	statesText    = "states"
)

// compressed is the pages of text as HTML, by name. A test makes them, so that the program needs no library for Markdown.
//
//go:generate go test -count=1 -run ^TestTexts$ . -update
//go:embed texts.json.gz
var compressed []byte

// texts returns the pages of text, which are decompressed for the first reader.
var texts = sync.OnceValues(func() (map[string]console.Text, error) {
	content, err := gzip.NewReader(bytes.NewReader(compressed))
	if err != nil {
		return nil, err
	}
	var all map[string]console.Text
	err = json.NewDecoder(content).Decode(&all)
	return all, err
})
