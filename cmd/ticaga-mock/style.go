package main

import (
	"io"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"
)

// style is how text looks on what it is written to. The zero value is plain, and lines have no
// end: for files, pipes and programs.
type style struct {
	coloured bool
	width    int // columns of the terminal; 0 for none
}

// newStyle is that of a terminal when w is one.
func newStyle(w io.Writer) style {
	file, ok := w.(*os.File)
	if !ok {
		return style{}
	}
	width, ok := terminalWidth(file)
	if !ok {
		return style{}
	}
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		width = n
	}
	if width == 0 {
		width = 80
	}
	return style{coloured: os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb", width: width}
}

// paint puts a Select Graphic Rendition around text.
func (s style) paint(code, text string) string {
	if !s.coloured || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (s style) bold(text string) string   { return s.paint("1", text) }
func (s style) dim(text string) string    { return s.paint("2", text) }
func (s style) red(text string) string    { return s.paint("31", text) }
func (s style) green(text string) string  { return s.paint("32", text) }
func (s style) yellow(text string) string { return s.paint("33", text) }

// severity is red for what is refused.
func (s style) severity(text string) string {
	if text == "error" {
		return s.red(text)
	}
	return s.yellow(text)
}

// status tells its class apart.
func (s style) status(status int) string {
	text := strconv.Itoa(status)
	switch status / 100 {
	case 2:
		return s.green(text)
	case 4:
		return s.yellow(text)
	case 5:
		return s.red(text)
	}
	return text
}

// wrap breaks text that is too long for a terminal's line between words, and begins what
// follows under the column where text began. Each line is painted by itself.
func (s style) wrap(column int, text string, paint func(string) string) string {
	room := s.width - column
	if s.width == 0 || room < 20 {
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
