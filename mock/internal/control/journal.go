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
	keep, since, limit, err := filter(r.URL.Query())
	if err != nil {
		return nil, err
	}
	list := slices.DeleteFunc(w.Journal.Since(since), func(x traffic.Exchange) bool { return !keep(x) })
	slices.Reverse(list)
	list = list[:min(len(list), limit)]
	return traffic.Journal{Exchanges: list, LastID: w.Journal.LastID(), Dropped: w.Journal.Dropped()}, nil
}

// filter reads the parameters operation, method, path (its beginning, with or without the world), status
// (402, or 4xx), violations (true or false), since (an ID or a time) and limit.
func filter(query url.Values) (keep func(traffic.Exchange) bool, since int64, limit int, err error) {
	limit = math.MaxInt
	var tests []func(traffic.Exchange) bool
	for name, values := range query {
		value := values[0]
		if len(values) > 1 {
			return nil, 0, 0, problemf(http.StatusBadRequest, "duplicate filter %.40q: it comes %d times", name, len(values))
		}
		switch name {
		case "operation":
			tests = append(tests, func(x traffic.Exchange) bool { return x.Operation == value })
		case "method":
			tests = append(tests, func(x traffic.Exchange) bool { return strings.EqualFold(x.Method, value) })
		case "path":
			tests = append(tests, func(x traffic.Exchange) bool {
				return strings.HasPrefix(x.Target, value) || strings.HasPrefix(x.Path, value)
			})
		case "status":
			class, isClass := strings.CutSuffix(strings.ToLower(value), "xx")
			n, err := strconv.Atoi(class)
			if err != nil || n < 0 {
				return nil, 0, 0, problemf(http.StatusBadRequest, "status=%.20q: must be a number, or a class such as 4xx", value)
			}
			tests = append(tests, func(x traffic.Exchange) bool { return x.Status == n || isClass && x.Status/100 == n })
		case "violations":
			want, err := strconv.ParseBool(value)
			if err != nil {
				return nil, 0, 0, problemf(http.StatusBadRequest, "violations=%.20q: must be true or false", value)
			}
			tests = append(tests, func(x traffic.Exchange) bool { return len(x.Violations) > 0 == want })
		case "since":
			if id, err := strconv.ParseInt(value, 10, 64); err == nil {
				since = id
				continue
			}
			at, err := time.Parse(time.RFC3339Nano, value)
			if err != nil {
				return nil, 0, 0, problemf(http.StatusBadRequest, "since=%.40q: must be an id, or a time such as 2026-01-02T15:04:05Z", value)
			}
			tests = append(tests, func(x traffic.Exchange) bool { return x.Time.After(at) })
		case "limit":
			if limit, err = strconv.Atoi(value); err != nil || limit < 0 {
				return nil, 0, 0, problemf(http.StatusBadRequest, "limit=%.20q: must be a number", value)
			}
		default:
			return nil, 0, 0, problemf(http.StatusBadRequest, "unknown filter %.40q; must be one of operation, method, path, status, violations, since, limit", name)
		}
	}
	return func(x traffic.Exchange) bool {
		for _, test := range tests {
			if !test(x) {
				return false
			}
		}
		return true
	}, since, limit, nil
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
