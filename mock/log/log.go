// Package log keeps the histories of worlds outside the memory of one server: in a file, or in a cluster that
// several servers share.
//
// A world is the sum of its history: a list of records, each of which holds what a request, or a command of a
// test, has changed. Whoever decides about a request has read the history to its end, and appends a record only
// if nothing came in between ([Log.Append]); otherwise it reads on and decides again. So all servers that share
// a log agree by construction. What a record means is not the business of this package.
//
// Package log/file keeps histories in a file, log/nats in NATS JetStream. A server without a log keeps its worlds
// in memory only.
package log

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Position is where a record stands in a log. Later records of a history have larger positions, not
// necessarily the next one. 0 is before the first record.
type Position uint64

// Record is an entry of a history.
type Record struct {
	History string // whose: a name of 1 to 80 characters out of a-z, 0-9, - and _
	At      Position
	After   Position // where the record before it was when this one was appended; 0 for none
	Data    []byte   // 1 byte to MaxRecord; nobody changes it
}

// MaxRecord is how large a record can be, in bytes.
const MaxRecord = 256 << 20

// Log keeps histories. It is safe for concurrent use.
type Log interface {
	// Follow calls see with each record of all histories that the log holds, and then with each new one, until ctx
	// or the log ends. Records of one history come in their order, and none comes twice. Those that this Log has
	// appended itself may be left out once the old ones have been seen. While the log cannot be reached, Follow
	// waits and goes on by itself. It is called once; see is called from one goroutine, must be quick, and must
	// not call the log. The error is that of ctx, or says why what the log holds can never be read.
	Follow(ctx context.Context, see func(Record)) error

	// Sync returns when Follow's see has returned from every record that was appended before the call, by
	// any server. The error is an *UnavailableError or that of ctx.
	Sync(ctx context.Context) error

	// Append adds a record to the end of a history, provided that the last one is at after; 0 when there is none. The
	// record survives whatever the log was configured to survive. The error is a *ConflictError, an *UnavailableError
	// or a *FullError. Whoever gets an unsure *UnavailableError may append the same again: at most one of them succeeds.
	Append(ctx context.Context, history string, after Position, data []byte) (Position, error)

	// End is Append for a small record that ends a history. A log whose room is limited keeps some for those, so
	// that one without room for other records gets it when histories end and are cut.
	End(ctx context.Context, history string, after Position, data []byte) (Position, error)

	// Cut forgets the records of a history before a position. Whoever calls it has appended one that holds all that they
	// add up to, or that ends the history. The error is an *UnavailableError; then some may be left.
	Cut(ctx context.Context, history string, before Position) error

	// Ready returns nil when Append is likely to succeed, or an *UnavailableError. It is a *FullError while there is no room
	// for a record that was not appended; End, and Append of a smaller one, may succeed then. It does not wait.
	Ready() error

	// Close ends Follow and releases what the log holds. What was appended is safe.
	Close() error
}

// ConflictError says that a history does not end where Append expected.
type ConflictError struct{ History string }

func (e *ConflictError) Error() string {
	return fmt.Sprintf("history %.80q: another record came first", e.History)
}

// UnavailableError says that a log cannot be reached, or does not answer in time.
type UnavailableError struct {
	Because error         // never nil
	Unsure  bool          // the record may be in the log nevertheless, or still get there
	Retry   time.Duration // after which it is worth trying again; 0 when nobody knows
}

func (e *UnavailableError) Error() string { return "the log is not available: " + e.Because.Error() }

func (e *UnavailableError) Unwrap() error { return e.Because }

// FullError says that a log has no room for a record.
type FullError struct {
	Because error // never nil
}

func (e *FullError) Error() string { return "the log has no room: " + e.Because.Error() }

func (e *FullError) Unwrap() error { return e.Because }

// ErrClosed is the cause of an *UnavailableError after Close.
var ErrClosed = errors.New("the log is closed")
