package world

import "sync"

// Changes counts how often something in a world was changed other than by a request to the API, which the journal
// has: by the control API, or by the program that the mock is part of. The zero value is ready. It is safe for
// concurrent use.
type Changes struct {
	mu   sync.Mutex
	n    int64
	next chan struct{} // closed at the next change; nil while nobody waits

	holds, held bool // changes wait, and there was one
}

// Note counts a change that others can see now.
func (c *Changes) Note() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.holds {
		c.held = true
		return
	}
	c.n++
	if c.next != nil {
		close(c.next)
		c.next = nil
	}
}

// Count returns how many changes there were.
func (c *Changes) Count() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.n
}

// Next returns a channel that is closed at the next change, or nil when there were more than n already.
func (c *Changes) Next(n int64) <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n > n {
		return nil
	}
	if c.next == nil {
		c.next = make(chan struct{})
	}
	return c.next
}

// hold makes changes wait for release or drop, before others can see them.
func (c *Changes) hold() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.holds, c.held = true, false
}

// waits reports whether a change waits.
func (c *Changes) waits() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.held
}

// drop forgets the changes that wait, and reports whether there were any.
func (c *Changes) drop() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.holds = false
	return c.held
}
