package world

import (
	"context"
	"errors"
	"fmt"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/verify"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// ErrEnding says that the server ended while somebody waited.
var ErrEnding = errors.New("the mock is ending")

// WaitersError says that too many requests wait for an expectation.
type WaitersError struct{ Waiting int64 }

func (e *WaitersError) Error() string {
	return fmt.Sprintf("limit reached: %d requests wait for an expectation; raise --waiters", e.Waiting)
}

// Verify checks an expectation against the journal of the world with a name, and waits as World.Verify
// does. It also waits for the world to be created: until then, the world had no requests. The error is
// a *WaitersError, or that of World.Verify.
func (w *Worlds) Verify(ctx context.Context, name string, expected *verify.Expectation) (traffic.Result, error) {
	if expected.Within > 0 {
		defer w.waiting.Add(-1)
		if n := w.waiting.Add(1); n > int64(w.settings.Waiters) {
			return traffic.Result{}, &WaitersError{n - 1}
		}
	}
	ctx, cancel := context.WithTimeout(ctx, expected.Within)
	defer cancel()
	found, exists := w.Find(name)
	if exists {
		return found.Verify(ctx, expected)
	}
	result := expected.Check(nil, 0)
	if !result.Holds && !result.Impossible {
		if found = w.Await(ctx, name); found != nil {
			return found.Verify(ctx, expected)
		}
	}
	result.Explanation += fmt.Sprintf("; there is no world %q", name)
	return result, interrupted(w.life, expected, result)
}

// Verify checks an expectation against the world's journal. When it does not hold yet, Verify waits until
// it holds, cannot hold any more, expected.Within or ctx ends, or the world is forgotten. However many
// wait, each exchange is compared once with each expectation. When the expectation holds, the violations
// that it names are marked as allowed. The error is ErrEnding when the server ended before the
// result was certain; the result is the one so far.
func (w *World) Verify(ctx context.Context, expected *verify.Expectation) (traffic.Result, error) {
	ctx, end := w.Context(ctx)
	defer end()
	ctx, cancel := context.WithTimeout(ctx, expected.Within)
	defer cancel()
	waits := &watcher{expected, expected.Begin()}
	kept, dropped := w.Journal.Watch(ctx, waits)
	known := make([]verify.Request, len(kept))
	for i := range kept {
		known[i] = verify.RequestOf(&kept[i])
	}
	result := waits.Result(known, dropped)
	if result.Holds {
		if err := w.allow(expected, result.Matched); err != nil {
			return result, err
		}
	}
	return result, interrupted(w.lasts, expected, result)
}

// interrupted returns ErrEnding when the server ended before a result was certain.
func interrupted(life context.Context, expected *verify.Expectation, result traffic.Result) error {
	if expected.Within == 0 || result.Holds || result.Impossible || !errors.Is(context.Cause(life), ErrEnding) {
		return nil
	}
	return ErrEnding
}

// allow marks the violations that an expectation names in the requests that matched it.
func (w *World) allow(expected *verify.Expectation, matched []int64) error {
	var allowed []traffic.Exchange
	err := w.Do(w.lasts, func() {
		allowed = nil
		for i, id := range matched {
			codes := expected.Violations(i)
			if len(codes) == 0 {
				continue
			}
			if x, ok := w.Journal.Expect(id, codes); ok {
				allowed = append(allowed, x)
			}
		}
	})
	if err != nil {
		return err
	}
	for _, x := range allowed {
		w.common.Expected(x)
	}
	return nil
}

// watcher is the progress of an expectation as a journal.Watcher.
type watcher struct {
	expected *verify.Expectation
	*verify.Progress
}

func (w *watcher) See(x *traffic.Exchange) {
	r := verify.RequestOf(x)
	w.Progress.See(&r)
}

func (w *watcher) Forget() { w.Progress = w.expected.Begin() }
