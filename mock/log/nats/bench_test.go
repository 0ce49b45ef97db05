package nats

import (
	"bytes"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/cluster"
	"github.com/ticaga-mock/ticaga-mock/mock/log"
)

// BenchmarkAppend measures an append beside a message that the client publishes, and that is acknowledged: one after
// the other, and from many goroutines to as many histories.
func BenchmarkAppend(b *testing.B) {
	data := bytes.Repeat([]byte("x"), 500)
	for _, nodes := range []int{1, 3} {
		c := cluster.Start(b, nodes, cluster.Options{})
		l := start(b, c, "", defaults())
		js := l.link.Load().js // on the same connection, because it matters whether its server leads the stream
		var history atomic.Int64
		name := func() string { return fmt.Sprintf("w%d", history.Add(1)) }
		appends := func(b *testing.B) func() {
			name, after := name(), log.Position(0)
			return func() {
				var err error
				if after, err = l.Append(b.Context(), name, after, data); err != nil {
					b.Fatal(err)
				}
			}
		}
		publishes := func(b *testing.B) func() {
			subject := DefaultStream + ".bare." + name()
			return func() {
				if _, err := js.Publish(b.Context(), subject, data); err != nil {
					b.Fatal(err)
				}
			}
		}
		for _, of := range []struct {
			name string
			make func(*testing.B) func()
		}{{"append", appends}, {"bare", publishes}} {
			b.Run(fmt.Sprintf("%d nodes, %s, one", nodes, of.name), func(b *testing.B) {
				b.ReportAllocs()
				do := of.make(b)
				for b.Loop() {
					do()
				}
			})
			b.Run(fmt.Sprintf("%d nodes, %s, many", nodes, of.name), func(b *testing.B) {
				b.ReportAllocs()
				b.SetParallelism(32)
				b.RunParallel(func(pb *testing.PB) {
					do := of.make(b)
					for pb.Next() {
						do()
					}
				})
			})
		}
	}
}
