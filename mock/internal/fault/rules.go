package fault

import (
	"math/rand/v2"
	"sync"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/verify"
)

// Rule asks for a fault in the answers to requests that match.
type Rule struct {
	Match       verify.Matcher
	Fault       Fault
	Probability float64 // of a match that is hit: above 0, and 1 for all
	Times       int     // how often, then no more; 0 for always
}

// Rules are a world's. They are safe for concurrent use.
type Rules struct {
	seed int64

	mu     sync.Mutex
	list   []Rule
	source any // what they were made of
	hits   []int
	rand   *rand.Rand
}

// NewRules makes an empty list. Chance comes from the seed, so the same requests in the same
// order meet the same faults.
func NewRules(seed int64) *Rules {
	r := &Rules{seed: seed}
	r.Set(nil, nil)
	return r
}

// Set replaces all rules, and begins chance anew. The source is what they were made of, for
// whoever asks.
func (r *Rules) Set(rules []Rule, source any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list, r.source, r.hits = rules, source, make([]int, len(rules))
	r.rand = rand.New(rand.NewPCG(uint64(r.seed), 429))
}

// Copy takes over the rules of another, as if they were set now.
func (r *Rules) Copy(from *Rules) {
	from.mu.Lock()
	list, source := from.list, from.source
	from.mu.Unlock()
	r.Set(list, source)
}

// Source is what the rules were made of.
func (r *Rules) Source() any {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.source
}

// Hits tells how often each rule was hit, in the order of the rules.
func (r *Rules) Hits() []int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]int(nil), r.hits...)
}

// Empty reports whether there are no rules, so that nothing has to be made to ask them with.
func (r *Rules) Empty() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.list) == 0
}

// Pick is the fault of the first rule that hits; none is the zero Fault.
func (r *Rules) Pick(request verify.Request) Fault {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, rule := range r.list {
		if rule.Times > 0 && r.hits[i] >= rule.Times || !rule.Match.Match(request) {
			continue
		}
		if rule.Probability < 1 && r.rand.Float64() >= rule.Probability {
			continue
		}
		r.hits[i]++
		return rule.Fault
	}
	return Fault{}
}

// Wait is how long a fault delays its answer.
func (r *Rules) Wait(f Fault) time.Duration {
	if f.DelayMax <= f.Delay {
		return f.Delay
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return f.Delay + time.Duration(r.rand.Int64N(int64(f.DelayMax-f.Delay)+1))
}
