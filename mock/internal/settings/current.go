package settings

import (
	"reflect"
	"sync"
	"sync/atomic"
)

// Current is the settings of a world, and those that it goes back to. It is safe for concurrent
// use.
type Current struct {
	now   atomic.Pointer[Settings]
	check func(*Settings) error // nil where all are possible

	mu      sync.Mutex // one writer at a time
	initial Settings
}

// NewCurrent makes the settings of a world that begins with the initial ones. They are only changed
// to what passes check, unless that is nil.
func NewCurrent(initial Settings, check func(*Settings) error) *Current {
	c := &Current{check: check}
	c.Load(initial)
	return c
}

// Get returns the settings as they are now. They are not to be changed.
func (c *Current) Get() *Settings { return c.now.Load() }

// Change changes those that a JSON object names, or none on an error, which is that of
// Settings.With, or of the check.
func (c *Current) Change(object []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	next, err := c.now.Load().With(object)
	if err == nil && c.check != nil {
		err = c.check(&next)
	}
	if err == nil {
		c.now.Store(&next)
	}
	return err
}

// Load replaces the settings, and what a reset goes back to.
func (c *Current) Load(initial Settings) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.initial = initial
	c.now.Store(&initial)
}

// Follow replaces the initial settings. Those that were not changed since become the new ones. The others stay
// as they are, unless the error says that they are not possible together: then the initial ones
// replace them all.
func (c *Current) Follow(initial Settings) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	next := merged(c.initial, *c.now.Load(), initial)
	c.initial = initial
	var err error
	if c.check != nil && !reflect.DeepEqual(next, initial) {
		if err = c.check(&next); err != nil {
			next = initial
		}
	}
	c.now.Store(&next)
	return err
}

// merged returns next with the fields that differ between before and now.
func merged(before, now, next Settings) Settings {
	was, is, result := reflect.ValueOf(before), reflect.ValueOf(now), reflect.ValueOf(&next).Elem()
	for i := range result.NumField() {
		if !reflect.DeepEqual(was.Field(i).Interface(), is.Field(i).Interface()) {
			result.Field(i).Set(is.Field(i))
		}
	}
	return next
}

// Reset goes back to the initial settings.
func (c *Current) Reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	initial := c.initial
	c.now.Store(&initial)
}

// Copy returns settings of their own that are as these are now, and go back to the same.
func (c *Current) Copy() *Current {
	c.mu.Lock()
	defer c.mu.Unlock()
	made := NewCurrent(c.initial, c.check)
	made.now.Store(c.now.Load()) // never changed in place
	return made
}

// Saved is settings as they can be kept elsewhere.
type Saved struct {
	Now     Settings `json:"now"`
	Initial Settings `json:"initial"`
}

// Save returns the settings, and those that they go back to.
func (c *Current) Save() Saved {
	c.mu.Lock()
	defer c.mu.Unlock()
	return Saved{*c.now.Load(), c.initial}
}

// Restore replaces the settings, and those that they go back to, by saved ones.
func (c *Current) Restore(saved Saved) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.initial = saved.Initial
	c.now.Store(&saved.Now)
}
