package console_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/contracts"
	"github.com/ticaga-mock/ticaga-mock/fixtures"
	"github.com/ticaga-mock/ticaga-mock/mock"
)

// hostile are values that would leave quotes that are not closed well: those of a shell, PHP, Go, JSON and HTML.
var hostile = []string{
	"'; rm -rf / #", "${jndi:ldap://x}", "$HOME `id` $(id) \"quoted\"", "$x {$y} ?> <?php exit;", `\' \\ \n \u0041 \`, "first\nsecond\r\nthird\tend",
	"!history %s %41", "é 😀 \u202e reversed \u2028 \ufeff", "</script><script>alert(1)</script>", "@/etc/passwd", "`+\"`",
}

// sent is a request whose exchange is copied.
type sent struct {
	name, method, path, body string
	header                   http.Header
	note                     string // part of the comment in the code, for a request that the journal does not have whole
}

func requests() []sent {
	subject, err := json.Marshal(strings.Join(hostile, " "))
	if err != nil {
		panic(err) // a string
	}
	text := strings.Join(hostile, "")
	form := "department_id=1&customer_id=8&priority=low&organize=blesta&message=a%3Db%0Ac&subject='%3B+rm+-rf+/+%23$HOME`id`"
	bearer := http.Header{"Accept": {"application/json"}, "Authorization": {"Bearer " + mock.DefaultToken}}
	with := func(pairs ...string) http.Header {
		h := bearer.Clone()
		for i := 0; i < len(pairs); i += 2 {
			if h.Add(pairs[i], pairs[i+1]); pairs[i+1] == "-" {
				h.Del(pairs[i])
			}
		}
		return h
	}
	basic := with("Authorization", "-", "Content-Type", "application/x-www-form-urlencoded")
	basic.Set("Authorization", "Basic YWRtaW5AdGljYWdhLnRlc3Q6ZGVtby10b2tlbg==")
	named := with()
	named.Set("Authorization", "Bearer "+mock.DefaultToken+"@blue")
	wrong := with()
	wrong.Set("Authorization", "Bearer nobodys")
	isJSON := with("Content-Type", "application/json")
	return []sent{
		{name: "query", method: "GET", path: "/api/departments/customers?page=%27+1&filter[a]={1,2}&x=$HOME", header: bearer},
		{name: "JSON", method: "POST", path: "/api/tickets/create", header: isJSON,
			body: "{\n\t\"department_id\": 1, \"customer_id\": 8, \"priority\": \"low\", \"organize\": \"blesta\",\r\n \"message\": \"\u202e é\", \"subject\": " + string(subject) + "}"},
		{name: "form", method: "POST", path: "/api/tickets/create", header: basic, body: form},
		{name: "refused", method: "POST", path: "/api/customers/assign", header: isJSON, body: `{"ticaga_id": "` + "`'$x?>" + `"}`},
		{name: "DELETE", method: "DELETE", path: "/api/customers/get/8", header: bearer},
		{name: "world", method: "GET", path: "/w/blue/api/customers/get/8", header: bearer},
		{name: "world of the token", method: "GET", path: "/api/customers/get/8", header: named},
		{name: "header", method: "GET", path: "/api/customers/get/8", header: with("X-Trace", "it's $HOME", "X-Trace", "\"two\" `id`", "X-Nothing", "")},
		{name: "X-API-Token", method: "GET", path: "/api/customers/get/8", header: http.Header{"Accept": {"*/*"}, "Content-Type": {"application/json"}, "X-Admin-Email": {mock.DefaultEmail}, "X-Api-Token": {mock.DefaultToken}}},
		{name: "no headers", method: "GET", path: "/api/customers/get/8", header: http.Header{}},
		{name: "no credentials", method: "POST", path: "/api/customers/assign", header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, body: "ticaga_id=8&billing_id=42&billing_system=Blesta"},
		{name: "file", method: "POST", path: "/api/customers/assign", header: basic, body: "@hosts=1&ticaga_id=8"},
		{name: "truncated", method: "POST", path: "/api/tickets/create", header: isJSON, note: "first 16 KiB",
			body: `{"department_id": 1, "customer_id": 8, "subject": "long", "priority": "low", "organize": "blesta", "message": "` + strings.Repeat("x", 20_000) + `"}`},
		{name: "redacted", method: "POST", path: "/api/login", header: isJSON, note: "[redacted]", body: `{"email": "jane.roe@example.com", "password": "hunter2"}`},
		{name: "undecoded", method: "POST", path: "/api/customers/assign", header: isJSON, note: "could not decode", body: text},
		{name: "wrong token", method: "GET", path: "/api/customers/get/8", header: wrong, note: "credentials that were sent"},
	}
}

// tools run the code that is copied. Go programs are compiled before, to one program that does what its argument names.
var tools = []struct {
	name, file string
	run        func(file string) *exec.Cmd
}{
	{"curl", "run.sh", func(file string) *exec.Cmd { return exec.Command("bash", file) }},
	{"PHP", "run.php", func(file string) *exec.Cmd { return exec.Command("php", file) }},
	{"Go", "copied.go", func(file string) *exec.Cmd {
		return exec.Command(filepath.Join(filepath.Dir(file), "program"), filepath.Base(file))
	}},
}

// TestCopyAs runs what is copied: each sends the same request again, whatever is in it.
func TestCopyAs(t *testing.T) {
	server := start(t)
	p := open(t, server.URL, "#/live")
	folder := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	program := "package main\n\nimport \"os\"\n\nfunc main() {\n\tswitch os.Args[1] {\n"
	all, firsts, files := requests(), []mock.Exchange{}, []map[string]string{}
	for i, one := range all {
		first := exchangeOf(t, server, one)
		firsts, files = append(firsts, first), append(files, map[string]string{})
		for _, tool := range tools {
			code := copied(p, first, tool.name)
			if one.note != "" && !strings.Contains(code, one.note) || one.note == "" && strings.Contains(code, "journal") {
				t.Errorf("%s as %s: got %s\nwant a comment with %q", one.name, tool.name, code, one.note)
			}
			name := fmt.Sprintf("%d%s", i, tool.file)
			if tool.name == "Go" {
				program += fmt.Sprintf("\tcase %q:\n\t\tcopied%d()\n", name, i)
				code = strings.Replace(code, "func main() {", fmt.Sprintf("func copied%d() {", i), 1)
			}
			files[i][tool.name] = write(name, code)
		}
	}
	write("go.mod", "module copied\n\ngo 1.22\n")
	write("main.go", program+"\t}\n}\n")
	if out, err := exec.Command("gofmt", "-l", folder).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("gofmt -l: got %s, %v, want nothing", out, err)
	}
	build := exec.Command("go", "build", "-o", "program", ".")
	build.Dir = folder
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	for i, one := range all {
		for _, tool := range tools {
			if out, err := tool.run(files[i][tool.name]).CombinedOutput(); err != nil {
				t.Errorf("%s: %s: %v\n%s", one.name, tool.name, err, out)
				continue
			}
			if one.note != "" {
				continue // it says that it is another request
			}
			want, got := show(firsts[i]), show(newest(t, server, firsts[i].World))
			if got != want {
				t.Errorf("%s by %s: got\n%s\nwant\n%s", one.name, tool.name, got, want)
			}
		}
	}
}

// exchangeOf sends a request and returns its exchange.
func exchangeOf(t *testing.T, server *mock.Running, one sent) mock.Exchange {
	t.Helper()
	r, err := http.NewRequest(one.method, server.URL+one.path, strings.NewReader(one.body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = one.header
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := answer.Body.Close(); err != nil {
		t.Fatal(err)
	}
	world := "default"
	if strings.Contains(one.path+one.header.Get("Authorization"), "blue") {
		world = "blue"
	}
	return newest(t, server, world)
}

func newest(t *testing.T, server *mock.Running, name string) mock.Exchange {
	t.Helper()
	w, err := server.World(name)
	if err != nil {
		t.Fatal(err)
	}
	return w.Journal()[0]
}

// copied returns what the page copies of an exchange.
func copied(p *tab, x mock.Exchange, kind string) string {
	p.t.Helper()
	return js[string](p, `const { copies } = await import(location.origin + '/_mock/ui/exchange.js');
		const x = await (await fetch('/_mock/worlds/' + %v + '/journal/' + %v)).json(); return copies(x)[%v]()`, x.World, x.ID, kind)
}

// show returns what two requests must have in common: all but what belongs to the client and the connection.
func show(x mock.Exchange) string {
	header := maps.Clone(x.Request.Header)
	for _, name := range []string{"User-Agent", "Accept-Encoding", "Content-Length", "Connection"} {
		delete(header, name)
	}
	text, err := json.MarshalIndent([]any{x.World, x.Method, x.Path, x.Query, x.Credentials, header, x.Request.Body, x.Status}, "", " ")
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// TestCopyAsPact: what is copied is an interaction of a pact that package contracts reads, and finds right where the request was.
func TestCopyAsPact(t *testing.T) {
	server := start(t)
	p := open(t, server.URL, "#/live", "/pact?") // cannot record some
	checker := contracts.CheckerFor(server.Contract())
	for _, one := range requests() {
		x := exchangeOf(t, server, one)
		text := `{"consumer": {"name": "copied"}, "provider": {"name": "ticaga"}, "interactions": [` + copied(p, x, "Pact interaction") + `], "metadata": {"pactSpecification": {"version": "4.0"}}}`
		pact, err := contracts.Read(one.name, []byte(text))
		if err != nil {
			t.Errorf("%s: %v\n%s", one.name, err, text)
			continue
		}
		got := pact.Interactions[0]
		if got.Request.Method != x.Method || got.Request.Path != x.Target || got.Response.Status != x.Status {
			t.Errorf("%s: got %s %s, %d, want %s %s, %d", one.name, got.Request.Method, got.Request.Path, got.Response.Status, x.Method, x.Target, x.Status)
		}
		for _, f := range checker.Check(pact) {
			if f.IsError() && x.Status < 300 && one.note == "" {
				t.Errorf("%s: got %s, want no errors for a request that succeeded", one.name, f.Violation.Message)
			}
		}
	}
}

// TestCopyAsFixture: the rows that are copied belong into a folder of fixtures.
func TestCopyAsFixture(t *testing.T) {
	server := start(t)
	p := open(t, server.URL, "#/live")
	files, err := fixtures.Open("default")
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if err := os.CopyFS(folder, files); err != nil {
		t.Fatal(err)
	}
	for _, one := range []struct {
		method, path, body, file string
		ids                      []float64
	}{
		{"GET", "/api/customers/get/8", "", "customers", []float64{8}},
		{"POST", "/api/tickets/create", ticket, "tickets", []float64{15}},
		{"GET", "/api/responses/get/1", "", "responses", []float64{1, 2, 3, 4}},
		{"GET", "/api/departments/customers", "", "departments", []float64{1, 2, 3, 4, 6, 7}},
	} {
		send(t, server, one.method, one.path, one.body)
		var rows []map[string]any
		if err := json.Unmarshal([]byte(copied(p, newest(t, server, "default"), "fixture")), &rows); err != nil {
			t.Fatal(err)
		}
		ids := []float64{}
		for _, row := range rows {
			ids = append(ids, row["id"].(float64))
		}
		if !slices.Equal(ids, one.ids) {
			t.Errorf("%s: got the ids %v, want %v", one.path, ids, one.ids)
		}
		path := filepath.Join(folder, one.file+".json")
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var others []map[string]any
		if err := json.Unmarshal(data, &others); err != nil {
			t.Fatal(err)
		}
		others = slices.DeleteFunc(others, func(row map[string]any) bool { return slices.Contains(ids, row["id"].(float64)) })
		if data, err = json.Marshal(append(others, rows...)); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := mock.New(mock.Options{Fixtures: os.DirFS(folder)}); err != nil { // as ticaga-mock fixtures check
		t.Errorf("got the error %v for fixtures with the rows, want none", err)
	}
}
