package nats

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/ticaga-mock/ticaga-mock/mock/log"
)

// link is a connection to a cluster. It finds another server by itself when one is lost.
type link struct {
	nc    *nats.Conn
	js    jetstream.JetStream
	inbox string // where acknowledgements arrive: this, and a token
}

// errNotConnected is the error while no server can be reached.
var errNotConnected = errors.New("not connected to any NATS server")

// options returns how to connect. The error says which file is not valid.
func (l *Log) options() (nats.Options, error) {
	c, o := l.config, nats.GetDefaultOptions()
	for _, server := range c.Servers {
		o.Servers = append(o.Servers, "nats://"+server)
	}
	o.Name = "ticaga-mock"
	o.User, o.Password, o.Token = c.User, c.Password, c.Token
	o.Secure = c.TLS
	o.Timeout = c.Timeout
	o.FlusherTimeout = c.Timeout // for which a server that does not read holds up all who publish
	o.MaxReconnect = -1
	o.ReconnectWait = 250 * time.Millisecond
	o.ReconnectJitter, o.ReconnectJitterTLS = 100*time.Millisecond, 100*time.Millisecond
	o.ReconnectBufSize = -1 // what nobody waits for any more must not be sent later
	o.IgnoreAuthErrorAbort = true
	o.PingInterval, o.MaxPingsOut = 2*time.Second, 2
	o.CustomDialer = dialer{l.ctx, c.Timeout}
	o.DisconnectedErrCB = func(_ *nats.Conn, err error) {
		l.deny(nil)
		l.set(disconnected(err))
		l.acks.failAll()
		l.look()
	}
	o.ReconnectErrCB = func(_ *nats.Conn, err error) { l.set(unreachable(err)) }
	o.ReconnectedCB = func(*nats.Conn) {
		l.follow.restart()
		l.look()
	}
	o.ClosedCB = func(*nats.Conn) { l.look() }
	o.AsyncErrorCB = func(_ *nats.Conn, _ *nats.Subscription, err error) {
		if errors.Is(err, nats.ErrPermissionViolation) {
			l.deny(fmt.Errorf("the user lacks a permission in NATS: %.300s", strings.TrimPrefix(err.Error(), "nats: permissions violation: ")))
		}
	}
	var files []nats.Option
	if c.CA != "" {
		files = append(files, nats.RootCAs(c.CA))
	}
	if c.Cert != "" {
		files = append(files, nats.ClientCert(c.Cert, c.Key))
	}
	if c.Credentials != "" {
		files = append(files, nats.UserCredentials(c.Credentials))
	}
	for _, option := range files {
		if err := option(&o); err != nil {
			return o, fmt.Errorf("log in NATS: %w", err)
		}
	}
	if c.Credentials != "" { // which the client reads when it connects
		_, err := o.UserJWT()
		if err == nil {
			_, err = o.SignatureCB([]byte("nonce"))
		}
		if err != nil {
			return o, fmt.Errorf("log in NATS: %q is not a credentials file: %w", c.Credentials, err)
		}
	}
	return o, nil
}

// unreachable says why there is no connection.
func unreachable(err error) error {
	switch {
	case errors.Is(err, nats.ErrNoServers):
		return errNotConnected
	case loginRefused(err):
		return refusedLogin(err)
	}
	return fmt.Errorf("cannot connect to NATS: %w", err)
}

// disconnected says why there is no connection any more.
func disconnected(err error) error {
	switch {
	case err == nil, errors.Is(err, io.EOF):
		return errors.New("connection to NATS lost: the server has closed it")
	case errors.Is(err, nats.ErrStaleConnection):
		return errors.New("connection to NATS lost: the server has stopped answering")
	case loginRefused(err):
		return refusedLogin(err)
	}
	return fmt.Errorf("connection to NATS lost: %w", err)
}

func loginRefused(err error) bool {
	return slices.ContainsFunc([]error{nats.ErrAuthorization, nats.ErrAuthExpired, nats.ErrAuthRevoked, nats.ErrAccountAuthExpired},
		func(refusal error) bool { return errors.Is(err, refusal) })
}

func refusedLogin(err error) error {
	return fmt.Errorf("the NATS server refuses the login: check the user and password, the token or the credentials file in the URL (%w)", err)
}

// dialer dials until ctx ends, and then closes what it has dialed.
type dialer struct {
	ctx     context.Context
	timeout time.Duration
}

func (d dialer) Dial(network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{Timeout: d.timeout}).DialContext(d.ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &bounded{conn, context.AfterFunc(d.ctx, func() { _ = conn.Close() })}, nil
}

// bounded is a connection that a context closes, too.
type bounded struct {
	net.Conn
	stop func() bool
}

func (c *bounded) Close() error {
	c.stop()
	return c.Conn.Close()
}

// watch connects, looks after the stream and finds out whether the log is available, until Close.
func (l *Log) watch(options nats.Options) {
	var s stream
	var moved time.Duration
	for {
		err := l.check(&s, options)
		if err == nil {
			err = l.survey()
		}
		l.set(err)
		if err != nil {
			moved = l.move(moved)
			l.pause(min(l.limits.probe, 250*time.Millisecond), nil)
		} else {
			l.pause(l.limits.probe, l.kick)
		}
		if l.ctx.Err() != nil {
			if k := l.link.Load(); k != nil {
				k.nc.Close()
			}
			return
		}
	}
}

// move connects to another server of the cluster when this one has been of no use for long: it may be cut off from the
// others. It returns when that was last done.
func (l *Log) move(moved time.Duration) time.Duration {
	now, long := time.Since(l.start), 2*l.config.Timeout
	k := l.link.Load()
	if k == nil || !k.nc.IsConnected() || len(k.nc.Servers()) < 2 || now-max(moved, time.Duration(l.worked.Load())) < long {
		return moved
	}
	_ = k.nc.ForceReconnect()
	return now
}

// pause waits, or until Close or a kick.
func (l *Log) pause(d time.Duration, kick <-chan struct{}) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-l.ctx.Done():
	case <-kick:
	case <-timer.C:
	}
}

// check returns why the log is not available, and does what it can about it.
func (l *Log) check(s *stream, options nats.Options) error {
	k := l.link.Load()
	if k == nil || k.nc.IsClosed() {
		var err error
		if k, err = l.connect(options); err != nil {
			return unreachable(err)
		}
	}
	problem := l.problem()
	if !k.nc.IsConnected() {
		if problem == nil {
			problem = errNotConnected
		}
		return problem
	}
	if problem != nil || !s.known() {
		if err := l.verify(s, k); err != nil {
			return err
		}
	} else if time.Since(l.start)-time.Duration(l.worked.Load()) < l.limits.probe {
		return nil
	}
	_, err := l.barriers.join(l.ctx, l)
	if full := (*log.FullError)(nil); errors.As(err, &full) { // which can be reached
		l.room.lacks(full, piece)
		return nil
	}
	return err
}

// connect makes the first connection, or one instead of a connection that has been closed for good.
func (l *Log) connect(options nats.Options) (*link, error) {
	nc, err := options.Connect()
	if err != nil {
		return nil, err
	}
	k := &link{nc: nc, inbox: nats.NewInbox() + "."}
	if k.js, err = jetstream.New(nc, jetstream.WithDefaultTimeout(l.config.Timeout)); err == nil {
		_, err = nc.Subscribe(k.inbox+"*", func(m *nats.Msg) { l.acks.arrive(m.Subject[len(k.inbox):], m) })
	}
	if err != nil {
		nc.Close()
		return nil, err
	}
	l.link.Store(k)
	return k, nil
}
