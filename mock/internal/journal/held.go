package journal

import "github.com/ticaga-mock/ticaga-mock/mock/traffic"

// Entry is one thing that was done to a journal. One of Exchange, Reset and Expected is set.
type Entry struct {
	Exchange *traffic.Exchange // that was recorded
	Reset    bool
	Expected int64    // the ID of an exchange of which violations were marked as allowed
	Codes    []string // of these violations
}

// held is what was done to a journal and shows only after Release.
type held struct {
	entries []Entry
	last    int64 // how many of them are exchanges
}

func (h *held) exchanges() int64 {
	if h == nil {
		return 0
	}
	return h.last
}

// Hold makes the journal keep aside what is done to it, until Release or Drop: nobody who waits for an exchange, or
// lists them, sees it before. Exchanges get their IDs nevertheless.
func (j *Journal) Hold() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.held = &held{}
}

// hold keeps an entry aside, and reports whether the journal does that now.
func (j *Journal) hold(e Entry) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.held != nil {
		j.held.entries = append(j.held.entries, e)
	}
	return j.held != nil
}

// exchange keeps an exchange aside. last is the ID of the newest that others can see. A value of its own escapes here, so
// that none does where nothing is kept aside.
func (h *held) exchange(x traffic.Exchange, last int64) traffic.Exchange {
	h.last++
	x.ID = last + h.last
	h.entries = append(h.entries, Entry{Exchange: &x})
	return x
}

// Held returns what the journal holds back, which is not to be changed.
func (j *Journal) Held() []Entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.held == nil {
		return nil
	}
	return j.held.entries
}

// Drop forgets what the journal holds back, and holds nothing any more.
func (j *Journal) Drop() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.held = nil
}

// Release shows what the journal holds back, and holds nothing any more.
func (j *Journal) Release() {
	entries := j.Held()
	j.Drop()
	for _, e := range entries {
		j.Apply(e)
	}
}

// Apply does what was done to another journal. An exchange keeps its ID.
func (j *Journal) Apply(e Entry) {
	switch {
	case e.Exchange != nil:
		j.skipTo(e.Exchange.ID - 1)
		j.Record(*e.Exchange)
	case e.Reset:
		j.Reset()
	case e.Expected != 0:
		j.Expect(e.Expected, e.Codes)
	}
}

// skipTo makes the next exchange follow one with an ID.
func (j *Journal) skipTo(last int64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.last = last
}

// Counts are what a journal knows besides the exchanges that it holds.
type Counts struct{ Last, Cleared, Dropped int64 }

// Counts returns what All does not.
func (j *Journal) Counts() Counts {
	j.mu.Lock()
	defer j.mu.Unlock()
	return Counts{j.last, j.cleared, int64(j.dropped)}
}

// Become replaces what the journal holds by what another one did.
func (j *Journal) Become(list []traffic.Exchange, counts Counts) {
	j.Reset()
	for _, x := range list {
		j.skipTo(x.ID - 1)
		j.Record(x)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.last, j.cleared, j.dropped = counts.Last, counts.Cleared, j.dropped+int(counts.Dropped)
}
