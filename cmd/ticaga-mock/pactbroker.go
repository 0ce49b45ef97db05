package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/ticaga-mock/ticaga-mock/contracts"
	"github.com/ticaga-mock/ticaga-mock/contracts/broker"
	"github.com/ticaga-mock/ticaga-mock/mock"
)

// brokerFlags are those for pacts of a broker. Credentials can be in Pact's own variables too.
type brokerFlags struct {
	url, token, username, password string
	selectors                      []string
	pending                        bool
	wipSince                       string

	publish  bool
	version  string
	branch   string
	buildURL string

	client *broker.Client // nil without --broker
	pacts  []broker.Pact  // those that it has fetched
}

func (b *brokerFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&b.url, "broker", "", "base `URL` of a Pact Broker. Without PACT, it says which pacts to verify")
	flags.StringVar(&b.token, "broker-token", "", "`token` for the broker; better in TICAGA_MOCK_BROKER_TOKEN or PACT_BROKER_TOKEN than on the command line")
	flags.StringVar(&b.username, "broker-username", "", "`name` of a user of the broker, instead of a token; also in PACT_BROKER_USERNAME")
	flags.StringVar(&b.password, "broker-password", "", "`password` of that user; better in TICAGA_MOCK_BROKER_PASSWORD or PACT_BROKER_PASSWORD")
	flags.StringArrayVar(&b.selectors, "consumer-version-selector", nil, "`JSON` object that says which pacts of the broker to verify, such as {\"mainBranch\": true}; may be repeated")
	flags.BoolVar(&b.pending, "enable-pending", false, "let the broker say which pacts are pending, so that they may fail; needs --provider-branch")
	flags.StringVar(&b.wipSince, "include-wip-pacts-since", "", "also verify work in progress since this `date`, such as 2026-01-02; needs --enable-pending")
	flags.BoolVar(&b.publish, "publish", false, "publish the results to the broker; needs --provider-version")
	flags.StringVar(&b.version, "provider-version", "", "`version` of the provider to publish the results for")
	flags.StringVar(&b.branch, "provider-branch", "", "`branch` of that version")
	flags.StringVar(&b.buildURL, "build-url", "", "`URL` of the build, to be published with the results")
}

// check checks what goes together, and makes the client.
func (b *brokerFlags) check(selected contracts.Selection) error {
	switch {
	case b.url == "" && (b.publish || b.pending || len(b.selectors) > 0):
		return errors.New("--publish, --enable-pending and --consumer-version-selector need --broker")
	case b.publish && b.version == "":
		return errors.New("--publish needs --provider-version")
	case b.publish && selected != contracts.Selection{}:
		return errors.New("--publish publishes the result of all interactions; leave out --description and --state")
	case b.pending && b.branch == "":
		return errors.New("--enable-pending needs --provider-branch: a pact is pending for a branch")
	case b.wipSince != "" && !b.pending:
		return errors.New("--include-wip-pacts-since needs --enable-pending")
	}
	if _, err := time.Parse(time.DateOnly, b.wipSince); b.wipSince != "" && err != nil {
		return fmt.Errorf("--include-wip-pacts-since %q: must be a date such as 2026-01-02", b.wipSince)
	}
	for _, selector := range b.selectors {
		var object map[string]any
		if json.Unmarshal([]byte(selector), &object) != nil {
			return fmt.Errorf("--consumer-version-selector %q: must be a JSON object such as {\"mainBranch\": true}", selector)
		}
	}
	if b.url == "" {
		return nil
	}
	b.token = cmp.Or(b.token, os.Getenv("PACT_BROKER_TOKEN"))
	b.username, b.password = cmp.Or(b.username, os.Getenv("PACT_BROKER_USERNAME")), cmp.Or(b.password, os.Getenv("PACT_BROKER_PASSWORD"))
	client, err := broker.New(b.url, b.token, b.username, b.password)
	if err != nil {
		return fmt.Errorf("--broker: %w", err)
	}
	b.client = client
	return nil
}

// chosen returns the pacts that the broker wants to be verified.
func (b *brokerFlags) chosen(ctx context.Context, provider string) ([]contracts.Pact, error) {
	query := broker.Query{Provider: provider, Branch: b.branch, Pending: b.pending, WIPSince: b.wipSince}
	for _, selector := range b.selectors {
		query.Selectors = append(query.Selectors, json.RawMessage(selector))
	}
	found, err := b.client.Pacts(ctx, query)
	return b.keep(found), err
}

// read returns the pact at a URL of the broker.
func (b *brokerFlags) read(ctx context.Context, address string) ([]contracts.Pact, error) {
	found, err := b.client.Pact(ctx, address)
	if err != nil {
		return nil, err
	}
	return b.keep([]broker.Pact{found}), nil
}

// keep keeps what publishing needs.
func (b *brokerFlags) keep(found []broker.Pact) []contracts.Pact {
	b.pacts = append(b.pacts, found...)
	var pacts []contracts.Pact
	for _, p := range found {
		pacts = append(pacts, p.Pact)
	}
	return pacts
}

// notices returns what the broker has to say about a pact.
func (b *brokerFlags) notices(pact contracts.Pact) []string {
	for _, p := range b.pacts {
		if p.Path == pact.Path {
			return p.Notices
		}
	}
	return nil
}

// publishResults publishes the outcomes of the broker's pacts. A pact of somebody else has no results there.
func (b *brokerFlags) publishResults(ctx context.Context, report *pactReport) error {
	version := broker.Version{Number: b.version, Branch: b.branch, BuildURL: b.buildURL, Verifier: mock.Version()}
	var errs []error
	for _, p := range b.pacts {
		for n := range report.Pacts {
			reported := &report.Pacts[n]
			if reported.File != p.Path || reported.Outcomes == nil {
				continue
			}
			err := b.client.Publish(ctx, p, version, reported.Outcomes)
			reported.Published = err == nil
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
