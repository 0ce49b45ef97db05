package control

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/explain"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/verify"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/world"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
	"github.com/ticaga-mock/ticaga-mock/mock/words"
)

// Expectations is what the API says about itself to whoever expects something of its clients in a
// world.
func Expectations(c *spec.Contract, world string) verify.Contract {
	known := verify.Contract{World: world, Codes: explain.Codes(), Takes: c.Takes, Nearest: words.Nearest}
	for _, op := range c.Operations {
		known.Operations = append(known.Operations, op.ID)
	}
	return known
}

// verify answers 200 when the expectation holds and 409 when it does not, as soon as that is
// known.
func (d *door) verify(rw http.ResponseWriter, r *http.Request) (any, error) {
	name := worldName(r)
	if err := world.CheckName(name); err != nil {
		return nil, noWorld(err)
	}
	raw, err := readText(http.MaxBytesReader(rw, r.Body, verify.MaxBytes))
	if err != nil {
		return nil, err
	}
	expected, err := verify.Parse(Expectations(d.Contract, name), raw)
	if err != nil {
		return nil, problemf(http.StatusBadRequest, "%v", err)
	}
	if expected.Within > 0 {
		defer d.waiting.Add(-1)
		if n := d.waiting.Add(1); n > int64(d.Waiters) {
			return nil, problemf(http.StatusServiceUnavailable, "limit reached: %d requests wait for an expectation; --waiters allows more", n-1)
		}
	}
	connection := http.NewResponseController(rw) // it may take longer than a request and its answer may
	_ = connection.SetReadDeadline(time.Time{})
	_ = connection.SetWriteDeadline(time.Now().Add(expected.Within + time.Minute))
	result := d.await(r.Context(), name, expected)
	result.Explanation = d.redactor().Text(result.Explanation)
	switch {
	case result.Holds:
		return result, nil
	case d.Worlds.Ended() && expected.Within > 0 && !result.Impossible:
		return nil, problemf(http.StatusServiceUnavailable, "the mock is ending; so far, %s", result.Explanation)
	}
	data, err := json.Marshal(result)
	if err != nil {
		return nil, err
	}
	var more map[string]any
	if err := json.Unmarshal(data, &more); err != nil {
		return nil, err
	}
	return nil, &problem{http.StatusConflict, result.Explanation, more}
}

// await is Await in the world of a name. One that is not there yet is one in which nothing was
// asked, and is waited for: whoever verifies may be earlier than the request that creates it.
func (d *door) await(ctx context.Context, name string, expected *verify.Expectation) verify.Result {
	ctx, cancel := context.WithTimeout(ctx, expected.Within)
	defer cancel()
	w, there := d.Worlds.Find(name)
	if !there {
		result := expected.Check(nil, 0)
		if !result.Holds && !result.Impossible {
			w = d.Worlds.Await(ctx, name)
		}
		if w == nil {
			result.Explanation += fmt.Sprintf("; there is no world %q", name)
			return result
		}
	}
	return Await(ctx, w, expected)
}

// Await holds an expectation against a world's journal until it holds, or can no longer, or its
// time is over, or the world's. However many wait, each looks at each exchange once.
func Await(ctx context.Context, w *world.World, expected *verify.Expectation) verify.Result {
	ctx, end := w.Context(ctx)
	defer end()
	ctx, cancel := context.WithTimeout(ctx, expected.Within)
	defer cancel()
	waits := &awaited{expected, expected.Begin()}
	kept, dropped := w.Journal.Watch(ctx, waits)
	known := make([]verify.Request, len(kept))
	for i := range kept {
		known[i] = request(&kept[i])
	}
	result := waits.Result(known, dropped)
	if result.Holds {
		allow(w, expected, result.Matched)
	}
	return result
}

// allow marks the violations that were expected of requests, after the fact.
func allow(w *world.World, expected *verify.Expectation, matched []int64) {
	for i, id := range matched {
		codes := expected.Violations(i)
		if len(codes) == 0 {
			continue
		}
		if x, ok := w.Journal.Expect(id, codes); ok {
			w.Expected(x)
		}
	}
}

// awaited is an expectation as the journal's watcher.
type awaited struct {
	expected *verify.Expectation
	*verify.Progress
}

func (a *awaited) See(x *traffic.Exchange) {
	r := request(x)
	a.Progress.See(&r)
}

func (a *awaited) Forget() { a.Progress = a.expected.Begin() }

// request is an exchange as expectations see it.
func request(x *traffic.Exchange) verify.Request {
	var codes []string
	for _, v := range x.Violations {
		codes = append(codes, string(v.Code))
	}
	return verify.Request{Violations: codes,
		ID: x.ID, Operation: x.Operation, Method: x.Method, Path: x.Target, Query: x.QueryFields,
		Header: x.Request.Header, Credentials: x.Credentials, Fields: x.Fields, Status: x.Status,
	}
}
