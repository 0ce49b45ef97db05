package contracts

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
)

// decodePact decodes the JSON of a pact file. The error says in the words of JSON what is wrong, and where.
func decodePact(data []byte, file *pactFile) error {
	if bytes.HasPrefix(data, []byte("\ufeff")) {
		return errors.New("it begins with a byte order mark, which Pact does not accept; save it as UTF-8 without one")
	}
	err := json.Unmarshal(data, file)
	var syntax *json.SyntaxError
	var shape *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("line %d: %w", 1+bytes.Count(data[:min(int(syntax.Offset), len(data))], []byte("\n")), err)
	case errors.As(err, &shape) && shape.Field == "":
		return fmt.Errorf("it is %s, and must be %s", withArticle(shape.Value), kindInJSON(shape.Type))
	case errors.As(err, &shape):
		return fmt.Errorf("line %d: %q is %s, and must be %s", 1+bytes.Count(data[:min(int(shape.Offset), len(data))], []byte("\n")),
			memberPath(shape.Field), withArticle(shape.Value), kindInJSON(shape.Type))
	}
	return err
}

// memberPath returns the path of a member as it is written in a pact, from the names of Go's fields.
func memberPath(fields string) string {
	path := strings.Split(fields, ".")
	for i, name := range path {
		path[i] = strings.ToLower(name[:1]) + name[1:]
	}
	return strings.Join(path, ".")
}

// withArticle returns what encoding/json calls a value, such as "number 8", as it stands in a sentence.
func withArticle(value string) string {
	switch value {
	case "object", "array":
		return "an " + value
	case "bool":
		return "true or false"
	}
	return "a " + value
}

// kindInJSON returns what JSON calls the values that a Go type holds.
func kindInJSON(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Slice:
		return "an array"
	case reflect.String:
		return "a string"
	case reflect.Int:
		return "an integer"
	case reflect.Bool:
		return "true or false"
	}
	return "an object"
}
