package world

import (
	"context"
	"errors"
)

// addLogged is add for worlds whose histories are kept in a log.
func (w *Worlds) addLogged(name string, from *World, keep bool) (found *World, fresh bool, err error) {
	ctx, cancel := context.WithTimeout(w.logging, appendWithin)
	defer cancel()
	if err := w.usable(); err != nil {
		return nil, false, err
	}
	for {
		found, fresh, err = w.findRoom(ctx, name, from)
		if err != nil || !keep {
			return found, fresh, err
		}
		exists := false
		err = found.Do(ctx, func() {
			exists = found.line.begun
			if !exists || from == nil {
				found.kept.Store(true)
			}
		})
		switch {
		case err == nil:
			return found, !exists, nil
		case !errors.Is(err, ErrForgotten) || ctx.Err() != nil: // otherwise another server was faster, and the name is free
			return nil, false, err
		}
	}
}

// findRoom is find that lets other worlds give way to a new one.
func (w *Worlds) findRoom(ctx context.Context, name string, from *World) (found *World, fresh bool, err error) {
	replaced := ""
	for {
		found, fresh, err = w.find(ctx, name, from, replaced)
		var full *replaceError
		if !errors.As(err, &full) {
			return found, fresh, err
		}
		victim := full.world
		if err := victim.Do(ctx, func() { victim.line.ending = true }); err != nil && !errors.Is(err, ErrForgotten) {
			return nil, false, err
		}
		replaced = victim.Name
	}
}

// replaceError says that a world has to give way to a new one.
type replaceError struct{ world *World }

func (e *replaceError) Error() string { return "limit reached" }

// find returns the world with a name, or a new one that is not in the log yet. The error is a *replaceError, a
// *LimitError, or that of fork. replaced names the world that has given way; "" for none.
func (w *Worlds) find(ctx context.Context, name string, from *World, replaced string) (found *World, fresh bool, err error) {
	if from != nil { // nobody may change it meanwhile
		release, err := from.Hold(ctx)
		if err != nil {
			return nil, false, err
		}
		defer release()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if found = w.byName[name]; found != nil {
		found.used.Store(int64(w.settings.Idle()))
		return found, false, nil
	}
	if tooMany := len(w.byName) + 1 - w.settings.MaxWorlds; tooMany > 0 {
		if oldest, replaceable := w.oldest(); replaceable >= tooMany { // or none is replaced
			return nil, false, &replaceError{oldest}
		}
		return nil, false, &LimitError{w.settings.MaxWorlds}
	}
	if from == nil {
		found = w.begin(name)
	} else if found, err = w.fork(name, from); err != nil {
		return nil, false, err
	} else {
		found.line.copied, found.line.start, found.line.origin = true, from.line.start, from.line.origin
	}
	found.Replaced = replaced
	w.insert(found)
	return found, true, nil
}
