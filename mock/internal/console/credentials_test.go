package console_test

import (
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// TestCredentials: every page uses the credentials that work, also after they have changed.
func TestCredentials(t *testing.T) {
	for _, one := range []struct{ auth, token, scheme, changed string }{
		{"", "2|own's-$TOKEN`x`", "bearer", "another-token"},
		{"header", "own-token", "header", "2|another's"},
		{"basic", "own-token", "basic", "2|another's"},
		{"off", "own-token", "none", "another-token"},
	} {
		t.Run(one.scheme, func(t *testing.T) {
			server := mock.Start(t, mock.Options{Email: "me@example.com", Token: one.token, Auth: one.auth})
			p := open(t, server.URL, "#/live")
			p.see(".settings", server.URL, "me@example.com", one.token)
			p.click(".empty button", "Copy the command")
			p.see(".message", "Command copied")
			if out, err := exec.Command("bash", "-c", p.clipboard()).CombinedOutput(); err != nil {
				t.Errorf("the command that is shown: %v\n%s", err, out)
			}
			worked(t, server, one.scheme)
			p.click(".row[data-id]", "/api/customers/assign")
			p.click("button", "Send again")
			p.see(".row[data-id='2']", "200")
			worked(t, server, one.scheme)
			changeToken(t, server, one.changed)
			p.click("nav a", "Try it")
			p.click(".contents a", "assignBillingId")
			p.click("form button", "Send")
			p.see(".answer", "200")
			worked(t, server, one.scheme)
			p.click("nav a", "Account link")
			p.click("a", "It works")
			p.see(".steps li", "the accounts are linked")
			p.click("nav a", "Live")
			p.click("button", "Clear")
			p.see(".settings", "me@example.com", one.changed)
		})
	}
}

// worked fails the test unless the newest request succeeded with credentials of the scheme.
func worked(t *testing.T, server *mock.Running, scheme string) {
	t.Helper()
	if x := server.Journal()[0]; x.Status != 200 || x.Credentials != scheme {
		t.Errorf("%s: got status %d with credentials %q, want 200 with %q", x.Path, x.Status, x.Credentials, scheme)
	}
}

// changeToken gives the first staff member another token.
func changeToken(t *testing.T, server *mock.Running, token string) {
	t.Helper()
	r, err := http.NewRequest("PATCH", server.URL+"/_mock/worlds/default/staff/9001", strings.NewReader(`{"tokens": [`+quote(t, token)+`]}`))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != 200 {
		t.Errorf("got status %d for a new token, want 200", answer.StatusCode)
	}
}
