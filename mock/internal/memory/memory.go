// Package memory estimates how much memory exchanges and decoded fields take.
//
// The estimates are in bytes and include what the runtime needs beside the data: strings are rounded
// up, and maps have room for more. They are meant for limits, and err on the high side.
package memory

import (
	"encoding/json"
	"math"
	"net/http"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

const (
	exchangeSize  = 1024
	violationSize = 256
	mapSize       = 320 // a map with one value and up to seven more
	entrySize     = 80  // a further value with its name
)

// Exchange returns about how many bytes of memory an exchange takes.
func Exchange(x *traffic.Exchange) int {
	n := exchangeSize + text(x.Path) + text(x.Target) + text(x.Query) + text(x.Refusal) + text(x.Request.Body) + text(x.Response.Body) +
		header(x.Request.Header) + header(x.Response.Header)
	if x.Fields != nil {
		n += text(x.Request.Body) // the fields of a form share the memory of another copy
	}
	n += (cap(x.Violations) - len(x.Violations)) * violationSize
	for _, v := range x.Violations {
		n += violationSize + text(v.At) + text(v.Message) + text(v.Expected) + text(v.Got) + text(v.Fix)
	}
	return n + Fields(x.Fields) + Fields(x.QueryFields)
}

// text returns how many bytes a string takes: about an eighth more than its length.
func text(s string) int { return len(s) + len(s)/8 + 16 }

func header(h http.Header) int {
	if len(h) == 0 {
		return 0
	}
	n := mapSize
	for name, values := range h {
		n += entrySize + len(name)
		for _, v := range values {
			n += 16 + text(v)
		}
	}
	return n
}

// Fields returns about how many bytes of memory decoded fields take.
func Fields(fields map[string]any) int { return sizeUpTo(math.MaxInt, fields) }

// FieldsFit reports whether decoded fields take at most traffic.MaxFields, which is what an exchange
// may keep of them. It stops counting beyond that.
func FieldsFit(fields map[string]any) bool {
	return sizeUpTo(traffic.MaxFields, fields) <= traffic.MaxFields
}

// sizeUpTo returns the size of a decoded value, or any number above limit if it is above limit.
func sizeUpTo(limit int, value any) int {
	const each = 32 // what a value takes beside its text
	switch v := value.(type) {
	case map[string]any:
		if v == nil {
			return 0
		}
		n := mapSize
		for name, inner := range v {
			if n += entrySize + text(name) + sizeUpTo(limit-n, inner); n > limit {
				break
			}
		}
		return n
	case []any:
		n := each + 16*(cap(v)-len(v))
		for _, inner := range v {
			if n += 16 + sizeUpTo(limit-n, inner); n > limit {
				break
			}
		}
		return n
	case string:
		return each + text(v)
	case json.Number:
		return each + text(string(v))
	}
	return each
}

// Unshared returns a deep copy of decoded fields that keeps nothing else alive: their strings may be
// parts of a body that is much longer.
func Unshared(fields map[string]any) map[string]any {
	if fields == nil {
		return nil
	}
	return unshared(fields).(map[string]any)
}

func unshared(value any) any {
	switch v := value.(type) {
	case map[string]any:
		copied := make(map[string]any, len(v))
		for name, inner := range v {
			copied[strings.Clone(name)] = unshared(inner)
		}
		return copied
	case []any:
		copied := make([]any, len(v))
		for i, inner := range v {
			copied[i] = unshared(inner)
		}
		return copied
	case string:
		return strings.Clone(v)
	case json.Number:
		return json.Number(strings.Clone(string(v)))
	}
	return value
}
