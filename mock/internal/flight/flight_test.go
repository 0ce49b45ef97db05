package flight

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

const long = time.Hour // nobody waits for so long here

func TestSharesOfABudget(t *testing.T) {
	b := New(100, time.Millisecond)
	one, two := b.Share(), b.Share()
	if !one.TryHold(60) || two.TryHold(50) || !two.TryHold(40) {
		t.Fatal("TryHold(60), TryHold(50), TryHold(40) of 100 bytes: got another result, want true, false, true")
	}
	if !one.TryHold(10) || one.Held() != 60 {
		t.Errorf("TryHold(10): held %d, want true and 60: a share does not shrink", one.Held())
	}
	if err := one.Hold(t.Context(), 61); !errors.Is(err, ErrSpent) || one.Held() != 60 {
		t.Errorf("Hold(61), beyond the budget = %v, held %d; want %v, held 60", err, one.Held(), ErrSpent)
	}
	if err := one.Hold(t.Context(), 1000); !errors.Is(err, ErrSpent) {
		t.Errorf("more than there ever is: got %v, want %v", err, ErrSpent)
	}
	two.Release()
	two.Release()
	if err := one.Hold(t.Context(), 100); err != nil {
		t.Error(err)
	}
	one.Release()
	if b.spent != 0 || b.waiting.Len() != 0 {
		t.Errorf("%d bytes are left, %d wait; want spent 0, waiting 0", b.spent, b.waiting.Len())
	}
}

// TestWaitersAreServedInOrder: nobody who needs little overtakes one who needs much, and whoever
// gives up makes way.
func TestWaitersAreServedInOrder(t *testing.T) {
	b := New(100, long)
	holder := b.Share()
	holder.TryHold(90)
	ctx, giveUp := context.WithCancel(t.Context())
	large, small := make(chan error), make(chan error)
	queue := func(n int) {
		for {
			b.mu.Lock()
			there := b.waiting.Len()
			b.mu.Unlock()
			if there == n {
				return
			}
		}
	}
	go func() { s := b.Share(); large <- s.Hold(ctx, 50) }()
	queue(1)
	small2 := b.Share()
	if small2.TryHold(5) {
		t.Error("TryHold(5) while others wait = true, want false")
	}
	go func() { s := b.Share(); small <- s.Hold(t.Context(), 5) }()
	queue(2)
	giveUp()
	if err := <-large; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	if err := <-small; err != nil {
		t.Error(err)
	}
	go func() { s := b.Share(); large <- s.Hold(t.Context(), 50) }()
	queue(1)
	holder.Release()
	if err := <-large; err != nil {
		t.Error(err)
	}
	if b.spent != 55 {
		t.Errorf("%d bytes are spent, want 55", b.spent)
	}
}

func TestReadAll(t *testing.T) {
	for _, c := range []struct {
		name                string
		size, length, limit int64
		tooLong             bool
		held                int64
	}{
		{"nothing", 0, 0, 100, false, 0},
		{"little", 10, 10, 100, false, 0},
		{"little of unknown length", 10, -1, 100, false, 0},
		{"the limit", 100, 100, 100, false, 0},
		{"the limit of unknown length", 100, -1, 100, false, 0},
		{"too long", 101, -1, 100, true, 0},
		{"much", 100_000, 100_000, 1 << 20, false, 100_001},
		{"much of unknown length", 100_000, -1, 1 << 20, false, 131_072},
		{"much too long", 2 << 20, -1, 1 << 20, true, 1<<20 + 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := New(1<<30, long).Share()
			want := bytes.Repeat([]byte("x"), int(c.size))
			got, tooLong, err := s.ReadAll(t.Context(), iotest.HalfReader(bytes.NewReader(want)), c.length, c.limit)
			if err != nil || tooLong != c.tooLong || !c.tooLong && !bytes.Equal(got, want) || s.Held() != c.held {
				t.Errorf("%d bytes, too long %v, %v, %d held; want %d bytes, too long %v, %d held", len(got), tooLong, err, s.Held(), len(want), c.tooLong, c.held)
			}
		})
	}
	s := New(20_000, time.Millisecond).Share()
	if _, _, err := s.ReadAll(t.Context(), strings.NewReader(strings.Repeat("x", 50_000)), 50_000, 1<<20); !errors.Is(err, ErrSpent) {
		t.Errorf("beyond the budget: got %v, want %v", err, ErrSpent)
	}
	broken := io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(io.ErrUnexpectedEOF))
	if got, _, err := s.ReadAll(t.Context(), broken, 10, 100); string(got) != "abc" || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf(`got %q, %v; want "abc", error %v`, got, err, io.ErrUnexpectedEOF)
	}
}
