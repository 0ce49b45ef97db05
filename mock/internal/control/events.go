package control

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/journal"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/world"
)

// heartbeat keeps proxies from ending a stream on which nothing happens.
const heartbeat = 15 * time.Second

// events sends every exchange as a Server-Sent Event, from now on, or from after the one that
// Last-Event-ID names. When the journal does not hold some of them any more, an event "gap" says
// how many: the client reads slowly, or more happens than pace allows to tell all who listen. It ends
// with the client or the world.
func (d *door) events(w *world.World, rw http.ResponseWriter, r *http.Request) (any, error) {
	last, err := resumeAfter(r.Header.Get("Last-Event-ID"), w)
	if err != nil {
		return nil, err
	}
	shared, err := d.streams.join(w)
	if err != nil {
		return nil, err
	}
	defer d.streams.leave(w)
	ctx, cancel := w.Context(r.Context())
	defer cancel()
	rw.Header().Set("Content-Type", "text/event-stream")
	rw.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return nil, nil
	}
	stream := http.NewResponseController(rw)
	_ = stream.SetReadDeadline(time.Time{}) // it takes longer than sending a request may
	// With the ID from the start, whoever is cut off before the first event misses none.
	_, _ = fmt.Fprintf(rw, "id: %s\n\n", eventID(last, w))
	_ = stream.Flush()
	for {
		came := waitFor(ctx, w.Journal, last)
		if came {
			d.streams.pace.turn(ctx)
		}
		if ctx.Err() != nil {
			return nil, nil
		}
		_ = stream.SetWriteDeadline(time.Now().Add(heartbeat)) // a client that does not read is let go
		if came {
			last, err = d.writeNext(rw, shared, last)
		} else {
			_, err = io.WriteString(rw, ": nothing new\n\n")
		}
		if err != nil || stream.Flush() != nil {
			return nil, nil
		}
	}
}

// eventID is an exchange's ID with the life of its world: IDs begin anew when the mock does.
func eventID(id int64, w *world.World) string { return strconv.FormatInt(id, 10) + "." + w.Life }

// resumeAfter is the ID after which a client wants to know of exchanges. After one of another
// life, all is new. The ID of an exchange alone is fine too.
func resumeAfter(lastEventID string, w *world.World) (int64, error) {
	newest := w.Journal.LastID()
	if lastEventID == "" {
		return newest, nil
	}
	number, life, _ := strings.Cut(lastEventID, ".")
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil || id < 0 {
		return 0, problemf(http.StatusBadRequest, "Last-Event-ID %.40q: want the id of an event or an exchange", lastEventID)
	}
	if id > newest || life != "" && life != w.Life {
		return 0, nil
	}
	return id, nil
}

// waitFor waits for an exchange, no longer than a heartbeat.
func waitFor(ctx context.Context, j *journal.Journal, last int64) bool {
	ctx, cancel := context.WithTimeout(ctx, heartbeat)
	defer cancel()
	return j.Wait(ctx, last)
}

// writeNext writes the exchanges after the last one that the client knows of, and returns the last
// that it knows of then.
func (d *door) writeNext(out io.Writer, shared *feed, last int64) (int64, error) {
	next, err := shared.next(last)
	if err != nil {
		return last, err
	}
	d.streams.pace.spend(len(next.text))
	_, err = out.Write(next.text)
	return next.last, err
}
