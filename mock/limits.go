package mock

import (
	"fmt"
	"time"
)

// Limits of a server unless Options set others. Sizes are in bytes.
const (
	DefaultMaxBody      = 8 << 20 // PHP's post_max_size, beyond which Laravel answers 413
	DefaultMaxHeader    = 64 << 10
	DefaultReadTimeout  = time.Minute
	DefaultWriteTimeout = time.Minute
	DefaultIdleTimeout  = 2 * time.Minute
	DefaultMaxInFlight  = 256 << 20

	DefaultWorlds       = 1000
	DefaultMaxWorld     = 64 << 20
	DefaultWorldsTotal  = 256 << 20
	DefaultMaxState     = 64 << 20 // some 100,000 tickets
	DefaultJournal      = 500
	DefaultJournalBytes = 4 << 20
	DefaultJournalTotal = 256 << 20
	DefaultStreams      = 500
	DefaultWorldStreams = 100
	DefaultWaiters      = 1000
)

// Limit describes a limit in Options: a number, a size in bytes or a duration. The program has a flag
// for each.
type Limit struct {
	Name    string // of the field in Options, such as "MaxBody"
	Flag    string // of the program, without hyphens in front: "max-body"
	Default int64  // a number, bytes or nanoseconds; 0 where Meaning says what 0 means
	Meaning string // for people, with the unit in backquotes

	field func(*Options) any // an *int, *int64 or *time.Duration
}

// Limits returns all limits: those of a request, then those of worlds.
func Limits() []Limit {
	return []Limit{
		{
			"MaxBody", "max-body", DefaultMaxBody,
			"max size of a request body in `bytes`; a larger one is answered with 413. The default is PHP's post_max_size",
			func(o *Options) any { return &o.MaxBody },
		},
		{
			"MaxFields", "max-fields", 0,
			"max number of `fields` in a body; 0 means PHP's limit: 1000 in a form, any number in JSON",
			func(o *Options) any { return &o.MaxFields },
		},
		{
			"MaxNesting", "max-nesting", 0,
			"max nesting of arrays and objects in a body, in `levels`; 0 means PHP's limit: 64 in a form, 511 in JSON",
			func(o *Options) any { return &o.MaxNesting },
		},
		{
			"MaxHeader", "max-header", DefaultMaxHeader,
			"max size of the request headers in `bytes`",
			func(o *Options) any { return &o.MaxHeader },
		},
		{
			"ReadTimeout", "read-timeout", int64(DefaultReadTimeout),
			"max `duration` that a client may take to send a request",
			func(o *Options) any { return &o.ReadTimeout },
		},
		{
			"WriteTimeout", "write-timeout", int64(DefaultWriteTimeout),
			"max `duration` that a client may take to receive a response",
			func(o *Options) any { return &o.WriteTimeout },
		},
		{
			"IdleTimeout", "idle-timeout", int64(DefaultIdleTimeout),
			"max `duration` that a connection is kept without a request",
			func(o *Options) any { return &o.IdleTimeout },
		},
		{
			"MaxInFlight", "max-in-flight", DefaultMaxInFlight,
			"approximate max memory in `bytes` for the bodies and responses of all requests in flight; 16 KiB of each do not count. A request that needs more waits for up to 5s, then is answered with 503 and Retry-After",
			func(o *Options) any { return &o.MaxInFlight },
		},
		{
			"Worlds", "worlds", DefaultWorlds,
			"max number of `worlds`; beyond it, a new world replaces the least recently used one that a request created",
			func(o *Options) any { return &o.Worlds },
		},
		{
			"WorldTTL", "world-ttl", 0,
			"`duration` after which an unused world is removed, such as 1h; 0 means never",
			func(o *Options) any { return &o.WorldTTL },
		},
		{
			"MaxWorld", "max-world", DefaultMaxWorld,
			"approximate max memory in `bytes` for the data of a world and its snapshots, without the fixtures at the start; a request that needs more is answered with 507 and changes nothing",
			func(o *Options) any { return &o.MaxWorld },
		},
		{
			"WorldsTotal", "worlds-total", DefaultWorldsTotal,
			"approximate max memory in `bytes` for the data of all worlds, each counted as for --max-world; beyond it, worlds that requests created are removed, the least recently used first, and if that is not enough, the request is answered with 507",
			func(o *Options) any { return &o.WorldsTotal },
		},
		{
			"MaxState", "max-state", DefaultMaxState,
			"max size of a state in `bytes` that the control API accepts",
			func(o *Options) any { return &o.MaxState },
		},
		{
			"Journal", "journal", DefaultJournal,
			"max number of `exchanges` in the journal of a world",
			func(o *Options) any { return &o.Journal },
		},
		{
			"JournalBytes", "journal-bytes", DefaultJournalBytes,
			"approximate max memory in `bytes` for the journal of a world",
			func(o *Options) any { return &o.JournalBytes },
		},
		{
			"JournalTotal", "journal-total", DefaultJournalTotal,
			"approximate max memory in `bytes` for the journals of all worlds; beyond it, the least recently used world drops exchanges first, and its journal counts them as dropped",
			func(o *Options) any { return &o.JournalTotal },
		},
		{
			"Streams", "streams", DefaultStreams,
			"max number of `clients` that listen to events at the same time",
			func(o *Options) any { return &o.Streams },
		},
		{
			"WorldStreams", "world-streams", DefaultWorldStreams,
			"max number of `clients` that listen to the events of one world at the same time",
			func(o *Options) any { return &o.WorldStreams },
		},
		{
			"Waiters", "waiters", DefaultWaiters,
			"max number of `requests` that wait for an expectation at the same time",
			func(o *Options) any { return &o.Waiters },
		},
	}
}

// Field returns a pointer to the field of o: an *int, *int64 or *time.Duration.
func (l Limit) Field(o *Options) any { return l.field(o) }

// Value returns the value that o has: a number, bytes or nanoseconds.
func (l Limit) Value(o *Options) int64 {
	switch field := l.field(o).(type) {
	case *int:
		return int64(*field)
	case *int64:
		return *field
	case *time.Duration:
		return int64(*field)
	}
	panic("mock: the limit " + l.Name + " has a field of another type") // TestLimits looks at each
}

// set sets the field of o.
func (l Limit) set(o *Options, value int64) {
	switch field := l.field(o).(type) {
	case *int:
		*field = int(value)
	case *int64:
		*field = value
	case *time.Duration:
		*field = time.Duration(value)
	}
}

// setLimits checks the limits of o, and sets those that are 0 to their defaults.
func (o *Options) setLimits() error {
	for _, l := range Limits() {
		switch value := l.Value(o); {
		case value < 0:
			return fmt.Errorf("options: %s is %d; must be 0 (default) or greater", l.Name, value)
		case value == 0:
			l.set(o, l.Default)
		}
	}
	return nil
}
