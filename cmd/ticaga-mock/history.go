package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ticaga-mock/ticaga-mock/mock"
	"github.com/ticaga-mock/ticaga-mock/mock/log"
	"github.com/ticaga-mock/ticaga-mock/mock/log/file"
	"github.com/ticaga-mock/ticaga-mock/mock/log/nats"
)

// historyFlags say where the histories of worlds are kept.
type historyFlags struct {
	data  string // a file
	sync  string // a file.Sync
	store string // a URL

	kept    string // where the worlds are, for people; "" for in memory
	warning string // why they are not there yet; "" when they are
}

var dataSyncs = []string{string(file.Always), string(file.Interval)}

func (f *historyFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.data, "data", "", "`file` that keeps the worlds, so that they survive a restart")
	flags.StringVar(&f.sync, "data-sync", dataSyncs[0], "when --data is written to the disk: `always`, before each answer; or interval, every second")
	flags.StringVar(&f.store, "store", "", "`URL` of a NATS JetStream that keeps the worlds and shares them with other mocks, such as nats://host:4222")
	rivalFlags(flags, "data", "store")
	completeFlag(cmd, "data-sync", dataSyncs)
	_ = cmd.MarkFlagFilename("data")
}

// open opens the log of the flags; nil if they name none. The caller closes it.
func (f *historyFlags) open(ctx context.Context) (log.Log, error) {
	switch {
	case f.data != "" && f.store != "":
		return nil, errors.New("--data and --store: use one of them")
	case f.data != "":
		if err := oneOf("data-sync", f.sync, dataSyncs); err != nil {
			return nil, err
		}
		opened, err := file.Open(f.data, file.Options{Sync: file.Sync(f.sync)})
		if err != nil {
			return nil, fmt.Errorf("--data: %w", err)
		}
		f.kept = f.data
		return opened, nil
	case f.store != "":
		config, err := nats.ParseURL(f.store)
		if err != nil {
			return nil, fmt.Errorf("--store: %w", err)
		}
		opened, err := nats.Open(ctx, config)
		if err != nil {
			return nil, fmt.Errorf("--store: %w", err)
		}
		f.kept = "stream " + cmp.Or(config.Stream, nats.DefaultStream) + " on " + strings.Join(config.Servers, ", ")
		return opened, nil
	}
	return nil, nil
}

// storeWithin is how long the start waits for a store that other mocks share. The mock serves without it, too, and
// answers 503 until it is there.
const storeWithin = 5 * time.Second

// await waits until the worlds were read. The error is for a file that cannot be read. A store that cannot be reached yet
// is only worth a warning.
func (f *historyFlags) await(ctx context.Context, desk *mock.Server) error {
	if f.store == "" {
		if err := desk.Ready(ctx); err != nil {
			return fmt.Errorf("--data %q: %w", f.data, err)
		}
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, storeWithin)
	defer cancel()
	if err := desk.Ready(ctx); err != nil {
		f.warning = err.Error()
	}
	return nil
}
