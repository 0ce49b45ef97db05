package control

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/world"
)

// heartbeat is the longest pause in a stream, so that proxies do not close it.
const heartbeat = 15 * time.Second

// events sends every exchange as a Server-Sent Event, from now on or after the one in Last-Event-ID. When
// the journal has dropped some of them, an event "gap" says how many: the client reads too slowly, or
// there are more exchanges than pace lets all streams send. An event "change" says that something else changed the
// world. The stream ends with the client, the world, or the session of a browser that logs out.
func (a *api) events(w *world.World, rw http.ResponseWriter, r *http.Request) (any, error) {
	last, err := resumeAfter(r.Header.Get("Last-Event-ID"), w)
	if err != nil {
		return nil, err
	}
	shared, err := a.streams.join(w)
	if err != nil {
		return nil, err
	}
	defer a.streams.leave(w)
	changes := w.Changes.Count()
	session, leave := a.sessions.context(r)
	defer leave()
	ctx, cancel := w.Context(session)
	defer cancel()
	rw.Header().Set("Content-Type", "text/event-stream")
	rw.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return nil, nil
	}
	stream := http.NewResponseController(rw)
	_ = stream.SetReadDeadline(time.Time{}) // a stream lasts longer than a request may
	// The ID comes first, so that a client that is cut off before the first event misses none. Browsers would wait for some
	// seconds before they connect again.
	_, _ = fmt.Fprintf(rw, "retry: 1000\nid: %s\n\n", eventID(last, w))
	_ = stream.Flush()
	for {
		came := waitFor(ctx, w, last, changes)
		if came {
			a.streams.pace.turn(ctx)
		}
		if ctx.Err() != nil {
			return nil, nil
		}
		_ = stream.SetWriteDeadline(time.Now().Add(heartbeat)) // closes the connection of a client that does not read
		if !came {
			_, err = io.WriteString(rw, ": nothing new\n\n")
		} else if last, err = a.writeNext(rw, shared, last); err == nil {
			changes, err = writeChange(rw, w, changes)
		}
		if err != nil || stream.Flush() != nil {
			return nil, nil
		}
	}
}

// eventID returns the ID of an exchange with the life of its world, since IDs restart with the mock.
func eventID(id int64, w *world.World) string { return strconv.FormatInt(id, 10) + "." + w.Life() }

// resumeAfter returns the ID of the exchange after which a stream starts. An ID of another life starts at
// the first exchange. The ID of an exchange without its life is accepted too.
func resumeAfter(lastEventID string, w *world.World) (int64, error) {
	newest := w.Journal.LastID()
	if lastEventID == "" {
		return newest, nil
	}
	number, life, _ := strings.Cut(lastEventID, ".")
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil || id < 0 {
		return 0, problemf(http.StatusBadRequest, "Last-Event-ID %.40q: must be the id of an event or an exchange", lastEventID)
	}
	if id > newest || life != "" && life != w.Life() {
		return 0, nil
	}
	return id, nil
}

// waitFor reports whether an exchange or a change came within a heartbeat.
func waitFor(ctx context.Context, w *world.World, last, changes int64) bool {
	exchange, change := w.Journal.Next(last), w.Changes.Next(changes)
	if exchange == nil || change == nil {
		return true
	}
	timer := time.NewTimer(heartbeat)
	defer timer.Stop()
	select {
	case <-exchange:
	case <-change:
	case <-timer.C:
		return false
	case <-ctx.Done():
		return false
	}
	return true
}

// writeChange tells a client that knows of some changes how many there are now, and returns that number.
func writeChange(out io.Writer, w *world.World, known int64) (int64, error) {
	now := w.Changes.Count()
	if now == known {
		return now, nil
	}
	_, err := fmt.Fprintf(out, "event: change\ndata: {\"changes\":%d}\n\n", now)
	return now, err
}

// writeNext writes exchanges after the last one that the client has, and returns the last one that it
// has then.
func (a *api) writeNext(out io.Writer, shared *feed, last int64) (int64, error) {
	next, err := shared.next(last)
	if err != nil {
		return last, err
	}
	a.streams.pace.spend(len(next.text))
	_, err = out.Write(next.text)
	return next.last, err
}
