package shared_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// ask sends an operation to a server.
func ask(url string, o operation) result {
	api, control := url+"/w/"+o.world+"/api/", url+"/_mock/worlds/"+o.world
	switch o.kind {
	case register:
		return heard(send("POST", api+"register", fmt.Sprintf(`{"name":"N","email":%q,"password":"x"}`, o.text)), "user", "id")
	case assign:
		return heard(send("POST", api+"customers/assign", fmt.Sprintf(`{"ticaga_id":%d,"billing_id":%q,"billing_system":"blesta"}`, owner, o.text)))
	case customer:
		return heard(send("GET", fmt.Sprint(api, "customers/get/", owner), ""), "user", "billing_id")
	case create:
		return heard(send("POST", api+"tickets/create", fmt.Sprintf(`{"customer_id":%d,"subject":"S","message":"M","priority":"low",`+
			`"department_slug":"sales","public_email":"jane.roe@example.com","public_name":"Jane Roe"}`, owner)), "id", "id")
	case closing:
		return heard(send("POST", api+"tickets/close", fmt.Sprintf(`{"ticket_id":%d,"customer_id":%d}`, o.id, owner)))
	case reply:
		return heard(send("POST", api+"responses/create", fmt.Sprintf(`{"ticket_number":%d,"user_id":%d,"content":"R"}`, o.id, owner)))
	case ticket:
		r := heard(send("GET", fmt.Sprint(api, "tickets/get/", owner, "/", o.id), ""), "tickets", "status")
		r.value = r.value[:min(1, len(r.value))]
		return r
	case replies:
		return heard(send("GET", fmt.Sprint(api, "responses/get/", o.id), ""), "responses")
	case reset:
		return heard(send("POST", control+"/reset", ""))
	case snapshot:
		return heard(send("POST", control+"/snapshots/"+o.text, ""))
	case restore:
		return heard(send("POST", control+"/snapshots/"+o.text+"/restore", ""))
	case forget:
		return heard(send("DELETE", control, ""))
	case journal:
		return heard(send("GET", control+"/journal", ""), "exchanges")
	}
	panic("unknown operation " + o.kind)
}

// answer is what came back; status 0 when nobody answered.
type answer struct {
	status int
	header http.Header
	body   string
}

// send sends a request, with a User-Agent that tells it from others.
func send(method, url, body string, agent ...string) answer {
	r, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		panic(err)
	}
	r.Header.Set("Authorization", "Bearer demo-token")
	r.Header.Set("Accept", "application/json")
	if len(agent) > 0 {
		r.Header.Set("User-Agent", agent[0])
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	got, err := client.Do(r)
	if err != nil {
		return answer{}
	}
	defer func() { _ = got.Body.Close() }()
	text, err := io.ReadAll(got.Body)
	if err != nil {
		return answer{}
	}
	return answer{got.StatusCode, got.Header, string(text)}
}

// heard makes a result of an answer. The value of a success is at a path in the body; for an array it is its length.
func heard(a answer, path ...string) result {
	switch a.status {
	case 0, http.StatusServiceUnavailable:
		return result{unknown: true}
	case http.StatusOK:
	default:
		return result{status: a.status}
	}
	r := result{status: a.status}
	if len(path) == 0 {
		return r
	}
	var value any
	if err := json.Unmarshal([]byte(a.body), &value); err != nil {
		r.value = err.Error()
		return r
	}
	for _, name := range path {
		object, _ := value.(map[string]any)
		value = object[name]
	}
	if list, ok := value.([]any); ok {
		value = len(list)
	}
	r.value = fmt.Sprint(value)
	return r
}
