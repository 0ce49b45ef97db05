package nats

import (
	"context"
	"errors"

	"github.com/nats-io/nats.go/jetstream"
)

// Status is what a cluster says of a stream.
type Status struct {
	Version  string // of the server that answers
	Exists   bool
	Replicas int // copies that it should have
	Current  int // copies that are up to date
	Messages uint64
	Bytes    uint64
}

// Look asks a cluster for the stream of a log, and creates nothing. The error says why the cluster cannot be reached,
// or what is wrong with the stream; it never contains a password.
func Look(ctx context.Context, config Config) (Status, error) {
	config, err := config.filled()
	if err != nil {
		return Status{}, err
	}
	l := &Log{config: config, ctx: ctx}
	options, err := l.options()
	if err != nil {
		return Status{}, err
	}
	options.AllowReconnect = false
	options.DisconnectedErrCB, options.ReconnectErrCB, options.ReconnectedCB, options.ClosedCB = nil, nil, nil, nil
	nc, err := options.Connect()
	if err != nil {
		return Status{}, unreachable(err)
	}
	defer nc.Close()
	status := Status{Version: nc.ConnectedServerVersion()}
	js, err := jetstream.New(nc, jetstream.WithDefaultTimeout(config.Timeout))
	if err != nil {
		return status, err
	}
	stream, err := js.Stream(ctx, config.Stream)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return status, nil
	}
	if err != nil {
		return status, l.request(err)
	}
	info := stream.CachedInfo()
	status.Exists, status.Replicas, status.Current = true, info.Config.Replicas, 1
	status.Messages, status.Bytes = info.State.Msgs, info.State.Bytes
	if info.Cluster != nil {
		for _, peer := range info.Cluster.Replicas {
			if peer.Current && !peer.Offline {
				status.Current++
			}
		}
	}
	return status, usable(info.Config, config.Stream, status.Version)
}
