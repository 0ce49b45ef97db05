package spec

import (
	"hash/maphash"
	"sync"
)

// verdicts remembers which bodies fit a schema. The same bytes fit it again, and a mock sends the
// same answers over and over: looking the verdict up costs a hundredth of validating again.
type verdicts struct {
	seed maphash.Seed

	mu   sync.RWMutex
	good map[uint64]struct{}
}

// maxVerdicts limits the memory: about 100 KiB per operation.
const maxVerdicts = 2048

func newVerdicts() *verdicts {
	return &verdicts{seed: maphash.MakeSeed()}
}

// key identifies a status and its body. The seed is random, so nobody can make two bodies
// collide on purpose.
func (v *verdicts) key(status int, body []byte) uint64 {
	var h maphash.Hash
	h.SetSeed(v.seed)
	_ = h.WriteByte(byte(status))
	_ = h.WriteByte(byte(status >> 8))
	_, _ = h.Write(body)
	return h.Sum64()
}

func (v *verdicts) has(key uint64) bool {
	v.mu.RLock()
	defer v.mu.RUnlock()
	_, ok := v.good[key]
	return ok
}

func (v *verdicts) add(key uint64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.good) >= maxVerdicts {
		clear(v.good)
	}
	if v.good == nil {
		v.good = map[uint64]struct{}{}
	}
	v.good[key] = struct{}{}
}
