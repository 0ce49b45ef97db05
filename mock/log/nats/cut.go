package nats

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/ticaga-mock/ticaga-mock/mock/log"
)

// Cut implements [log.Log].
func (l *Log) Cut(ctx context.Context, history string, before log.Position) error {
	if !named(history, 80, inHistory) {
		return fmt.Errorf("history %.100q: a name must be 1 to 80 characters out of a-z, 0-9, - and _", history)
	}
	if before <= 1 {
		return nil
	}
	if err := l.purge(ctx, l.subject("log."+history), before); err != nil {
		return err
	}
	if l.room.missing() != nil {
		defer l.look() // there may be some
	}
	// Parts go after the record that names them: nobody must find it without them.
	for _, id := range l.follow.parts.cut(history, before) {
		if err := l.purge(ctx, l.subject("part."+history+".")+id+".>", 0); err != nil {
			return err
		}
	}
	return nil
}

// purge deletes the messages of a subject, or those before a position if that is not 0.
func (l *Log) purge(ctx context.Context, subject string, before log.Position) error {
	if l.skips() {
		return l.eraseAll(ctx, subject, before)
	}
	_, err := l.ask(ctx, "PURGE", jetstream.StreamPurgeRequest{Subject: subject, Sequence: uint64(before)})
	return err
}

// erase deletes the message at a sequence.
func (l *Log) erase(ctx context.Context, at uint64) error {
	_, err := l.ask(ctx, "MSG.DELETE", struct {
		Seq     uint64 `json:"seq"`
		NoErase bool   `json:"no_erase"`
	}{at, true})
	return err
}

// JetStream's errors when there is nothing to delete, or to get: somebody else may have deleted it.
const (
	noMessage  = 10037
	noSequence = 10043
)

// message is what the stream says of one.
type message struct {
	Seq  uint64 `json:"seq"`
	Data []byte `json:"data"`
}

// ask sends a request about the stream, and returns the message in the answer. It is the zero value, with no error, when
// there is no such message.
func (l *Log) ask(ctx context.Context, action string, what any) (message, error) {
	k := l.link.Load()
	if l.ctx.Err() != nil {
		return message{}, &log.UnavailableError{Because: log.ErrClosed}
	}
	if k == nil {
		return message{}, &log.UnavailableError{Because: errNotConnected, Retry: time.Second}
	}
	ctx, cancel := context.WithTimeout(ctx, l.config.Timeout)
	defer cancel()
	defer context.AfterFunc(l.ctx, cancel)()
	body, err := json.Marshal(what)
	if err != nil {
		return message{}, &log.UnavailableError{Because: err}
	}
	reply, err := k.nc.RequestWithContext(ctx, "$JS.API.STREAM."+action+"."+l.config.Stream, body)
	if err != nil {
		return message{}, &log.UnavailableError{Because: l.request(err), Unsure: true, Retry: time.Second}
	}
	var answer struct {
		Message message `json:"message"`
		Error   *struct {
			ErrCode     int    `json:"err_code"`
			Description string `json:"description"`
		} `json:"error"`
	}
	err = json.Unmarshal(reply.Data, &answer)
	if err == nil && answer.Error != nil && answer.Error.ErrCode != noMessage && answer.Error.ErrCode != noSequence {
		err = errors.New(answer.Error.Description)
	}
	if err != nil {
		return message{}, &log.UnavailableError{Because: fmt.Errorf("stream of the log: %w", err), Unsure: true, Retry: time.Second}
	}
	return answer.Message, nil
}

// skips reports whether the server is older than 2.9.15. When such a server purges a subject, which is also how it
// replaces a barrier by the next, all consumers go on behind that subject's last message, even those that have not
// read the other subjects yet (nats-server#3838). Messages that are deleted one by one do no harm.
func (l *Log) skips() bool {
	k := l.link.Load()
	return k != nil && older(k.nc.ConnectedServerVersion(), 2, 9, 15)
}

// older reports whether a version of nats-server is before another.
func older(version string, major, minor, patch int) bool {
	var a, b, c int
	n, _ := fmt.Sscanf(version, "%d.%d.%d", &a, &b, &c)
	return n == 3 && (a < major || a == major && (b < minor || b == minor && c < patch))
}

// eraseAll is purge for a server that skips.
func (l *Log) eraseAll(ctx context.Context, subject string, before log.Position) error {
	for at := uint64(1); ; at++ {
		next, err := l.ask(ctx, "MSG.GET", struct {
			Seq  uint64 `json:"seq"`
			Next string `json:"next_by_subj"`
		}{at, subject})
		if err != nil || next.Seq == 0 || before != 0 && next.Seq >= uint64(before) {
			return err
		}
		if err := l.erase(ctx, next.Seq); err != nil {
			return err
		}
		at = next.Seq
	}
}
