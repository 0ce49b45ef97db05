package world

import (
	"sync"
	"time"
)

// followsWithin is how long after a redirect a request for its target counts as following it.
const followsWithin = time.Minute

// Redirects counts the redirects to the login page that the last redirected client has not followed yet. The
// zero value has none. It is safe for concurrent use.
type Redirects struct {
	mu     sync.Mutex
	client string
	open   int
	last   time.Time
}

// Sent counts a redirect that a client was sent at a time.
func (r *Redirects) Sent(client string, at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.client != client || at.Sub(r.last) > followsWithin {
		r.client, r.open = client, 0
	}
	r.open++
	r.last = at
}

// Followed reports whether a request of a client follows a redirect, and stops counting that one.
func (r *Redirects) Followed(client string, at time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.client != client || r.open == 0 || at.Sub(r.last) > followsWithin {
		return false
	}
	r.open--
	return true
}

// Reset forgets all redirects.
func (r *Redirects) Reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.client, r.open = "", 0
}

// savedRedirects are Redirects as they can be kept elsewhere.
type savedRedirects struct {
	Client string    `json:"client,omitempty"`
	Open   int       `json:"open,omitempty"`
	Last   time.Time `json:"last,omitzero"`
}

func (r *Redirects) save() savedRedirects {
	r.mu.Lock()
	defer r.mu.Unlock()
	return savedRedirects{r.client, r.open, r.last}
}

func (r *Redirects) restore(saved savedRedirects) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.client, r.open, r.last = saved.Client, saved.Open, saved.Last
}
