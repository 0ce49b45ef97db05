package fault

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/verify"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// Rule is a traffic.FaultRule that was validated. It is made by Parse and never changes.
type Rule struct {
	source      traffic.FaultRule
	match       verify.Matcher
	fault       Fault
	probability float64
	foreign     bool // it is for another contract, so that it never applies here
}

const chanceStream = 429 // the second half of the seed of chance

// Rules are the rules of a world, in the order in which they are tried. They are safe for concurrent use.
type Rules struct {
	seed int64

	mu   sync.Mutex
	list []Rule
	hits []int // of each rule
	pcg  *rand.PCG
	rand *rand.Rand // of pcg
}

// NewRules returns an empty list. Chance comes from the seed, so that the same requests in the same
// order meet the same faults.
func NewRules(seed int64) *Rules {
	r := &Rules{seed: seed}
	r.Set(nil)
	return r
}

// Set replaces all rules, and starts chance and the hits again.
func (r *Rules) Set(rules []Rule) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list, r.hits = rules, make([]int, len(rules))
	r.pcg = rand.NewPCG(uint64(r.seed), chanceStream)
	r.rand = rand.New(r.pcg)
}

// Prepend adds rules before all others, whose hits stay. Of too many rules the last ones, which others
// hide, are dropped.
func (r *Rules) Prepend(rules []Rule) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list = slices.Concat(rules, r.list)
	r.hits = slices.Concat(make([]int, len(rules)), r.hits)
	if len(r.list) > maxRules {
		r.list, r.hits = r.list[:maxRules], r.hits[:maxRules]
	}
}

// Copy sets the rules of another list.
func (r *Rules) Copy(from *Rules) {
	from.mu.Lock()
	list := from.list
	from.mu.Unlock()
	r.Set(list)
}

// List returns the rules as they were set, with their hits. It is never nil.
func (r *Rules) List() []traffic.FaultRule {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := make([]traffic.FaultRule, len(r.list))
	for i, rule := range r.list {
		list[i] = rule.source
		list[i].Hits = r.hits[i]
	}
	return list
}

// Empty reports whether there are no rules, so that no verify.Request has to be made for Pick.
func (r *Rules) Empty() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.list) == 0
}

// Pick returns the fault of the first rule that applies to the request, and counts the hit. When no rule
// applies, it returns the zero Fault.
func (r *Rules) Pick(request verify.Request) Fault {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, rule := range r.list {
		if times := rule.source.Times; rule.foreign || times > 0 && r.hits[i] >= times || !rule.match.Match(request) {
			continue
		}
		if rule.probability < 1 && r.rand.Float64() >= rule.probability {
			continue
		}
		r.hits[i]++
		return rule.fault
	}
	return Fault{}
}

// Wait returns how long to delay the answer.
func (r *Rules) Wait(f Fault) time.Duration {
	if f.DelayMax <= f.Delay {
		return f.Delay
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return f.Delay + time.Duration(r.rand.Int64N(int64(f.DelayMax-f.Delay)+1))
}

// Saved is a list of rules as it can be kept elsewhere.
type Saved struct {
	Rules  []traffic.FaultRule `json:"rules,omitempty"` // with their hits
	Chance []byte              `json:"chance,omitempty"`
}

// Save returns the rules as they are now.
func (r *Rules) Save() Saved {
	if r.Empty() { // nearly always: chance begins again with the next rules
		return Saved{}
	}
	saved := Saved{Rules: r.List()}
	r.mu.Lock()
	defer r.mu.Unlock()
	saved.Chance, _ = r.pcg.MarshalBinary() // it always succeeds
	return saved
}

// Restore replaces the rules by saved ones, which go on as those did. Rules that Parse rejects, because they were saved by
// a server with another contract, are kept and never apply. An error says that what was saved is damaged, and then
// nothing has changed.
func (r *Rules) Restore(saved Saved, c *spec.Contract, world string) error {
	pcg := rand.NewPCG(uint64(r.seed), chanceStream)
	if saved.Chance != nil {
		if err := pcg.UnmarshalBinary(saved.Chance); err != nil {
			return err
		}
	}
	list, hits := make([]Rule, len(saved.Rules)), make([]int, len(saved.Rules))
	for i, rule := range saved.Rules {
		text, err := json.Marshal([]traffic.FaultRule{rule})
		if err != nil {
			return err
		}
		list[i] = Rule{source: rule, foreign: true}
		if parsed, err := Parse(c, world, text); err == nil {
			list[i] = parsed[0]
		}
		hits[i] = rule.Hits
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list, r.hits, r.pcg, r.rand = list, hits, pcg, rand.New(pcg)
	return nil
}
