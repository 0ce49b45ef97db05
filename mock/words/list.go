package words

import (
	"fmt"
	"strings"
)

// List joins the first entries of a list that has n, and says how many more there are: "a, b and 3 more".
func List(first []string, n int) string {
	text := strings.Join(first, ", ")
	if more := n - len(first); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
