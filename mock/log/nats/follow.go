package nats

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/ticaga-mock/ticaga-mock/mock/log"
)

// heartbeat is how often a server reports that a consumer lives while it has no messages; silence is when that is not
// believed any more.
const (
	heartbeat = time.Second
	silence   = 3 * time.Second
)

// follow is what Follow knows. Its goroutine reads the stream.
type follow struct {
	mu    sync.Mutex
	begun bool
	stop  context.CancelFunc // ends the reading of a consumer, so that another begins
	parts parts
	waste chan uint64 // messages that are not records, for the collector
}

// errAgain asks for another consumer.
var errAgain = errors.New("the consumer of the log has ended")

// Follow implements [log.Log].
func (l *Log) Follow(ctx context.Context, see func(log.Record)) error {
	if err := l.begin(); err != nil {
		return err
	}
	defer l.work.Done()
	reading, cancel := context.WithCancel(ctx)
	defer context.AfterFunc(l.ctx, cancel)()
	var helpers sync.WaitGroup
	defer helpers.Wait()
	defer cancel()
	helpers.Go(func() { l.collect(reading) })
	helpers.Go(func() {
		defer cancel()
		select {
		case <-l.state.dead:
		case <-reading.Done():
		}
	})
	select {
	case <-l.connected:
	case <-reading.Done():
	}
	for {
		err := l.read(reading, see)
		switch {
		case l.ctx.Err() != nil:
			return &log.UnavailableError{Because: log.ErrClosed}
		case ctx.Err() != nil:
			return ctx.Err()
		case l.lost() != nil:
			return l.lost()
		case errors.Is(err, errAgain):
			continue
		case errors.As(err, new(*unreadable)):
			l.lose(err)
			return err
		}
		l.unread(err)
		l.pause(250*time.Millisecond, reading.Done())
	}
}

func (l *Log) begin() error {
	l.follow.mu.Lock()
	defer l.follow.mu.Unlock()
	if l.ctx.Err() != nil {
		return &log.UnavailableError{Because: log.ErrClosed}
	}
	if l.follow.begun {
		return errors.New("a log can be followed once")
	}
	l.follow.begun = true
	l.work.Add(1)
	return nil
}

// close lets no Follow begin.
func (f *follow) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.begun = true
}

// unreadable says which message can never be understood.
type unreadable struct {
	at  uint64
	why error
}

func (e *unreadable) Error() string {
	return fmt.Sprintf("message %d of the log cannot be read: %v", e.at, e.why)
}

func (e *unreadable) Unwrap() error { return e.why }

// lost returns why the log can never be read, or nil.
func (l *Log) lost() error {
	select {
	case <-l.state.dead:
		return l.problem()
	default:
		return nil
	}
}

// restart makes Follow read from another consumer.
func (f *follow) restart() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.stop != nil {
		f.stop()
	}
}

// read reads messages after the last one seen with a consumer of its own, until that ends.
func (l *Log) read(ctx context.Context, see func(log.Record)) error {
	k := l.link.Load()
	if k == nil || ctx.Err() != nil {
		return errNotConnected
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	l.follow.mu.Lock()
	l.follow.stop = cancel
	l.follow.mu.Unlock()

	inbox := nats.NewInbox()
	sub, err := k.nc.SubscribeSync(inbox)
	if err != nil {
		return unreachable(err)
	}
	defer func() { _ = sub.Unsubscribe() }()
	if err := sub.SetPendingLimits(-1, -1); err != nil { // the server's flow control limits them
		return err
	}
	defer context.AfterFunc(ctx, func() { _ = sub.Unsubscribe() })()
	_, err = k.js.CreatePushConsumer(ctx, l.config.Stream, jetstream.ConsumerConfig{
		DeliverSubject: inbox,
		DeliverPolicy:  jetstream.DeliverByStartSequencePolicy,
		OptStartSeq:    l.seen.now() + 1,
		AckPolicy:      jetstream.AckNonePolicy,
		MaxDeliver:     1,
		FlowControl:    true,
		IdleHeartbeat:  heartbeat,
		MemoryStorage:  true,
		Replicas:       1,
	})
	if ctx.Err() != nil { // restart
		return errAgain
	}
	if err != nil {
		return l.request(err)
	}
	l.unread(nil)
	for next := uint64(1); ; {
		m, err := sub.NextMsg(silence)
		if err != nil {
			return errAgain
		}
		if m.Subject == inbox { // what is in the stream keeps its subject
			if !control(k.nc, m, next-1) {
				return errAgain
			}
			continue
		}
		of, at, ok := delivery(m.Reply)
		if !ok {
			continue
		}
		if of != next {
			return errAgain
		}
		next++
		if err := l.take(ctx, m, at, see); err != nil {
			return err
		}
		l.seen.reach(at)
	}
}

// control answers a heartbeat or a request of the flow control. It reports whether nothing is missing up to now.
func control(nc *nats.Conn, m *nats.Msg, delivered uint64) bool {
	if m.Header.Get("Status") != "100" {
		return false // the consumer was deleted, or its leader has changed
	}
	if m.Reply != "" {
		_ = m.Respond(nil)
		return true
	}
	if stalled := m.Header.Get("Nats-Consumer-Stalled"); stalled != "" {
		_ = nc.Publish(stalled, nil) // the last request of the flow control, or its answer, is lost
	}
	last := m.Header.Get("Nats-Last-Consumer")
	return last == "" || last == strconv.FormatUint(delivered, 10)
}

// delivery returns which message of a consumer and of the stream it is whose reply subject is given.
func delivery(reply string) (of, at uint64, ok bool) {
	const before = "$JS.ACK."
	if !strings.HasPrefix(reply, before) {
		return 0, 0, false
	}
	fields := strings.Split(reply, ".")
	first := 5 // $JS.ACK.stream.consumer.delivered.
	if len(fields) >= 11 {
		first = 7 // $JS.ACK.domain.account.stream.consumer.delivered.
	}
	if len(fields) < 9 {
		return 0, 0, false
	}
	at, err := strconv.ParseUint(fields[first], 10, 64)
	of, err2 := strconv.ParseUint(fields[first+1], 10, 64)
	return of, at, err == nil && err2 == nil
}

// take takes in the message at a sequence.
func (l *Log) take(ctx context.Context, m *nats.Msg, at uint64, see func(log.Record)) error {
	kind, rest, _ := strings.Cut(strings.TrimPrefix(m.Subject, l.config.Stream+"."), ".")
	switch kind {
	case "part":
		if fields := strings.Split(rest, "."); len(fields) == 3 {
			l.follow.parts.add(fields[0], fields[1], fields[2], m.Data, l.limits.waiting)
		}
		return nil
	case "log":
	default:
		return nil
	}
	h, err := parseHead(m.Header.Get(headHeader))
	switch {
	case errors.Is(err, errForeign) || err == nil && (!named(rest, 80, inHistory) || uint64(h.after) >= at):
		// Somebody else has published it. As the last of its subject it would make all appends fail.
		select {
		case l.follow.waste <- at:
		default: // the next Follow finds it
		}
		return nil
	case err != nil:
		return &unreadable{at, err}
	}
	data := m.Data
	if h.parts > 0 {
		dropped := false
		if data, dropped = l.follow.parts.join(rest, h.id, h.parts, log.Position(at)); dropped {
			if data, err = l.again(ctx, rest, h.id, h.parts, log.Position(at)); err != nil {
				return err // Follow begins again with this record
			}
			l.follow.parts.forget(h.id)
		}
		if data == nil {
			return nil // somebody is cutting it: its parts go after it, but a server may know that late
		}
	}
	if data, err = h.unpack(data); err != nil {
		return &unreadable{at, err}
	}
	see(log.Record{History: rest, At: log.Position(at), After: h.after, Data: data})
	return nil
}
