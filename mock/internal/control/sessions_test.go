package control

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// with returns a request to a host with the cookie of a session.
func with(value, host string) *http.Request {
	r := &http.Request{Host: host, Header: http.Header{}}
	r.AddCookie(&http.Cookie{Name: sessionCookie, Value: value})
	return r
}

// TestSessionsExpire: after 12 hours, and when there are too many.
func TestSessionsExpire(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	s := sessions{now: func() time.Time { return now }}
	first, expires := s.begin("Desk.example:4280")
	if !s.has(with(first, "desk.example:4280")) || !expires.Equal(now.Add(sessionLife)) {
		t.Errorf("got no session until %v, want one for %v", expires, sessionLife)
	}
	now = now.Add(sessionLife - time.Second)
	if !s.has(with(first, "desk.example:4280")) {
		t.Error("a second before the end: got no session")
	}
	now = now.Add(time.Second)
	if s.has(with(first, "desk.example:4280")) {
		t.Error("at the end: got a session")
	}
	second, _ := s.begin("desk.example")
	for range maxSessions - 1 {
		s.begin("desk.example")
	}
	if !s.has(with(second, "desk.example")) || len(s.list) != maxSessions {
		t.Errorf("got %d sessions, want %d with the first one", len(s.list), maxSessions)
	}
	s.begin("desk.example")
	if s.has(with(second, "desk.example")) || len(s.list) != maxSessions {
		t.Errorf("got %d sessions, want %d without the oldest", len(s.list), maxSessions)
	}
}

// TestGuessersAreBounded: whoever guesses from many networks uses no more memory, and is limited too.
func TestGuessersAreBounded(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	s := sessions{now: func() time.Time { return now }}
	remote := func(i int) string { return fmt.Sprintf("10.%d.%d.1:99", i/256, i%256) }
	for i := range 3 * maxGuessers {
		s.guessed(remote(i))
	}
	if len(s.guesses) > maxGuessers+1 {
		t.Errorf("got %d networks, want at most %d", len(s.guesses), maxGuessers+1)
	}
	if s.mayGuess(remote(3*maxGuessers)) || !s.mayGuess(remote(0)) {
		t.Error("got a guess from one network more, want new ones counted together")
	}
	now = now.Add(guessWindow)
	if !s.mayGuess(remote(3*maxGuessers)) || len(s.guesses) > 1 {
		t.Errorf("a minute later: got %d networks and no guess, want one", len(s.guesses))
	}
	for i := range maxGuesses {
		s.guessed(fmt.Sprintf("[2001:db8:1:2::%d]:99", i))
	}
	if s.mayGuess("[2001:db8:1:2::ffff]:99") || !s.mayGuess("[2001:db8:1:3::1]:99") {
		t.Error("got a guess from the same IPv6 network, or none from another one")
	}
}

// TestSessionsOfServersThatShare: a cookie is good at each server with the same key, at its host, until it expires or is
// ended there.
func TestSessionsOfServersThatShare(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	clock := func() time.Time { return now }
	one, two := sessions{now: clock, key: []byte("key")}, sessions{now: clock, key: []byte("key")}
	stranger, alone := sessions{now: clock, key: []byte("other")}, sessions{now: clock}
	value, expires := one.begin("desk.test")
	later := strings.Replace(value, ".", ".9", 1)
	for name, test := range map[string]struct {
		at    *sessions
		value string
		host  string
		want  bool
	}{
		"the server that made it": {&one, value, "desk.test", true},
		"another server":          {&two, value, "desk.test", true},
		"another host":            {&two, value, "other.test", false},
		"another key":             {&stranger, value, "desk.test", false},
		"no key":                  {&alone, value, "desk.test", false},
		"another expiry":          {&two, later, "desk.test", false},
		"no signature":            {&two, strings.TrimRight(value, "0123456789abcdef"), "desk.test", false},
		"dots":                    {&two, "..", "desk.test", false},
	} {
		if got := test.at.has(with(test.value, test.host)); got != test.want {
			t.Errorf("%s: got %t, want %t", name, got, test.want)
		}
	}
	two.end(with(value, "desk.test"))
	if two.has(with(value, "desk.test")) {
		t.Error("a session that was ended here was accepted again")
	}
	now = expires
	fresh := sessions{now: clock, key: []byte("key")}
	if fresh.has(with(value, "desk.test")) {
		t.Error("a session that has expired was accepted")
	}
}
