package memory_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/memory"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

func TestFieldsFit(t *testing.T) {
	many := map[string]any{}
	for i := range 5_000 {
		many[fmt.Sprint("f", i)] = json.Number("1")
	}
	for name, c := range map[string]struct {
		fields map[string]any
		want   bool
	}{
		"none": {nil, true}, "few": {map[string]any{"a": "b"}, true}, "many": {many, false},
		"a long text": {map[string]any{"a": strings.Repeat("x", traffic.MaxFields)}, false},
		"a long list": {map[string]any{"a": make([]any, 100_000)}, false}, "deep": {map[string]any{"a": many}, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := memory.FieldsFit(c.fields); got != c.want {
				t.Errorf("FieldsFit is %v, want %v", got, c.want)
			}
		})
	}
}
