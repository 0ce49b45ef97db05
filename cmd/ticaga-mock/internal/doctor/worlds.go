package doctor

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/ticaga-mock/ticaga-mock/cmd/ticaga-mock/internal/term"
	"github.com/ticaga-mock/ticaga-mock/mock/log/file"
	"github.com/ticaga-mock/ticaga-mock/mock/log/nats"
)

// InMemory says that nothing keeps worlds.
func InMemory() Finding {
	return Finding{"worlds", Fine, "are in memory, and end with the mock; --data or --store keeps them", ""}
}

// File says what a file that keeps worlds is like, given what file.Check has said of it.
func File(path string, r file.Report, err error) Finding {
	f := Finding{Area: "worlds", Verdict: Fine}
	path = term.Printable(path)
	switch {
	case errors.Is(err, file.ErrInUse):
		f.Text = fmt.Sprintf("are kept in %s, which a process uses now", path)
	case errors.Is(err, fs.ErrNotExist):
		f.Text = fmt.Sprintf("will be kept in %s, which is not there yet", path)
	case err != nil:
		f.Verdict, f.Text, f.Remedy = Problem, "cannot be kept: "+term.Printable(err.Error()), "use another file for --data"
	case len(r.Problems) > 0:
		f.Verdict, f.Text = Problem, fmt.Sprintf("%s is damaged: %s", path, term.Printable(r.Problems[0]))
		f.Remedy = "see `ticaga-mock data check` for all of it; use a backup, or another file"
	default:
		f.Text = fmt.Sprintf("are kept in %s: %d histories with %d records, %d KiB, in use by nobody", path, r.Histories, r.Records, r.FileBytes>>10)
	}
	return f
}

// Stream says what a stream that keeps worlds is like, given what nats.Look has said of it.
func Stream(name string, s nats.Status, err error) Finding {
	f := Finding{Area: "worlds", Verdict: Fine}
	switch {
	case err != nil:
		f.Verdict, f.Text = Problem, fmt.Sprintf("cannot be kept in stream %s: %s", name, term.Printable(err.Error()))
		f.Remedy = "check the hosts, the login and JetStream; the mock answers 503 until then"
	case !s.Exists:
		f.Text = fmt.Sprintf("will be kept in stream %s, which the mock creates; NATS %s answers", name, term.Printable(s.Version))
	case s.Current < s.Replicas:
		f.Verdict, f.Text = Note, fmt.Sprintf("are kept in stream %s, but only %d of its %d copies are up to date", name, s.Current, s.Replicas)
		f.Remedy = "look after the other NATS servers"
	case s.Replicas == 1:
		f.Verdict, f.Text = Note, fmt.Sprintf("are kept in stream %s: %d messages, %d KiB, one copy, which is lost with its NATS server", name, s.Messages, s.Bytes>>10)
		f.Remedy = "for three copies, use three NATS servers, and ?replicas=3 for a new stream"
	default:
		f.Text = fmt.Sprintf("are kept in stream %s: %d messages, %d KiB, %d copies", name, s.Messages, s.Bytes>>10, s.Replicas)
	}
	return f
}
