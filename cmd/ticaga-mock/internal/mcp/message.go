package mcp

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// Codes of JSON-RPC, and one of the protocol.
const (
	parseError       = -32700
	invalidRequest   = -32600
	methodNotFound   = -32601
	invalidParams    = -32602
	internalError    = -32603
	resourceNotFound = -32002
)

// message is a request, a notification, which has no ID, or an answer, which has no method.
type message struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id"`
	Method  string          `json:"method"`
	Params  json.RawMessage `json:"params"`
}

// response is the answer to a request: a result or an error.
type response struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id"` // null when the request has none that can be read
	Result  any             `json:"result,omitempty"`
	Error   *problem        `json:"error,omitempty"`
}

// problem is why a request has no result.
type problem struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
	Data    any    `json:"data,omitempty"`
}

// encode returns a line.
func (r response) encode() []byte {
	r.Version = "2.0"
	var line bytes.Buffer
	encoder := json.NewEncoder(&line)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(r); err != nil { // a result is made of strings
		return response{ID: r.ID, Error: &problem{Code: internalError, Message: err.Error()}}.encode()
	}
	return line.Bytes()
}

// parse reads a message. Of one that is wrong it returns the ID if that can be read.
func parse(line []byte) (message, *problem) {
	var m message
	if !json.Valid(line) {
		return m, &problem{Code: parseError, Message: "the line is not JSON"}
	}
	err := json.Unmarshal(line, &m)
	id := m.ID
	if !isID(id) {
		m.ID = nil
	}
	switch {
	case line[0] == '[':
		return m, &problem{Code: invalidRequest, Message: "batches are unsupported; send one message a line"}
	case err != nil || m.Version != "2.0":
		return m, &problem{Code: invalidRequest, Message: `the line is not a message; it must be an object with "jsonrpc": "2.0" and a method`}
	case id != nil && m.ID == nil:
		return m, &problem{Code: invalidRequest, Message: "id: must be a short string or a number"}
	case id == nil && m.Method == "":
		return m, &problem{Code: invalidRequest, Message: "the message has neither an id nor a method"}
	}
	return m, nil
}

func isID(raw json.RawMessage) bool {
	return len(raw) > 0 && len(raw) <= maxID && (raw[0] == '"' || raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9')
}

var errTooLong = errors.New("too long")

// readLine returns the next line without the white space around it, which may be all of it. Of a line that
// is too long it keeps nothing, and goes on behind it.
func readLine(from *bufio.Reader, limit int) ([]byte, error) {
	var line []byte
	tooLong := false
	for {
		chunk, err := from.ReadSlice('\n')
		if tooLong = tooLong || len(line)+len(chunk) > limit; tooLong {
			line = nil
		} else {
			line = append(line, chunk...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && !(errors.Is(err, io.EOF) && (tooLong || len(bytes.TrimSpace(line)) > 0)): // the last line may lack its end
			return nil, err
		case tooLong:
			return nil, errTooLong
		}
		return bytes.TrimSpace(line), nil
	}
}
