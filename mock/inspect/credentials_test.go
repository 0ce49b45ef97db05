package inspect_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ticaga-mock/ticaga-mock/mock/inspect"
)

const (
	bearer = "Bearer demo-token"
	basic  = "Basic YWRtaW5AdGljYWdhLnRlc3Q6ZGVtby10b2tlbg==" // admin@ticaga.test:demo-token
)

// staff are the accounts of a help desk, by token. Its customers have no tokens.
type staff map[string]inspect.Account

var demoStaff = staff{
	"demo-token":           {ID: 9001, Email: "admin@ticaga.test", Rights: true},
	"2|sanctum-demo-token": {ID: 9002, Email: "agent@ticaga.test", Rights: true},
}

func (s staff) First() (inspect.Account, bool) { return s.ByToken("demo-token") }

func (s staff) ByToken(token string) (inspect.Account, bool) {
	account, ok := s[token]
	return account, ok
}

func (s staff) ByEmail(email string) (inspect.Account, bool) {
	for _, account := range s {
		if strings.EqualFold(account.Email, email) {
			return account, true
		}
	}
	return inspect.Account{}, false
}

func (s staff) IsCustomer(string) bool { return false }

func (s staff) AnyToken(is func(token string) bool) bool {
	for token := range s {
		if is(token) {
			return true
		}
	}
	return false
}

// inspectCredentials inspects a request for a customer. schemes are the accepted ones; "" stands for all.
func inspectCredentials(t *testing.T, schemes string, h http.Header) inspect.Inspection {
	t.Helper()
	return newInspector(t, schemes).Inspect(inspect.Request{Method: "GET", Path: "/api/customers/get/8", Header: h, Accounts: demoStaff})
}

// codesOf lists the codes of an inspection's violations, in their order.
func codesOf(seen inspect.Inspection) []string {
	all := []string{}
	for _, v := range seen.Violations {
		all = append(all, string(v.Code))
	}
	return all
}

// TestCredentials lists the ways to get credentials right and wrong.
func TestCredentials(t *testing.T) {
	for _, c := range []struct {
		name    string
		header  http.Header
		schemes string // the accepted ones; "" for all
		code    string // "" if the credentials are valid
	}{
		{"Basic", http.Header{"Authorization": {basic}}, "", ""},
		{"Bearer", http.Header{"Authorization": {bearer}}, "", ""},
		{"a scheme in lower case", http.Header{"Authorization": {"bearer demo-token"}}, "", ""},
		{"a Sanctum token with a bar", http.Header{"Authorization": {"Bearer 2|sanctum-demo-token"}}, "", ""},
		{"an e-mail address in capitals", http.Header{"Authorization": {"Basic QURNSU5AdGljYWdhLnRlc3Q6ZGVtby10b2tlbg=="}}, "", ""},
		{"Bearer and X-Admin-Email", http.Header{"Authorization": {bearer}, "X-Admin-Email": {"admin@ticaga.test"}}, "", ""},
		{"off", nil, "off", ""},

		{"none", nil, "", "TM-AUTH-MISSING"},
		{"only the e-mail header", http.Header{"X-Admin-Email": {"admin@ticaga.test"}}, "", "TM-AUTH-MISSING"},
		{"only the token header", http.Header{"X-Api-Token": {"demo-token"}}, "", "TM-AUTH-MISSING"},
		{"header scheme, not accepted", http.Header{"X-Admin-Email": {"admin@ticaga.test"}, "X-Api-Token": {"demo-token"}}, "basic,bearer", "TM-AUTH-SCHEME"},
		{"Basic, not accepted", http.Header{"Authorization": {basic}}, "bearer", "TM-AUTH-SCHEME"},
		{"Bearer, not accepted", http.Header{"Authorization": {bearer}}, "basic", "TM-AUTH-SCHEME"},
		{"Digest", http.Header{"Authorization": {"Digest username=x"}}, "", "TM-AUTH-SCHEME"},
		{"a bare token", http.Header{"Authorization": {"demo-token"}}, "", "TM-AUTH-SCHEME"},
		{"empty Bearer", http.Header{"Authorization": {"Bearer "}}, "", "TM-AUTH-FORM"},
		{"Basic without base64", http.Header{"Authorization": {"Basic admin@ticaga.test:demo-token"}}, "", "TM-AUTH-FORM"},
		{"Basic without a colon", http.Header{"Authorization": {"Basic ZGVtby10b2tlbg=="}}, "", "TM-AUTH-FORM"},
		{"Basic without a token", http.Header{"Authorization": {"Basic YWRtaW5AdGljYWdhLnRlc3Q6"}}, "", "TM-AUTH-FORM"},
		{"a Basic value behind Bearer", http.Header{"Authorization": {"Bearer YWRtaW5AdGljYWdhLnRlc3Q6ZGVtby10b2tlbg=="}}, "", "TM-AUTH-FORM"},
		{"unknown token", http.Header{"Authorization": {"Bearer nobody's"}}, "", "TM-AUTH-TOKEN"},
		{"wrong token for the e-mail", http.Header{"Authorization": {"Basic YWRtaW5AdGljYWdhLnRlc3Q6d3Jvbmc="}}, "", "TM-AUTH-TOKEN"},
		{"somebody else's e-mail", http.Header{"Authorization": {"Basic YWdlbnRAdGljYWdhLnRlc3Q6ZGVtby10b2tlbg=="}}, "", "TM-AUTH-EMAIL"},
		{"unknown e-mail and token", http.Header{"Authorization": {"Basic eEB5Lno6d3Jvbmc="}}, "", "TM-AUTH-EMAIL"},
		{"the e-mail twice", http.Header{"Authorization": {"Basic YWRtaW5AdGljYWdhLnRlc3Q6YWRtaW5AdGljYWdhLnRlc3Q="}}, "", "TM-AUTH-EMAIL-TWICE"},
	} {
		t.Run(c.name, func(t *testing.T) {
			seen := inspectCredentials(t, c.schemes, c.header)
			access, want := inspect.Granted, []string{}
			if c.code != "" {
				access, want = inspect.Denied, []string{c.code}
			}
			if seen.Access != access {
				t.Errorf("got access %d, want %d", seen.Access, access)
			}
			if diff := cmp.Diff(want, codesOf(seen)); diff != "" {
				t.Errorf("violations differ (-want +got):\n%s", diff)
			}
		})
	}
}

// TestSuggestedSchemes: no advice suggests a scheme that is not accepted.
func TestSuggestedSchemes(t *testing.T) {
	others := map[string][]string{"basic": {"Bearer", "X-API-Token"}, "bearer": {"Basic", "X-API-Token"}, "header": {"Bearer", "Basic"}}
	for schemes, refused := range others {
		for _, authorization := range []string{"", "demo-token", "Beaer demo-token", "Basic demo-token"} {
			t.Run(schemes+", sent "+authorization, func(t *testing.T) {
				h := http.Header{}
				if authorization != "" {
					h.Set("Authorization", authorization)
				}
				seen := inspectCredentials(t, schemes, h)
				if len(seen.Violations) == 0 {
					t.Fatal("got no violations, want one")
				}
				for _, v := range seen.Violations {
					for _, scheme := range refused {
						if strings.Contains(v.Fix, scheme) {
							t.Errorf("got fix %q, want one without %q", v.Fix, scheme)
						}
					}
				}
			})
		}
	}
}

// TestClientsThatWaitForAChallenge: a client that sends credentials only when a 401 asks for them is told
// how to send them unasked.
func TestClientsThatWaitForAChallenge(t *testing.T) {
	const php, other = true, false
	for _, c := range []struct {
		agent        string
		php          bool // whether the advice is for PHP
		message, fix string
	}{
		{"Wget/1.21.3", other, "wget --user waits for", "add --auth-no-challenge; or send them with every request, even the first"},
		{"Wget/2.1.0", other, "wget --user waits for", "add --auth-no-challenge"},
		{"curl/8.5.0", other, "the request has no credentials, and every request needs them", "send it with every request: Authorization: Bearer TOKEN; or drop --anyauth"},
		{"libcurl/7.88.1", other, "the request has no credentials, and every request needs them", "send it with every request: Authorization: Bearer TOKEN; or drop --anyauth"},
		{"Java/17.0.2", other, "Java's Authenticator", "send them with every request, even the first: Authorization: Bearer TOKEN"},
		{"Java-http-client/21", other, "Java's Authenticator", "send them with every request, even the first"},
		{"Apache-HttpClient/4.5.14 (Java/17.0.2)", other, "a CredentialsProvider", "put a BasicScheme into the AuthCache"},
		{"Python-urllib/3.12", other, "an HTTPBasicAuthHandler", "use HTTPPasswordMgrWithPriorAuth"},
		{"libwww-perl/6.67", other, "LWP's credentials", "send them with every request, even the first"},
		{"Mozilla/5.0 (Windows NT 10.0) WindowsPowerShell/5.1", other, "-Credential", "send them with every request, even the first"},
		{"python-requests/2.32", other, "the request has no credentials, and every request needs them", "send it with every request"},
		{"", php, "the request has no credentials, and every request needs them", "pass the header array to curl"},
	} {
		t.Run("User-Agent "+c.agent, func(t *testing.T) {
			seen := inspectCredentials(t, "", http.Header{"User-Agent": {c.agent}})
			if diff := cmp.Diff([]string{"TM-AUTH-MISSING"}, codesOf(seen)); diff != "" {
				t.Fatalf("violations differ (-want +got):\n%s", diff)
			}
			message, fix := inspect.Speak(seen.Violations[0].Message, c.php), inspect.Speak(seen.Violations[0].Fix, c.php)
			if !strings.Contains(message, c.message) {
				t.Errorf("got message %q, want one with %q", message, c.message)
			}
			if !strings.HasPrefix(fix, c.fix) {
				t.Errorf("got fix %q, want one that begins with %q", fix, c.fix)
			}
			if got, want := strings.Contains(message+fix, "wait"), c.agent != "python-requests/2.32"; got != want {
				t.Errorf("got advice about waiting %t, want %t: %s; %s", got, want, message, fix)
			}
		})
	}
	t.Run("Bearer alone", func(t *testing.T) {
		fix := inspectCredentials(t, "bearer", http.Header{"User-Agent": {"Wget/1.21.3"}}).Violations[0].Fix
		if strings.Contains(fix, "challenge") {
			t.Errorf(`got fix %q, want one without "challenge"`, fix)
		}
	})
}
