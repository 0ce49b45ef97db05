package api

import "iter"

// Rows is an answer that is an array, or an object with one array in it. It is encoded row by row,
// because there may be very many rows.
type Rows struct {
	Open, Close string        // written before and after the rows in JSON
	Each        iter.Seq[any] // pointers to rows, each good until the next one
}

// bare returns an answer that is an array.
func bare[T any](rows iter.Seq[T]) Rows { return Rows{"[", "]", pointers(rows)} }

// named returns an answer that is an object with one array in it.
func named[T any](name string, rows iter.Seq[T]) Rows {
	return Rows{`{"` + name + `":[`, "]}", pointers(rows)}
}

// pointers returns pointers to copies of rows. All point to the same one, so that no row is allocated.
func pointers[T any](rows iter.Seq[T]) iter.Seq[any] {
	return func(yield func(any) bool) {
		var row T
		for row = range rows {
			if !yield(&row) {
				return
			}
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
