package file

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
)

// Bbolt follows the numbers in pages without looking, in memory that ends where the file does. A damaged number can make it
// loop for ever or end the program, so every number is checked before bbolt reads it. The layout of pages is that of bbolt's
// internal/common; numbers are in the order of the machine.
const (
	pageHeader  = 16 // number 8, kind 2, elements 2, further pages 4
	element     = 16 // branch: key's place 4, key's size 4, page 8; leaf: kind 4, key's place 4, key's size 4, value's size 4
	branchPage  = 1
	leafPage    = 2
	freePage    = 16 // the list of free pages
	metaSize    = 64
	metaMagic   = 0xED0CDAED
	bucketKind  = 1
	bucketSize  = 16 // root page 8, sequence 8
	maxDepth    = 64
	manyFree    = 0xFFFF // then the first number is how many
	noFreePages = ^uint64(0)
)

// structure is the pages of a database.
type structure struct {
	file     io.ReaderAt
	pageSize int64
	pages    uint64 // the number of pages
	root     uint64
	freeList uint64
	used     []bool   // by page
	heads    [][]byte // what is read of a page, by depth
	free     int      // pages
	halfMeta bool     // one of the two first pages is damaged: the last commit may be missing
}

// checkStructure returns the pages of a database, or a *damagedError.
func checkStructure(file io.ReaderAt, size int64, pageSize int) (*structure, error) {
	s := &structure{file: file, pageSize: int64(pageSize)}
	if err := s.readMeta(); err != nil {
		return nil, err
	}
	if need := s.pages * uint64(s.pageSize); s.pages > uint64(size)/uint64(s.pageSize) {
		return nil, &damagedError{fmt.Sprintf("it has %d bytes of %d; it was cut off", size, need)}
	}
	s.used = make([]bool, s.pages)
	if err := s.walk(s.root, 0); err != nil {
		return nil, err
	}
	return s, s.walkFree()
}

// readMeta reads where everything begins, from the newer one of two pages that is whole.
func (s *structure) readMeta() error {
	order, found, newest := binary.NativeEndian, 0, uint64(0)
	for page := range int64(2) {
		b := make([]byte, pageHeader+metaSize)
		if _, err := s.file.ReadAt(b, page*s.pageSize); err != nil {
			continue
		}
		meta := b[pageHeader:]
		sum := fnv.New64a()
		_, _ = sum.Write(meta[:56])
		if order.Uint32(meta) != metaMagic || order.Uint64(meta[56:]) != sum.Sum64() {
			continue
		}
		number := order.Uint64(meta[48:])
		if found == 0 || number > newest {
			newest = number
			s.root, s.freeList, s.pages = order.Uint64(meta[16:]), order.Uint64(meta[32:]), order.Uint64(meta[40:])
		}
		found++
	}
	s.halfMeta = found == 1
	if found == 0 {
		return &damagedError{"neither of its two first pages is whole"}
	}
	return nil
}

// page is the beginning of a page, with all elements, but not all keys and values.
type page struct {
	head  []byte
	kind  uint16
	count int
	start int64 // in the file
	size  int64 // with the pages that belong to it
}

// read returns a page that nothing else has led to. It is good until the next one of that depth is read.
func (s *structure) read(number uint64, depth int) (page, error) {
	if number < 2 || number >= s.pages {
		return page{}, &damagedError{fmt.Sprintf("page %d: there is no such page", number)}
	}
	for len(s.heads) <= depth {
		s.heads = append(s.heads, make([]byte, s.pageSize))
	}
	p := page{head: s.heads[depth], start: int64(number) * s.pageSize}
	if _, err := s.file.ReadAt(p.head, p.start); err != nil {
		return page{}, fmt.Errorf("page %d: %w", number, err)
	}
	order := binary.NativeEndian
	p.kind, p.count = order.Uint16(p.head[8:]), int(order.Uint16(p.head[10:]))
	further := uint64(order.Uint32(p.head[12:]))
	if order.Uint64(p.head) != number || number+further >= s.pages {
		return page{}, &damagedError{fmt.Sprintf("page %d: its header is wrong", number)}
	}
	for i := number; i <= number+further; i++ {
		if s.used[i] {
			return page{}, &damagedError{fmt.Sprintf("page %d: it is used twice", i)}
		}
		s.used[i] = true
	}
	p.size = int64(further+1) * s.pageSize
	if p.kind == branchPage || p.kind == leafPage {
		if need := int64(pageHeader + p.count*element); need > p.size {
			return page{}, &damagedError{fmt.Sprintf("page %d: it cannot have %d elements", number, p.count)}
		} else if need > s.pageSize {
			p.head = make([]byte, need)
			if _, err := s.file.ReadAt(p.head, p.start); err != nil {
				return page{}, fmt.Errorf("page %d: %w", number, err)
			}
		}
	}
	return p, nil
}

// walk checks a page and all those below it.
func (s *structure) walk(number uint64, depth int) error {
	if depth > maxDepth {
		return &damagedError{fmt.Sprintf("page %d: it is %d pages deep", number, depth)}
	}
	p, err := s.read(number, depth)
	switch {
	case err != nil:
		return err
	case p.kind == branchPage && p.count > 0:
		return s.walkBranch(number, p, depth)
	case p.kind == leafPage:
		return s.walkLeaf(number, p, depth)
	}
	return &damagedError{fmt.Sprintf("page %d: it is of an unknown kind", number)}
}

func (s *structure) walkBranch(number uint64, p page, depth int) error {
	order := binary.NativeEndian
	for i := range p.count {
		at := int64(pageHeader + i*element)
		e := p.head[at:]
		if outside(p.count, p.size, at, order.Uint32(e), order.Uint32(e[4:]), 0) {
			return &damagedError{fmt.Sprintf("page %d: element %d reaches out of it", number, i)}
		}
		if err := s.walk(order.Uint64(e[8:]), depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (s *structure) walkLeaf(number uint64, p page, depth int) error {
	order := binary.NativeEndian
	for i := range p.count {
		at := int64(pageHeader + i*element)
		e := p.head[at:]
		kind, where, key, value := order.Uint32(e), order.Uint32(e[4:]), order.Uint32(e[8:]), order.Uint32(e[12:])
		if kind > bucketKind || outside(p.count, p.size, at, where, key, value) {
			return &damagedError{fmt.Sprintf("page %d: element %d reaches out of it", number, i)}
		}
		if kind == bucketKind {
			if err := s.walkBucket(p.start+at+int64(where)+int64(key), value, depth); err != nil {
				name := make([]byte, min(key, 80))
				_, _ = s.file.ReadAt(name, p.start+at+int64(where))
				return within(string(name), err)
			}
		}
	}
	return nil
}

// within says in which bucket a damage is: the inmost one is the history.
func within(bucket string, err error) error {
	if damaged := (*damagedError)(nil); errors.As(err, &damaged) {
		return &damagedError{fmt.Sprintf("in %q: %s", bucket, damaged.how)}
	}
	return err
}

// outside reports whether an element's key and value are not in its page.
func outside(count int, size, at int64, where, key, value uint32) bool {
	start := at + int64(where)
	return start < int64(pageHeader+count*element) || start+int64(key)+int64(value) > size
}

// walkBucket checks a bucket that a leaf holds at a place in the file. A small one has its only page there too.
func (s *structure) walkBucket(at int64, size uint32, depth int) error {
	wrong := &damagedError{"its bucket is not whole"}
	if size < bucketSize {
		return wrong
	}
	order, b := binary.NativeEndian, make([]byte, min(int64(size), bucketSize+s.pageSize))
	if _, err := s.file.ReadAt(b, at); err != nil {
		return err
	}
	if root := order.Uint64(b); root != 0 {
		return s.walk(root, depth+1)
	}
	inline := b[bucketSize:]
	if int64(size) > bucketSize+s.pageSize || len(inline) < pageHeader {
		return wrong
	}
	kind, count := order.Uint16(inline[8:]), int(order.Uint16(inline[10:]))
	if kind != leafPage || pageHeader+count*element > len(inline) {
		return wrong
	}
	for i := range count {
		at := int64(pageHeader + i*element)
		e := inline[at:]
		if order.Uint32(e) != 0 || outside(count, int64(len(inline)), at, order.Uint32(e[4:]), order.Uint32(e[8:]), order.Uint32(e[12:])) {
			return wrong
		}
	}
	return nil
}

// walkFree checks the list of free pages, and that nothing was lost.
func (s *structure) walkFree() error {
	if s.freeList == noFreePages {
		return &damagedError{"it has no list of free pages"}
	}
	p, err := s.read(s.freeList, 0)
	if err != nil {
		return err
	}
	wrong := &damagedError{fmt.Sprintf("page %d: the list of free pages is wrong", s.freeList)}
	if p.kind != freePage {
		return wrong
	}
	list := make([]byte, p.size-pageHeader)
	if _, err := s.file.ReadAt(list, p.start+pageHeader); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	order, count := binary.NativeEndian, uint64(p.count)
	if count == manyFree {
		count, list = order.Uint64(list), list[8:]
	}
	if count > uint64(len(list)/8) {
		return wrong
	}
	last := uint64(1)
	for i := range count {
		number := order.Uint64(list[i*8:])
		if number <= last || number >= s.pages || s.used[number] {
			return wrong
		}
		last = number
	}
	s.free = int(count)
	used := uint64(2) // with the two first ones
	for _, u := range s.used {
		if u {
			used++
		}
	}
	if lost := s.pages - used - count; lost > 0 {
		return &damagedError{fmt.Sprintf("%d pages are neither used nor free", lost)}
	}
	return nil
}
