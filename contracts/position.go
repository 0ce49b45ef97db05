package contracts

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// positions finds values in a pact's file. It is safe for concurrent use.
type positions struct {
	data []byte

	once   sync.Once
	starts []start // of the interactions
}

// start is where an interaction begins.
type start struct {
	offset       int
	line, column int // from 1; a column is a character, as editors count
}

// of returns the line and the column, from 1, of the value in an interaction that keys and indexes lead to. Where they
// lead to nothing it is the innermost value on the way. The names of headers are found whatever their case. What it costs
// depends on the size of the interaction only, because a large pact may have many findings.
func (p *positions) of(index int, path []string) (line, column int) {
	p.once.Do(p.find)
	if index >= len(p.starts) {
		return 1, 1
	}
	begins := p.starts[index]
	data := p.data[begins.offset:]
	decoder := json.NewDecoder(bytes.NewReader(data))
	offset := 0
	for n, key := range path {
		anyCase := key == "headers" || n > 0 && path[n-1] == "headers"
		inner, ok := enter(decoder, data, key, anyCase)
		if !ok {
			break
		}
		offset = inner
	}
	return begins.after(data[:offset])
}

// after returns the line and the column behind some bytes.
func (s start) after(passed []byte) (line, column int) {
	if newline := bytes.LastIndexByte(passed, '\n'); newline >= 0 {
		return s.line + bytes.Count(passed, []byte("\n")), 1 + utf8.RuneCount(passed[newline+1:])
	}
	return s.line, s.column + utf8.RuneCount(passed)
}

// find finds where the interactions begin.
func (p *positions) find() {
	decoder := json.NewDecoder(bytes.NewReader(p.data))
	if _, ok := enter(decoder, p.data, "interactions", true); !ok {
		return
	}
	if token, err := decoder.Token(); err != nil || token != json.Delim('[') {
		return
	}
	last := start{line: 1, column: 1}
	for decoder.More() {
		offset := valueStart(p.data, int(decoder.InputOffset()))
		line, column := last.after(p.data[last.offset:offset])
		last = start{offset, line, column}
		p.starts = append(p.starts, last)
		var skipped json.RawMessage
		if decoder.Decode(&skipped) != nil {
			return
		}
	}
}

// enter moves a decoder that stands before a value into it, to before the value of a key or an index,
// and returns where that begins.
func enter(decoder *json.Decoder, data []byte, key string, anyCase bool) (offset int, ok bool) {
	token, err := decoder.Token()
	delimiter, isDelimiter := token.(json.Delim)
	if err != nil || !isDelimiter {
		return 0, false
	}
	for index := 0; decoder.More(); index++ {
		name := strconv.Itoa(index)
		if delimiter == '{' {
			token, err := decoder.Token()
			if err != nil {
				return 0, false
			}
			name, _ = token.(string)
		}
		if name == key || anyCase && strings.EqualFold(name, key) {
			return valueStart(data, int(decoder.InputOffset())), true
		}
		var skipped json.RawMessage
		if decoder.Decode(&skipped) != nil {
			return 0, false
		}
	}
	return 0, false
}

// valueStart skips what stands between two values.
func valueStart(data []byte, offset int) int {
	for offset < len(data) && bytes.IndexByte([]byte(" \t\r\n:,"), data[offset]) >= 0 {
		offset++
	}
	return offset
}
