package main

import (
	"io"
	"strings"
	"unicode/utf8"
)

// table is text in columns. What stands in a cell is printable.
type table [][]string

// paint dresses a cell that is laid out already: colours have no width.
type paint func(row, column int, cell string) string

// write makes each column as wide as its widest cell. The first row is the heading.
func (t table) write(w io.Writer, s style, dress paint) error {
	widths := t.widths()
	var b strings.Builder
	for i, row := range t {
		b.WriteString(line(row, widths, func(column int, cell string) string {
			switch {
			case i == 0:
				return s.bold(cell)
			case dress == nil:
				return cell
			}
			return dress(i, column, cell)
		}))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// fit shortens the cells of one column, below the heading, until the table fits the terminal.
// It keeps their ends.
func (t table) fit(s style, column int) {
	widths := t.widths()
	over := 2*(len(widths)-1) - s.width
	for _, n := range widths {
		over += n
	}
	if s.width == 0 || over <= 0 {
		return
	}
	for _, row := range t[1:] {
		row[column] = ending(row[column], max(widths[column]-over, 12))
	}
}

// ending is text cut to the last runes that there is room for.
func ending(text string, room int) string {
	runes := []rune(text)
	if len(runes) <= room {
		return text
	}
	return "..." + string(runes[len(runes)-room+3:])
}

func (t table) widths() []int {
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

// line is one row; a cell that is too wide moves the others.
func line(row []string, widths []int, dress func(column int, cell string) string) string {
	var b strings.Builder
	blank := 0 // what is put off, lest a line end in spaces
	for i, cell := range row {
		if cell != "" {
			b.WriteString(strings.Repeat(" ", blank))
			b.WriteString(dress(i, cell))
			blank = 0
		}
		blank += max(widths[i]-utf8.RuneCountInString(cell), 0) + 2
	}
	return b.String() + "\n"
}
