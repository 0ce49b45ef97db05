package journal

import "github.com/ticaga-mock/ticaga-mock/mock/traffic"

// Entry is one thing that was done to a journal. One of Exchange, Later, Reset and Expected is set.
type Entry struct {
	Exchange *traffic.Exchange // that was recorded
	Later    Later             // makes it
	Bytes    int               // of memory that it takes, approximate: journals that get the same keep as many
	Reset    bool
	Expected int64    // the ID of an exchange of which violations were marked as allowed
	Codes    []string // of these violations
}

// Later makes an exchange that was recorded elsewhere when somebody looks at it, which is seldom. The journal gives it its
// ID. It is called once, while the journal is locked.
type Later interface{ Exchange() traffic.Exchange }

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

// exchange keeps an exchange aside, and returns its ID. last is the ID of the newest that others can see. A value of its
// own escapes here, so that none does where nothing is kept aside.
func (h *held) exchange(x traffic.Exchange, last int64, bytes int) (id int64) {
	h.last++
	x.ID = last + h.last
	h.entries = append(h.entries, Entry{Exchange: &x, Bytes: bytes})
	return x.ID
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

// Apply does what was done to another journal. An exchange gets the ID that it has there.
func (j *Journal) Apply(e Entry) {
	switch {
	case e.Reset:
		j.Reset()
	case e.Expected != 0:
		j.Expect(e.Expected, e.Codes)
	default:
		j.mu.Lock()
		j.put(e)
		j.mu.Unlock()
		j.limits.Total.settle(j)
	}
}

// put stores an exchange that was recorded elsewhere. The journal is locked.
func (j *Journal) put(e Entry) {
	made := &entry{later: e.Later, bytes: e.Bytes}
	if e.Exchange != nil {
		made.Exchange = *e.Exchange
	}
	j.add(made)
}

// Entries lists the exchanges that the journal holds, the oldest first.
func (j *Journal) Entries() []Entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	list := make([]Entry, j.count)
	for i := range list {
		e := *j.at(i)
		list[i] = Entry{Later: e.later, Bytes: e.bytes}
		if e.later == nil {
			list[i].Exchange = &e.Exchange
		}
	}
	return list
}

// Counts are what a journal knows besides the exchanges that it holds.
type Counts struct{ Last, Cleared, Dropped int64 }

// Counts returns what All does not.
func (j *Journal) Counts() Counts {
	j.mu.Lock()
	defer j.mu.Unlock()
	return Counts{j.last, j.cleared, int64(j.dropped)}
}

// Become replaces what the journal holds by the exchanges that another one did.
func (j *Journal) Become(list []Entry, counts Counts) {
	j.Reset()
	j.mu.Lock()
	j.last = counts.Last - int64(len(list))
	for _, e := range list {
		j.put(e)
	}
	j.last, j.cleared, j.dropped = counts.Last, counts.Cleared, j.dropped+int(counts.Dropped)
	j.mu.Unlock()
	j.limits.Total.settle(j)
}
