package api

import "iter"

// Rows is a list that is an answer, or all of one but the name that it has there. As there may be
// very many rows, it is encoded row by row.
type Rows struct {
	Open, Close string // what stands before and after the rows in JSON
	Each        iter.Seq[any]
}

// bare is an answer that is a list.
func bare[T any](rows iter.Seq[T]) Rows { return Rows{"[", "]", boxed(rows)} }

// named is an answer that is an object with one list in it.
func named[T any](name string, rows iter.Seq[T]) Rows {
	return Rows{`{"` + name + `":[`, "]}", boxed(rows)}
}

func boxed[T any](rows iter.Seq[T]) iter.Seq[any] {
	return func(yield func(any) bool) {
		for row := range rows {
			if !yield(row) {
				return
			}
		}
	}
}

// mapped is a list of something made of each row.
func mapped[From, To any](rows iter.Seq[From], show func(From) To) iter.Seq[To] {
	return func(yield func(To) bool) {
		for row := range rows {
			if !yield(show(row)) {
				return
			}
		}
	}
}

// none is a list without rows, one a list with one, and chained the rows of several.
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
