package control

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/journal"
)

// listJournal lists exchanges, the newest first, through the filters of the query.
func (d *door) listJournal(_ http.ResponseWriter, r *http.Request) (any, error) {
	w, err := d.world(r)
	if err != nil {
		return nil, err
	}
	keep, since, err := filter(r.URL.Query())
	if err != nil {
		return nil, err
	}
	list := slices.DeleteFunc(w.Journal.Since(since), func(x journal.Exchange) bool { return !keep(x) })
	slices.Reverse(list)
	if list == nil {
		list = []journal.Exchange{}
	}
	return map[string]any{"exchanges": list, "last_id": w.Journal.LastID()}, nil
}

// filter reads operation, method, path (its beginning), status (402, or 4xx), violations (true
// or false), and since: an ID or a time.
func filter(query url.Values) (keep func(journal.Exchange) bool, since int64, err error) {
	var tests []func(journal.Exchange) bool
	for name, values := range query {
		value := values[0]
		switch name {
		case "operation":
			tests = append(tests, func(x journal.Exchange) bool { return x.Operation == value })
		case "method":
			tests = append(tests, func(x journal.Exchange) bool { return strings.EqualFold(x.Method, value) })
		case "path":
			tests = append(tests, func(x journal.Exchange) bool { return strings.HasPrefix(x.Path, value) })
		case "status":
			class, isClass := strings.CutSuffix(strings.ToLower(value), "xx")
			n, err := strconv.Atoi(class)
			if err != nil {
				return nil, 0, problemf(http.StatusBadRequest, "status=%.20q: want a number, or a class such as 4xx", value)
			}
			tests = append(tests, func(x journal.Exchange) bool { return x.Status == n || isClass && x.Status/100 == n })
		case "violations":
			want, err := strconv.ParseBool(value)
			if err != nil {
				return nil, 0, problemf(http.StatusBadRequest, "violations=%.20q: want true or false", value)
			}
			tests = append(tests, func(x journal.Exchange) bool { return len(x.Violations) > 0 == want })
		case "since":
			if id, err := strconv.ParseInt(value, 10, 64); err == nil {
				since = id
				continue
			}
			at, err := time.Parse(time.RFC3339Nano, value)
			if err != nil {
				return nil, 0, problemf(http.StatusBadRequest, "since=%.40q: want an id, or a time such as 2026-01-02T15:04:05Z", value)
			}
			tests = append(tests, func(x journal.Exchange) bool { return x.Time.After(at) })
		default:
			return nil, 0, problemf(http.StatusBadRequest, "there is no filter %.40q; have operation, method, path, status, violations, since", name)
		}
	}
	return func(x journal.Exchange) bool {
		for _, test := range tests {
			if !test(x) {
				return false
			}
		}
		return true
	}, since, nil
}

func (d *door) deleteJournal(_ http.ResponseWriter, r *http.Request) (any, error) {
	w, err := d.world(r)
	if err != nil {
		return nil, err
	}
	w.Journal.Reset()
	return show(w), nil
}

func (d *door) getExchange(_ http.ResponseWriter, r *http.Request) (any, error) {
	w, err := d.world(r)
	if err != nil {
		return nil, err
	}
	id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64)
	x, ok := w.Journal.Find(id)
	if !ok {
		return nil, problemf(http.StatusNotFound, "the journal does not hold an exchange %.20q", r.PathValue("id"))
	}
	return x, nil
}

// heartbeat keeps proxies from ending a stream on which nothing happens.
const heartbeat = 15 * time.Second

// events sends every exchange as a Server-Sent Event, from now on, or from after the one that
// Last-Event-ID names, as far as the journal still holds it.
func (d *door) events(w http.ResponseWriter, r *http.Request) (any, error) {
	world, err := d.world(r)
	if err != nil {
		return nil, err
	}
	if d.streams.Add(1) > int64(d.Streams) {
		d.streams.Add(-1)
		return nil, problemf(http.StatusServiceUnavailable, "%d clients listen already; --streams allows more", d.Streams)
	}
	defer d.streams.Add(-1)
	last := world.Journal.LastID()
	if id := r.Header.Get("Last-Event-ID"); id != "" {
		if last, err = strconv.ParseInt(id, 10, 64); err != nil || last < 0 {
			return nil, problemf(http.StatusBadRequest, "Last-Event-ID %.20q: want the id of an exchange", id)
		}
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.WriteHeader(http.StatusOK)
	stream := http.NewResponseController(w)
	_ = stream.SetReadDeadline(time.Time{}) // it takes longer than sending a request may
	_ = stream.Flush()
	for {
		list := waitFor(r, world.Journal, last)
		if r.Context().Err() != nil {
			return nil, nil
		}
		_ = stream.SetWriteDeadline(time.Now().Add(heartbeat)) // a client that does not read is let go
		if list == nil {
			_, err = fmt.Fprint(w, ": nothing new\n\n")
		}
		for _, x := range list {
			last = x.ID
			data, encodeErr := json.Marshal(x)
			if encodeErr != nil {
				return nil, nil
			}
			_, err = fmt.Fprintf(w, "id: %d\nevent: exchange\ndata: %s\n\n", x.ID, data)
		}
		if err == nil {
			err = stream.Flush()
		}
		if err != nil {
			return nil, nil
		}
	}
}
