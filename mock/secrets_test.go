package mock_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// secretRequests plant a canary in every place where a secret travels, and in some where none
// should. canary is the administrator's token.
func secretRequests(canary string) []request {
	bearer := "Bearer " + canary
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte(mock.DefaultEmail+":"+canary))
	coded := url.QueryEscape(canary)
	everyByte := ""
	for _, c := range []byte(canary) {
		everyByte += "%" + string("0123456789ABCDEF"[c>>4]) + string("0123456789ABCDEF"[c&15])
	}
	escaped := strings.ReplaceAll(canary, "a", `\u0061`)
	get := func(path string) request { return request{method: "GET", path: path, auth: bearer} }
	header := func(name, value string) request {
		return request{method: "GET", path: "/api/customers/get/0", auth: "-", header: http.Header{http.CanonicalHeaderKey(name): {value}}}
	}
	form := func(path, body string) request {
		return request{method: "POST", path: path, auth: bearer, contentType: asForm, body: body}
	}
	json := func(path, body string) request {
		return request{method: "POST", path: path, auth: bearer, contentType: asJSON, body: body}
	}
	all := []request{
		get("/api/customers/get/0"), get("/api/customers/get/" + coded), get("/api/customers/get/" + everyByte), get("/api/" + coded),
		get("/api/customers/get/0?api_token=" + coded), get("/api/customers/get/0?debug=" + everyByte), get("/api/customers/get/0?x=%zz&p%61ssword=" + coded),
		get("/api/customers/get/0?auth=" + coded + "&key=" + coded), get("/api/customers/get/0?" + coded + "=1"), get("/w/" + coded + "/api/customers/get/0"),
		{method: "GET", path: "/api/customers/get/0", auth: canary}, {method: "GET", path: "/api/customers/get/0", auth: canary + " x"},
		{method: "GET", path: "/api/customers/get/0", auth: bearer + "@" + canary}, {method: "GET", path: "/api/customers/get/0", auth: bearer + "x"},
		{method: "GET", path: "/api/customers/get/0", auth: basic}, {method: "GET", path: "/api/customers/get/0", auth: strings.Replace(basic, "Basic", "Bearer", 1)},
		{method: "GET", path: "/api/customers/get/0", auth: "-", header: http.Header{"X-Admin-Email": {mock.DefaultEmail}, "X-Api-Token": {canary}, "Cookie": {canary}}},
		header("Referer", "http://x/?t="+canary), header("X-Anything", everyByte), header("X-Ticaga", "bearer "+canary), header("X-Pair", strings.TrimPrefix(basic, "Basic ")),
		form("/api/login", "email=joedoe%40example.com&password="+coded), form("/api/register", "email=x&password="+coded), form("/api/customer", "email=x&password="+coded),
		form("/api/customers/assign", "ticaga_id="+coded+"&"+coded+"=1"), form("/api/register", "name="+coded+"&email=x@y.example&password=x"),
		form("/api/tickets/info", "ticket_id=1&data=%7B%22password%22:%22"+coded+"%22%7D"), form("/api/customers/assign", "ticaga_id="+everyByte),
		json("/api/login", `{"email":"joedoe@example.com","password":["`+canary+`"]}`), json("/api/login", `{"email":"joedoe@example.com","p\u0061ssword":"`+escaped),
		json("/api/customers/assign", `{"billing_id":"`+escaped+`","ticaga_id":{"api":["`+canary+`"]}}`), json("/api/customers/assign", `{"`+canary+`":1}`),
		json("/api/nope", `{"x":"`+strings.ReplaceAll(canary, "/", `\/`)+`"}`), header("X-Anything", strings.ReplaceAll(canary, "/", `\/`)),
		json("/api/customers/assign", `{"billing_system":"`+strings.TrimPrefix(basic, "Basic ")+`"}`),
		{method: "GET", path: "/api/customers/get/0", auth: bearer, contentType: asForm, body: "p%61ssword=" + coded},
	}
	for _, name := range []string{
		"Authentication", "Authorisation", "Auth", "Bearer", "X-Auth", "X-Auth-Token", "Php-Auth-Pw", "X-Session-Id", "Access-Key", "X-Api-Key", "Private-Key", "Set-Cookie", "Cookie",
	} {
		all = append(all, header(name, bearer), header(name, canary), header(name, basic))
	}
	// A secret that nobody knows, under names that say that it is one, in bodies that are read, that
	// are not, and that are taken for something else.
	for _, name := range []string{
		"password", "passwrod", "pasword", "passwort", "user_pass", "userPass", "login[pass]", "pw", "passphrase", "passcode", "access_key", "clientKey", "auth", "session", "jwt", "otp", "pin", "tokne",
	} {
		const hidden = "hidden-4711"
		object := `{"email":"x@y.example","` + name + `":"` + hidden + `"}`
		for _, path := range []string{"/api/login", "/api/logins", "/api/departments/public"} {
			all = append(all,
				form(path, "email=x@y.example&"+name+"="+hidden), json(path, object), json(path, object[:len(object)-1]), form(path, object), json(path, "a=1&"+name+"="+hidden),
				json(path, `{"data":`+strconv.Quote(object)+`}`), form(path, "data="+url.QueryEscape(object)),
				request{method: "PUT", path: path, auth: bearer, contentType: asJSON, body: object},
				request{method: "GET", path: path, auth: bearer, contentType: asForm, body: name + "=" + hidden},
				request{method: "POST", path: path, auth: bearer, contentType: "application/xml", body: "<" + name + ">" + hidden + "</" + name + ">"},
				request{method: "POST", path: path, auth: bearer, contentType: "multipart/form-data; boundary=B", body: "--B\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + hidden + "\r\n--B--\r\n"},
				request{method: "GET", path: path + "?" + url.QueryEscape(name) + "=" + hidden, auth: bearer},
			)
		}
	}
	// Wrong credentials, in each of their places, and again in the query.
	wrong := "hidden-wrong-0815"
	for _, h := range []http.Header{
		{"X-Api-Token": {wrong}}, {"Authorization": {wrong}}, {"Authorization": {`Bearer "` + wrong + `"`}}, {"X-Admin-Email": {wrong}, "X-Api-Token": {mock.DefaultEmail}},
		{"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte(mock.DefaultEmail+":"+wrong))}}, {"Authorization": {"Bearer x", "Bearer " + wrong}},
	} {
		all = append(all, request{method: "GET", path: "/api/customers/get/0?debug=" + wrong, auth: "-", header: h})
	}
	return all
}

// TestSecretsAreRedacted: what was planted comes out nowhere: neither of the journal, nor to who
// observes, listens or verifies, nor in the list of worlds.
func TestSecretsAreRedacted(t *testing.T) {
	for _, canary := range []string{"C4nary-9f81-a", "7|C4nary9f81abcdefgh", "C4nary/9f81/abc"} { // the second as Sanctum makes them
		var mu sync.Mutex
		outputs := map[string]*bytes.Buffer{}
		add := func(name, text string) {
			mu.Lock()
			defer mu.Unlock()
			if outputs[name] == nil {
				outputs[name] = &bytes.Buffer{}
			}
			outputs[name].WriteString(text + "\n")
		}
		d := newDesk(t, func(o *mock.Options) {
			o.Token = canary
			o.Observe = func(x mock.Exchange) { add("the observer", mustJSON(t, x)) }
		})
		ctx, hangUp := context.WithCancel(t.Context())
		r, err := http.NewRequestWithContext(ctx, "GET", d.url+"/_mock/worlds/default/events", nil)
		if err != nil {
			t.Fatal(err)
		}
		stream, err := d.client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		sent := secretRequests(canary)
		for _, q := range sent {
			d.ask(t, q, "plain")
		}
		events := bufio.NewReader(stream.Body)
		for heard := 0; heard < len(d.Journal()); { // those that named another world are not in this one
			line, err := events.ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			add("the stream", line)
			if strings.HasPrefix(line, "data: ") {
				heard++
			}
		}
		hangUp()
		_ = stream.Body.Close()

		for _, path := range []string{"/_mock/journal", "/_mock/worlds", "/_mock/worlds/default/journal?violations=true"} {
			add(path, d.control(t, path))
		}
		for _, operation := range []string{"assignBillingId", "loginCustomer", "registerCustomer", "getTicketInfo", "getCustomer"} {
			got, err := d.client.Post(d.url+"/_mock/verify", asJSON, strings.NewReader(`{"operation":"`+operation+`","count":0,"nothing_else":true,"body":{"name":"y","email":"y","ticaga_id":"y","billing_id":"y","billing_system":"y","data":"y"},"query":{"debug":"y"},"headers":{"X-Anything":"y","Referer":"y"}}`))
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(got.Body)
			_ = got.Body.Close()
			add("verify", string(body))
		}
		// What was sent in one encoding must not come out in another.
		coded := url.QueryEscape(canary)
		for name, output := range outputs {
			t.Run(name, func(t *testing.T) {
				for _, secret := range []string{canary, coded, base64.RawStdEncoding.EncodeToString([]byte(mock.DefaultEmail + ":" + canary)), "hidden-", strings.ToLower(canary)} {
					if at := strings.Index(output.String(), secret); at >= 0 {
						t.Errorf("got a secret, want it redacted: ...%s", output.String()[max(0, at-300):at+len(secret)])
					}
				}
			})
		}
		if !strings.Contains(outputs["/_mock/journal"].String(), "Bearer [redacted]") {
			t.Error(`journal: got no "Bearer [redacted]", want it: the scheme stays`)
		}
		if len(outputs) != 6 {
			t.Errorf("%d outputs were looked at, want 6", len(outputs))
		}
	}
}

// TestPasswordFieldsAreRedacted: what is sent for a department's field of the type password comes out
// nowhere, whatever the field is called and however the request is wrong.
func TestPasswordFieldsAreRedacted(t *testing.T) {
	var outputs bytes.Buffer
	d := newDesk(t, func(o *mock.Options) {
		o.Observe = func(x mock.Exchange) { outputs.WriteString(mustJSON(t, x) + "\n") }
	})
	state := d.control(t, "/_mock/worlds/default/state")
	put, err := http.NewRequestWithContext(t.Context(), "PUT", d.url+"/_mock/worlds/default/state", strings.NewReader(strings.ReplaceAll(state, `"auth_code"`, `"epp"`)))
	if err != nil {
		t.Fatal(err)
	}
	put.Header.Set("Content-Type", asJSON)
	response, err := d.client.Do(put)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusOK && response.StatusCode != http.StatusNoContent {
		t.Fatalf("status %s, want 200 or 204", response.Status)
	}
	const fields = `"subject":"s","message":"m","priority":"low","public_name":"n","public_email":"a@b.example"`
	for _, department := range []string{"6", "1", "999"} { // which has the field, which has none, nowhere
		for _, custom := range []string{
			`{"domain":"a.example","epp":"hidden-1"}`, `{"epp":["hidden-1"]}`, `{"epp":{"a":"hidden-1"}}`, `[{"slug":"epp","value":"hidden-1"}]`, `[{"epp":"hidden-1"}]`,
			`{"password":"hidden-1"}`, `{"0":{"name":"epp","value":"hidden-1"}}`, `"{\"auth_code\":\"hidden-1\"}"`,
		} {
			d.ask(t, request{method: "POST", path: "/api/tickets/create", contentType: asJSON, body: `{` + fields + `,"department_id":` + department + `,"custom_fields":` + custom + `}`}, "plain")
		}
		form := "subject=s&message=m&priority=low&public_name=n&public_email=a%40b.example&department_id=" + department
		for _, name := range []string{"custom_fields[epp]", "custom_fields%5Bepp%5D", "custom_fields[epp][]", "epp"} {
			d.ask(t, request{method: "POST", path: "/api/tickets/create", contentType: asForm, body: form + "&custom_fields[domain]=a.example&" + name + "=hidden-1"}, "plain")
			d.ask(t, request{method: "GET", path: "/api/departments/public?" + url.PathEscape(name) + "=hidden-1"}, "plain")
		}
	}
	outputs.WriteString(d.control(t, "/_mock/journal"))
	if at := strings.Index(outputs.String(), "hidden-1"); at >= 0 {
		t.Errorf("got a secret, want it redacted: ...%s", outputs.String()[max(0, at-600):at+20])
	}
	if !strings.Contains(outputs.String(), "createTicket") {
		t.Error("got no createTicket in the journal, want it")
	}
}

// TestAJournalDoesNotDependOnWhatCameBefore: it shows the same bytes alike, whatever other operations made of them.
func TestAJournalDoesNotDependOnWhatCameBefore(t *testing.T) {
	for _, body := range []string{
		`{"email":"jane@example.com","password":""}`, `{"email":"jane@example.com","password":null}`, `{"email":" ","customer_id":1}`, `{"subject":" a "}`,
	} {
		t.Run(body, func(t *testing.T) {
			d := newDesk(t)
			shown := map[string]string{}
			for range 2 {
				for _, path := range []string{"GET /api/departments/public", "POST /api/login", "POST /api/nowhere", "POST /api/tickets/create", "POST /api/register"} {
					method, target, _ := strings.Cut(path, " ")
					for _, x := range d.during(func() { d.ask(t, request{method: method, path: target, contentType: asJSON, body: body}) }) {
						if before, again := shown[path]; again && before != x.Request.Body {
							t.Errorf("%s: got %s in the journal, want %s as before", path, x.Request.Body, before)
						}
						shown[path] = x.Request.Body
					}
				}
			}
			if len(shown) != 5 {
				t.Errorf("got %d bodies, want 5", len(shown))
			}
		})
	}
}
