package broker

import (
	"context"
	"fmt"
	"net/http"

	"github.com/ticaga-mock/ticaga-mock/contracts"
)

// Version is a version of the provider, for which results are published.
type Version struct {
	Number   string
	Branch   string // "" for none
	BuildURL string // "" for none
	Verifier string // the version of the program that has verified
}

// results are the body of a publication.
type results struct {
	Success    bool         `json:"success"`
	Version    string       `json:"providerApplicationVersion"`
	BuildURL   string       `json:"buildUrl,omitempty"`
	VerifiedBy verifiedBy   `json:"verifiedBy"`
	Tests      []testResult `json:"testResults"`
}

type verifiedBy struct {
	Implementation string `json:"implementation"`
	Version        string `json:"version"`
}

// testResult is the result of an interaction.
type testResult struct {
	ID         string     `json:"interactionId,omitempty"`
	Success    bool       `json:"success"`
	Mismatches []mismatch `json:"mismatches,omitempty"`
}

type mismatch struct {
	Attribute   string `json:"attribute"` // such as "response"
	Identifier  string `json:"identifier"`
	Description string `json:"description"`
}

// Publish publishes the outcomes of a pact's interactions. A pending one that failed is a failure: the broker
// knows that it is pending.
func (c *Client) Publish(ctx context.Context, p Pact, v Version, outcomes []contracts.Outcome) error {
	if p.publish == "" {
		return fmt.Errorf("broker: %q has no link to publish results; its URL must be the broker's, of one version of the pact", p.Path)
	}
	if v.Branch != "" {
		if err := c.addToBranch(ctx, p, v); err != nil {
			return err
		}
	}
	body := results{Success: true, Version: v.Number, BuildURL: v.BuildURL, VerifiedBy: verifiedBy{"ticaga-mock", v.Verifier}}
	for _, o := range outcomes {
		one := testResult{Success: o.Result == contracts.Passed}
		if o.Index < len(p.ids) {
			one.ID = p.ids[o.Index]
		}
		if !one.Success {
			body.Success = false
			for _, f := range o.Findings {
				one.Mismatches = append(one.Mismatches, mismatch{f.Violation.In, f.Pointer, f.Violation.Message + "; " + f.Violation.Fix})
			}
		}
		body.Tests = append(body.Tests, one)
	}
	return c.do(ctx, http.MethodPost, p.publish, body, nil)
}

// addToBranch adds the version to its branch.
func (c *Client) addToBranch(ctx context.Context, p Pact, v Version) error {
	if p.parent == "" {
		return fmt.Errorf("broker: %q has no link to its provider, so that no branch can be published; leave out --provider-branch", p.Path)
	}
	var provider resource
	if err := c.do(ctx, http.MethodGet, p.parent, nil, &provider); err != nil {
		return err
	}
	address, err := provider.Links.expand("pb:branch-version", map[string]string{"branch": v.Branch, "version": v.Number})
	if err != nil {
		return fmt.Errorf("broker: it knows no branches: %w", err)
	}
	return c.do(ctx, http.MethodPut, address, struct{}{}, nil)
}
