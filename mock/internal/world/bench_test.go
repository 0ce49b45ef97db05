package world

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
	"github.com/ticaga-mock/ticaga-mock/mock/log"
	"github.com/ticaga-mock/ticaga-mock/mock/log/logtest"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// BenchmarkRecord is what a request costs besides being answered when worlds are shared: "made" on the server that
// decides it, with a log that does nothing, and "applied" on each other one.
func BenchmarkRecord(b *testing.B) {
	w, err := server(b, &logtest.Memory{}, "joe").Get("blue")
	if err != nil {
		b.Fatal(err)
	}
	run := func() {
		turn := w.Store.Begin()
		defer turn.Rollback()
		_ = turn.Update(func(tx *store.Tx) error {
			joe, _ := tx.Customer(1)
			_, err := tx.SaveCustomer(joe)
			return err
		})
		turn.Commit()
		w.Journal.Record(exchangeLikeMost)
	}
	if err := w.Do(b.Context(), run); err != nil {
		b.Fatal(err)
	}
	records := &lastRecord{Log: w.line.log, at: w.line.at}
	w.line.log = records
	b.Run("made", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := w.Do(b.Context(), run); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("applied", func(b *testing.B) {
		data := records.data
		b.ReportAllocs()
		for b.Loop() {
			r := log.Record{History: "blue", At: w.line.at + 1, After: w.line.at, Data: data}
			if err := w.line.apply(w, r); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(len(data)), "bytes")
	})
}

// lastRecord is a log that appends nothing any more, and has the last record that it was given which is not a whole one.
type lastRecord struct {
	log.Log
	at   log.Position
	data []byte
}

func (l *lastRecord) Append(_ context.Context, _ string, _ log.Position, data []byte) (log.Position, error) {
	if len(data) < 10_000 {
		l.data = data
	}
	l.at++
	return l.at, nil
}

func (*lastRecord) Cut(context.Context, string, log.Position) error { return nil }

var exchangeLikeMost = traffic.Exchange{
	Time: time.Date(2026, 1, 2, 3, 4, 5, 6789, time.UTC), World: "blue", Operation: "assignBillingId", Method: "POST",
	Path: "/w/blue/api/customers/assign", Target: "/api/customers/assign", Credentials: "bearer", Status: 200, Took: 54321,
	Request: traffic.Message{Header: http.Header{
		"Accept": {"application/json"}, "Authorization": {"Bearer [redacted]"}, "Content-Length": {"47"},
		"Content-Type": {"application/x-www-form-urlencoded"}, "Host": {"127.0.0.1:8080"},
	}, Body: "ticaga_id=8&billing_id=42&billing_system=blesta"},
	Response: traffic.Message{Header: http.Header{
		"Cache-Control": {"no-cache, private"}, "Content-Type": {"application/json"}, "X-Ratelimit-Limit": {"60"}, "X-Ratelimit-Remaining": {"59"},
	}, Body: `{"user":true}`},
	Violations: []spec.Violation{}, Fields: map[string]any{"ticaga_id": "8", "billing_id": "42", "billing_system": "blesta"},
}
