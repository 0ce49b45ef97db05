package control

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/world"
)

// synced is a handler that sees what any server has done to the worlds before the request came.
func (a *api) synced(handle handler) handler {
	return func(w http.ResponseWriter, r *http.Request) (any, error) {
		if err := a.Worlds.Sync(r.Context()); err != nil {
			return nil, err
		}
		return handle(w, r)
	}
}

// change lets a handler change a world, so that all of it is in the log before the request is answered. When another
// server has changed the world meanwhile, the handler is called again.
func change(found *world.World, r *http.Request, handle func(*http.Request) (any, error)) (answer any, err error) {
	if !found.Logged() {
		return handle(r)
	}
	body, unread := io.ReadAll(r.Body) // before the turn of the world, which nobody else has while a slow client sends
	failed := found.Alone(r.Context(), func() {
		r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body), failing{unread}))
		answer, err = handle(r)
	})
	if failed != nil {
		return nil, failed
	}
	return answer, err
}

// failing is the rest of a body that could not be read, or none.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, cmp.Or(f.err, io.EOF) }

// read lets a handler read a world that nobody changes until it begins to write: it has seen by then what it writes.
func read(found *world.World, w http.ResponseWriter, r *http.Request, handle inWorld) (any, error) {
	if !found.Logged() {
		return handle(found, w, r)
	}
	release, err := found.Hold(r.Context())
	if err != nil {
		return nil, err
	}
	defer release()
	return handle(found, &firstWrite{ResponseWriter: w, before: release}, r)
}

// firstWrite calls a function before the first write.
type firstWrite struct {
	http.ResponseWriter
	before func()
}

func (w *firstWrite) WriteHeader(status int) {
	w.before()
	w.ResponseWriter.WriteHeader(status)
}

func (w *firstWrite) Write(p []byte) (int, error) {
	w.before()
	return w.ResponseWriter.Write(p)
}

// Unwrap is for http.ResponseController.
func (w *firstWrite) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// again calls a function once more if the world that it found was forgotten meanwhile.
func again(ctx context.Context, f func() (any, error)) (answer any, err error) {
	for ctx.Err() == nil {
		if answer, err = f(); !errors.Is(err, world.ErrForgotten) {
			break
		}
	}
	return answer, err
}
