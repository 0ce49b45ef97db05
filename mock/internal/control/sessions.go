package control

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"
)

// sessionCookie is the cookie of a browser that has sent the token of the control API once.
const sessionCookie = "ticaga_mock_session"

const (
	sessionLife = 12 * time.Hour
	maxSessions = 100 // beyond which the oldest ends

	maxGuesses  = 10 // wrong tokens from one network in guessWindow
	guessWindow = time.Minute
	maxGuessers = 1000 // networks that are counted one by one
)

// sessions are the browsers that are logged in, and who guesses tokens. The zero value is ready.
type sessions struct {
	now func() time.Time // nil for time.Now
	key []byte           // signs cookies, so that other servers with the same one accept them; nil for none

	mu      sync.Mutex
	list    []session                       // the oldest first
	ended   map[[sha256.Size]byte]time.Time // cookies of sessions that were ended here, with when they expire; only with a key
	guesses map[netip.Prefix]guesses
}

// session is one browser. Of its cookie only the hash is kept, so that a look-up tells nothing about the value.
type session struct {
	hash    [sha256.Size]byte
	host    string // that the browser used: the cookie is worth nothing at another one
	expires time.Time
	life    context.Context // ends with the session
	end     context.CancelFunc
}

type guesses struct {
	wrong int
	since time.Time
}

func (s *sessions) time() time.Time {
	if s.now == nil {
		return time.Now()
	}
	return s.now()
}

// begin returns the value of a new cookie for a host, and when it expires.
func (s *sessions) begin(host string) (value string, expires time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	value, expires = rand.Text(), s.time().Add(sessionLife)
	if s.key != nil {
		value = s.signed(value, host, expires)
	}
	s.add(value, host, expires)
	return value, expires
}

// add adds a session. The caller holds the lock.
func (s *sessions) add(value, host string, expires time.Time) {
	life, end := context.WithTimeout(context.Background(), expires.Sub(s.time()))
	s.list = append(s.list, session{sha256.Sum256([]byte(value)), canonicalHost(host), expires, life, end})
	if extra := len(s.list) - maxSessions; extra > 0 {
		for _, oldest := range s.list[:extra] {
			oldest.end()
		}
		s.list = append([]session(nil), s.list[extra:]...)
	}
}

// signed returns a cookie that any server with the key accepts until it expires.
func (s *sessions) signed(id, host string, expires time.Time) string {
	text := id + "." + strconv.FormatInt(expires.Unix(), 10)
	mac := hmac.New(sha256.New, s.key)
	mac.Write([]byte(text + "@" + canonicalHost(host)))
	return text + "." + hex.EncodeToString(mac.Sum(nil))
}

// adopt adds the session of a cookie that another server with the key has begun, and reports whether it is one. The caller
// holds the lock.
func (s *sessions) adopt(value, host string) bool {
	parts := strings.Split(value, ".")
	if s.key == nil || len(parts) != 3 {
		return false
	}
	unix, err := strconv.ParseInt(parts[1], 10, 64)
	expires := time.Unix(unix, 0)
	if err != nil || !s.time().Before(expires) || subtle.ConstantTimeCompare([]byte(s.signed(parts[0], host, expires)), []byte(value)) != 1 {
		return false
	}
	if _, ended := s.ended[sha256.Sum256([]byte(value))]; ended {
		return false
	}
	s.add(value, host, expires)
	return true
}

// find returns the index of the session of a cookie at a host, or -1.
func (s *sessions) find(value, host string) int {
	hash, now := sha256.Sum256([]byte(value)), s.time()
	for i, one := range s.list {
		if one.hash == hash && one.host == canonicalHost(host) && now.Before(one.expires) {
			return i
		}
	}
	if s.adopt(value, host) {
		return len(s.list) - 1
	}
	return -1
}

// has reports whether a request has the cookie of a session.
func (s *sessions) has(r *http.Request) bool { return s.until(r) != nil }

// until returns when the session of a request expires, or nil if it has none.
func (s *sessions) until(r *http.Request) *time.Time {
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.find(cookie.Value, r.Host)
	if i < 0 {
		return nil
	}
	expires := s.list[i].expires.UTC()
	return &expires
}

// context returns a context for a request that goes on for long: it ends with the request, and with the session that
// the request has. The caller cancels it.
func (s *sessions) context(r *http.Request) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(r.Context())
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return ctx, cancel
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.find(cookie.Value, r.Host)
	if i < 0 {
		return ctx, cancel
	}
	stop := context.AfterFunc(s.list[i].life, cancel)
	return ctx, func() { stop(); cancel() }
}

// end ends the session of a request, if it has one.
func (s *sessions) end(r *http.Request) {
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := s.find(cookie.Value, r.Host); i >= 0 {
		s.list[i].end()
		s.forget(s.list[i])
		s.list = append(s.list[:i:i], s.list[i+1:]...)
	}
}

// forget makes sure that a session that has ended is not adopted. The caller holds the lock.
func (s *sessions) forget(one session) {
	if s.key == nil {
		return
	}
	if s.ended == nil {
		s.ended = map[[sha256.Size]byte]time.Time{}
	}
	now := s.time()
	maps.DeleteFunc(s.ended, func(_ [sha256.Size]byte, expires time.Time) bool { return now.After(expires) })
	s.ended[one.hash] = one.expires
}

// mayGuess reports whether a client may send a token: not after too many wrong ones from its network.
func (s *sessions) mayGuess(remote string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.guesses[s.guesser(remote)]
	return g.wrong < maxGuesses || s.time().Sub(g.since) >= guessWindow
}

// guessed counts a wrong token.
func (s *sessions) guessed(remote string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.guesses == nil {
		s.guesses = map[netip.Prefix]guesses{}
	}
	who, now := s.guesser(remote), s.time()
	g := s.guesses[who]
	if now.Sub(g.since) >= guessWindow {
		g = guesses{since: now}
	}
	g.wrong++
	s.guesses[who] = g
}

// guesser returns the network that a client counts for: its IPv4 address, or its IPv6 network. Once there are too
// many, it forgets those who stopped guessing, and counts new ones together.
func (s *sessions) guesser(remote string) netip.Prefix {
	host, _, _ := net.SplitHostPort(remote)
	address, _ := netip.ParseAddr(host)
	address = address.Unmap()
	bits := 64
	if address.Is4() {
		bits = 32
	}
	network, _ := address.WithZone("").Prefix(bits)
	if _, ok := s.guesses[network]; ok || len(s.guesses) < maxGuessers {
		return network
	}
	for other, g := range s.guesses {
		if s.time().Sub(g.since) >= guessWindow {
			delete(s.guesses, other)
		}
	}
	if len(s.guesses) < maxGuessers {
		return network
	}
	return netip.Prefix{}
}
