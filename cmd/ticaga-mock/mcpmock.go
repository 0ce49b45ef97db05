package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ticaga-mock/ticaga-mock/cmd/ticaga-mock/internal/mcp"
	"github.com/ticaga-mock/ticaga-mock/mock"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// How many exchanges the tool journal returns.
const (
	defaultExchanges = 20
	maxExchanges     = 100
)

// inWorld is for tools about a world.
type inWorld struct {
	World string `json:"world,omitempty" about:"name of the world; that of --world and --url when it is left out"`
}

// journalArguments are those of the tool journal: the filters of the control API.
type journalArguments struct {
	inWorld
	Violations *bool  `json:"violations,omitempty" about:"true for only exchanges with violations, false for only those without"`
	Operation  string `json:"operation,omitempty" about:"only this operationId"`
	Method     string `json:"method,omitempty" about:"only this method"`
	Path       string `json:"path,omitempty" about:"only paths that begin with this string"`
	Status     string `json:"status,omitempty" about:"only this status, or a class such as 4xx"`
	Since      string `json:"since,omitempty" about:"only after this id, or a time such as 2026-01-02T15:04:05Z"`
	Limit      *int64 `json:"limit,omitempty" about:"how many of the last exchanges, from 1 to 100; 20 when it is left out"`
}

// observations are the tools that need a running mock: those that only read, and the others if they are
// allowed.
func (a *assistant) observations() []mcp.Tool {
	type ofExchange struct {
		inWorld
		ID int64 `json:"id" about:"the id of the exchange in the journal"`
	}
	type ofVerify struct {
		inWorld
		Expectation json.RawMessage `json:"expectation" about:"such as {\"operation\": \"assignBillingId\", \"body\": {\"ticaga_id\": 8}, \"count\": 1, \"within\": \"3s\"}; body, query and headers are compared in part; at_least, at_most, credentials, in_order and nothing_else work too"`
	}
	verify := mcp.NewTool("verify", "Check whether the plugin sent the requests that are expected. If not, it returns the near misses.",
		func(ctx context.Context, in ofVerify) (string, error) {
			return a.verify(ctx, in.World, in.Expectation)
		})
	verify.Changes = a.changes // it marks violations as allowed then
	tools := []mcp.Tool{
		mcp.NewTool("list_worlds", "List the worlds of the running mock. A world is an isolated copy of the data: its own customers, tickets, journal and faults.",
			func(ctx context.Context, _ nothing) (string, error) { return a.client.worlds(ctx) }),
		mcp.NewTool("journal", "Show the last requests to the running mock, the newest last, with their violations.",
			func(ctx context.Context, in journalArguments) (string, error) { return a.journal(ctx, in) }),
		mcp.NewTool("exchange", "Show a request to the running mock and its answer: headers, bodies, and violations with how to fix them.",
			func(ctx context.Context, in ofExchange) (string, error) {
				return a.in(in.World).exchange(ctx, in.ID)
			}),
		verify,
	}
	if a.changes {
		tools = append(tools, a.interventions()...)
	}
	for i := range tools {
		tools[i].From = "requests to the mock"
	}
	return tools
}

// interventions are the tools that change the running mock.
func (a *assistant) interventions() []mcp.Tool {
	type ofReset struct {
		inWorld
		Scenario string `json:"scenario,omitempty" about:"name of the scenario to begin with from now on; the present one when it is left out"`
	}
	type ofFault struct {
		inWorld
		Rule json.RawMessage `json:"rule" about:"such as {\"operation\": \"createTicket\", \"status\": 429, \"times\": 2} or {\"fault\": \"reset\", \"probability\": 0.1} or {\"delay_ms\": 200}"`
	}
	rules := func(ctx context.Context, world, method string, body []byte) (string, error) {
		_, answer, err := a.in(world).call(ctx, method, "/faults", body)
		if err != nil {
			return "", err
		}
		return text(func(b *strings.Builder) error { return printRules(b, answer, false) })
	}
	tools := []mcp.Tool{
		mcp.NewTool("reset", "Reset a world of the running mock: its data and settings, journal and faults.",
			func(ctx context.Context, in ofReset) (string, error) {
				body, err := json.Marshal(traffic.Reset{Scenario: in.Scenario})
				if err == nil {
					_, _, err = a.in(in.World).call(ctx, http.MethodPost, "/reset", body)
				}
				return "the world was reset", err
			}),
		mcp.NewTool("add_fault", "Make some requests to the running mock fail, before other rules.",
			func(ctx context.Context, in ofFault) (string, error) {
				return rules(ctx, in.World, http.MethodPost, in.Rule)
			}),
		mcp.NewTool("remove_faults", "Remove the fault rules of a world of the running mock, so that no request fails.",
			func(ctx context.Context, in inWorld) (string, error) {
				return rules(ctx, in.World, http.MethodDelete, nil)
			}),
	}
	for i := range tools {
		tools[i].Changes = true
	}
	return tools
}

// in returns the client for a world, or for the one of the flags.
func (a *assistant) in(world string) *client {
	c := a.client
	if world != "" {
		c.world = world
	}
	return &c
}

// worlds returns a line for each world.
func (c *client) worlds(ctx context.Context) (string, error) {
	address, chosen, err := c.address()
	if err != nil {
		return "", err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"/worlds", nil)
	if err != nil {
		return "", err
	}
	_, answer, err := c.read(ctx, request)
	if err != nil {
		return "", err
	}
	var list traffic.Worlds
	if err := decode(answer, &list); err != nil {
		return "", err
	}
	var b strings.Builder
	for _, w := range list.Worlds {
		_, _ = fmt.Fprintf(&b, "%s: %s, last used %s\n", w.Name, count(int(w.Exchanges), "exchange"), w.Used.Format(time.RFC3339))
	}
	_, _ = fmt.Fprintf(&b, "tools without a world use %s\n", chosen)
	return b.String(), nil
}

// journal returns the last exchanges that pass the filters.
func (a *assistant) journal(ctx context.Context, in journalArguments) (string, error) {
	limit := int64(defaultExchanges)
	if in.Limit != nil {
		limit = *in.Limit
	}
	if limit < 1 || limit > maxExchanges {
		return "", fmt.Errorf("limit %d: must be from 1 to %d", limit, maxExchanges)
	}
	filters := url.Values{"limit": {strconv.FormatInt(limit, 10)}}
	for name, value := range map[string]string{"operation": in.Operation, "method": in.Method, "path": in.Path, "status": in.Status, "since": in.Since} {
		if value != "" {
			filters.Set(name, value)
		}
	}
	if in.Violations != nil {
		filters.Set("violations", strconv.FormatBool(*in.Violations))
	}
	var list traffic.Journal
	if err := a.in(in.World).get(ctx, "/journal?"+filters.Encode(), &list); err != nil {
		return "", err
	}
	slices.Reverse(list.Exchanges)
	return text(func(b *strings.Builder) error {
		_, _ = fmt.Fprintf(b, "%s; the last exchange of the world is #%d\n", count(len(list.Exchanges), "exchange"), list.LastID)
		return newJournalOutput(b, b, false).reasons(list.Exchanges)
	})
}

// exchange returns one exchange with its explanations.
func (c *client) exchange(ctx context.Context, id int64) (string, error) {
	if id < 1 {
		return "", fmt.Errorf("id %d: must be the id of an exchange, such as 3", id)
	}
	var x mock.Exchange
	if err := c.get(ctx, "/journal/"+strconv.FormatInt(id, 10), &x); err != nil {
		return "", err
	}
	return text(func(b *strings.Builder) error { return tellExchange(b, x) })
}

// verify returns whether an expectation holds. An expectation with codes of violations marks them as
// allowed, so that they no longer fail a test run.
func (a *assistant) verify(ctx context.Context, world string, expectation []byte) (string, error) {
	if !a.changes {
		if err := marksNothing(expectation); err != nil {
			return "", err
		}
	}
	c := a.in(world)
	c.patience += time.Minute // the maximum of "within"
	status, answer, err := c.call(ctx, http.MethodPost, "/verify", expectation, http.StatusConflict)
	if err != nil {
		return "", err
	}
	var result traffic.Result
	if err := decode(answer, &result); err != nil {
		return "", err
	}
	if status == http.StatusOK {
		return fmt.Sprintf("the expectation holds: %v", result), nil
	}
	return fmt.Sprintf("the expectation does not hold: %v", result), nil
}

// marksNothing returns an error if an expectation names violations, or may do so.
func marksNothing(expectation []byte) error {
	type codes struct {
		Violations []any `json:"violations"`
	}
	var expected struct {
		codes
		InOrder []codes `json:"in_order"`
	}
	if err := json.Unmarshal(expectation, &expected); err != nil {
		return errors.New("expectation: violations must be an array of strings, and in_order an array of objects")
	}
	if len(expected.Violations) > 0 || slices.ContainsFunc(expected.InOrder, func(c codes) bool { return len(c.Violations) > 0 }) {
		return errors.New("violations: would be marked as allowed, and no longer fail a test run; leave them out, or restart ticaga-mock mcp with --allow-changes")
	}
	return nil
}
