package redact

import (
	"hash/maphash"
	"sync/atomic"
)

// Memo remembers texts without secrets. Clients send the same few bodies again and again, and get the same answers:
// comparing a string takes a small part of the time of looking through it. Many Redactors can share a Memo, which takes
// as much memory for thousands of worlds as for one: half a MiB at most. It is safe for concurrent use.
type Memo struct {
	seed      maphash.Seed
	redactors atomic.Int64                 // how many have it
	slots     [512]atomic.Pointer[verdict] // the last verdict of each slot stays
}

// NewMemo returns a Memo of nothing.
func NewMemo() *Memo { return &Memo{seed: maphash.MakeSeed()} }

// verdict says that a Redactor has found no secret in a string.
type verdict struct {
	redactor int64  // its number
	format   string // how the string was read: a Content-Type, or formatAnswer
	text     string
}

// The lengths of the longest text that is remembered and of its format, in bytes.
const (
	maxRemembered = 1 << 10
	maxFormat     = 100
)

// formatAnswer is the format of answers, which no Content-Type is.
const formatAnswer = "\x00answer"

// Remembering returns a copy of r that remembers in a Memo what has no secrets.
func (r Redactor) Remembering(m *Memo) Redactor {
	r.memo, r.number = m, m.redactors.Add(1)
	return r
}

// slot returns where the verdict about a string with a hash is kept: each world and each format has its own.
func (r Redactor) slot(format string, hash uint64) *atomic.Pointer[verdict] {
	hash += uint64(r.number)*0x9e3779b97f4a7c15 + uint64(len(format))
	return &r.memo.slots[hash%uint64(len(r.memo.slots))]
}

// recall returns a body or an answer as a string if r has found no secret in it before.
func (r Redactor) recall(format string, raw []byte) (string, bool) {
	if !r.mayRemember(format, len(raw)) {
		return "", false
	}
	known := r.slot(format, maphash.Bytes(r.memo.seed, raw)).Load()
	if known == nil || known.redactor != r.number || known.text != string(raw) || known.format != format {
		return "", false
	}
	return known.text, true
}

// remember keeps a string in which r has found no secret.
func (r Redactor) remember(format, text string) {
	if r.mayRemember(format, len(text)) {
		r.slot(format, maphash.String(r.memo.seed, text)).Store(&verdict{r.number, format, text})
	}
}

// mayRemember reports whether a string of n bytes can be remembered. A Redactor that knows what one request sent in place
// of credentials is never used again.
func (r Redactor) mayRemember(format string, n int) bool {
	return r.memo != nil && r.sent == nil && n > 0 && n <= maxRemembered && format != "" && len(format) <= maxFormat
}
