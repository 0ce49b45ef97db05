package spec

import (
	"testing"

	ticagamock "github.com/ticaga-mock/ticaga-mock"
)

// BenchmarkLoad is most of what a start takes.
func BenchmarkLoad(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Load(ticagamock.OpenAPI); err != nil {
			b.Fatal(err)
		}
	}
}
