package term

import (
	"io"
	"strings"
	"unicode/utf8"
)

// Table is text in rows and columns; the first row is the heading. Cells must be printable.
type Table [][]string

// Write writes a table whose columns are as wide as their widest cell. Paint returns a cell of a row
// below the heading with its colors, which take no width; nil adds none.
func (t Table) Write(w io.Writer, s Style, paint func(row, column int, cell string) string) error {
	widths := t.widths()
	var b strings.Builder
	for i, row := range t {
		b.WriteString(Line(row, widths, func(column int, cell string) string {
			switch {
			case i == 0:
				return s.Bold(cell)
			case paint == nil:
				return cell
			}
			return paint(i, column, cell)
		}))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// Fit shortens the cells of one column, except its heading, so that the table fits the terminal. It
// keeps the ends of the cells.
func (t Table) Fit(s Style, column int) {
	widths := t.widths()
	over := 2*(len(widths)-1) - s.Width
	for _, n := range widths {
		over += n
	}
	if s.Width == 0 || over <= 0 {
		return
	}
	for _, row := range t[1:] {
		row[column] = Ending(row[column], max(widths[column]-over, 12))
	}
}

// Ending returns the end of text, at most room characters long.
func Ending(text string, room int) string {
	runes := []rune(text)
	if len(runes) <= room {
		return text
	}
	return "..." + string(runes[len(runes)-room+3:])
}

func (t Table) widths() []int {
	var widths []int
	for _, row := range t {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	return widths
}

// Line returns a row of a table whose columns have these widths. A cell that is too wide moves the
// cells after it.
func Line(row []string, widths []int, paint func(column int, cell string) string) string {
	var b strings.Builder
	blank := 0 // written before the next cell, so that no line ends in spaces
	for i, cell := range row {
		if cell != "" {
			b.WriteString(strings.Repeat(" ", blank))
			b.WriteString(paint(i, cell))
			blank = 0
		}
		blank += max(widths[i]-utf8.RuneCountInString(cell), 0) + 2
	}
	return b.String() + "\n"
}
