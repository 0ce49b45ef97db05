// Package nats keeps histories in a stream of NATS JetStream, which several servers share. The stream TICAGA_MOCK has
// these subjects:
//
//	TICAGA_MOCK.log.HISTORY           the records of a history
//	TICAGA_MOCK.part.HISTORY.ID.N     what records consist of that are too large for a message
//	TICAGA_MOCK.sync                  the last barrier
//	TICAGA_MOCK.room.N                nothing: room for records that end histories
//
// The position of a record is the sequence of its message. A record is published with the sequence that the last
// message of its subject is expected to have, so that the leader of the stream accepts one of those that compete; it
// acknowledges after the quorum has it. The parts of a large record are stored before the message that names them, so
// that nobody sees half of it.
//
// One consumer reads the whole stream in order. A barrier is a message of its own: who has read it has read
// everything that was acknowledged before it was published, whichever server said so, since only a leader with a
// quorum can acknowledge the barrier.
package nats

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/log"
)

// Log is a [log.Log] in a stream.
type Log struct {
	config Config
	limits limits
	ctx    context.Context // until Close
	end    context.CancelFunc
	work   sync.WaitGroup // all goroutines

	link      atomic.Pointer[link] // the connection, or nil
	connected chan struct{}        // closed when link is set and the stream is known
	kick      chan struct{}        // asks watch to look now
	worked    atomic.Int64         // when an Append or a barrier last succeeded, as nanoseconds since start
	start     time.Time
	state     state
	acked     []byte // how an acknowledgement begins, before the sequence

	acks     acks
	barriers barriers
	seen     progress
	follow   follow
	room     room
}

// limits are what tests want otherwise.
type limits struct {
	compress int           // records of so many bytes are compressed
	message  int           // the largest message, in bytes, if the server does not set a lower one
	parts    time.Duration // how long storing the parts of a record can take
	orphans  time.Duration // after which parts that no record names are deleted; much longer than parts
	waiting  int           // bytes of parts in memory that no record has named yet
	probe    time.Duration // how often an idle log is tried
	patience time.Duration // how long a message waits for another leader, or server, after the log was last available
}

func defaults() limits {
	return limits{compress: 32 << 10, message: 1 << 20, parts: 4 * time.Minute, orphans: 15 * time.Minute, waiting: log.MaxRecord, probe: 5 * time.Second, patience: 3 * time.Second}
}

// state is whether the log is available.
type state struct {
	mu     sync.Mutex
	err    error         // why it is not
	unread error         // why Follow cannot read
	denied error         // what the user of this connection was last not allowed to do; nil if there was nothing
	when   time.Time     // of denied
	dead   chan struct{} // closed when err is for ever
	gone   bool
}

// Open returns a log in the stream that config describes, and connects to it in the background: [Log.Ready] reports
// when it is usable. The stream is created when it does not exist. The error is about config, or a file that it
// names. ctx bounds Open only.
func Open(ctx context.Context, config Config) (*Log, error) {
	return open(ctx, config, defaults())
}

func open(ctx context.Context, config Config, limits limits) (*Log, error) {
	config, err := config.filled()
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for _, file := range []string{config.CA, config.Cert, config.Key, config.Credentials} {
		if file == "" {
			continue
		}
		if _, err := os.ReadFile(file); err != nil {
			return nil, fmt.Errorf("log in NATS: %w", err)
		}
	}
	l := &Log{config: config, limits: limits, connected: make(chan struct{}), kick: make(chan struct{}, 1), start: time.Now()}
	l.state.err = errors.New("not connected yet")
	l.acked = fmt.Appendf(nil, `{"stream":%q,"seq":`, config.Stream)
	l.state.dead = make(chan struct{})
	l.follow.waste = make(chan uint64, 100)
	l.ctx, l.end = context.WithCancel(context.Background())
	options, err := l.options()
	if err != nil {
		l.end()
		return nil, err
	}
	l.work.Go(func() { l.watch(options) })
	return l, nil
}

// Ready implements [log.Log]. When nobody uses the log, what it returns is at most a few seconds old.
func (l *Log) Ready() error {
	if l.ctx.Err() != nil {
		return &log.UnavailableError{Because: log.ErrClosed}
	}
	l.state.mu.Lock()
	defer l.state.mu.Unlock()
	err := l.state.err
	if err == nil {
		err = l.state.unread
	}
	if err != nil {
		return &log.UnavailableError{Because: err, Retry: time.Second}
	}
	if full := l.room.missing(); full != nil {
		return full
	}
	return nil
}

// Close implements [log.Log]. It can be called more than once.
func (l *Log) Close() error {
	l.end()
	l.barriers.stop()
	l.follow.close()
	l.work.Wait()
	return nil
}

// set says that the log is not available, or with nil that it is.
func (l *Log) set(err error) {
	l.state.mu.Lock()
	defer l.state.mu.Unlock()
	if !l.state.gone {
		l.state.err = err
	}
}

// lose says that the log will never be available again.
func (l *Log) lose(err error) {
	l.state.mu.Lock()
	defer l.state.mu.Unlock()
	if !l.state.gone {
		l.state.err, l.state.gone = err, true
		close(l.state.dead)
	}
}

// unread says why Follow cannot read, or with nil that it can.
func (l *Log) unread(err error) {
	l.state.mu.Lock()
	defer l.state.mu.Unlock()
	l.state.unread = err
}

// deny says what the user of the connection is not allowed to do, or with nil that there is another connection. The
// server does not say to which request that belongs: that one gets no answer.
func (l *Log) deny(err error) {
	l.state.mu.Lock()
	defer l.state.mu.Unlock()
	l.state.denied, l.state.when = err, time.Now()
	if err != nil && !l.state.gone {
		l.state.err = err
	}
}

// silent says why NATS has not answered in time.
func (l *Log) silent() error {
	l.state.mu.Lock()
	defer l.state.mu.Unlock()
	if l.state.denied != nil && time.Since(l.state.when) < 2*l.config.Timeout {
		return l.state.denied
	}
	return fmt.Errorf("NATS did not answer within %v", l.config.Timeout)
}

func (l *Log) problem() error {
	l.state.mu.Lock()
	defer l.state.mu.Unlock()
	return l.state.err
}

// look makes watch look at the log now.
func (l *Log) look() {
	select {
	case l.kick <- struct{}{}:
	default:
	}
}

func (l *Log) succeeded() { l.worked.Store(int64(time.Since(l.start))) }

func (l *Log) subject(kind string) string { return l.config.Stream + "." + kind }
