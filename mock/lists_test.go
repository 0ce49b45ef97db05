package mock

import (
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/api"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/world"
)

// BenchmarkLists compares a list of 10,000 tickets, and the state of their world, with encoding/json that encodes the
// same values at once. They take turns; "ratio" is the median of the quotients of their speeds.
func BenchmarkLists(b *testing.B) {
	server, err := New(Options{Scenario: "busy"})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = server.Close() }()
	desk, err := server.worlds.Get(world.Default)
	if err != nil {
		b.Fatal(err)
	}
	answer, err := server.handlers["listAllTickets2024"](desk.Store, api.Request{Settings: desk.Settings.Get()})
	if err != nil {
		b.Fatal(err)
	}
	var listed reflect.Value // encoding/json is faster with a slice of one type than with one of interfaces
	for row := range answer.(api.Rows).Each {
		one := reflect.ValueOf(row).Elem()
		if !listed.IsValid() {
			listed = reflect.MakeSlice(reflect.SliceOf(one.Type()), 0, 10_000)
		}
		listed = reflect.Append(listed, one)
	}
	state := desk.Store.View()
	for name, test := range map[string]struct {
		path string
		same any
	}{
		"tickets": {"/api/tickets/grab_all", listed.Interface()},
		"state": {"/_mock/worlds/default/state", []any{
			slices.Collect(state.Customers()), slices.Collect(state.AllDepartments()), slices.Collect(state.Tickets()), slices.Collect(state.AllResponses()),
		}},
	} {
		b.Run(name, func(b *testing.B) {
			r, err := http.NewRequest("GET", "http://localhost"+test.path, nil)
			if err != nil {
				b.Fatal(err)
			}
			r.Header.Set("Authorization", "Bearer demo-token")
			var ratios []float64
			b.ReportAllocs()
			for b.Loop() {
				began := time.Now()
				encoder := json.NewEncoder(io.Discard)
				encoder.SetEscapeHTML(false)
				if err := encoder.Encode(test.same); err != nil {
					b.Fatal(err)
				}
				alone := time.Since(began)
				began = time.Now()
				w := &counted{header: http.Header{}}
				server.ServeHTTP(w, r)
				ratios = append(ratios, float64(alone)/float64(time.Since(began)))
				if w.bytes < 1_000_000 || w.status > http.StatusOK {
					b.Fatalf("got status %d and %d bytes, want 200 and millions", w.status, w.bytes)
				}
			}
			slices.Sort(ratios)
			b.ReportMetric(ratios[len(ratios)/2], "ratio")
		})
	}
}

// counted is a ResponseWriter that counts what it is given.
type counted struct {
	header        http.Header
	status, bytes int
}

func (c *counted) Header() http.Header    { return c.header }
func (c *counted) WriteHeader(status int) { c.status = status }
func (c *counted) Write(p []byte) (int, error) {
	c.bytes += len(p)
	return len(p), nil
}
