package control

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/journal"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/world"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// heartbeat keeps proxies from ending a stream on which nothing happens.
const heartbeat = 15 * time.Second

// events sends every exchange as a Server-Sent Event, from now on, or from after the one that
// Last-Event-ID names. When the journal does not hold some of them any more, an event "gap" says
// how many. It ends with the client or the world.
func (d *door) events(w *world.World, rw http.ResponseWriter, r *http.Request) (any, error) {
	if d.streams.Add(1) > int64(d.Streams) {
		d.streams.Add(-1)
		return nil, problemf(http.StatusServiceUnavailable, "%d clients listen already; --streams allows more", d.Streams)
	}
	defer d.streams.Add(-1)
	last, err := resumeAfter(r.Header.Get("Last-Event-ID"), w)
	if err != nil {
		return nil, err
	}
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
		list := waitFor(ctx, w.Journal, last)
		if ctx.Err() != nil {
			return nil, nil
		}
		_ = stream.SetWriteDeadline(time.Now().Add(heartbeat)) // a client that does not read is let go
		if writeEvents(rw, w, list, last) != nil || stream.Flush() != nil {
			return nil, nil
		}
		if len(list) > 0 {
			last = list[len(list)-1].ID
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

// waitFor waits for exchanges, no longer than a heartbeat.
func waitFor(ctx context.Context, j *journal.Journal, last int64) []traffic.Exchange {
	ctx, cancel := context.WithTimeout(ctx, heartbeat)
	defer cancel()
	return j.Wait(ctx, last)
}

// writeEvents writes the exchanges after the last one that the client knows of.
func writeEvents(out io.Writer, w *world.World, list []traffic.Exchange, last int64) error {
	if len(list) == 0 {
		_, err := io.WriteString(out, ": nothing new\n\n")
		return err
	}
	if missed := list[0].ID - last - 1; missed > 0 {
		if _, err := fmt.Fprintf(out, "event: gap\ndata: {\"missed\":%d}\n\n", missed); err != nil {
			return err
		}
	}
	for _, x := range list {
		data, err := json.Marshal(x)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(out, "id: %s\nevent: exchange\ndata: %s\n\n", eventID(x.ID, w), data); err != nil {
			return err
		}
	}
	return nil
}
