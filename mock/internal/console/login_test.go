package console_test

import (
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// TestLogin: where the control API has a token, the page asks for it once.
func TestLogin(t *testing.T) {
	const token = "a-token-of-the-control-api"
	server := mock.Start(t, mock.Options{ControlToken: token})
	p := open(t, server.URL, "#/live", "/_mock/") // refuses everything before the login
	p.fill("Control token", "a-wrong-token-of-some-length")
	p.click("button", "Log in")
	p.see(".message.bad", "wrong token")
	p.fill("Control token", token)
	p.click("button", "Log in")
	p.see(".connection.good")
	send(t, server, "GET", "/api/customers/get/8", "")
	p.see(".row[data-id]", "/api/customers/get/8")
	p.visit("#/exchange/1")
	p.see(".detail h1", "#1")
	p.visit("#/state")
	p.click("tbody tr:first-child button", "Delete")
	p.gone("tbody tr", "Joe Doe")
	if got := js[string](p, `return document.cookie`); got != "" {
		t.Errorf("got a cookie that scripts can read: %q", got)
	}
}
