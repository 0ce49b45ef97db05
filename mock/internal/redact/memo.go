package redact

import (
	"hash/maphash"
	"sync/atomic"
)

// memo remembers texts without secrets. Clients send the same few bodies again and again, and get the same answers:
// comparing a string takes a small part of the time of looking through it.
type memo struct {
	seed  maphash.Seed
	slots [1024]atomic.Pointer[verdict] // the last one of each slot stays
}

// verdict says that a Redactor has found no secret in a string.
type verdict struct {
	redactor int64  // its number
	format   string // how the string was read: a Content-Type, or formatAnswer
	text     string
}

// The lengths of the longest text that is remembered and of its format, in bytes: together they take little more than 1 MiB.
const (
	maxRemembered = 1 << 10
	maxFormat     = 100
)

// formatAnswer is the format of answers, which no Content-Type is.
const formatAnswer = "\x00answer"

// remembered is shared by all Redactors, so that it takes as much memory for one as for thousands of worlds.
var remembered = memo{seed: maphash.MakeSeed()}

// redactors counts the Redactors that were made.
var redactors atomic.Int64

// slot returns where the verdict about a string with a hash is kept: each world and each format has its own.
func (m *memo) slot(r Redactor, format string, hash uint64) *atomic.Pointer[verdict] {
	hash += uint64(r.number)*0x9e3779b97f4a7c15 + uint64(len(format))
	return &m.slots[hash%uint64(len(m.slots))]
}

// recall returns a body or an answer as a string if r has found no secret in it before.
func (r Redactor) recall(format string, raw []byte) (string, bool) {
	if !r.mayRemember(format, len(raw)) {
		return "", false
	}
	known := remembered.slot(r, format, maphash.Bytes(remembered.seed, raw)).Load()
	if known == nil || known.redactor != r.number || known.text != string(raw) || known.format != format {
		return "", false
	}
	return known.text, true
}

// remember keeps a string in which r has found no secret.
func (r Redactor) remember(format, text string) {
	if r.mayRemember(format, len(text)) {
		remembered.slot(r, format, maphash.String(remembered.seed, text)).Store(&verdict{r.number, format, text})
	}
}

// mayRemember reports whether a string of n bytes can be remembered. A Redactor that knows what one request sent in place
// of credentials is never used again.
func (r Redactor) mayRemember(format string, n int) bool {
	return r.sent == nil && r.number != 0 && n > 0 && n <= maxRemembered && format != "" && len(format) <= maxFormat
}
