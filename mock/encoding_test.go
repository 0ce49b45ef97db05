package mock_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

const oneDepartment = `[{"id":1,"department_name":"Vertr` + "\u00e4" + `ge","department_description":"","slug":"v","is_public":1,"is_disabled":0,"allows_high_priority":1}]`

// TestFixturesAreUTF8: a byte order mark is no part of a file, and what is not UTF-8 is refused with
// its line, in files and over the control API alike.
func TestFixturesAreUTF8(t *testing.T) {
	latin1 := strings.ReplaceAll(oneDepartment, "\u00e4", "\xe4")
	utf16 := "\xff\xfe" + strings.Join(strings.Split(`[]`, ""), "\x00") + "\x00"
	for _, row := range []struct {
		name, file, content string
		want                string // part of the error; "" where it is read
	}{
		{"a byte order mark", "departments.json", "\ufeff" + oneDepartment, ""},
		{"another one, in a plan", "generate.json", "\ufeff" + `{"customers":1}`, ""},
		{"another one, in settings", "settings.json", "\ufeff" + `{"created":201}`, ""},
		{"Latin-1", "departments.json", strings.Replace(latin1, `"slug"`, "\n\"slug\"", 1), "departments.json: line 1: the byte 0xe4 is not UTF-8"},
		{"Latin-1 on another line", "departments.json", "\n\n" + latin1, "departments.json: line 3: the byte 0xe4 is not UTF-8"},
		{"Latin-1 in a plan", "generate.json", "{\"\xe4\":1}", "generate.json: line 1: the byte 0xe4 is not UTF-8"},
		{"Latin-1 in settings", "settings.json", "{\"\xe4\":1}", "settings.json: line 1: the byte 0xe4 is not UTF-8"},
		{"UTF-16", "departments.json", utf16, "departments.json: it is UTF-16 or UTF-32; save it as UTF-8"},
		{"half of a character", "departments.json", strings.Replace(oneDepartment, "\u00e4", `\ud83d`, 1), `departments.json: line 1: \ud83d is half of a character`},
	} {
		files := fstest.MapFS{row.file: {Data: []byte(row.content)}}
		if row.file == "settings.json" {
			files["departments.json"] = &fstest.MapFile{Data: []byte(oneDepartment)}
		}
		_, err := mock.New(mock.Options{Fixtures: files})
		if row.want == "" && err != nil || row.want != "" && (err == nil || !strings.Contains(err.Error(), row.want)) {
			t.Errorf("%s: got %v, want %q", row.name, err, row.want)
		}
	}
}

func TestControlBodiesAreUTF8(t *testing.T) {
	server := newServer(t)
	before := stateOf(t, server)
	for _, row := range []struct{ method, path, body string }{
		{"PUT", "state", "{\"departments\":\n[{\"department_name\":\"Vertr\xe4ge\"}]}"},
		{"PUT", "faults", "[\n{\"operation\":\"Vertr\xe4ge\"}]"},
		{"POST", "verify", "{\"body\":\n{\"name\":\"J\xf6rg\"}}"},
		{"PATCH", "settings", "{\n\"\xe4\":1}"},
		{"PUT", "settings", "{\n\"\xe4\":1}"},
		{"PUT", "clock", "{\n\"\xe4\":1}"},
	} {
		got := askControl(server, row.method, "/_mock/worlds/default/"+row.path, row.body)
		if got.Code == http.StatusMethodNotAllowed {
			continue // settings have one of the two methods
		}
		if got.Code != http.StatusBadRequest || !strings.Contains(got.Body.String(), "line 2: the byte 0x") {
			t.Errorf(`%s %s: status %d: %s; want status 400, body containing "line 2: the byte 0x"`, row.method, row.path, got.Code, got.Body)
		}
	}
	if stateOf(t, server) != before {
		t.Error("a refused body has changed the state")
	}
	if got := askControl(server, "PUT", "/_mock/worlds/default/state", "\ufeff{\"departments\":"+oneDepartment+`,"tickets":[],"responses":[]}`); got.Code != http.StatusOK ||
		!strings.Contains(stateOf(t, server), "Vertr\u00e4ge") {
		t.Errorf(`a byte order mark: status %d: %s; want status 200, stateOf(t, server) containing "Verträge"`, got.Code, got.Body)
	}
}

// TestClockThatStands: a server's time that never moves is shown as one that stands still, and no
// year is impossible without being refused.
func TestClockThatStands(t *testing.T) {
	for still, want := range map[bool]string{true: `"still": true`, false: `"still": false`} {
		server := newServer(t, func(o *mock.Options) { o.Still = still })
		if !still {
			server = newServer(t, func(o *mock.Options) { o.Now = time.Now })
		}
		for _, q := range []struct{ method, path, body string }{
			{"GET", "default/clock", ""}, {"PUT", "default/clock", "{}"}, {"PUT", "default/clock", `{"now":null}`}, {"PUT", "default/clock", `{"now":"2030-01-01T00:00:00Z"}`},
		} {
			if got := askControl(server, q.method, "/_mock/worlds/"+q.path, q.body); !strings.Contains(got.Body.String(), want) {
				t.Errorf("%s %s: want %s, got %s", q.method, q.body, want, got.Body)
			}
		}
		if got := askControl(server, "PUT", "/_mock/worlds/default/clock", `{"now":"2030-01-01T00:00:00Z","still":false}`); !strings.Contains(got.Body.String(), `"still": false`) {
			t.Errorf(`it goes on where it is asked to: %s, want containing "still": false`, got.Body)
		}
		for _, year := range []string{"0001-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "0001-01-01T00:00:00+01:00", "1899-12-31T23:59:59Z", "2201-01-01T00:00:00Z"} {
			if got := askControl(server, "PUT", "/_mock/worlds/default/clock", `{"now":"`+year+`"}`); got.Code < 400 || got.Code >= 500 {
				t.Errorf("%s: status %d: %s; want status at least 400, status below 500", year, got.Code, got.Body)
			}
		}
	}
}
