// Package term formats what is printed to a terminal: colors, wrapped lines and tables.
//
// A [Style] knows whether its writer is a terminal. What is written to a file, a pipe or a program
// gets no colors, and its lines have any length.
package term

import (
	"io"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"
)

// Style says how to format text for a writer. The zero Style is for anything but a terminal.
type Style struct {
	colored bool

	Width int // columns of the terminal; 0 for any number
}

// StyleOf returns the Style for a writer. COLUMNS overrides the width of a terminal; NO_COLOR and
// TERM=dumb turn its colors off.
func StyleOf(w io.Writer) Style {
	file, ok := w.(*os.File)
	if !ok {
		return Style{}
	}
	fd := int(file.Fd())
	if !term.IsTerminal(fd) {
		return Style{}
	}
	width, _, _ := term.GetSize(fd)
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		width = n
	}
	if width == 0 {
		width = 80
	}
	return Style{colored: os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb", Width: width}
}

// paint returns text within the escape sequences of a rendition (SGR).
func (s Style) paint(code, text string) string {
	if !s.colored || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// Bold returns text in bold.
func (s Style) Bold(text string) string { return s.paint("1", text) }

// Dim returns text in a faint color.
func (s Style) Dim(text string) string { return s.paint("2", text) }

// Red returns text in red.
func (s Style) Red(text string) string { return s.paint("31", text) }

// Green returns text in green.
func (s Style) Green(text string) string { return s.paint("32", text) }

// Yellow returns text in yellow.
func (s Style) Yellow(text string) string { return s.paint("33", text) }

// Severity returns the severity of a violation: red for an error, yellow for anything else.
func (s Style) Severity(text string) string {
	if text == "error" {
		return s.Red(text)
	}
	return s.Yellow(text)
}

// Status returns an HTTP status in the color of its class.
func (s Style) Status(status int) string {
	text := strconv.Itoa(status)
	switch status / 100 {
	case 2:
		return s.Green(text)
	case 4:
		return s.Yellow(text)
	case 5:
		return s.Red(text)
	}
	return text
}

// Wrap breaks text between words so that it fits the terminal when it starts at a column. Further
// lines start at the same column. Paint is called for each line.
func (s Style) Wrap(column int, text string, paint func(string) string) string {
	room := s.Width - column
	if s.Width == 0 || room < 20 {
		return paint(text)
	}
	var lines []string
	for i, word := range strings.Split(text, " ") {
		last := len(lines) - 1
		if i > 0 && utf8.RuneCountInString(lines[last])+1+utf8.RuneCountInString(word) <= room {
			lines[last] += " " + word
		} else {
			lines = append(lines, word)
		}
	}
	for i := range lines {
		lines[i] = paint(lines[i])
	}
	return strings.Join(lines, "\n"+strings.Repeat(" ", column))
}
