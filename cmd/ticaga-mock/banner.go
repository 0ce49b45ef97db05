package main

import (
	"encoding/json"
	"fmt"
	"net"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// ready tells a person how to begin, and a script that it may.
func (o *output) ready(f *serveFlags, desk *mock.Server, addr net.Addr, controlToken string) {
	base := mock.BaseURL(addr)
	email, token := desk.Credentials()
	if o.json {
		line := map[string]string{"msg": "ready", "url": base}
		if controlToken != f.ControlToken {
			line["control_token"] = controlToken // it was made just now, and nobody else knows it
		}
		_ = json.NewEncoder(o.stdout).Encode(line)
		return
	}
	o.printf("ticaga-mock: a fake Ticaga help desk\n\n")
	o.printf("  base URL   %s\n", o.stderrStyle.Bold(base))
	if f.Auth != "off" {
		o.printf("  e-mail     %s\n  API token  %s\n", email, token)
	}
	o.printf("\n%s\n  %s\n\n", f.tryText(), f.curl(base, email, token))
	o.printf("Then look at %s/_mock/journal; `ticaga-mock routes` lists the operations.\n", base)
	if controlToken != f.ControlToken {
		o.printf("\nThis address is not loopback, so /_mock/ asks for a token:\n  curl -H %s %s/_mock/journal\n",
			shellQuote("Authorization: Bearer "+controlToken), base)
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
func (f *serveFlags) curl(base, email, token string) string {
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
	start := "curl" + auth + " -H 'Accept: application/json' "
	if f.hasCustomer8() {
		return start + "-d ticaga_id=8 -d billing_id=42 -d billing_system=blesta " + base + "/api/customers/assign"
	}
	return start + base + "/api/customers/get/0"
}

// shellQuote makes one word of text for a POSIX shell.
func shellQuote(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
