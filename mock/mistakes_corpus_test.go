package mock_test

import (
	"compress/gzip"
	"encoding/base64"
	"net/http"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// mistake is a request with something wrong, as people and published plugins send them.
type mistake struct {
	name    string
	request request
	codes   []string // of all violations, in the order of the report
	fix     string   // what the first fix begins with
}

// zipped returns a string as gzencode() of PHP compresses it.
func zipped(text string) string {
	var b strings.Builder
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return b.String()
}

// mistakes returns the corpus. Its requests send this token and this password wherever they send one.
func mistakes(token, password string) []mistake {
	const (
		email    = mock.DefaultEmail
		good     = "ticaga_id=8&billing_id=42&billing_system=blesta"
		goodJSON = `{"ticaga_id":8,"billing_id":42,"billing_system":"blesta"}`
		customer = "/api/customers/get/8"
		ticket   = "/api/tickets/create"
	)
	code := func(codes ...string) []string { return codes }
	encode := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	bearer := "Bearer " + token
	post := func(path, contentType, body string) request {
		return request{method: "POST", path: path, auth: bearer, contentType: contentType, body: body}
	}
	form := func(path, body string) request { return post(path, asForm, body) }
	json := func(path, body string) request { return post(path, asJSON, body) }
	custom := func(values string) request {
		return json(ticket, `{"customer_id":1,"subject":"S","message":"M","priority":"low","department_slug":"domains","custom_fields":`+values+`}`)
	}
	get := func(path string) request { return request{method: "GET", path: path, auth: bearer} }
	auth := func(value string) request { return request{method: "GET", path: customer, auth: value} }
	headers := func(lines ...string) request {
		h := http.Header{}
		for i := 0; i < len(lines); i += 2 {
			h.Set(lines[i], lines[i+1])
		}
		return request{method: "GET", path: customer, auth: "-", header: h}
	}
	without := func(q request) request { q.auth = "-"; return q }
	method := func(name string, q request) request { q.method = name; return q }
	// raw has a place for a User-Agent behind X-Of.
	raw := func(start, rest string) request {
		return request{raw: start + "\r\nX-Of: me\r\nAuthorization: " + bearer + "\r\n" + rest}
	}
	const host, asks, end = "Host: localhost\r\n", "Accept: application/json\r\n", "\r\n"
	parts := func(body string) string { return strings.ReplaceAll(body, "\n", "\r\n") }

	return []mistake{
		// Rights.
		{"a token without staff rights", auth("Bearer no-rights-token"), code("TM-AUTH-RIGHTS"), "create the token as an administrator"},
		{"credentials without staff rights", auth("Basic " + encode("former.agent@ticaga.test:no-rights-token")), code("TM-AUTH-RIGHTS"), "create the token as an administrator"},
		{"headers without staff rights", headers("X-Admin-Email", "former.agent@ticaga.test", "X-API-Token", "no-rights-token"), code("TM-AUTH-RIGHTS"), "create the token as an administrator"},
		{"a token without staff rights, and another address", auth("Basic " + encode(email+":no-rights-token")), code("TM-AUTH-EMAIL"), "use the e-mail address"},
		{"a token without staff rights, and no fields", request{method: "POST", path: "/api/tickets/info", auth: "Bearer no-rights-token", contentType: asJSON, body: "{}"}, code("TM-AUTH-RIGHTS", "TM-BODY-REQUIRED"), "create the token"},
		{"a token without staff rights, and no such path", request{method: "GET", path: "/api/nothing", auth: "Bearer no-rights-token"}, code("TM-PATH-UNKNOWN", "TM-AUTH-RIGHTS"), ""},

		// The base URL, and where the path begins.
		{"base URL ends in a slash", form("//api/customers/assign", good), code("TM-PATH-DOUBLE-SLASH"), "remove the slash at the end of the base URL in the settings"},
		{"base URL ends in /api", form("/api/api/customers/assign", good), code("TM-PATH-UNKNOWN"), `remove "/api" from the end of the base URL in the settings`},
		{"base URL ends in /api/", form("/api//api/customers/assign", good), code("TM-PATH-DOUBLE-SLASH", "TM-PATH-UNKNOWN"), "remove the slash at the end of the base URL in the settings"},
		{"base URL ends in Laravel's folder", form("/public/api/customers/assign", good), code("TM-PATH-UNKNOWN"), `remove "/public" from the end of the base URL in the settings`},
		{"base URL ends in index.php", form("/index.php/api/customers/assign", good), code("TM-PATH-UNKNOWN"), `remove "/index.php" from the end of the base URL in the settings`},
		{"no /api", form("/customers/assign", good), code("TM-PATH-UNKNOWN"), "add /api before the path"},
		{"a version", form("/api/v2/customers/assign", good), code("TM-PATH-UNKNOWN"), `remove "v2": the path has no`},
		{"singular", form("/api/customer/assign", good), code("TM-PATH-UNKNOWN"), "did you mean POST /api/customers/assign (assignBillingId)?"},
		{"a file's ending", form("/api/customers/assign.php", good), code("TM-PATH-UNKNOWN"), `remove ".php": the path does not name a`},
		{"two words joined", form("/api/customers-assign", good), code("TM-PATH-UNKNOWN"), `add a slash between "customers" and "assign"`},
		{"an empty id in a path of 2024", get("/api/tickets/user/"), code("TM-DEPRECATED", "TM-PATH-PARAM"), "call GET /api/tickets/get/all/{customer_id}"},
		{"an empty id behind a noun of 2024", get("/api/clients/"), code("TM-PATH-UNKNOWN", "TM-DEPRECATED"), "add a value for {id} at the end of the path"},
		{"an empty id behind another method's path", get("/api/responses/get/"), code("TM-METHOD"), "add a value for {ticket_number} at the end of the path"},
		{"two words without a slash", form("/api/customersassign", good), code("TM-PATH-UNKNOWN"), "add a slash between \"customers\" and \"assign\""},
		{"a value without a name in the query", get("/api/customers/get/8?=1"), code("TM-QUERY-UNKNOWN"), "check that the variable for the name is not empty"},
		{"a bracket for a name in the query", get("/api/customers/get/8?[x]=1"), code("TM-QUERY-UNKNOWN"), "check that the variable for the name is not empty"},
		{"another empty id in a path of 2024", get("/api/departments/byid/"), code("TM-PATH-UNKNOWN", "TM-DEPRECATED"), "add a value for {id} at the end of the path"},
		{"an empty id behind a word with underscores", get("/api/departments/get_by_id/"), code("TM-PATH-UNKNOWN"), "add a value for {id} at the end of the path"},
		{"a number for a priority", json(ticket, `{"subject":"s","message":"m","priority":2,"department_slug":"sales","customer_id":1}`), code("TM-BODY-ENUM"), `send the string, such as "low"`},
		{"a boolean for a billing system", json("/api/customers/assign", `{"ticaga_id":8,"billing_id":42,"billing_system":true}`), code("TM-BODY-ENUM"), `send the string, such as "blesta"`},
		{"the opposite of a status", get("/api/tickets/countbystatus/not_closed"), code("TM-DEPRECATED", "TM-PATH-PARAM"), ""},
		{"two letters swapped", form("/api/customers/asisgn", good), code("TM-PATH-UNKNOWN"), "did you mean POST /api/customers/assign"},
		{"capitals", form("/API/Customers/Assign", good), code("TM-PATH-UNKNOWN"), "write the path in lowercase: paths are case-sensitive"},
		{"a word twice", form("/api/customers/customers/assign", good), code("TM-PATH-UNKNOWN"), `remove one "customers"`},
		{"REST by heart", get("/api/customers/8"), code("TM-PATH-UNKNOWN"), "did you mean GET /api/customers/get/{id} (getCustomer)?"},
		{"an empty variable at the end", get("/api/customers/get/"), code("TM-PATH-UNKNOWN"), "add a value for {id} at the end of the path"},
		{"no value at the end", get("/api/customers/get"), code("TM-PATH-UNKNOWN"), "add a value for {id} at the end of the path"},
		{"the id in the path of a POST", form("/api/customers/assign/8", "billing_id=42&billing_system=blesta"), code("TM-PATH-UNKNOWN", "TM-BODY-REQUIRED"), `remove "/8": the values belong in the`},
		{"white space at the end", get("/api/departments/public%0A"), code("TM-PATH-UNKNOWN"), "trim the path"},
		{"a slash at the end", form("/api/customers/assign/", good), code("TM-PATH-TRAILING-SLASH"), "remove the slash: a web server in front of Ticaga may"},
		{"nothing like it", get("/wp-login.php"), code("TM-PATH-UNKNOWN"), "run ticaga-mock routes to list the paths"},
		{"an empty variable in the middle", get("/api/tickets/get//7"), code("TM-PATH-DOUBLE-SLASH", "TM-PATH-UNKNOWN"), "check that the variable between the two slashes is not empty"},
		{"the operationId", form("/api/customers/assignBillingId", good), code("TM-PATH-UNKNOWN"), "did you mean POST /api/customers/assign (assignBillingId)?"},
		{"a word left out", form("/api/assign", good), code("TM-PATH-UNKNOWN"), "did you mean POST /api/customers/assign (assignBillingId)?"},
		{"tickets/open without a department", form("/api/tickets/open", "subject=S"), code("TM-METHOD"), "did you mean POST /api/tickets/create (createTicket)?"},
		{"tickets/new", form("/api/tickets/new", "subject=S"), code("TM-METHOD"), "did you mean POST /api/tickets/create (createTicket)?"},
		{"tickets/add", form("/api/tickets/add", "subject=S"), code("TM-METHOD"), "did you mean POST /api/tickets/create (createTicket)?"},
		{"tickets/reply", form("/api/tickets/reply", "content=hi"), code("TM-METHOD"), "did you mean POST /api/responses/create (createResponse)?"},
		{"GET, singular", get("/api/ticket/info"), code("TM-PATH-UNKNOWN"), "did you mean POST /api/tickets/info (getTicketInfo)?"},
		{"a resource's path, for a list", form("/api/customers", "email=a%40example.com"), code("TM-PATH-UNKNOWN"), "did you mean POST /api/customers/create (createCustomer)?"},
		{"another word for customers", get("/api/clients/get/8"), code("TM-PATH-UNKNOWN"), "did you mean GET /api/customers/get/{id} (getCustomer)?"},

		// Where it comes from.
		{"a name that the mock does not know", request{method: "GET", path: customer, auth: bearer, header: http.Header{"Host": {"helpdesk.example"}}}, code("TM-HEADER-HOST"), "start the mock with --host-name"},
		{"a world from a page of another site", request{method: "GET", path: "/w/page" + customer, auth: bearer, header: http.Header{"Sec-Fetch-Site": {"cross-site"}}}, code("TM-WORLD-CROSS-SITE"), "create the world first"},

		// The method.
		{"the fields were not handed over", get("/api/customers/assign"), code("TM-METHOD"), "send a POST request"},
		{"a method in lowercase", method("post", form("/api/customers/assign", good)), code("TM-METHOD"), "send POST in uppercase"},
		{"PUT", method("PUT", json("/api/customers/assign", goodJSON)), code("TM-METHOD"), "send a POST request"},
		{"POST to read", form(customer, "id=8"), code("TM-METHOD"), "send a GET request without CURLOPT_POST and CURLOPT_POSTFIELDS"},
		{"a typo that fits a parameter", form("/api/tickets/craete", "customer_id=1&subject=S&message=M&priority=low&department_slug=sales"), code("TM-METHOD"), "did you mean POST /api/tickets/create (createTicket)?"},
		{"PUT with the fields", method("PUT", form("/api/customers/assign", good)), code("TM-METHOD"), "send a POST request"},
		{"PATCH", method("PATCH", json("/api/customers/assign", goodJSON)), code("TM-METHOD"), "send a POST request"},
		{"DELETE", method("DELETE", get(customer)), code("TM-METHOD"), "send a GET request"},
		{"a POST without fields", get("/api/connection"), code("TM-METHOD"), "send a POST request with CURLOPT_POST => true and CURLOPT_POSTFIELDS => ''"},

		// The value in the path, and the query.
		{"a slug for an id: Blesta since 2.0", get("/api/departments/get_by_id/sales"), code("TM-PATH-PARAM"), "send id as expected"},
		{"an e-mail for an id", get("/api/customers/get/joe%40example.com"), code("TM-PATH-PARAM"), "send an id, not an e-mail address"},
		{"the documentation's placeholder", get("/api/customers/get/%7Bid%7D"), code("TM-PATH-PARAM"), `send the value instead of "{id}"`},
		{"a variable in single quotes", get("/api/customers/get/$id"), code("TM-PATH-PARAM"), "send the value of the variable"},
		{"an array in a path", get("/api/customers/get/Array"), code("TM-PATH-PARAM"), `send one value: PHP turned an array into the string`},
		{"JavaScript's undefined", get("/api/customers/get/undefined"), code("TM-PATH-PARAM"), "check that the variable is set"},
		{"the ticket's code", get("/api/responses/get/QKZM/40718"), code("TM-PATH-UNKNOWN"), "send the ticket's id"},
		{"the ticket's code, encoded", get("/api/tickets/get/1/QKZM%2F40718"), code("TM-PATH-UNKNOWN"), "send the ticket's id"},
		{"the ticket's code: Blesta of 2024", get("/api/tickets/QKZM/40718"), code("TM-PATH-UNKNOWN", "TM-DEPRECATED"), "send the ticket's id"},
		{"fields in the query", request{method: "POST", path: "/api/tickets/info?ticket_id=1", auth: bearer}, code("TM-QUERY-UNKNOWN", "TM-BODY-EMPTY"), "send it in the body"},
		{"the token in the query", without(get(customer + "?api_token=" + token)), code("TM-AUTH-MISSING", "TM-QUERY-UNKNOWN"), "pass the header array to curl"},
		{"a format", get(customer + "?format=json"), code("TM-QUERY-UNKNOWN"), "leave it out"},
		{"the calls of 2024", get("/api/clients/8"), code("TM-DEPRECATED"), "call GET /api/customers/get/{id} (getCustomer)"},
		{"a call of 2024 without a successor", get("/api/tickets/userinfo/1"), code("TM-DEPRECATED"), "run ticaga-mock routes to see what newer plugins call"},
		{"an e-mail that is encoded twice", get("/api/tickets/userinfobyemail/joedoe%2540example.com"), code("TM-DEPRECATED", "TM-PATH-PARAM"), "run ticaga-mock routes to see what newer plugins call"},
		{"auth in the query", get(customer + "?auth=" + token), code("TM-QUERY-UNKNOWN"), "send the credentials in the Authorization header"},

		// Credentials.
		{"the header array is not handed to curl: Blesta 2.0", without(form("/api/customers/assign", "ticaga_id=8&billing_id=42&billing_system=Blesta")),
			code("TM-AUTH-MISSING", "TM-BODY-SPELLING"), "pass the header array to curl"},
		{"the header array has no Authorization", without(json("/api/customers/assign", goodJSON)), code("TM-AUTH-MISSING"), "add it to the header array, which reaches curl"},
		{"a list where the client wants a map", headers("0", "Authorization: Bearer "+token), code("TM-AUTH-MISSING"), "send the header under its own name"},
		{"Authentication", headers("Authentication", bearer), code("TM-AUTH-MISSING"), "rename the header Authentication to Authorization"},
		{"X-API-Key", headers("X-API-Key", token), code("TM-AUTH-MISSING"), "rename the header X-Api-Key to Authorization"},
		{"an empty Authorization", headers("Authorization", ""), code("TM-AUTH-MISSING"), "check that the setting with the token is filled in"},
		{"X-API-Token alone", headers("X-API-Token", token), code("TM-AUTH-MISSING"), "send the e-mail address too"},
		{"X-Admin-Email alone", headers("X-Admin-Email", email), code("TM-AUTH-MISSING"), "send the token too"},
		{"an early Clientexec plugin", headers("X-Admin-Email", email, "X-API-Token", token), code("TM-AUTH-HEADER"), "send an Authorization header"},
		{"another administrator's e-mail beside the token: the newest Clientexec plugin", headers("Authorization", bearer, "X-Admin-Email", "agent@ticaga.test"), code("TM-AUTH-CONFLICT"), "send the e-mail address and the token of the same user"},
		{"nobody's e-mail beside Basic", headers("Authorization", "Basic "+encode(email+":"+token), "X-Admin-Email", "nobody@example.com"), code("TM-AUTH-CONFLICT"), "send the e-mail address and the token of the same user"},
		{"a quoted e-mail beside the token", headers("Authorization", bearer, "X-Admin-Email", `"`+email+`"`), code("TM-AUTH-CONFLICT"), "trim the setting"},
		{"two tokens", headers("Authorization", bearer, "X-Admin-Email", strings.ToUpper(email), "X-API-Token", "another"), code("TM-AUTH-CONFLICT"), "send the e-mail address and the token of the same user"},
		{"the password is the e-mail: Blesta 2.0", auth("Basic " + encode(email+":"+email)), code("TM-AUTH-EMAIL-TWICE"), "send the API token as the second value"},
		{"swapped", auth("Basic " + encode(token+":"+email)), code("TM-AUTH-SWAPPED"), `swap them: $email . ":" . $token`},
		{"Bearer with a Basic value", auth("Bearer " + encode(email+":"+token)), code("TM-AUTH-FORM"), "write Basic instead of Bearer"},
		{"Bearer with the pair", auth("Bearer " + email + ":" + token), code("TM-AUTH-FORM"), "send the token alone"},
		{"Basic with a bare token", auth("Basic " + token), code("TM-AUTH-FORM"), "write Bearer instead of Basic"},
		{"Basic without base64", auth("Basic " + email + ":" + token), code("TM-AUTH-FORM"), "send base64_encode("},
		{"Basic of the token alone", auth("Basic " + encode(token)), code("TM-AUTH-FORM"), "encode both, separated by a colon: base64_encode($email ."},
		{"Basic with an empty token", auth("Basic " + encode(email+":")), code("TM-AUTH-FORM"), "check that the setting with the token is filled in"},
		{"Basic with an empty e-mail", auth("Basic " + encode(":"+token)), code("TM-AUTH-FORM"), "check that the setting with the e-mail address is filled in"},
		{"Bearer twice", auth("Bearer Bearer " + token), code("TM-AUTH-FORM"), "send the scheme once"},
		{"Bearer with nothing", auth("Bearer "), code("TM-AUTH-FORM"), "send the API token after Bearer"},
		{"no scheme", auth(token), code("TM-AUTH-SCHEME"), "add Bearer and a space before the token"},
		{"no scheme, a Basic value", auth(encode(email + ":" + token)), code("TM-AUTH-SCHEME"), "add Basic and a space before the value"},
		{"a colon behind Bearer", auth("Bearer: " + token), code("TM-AUTH-SCHEME"), "remove the colon after Bearer"},
		{"no space behind Bearer", auth("Bearer" + token), code("TM-AUTH-SCHEME"), "add a space after Bearer"},
		{"the header's name twice", auth("Authorization: Bearer " + token), code("TM-AUTH-SCHEME"), "remove the header's name from the value"},
		{"everything in quotation marks", auth(`"Bearer ` + token + `"`), code("TM-AUTH-SCHEME"), "remove the quotes around the value"},
		{"another API's scheme", auth("Token " + token), code("TM-AUTH-SCHEME"), "use Bearer instead"},
		{"a token in quotation marks", auth(`Bearer "` + token + `"`), code("TM-AUTH-TOKEN"), "trim the setting: trim($token"},
		{"a line break behind the token", auth("Basic " + encode(email+":"+token+"\n")), code("TM-AUTH-TOKEN"), "trim the setting: trim($token"},
		{"white space around the e-mail", auth("Basic " + encode(email+" :"+token)), code("TM-AUTH-EMAIL"), "trim the setting: trim($email"},
		{"single quotes around a variable", auth("Bearer $token"), code("TM-AUTH-TOKEN"), "send the token itself"},
		{"the documentation's placeholder for a token", auth("Bearer YOUR_API_TOKEN"), code("TM-AUTH-TOKEN"), "send the token itself"},
		{"yesterday's token", auth("Bearer nobodys-token"), code("TM-AUTH-TOKEN"), "copy the token that the server printed"},
		{"another administrator's e-mail", auth("Basic " + encode("agent@ticaga.test:"+token)), code("TM-AUTH-EMAIL"), "use the e-mail address that the server printed"},
		{"a customer's credentials", auth("Basic " + encode("joedoe@example.com:"+password)), code("TM-AUTH-EMAIL"), "send the administrator's credentials from the plugin's settings"},
		{"Accept without Authorization: Blesta 2.1's headers minus one", headers("Accept", "application/json"), code("TM-AUTH-MISSING"), "add it to the header array, which reaches curl, as the Accept shows"},
		{"curl's own Accept", headers("Accept", "*/*"), code("TM-AUTH-MISSING"), "pass the header array to curl"},
		{"X-API-Key beside X-Admin-Email", headers("X-Admin-Email", email, "X-API-Key", token), code("TM-AUTH-MISSING"), "rename the header X-Api-Key to X-API-Token"},
		{"X-Authorization beside X-Admin-Email", headers("X-Admin-Email", email, "X-Authorization", bearer), code("TM-AUTH-MISSING"), "rename the header X-Authorization to Authorization"},
		{"Bearer twice, and nothing", auth("Bearer Bearer "), code("TM-AUTH-FORM"), "send the API token after Bearer"},
		{"Basic twice", auth("Basic Basic " + encode(email+":"+token)), code("TM-AUTH-FORM"), "send the scheme once"},
		{"Bearer behind Basic", auth("Basic Bearer " + token), code("TM-AUTH-FORM"), "send only the scheme Bearer"},
		{"Basic behind Bearer", auth("Bearer Basic " + encode(email+":"+token)), code("TM-AUTH-FORM"), "send only the scheme Basic"},
		{"Basic and a bare token behind Bearer", auth("Bearer Basic " + token), code("TM-AUTH-FORM"), "send only the scheme Bearer"},
		{"Basic without its padding", auth("Basic " + strings.TrimRight(encode(email+":"+token+"~"), "=")), code("TM-AUTH-FORM"), "send what base64_encode("},
		{"Basic in the alphabet for URLs", auth("Basic " + base64.URLEncoding.EncodeToString([]byte("ad?min@ticaga.test:"+token))), code("TM-AUTH-FORM"), "send what base64_encode("},
		{"swapped, and an unknown token", auth("Basic " + encode("nobodys-token:"+email)), code("TM-AUTH-SWAPPED"), `swap them: $email . ":" . $token`},
		{"curl -u with the token as the user", auth("Basic " + encode(token+":")), code("TM-AUTH-FORM"), "put the e-mail address before the colon"},
		{"a mistyped Bearer", auth("Beaer " + token), code("TM-AUTH-SCHEME"), "replace the first word with Bearer"},
		{"a mistyped Basic", auth("Bsic " + encode(email+":"+token)), code("TM-AUTH-SCHEME"), "replace the first word with Basic"},
		{"a colon between Bearer and the token", auth("Bearer:" + token), code("TM-AUTH-SCHEME"), "put a space instead of the character after Bearer"},
		{"no space behind Basic", auth("Basic" + encode(email+":"+token)), code("TM-AUTH-SCHEME"), "add a space after Basic"},
		{"OAuth's scheme", auth("OAuth " + token), code("TM-AUTH-SCHEME"), "use Bearer instead"},
		{"the pair without a scheme", auth(email + ":" + token), code("TM-AUTH-SCHEME"), "encode the pair, and add Basic before it: \"Basic \" ."},
		{"single quotes around Basic's variables", auth("Basic " + encode("$email:$token")), code("TM-AUTH-TOKEN"), `send the token itself`},
		{"single quotes around the e-mail's variable", auth("Basic " + encode("$email:"+token)), code("TM-AUTH-EMAIL"), "send the e-mail address itself"},
		{"a percent-encoded token", auth("Bearer 2%7Csanctum-demo-token"), code("TM-AUTH-TOKEN"), "send the token unchanged"},
		{"a token without its number", auth("Bearer sanctum-demo-token"), code("TM-AUTH-TOKEN"), "copy the whole token, including the number and the | at its beginning"},
		{"a token in uppercase", auth("Bearer " + strings.ToUpper(token)), code("TM-AUTH-TOKEN"), "send the token unchanged"},
		{"a token in base64", auth("Bearer " + encode(token)), code("TM-AUTH-TOKEN"), "send the token unchanged"},
		{"the e-mail as Bearer", auth("Bearer " + email), code("TM-AUTH-TOKEN"), "send the API token after Bearer"},
		{"Bearer in X-API-Token", headers("X-Admin-Email", email, "X-API-Token", bearer), code("TM-AUTH-FORM"), "send the token alone"},

		// How the body is written.
		{"a form under JSON's Content-Type", json("/api/customers/assign", good), code("TM-BODY-MISMATCH"), "encode the body with json_encode($fields)"},
		{"JSON cut short, as a form", form("/api/customers/assign", `{"ticaga_id":8,"billing_id":4`), code("TM-BODY-MISMATCH"), "send Content-Type: application/json"},
		{"JSON cut in a string, as a form", form("/api/tickets/info", `{"ticket_id":[1],"url":"/?a=b&c`), code("TM-BODY-MISMATCH"), "send Content-Type: application/json"},
		{"a JSON array cut short, as a form", form("/api/customers/assign", `[8,42,`), code("TM-BODY-MISMATCH"), "send Content-Type: application/json"},
		{"a bracket, as a form", form("/api/customers/assign", `{`), code("TM-BODY-MISMATCH"), "send Content-Type: application/json"},
		{"JSON that goes on after its end, as a form", form("/api/customers/assign", goodJSON+" 8"), code("TM-BODY-MISMATCH"), "send Content-Type: application/json"},
		{"JSON cut short, without a Content-Type", post("/api/customers/assign", "text/plain", `{"ticaga_id":8,"billing_id":4`), code("TM-HEADER-CONTENT-TYPE"), "send Content-Type: application/json"},
		{"JSON cut short, as multipart", post("/api/customers/assign", "multipart/form-data; boundary=B", `{"ticaga_id":8,"billing_id":4`), code("TM-BODY-MISMATCH"), "send Content-Type: application/json"},
		{"multipart cut short, as JSON", json("/api/tickets/info", parts("--B\nContent-Disposition: form-data; name=\"ticket_id\"\n\n1")), code("TM-BODY-MISMATCH"), "encode the body with json_encode($fields)"},
		{"multipart cut in a header, as a form", form("/api/tickets/info", parts("--B\nContent-Dispo")), code("TM-BODY-MISMATCH"), "encode the body with http_build_query($fields)"},
		{"brackets for a form's names", form("/api/tickets/info", `["ticket_id"]=1`), code("TM-BODY-REQUIRED"), ""},
		{"JSON under a form's Content-Type", form("/api/customers/assign", goodJSON), code("TM-BODY-MISMATCH"), "send Content-Type: application/json"},
		{"JSON without a Content-Type", post("/api/customers/assign", "", goodJSON), code("TM-HEADER-CONTENT-TYPE"), "send Content-Type: application/json"},
		{"text/plain", post("/api/customers/assign", "text/plain", goodJSON), code("TM-HEADER-CONTENT-TYPE"), "send Content-Type: application/json"},
		{"an array as CURLOPT_POSTFIELDS", post("/api/tickets/info", "multipart/form-data; boundary=B", parts("--B\nContent-Disposition: form-data; name=\"ticket_id\"\n\n1\n--B--\n")),
			code("TM-HEADER-MULTIPART"), "encode the body with http_build_query($fields)"},
		{"an array, and JSON's Content-Type", json("/api/tickets/info", parts("--B\nContent-Disposition: form-data; name=\"ticket_id\"\n\n1\n--B--\n")), code("TM-BODY-MISMATCH"), "encode the body with json_encode($fields)"},
		{"multipart without a boundary", post("/api/tickets/info", "multipart/form-data", parts("--B\nContent-Disposition: form-data; name=\"ticket_id\"\n\n1\n--B--\n")),
			code("TM-BODY-MULTIPART"), "drop the Content-Type header"},
		{"JSON encoded twice", json("/api/customers/assign", `"{\"ticaga_id\":8,\"billing_id\":42,\"billing_system\":\"blesta\"}"`), code("TM-BODY-NOT-OBJECT"), "call json_encode once"},
		{"a form encoded twice", form("/api/customers/assign", "ticaga_id%3D8%26billing_id%3D42%26billing_system%3Dblesta"),
			code("TM-BODY-REQUIRED", "TM-BODY-REQUIRED", "TM-BODY-REQUIRED"), "encode the form once"},
		{"&amp; between the fields", form("/api/customers/assign", "ticaga_id=8&amp;billing_id=42&amp;billing_system=blesta"),
			code("TM-BODY-REQUIRED", "TM-BODY-REQUIRED", "TM-BODY-UNKNOWN-FIELD", "TM-BODY-UNKNOWN-FIELD"), "join the fields with & and not with &amp;"},
		{"a byte order mark", json("/api/customers/assign", "\ufeff"+goodJSON), code("TM-BODY-JSON"), "save the file without a BOM"},
		{"a comma too many", json("/api/customers/assign", `{"ticaga_id":8,"billing_id":42,"billing_system":"blesta",}`), code("TM-BODY-JSON"), "remove the comma"},
		{"single quotes", json("/api/customers/assign", `{'ticaga_id':8}`), code("TM-BODY-JSON"), `put names and strings in "double quotes"`},
		{"json_encode failed", json("/api/customers/assign", ""), code("TM-BODY-EMPTY"), "pass the encoded fields to curl as CURLOPT_POSTFIELDS"},
		{"an empty PHP array", json("/api/customers/assign", "[]"), code("TM-BODY-NOT-OBJECT"), "send {}"},
		{"Windows-1252", form("/api/customers/create", "email=jose%40example.com&first_name=Jos%E9&last_name=Roe"), code("TM-BODY-UTF8"), "convert it before encoding: iconv("},
		{"JSON in a form's field", form("/api/customers/assign", "json="+goodJSON), code("TM-BODY-REQUIRED", "TM-BODY-REQUIRED", "TM-BODY-REQUIRED", "TM-BODY-UNKNOWN-FIELD"), `move the fields out of "json" to the top level of the body`},
		{"a wrapper", json("/api/customers/assign", `{"data":`+goodJSON+`}`), code("TM-BODY-REQUIRED", "TM-BODY-REQUIRED", "TM-BODY-REQUIRED", "TM-BODY-UNKNOWN-FIELD"), `move the fields out of "data" to the top level of the body`},
		{"gzip", json("/api/customers/assign", zipped(goodJSON)), code("TM-BODY-UTF8"), "send the body uncompressed, without gzencode()"},
		{"Brotli", request{method: "POST", path: "/api/customers/assign", auth: bearer, contentType: asJSON, header: http.Header{"Content-Encoding": {"br"}}, body: "\x0b\x02\x80{}\x03"},
			code("TM-BODY-UTF8"), "send the body uncompressed"},
		{"an empty PHP variable in JSON", json("/api/customers/assign", `{"ticaga_id":,"billing_id":42,"billing_system":"blesta"}`), code("TM-BODY-JSON"), "check that the variable is not empty"},
		{"no comma", json("/api/customers/assign", `{"ticaga_id":8 "billing_id":42,"billing_system":"blesta"}`), code("TM-BODY-JSON"), "put a comma before it"},
		{"a PHP warning before the JSON", json("/api/customers/assign", "<br />\n<b>Warning</b>: Undefined variable $id\n"+goodJSON), code("TM-BODY-JSON"), "fix the cause of PHP's warnings"},
		{"a PHP array as a string", form("/api/customers/assign", "Array"), code("TM-BODY-REQUIRED", "TM-BODY-REQUIRED", "TM-BODY-REQUIRED", "TM-BODY-UNKNOWN-FIELD"), "encode the body with http_build_query($fields)"},
		{"colons and commas", form("/api/customers/assign", "ticaga_id:8,billing_id:42"), code("TM-BODY-REQUIRED", "TM-BODY-REQUIRED", "TM-BODY-REQUIRED", "TM-BODY-UNKNOWN-FIELD"), "encode the body with http_build_query($fields)"},
		{"urlencoded JSON", form("/api/customers/assign", "%7B%22ticaga_id%22%3A8%7D"), code("TM-BODY-REQUIRED", "TM-BODY-REQUIRED", "TM-BODY-REQUIRED", "TM-BODY-UNKNOWN-FIELD"), "send JSON without urlencode()"},
		{"semicolons between the fields", form("/api/customers/assign", "ticaga_id=8;billing_id=42;billing_system=blesta"), code("TM-BODY-FORMAT", "TM-BODY-REQUIRED", "TM-BODY-REQUIRED"), "join the fields with & and not with a semicolon"},

		// Which fields.
		{"http_build_query dropped a null", form("/api/customers/assign", "ticaga_id=8&billing_system=blesta"), code("TM-BODY-REQUIRED"), `check that the variable for "billing_id" is not null`},
		{"the same in Blesta 2.0's form", form("/api/customers/assign", "ticaga_id=8&billing_system=Blesta"), code("TM-BODY-REQUIRED", "TM-BODY-SPELLING"), `check that the variable for "billing_id" is not null`},
		{"a null in JSON", json("/api/customers/assign", `{"ticaga_id":8,"billing_id":null,"billing_system":"blesta"}`), code("TM-BODY-REQUIRED"), `check that the variable for "billing_id" is set`},
		{"an empty string", form("/api/customers/assign", "ticaga_id=8&billing_id=&billing_system=blesta"), code("TM-BODY-REQUIRED"), `check that the variable for "billing_id" is not empty`},
		{"not sent, in JSON", json("/api/customers/assign", `{"ticaga_id":8,"billing_system":"blesta"}`), code("TM-BODY-REQUIRED"), "send billing_id: the customer's id in the billing system"},
		{"Blesta's word for a customer", form("/api/customers/assign", "client_id=8&billing_id=42&billing_system=blesta"), code("TM-BODY-REQUIRED", "TM-BODY-UNKNOWN-FIELD"), `rename "client_id" to "ticaga_id"`},
		{"user_id for ticaga_id", json("/api/customers/assign", `{"user_id":8,"billing_id":42,"billing_system":"blesta"}`), code("TM-BODY-REQUIRED", "TM-BODY-UNKNOWN-FIELD"), `rename "user_id" to "ticaga_id"`},
		{"customer_id for ticaga_id", json("/api/customers/assign", `{"customer_id":8,"billing_id":42,"billing_system":"blesta"}`), code("TM-BODY-REQUIRED", "TM-BODY-UNKNOWN-FIELD"), `rename "customer_id" to "ticaga_id"`},
		{"camel case", json("/api/customers/assign", `{"ticagaId":8,"billingId":42,"billingSystem":"blesta"}`),
			code("TM-BODY-REQUIRED", "TM-BODY-REQUIRED", "TM-BODY-REQUIRED", "TM-BODY-UNKNOWN-FIELD", "TM-BODY-UNKNOWN-FIELD", "TM-BODY-UNKNOWN-FIELD"), `rename "ticagaId" to "ticaga_id"`},
		{"a mistyped field", form("/api/customers/assign", "ticaga_id=8&billing_id=42&biling_system=blesta"), code("TM-BODY-REQUIRED", "TM-BODY-UNKNOWN-FIELD"), `rename "biling_system" to "billing_system"`},
		{"ticket_id for ticket_number", json("/api/responses/create", `{"user_id":1,"ticket_id":"1","content":"hi"}`), code("TM-BODY-REQUIRED", "TM-BODY-UNKNOWN-FIELD"), `rename "ticket_id" to "ticket_number"`},
		{"the words of 2024", form(ticket, "customer_id=1&subject=S&content=M&priority=low&department_slug=sales"), code("TM-BODY-REQUIRED", "TM-BODY-UNKNOWN-FIELD"), `rename "content" to "message"`},
		{"user_id for customer_id: Blesta 2.0", form(ticket, "organize=blesta&user_id=1&subject=S&priority=low&message=M&assigned=0&department_slug=sales&public_email=joe%40example.com"),
			code("TM-BODY-IGNORED-FIELD"), "send customer_id: user_id is ignored"},
		{"no password: an early Clientexec plugin", json("/api/register", `{"email":"new@example.com","name":"New","company":""}`), code("TM-BODY-REQUIRED"), "send password"},
		{"a mistyped password", json("/api/login", `{"email":"joedoe@example.com","pasword":"`+password+`"}`), code("TM-BODY-REQUIRED", "TM-BODY-UNKNOWN-FIELD"), `rename "pasword" to "password"`},
		{"three names of other systems", form("/api/customers/assign", "id=8&client_id=42&system=blesta"),
			code("TM-BODY-REQUIRED", "TM-BODY-REQUIRED", "TM-BODY-REQUIRED", "TM-BODY-UNKNOWN-FIELD", "TM-BODY-UNKNOWN-FIELD", "TM-BODY-UNKNOWN-FIELD"), `rename "id" to "ticaga_id"`},
		{"the ticket's code for its id", json("/api/tickets/info", `{"ticket_code":"QKZM/40718"}`), code("TM-BODY-REQUIRED", "TM-BODY-UNKNOWN-FIELD"), "send the ticket's id, not its code"},
		{"meta data", json("/api/customers/assign", `{"ticaga_id":8,"billing_id":42,"billing_system":"blesta","meta":{"a":1}}`), code("TM-BODY-UNKNOWN-FIELD"), "leave it out"},
		{"a name in two parts", json("/api/customers/link", `{"email":"joe@example.com","first_name":"Joe","last_name":"Doe","billing_id":1,"billing_system":"blesta"}`),
			code("TM-BODY-REQUIRED", "TM-BODY-UNKNOWN-FIELD", "TM-BODY-UNKNOWN-FIELD"), `send one field "name"`},
		{"credentials in the body", without(form("/api/tickets/info", "ticket_id=1&api_token="+token)), code("TM-AUTH-MISSING", "TM-BODY-UNKNOWN-FIELD"), "pass the header array to curl"},
		{"twice in a form", form("/api/customers/assign", "ticaga_id=1&"+good), code("TM-BODY-DUPLICATE"), "send the field once"},
		{"twice in JSON", json("/api/customers/assign", `{"ticaga_id":1,"ticaga_id":8,"billing_id":42,"billing_system":"blesta"}`), code("TM-BODY-DUPLICATE"), "send the name once"},

		// Which values.
		{"number_format", form("/api/customers/assign", "ticaga_id=8&billing_id=1,234&billing_system=blesta"), code("TM-BODY-FORMAT"), `send "1234", without thousands separators, as`},
		{"an invoice's prefix", form("/api/customers/assign", "ticaga_id=8&billing_id=INV-42&billing_system=blesta"), code("TM-BODY-FORMAT"), `send "42": an id has digits`},
		{"the created ticket's id as it was answered", json("/api/tickets/info", `{"ticket_id":{"id":1,"public_hash":"x","ticket_code":"QKZM/40718"}}`), code("TM-BODY-TYPE"), `send its "id", not the whole`},
		{"a list of one", form("/api/tickets/info", "ticket_id[]=1"), code("TM-BODY-TYPE"), "send the value itself, not an array"},
		{"false for an id", json("/api/customers/assign", `{"ticaga_id":false,"billing_id":42,"billing_system":"blesta"}`), code("TM-BODY-TYPE"), "send an id: false is the result of a failed lookup; check"},
		{"Blesta's own spelling: Blesta since 2.0", json("/api/customers/assign", `{"ticaga_id":"8","billing_id":42,"billing_system":"Blesta"}`), code("TM-BODY-SPELLING"), `prefer "blesta"`},
		{"all capitals", form("/api/customers/assign", "ticaga_id=8&billing_id=42&billing_system=BLESTA"), code("TM-BODY-ENUM"), `did you mean "blesta"?`},
		{"another billing system", form("/api/customers/assign", "ticaga_id=8&billing_id=42&billing_system=HostBill"), code("TM-BODY-ENUM"), "send one of the known values"},
		{"a priority of other desks", json(ticket, `{"customer_id":1,"subject":"S","message":"M","priority":"urgent","department_slug":"sales"}`), code("TM-BODY-ENUM"), `did you mean "emergency"?`},
		{"normal: an early Clientexec plugin", json(ticket, `{"customer_id":1,"subject":"S","message":"M","priority":"normal","department_id":1,"status":"open"}`), code("TM-BODY-SPELLING"), `prefer "medium"`},
		{"a name around the e-mail", json("/api/customers/link", `{"email":"Joe <joe@example.com>","name":"Joe","billing_id":1,"billing_system":"blesta"}`), code("TM-BODY-FORMAT"), "send the address alone"},
		{"six stars", json("/api/tickets/rate", `{"ticket_id":1,"rating":6,"customer_id":1}`), code("TM-BODY-RANGE"), "send rating as expected"},
		{"a list of addresses", json(ticket, `{"customer_id":1,"subject":"S","message":"M","priority":"low","department_slug":"sales","cc":["a@example.com"]}`), code("TM-BODY-TYPE"), "send a string: implode(',', $list)"},
		{"a password that is a list", json("/api/login", `{"email":"joedoe@example.com","password":["`+password+`"]}`), code("TM-BODY-TYPE"), "send password as expected"},
		{"custom fields as JSON in a string", json(ticket, `{"customer_id":1,"subject":"S","message":"M","priority":"low","department_slug":"sales","custom_fields":"{\"a\":\"b\"}"}`), code("TM-BODY-TYPE"), "send the object itself, not the string"},
		{"an array of one as JSON in a string", form("/api/tickets/info", "ticket_id=[1]"), code("TM-BODY-FORMAT"), "send the value itself, not an array"},
		{"an object as JSON in a string", form("/api/tickets/info", `ticket_id={"id":1}`), code("TM-BODY-FORMAT"), `send its "id", not the whole`},
		{"a name with a digit for an id", form("/api/customers/assign", "ticaga_id=joe3&billing_id=42&billing_system=blesta"), code("TM-BODY-FORMAT"), "send ticaga_id as expected"},
		{"six stars in a form", form("/api/tickets/rate", "ticket_id=1&rating=6&customer_id=1"), code("TM-BODY-RANGE"), "send rating as expected"},
		{"an id that went through a float", json("/api/tickets/info", `{"ticket_id":99999999999999999999999}`), code("TM-BODY-RANGE"), "send a valid id: this number is too large for"},
		{"an id below zero", form("/api/tickets/info", "ticket_id=-8"), code("TM-BODY-RANGE"), "send an id, which is never negative"},
		{"an id that is padded with zeros", form("/api/tickets/info", "ticket_id=0001"), code("TM-BODY-INTEGER"), `send "1"`},
		{"a billing id of nothing but zeros", json("/api/customers/assign", `{"ticaga_id":8,"billing_id":"00","billing_system":"blesta"}`), code("TM-BODY-INTEGER"), `send "0"`},
		{"an id beyond PHP's integers", json("/api/customers/assign", `{"ticaga_id":8,"billing_id":"09223372036854775808","billing_system":"blesta"}`), code("TM-BODY-INTEGER"), "send a valid id: this one is too large for PHP"},
		{"a look-up that found nothing, written as a string", json("/api/tickets/close", `{"ticket_id":"false","customer_id":1}`), code("TM-BODY-FORMAT"), "send an id: false is the result of a failed lookup; check"},
		{"a look-up that found nothing, in a path", get("/api/customers/get/false"), code("TM-PATH-PARAM"), "send an id: false is the result of a failed lookup; check"},
		{"true for an id", json("/api/tickets/info", `{"ticket_id":true}`), code("TM-BODY-TYPE"), "send the id itself, not true"},
		{"half an id", json("/api/tickets/info", `{"ticket_id":8.5}`), code("TM-BODY-TYPE"), "send an integer: an id has no"},
		{"a hexadecimal id", form("/api/tickets/info", "ticket_id=0x8"), code("TM-BODY-FORMAT"), `send "8", which is decimal, not`},
		{"an unencoded + in an e-mail", form("/api/customers/link", "email=joe+tag@example.com&name=Joe&billing_id=1&billing_system=blesta"), code("TM-BODY-FORMAT"), "encode a + as %2B, with http_build_query() or"},
		{"name and e-mail exchanged", json("/api/customers/link", `{"email":"Joe","name":"joe@example.com","billing_id":1,"billing_system":"blesta"}`), code("TM-BODY-FORMAT"), `swap the values of "email" and "name"`},

		{"a mistyped field, and its variable is empty", form("/api/customers/assign", "ticaga_id=8&biling_id=&billing_system=blesta"), code("TM-BODY-REQUIRED", "TM-BODY-UNKNOWN-FIELD"), `rename "biling_id" to "billing_id"`},
		{"a mistyped field, and its variable is null", json("/api/customers/assign", `{"ticaga_id":8,"biling_id":null,"billing_system":"blesta"}`), code("TM-BODY-REQUIRED", "TM-BODY-UNKNOWN-FIELD"), `rename "biling_id" to "billing_id"`},
		{"a number that PHP takes for infinite", json("/api/customers/assign", `{"ticaga_id":8,"billing_id":1e999,"billing_system":"blesta"}`), code("TM-BODY-NUMBER"), "send a smaller number"},

		// Where a body does not belong, and headers that are there twice.
		{"a body with a GET", request{method: "GET", path: customer, auth: bearer, contentType: asJSON, body: `{"id":8}`}, code("TM-BODY-UNEXPECTED"), "send the values in the path"},
		{"a GET of a mistyped path, with a body", request{method: "GET", path: "/api/tickets/inof", auth: bearer, contentType: asForm, body: "ticket_id=1"},
			code("TM-BODY-UNEXPECTED", "TM-DEPRECATED", "TM-PATH-PARAM"), "did you mean POST /api/tickets/info (getTicketInfo)?"},
		{"Authorization twice", request{method: "GET", path: customer, auth: "-", header: http.Header{"Authorization": {bearer, "Basic " + encode(email+":"+token)}}}, code("TM-HEADER-TWICE"), "send it once"},
		{"Authorization twice, and the first is yesterday's", request{method: "GET", path: customer, auth: "-", header: http.Header{"Authorization": {"Bearer nobodys-token", bearer}}},
			code("TM-HEADER-TWICE", "TM-AUTH-TOKEN"), "send it once"},
		{"Content-Type twice", request{method: "POST", path: "/api/customers/assign", auth: bearer, header: http.Header{"Content-Type": {asForm, asJSON}}, body: goodJSON},
			code("TM-HEADER-TWICE", "TM-BODY-MISMATCH"), "send it once"},

		// What the help desk's data speaks against.
		{"message for a reply's content: an early Clientexec plugin", form("/api/responses/create", "ticket_number=1&message=hi&customer_id=1"), code("TM-BODY-ALIAS", "TM-BODY-ALIAS"), `rename "customer_id" to "user_id"`},
		{"message beside content", json("/api/responses/create", `{"ticket_number":1,"user_id":1,"content":"hi","message":"ho"}`), code("TM-BODY-ALIAS"), `leave "message" out`},
		{"client_id: Blesta 2.0", form("/api/tickets/get", "ticket_id=1&client_id=1"), code("TM-BODY-ALIAS"), `rename "client_id" to "id"`},
		{"a reply without content", json("/api/responses/create", `{"ticket_number":1,"user_id":1}`), code("TM-BODY-REQUIRED"), "send content: the text; or message: the same"},
		{"a ticket without a department", json(ticket, `{"customer_id":1,"subject":"S","message":"M","priority":"low"}`), code("TM-BODY-REQUIRED"), "send department_slug: the department's slug; or department_id: "},
		{"camel case, where one of two is needed", json(ticket, `{"customer_id":1,"subject":"S","message":"M","priority":"low","departmentSlug":"sales"}`),
			code("TM-BODY-REQUIRED", "TM-BODY-UNKNOWN-FIELD"), `rename "departmentSlug" to "department_slug"`},
		{"camel case of the other of two", json(ticket, `{"customer_id":1,"subject":"S","message":"M","priority":"low","departmentId":1}`),
			code("TM-BODY-REQUIRED", "TM-BODY-UNKNOWN-FIELD"), `rename "departmentId" to "department_id"`},
		{"a guest without an address", form(ticket, "customer_id=0&subject=S&message=M&priority=none&department_slug=sales"), code("TM-BODY-REQUIRED"), `check that the variable for "public_email" is not null`},
		{"a customer who became a guest: Blesta 2.0", form(ticket, "user_id=1&subject=S&message=M&priority=low&department_slug=sales"),
			code("TM-BODY-REQUIRED", "TM-BODY-IGNORED-FIELD"), `rename "user_id" to "customer_id"`},
		{"a department's name", json(ticket, `{"customer_id":1,"subject":"S","message":"M","priority":"low","department_slug":"Technical Support"}`), code("TM-DATA-REFUSED"), `did you mean "support"?`},
		{"a department's id for its slug", json(ticket, `{"customer_id":1,"subject":"S","message":"M","priority":"low","department_slug":"1"}`), code("TM-DATA-REFUSED"), `did you mean "sales"?`},
		{"a mistyped slug", json(ticket, `{"customer_id":1,"subject":"S","message":"M","priority":"low","department_slug":"slaes"}`), code("TM-DATA-REFUSED"), `did you mean "sales"?`},
		{"a department that was deleted", json(ticket, `{"customer_id":1,"subject":"S","message":"M","priority":"low","department_id":77}`), code("TM-DATA-REFUSED"), "use a department that GET /api/departments/customers lists"},
		{"a disabled department", json(ticket, `{"customer_id":1,"subject":"S","message":"M","priority":"low","department_slug":"retired"}`), code("TM-DATA-REFUSED"), "use an enabled department"},
		{"a guest in a customers' department", json(ticket, `{"customer_id":0,"subject":"S","message":"M","priority":"low","department_slug":"support","public_email":"g@example.com"}`), code("TM-DATA-REFUSED"), "send the customer's id if a customer writes"},
		{"a priority that the department does not have", json(ticket, `{"customer_id":1,"subject":"S","message":"M","priority":"high","department_slug":"billing"}`), code("TM-DATA-REFUSED"), `send "medium"`},
		{"a required custom field is missing: Blesta 2.1", custom(`[]`), code("TM-DATA-CUSTOM-FIELD"), `fill in the field "Domain" of the form`},
		{"a mistyped custom field", custom(`{"domian":"a.example"}`), code("TM-DATA-CUSTOM-FIELD", "TM-DATA-CUSTOM-FIELD"), `rename "domian" to "domain"`},
		{"a custom field by its name", custom(`{"domain":"a.example","Present registrar":"Ours"}`), code("TM-DATA-CUSTOM-FIELD"), `did you mean "registrar"?`},
		{"a custom field of another department", custom(`{"domain":"a.example","order_number":"7"}`), code("TM-DATA-CUSTOM-FIELD"), "leave it out, or add the field to the department"},
		{"a list of slugs and values", custom(`[{"slug":"domain","value":"a.example"}]`), code("TM-DATA-CUSTOM-FIELD"), "send an object by slug"},
		{"a list of slugs and values in a form", form(ticket, "customer_id=1&subject=S&message=M&priority=low&department_slug=domains&custom_fields[0][slug]=domain&custom_fields[0][value]=a.example"), code("TM-DATA-CUSTOM-FIELD"), "send an object by slug"},
		{"an option in lowercase", custom(`{"domain":"a.example","registrar":"ours"}`), code("TM-DATA-CUSTOM-FIELD"), `did you mean "Ours"?`},
		{"an option that is not offered", custom(`{"domain":"a.example","products":["dns","spaceship"]}`), code("TM-DATA-CUSTOM-FIELD"), "send one of the options"},
		{"one value of a multi-select, not in a list", custom(`{"domain":"a.example","products":"dns"}`), code("TM-DATA-CUSTOM-FIELD"), "send an array, even for one value: custom_fields[slug][] in"},
		{"a checkbox that is on", form(ticket, "customer_id=1&subject=S&message=M&priority=low&department_slug=domains&custom_fields[domain]=a.example&custom_fields[terms]=on"), code("TM-DATA-CUSTOM-FIELD"), "send an array, even for one value: custom_fields[slug][] in"},
		{"a dropdown's value in a list", custom(`{"domain":"a.example","registrar":["Ours"]}`), code("TM-DATA-CUSTOM-FIELD"), "send one value as a string"},
		{"text in a number field, and an unreadable date", custom(`{"domain":"a.example","years":"two","transfer_on":"soon"}`), code("TM-DATA-CUSTOM-FIELD", "TM-DATA-CUSTOM-FIELD"), "send a number such as 12.5"},
		{"a URL without a scheme", custom(`{"domain":"a.example","website":"example.com"}`), code("TM-DATA-CUSTOM-FIELD"), "send a URL such as https://example.com"},
		{"custom fields for a department without any", json(ticket, `{"customer_id":1,"subject":"S","message":"M","priority":"low","department_slug":"sales","custom_fields":{"domain":"a.example"}}`), code("TM-DATA-CUSTOM-FIELD"), "leave it out"},
		{"a list in a password field", custom(`{"domain":"a.example","auth_code":["k7"]}`), code("TM-DATA-CUSTOM-FIELD"), "send one value as a string"},
		{"an address of another user", json("/api/customers/create", `{"email":"joedoe@example.com","first_name":"Joe","last_name":"Doe"}`), code("TM-DATA-TAKEN"), "use POST /api/customers/link"},
		{"an account of another customer", json("/api/customers/sync", `{"external_id":31,"name":"Jane Roe","email":"jane.roe@example.com"}`), code("TM-DATA-TAKEN"), "check that this is the right customer"},

		// Several at once.
		{"a mistyped path, and the rest of Blesta 2.0", without(form("/api/customers/asign", "ticaga_id=8")),
			code("TM-PATH-UNKNOWN", "TM-AUTH-MISSING", "TM-BODY-REQUIRED", "TM-BODY-REQUIRED"), "did you mean POST /api/customers/assign"},
		{"PUT, no credentials and a mistyped field", without(method("PUT", json("/api/customers/assign", `{"ticagaId":8,"billing_id":42,"billing_system":"blesta"}`))),
			code("TM-METHOD", "TM-AUTH-MISSING", "TM-BODY-REQUIRED", "TM-BODY-UNKNOWN-FIELD"), "send a POST request"},
		{"nothing like it, and no credentials", without(get("/api/nothing/of/the/kind")), code("TM-PATH-UNKNOWN", "TM-AUTH-MISSING"), "run ticaga-mock routes to list the paths"},
		{"a weak guess", without(form("/api/custom/assign", "a=b")), code("TM-PATH-UNKNOWN", "TM-AUTH-MISSING"), "did you mean POST /api/customers/assign"},
		{"a base URL too long, and a disabled department", json("/api"+ticket, `{"customer_id":1,"subject":"S","message":"M","priority":"low","department_slug":"retired"}`),
			code("TM-PATH-UNKNOWN", "TM-DATA-REFUSED"), `remove "/api" from the end of the base URL in the settings`},
		{"no Content-Type, and a mistyped field", post("/api/customers/assign", "", `{"ticaga_id":8,"biling_id":42,"billing_system":"blesta"}`),
			code("TM-HEADER-CONTENT-TYPE", "TM-BODY-REQUIRED", "TM-BODY-UNKNOWN-FIELD"), "send Content-Type: application/json"},
		{"a form under JSON's Content-Type, and bad values", json("/api/customers/assign", "ticaga_id=eight&billing_id=1,234&billing_system=Blesta"),
			code("TM-BODY-MISMATCH", "TM-BODY-FORMAT", "TM-BODY-FORMAT", "TM-BODY-SPELLING"), "encode the body with json_encode($fields)"},
		{"JSON under a form's Content-Type, and a disabled department", form(ticket, `{"customer_id":1,"subject":"S","message":"M","priority":"low","department_slug":"retired"}`),
			code("TM-BODY-MISMATCH", "TM-DATA-REFUSED"), "send Content-Type: application/json"},
		{"JSON encoded twice, and a field too few", json("/api/customers/assign", `"{\"ticaga_id\":8,\"billing_id\":\"INV-42\"}"`),
			code("TM-BODY-NOT-OBJECT", "TM-BODY-FORMAT", "TM-BODY-REQUIRED"), "call json_encode once"},
		{"a form encoded twice, and a bad value", form("/api/customers/assign", "ticaga_id%3D8%26billing_id%3DINV-42%26billing_system%3Dblesta"),
			code("TM-BODY-REQUIRED", "TM-BODY-REQUIRED", "TM-BODY-REQUIRED", "TM-BODY-FORMAT"), "encode the form once"},
		{"multipart without a boundary, and a bad value", post("/api/tickets/info", "multipart/form-data", parts("--B\nContent-Disposition: form-data; name=\"ticket_id\"\n\nQKZM/40718\n--B--\n")),
			code("TM-BODY-MULTIPART", "TM-BODY-FORMAT"), "drop the Content-Type header"},
		{"too much, and no credentials", without(form("/api/customers/assign", "x="+strings.Repeat("x", mock.DefaultMaxBody))), code("TM-BODY-TOO-LARGE", "TM-AUTH-MISSING"), "send less"},
		{"every header wrong, and the path's value", request{method: "GET", path: "/api//customers/get/{id}/?api_token=" + token, auth: "Token " + token, header: http.Header{"X-Api-Key": {token}}},
			code("TM-PATH-DOUBLE-SLASH", "TM-PATH-TRAILING-SLASH", "TM-AUTH-SCHEME", "TM-QUERY-UNKNOWN", "TM-PATH-PARAM"), "remove the slash at the end of the base URL in the settings"},
		{"no credentials, and a disabled department", without(json(ticket, `{"customer_id":1,"subject":"S","message":"M","priority":"urgent","department_slug":"retired"}`)),
			code("TM-AUTH-MISSING", "TM-BODY-ENUM", "TM-DATA-REFUSED"), "add it to the header array"},
		{"an unknown customer, and a priority that the department does not have", json(ticket, `{"customer_id":99,"subject":"S","message":"M","priority":"high","department_slug":"billing"}`), code("TM-DATA-REFUSED"), `send "medium"`},
		{"whose account it is cannot be told", json("/api/customers/link", `{"mail":"ana@silva.example","name":"Ana Silva","billing_id":17,"billing_system":"blesta"}`),
			code("TM-BODY-REQUIRED", "TM-BODY-UNKNOWN-FIELD"), `rename "mail" to "email"`},
		{"the whole of Blesta 2.0 and more", without(form("//api/customers/assign", "client_id=8&billing_id=1,234&billing_system=Blesta")),
			code("TM-PATH-DOUBLE-SLASH", "TM-AUTH-MISSING", "TM-BODY-REQUIRED", "TM-BODY-FORMAT", "TM-BODY-SPELLING", "TM-BODY-UNKNOWN-FIELD"), "remove the slash at the end of the base URL in the settings"},

		// What the server refuses before any operation is asked.
		{"a % in a slug", raw("GET /api/departments/get/100% HTTP/1.1", host+end), code("TM-HTTP-TARGET"), "percent-encode the value of slug in the path of getDepartment: rawurlencode($slug)"},
		{"a % in the middle of a slug", raw("GET /api/departments/get/50%off HTTP/1.1", host+end), code("TM-HTTP-TARGET"), "percent-encode the value of slug in the path of getDepartment"},
		{"a % in a slug, in a world", raw("GET /w/blue/api/departments/get/100% HTTP/1.1", host+end), code("TM-HTTP-TARGET"), "percent-encode the value of slug in the path of getDepartment"},
		{"a space in a slug", raw("GET /api/departments/get/pre sales HTTP/1.1", host+end), code("TM-HTTP-TARGET"), "percent-encode the value of slug in the path of getDepartment"},
		{"a space at the end of the path", raw("GET /api/departments/public  HTTP/1.1", host+end), code("TM-HTTP-TARGET"), "percent-encode the value"},
		{"a tab in an id", raw("GET /api/customers/get/8\t HTTP/1.1", host+end), code("TM-HTTP-TARGET"), "percent-encode the value of id in the path of getCustomer"},
		{"a control character on an unknown path", raw("GET /api/nothing\x01 HTTP/1.1", host+end), code("TM-HTTP-TARGET"), "percent-encode the value"},
		{"a space in the query", raw("GET /api/departments/public?q=a b HTTP/1.1", host+end), code("TM-HTTP-TARGET"), "encode the query: http_build_query("},
		{"an umlaut in a slug", raw("GET /api/departments/get/b\u00fcro HTTP/1.1", host+asks+end), code("TM-HTTP-TARGET"), "percent-encode the value that goes into the path: rawurlencode("},
		{"an umlaut in Latin-1", raw("GET /api/departments/get/b\xfcro HTTP/1.1", host+asks+end), code("TM-HTTP-TARGET"), "percent-encode the value"},
		{"an umlaut in the query", raw("GET /api/departments/public?q=b\u00fcro HTTP/1.1", host+asks+end), code("TM-HTTP-TARGET", "TM-QUERY-UNKNOWN"), "encode the query: http_build_query("},
		{"angle brackets in a slug", raw("GET /api/departments/get/<sales> HTTP/1.1", host+asks+end), code("TM-HTTP-TARGET"), "percent-encode the value"},
		{"a placeholder in a slug", raw("GET /api/departments/get/{slug} HTTP/1.1", host+asks+end), code("TM-HTTP-TARGET"), "percent-encode the value"},
		{"a pipe in the query", raw("GET /api/departments/public?q[]=a|b HTTP/1.1", host+asks+end), code("TM-HTTP-TARGET", "TM-QUERY-UNKNOWN"), "encode the query: http_build_query("},
		{"no slash before the path", raw("GET api/departments/public HTTP/1.1", host+end), code("TM-HTTP-TARGET"), "add a slash between the base URL and the path"},
		{"no Host", raw("GET /api/customers/get/8 HTTP/1.1", end), code("TM-HTTP-HOST"), "leave Host to the HTTP client"},
		{"Host twice", raw("GET /api/customers/get/8 HTTP/1.1", host+host+end), code("TM-HTTP-HOST"), "leave Host to the HTTP client"},
		{"an empty Host", raw("GET /api/customers/get/8 HTTP/1.1", "Host:\r\n"+asks+end), code("TM-HTTP-HOST"), "leave Host to the HTTP client"},
		{"a blank Host", raw("GET /api/customers/get/8 HTTP/1.1", "Host: \t \r\n"+asks+end), code("TM-HTTP-HOST"), "leave Host to the HTTP client"},
		{"a port that is a word", raw("GET /api/customers/get/8 HTTP/1.1", "Host: localhost:https\r\n"+asks+end), code("TM-HTTP-HOST"), "write the port as a number"},
		{"a port that is too large", raw("GET /api/customers/get/8 HTTP/1.1", "Host: [::1]:65536\r\n"+asks+end), code("TM-HTTP-HOST"), "write the port as a number"},
		{"an IPv6 address without brackets", raw("GET /api/customers/get/8 HTTP/1.1", "Host: ::1\r\n"+asks+end), code("TM-HTTP-HOST"), "write the port as a number"},
		{"a URL as Host", raw("GET /api/customers/get/8 HTTP/1.1", "Host: http://localhost/\r\n"+end), code("TM-HTTP-HOST"), "leave Host to the HTTP client"},
		{"a space in a header's name", raw("GET /api/customers/get/8 HTTP/1.1", host+"X Admin Email: a\r\n"+end), code("TM-HTTP-HEADER"), "write the name with letters, digits and hyphens"},
		{"a space before the colon", raw("GET /api/customers/get/8 HTTP/1.1", host+"Accept : a\r\n"+end), code("TM-HTTP-HEADER"), "write the name with letters, digits and hyphens, and the colon directly after it"},
		{"no name", raw("GET /api/customers/get/8 HTTP/1.1", host+": a\r\n"+end), code("TM-HTTP-HEADER"), "write the name before the colon"},
		{"no colon behind Authorization", request{raw: "GET /api/customers/get/8 HTTP/1.1\r\nX-Of: me\r\nAuthorization " + bearer + "\r\n" + host + end}, code("TM-HTTP-HEADER"), "write \"Name: value\": 'Authorization: Bearer '"},
		{"a token that is cut in two", request{raw: "GET /api/customers/get/8 HTTP/1.1\r\nX-Of: me\r\nAuthorization: Bearer\r\n" + token + "\r\n" + host + end}, code("TM-HTTP-HEADER"), "write \"Name: value\""},
		{"a control character in a header", raw("GET /api/customers/get/8 HTTP/1.1", host+"Accept: a\x00b\r\n"+end), code("TM-HTTP-HEADER"), "trim the value"},
		{"a header in two lines", raw("GET /api/customers/get/8 HTTP/1.1", host+"X-Long: a\r\n b\r\n"+end), code("TM-HTTP-HEADER", "TM-HEADER-ACCEPT"), "remove the line break from the value"},
		{"a space before the first header", request{raw: "GET /api/customers/get/8 HTTP/1.1\r\n X-Of: me\r\n" + host + end}, code("TM-HTTP-HEADER"), "remove the space before the header's name"},
		{"Content-Length that is no number", raw("POST /api/tickets/info HTTP/1.1", host+"Content-Length: eleven\r\n\r\nticket_id=1"), code("TM-HTTP-LENGTH"), "leave Content-Length to the HTTP client"},
		{"Content-Length that is negative", raw("POST /api/tickets/info HTTP/1.1", host+"Content-Length: -11\r\n\r\nticket_id=1"), code("TM-HTTP-LENGTH"), "leave Content-Length to the HTTP client"},
		{"Content-Length that is empty", raw("POST /api/tickets/info HTTP/1.1", host+"Content-Length:\r\n\r\nticket_id=1"), code("TM-HTTP-LENGTH"), "leave Content-Length to the HTTP client"},
		{"Content-Length twice, and different", raw("POST /api/tickets/info HTTP/1.1", host+"Content-Length: 11\r\nContent-Length: 12\r\n\r\nticket_id=1"), code("TM-HTTP-LENGTH"), "leave Content-Length to the HTTP client"},
		{"Content-Length twice", raw("POST /api/tickets/info HTTP/1.1", host+"Content-Type: "+asForm+"\r\nContent-Length: 11\r\nContent-Length: 11\r\n\r\nticket_id=1"), code("TM-HTTP-LENGTH", "TM-HEADER-ACCEPT"), "leave Content-Length to the HTTP client"},
		{"Content-Length beside chunks", raw("POST /api/tickets/info HTTP/1.1", host+"Content-Type: "+asForm+"\r\nContent-Length: 11\r\nTransfer-Encoding: chunked\r\n\r\nb\r\nticket_id=1\r\n0\r\n\r\n"), code("TM-HTTP-LENGTH", "TM-HEADER-ACCEPT"), "leave Content-Length to the HTTP client"},
		{"chunks in HTTP/1.0", raw("POST /api/tickets/info HTTP/1.0", host+asks+"Content-Type: "+asForm+"\r\nTransfer-Encoding: chunked\r\n\r\nb\r\nticket_id=1\r\n0\r\n\r\n"), code("TM-HTTP-LENGTH", "TM-BODY-EMPTY"), "send HTTP/1.1, and leave Transfer-Encoding to the HTTP client"},
		{"an unknown Transfer-Encoding", raw("POST /api/tickets/info HTTP/1.1", host+"Transfer-Encoding: gzip\r\n\r\nticket_id=1"), code("TM-HTTP-LENGTH"), "leave Transfer-Encoding to the HTTP client"},
		{"something else than 100-continue", raw("POST /api/tickets/info HTTP/1.1", host+"Expect: 200-ok\r\nContent-Length: 11\r\n\r\nticket_id=1"), code("TM-HTTP-EXPECT"), "leave the header out: 'Expect:' in CURLOPT_HTTPHEADER"},
		{"a header that is too large", raw("GET /api/customers/get/8 HTTP/1.1", host+"Cookie: "+strings.Repeat("c", 80<<10)+"\r\n"+end), code("TM-HTTP-HEADER-SIZE"), "send less in this header"},
		{"a URL that is too long", raw("GET /api/departments/public?q="+strings.Repeat("q", 80<<10)+" HTTP/1.1", host+end), code("TM-HTTP-HEADER-SIZE"), "send long values in the body"},
		{"many small headers", raw("GET /api/customers/get/8 HTTP/1.1", host+strings.Repeat("X-Again: and again\r\n", 5000)+end), code("TM-HTTP-HEADER-SIZE"), "send less, and check that no header is added repeatedly;"},
		{"https", request{raw: "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"}, code("TM-HTTP-TLS"), "write http:// instead of https://"},
		{"half a preface of HTTP/2", request{raw: "PRI * HTTP/2.0\r\n\r\nGET / HTTP/2.0\r\n\r\n"}, code("TM-HTTP-VERSION"), "send HTTP/1.1"},
		{"HTTP/3 in text", raw("GET /api/customers/get/8 HTTP/3.0", host+end), code("TM-HTTP-VERSION"), "send HTTP/1.1"},
		{"HTTP/0.9", request{raw: "GET /api/customers/get/8\r\n"}, code("TM-HTTP-VERSION"), "send HTTP/1.1"},
		{"HTTP/1.2", raw("GET /api/customers/get/8 HTTP/1.2", host+asks+end), code("TM-HTTP-VERSION"), "send HTTP/1.1"},
		{"HTTP in lowercase", raw("GET /api/customers/get/8 http/1.1", host+end), code("TM-HTTP-VERSION"), "send HTTP/1.1"},
		{"no such version", raw("GET /api/customers/get/8 HTTP/1.x", host+end), code("TM-HTTP-VERSION"), "send HTTP/1.1"},
		{"a method with a slash", raw("GET/ /api/customers/get/8 HTTP/1.1", host+end), code("TM-HTTP-REQUEST"), "send one of the methods"},
		{"SOCKS", request{raw: "\x05\x01\x00"}, code("TM-HTTP-REQUEST"), "use the mock's address as the base URL"},
		{"SSH", request{raw: "SSH-2.0-OpenSSH_9.9\r\n"}, code("TM-HTTP-REQUEST"), "check whether another program uses this port"},
		{"no HTTP at all", request{raw: "\xff\xfe\x00\x01"}, code("TM-HTTP-REQUEST"), "check whether another program uses this port"},
		{"a space before the method", request{raw: " GET /api/customers/get/8 HTTP/1.1\r\n" + host + end}, code("TM-HTTP-REQUEST"), "check whether another program uses this port, or remove a line break or space before the request"},
		{"lines that end in \\n", request{raw: strings.ReplaceAll(getHead+"X-Of: me\r\n"+asks+end, "\r\n", "\n")}, code("TM-HTTP-REQUEST"), "leave the header to an HTTP client"},
		{"one line that ends in \\n", raw("GET /api/customers/get/8 HTTP/1.1", host+"Accept: application/json\n"+end), code("TM-HTTP-REQUEST"), "leave the header to an HTTP client"},
		{"a line break before the request", request{raw: "\r\nGET /api/customers/get/8 HTTP/1.1\r\n" + host + end}, code("TM-HTTP-REQUEST"), "send nothing before the request line"},
		{"a line break and no request", request{raw: "\r\n"}, code("TM-HTTP-REQUEST"), "send nothing before the request line"},
		{"half a request line", request{raw: "GET /api/cust"}, code("TM-HTTP-REQUEST"), "let the client finish"},
		{"half a header", request{raw: "GET /api/customers/get/8 HTTP/1.1\r\nHost: loc"}, code("TM-HTTP-REQUEST"), "let the client finish"},
		{"a token with a line break at its end", request{raw: "GET /api/customers/get/8 HTTP/1.1\r\n" + host + "Authorization: " + bearer + "\n\r\nAccept: application/json\r\n\r\n"}, code("TM-HTTP-REQUEST"), "trim the values of headers"},
		{"Content-Length that counts characters", request{raw: "POST /api/login HTTP/1.1\r\n" + host + "Authorization: " + bearer + "\r\nContent-Type: " + asForm + "\r\nContent-Length: 14\r\n\r\nemail=a&pass=b" + password + "\r\n"}, code("TM-HTTP-REQUEST"), "leave Content-Length to the HTTP client: it counts bytes"},
		{"a GET with a body and no Content-Length", request{raw: getHead + "\r\n{\"password\":\"" + password + "\"}"}, code("TM-HTTP-REQUEST"), "leave Content-Length to the HTTP client: it counts bytes"},
		{"a URL that cannot be read", raw("GET http://[::1/api/connection HTTP/1.1", host+end), code("TM-HTTP-TARGET"), "send the path alone"},
		{"no path", raw("GET  HTTP/1.1", host+end), code("TM-HTTP-TARGET"), "add a slash between the base URL and the path"},
		{"two violations of HTTP", raw("GET /api/departments/get/100% HTTP/1.1", "X Y: 1\r\n"+end), code("TM-HTTP-TARGET", "TM-HTTP-HEADER", "TM-HTTP-HOST"), "percent-encode the value of slug"},
	}
}
