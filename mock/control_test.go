package mock_test

import (
	"encoding/json"
	"io"
	"strings"
	"testing"
)

func mustJSON(t testing.TB, value any) string {
	t.Helper()
	data, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// control reads a page of the control door.
func (d *desk) control(t testing.TB, path string) string {
	t.Helper()
	got, err := d.client.Get(d.url + path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = got.Body.Close() }()
	body, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestHealth(t *testing.T) {
	body := newDesk(t).control(t, "/_mock/health")
	if status, scenario := field(t, body, "status"), field(t, body, "scenario"); status != "ok" || scenario != "default" {
		t.Error(body)
	}
}

func TestJournalListsExchangesWithTheirViolations(t *testing.T) {
	d := newDesk(t)
	d.ask(t, get("/api/customers/get/8"))
	d.ask(t, postForm(assign, "ticaga_id=8"))
	body := d.control(t, "/_mock/journal")
	var list struct{ Exchanges []map[string]any }
	if err := json.Unmarshal([]byte(body), &list); err != nil {
		t.Fatal(err)
	}
	if len(list.Exchanges) != 2 || list.Exchanges[0]["operation"] != "assignBillingId" || list.Exchanges[1]["operation"] != "getCustomer" {
		t.Fatal(body)
	}
	violations, _ := list.Exchanges[0]["violations"].([]any)
	if len(violations) != 2 || !strings.Contains(mustJSON(t, violations), "TM-BODY-REQUIRED") {
		t.Error(violations)
	}
	if list.Exchanges[1]["violations"] == nil {
		t.Error("no violations should be an empty list, not null")
	}
}

func TestControlDoorLeadsNowhereElse(t *testing.T) {
	d := newDesk(t)
	if body := d.control(t, "/_mock/secrets"); field(t, body, "status") != json.Number("404") {
		t.Error(body)
	}
	if len(d.Journal()) != 0 {
		t.Error("the control door is not part of the API's journal")
	}
}

func TestWelcome(t *testing.T) {
	if body := newDesk(t).control(t, "/"); !strings.Contains(body, "/api/customers/assign") || strings.Contains(body, "demo-token") {
		t.Error(body)
	}
}
