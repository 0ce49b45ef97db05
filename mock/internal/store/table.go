package store

import (
	"cmp"
	"iter"

	"github.com/tidwall/btree"
)

// table is a noun's rows in the order of their ids. The zero value is empty. A row is never
// changed once it is in; a new one takes its place.
type table[T any] struct{ rows *btree.Map[int64, *T] }

// copy costs the same whatever the table holds: the two share everything until one of
// them writes.
func (t table[T]) copy() table[T] {
	if t.rows == nil {
		return t
	}
	return table[T]{t.rows.Copy()}
}

func (t table[T]) get(id int64) (row T, ok bool) {
	if there := t.pointer(id); there != nil {
		return *there, true
	}
	return row, false
}

// pointer is get without a copy; nil for none. What it points to must not be changed.
func (t table[T]) pointer(id int64) *T {
	if t.rows == nil {
		return nil
	}
	row, _ := t.rows.Get(id)
	return row
}

func (t *table[T]) put(id int64, row T) {
	if t.rows == nil {
		t.rows = &btree.Map[int64, *T]{}
	}
	t.rows.Set(id, &row)
}

func (t *table[T]) remove(id int64) {
	if t.rows != nil {
		t.rows.Delete(id)
	}
}

// last is the largest id, 0 when there is none.
func (t table[T]) last() int64 {
	if t.rows == nil {
		return 0
	}
	last, _, _ := t.rows.Max()
	return last
}

func (t table[T]) count() int {
	if t.rows == nil {
		return 0
	}
	return t.rows.Len()
}

// all goes through the rows in the order of their ids.
func (t table[T]) all() iter.Seq[T] {
	return func(yield func(T) bool) {
		if t.rows != nil {
			t.rows.Scan(func(_ int64, row *T) bool { return yield(*row) })
		}
	}
}

// index finds the ids of the rows that have a key, in order. The zero value is empty.
type index[K cmp.Ordered] struct{ entries *btree.BTreeG[entry[K]] }

type entry[K cmp.Ordered] struct {
	key K
	id  int64
}

func (x index[K]) copy() index[K] {
	if x.entries == nil {
		return x
	}
	return index[K]{x.entries.Copy()}
}

func (x *index[K]) add(key K, id int64) {
	if x.entries == nil {
		less := func(a, b entry[K]) bool { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.id, b.id)) < 0 }
		x.entries = btree.NewBTreeGOptions(less, btree.Options{NoLocks: true})
	}
	x.entries.Set(entry[K]{key, id})
}

func (x *index[K]) remove(key K, id int64) {
	if x.entries != nil {
		x.entries.Delete(entry[K]{key, id})
	}
}

// ids goes through the rows that have the key.
func (x index[K]) ids(key K) iter.Seq[int64] {
	return func(yield func(int64) bool) {
		if x.entries != nil {
			x.entries.Ascend(entry[K]{key: key}, func(e entry[K]) bool { return e.key == key && yield(e.id) })
		}
	}
}

// first is the one row that has the key, where only one may.
func (x index[K]) first(key K) (id int64, ok bool) {
	for id := range x.ids(key) {
		return id, true
	}
	return 0, false
}
