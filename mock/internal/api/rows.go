package api

import "iter"

// Rows is an answer that is an array, or an object with one array in it. It is encoded in pieces, because there may be very
// many rows.
type Rows struct {
	Open, Close string        // written before and after the array in JSON
	Some        iter.Seq[any] // slices of rows, each good until the next one
}

// maxSome is how many rows are encoded at once. One at a time takes half as long again, and many large ones much memory.
const maxSome = 16

// bare returns an answer that is an array.
func bare[T any](rows iter.Seq[T]) Rows { return Rows{"", "", slicesOf(rows)} }

// named returns an answer that is an object with one array in it.
func named[T any](name string, rows iter.Seq[T]) Rows {
	return Rows{`{"` + name + `":`, "}", slicesOf(rows)}
}

func slicesOf[T any](rows iter.Seq[T]) iter.Seq[any] {
	return func(yield func(any) bool) {
		some := make([]T, 0, maxSome)
		for row := range rows {
			if some = append(some, row); len(some) < maxSome {
				continue
			}
			if !yield(some) {
				return
			}
			some = some[:0]
		}
		if len(some) > 0 {
			yield(some)
		}
	}
}

// mapped returns rows that are each made from another row.
func mapped[From, To any](rows iter.Seq[From], show func(*From) To) iter.Seq[To] {
	return func(yield func(To) bool) {
		var row From // one for all: each has dozens of fields
		for row = range rows {
			if !yield(show(&row)) {
				return
			}
		}
	}
}

// none returns no rows, one a single row, and chained the rows of several.
func none[T any](func(T) bool) {}

func one[T any](row T) iter.Seq[T] { return func(yield func(T) bool) { yield(row) } }

func chained[T any](lists ...iter.Seq[T]) iter.Seq[T] {
	return func(yield func(T) bool) {
		for _, list := range lists {
			for row := range list {
				if !yield(row) {
					return
				}
			}
		}
	}
}
