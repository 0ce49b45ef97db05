package wire

import "bytes"

// chunks follows a chunked body to its end (RFC 9112, 7.1). net/http cannot read what chunks cannot
// read either, and closes the connection.
type chunks struct {
	in   chunkPart
	size int64 // bytes of the chunk, or what is left of it
	line int   // bytes of the current line so far, \r not counted
}

type chunkPart int

const (
	inSize    chunkPart = iota // the line with the size
	inData                     // the data
	inBreak                    // the line break after it
	inTrailer                  // the lines after the last chunk
)

// follow returns how many of the bytes belong to the body, and whether they end it.
func (c *chunks) follow(b []byte) (n int, end bool) {
	for n < len(b) {
		if c.in == inData {
			part := min(c.size, int64(len(b)-n))
			n += int(part)
			if c.size -= part; c.size == 0 {
				c.in = inBreak
			}
			continue
		}
		line, _, ended := bytes.Cut(b[n:], []byte("\n"))
		c.read(line)
		n += len(line)
		if !ended {
			return n, false
		}
		n++
		if c.next() {
			return n, true
		}
	}
	return n, false
}

// read reads a part of a line.
func (c *chunks) read(line []byte) {
	for _, char := range line {
		if char == '\r' {
			continue
		}
		if digit := bytes.IndexByte([]byte("0123456789abcdef"), char|0x20); c.in == inSize && c.line == 0 && digit >= 0 && c.size < 1<<56 {
			c.size = c.size<<4 | int64(digit)
			continue
		}
		c.line++ // an extension of the size, or a trailer
	}
}

// next moves to the part that follows a line, and reports whether the line was the last.
func (c *chunks) next() (end bool) {
	blank := c.line == 0
	c.line = 0
	switch c.in {
	case inSize:
		c.in = inData
		if c.size == 0 {
			c.in = inTrailer
		}
	case inBreak:
		c.in = inSize
	case inTrailer:
		return blank
	}
	return false
}
