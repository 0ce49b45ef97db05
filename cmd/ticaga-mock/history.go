package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ticaga-mock/ticaga-mock/cmd/ticaga-mock/internal/doctor"
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

	kept string // where the worlds are, for people; "" for in memory

	set *pflag.FlagSet
}

var dataSyncs = []string{string(file.Always), string(file.Interval)}

func (f *historyFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	f.addPlace(cmd)
	flags.StringVar(&f.sync, "data-sync", dataSyncs[0], "when --data is written to the disk: `always`, before each answer; or interval, every second")
	_ = flags.SetAnnotation("data-sync", rivals, []string{"store"}) // as --data does not count where --store was typed
	completeFlag(cmd, "data-sync", dataSyncs)
}

// addPlace defines the flags that say where.
func (f *historyFlags) addPlace(cmd *cobra.Command) {
	flags := cmd.Flags()
	f.set = flags
	flags.StringVar(&f.data, "data", "", "`file` that keeps the worlds, so that they survive a restart")
	flags.StringVar(&f.store, "store", "", "`URL` of a NATS JetStream that keeps the worlds and shares them with other mocks, such as nats://host:4222")
	rivalFlags(flags, "data", "store")
	_ = cmd.RegisterFlagCompletionFunc("data", completeFile)
	_ = cmd.RegisterFlagCompletionFunc("store", cobra.NoFileCompletions)
}

// open opens the log of the flags; nil if they name none. The caller closes it.
func (f *historyFlags) open(ctx context.Context) (log.Log, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	switch {
	case f.data != "":
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

// read waits until the worlds were read from a file. The error says why they cannot be.
func (f *historyFlags) read(ctx context.Context, desk *mock.Server) error {
	if f.data == "" {
		return nil
	}
	if err := desk.Ready(ctx); err != nil {
		return fmt.Errorf("--data %q: %w", f.data, err)
	}
	return nil
}

// await waits for a store, which the mock serves without. The channel returns nil when the worlds were read, and before,
// from a second on, why they were not: each reason when it is another one than the last.
func (f *historyFlags) await(ctx context.Context, desk *mock.Server) <-chan error {
	news := make(chan error)
	go func() {
		said := ""
		for within := time.Second; ; within = min(2*within, time.Minute) {
			waiting, cancel := context.WithTimeout(ctx, within)
			err := desk.Ready(waiting)
			final := err == nil || waiting.Err() == nil // or they can never be read
			cancel()
			if err == nil || err.Error() != said {
				select {
				case news <- err:
				case <-ctx.Done():
				}
			}
			if final || ctx.Err() != nil {
				return
			}
			said = err.Error()
		}
	}()
	return news
}

// check returns what is wrong with the flags themselves.
func (f *historyFlags) check() error {
	switch {
	case f.data != "" && f.store != "":
		return errors.New("--data and --store: use one of them")
	case strings.Contains(f.data, "://"): // not to be shown: it may have a password
		return errors.New("--data: must be a file; use --store for a URL")
	case f.data == "" && f.set.Changed("data"): // of a variable of a shell that is not set
		return errors.New("--data is empty; give a file, or leave it out to keep worlds in memory")
	case f.store == "" && f.set.Changed("store"):
		return errors.New("--store is empty; give a URL such as nats://host:4222, or leave it out to keep worlds in memory")
	case f.data == "" && f.set.Changed("data-sync"):
		return errors.New("--data-sync: needs --data, whose file it is about")
	case f.set.Changed("data-sync"):
		return oneOf("data-sync", f.sync, dataSyncs)
	}
	return nil
}

// lookWithin is how long the doctor waits for a store.
const lookWithin = 8 * time.Second // in which a request that gets no answer fails, and says why

// finding says for the doctor where worlds are kept. It creates nothing.
func (f *historyFlags) finding(ctx context.Context) (doctor.Finding, error) {
	if err := f.check(); err != nil {
		return doctor.Finding{}, err
	}
	switch {
	case f.data != "":
		report, err := file.Check(f.data)
		_, missing := os.Stat(f.data)
		if folder, _ := os.Stat(filepath.Dir(f.data)); errors.Is(missing, fs.ErrNotExist) && folder != nil {
			err = missing
		}
		return doctor.File(f.data, report, err), nil
	case f.store != "":
		config, err := nats.ParseURL(f.store)
		if err != nil {
			return doctor.Finding{}, fmt.Errorf("--store: %w", err)
		}
		ctx, cancel := context.WithTimeout(ctx, lookWithin)
		defer cancel()
		status, err := nats.Look(ctx, config)
		return doctor.Stream(config.Stream, status, err), nil
	}
	return doctor.InMemory(), nil
}
