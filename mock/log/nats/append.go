package nats

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/ticaga-mock/ticaga-mock/mock/log"
)

// Append implements [log.Log]. Besides the errors there it returns one for a name or a record that can never be
// appended.
func (l *Log) Append(ctx context.Context, history string, after log.Position, data []byte) (log.Position, error) {
	return l.append(ctx, history, after, data, l.publish)
}

// End implements [log.Log].
func (l *Log) End(ctx context.Context, history string, after log.Position, data []byte) (log.Position, error) {
	return l.append(ctx, history, after, data, l.squeeze)
}

// append is Append that publishes the record itself with a function.
func (l *Log) append(ctx context.Context, history string, after log.Position, data []byte, publish func(context.Context, *nats.Msg) (uint64, error)) (at log.Position, err error) {
	if !named(history, 80, inHistory) {
		return 0, fmt.Errorf("history %.100q: a name must be 1 to 80 characters out of a-z, 0-9, - and _", history)
	}
	if len(data) == 0 {
		return 0, fmt.Errorf("history %q: a record must not be empty", history)
	}
	if len(data) > log.MaxRecord {
		return 0, &log.FullError{Because: fmt.Errorf("a record has at most %d bytes, got %d", log.MaxRecord, len(data))}
	}
	if ctx.Err() != nil {
		return 0, &log.UnavailableError{Because: ctx.Err()}
	}
	m := &nats.Msg{Subject: l.subject("log." + history)}
	h := head{after: after}
	m.Data = h.pack(data, l.limits.compress)
	size := len(m.Data)
	defer func() { l.measured(err, size) }()
	if whole := l.whole(); len(m.Data) > whole {
		if err := l.store(ctx, history, m, &h, whole); err != nil {
			return 0, err
		}
	}
	m.Header = nats.Header{
		headHeader:                          {h.String()},
		jetstream.ExpectedLastSubjSeqHeader: {strconv.FormatUint(uint64(after), 10)},
	}
	sequence, err := publish(ctx, m)
	var conflict *log.ConflictError
	if errors.As(err, &conflict) {
		conflict.History = history
	}
	if h.parts > 0 && err != nil && !unsure(err) {
		l.discard(history, h.id)
	}
	return log.Position(sequence), err
}

// errBusy says that the leader has a message for the same subject on its way to the others, so it does not know which
// will be the last. It says so for a moment after it has acknowledged that message, too.
var errBusy = errors.New("NATS is still storing the last record of the history")

// publish stores a message and returns its sequence. While the log has been unavailable for a moment only it tries
// again, unless the message may have been stored.
func (l *Log) publish(ctx context.Context, m *nats.Msg) (uint64, error) {
	begin := time.Now()
	for busy := 100 * time.Microsecond; ; {
		seen := l.seen.now()
		at, err := l.publishOnce(ctx, m)
		if err == nil && at <= seen {
			// The disk of the only node was lost, or it was set back, or it is another stream.
			err = fmt.Errorf("stream %s has lost records that it had acknowledged: it continues at %d after %d; restart the server to work with what is left", l.config.Stream, at, seen)
			l.lose(err)
			return 0, &log.UnavailableError{Because: err, Unsure: true}
		}
		if err == nil {
			l.succeeded()
			return at, nil
		}
		var unavailable *log.UnavailableError
		if !errors.As(err, &unavailable) {
			return 0, err
		}
		if l.ctx.Err() != nil {
			return 0, &log.UnavailableError{Because: log.ErrClosed, Unsure: unavailable.Unsure}
		}
		if unavailable.Unsure || ctx.Err() != nil {
			l.report(ctx, unavailable)
			return 0, err
		}
		wait := 25 * time.Millisecond
		if errors.Is(unavailable.Because, errBusy) {
			if time.Since(begin) > l.config.Timeout {
				l.report(ctx, unavailable)
				return 0, err
			}
			wait = busy
			busy = min(2*busy, 20*time.Millisecond)
		} else {
			l.report(ctx, unavailable)
			if time.Since(l.start)-time.Duration(l.worked.Load()) > l.limits.patience {
				return 0, err
			}
		}
		l.pause(wait, ctx.Done())
	}
}

// report lets watch find out what is wrong, unless it is that nobody waits any more.
func (l *Log) report(ctx context.Context, err *log.UnavailableError) {
	if ctx.Err() == nil {
		l.set(err.Because)
		l.look()
	}
}

func (l *Log) publishOnce(ctx context.Context, m *nats.Msg) (uint64, error) {
	if err := l.lost(); err != nil {
		return 0, &log.UnavailableError{Because: err}
	}
	k := l.link.Load()
	if k == nil {
		return 0, &log.UnavailableError{Because: errNotConnected, Retry: time.Second}
	}
	token, arrived := l.acks.add()
	defer l.acks.done(token, arrived)
	m.Reply = k.inbox + strconv.FormatUint(token, 36)
	if err := k.nc.PublishMsg(m); err != nil {
		return 0, unsent(err)
	}
	timer := time.NewTimer(l.config.Timeout)
	defer timer.Stop()
	lost := func(err error) (uint64, error) {
		return 0, &log.UnavailableError{Because: err, Unsure: true, Retry: time.Second}
	}
	select {
	case reply := <-arrived:
		if reply == nil {
			return lost(errors.New("the connection to NATS was lost before the acknowledgement came"))
		}
		return l.acknowledged(reply)
	case <-timer.C:
		return lost(l.silent())
	case <-ctx.Done():
		return lost(ctx.Err())
	case <-l.ctx.Done():
		return lost(log.ErrClosed)
	}
}

// acknowledgement is how a stream answers a message.
type acknowledgement struct {
	Stream string `json:"stream"`
	Seq    uint64 `json:"seq"`
	Error  *struct {
		ErrCode     int    `json:"err_code"`
		Description string `json:"description"`
	} `json:"error"`
}

func (l *Log) acknowledged(reply *nats.Msg) (uint64, error) {
	if len(reply.Data) == 0 && reply.Header.Get("Status") == "503" {
		// No server has a leader of the stream who listens, so nobody has got the message.
		return 0, &log.UnavailableError{Because: errors.New("the stream of the log has no leader, or does not exist"), Retry: time.Second}
	}
	// What servers send nearly always does not need a parser of JSON.
	if rest, ok := bytes.CutPrefix(reply.Data, l.acked); ok && bytes.HasSuffix(rest, []byte("}")) {
		if at, err := strconv.ParseUint(string(rest[:len(rest)-1]), 10, 64); err == nil && at > 0 {
			return at, nil
		}
	}
	var ack acknowledgement
	if err := json.Unmarshal(reply.Data, &ack); err != nil || ack.Error == nil && ack.Seq == 0 {
		return 0, &log.UnavailableError{Because: errors.New("NATS sent an unknown acknowledgement"), Unsure: true}
	}
	if ack.Error != nil {
		return 0, refused(ack.Error.ErrCode, ack.Error.Description)
	}
	if ack.Stream != l.config.Stream {
		return 0, &log.UnavailableError{Because: fmt.Errorf("stream %.64q has taken a record of stream %s", ack.Stream, l.config.Stream)}
	}
	return ack.Seq, nil
}

// refused returns what an error of a stream means. Codes are those of nats-server/server/errors.json.
func refused(code int, description string) error {
	err := fmt.Errorf("NATS: %.200s (%d)", description, code)
	switch code {
	case 10071: // wrong last sequence
		return &log.ConflictError{}
	case 10164: // the same without the right one, which is not known yet
		return &log.UnavailableError{Because: errBusy, Retry: time.Second}
	case 10002, 10023, 10028, 10047, 10054: // limits of an account, a server, its memory and its disk, of a message
		return &log.FullError{Because: err}
	case 10077: // the store: its leader checks the limits of a stream before it proposes a message
		if strings.Contains(description, "maximum") {
			return &log.FullError{Because: err}
		}
	case 10163, 10109, 10076, 10039: // not ready to compare, sealed, without JetStream: before anything is stored
		return &log.UnavailableError{Because: err, Retry: time.Second}
	}
	return &log.UnavailableError{Because: err, Unsure: true, Retry: time.Second}
}

// unsent returns what an error of the client means.
func unsent(err error) error {
	switch {
	case errors.Is(err, nats.ErrMaxPayload):
		return &log.FullError{Because: err}
	case errors.Is(err, nats.ErrReconnectBufExceeded), errors.Is(err, nats.ErrConnectionClosed):
		return &log.UnavailableError{Because: errNotConnected, Retry: time.Second}
	}
	return &log.UnavailableError{Because: err, Unsure: true, Retry: time.Second}
}

func unsure(err error) bool {
	var unavailable *log.UnavailableError
	return errors.As(err, &unavailable) && unavailable.Unsure
}
