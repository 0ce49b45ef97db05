package mock_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// listener hears a world's events.
type listener struct {
	t      *testing.T
	lines  *bufio.Reader
	hangUp func()
	last   string // the ID of the last event
}

// listen begins after an event, or with the next one for "". The stream is ready when it returns.
func (d *desk) listen(t *testing.T, world, last string) *listener {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", d.url+"/_mock/worlds/"+world+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	got, err := http.DefaultClient.Do(r)
	if err != nil || got.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf(`got %v, %v, want "text/event-stream"`, got, err)
	}
	return &listener{t: t, lines: bufio.NewReader(got.Body), hangUp: func() { _ = got.Body.Close() }}
}

// next is the next block: its event's name, ID and data, each "" when it has none. The ID is the
// exchange's; l.last is the whole of it.
func (l *listener) next() (event, id, data string) {
	l.t.Helper()
	event, id, data, err := l.read()
	if err != nil {
		l.t.Fatal(err)
	}
	return event, id, data
}

func (l *listener) read() (event, id, data string, err error) {
	for {
		line, err := l.lines.ReadString('\n')
		if err != nil {
			return "", "", "", err
		}
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch name {
		case "event":
			event = value
		case "id":
			l.last = value
			id, _, _ = strings.Cut(value, ".")
		case "data":
			data = value
		case "":
			return event, id, data, nil
		}
	}
}

// TestEventsAreAStream follows the journal, loses the line, and goes on where it was.
func TestEventsAreAStream(t *testing.T) {
	d := newDesk(t)
	d.ask(t, get("/api/customers/get/1")) // before anybody listens
	l := d.listen(t, "default", "")
	if event, id, _ := l.next(); event != "" || id != "1" { // to go on from, if the line is lost now
		t.Errorf(`got %q %q; want event "", id "1"`, event, id)
	}
	d.ask(t, get("/api/customers/get/2"))
	if event, id, data := l.next(); event != "exchange" || id != "2" || !strings.Contains(data, "/api/customers/get/2") {
		t.Errorf(`got %s %s %s; want event "exchange", id "2", data containing "/api/customers/get/2"`, event, id, data)
	}
	l.hangUp()
	d.ask(t, get("/api/customers/get/3"))
	d.ask(t, get("/api/customers/get/4"))
	l = d.listen(t, "default", l.last)
	defer l.hangUp()
	l.next()
	for _, want := range []string{"3", "4"} {
		if _, id, data := l.next(); id != want || !strings.Contains(data, "/api/customers/get/"+want) {
			t.Errorf("got %s %s; want id %q, data containing %q", id, data, want, "/api/customers/get/"+want)
		}
	}
	d.ask(t, get("/api/customers/get/5"))
	if _, id, _ := l.next(); id != "5" {
		t.Errorf(`got %s, want "5"`, id)
	}
}

// TestEventsThatAreGone: the journal no longer holds what came after the last event.
func TestEventsThatAreGone(t *testing.T) {
	d := newDesk(t, func(o *mock.Options) { o.Journal = 2 })
	for range 5 {
		d.ask(t, get("/api/customers/get/1"))
	}
	l := d.listen(t, "default", "1")
	defer l.hangUp()
	l.next()
	if event, _, data := l.next(); event != "gap" || data != `{"missed":2}` {
		t.Errorf(`got %s %s; want event "gap", data {"missed":2}`, event, data)
	}
	if _, id, _ := l.next(); id != "4" {
		t.Errorf(`got %s, want "4"`, id)
	}
	// An ID that is yet to come is of an earlier run: all is new.
	l = d.listen(t, "default", "99")
	defer l.hangUp()
	l.next()
	l.next()
	if _, id, _ := l.next(); id != "4" {
		t.Errorf(`got %s, want "4"`, id)
	}
}

// TestEventsOfARecreatedWorld: a recreated world counts from 1, and all its events are new to the client.
func TestEventsOfARecreatedWorld(t *testing.T) {
	d := newDesk(t)
	d.ask(t, get("/w/blue/api/customers/get/1"), "plain")
	l := d.listen(t, "blue", "0")
	l.next()
	if _, id, _ := l.next(); id != "1" {
		t.Errorf(`got %s, want "1"`, id)
	}
	control(t, d.Server, "DELETE", "/_mock/worlds/blue", "")
	d.ask(t, get("/w/blue/api/customers/get/2"), "plain")
	again := d.listen(t, "blue", l.last)
	defer again.hangUp()
	again.next()
	if _, id, data := again.next(); id != "1" || !strings.Contains(data, "/get/2") {
		t.Errorf(`got %s %s; want id "1", data containing "/get/2"`, id, data)
	}
}

// TestEventsEndWithTheWorld, so that whoever listens can look for the new one.
func TestEventsEndWithTheWorld(t *testing.T) {
	d := newDesk(t)
	control(t, d.Server, "POST", "/_mock/worlds", `{"name":"blue"}`)
	l := d.listen(t, "blue", "")
	l.next()
	control(t, d.Server, "DELETE", "/_mock/worlds/blue", "")
	if line, err := l.lines.ReadString('\n'); err == nil {
		t.Errorf("the stream goes on: got %q, want an error", line)
	}
}

// TestStreamsReportGaps: however fast requests come and however many listen, a client knows of every
// exchange, or of how many it was not told.
func TestStreamsReportGaps(t *testing.T) {
	const listeners, requests = 20, 3000
	d := newDesk(t, func(o *mock.Options) { o.Journal = 50 })
	var done sync.WaitGroup
	for range listeners {
		l := d.listen(t, "default", "")
		l.next()
		done.Go(func() {
			defer l.hangUp()
			for last := 0; last < requests; {
				event, id, data, err := l.read()
				if err != nil {
					t.Errorf("after %d: %v", last, err)
					return
				}
				switch event {
				case "gap":
					var told struct{ Missed int }
					if err := json.Unmarshal([]byte(data), &told); err != nil || told.Missed < 1 {
						t.Errorf("after %d: got %s, want at least 1", last, data)
					}
					last += told.Missed
				case "exchange":
					if last++; id != strconv.Itoa(last) {
						t.Errorf("got %s, want %d", id, last)
						return
					}
				}
			}
		})
	}
	send := repeated(d.Server, "GET", "/api/customers/get/8", "")
	for range requests {
		send()
	}
	done.Wait()
}

// TestEventsOfChanges: whatever changes a world other than by a request to the API is an event, and nothing else is.
func TestEventsOfChanges(t *testing.T) {
	d := newDesk(t)
	control(t, d.Server, "POST", "/_mock/worlds", `{"name":"other"}`)
	control(t, d.Server, "POST", "/_mock/worlds/default/snapshots/before", "")
	l := d.listen(t, "default", "")
	defer l.hangUp()
	l.next()
	noError := func(err error) {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
	}
	last := 0
	for _, c := range []struct {
		name   string
		change func()
	}{
		{"a new row", func() { askRow(t, d.Server, 201, "POST", "/customers", "") }},
		{"a changed row", func() { askRow(t, d.Server, 200, "PATCH", "/customers/8", `{"company":"X"}`) }},
		{"a deleted row", func() { askRow(t, d.Server, 200, "DELETE", "/tickets/1", "") }},
		{"other data", func() { control(t, d.Server, "PUT", "/_mock/worlds/default/state", `{"responses":[]}`) }},
		{"a snapshot", func() { control(t, d.Server, "POST", "/_mock/worlds/default/snapshots/after", "") }},
		{"a restored snapshot", func() { control(t, d.Server, "POST", "/_mock/worlds/default/snapshots/before/restore", "") }},
		{"a reset", func() { control(t, d.Server, "POST", "/_mock/reset", "") }},
		{"another scenario", func() { control(t, d.Server, "POST", "/_mock/reset", `{"scenario":"empty"}`) }},
		{"no faults", func() { control(t, d.Server, "DELETE", "/_mock/faults", "") }},
		{"settings", func() { control(t, d.Server, "PUT", "/_mock/settings", `{"created":201}`) }},
		{"the clock", func() { control(t, d.Server, "PUT", "/_mock/worlds/default/clock", `{"still":true}`) }},
		{"the program", func() { d.Reset() }},
		{"faults of the program", func() { noError(d.Fault(mock.FaultRule{Operation: "closeTicket", Status: 503})) }},
		{"settings of the program", func() { noError(d.Set(`{"created":201}`)) }},
		{"the clock of the program", func() { noError(d.SetClock(time.Now(), true)) }},
		{"a provider state", func() {
			control(t, d.Server, "POST", "/_mock/pact/provider-states", `{"state":"customer 8 exists"}`)
		}},
	} {
		control(t, d.Server, "POST", "/_mock/worlds/other/reset", "") // is none of this world
		control(t, d.Server, "GET", "/_mock/worlds/default/state", "")
		c.change()
		event, _, data := l.next()
		var got struct{ Changes int }
		if err := json.Unmarshal([]byte(data), &got); err != nil || event != "change" || got.Changes <= last {
			t.Errorf("%s: got %s %s, want a change after %d", c.name, event, data, last)
		}
		last = got.Changes
	}
	d.ask(t, get("/api/customers/get/8"))
	event, _, data := l.next()
	if event == "change" { // a provider state begins with a reset
		event, _, data = l.next()
	}
	if event != "exchange" {
		t.Errorf("a request: got %s %s, want an exchange", event, data)
	}
}

// TestHeadOfEvents does not wait for them.
func TestHeadOfEvents(t *testing.T) {
	d := newDesk(t, func(o *mock.Options) { o.Streams = 1 })
	for range 3 {
		got, err := d.client.Head(d.url + "/_mock/worlds/default/events")
		if err != nil || got.StatusCode != 200 {
			t.Fatalf("got %v, %v, want 200", got, err)
		}
		_ = got.Body.Close()
	}
}
