package contracts

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// position returns the line and the column, from 1, of the value that keys and indexes lead to in a
// JSON document. Where they lead to nothing it is the innermost value on the way. The names of headers
// are found whatever their case.
func position(data []byte, path []string) (line, column int) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	offset := valueStart(data, 0)
	for _, key := range path {
		inner, ok := enter(decoder, data, key)
		if !ok {
			break
		}
		offset = inner
	}
	before := data[:offset]
	return bytes.Count(before, []byte("\n")) + 1, offset - bytes.LastIndexByte(before, '\n')
}

// enter moves a decoder that stands before a value into it, to before the value of a key or an index,
// and returns where that begins.
func enter(decoder *json.Decoder, data []byte, key string) (offset int, ok bool) {
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
		if strings.EqualFold(name, key) {
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
