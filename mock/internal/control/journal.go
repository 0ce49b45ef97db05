package control

import (
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/world"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// listJournal returns the exchanges that pass the filters in the query, the newest first.
func listJournal(w *world.World, _ http.ResponseWriter, r *http.Request) (any, error) {
	q, err := parseJournalQuery(r.URL.Query())
	if err != nil {
		return nil, err
	}
	list := slices.DeleteFunc(w.Journal.Since(q.since), q.drops)
	slices.Reverse(list)
	list = list[:min(len(list), q.limit)]
	return traffic.Journal{Exchanges: list, LastID: w.Journal.LastID(), Dropped: w.Journal.Dropped()}, nil
}

// journalQuery is what a query of the journal asks for.
type journalQuery struct {
	tests []func(traffic.Exchange) bool // all must be true for an exchange to be listed
	since int64                         // an ID; 0 for the beginning
	limit int                           // max number of exchanges
}

// parseJournalQuery reads the parameters of a query.
func parseJournalQuery(query url.Values) (journalQuery, error) {
	q := journalQuery{limit: math.MaxInt}
	for name, values := range query {
		if len(values) > 1 {
			return q, problemf(http.StatusBadRequest, "duplicate filter %.40q; send it once", name)
		}
		if err := q.read(name, values[0]); err != nil {
			return q, err
		}
	}
	return q, nil
}

// read reads one of the parameters operation, method, path (its beginning, with or without the world),
// status (402, or 4xx), violations (true or false), since (an ID or a time) and limit.
func (q *journalQuery) read(name, value string) (err error) {
	switch name {
	case "operation":
		q.test(func(x traffic.Exchange) bool { return x.Operation == value })
	case "method":
		q.test(func(x traffic.Exchange) bool { return strings.EqualFold(x.Method, value) })
	case "path":
		q.test(func(x traffic.Exchange) bool {
			return strings.HasPrefix(x.Target, value) || strings.HasPrefix(x.Path, value)
		})
	case "status":
		class, isClass := strings.CutSuffix(strings.ToLower(value), "xx")
		n, err := strconv.Atoi(class)
		if err != nil || n < 0 {
			return problemf(http.StatusBadRequest, "status=%.20q: must be a status such as 404, or a class such as 4xx", value)
		}
		q.test(func(x traffic.Exchange) bool { return x.Status == n || isClass && x.Status/100 == n })
	case "violations":
		want, err := strconv.ParseBool(value)
		if err != nil {
			return problemf(http.StatusBadRequest, "violations=%.20q: must be true or false", value)
		}
		q.test(func(x traffic.Exchange) bool { return len(x.Violations) > 0 == want })
	case "since":
		return q.readSince(value)
	case "limit":
		if q.limit, err = strconv.Atoi(value); err != nil || q.limit < 0 {
			return problemf(http.StatusBadRequest, "limit=%.20q: must be an integer", value)
		}
	default:
		return problemf(http.StatusBadRequest, "unknown filter %.40q; must be one of operation, method, path, status, violations, since, limit", name)
	}
	return nil
}

// readSince reads the ID or the time after which exchanges are listed.
func (q *journalQuery) readSince(value string) (err error) {
	if q.since, err = strconv.ParseInt(value, 10, 64); err == nil {
		return nil
	}
	q.since = 0
	at, err := time.Parse(time.RFC3339Nano, value)
	if err != nil {
		return problemf(http.StatusBadRequest, "since=%.40q: must be an id, or a time such as 2026-01-02T15:04:05Z", value)
	}
	q.test(func(x traffic.Exchange) bool { return x.Time.After(at) })
	return nil
}

func (q *journalQuery) test(test func(traffic.Exchange) bool) { q.tests = append(q.tests, test) }

// drops reports whether an exchange is not listed.
func (q *journalQuery) drops(x traffic.Exchange) bool {
	return slices.ContainsFunc(q.tests, func(test func(traffic.Exchange) bool) bool { return !test(x) })
}

func deleteJournal(w *world.World, _ http.ResponseWriter, _ *http.Request) (any, error) {
	w.Journal.Reset()
	return show(w), nil
}

func getExchange(w *world.World, _ http.ResponseWriter, r *http.Request) (any, error) {
	id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64)
	x, ok := w.Journal.Find(id)
	if !ok {
		return nil, problemf(http.StatusNotFound, "the journal has no exchange %.20q", r.PathValue("id"))
	}
	return x, nil
}
