package nats

import (
	"context"
	"errors"
	"strconv"
	"sync"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/ticaga-mock/ticaga-mock/mock/log"
)

// The stream keeps some room for what makes room: messages that one who ends a history in a full stream deletes, one after
// the other, until the record fits.
const (
	pieces = 4
	piece  = 4 << 10 // bytes; a record that ends a history and a barrier are much smaller
)

// typical is how much room, in bytes, makes a log ready again that had none for a larger record.
const typical = 64 << 10

// room is what is known of the room in the stream.
type room struct {
	mu     sync.Mutex
	full   *log.FullError // why the last record did not fit; nil once there is room
	wanted int            // bytes that the next one needs, which shows that there is
	kept   bool           // all pieces are in the stream
}

// lacks notes that there was no room for a message. It reports whether that is news.
func (r *room) lacks(why *log.FullError, size int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	news := r.full == nil
	if news || size < r.wanted {
		r.wanted = min(size, typical)
	}
	r.full, r.kept = why, false
	return news
}

// had notes that there was room for a message.
func (r *room) had(size int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if size >= r.wanted {
		r.full = nil
	}
}

// missing returns why there is no room, or nil.
func (r *room) missing() *log.FullError {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.full
}

// measured notes what became of an Append whose data have a size.
func (l *Log) measured(err error, size int) {
	var full *log.FullError
	switch {
	case err == nil:
		l.room.had(size)
	case errors.As(err, &full) && l.room.lacks(full, size):
		l.look()
	}
}

// squeeze publishes a small message, for which the room is used that the stream keeps.
func (l *Log) squeeze(ctx context.Context, m *nats.Msg) (uint64, error) {
	at, err := l.publish(ctx, m)
	for n := 0; n < pieces && errors.As(err, new(*log.FullError)); n++ {
		if l.purge(ctx, l.piece(n), 0) != nil {
			break
		}
		at, err = l.publish(ctx, m)
	}
	return at, err
}

func (l *Log) piece(n int) string { return l.subject("room.") + strconv.Itoa(n) }

// survey finds out whether there is room again, and keeps some. The error is an *log.UnavailableError.
func (l *Log) survey() error {
	l.room.mu.Lock()
	full, wanted, kept := l.room.full, l.room.wanted, l.room.kept
	l.room.mu.Unlock()
	if full == nil && kept {
		return nil
	}
	var err error
	for n := 0; n < pieces && err == nil; n++ {
		_, err = l.publish(l.ctx, &nats.Msg{
			Subject: l.piece(n), Data: make([]byte, piece),
			Header: nats.Header{jetstream.ExpectedLastSubjSeqHeader: {"0"}},
		})
		if errors.As(err, new(*log.ConflictError)) { // it is there
			err = nil
		}
	}
	if err == nil {
		try := l.subject("room.try")
		if _, err = l.publish(l.ctx, &nats.Msg{Subject: try, Data: make([]byte, min(max(wanted, piece), l.whole()))}); err == nil {
			err = l.purge(l.ctx, try, 0)
		}
	}
	if errors.As(err, &full) {
		l.room.lacks(full, piece)
		return nil
	}
	if err == nil {
		l.room.mu.Lock()
		defer l.room.mu.Unlock()
		l.room.full, l.room.kept = nil, true
	}
	return err
}
