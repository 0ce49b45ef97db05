package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ticaga-mock/ticaga-mock/contracts"
	"github.com/ticaga-mock/ticaga-mock/contracts/pactcli"
	"github.com/ticaga-mock/ticaga-mock/mock"
)

// pactVerify is what pact verify is called with.
type pactVerify struct {
	serve    serveFlags
	report   reportFlags
	broker   brokerFlags
	program  string
	provider string
	selected contracts.Selection
	timeout  time.Duration
}

func newPactVerify() *cobra.Command {
	var v pactVerify
	cmd := &cobra.Command{
		Use:   "verify [flags] [PACT...]",
		Short: "Verify pacts against a mock of its own, with Pact's verifier",
		Long: "Verify reads pacts from files, folders, URLs or a broker, and lets Pact's own verifier send each of their\n" +
			"requests to a mock that starts with it. Every interaction has a fresh world in its provider states.\n" +
			"It fails when a response is not as expected, when a request has a violation of the severity that\n" +
			"--fail-on names or a worse one, and when anything that was to be verified was not. The report has\n" +
			"the differences that the verifier found and the violations that the mock found, with their fixes.\n" +
			"With GITHUB_ACTIONS=true, they are annotations too.\n\n" +
			"The verifier is the program pact of the npm package @pact-foundation/pact-cli. It is found in PATH,\n" +
			"and in node_modules/.bin of the current folder or one above it.",
		Example: "  ticaga-mock pact verify pacts/\n" +
			"  ticaga-mock pact verify --description link --junit pacts.xml pacts/my-plugin-ticaga.json\n" +
			"  ticaga-mock pact verify --fixtures ./my-help-desk --token my-token pacts/\n" +
			"  ticaga-mock pact verify --broker https://broker.example.com --publish --provider-version 1.2.3",
		Args:              noEmptyPact,
		ValidArgsFunction: completeFiles,
		RunE:              v.run,
	}
	v.add(cmd)
	return cmd
}

func (v *pactVerify) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	v.report.add(cmd)
	flags.StringVar(&v.program, "pact", "", "the program pact, if it is not found: its `file`")
	flags.StringVar(&v.provider, "provider", contracts.DefaultProvider, "verify the pacts with the provider of this `name` alone")
	flags.StringVar(&v.selected.Description, "description", "", "verify only interactions whose description contains this `text`")
	flags.StringVar(&v.selected.State, "state", "", "verify only interactions with a provider state that contains this `text`")
	flags.DurationVar(&v.timeout, "request-timeout", 10*time.Second, "max `duration` of a request to the mock")
	typedOnly(flags, "provider", "description", "state") // nothing may leave out a part without being seen
	v.broker.add(cmd)
	own := map[string]bool{"help": true}
	flags.VisitAll(func(f *pflag.Flag) { own[f.Name] = true })
	cmd.SetUsageFunc(func(cmd *cobra.Command) error { return groupedUsage(cmd, own) })
	v.serve.addMock(cmd)
}

// check checks what the command is called with.
func (v *pactVerify) check(flags *pflag.FlagSet, args []string) error {
	if err := noEmptyFlag(flags); err != nil {
		return err
	}
	if v.timeout <= 0 {
		return errors.New("--request-timeout: must be greater than 0")
	}
	if len(args) == 0 && v.broker.url == "" {
		return errors.New("pact verify: name a pact, such as: ticaga-mock pact verify pacts/")
	}
	return v.broker.check(v.selected)
}

func (v *pactVerify) run(cmd *cobra.Command, args []string) error {
	if err := v.check(cmd.Flags(), args); err != nil {
		return err
	}
	ctx := cmd.Context()
	report, err := newPactReport("pact verify", v.report)
	if err != nil {
		return err
	}
	folder, err := os.Getwd()
	if err != nil {
		return err
	}
	program, err := pactcli.Find(ctx, v.program, folder)
	var pacts []contracts.Pact
	if err == nil {
		pacts = v.readAll(ctx, args, report)
	}
	switch {
	case ctx.Err() != nil:
		return stopped(ctx)
	case err != nil:
		return err
	}
	if err := v.verify(ctx, program, pacts, report); err != nil {
		return err
	}
	switch {
	case !v.broker.publish:
	case len(report.Problems) > 0:
		report.problem(errors.New("nothing was published, because of what stands above"))
	default:
		report.problem(v.broker.publishResults(ctx, report))
	}
	return report.write(cmd.OutOrStdout())
}

// readAll reads the pacts of all arguments, or without any those that the broker wants to be verified.
func (v *pactVerify) readAll(ctx context.Context, args []string, report *pactReport) []contracts.Pact {
	if len(args) == 0 {
		pacts, err := v.broker.chosen(ctx, v.provider)
		report.problem(err)
		return pacts
	}
	var pacts []contracts.Pact
	for _, arg := range args {
		read := readPacts
		if v.broker.client != nil && v.broker.client.Owns(arg) {
			read = v.broker.read
		}
		found, err := read(ctx, arg)
		report.problem(err)
		pacts = append(pacts, found...)
	}
	return pacts
}

// noEmptyFlag returns an error for a flag that was given an empty value, as by a variable that is not set.
func noEmptyFlag(flags *pflag.FlagSet) error {
	var err error
	flags.Visit(func(f *pflag.Flag) {
		if f.Value.String() == "" {
			err = cmp.Or(err, fmt.Errorf("--%s is empty; is the variable set?", f.Name))
		}
	})
	return err
}

// verify verifies what is selected of the pacts, and adds it to the report. The error is that of a mock that
// cannot be made.
func (v *pactVerify) verify(ctx context.Context, program string, pacts []contracts.Pact, report *pactReport) error {
	verifier, err := unlessStopped(ctx, v.verifier)
	if err != nil {
		return err
	}
	verifier.Program, verifier.Timeout = program, v.timeout
	hurry, cancel := hurried(false)
	defer cancel()
	verifier.Run = func(command *exec.Cmd) error { return runCommand(ctx, hurry, command, gracePeriod) }

	jobs, others, problem := v.jobs(pacts)
	report.problem(problem)
	var seen [][]contracts.Evidence
	if len(jobs) > 0 && problem == nil {
		seen, err = verifier.Verify(ctx, jobs)
		if ctx.Err() != nil {
			return stopped(ctx)
		}
		report.problem(err)
	}
	for n, job := range jobs {
		var found []contracts.Evidence // none when the verifier has said nothing
		if len(seen) > 0 {
			found = seen[n]
		}
		all := outcomes(job, found, report.fails)
		for _, o := range all {
			v.hideToken(o.Findings)
		}
		report.add(reportedPact{pact: job.Pact, Outcomes: all, Notices: v.broker.notices(job.Pact)})
	}
	for _, p := range others {
		report.add(reportedPact{pact: p, Skipped: fmt.Sprintf("not verified, because its provider is %q and not %q", p.Provider, v.provider)})
	}
	return nil
}

// outcomes judges the selected interactions of a pact.
func outcomes(job pactcli.Job, seen []contracts.Evidence, fails func(mock.Violation) bool) []contracts.Outcome {
	all := make([]contracts.Outcome, len(job.Pact.Interactions))
	for index := range all {
		all[index] = job.Pact.Skip(index)
	}
	for n, index := range job.Indexes {
		var one contracts.Evidence
		if len(seen) > 0 {
			one = seen[n]
		}
		all[index] = job.Pact.Judge(index, one, fails)
	}
	return all
}

// hideToken takes the token of --token out of what the verifier says about responses.
func (v *pactVerify) hideToken(found []contracts.Finding) {
	if v.serve.Token == "" {
		return
	}
	for n := range found {
		f := &found[n].Violation
		for _, text := range []*string{&f.Message, &f.Expected, &f.Got, &f.Fix} {
			*text = strings.ReplaceAll(*text, v.serve.Token, "(the token)")
		}
	}
}

// jobs returns what is selected of the pacts, and those for other providers. It is an error if nothing is
// selected.
func (v *pactVerify) jobs(pacts []contracts.Pact) (jobs []pactcli.Job, others []contracts.Pact, err error) {
	chosen, others := contracts.ForProvider(pacts, v.provider)
	selected := 0
	for _, p := range chosen {
		job := pactcli.Job{Pact: p}
		for index, i := range p.Interactions {
			if v.selected.Has(i) {
				job.Indexes = append(job.Indexes, index)
			}
		}
		selected += len(job.Indexes)
		jobs = append(jobs, job)
	}
	switch {
	case len(pacts) == 0: // which is a problem of its own
		return nil, nil, nil
	case len(chosen) == 0:
		return nil, others, fmt.Errorf("no pact is for the provider %q; choose one of those with --provider, such as --provider %q", v.provider, others[0].Provider)
	case selected == 0:
		return jobs, others, errors.New("no interaction matches --description and --state")
	}
	return jobs, others, nil
}

// verifier returns a verifier with a mock.
func (v *pactVerify) verifier() (*pactcli.Verifier, error) {
	options, err := v.serve.options()
	if err != nil {
		return nil, err
	}
	verifier, err := pactcli.New(options)
	if err != nil {
		return nil, err
	}
	verifier.Accepts = v.accepts(verifier.Credentials())
	return verifier, nil
}

// accepts says which credentials the mock accepts. A token of the user's own is not shown.
func (v *pactVerify) accepts(email, token string) string {
	if v.serve.Token != "" {
		token = "of --token"
	}
	return fmt.Sprintf("e-mail address %s and token %s; --email and --token set others", email, token)
}
