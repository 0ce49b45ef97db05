// Package record makes a pact of what a client really sent to the mock, and of what it was answered.
//
// [Pact] writes one interaction for each operation and outcome, the first of its kind. Secrets and personal data
// are replaced by stand-ins, provider states are derived from what the answers depended on, and answers are
// matched by type, but for values that the contract fixes. What it writes was tried: an interaction that a fresh
// mock does not answer in the same way is left out, with the reason.
package record

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/contracts"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// Options say what the pact is to be.
type Options struct {
	Consumer string // its name in the pact
	Provider string // "" means contracts.DefaultProvider
	Version  int    // of Pact's specification: 3 or 4; 0 means 4
	Only     int64  // the ID of the only exchange to record, for whose provider states the others count; 0 means all

	// Email and Token are the credentials that a fresh mock accepts.
	Email, Token string

	// Start has the rows of a fresh help desk by noun, as its fixture files have them. They are invented, so
	// that their values may be in the pact.
	Start map[string][]contracts.Row

	// Try sends an interaction's request to a fresh mock in its provider states, and returns the exchange.
	Try func(contracts.Interaction) (traffic.Exchange, error)
}

// LeftOut is an exchange that is not in the pact.
type LeftOut struct {
	Exchange traffic.Exchange
	Reason   string // such as "its body cannot be decoded"
}

// String returns a line such as "POST /api/tickets/close: its body cannot be decoded".
func (l LeftOut) String() string {
	path := l.Exchange.Target // without the world, whose name may be another one each time
	if len(path) > 200 {
		path = path[:200] + "..."
	}
	return fmt.Sprintf("%s %s: %s", traffic.Printable(l.Exchange.Method), traffic.Printable(path), l.Reason)
}

// ErrNothing is the error of Pact when no interaction remains.
var ErrNothing = errors.New("no exchange can be recorded")

// Pact returns a pact of exchanges, which are in the order in which they came, and what it leaves out.
func Pact(contract *spec.Contract, exchanges []traffic.Exchange, o Options) (pact []byte, leftOut []LeftOut, err error) {
	o.Provider, o.Version = cmp.Or(o.Provider, contracts.DefaultProvider), cmp.Or(o.Version, 4)
	switch {
	case strings.TrimSpace(o.Consumer) == "":
		return nil, nil, errors.New("a pact needs the name of its consumer")
	case o.Version != 3 && o.Version != 4:
		return nil, nil, fmt.Errorf("version %d of the pact specification is not supported; must be 3 or 4", o.Version)
	}
	r := &recorder{
		options: o, contract: contract, checker: contracts.CheckerFor(contract),
		start: indexed(o.Start), worlds: map[string]*desk{}, seen: map[string]bool{},
	}
	r.standIns = newStandIns(r.start.strings())
	for _, x := range exchanges {
		if err := r.add(x); err != nil && (o.Only == 0 || o.Only == x.ID) {
			leftOut = append(leftOut, LeftOut{x, err.Error()})
		}
	}
	if len(r.interactions) == 0 {
		return nil, leftOut, ErrNothing
	}
	named := slices.Clone(leftOut) // in the file without personal data
	for i := range named {
		if path, err := url.PathUnescape(named[i].Exchange.Target); err == nil {
			named[i].Exchange.Target = path
		}
		named[i].Exchange.Target = r.standIns.text("", named[i].Exchange.Target)
	}
	pact, err = write(o, r.interactions, named)
	return pact, leftOut, err
}

// recorder collects interactions.
type recorder struct {
	options      Options
	contract     *spec.Contract
	checker      *contracts.Checker
	standIns     *standIns
	start        rows
	worlds       map[string]*desk // what is known of each world
	seen         map[string]bool  // descriptions
	interactions []interaction
}

// add adds an exchange, unless there is an interaction of its kind already.
func (r *recorder) add(x traffic.Exchange) error {
	known := r.worlds[x.World]
	if known == nil {
		known = newDesk(r.start)
		r.worlds[x.World] = known
	}
	operation := r.contract.Operation(x.Operation)
	if operation == nil {
		return errors.New("no operation has this method and path")
	}
	answer, err := r.answer(x)
	if err != nil {
		return err
	}
	defer known.learn(answer)
	if r.options.Only != 0 && r.options.Only != x.ID {
		return nil
	}
	description := describe(operation, x, answer)
	if r.seen[description] {
		return nil
	}
	request, err := r.request(x)
	if err != nil {
		return err
	}
	i := interaction{
		Interaction: contracts.Interaction{
			Description: description,
			Request:     request,
			Response:    contracts.Response{Status: x.Status, Header: http.Header{"Content-Type": {"application/json"}}},
		},
		answer: answer,
		rules:  matchingRules(operation, x.Status, answer),
	}
	for _, refusal := range refusals {
		i.Given = r.states(operation, x, request, answer, known, refusal)
		if err = r.try(operation, &i, x); err == nil || dataMessages(x) == nil {
			break
		}
	}
	if err != nil {
		return err
	}
	r.seen[description] = true
	r.interactions = append(r.interactions, i)
	return nil
}

// answer returns the decoded answer of an exchange, without personal data.
func (r *recorder) answer(x traffic.Exchange) (any, error) {
	switch {
	case x.Status == 0:
		return nil, errors.New("it was not answered")
	case x.Response.Truncated:
		return nil, errors.New("its answer is too large")
	case !strings.HasPrefix(x.Response.Header.Get("Content-Type"), "application/json") && x.Response.Header.Get("Content-Type") != "":
		return nil, errors.New("its answer is not JSON")
	}
	decoder := json.NewDecoder(strings.NewReader(x.Response.Body))
	decoder.UseNumber()
	var answer any
	if err := decoder.Decode(&answer); err != nil {
		return nil, errors.New("its answer is not JSON")
	}
	if x.Status >= 400 { // its sentences are Ticaga's, whatever they are called
		return r.standIns.value("errors", answer), nil
	}
	return r.standIns.value("", answer), nil
}

// try sends an interaction to a fresh mock and compares the exchange with the recorded one.
func (r *recorder) try(o *spec.Operation, i *interaction, recorded traffic.Exchange) error {
	x, err := r.options.Try(i.Interaction)
	if err != nil {
		return err
	}
	where := "a fresh mock"
	if len(i.Given) > 0 {
		where += " in the provider states " + names(i.Given)
	}
	fresh, err := r.answer(x)
	if err != nil {
		return fmt.Errorf("%s does not answer it in the same way: %w", where, err)
	}
	if description := describe(o, x, fresh); description != i.Description {
		return fmt.Errorf("%s does not answer it in the same way: %s", where, description)
	}
	if said, before := dataMessages(x), dataMessages(recorded); !slices.Equal(said, before) {
		return fmt.Errorf("%s refuses it for another reason: %s", where, strings.Join(said, "; "))
	}
	if at := difference(i.answer, fresh, nil); at != nil {
		return fmt.Errorf("%s answers it with another %s", where, spec.Quote(spec.Pointer(*at...)))
	}
	return r.check(i)
}

// check returns the first error that the static check finds.
func (r *recorder) check(i *interaction) error {
	data, err := write(r.options, []interaction{*i}, nil)
	if err != nil {
		return err
	}
	pact, err := contracts.Read("recorded", data)
	if err != nil {
		return err
	}
	for _, finding := range r.checker.Check(pact) {
		if finding.IsError() {
			return errors.New(finding.Violation.Message)
		}
	}
	return nil
}

func names(given []contracts.Given) string {
	list := make([]string, len(given))
	for i, one := range given {
		list[i] = strconv.Quote(one.State)
	}
	return "[" + strings.Join(list, " ") + "]"
}

// describe returns the description of an exchange: exchanges of the same kind have the same.
func describe(o *spec.Operation, x traffic.Exchange, answer any) string {
	name := o.ID
	if x.Credentials != "none" && x.Status != http.StatusUnauthorized {
		name += format(x)
	}
	object, _ := answer.(map[string]any)
	said, failed := object["error"].(string)
	list, isList := answer.([]any)
	switch {
	case x.Status >= 400:
		return fmt.Sprintf("%s is refused with %d%s", name, x.Status, reasons(x))
	case failed:
		return fmt.Sprintf("%s is answered with %q", name, said)
	case isList && len(list) == 0, isEmpty(object):
		return name + " has nothing to list"
	case x.Status != http.StatusOK:
		return fmt.Sprintf("%s is answered with %d", name, x.Status)
	}
	return name + " succeeds"
}

// format tells requests with the same fields apart by how they were sent.
func format(x traffic.Exchange) string {
	media, _, _ := strings.Cut(x.Request.Header.Get("Content-Type"), ";")
	switch strings.TrimSpace(strings.ToLower(media)) {
	case "application/x-www-form-urlencoded":
		return " by form"
	case "multipart/form-data":
		return " by multipart form"
	}
	return ""
}

// reasons returns the codes of what a request is refused for. All wrong credentials are recorded as the same ones.
func reasons(x traffic.Exchange) string {
	if rejected(x) {
		return map[bool]string{true: " (no credentials)", false: " (wrong credentials)"}[x.Credentials == "none"]
	}
	var codes []string
	for _, v := range x.Violations {
		reason := string(v.Code)
		if v.At != "" {
			reason += " " + v.At
		}
		if v.Severity == spec.Error && !slices.Contains(codes, reason) {
			codes = append(codes, reason)
		}
	}
	if codes == nil {
		return ""
	}
	slices.Sort(codes)
	const most = 5
	more := ""
	if len(codes) > most {
		more = fmt.Sprintf(", and %d more", len(codes)-most)
	}
	return " (" + strings.Join(codes[:min(len(codes), most)], ", ") + more + ")"
}

// isEmpty reports whether the only value of an answer is null or an empty array.
func isEmpty(object map[string]any) bool {
	if len(object) != 1 {
		return false
	}
	for _, value := range object {
		list, isList := value.([]any)
		return value == nil || isList && len(list) == 0
	}
	return false
}
