package mock_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// This file is what lists have to agree about.

// agree holds the lists that a server gives against each other. Every ticket stands in the list
// of all, in its owner's, in its department's, and is counted once.
func agree(t rapid.TB, read func(path string) any) {
	t.Helper()
	all := listOf(read("/api/tickets/grab_all/"))
	want := map[string][]any{}
	counts := map[any]int{"open": 0, "awaiting_reply": 0, "in_progress": 0, "on_hold": 0, "closed": 0}
	slugs := map[any]string{}
	for _, d := range listOf(read("/api/departments")) {
		slug := url.PathEscape(d["slug"].(string))
		slugs[d["id"]] = slug
		want["/api/tickets/all/"+slug] = nil
		want["/api/departments/byid/"+fmt.Sprint(d["id"])] = []any{d["id"]}
	}
	for _, ticket := range all {
		counts[ticket["status"]]++
		paths := []string{"/api/tickets/all/" + slugs[ticket["department_id"]]}
		if owner := fmt.Sprint(ticket["user_id"]); owner != "0" {
			paths = append(paths, "/api/tickets/get/all/"+owner, "/api/tickets/user/"+owner)
			want["/api/clients/"+owner] = []any{ticket["user_id"]}
		} else {
			paths = append(paths, guestsOf+url.PathEscape(strings.ToLower(ticket["public_email"].(string))))
		}
		for _, path := range paths {
			want[path] = append(want[path], ticket["id"])
		}
	}
	for _, path := range slices.Sorted(maps.Keys(want)) {
		list := listOf(read(path))
		if strings.HasPrefix(path, guestsOf) { // which has the tickets of a customer before them
			list = having(list, "user_id", json.Number("0"))
		}
		if got := idsOf(list); !slices.Equal(got, want[path]) {
			t.Fatalf("%s: got %v, want %v", path, got, want[path])
		}
	}
	for status, count := range counts {
		if got := read(fmt.Sprint("/api/tickets/countbystatus/", status)); fmt.Sprint(got) != fmt.Sprint(count) {
			t.Fatalf("countbystatus/%s: got %v, want %d", status, got, count)
		}
	}
	agreeOnDepartments(t, read)
}

const guestsOf = "/api/tickets/userticketsbyemail/"

func agreeOnDepartments(t rapid.TB, read func(path string) any) {
	t.Helper()
	all := listOf(read("/api/departments"))
	enabled := having(all, "is_disabled", json.Number("0"))
	public := having(enabled, "is_public", json.Number("1"))
	clients := having(enabled, "is_public", json.Number("0"))
	for path, want := range map[string][]row{
		"/api/departments/1": public, "/api/departments/public": public, "/api/departments/2": clients,
		"/api/departments/customers": enabled, "/api/departments/list": enabled,
	} {
		if got := idsOf(listOf(read(path))); !slices.Equal(got, idsOf(want)) {
			t.Fatalf("%s: got %v, want %v", path, got, idsOf(want))
		}
	}
	if got := read("/api/department/count"); fmt.Sprint(got) != fmt.Sprint(len(all)) {
		t.Fatalf("department/count: got %v, want %d", got, len(all))
	}
}

// nothingTwice looks for what may be there once: a customer's address, a billing account, a
// ticket's code and hash.
func nothingTwice(t *testing.T, read func(path string) any) {
	seen := map[string]bool{}
	look := func(what string, value any) {
		if key := strings.ToLower(fmt.Sprint(what, " ", value)); seen[key] {
			t.Errorf("got %s twice, want it once", key)
		} else {
			seen[key] = true
		}
	}
	for id := 1; ; id++ {
		page, _ := read(fmt.Sprint("/api/customers/get/", id)).(row)
		if page == nil {
			break
		}
		customer := page["user"].(row)
		look("e-mail", customer["email"])
		if at := account(customer); at != "" {
			look("account", at)
		}
		for _, ticket := range listOf(read(fmt.Sprint("/api/tickets/get/all/", id))) {
			look("ticket", ticket["id"])
			look("code", ticket["ticket_code"])
		}
	}
	if len(seen) == 0 {
		t.Error("got no customer 1, want it")
	}
}

// listOf is a bare list, or the one in an object.
func listOf(page any) (list []row) {
	if object, isObject := page.(row); isObject {
		page = object["departments"]
	}
	entries, _ := page.([]any)
	for _, entry := range entries {
		list = append(list, entry.(row))
	}
	return list
}

func idsOf(list []row) (ids []any) {
	for _, r := range list {
		ids = append(ids, r["id"])
	}
	return ids
}
