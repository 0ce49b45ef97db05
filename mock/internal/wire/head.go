package wire

import (
	"bytes"
	"time"
)

// maxHead is the max number of bytes kept of a head: what is wrong shows in less.
const maxHead = 16 << 10

// head is the request line and the header of one request, as they are received.
type head struct {
	began time.Time // when its first byte was received
	first []byte    // its first bytes, at most maxHead
	size  int64     // number of bytes received
	begun bool      // a line that is not blank has begun
	whole bool      // the blank line at its end was received

	line   int  // number of bytes of the current line received before
	lineCR bool // the first of them is \r

	lines   int // number of complete lines, including the request line
	longest int // length of the longest of them
	number  int // the number of that line, from 1
}

// longestLine returns the number and the length of the longest line, including an incomplete one.
func (h *head) longestLine() (number, length int) {
	if h.line > h.longest {
		return h.lines + 1, h.line
	}
	return h.number, h.longest
}

func (h *head) reset() { *h = head{first: h.first[:0]} }

// add adds bytes up to the end of the head, and returns how many it added. Blank lines before the
// first line do not end the head: some clients send them after a body.
func (h *head) add(b []byte) (n int) {
	if h.size == 0 {
		h.began = time.Now()
	}
	for n < len(b) && !h.whole {
		rest := b[n:]
		if h.line == 0 {
			h.lineCR = rest[0] == '\r'
		}
		end := bytes.IndexByte(rest, '\n')
		if end < 0 {
			h.line += len(rest)
			n = len(b)
			h.begun = h.begun || h.line > 1 || !h.lineCR
			break
		}
		length := h.line + end
		blank := length == 0 || length == 1 && h.lineCR
		h.whole = blank && h.begun
		h.begun = h.begun || !blank
		if h.begun {
			h.lines++
		}
		if length > h.longest {
			h.longest, h.number = length, h.lines
		}
		h.line = 0
		n += end + 1
	}
	h.size += int64(n)
	h.first = append(h.first, b[:min(n, maxHead-len(h.first))]...)
	return n
}

// opensRequest reports whether a request can begin with a byte: with a method, or with the line
// break that some clients send after a body.
func opensRequest(c byte) bool { return isToken(c) || c == '\r' || c == '\n' }

// isToken reports whether a byte is allowed in a method or in the name of a header (RFC 9110,
// 5.6.2).
func isToken(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		bytes.IndexByte([]byte("!#$%&'*+-.^_`|~"), c) >= 0
}
