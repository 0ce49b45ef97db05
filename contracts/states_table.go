package contracts

import (
	"fmt"
	"strings"
)

// StatesTable returns the provider states as a table in Markdown.
func StatesTable() string {
	var b strings.Builder
	b.WriteString("| provider state | what is true then | parameters | values returned |\n| --- | --- | --- | --- |\n")
	for _, s := range States() {
		var params []string
		for _, p := range s.Params {
			name := "`" + p.Name + "`"
			if p.Required {
				name += " (required)"
			}
			params = append(params, name)
		}
		var returned []string
		for _, name := range s.Returns {
			returned = append(returned, "`"+name+"`")
		}
		_, _ = fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", s.Name, s.Sets, strings.Join(params, " "), strings.Join(returned, " "))
	}
	return b.String()
}
