package fault

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/jsontext"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/verify"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// maxRules bounds a world's rules.
const maxRules = 1000

// RuleError says that a rule cannot be used. Errors of Parse that are not a *RuleError are about the
// JSON.
type RuleError struct{ Reason string }

func (e *RuleError) Error() string { return e.Reason }

func rejected(format string, args ...any) error { return &RuleError{fmt.Sprintf(format, args...)} }

// sent is a rule as it is sent, with the parts that need a closer look as they are written.
type sent struct {
	traffic.FaultRule
	Match       json.RawMessage `json:"match"`
	Probability *float64        `json:"probability"`
}

// Parse reads the rules of a world, a JSON array of traffic.FaultRule. The error says which rule is
// wrong and what to change.
func Parse(c *spec.Contract, world string, data []byte) ([]Rule, error) {
	var list []sent
	if err := jsontext.Decode(data, &list); err != nil {
		return nil, err
	}
	if len(list) > maxRules {
		return nil, rejected("%d rules; at most %d", len(list), maxRules)
	}
	known := verify.NewContract(c, world)
	rules := make([]Rule, len(list))
	for i, one := range list {
		var err error
		if rules[i], err = one.rule(known); err != nil {
			return nil, rejected("/%d: %v", i, err)
		}
		if !canHit(c, rules[i].match) {
			return nil, rejected("/%d/match: no operation has this method and path, so the rule would never apply; ticaga-mock routes lists them", i)
		}
	}
	return rules, nil
}

func (one sent) rule(known verify.Contract) (Rule, error) {
	made := Rule{source: one.FaultRule, probability: 1}
	var err error
	if made.fault, err = New(one.Fault, one.Status, milliseconds(one.DelayMS), milliseconds(one.DelayMaxMS)); err != nil {
		return made, err
	}
	if one.Probability != nil {
		made.probability, made.source.Probability = *one.Probability, *one.Probability
		if made.probability <= 0 || made.probability > 1 {
			return made, fmt.Errorf("probability %v: must be more than 0 and at most 1", made.probability)
		}
	}
	if one.Times < 0 {
		return made, fmt.Errorf("times %d: must be 0 (always) or greater", one.Times)
	}
	if made.match, err = verify.ParseRule(known, one.Operation, one.Match); err != nil || one.Match == nil {
		return made, err
	}
	made.source.Match = new(traffic.Match)
	decoder := json.NewDecoder(bytes.NewReader(one.Match))
	decoder.UseNumber()
	return made, decoder.Decode(made.source.Match)
}

// canHit reports whether a request to any operation could match: other requests meet no rules.
func canHit(c *spec.Contract, m verify.Matcher) bool {
	return slices.ContainsFunc(c.Operations, func(o *spec.Operation) bool {
		if path := m.Path(); path != "" {
			if found, _ := c.Find(o.Method, path); found != o {
				return false
			}
		}
		return m.Method() == "" || m.Method() == o.Method || m.Method() == http.MethodHead && o.Method == http.MethodGet
	})
}

// milliseconds returns a delay, or an invalid one when there are too many for a time.Duration.
func milliseconds(n int64) time.Duration {
	invalid := (MaxDelay + time.Second).Milliseconds()
	return time.Duration(min(max(n, -1), invalid)) * time.Millisecond
}
