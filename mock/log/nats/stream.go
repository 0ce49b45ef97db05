package nats

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// stream is what watch knows about the stream.
type stream struct {
	created time.Time // when the one that this log uses was created
	missing int       // how often it was not there since
}

// gone is how often in a row a stream must be reported as missing, or as another one, until that is believed: a server
// that has just started may not know all streams.
const gone = 8

func (s *stream) known() bool { return !s.created.IsZero() }

// verify finds the stream, or creates it unless this log has used it before: the servers that share it would have
// memories of what a new one does not hold.
func (l *Log) verify(s *stream, k *link) error {
	ctx, cancel := context.WithTimeout(l.ctx, l.config.Timeout)
	defer cancel()
	name := l.config.Stream
	found, err := k.js.Stream(ctx, name)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		if s.known() {
			return l.miss(s, fmt.Errorf("stream %s was deleted while this server used it; restart the server to begin with a new one", name))
		}
		found, err = k.js.CreateStream(ctx, l.layout())
		if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) { // somebody else was faster, with other options
			found, err = k.js.Stream(ctx, name)
		}
	}
	if err != nil {
		return l.request(err)
	}
	info := found.CachedInfo()
	if s.known() && !info.Created.Equal(s.created) {
		return l.miss(s, fmt.Errorf("stream %s was deleted and created again while this server used it; restart the server to begin with the new one", name))
	}
	s.missing = 0
	if err := usable(info.Config, l.config.Stream, k.nc.ConnectedServerVersion()); err != nil {
		return err
	}
	if !s.known() {
		s.created = info.Created
		close(l.connected)
	}
	return nil
}

func (l *Log) miss(s *stream, err error) error {
	if s.missing++; s.missing >= gone {
		l.lose(err)
	}
	return err
}

func (l *Log) layout() jetstream.StreamConfig {
	c := jetstream.StreamConfig{
		Name:        l.config.Stream,
		Description: "histories of the worlds of ticaga-mock",
		Subjects:    []string{l.config.Stream + ".>"},
		Retention:   jetstream.LimitsPolicy,
		Discard:     jetstream.DiscardNew,
		Storage:     jetstream.FileStorage,
		MaxBytes:    -1,
		Replicas:    max(l.config.Replicas, 1),
		AllowRollup: true,
	}
	if l.config.MaxBytes > 0 {
		c.MaxBytes = l.config.MaxBytes
	}
	return c
}

// usable says what is wrong with a stream that somebody else has created. The number of replicas, limits of its size
// and where it is stored are theirs to choose.
func usable(c jetstream.StreamConfig, name, version string) error {
	// Older ones accept several records that expect the same last one (nats-server#4320), or differ from each other
	// after the first of a subject (nats-server#5794).
	if c.Replicas > 1 && older(version, 2, 10, 19) {
		return fmt.Errorf("stream %s has %d replicas, which NATS servers before 2.10.19 do not keep consistent; this one is %s: update the servers", name, c.Replicas, version)
	}
	var wrong []string
	is := func(bad bool, what string) {
		if bad {
			wrong = append(wrong, what)
		}
	}
	is(!slices.Contains(c.Subjects, name+".>"), "subjects must contain "+name+".>")
	is(c.Retention != jetstream.LimitsPolicy, "retention must be limits")
	is(c.Discard != jetstream.DiscardNew && (c.MaxBytes > 0 || c.MaxMsgs > 0), "discard must be new")
	is(c.MaxAge > 0, "max_age must be 0")
	is(c.MaxMsgsPerSubject > 0, "max_msgs_per_subject must be unlimited")
	is(c.MaxMsgSize > 0 && c.MaxMsgSize < 1<<20, "max_msg_size must be 1048576 or greater")
	is(!c.AllowRollup, "allow_rollup_hdrs must be true")
	is(c.DenyPurge, "deny_purge must be false")
	is(c.NoAck, "no_ack must be false")
	is(c.Sealed, "sealed must be false")
	is(c.Mirror != nil || len(c.Sources) > 0, "it must not copy other streams")
	is(c.SubjectTransform != nil, "subject_transform must not be set")
	if wrong == nil {
		return nil
	}
	return fmt.Errorf("stream %s cannot hold the log: %s; edit it, or choose another name", name, strings.Join(wrong, ", "))
}

// What JetStream's API says when there are fewer servers than copies; see nats-server's server/errors.json.
const (
	noPeers    = 10005
	notCluster = 10074
)

// request says what went wrong with a request to JetStream's API.
func (l *Log) request(err error) error {
	var refused *jetstream.APIError
	switch {
	case errors.Is(err, nats.ErrNoResponders), errors.Is(err, jetstream.ErrJetStreamNotEnabled):
		return errors.New("no NATS server answers for JetStream: enable it in the configuration of the servers, or wait until it has a leader")
	case errors.Is(err, jetstream.ErrJetStreamNotEnabledForAccount):
		return errors.New("JetStream is not enabled for the account of this user in NATS")
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, nats.ErrTimeout):
		return l.silent()
	case errors.Is(err, context.Canceled):
		return errors.New("a request to NATS was given up before the answer came")
	case errors.As(err, &refused) && refused.ErrorCode == notCluster:
		return fmt.Errorf("stream %s cannot be created with %d copies by a NATS server on its own: use replicas=1, or a cluster of NATS servers", l.config.Stream, l.config.Replicas)
	case errors.As(err, &refused) && refused.ErrorCode == noPeers:
		return fmt.Errorf("stream %s cannot be created: there are not %d NATS servers with room for it: use fewer replicas, or more servers (NATS: %.200s)", l.config.Stream, max(l.config.Replicas, 1), refused.Description)
	}
	return fmt.Errorf("stream %s: %w", l.config.Stream, err)
}
