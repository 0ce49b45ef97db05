package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/ticaga-mock/ticaga-mock/cmd/ticaga-mock/internal/term"
	"github.com/ticaga-mock/ticaga-mock/mock"
	"github.com/ticaga-mock/ticaga-mock/mock/words"
)

// waiting says why the mock listens, but is not ready.
func (o *output) waiting(f *serveFlags, at place, why error) {
	if o.json {
		o.log.Warn("not ready", "url", at.url, "store", f.history.kept, "reason", why.Error())
		return
	}
	o.printf("ticaga-mock listens at %s and waits for %s: %s; meanwhile, requests get status 503\n", at.url, f.history.kept, term.Printable(why.Error()))
}

// outdated says which worlds do not have the data that the flags name, although somebody may expect it.
func (o *output) outdated(ctx context.Context, f *serveFlags, desk *mock.Server) {
	ctx, cancel := context.WithTimeout(ctx, time.Second) // others may be changing them
	defer cancel()
	names := desk.Outdated(ctx)
	if len(names) == 0 {
		return
	}
	shown := words.List(names[:min(len(names), 5)], len(names))
	if o.json {
		o.log.Warn("worlds began with other data, and keep it", "kept", f.history.kept, "worlds", shown)
		return
	}
	o.printf("  warning    these worlds began with other data than now, and keep it: %s;\n"+
		"             for all to begin with the same, keep them elsewhere\n", shown)
}

// ready tells a person how to begin, and a script that it may.
func (o *output) ready(ctx context.Context, f *serveFlags, desk *mock.Server, at place, controlToken string) {
	base := at.url
	email, token := desk.Credentials()
	if o.json {
		line := map[string]string{"msg": "ready", "url": base}
		if at.socket != "" {
			line["socket"] = at.socket
		}
		if at.fingerprint != "" {
			line["fingerprint"] = at.fingerprint
		}
		if at.warning != "" {
			line["warning"] = at.warning
		}
		if f.Auth != "off" {
			line["email"], line["token"] = email, token
		}
		if controlToken != f.ControlToken {
			line["control_token"] = controlToken // it was made just now, and nobody else knows it
		}
		o.outdated(ctx, f, desk)
		_ = json.NewEncoder(o.stdout).Encode(line)
		return
	}
	o.printf("ticaga-mock: a fake Ticaga help desk\n\n")
	o.printf("  base URL   %s\n", o.stderrStyle.Bold(base))
	if at.socket != "" {
		o.printf("  socket     %s\n", at.socket)
	}
	if f.Auth != "off" {
		o.printf("  e-mail     %s\n  API token  %s\n", email, token)
	}
	if at.fingerprint != "" {
		o.printf("  TLS        a certificate of its own, SHA-256 %s\n", at.fingerprint)
	}
	if at.warning != "" {
		o.printf("  TLS        %s, so clients reject it\n", at.warning)
	}
	if f.history.kept != "" {
		o.printf("  worlds     kept in %s\n", f.history.kept)
		o.outdated(ctx, f, desk)
	}
	o.printf("\n%s\n  %s\n\n", f.tryText(), f.curl(at, email, token))
	o.printf("Then open %s/ in a browser; `ticaga-mock routes` lists the operations.\n", base)
	if controlToken != f.ControlToken {
		o.printf("\nThis address is not loopback, so /_mock/ asks for a token:\n  curl%s -H %s %s/_mock/journal\n",
			f.reach(at), shellQuote("Authorization: Bearer "+controlToken), base)
	}
	o.printf("\n")
	o.stderr.flush() // on a terminal the two are one, and this is the last line
	_, _ = fmt.Fprintf(o.stdout, "ticaga-mock is ready at %s\n", o.stdoutStyle.Bold(base))
}

// hasCustomer8 says whether the fixtures are those whose customer 8 waits to be linked.
func (f *serveFlags) hasCustomer8() bool { return f.fixtures == "" && f.Scenario == "default" }

func (f *serveFlags) tryText() string {
	if f.hasCustomer8() {
		return "Assign a billing ID:"
	}
	return "Ask who you are:"
}

// curl is a line to paste into a shell.
func (f *serveFlags) curl(at place, email, token string) string {
	auth := " -u " + shellQuote(email+":"+token)
	switch {
	case strings.Contains(f.Auth, "off"):
		auth = ""
	case strings.Contains(f.Auth, "basic"):
	case strings.Contains(f.Auth, "bearer"):
		auth = " -H " + shellQuote("Authorization: Bearer "+token)
	default:
		auth = " -H " + shellQuote("X-Admin-Email: "+email) + " -H " + shellQuote("X-API-Token: "+token)
	}
	start := "curl" + f.reach(at) + auth + " -H 'Accept: application/json' "
	if f.hasCustomer8() {
		return start + "-d ticaga_id=8 -d billing_id=42 -d billing_system=blesta " + at.url + "/api/customers/assign"
	}
	return start + at.url + "/api/customers/get/0"
}

// reach returns the options of curl that another place than host:port needs.
func (f *serveFlags) reach(at place) string {
	options := ""
	if at.socket != "" {
		options += " --unix-socket " + shellQuote(at.socket)
	}
	switch {
	case f.tlsSave != "":
		options += " --cacert " + shellQuote(f.tlsSave)
	case at.fingerprint != "":
		options += " -k"
	}
	return options
}

// shellQuote makes one word of text for a POSIX shell.
func shellQuote(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
