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
	return l.remove(ctx, "PURGE", jetstream.StreamPurgeRequest{Subject: subject, Sequence: uint64(before)})
}

// erase deletes the message at a sequence.
func (l *Log) erase(ctx context.Context, at uint64) error {
	return l.remove(ctx, "MSG.DELETE", struct {
		Seq     uint64 `json:"seq"`
		NoErase bool   `json:"no_erase"`
	}{at, true})
}

func (l *Log) remove(ctx context.Context, action string, what any) error {
	k := l.link.Load()
	if l.ctx.Err() != nil {
		return &log.UnavailableError{Because: log.ErrClosed}
	}
	if k == nil {
		return &log.UnavailableError{Because: errNotConnected, Retry: time.Second}
	}
	ctx, cancel := context.WithTimeout(ctx, l.config.Timeout)
	defer cancel()
	stop := context.AfterFunc(l.ctx, cancel)
	defer stop()
	ask, err := json.Marshal(what)
	if err != nil {
		return &log.UnavailableError{Because: err}
	}
	reply, err := k.nc.RequestWithContext(ctx, "$JS.API.STREAM."+action+"."+l.config.Stream, ask)
	if err != nil {
		return &log.UnavailableError{Because: request(err), Unsure: true, Retry: time.Second}
	}
	var answer struct {
		Success bool `json:"success"`
		Error   *struct {
			Description string `json:"description"`
		} `json:"error"`
	}
	err = json.Unmarshal(reply.Data, &answer)
	switch {
	case err != nil:
	case answer.Error != nil:
		err = errors.New(answer.Error.Description)
	case !answer.Success:
		err = errors.New("no reason was given")
	}
	if err != nil {
		return &log.UnavailableError{Because: fmt.Errorf("NATS has not deleted the records: %w", err), Unsure: true, Retry: time.Second}
	}
	return nil
}
