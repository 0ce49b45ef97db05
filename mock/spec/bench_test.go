package spec

import (
	"testing"

	ticagamock "github.com/ticaga-mock/ticaga-mock"
)

// BenchmarkLoad reads a contract of a user.
func BenchmarkLoad(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Load(ticagamock.OpenAPI); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkBuiltIn makes what a start needs.
func BenchmarkBuiltIn(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		decompile(compiled)
	}
}

// BenchmarkLocate finds the line of a violation: the first of a process, and later ones.
func BenchmarkLocate(b *testing.B) {
	found := []Violation{{Code: BodyRequired, Severity: Error, In: InBody, At: "/billing_id"}}
	b.Run("first", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			b.StopTimer()
			c := decompile(compiled)
			o := c.Operation("assignBillingId")
			b.StartTimer()
			c.Locate(o, "basic", found)
		}
	})
	b.Run("later", func(b *testing.B) {
		o := BuiltIn().Operation("assignBillingId")
		b.ReportAllocs()
		for b.Loop() {
			BuiltIn().Locate(o, "basic", found)
		}
	})
}
