package mock_test

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// This file is what the published clients have in common, and clients_*_test.go are the
// clients: each sends its own bytes over a connection of its own, and reads the answer as it
// was seen to. None of their code is here. Tags such as B24 are those of the facts sheet.

// plugin is one published client at one version, as far as the wire goes.
type plugin struct {
	tag       string
	get, post string                // a request up to its body, with {blanks}
	encode    func(phpArray) string // makes a POST's body
	trims     bool                  // cuts off the slash that a base URL may end in
	judge     func(method string, h heard) outcome
}

// installed is a plugin with its settings filled in.
type installed struct {
	plugin
	t                testing.TB
	base, email, key string
}

// install fills the settings in with the credentials of the default world.
func install(t testing.TB, p plugin, base string) *installed {
	return &installed{p, t, base, mock.DefaultEmail, mock.DefaultToken}
}

// during runs f and tells what the server heard meanwhile, the oldest first.
func (d *desk) during(f func()) []mock.Exchange {
	before := d.heardSoFar()
	f()
	all := d.Journal()
	all = slices.DeleteFunc(all, func(x mock.Exchange) bool { return x.ID <= before })
	slices.Reverse(all)
	return all
}

func (d *desk) heardSoFar() int64 {
	if all := d.Journal(); len(all) > 0 {
		return all[0].ID
	}
	return 0
}

// requests writes exchanges as a list of "METHOD /path status".
func requests(all []mock.Exchange) []string {
	lines := []string{}
	for _, x := range all {
		lines = append(lines, fmt.Sprint(x.Method, " ", x.Path, " ", x.Status))
	}
	return lines
}

// differ reports a difference between what a test wants and what it got.
func differ(t testing.TB, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmp.Exporter(func(reflect.Type) bool { return true })); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// heard is what came back; status 0 when nobody answered.
type heard struct {
	status int
	body   string
}

func (c *installed) read(action string) heard { return c.call("GET", c.plugin.get, action, "") }

func (c *installed) send(action string, fields phpArray) heard {
	return c.call("POST", c.plugin.post, action, c.encode(fields))
}

// curlContinues is the body size above which libcurl asks before it sends [X].
const curlContinues = 1 << 20

func (c *installed) call(method, template, action, body string) heard {
	if strings.Contains(action, " ") {
		return heard{} // curl does not send such a URL [X]
	}
	base := c.base
	if c.trims {
		base = strings.TrimRight(base, "/")
	}
	base = strings.TrimPrefix(base, "http://")
	host, path, slash := strings.Cut(base, "/")
	if slash {
		path = "/" + path
	}
	head := strings.NewReplacer("\n", "\r\n",
		"{path}", path+"/api/"+action, "{host}", host, "{length}", strconv.Itoa(len(body)),
		"{email}", c.email, "{key}", c.key,
		"{basic}", base64.StdEncoding.EncodeToString([]byte(c.email+":"+c.key)),
	).Replace(template)
	if len(body) > curlContinues {
		head = strings.TrimSuffix(head, "\r\n") + "Expect: 100-continue\r\n\r\n"
	}
	return converse(c.t, method, host, head, body)
}

// converse sends one request over a connection of its own, as PHP's curl does, and hangs up.
// The server has done all its work when it has hung up too, its journal included.
func converse(t testing.TB, method, host, head, body string) heard {
	t.Helper()
	conn, err := net.Dial("tcp", host)
	if err != nil {
		return heard{}
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(time.Minute))
	reader := bufio.NewReader(conn)
	_, _ = io.WriteString(conn, head)
	asks := len(body) > curlContinues
	if !asks {
		_, _ = io.WriteString(conn, body)
	}
	got, err := http.ReadResponse(reader, &http.Request{Method: method})
	if err == nil && asks && got.StatusCode == http.StatusContinue {
		_, _ = io.WriteString(conn, body)
		got, err = http.ReadResponse(reader, &http.Request{Method: method})
	}
	if err != nil {
		return heard{}
	}
	read, err := io.ReadAll(got.Body)
	if err != nil {
		t.Errorf("%s: %v", head, err)
	}
	_ = conn.(*net.TCPConn).CloseWrite()
	if rest, _ := io.ReadAll(reader); len(rest) > 0 {
		t.Errorf("%s: after the answer there is %q, want no rest", head, rest)
	}
	return heard{got.StatusCode, string(read)}
}

// outcome is what a client makes of an answer before it looks inside.
type outcome string

const (
	asSuccess    outcome = "success"
	asNotFound   outcome = "notfound"
	asAuthError  outcome = "autherror"
	asNoResponse outcome = "noresponse"
	asError      outcome = "error"
	asException  outcome = "exception" // of the CEa only, as are the next two
	asDecoded    outcome = "decoded"
	asNull       outcome = "null"
)

// The judges are section 5 of the facts sheet, one a kind of client. What an empty body with
// a status other than 2xx counts for is not known; it is a missing answer here [I].

func judge2024(method string, h heard) outcome {
	switch {
	case h.body == "":
		return asNoResponse
	case h.status == 401 || h.status == 403:
		return asAuthError
	case h.status == 404 && method == "GET":
		return asNotFound
	}
	return asSuccess // 302, 422 and 500 too
}

func judge21(_ string, h heard) outcome { return judge2024("GET", h) }

func judge2y(_ string, h heard) outcome {
	was := judge21("", h)
	if was == asSuccess && !is2xx(h) {
		return asError
	}
	return was
}

func judgeCEa(_ string, h heard) outcome {
	switch {
	case h.status == 0 || h.status >= 400:
		return asException
	case h.body == "":
		return asNull
	}
	return asDecoded
}

func judgeCEb(_ string, h heard) outcome {
	switch {
	case h.status == 401 || h.status == 403:
		return asAuthError
	case h.status == 0 || h.status >= 400:
		return asError
	}
	return asSuccess
}

func judgeCEc(_ string, h heard) outcome {
	if is2xx(h) {
		return asSuccess
	}
	return asError
}

func is2xx(h heard) bool { return h.status/100 == 2 }

// TestClientsByStatus is the table of section 5, asked of a server that answers with
// nothing else. B2x is not in it: its settings file was not found.
func TestClientsByStatus(t *testing.T) {
	const page = "<html>Login</html>"
	classes := []struct {
		name    string
		answers []heard
	}{
		{"no connection", nil},
		{"2xx, empty", []heard{{200, ""}, {204, ""}}},
		{"2xx", []heard{{200, `{"id":8}`}, {201, `{"id":8}`}}},
		{"3xx", []heard{{301, page}, {302, page}}},
		{"401, 403", []heard{{401, notAuthenticated}, {403, `{"message":"This action is unauthorized."}`}}},
		{"404", []heard{{404, `{"error":"Ticket not found"}`}}},
		{"422, 429, 500", []heard{{422, `{"message":"Bad."}`}, {429, `{"message":"Too Many Attempts."}`}, {500, page}}},
	}
	const x, ok, gone, auth, none, err, null, some = asException, asSuccess, asNotFound, asAuthError, asNoResponse, asError, asNull, asDecoded
	for _, row := range []struct {
		plugin
		method string
		want   [7]outcome
	}{
		//            none  empty 2xx   3xx   401   404   422
		{b24, "GET", [7]outcome{none, none, ok, ok, auth, gone, ok}},
		{b24, "POST", [7]outcome{none, none, ok, ok, auth, ok, ok}},
		{b20, "GET", [7]outcome{none, none, ok, ok, auth, gone, ok}},
		{b20, "POST", [7]outcome{none, none, ok, ok, auth, ok, ok}},
		{b21, "GET", [7]outcome{none, none, ok, ok, auth, gone, ok}},
		{b21, "POST", [7]outcome{none, none, ok, ok, auth, gone, ok}},
		{b2y, "GET", [7]outcome{none, none, ok, err, auth, gone, err}},
		{b2y, "POST", [7]outcome{none, none, ok, err, auth, gone, err}},
		{cea, "GET", [7]outcome{x, null, some, some, x, x, x}},
		{cea, "POST", [7]outcome{x, null, some, some, x, x, x}},
		{ceb, "GET", [7]outcome{err, ok, ok, ok, auth, err, err}},
		{ceb, "POST", [7]outcome{err, ok, ok, ok, auth, err, err}},
		{cec, "POST", [7]outcome{err, ok, ok, err, err, err, err}},
	} {
		ask := func(base string) outcome {
			c := install(t, row.plugin, base)
			if row.method == "GET" {
				return c.judge("GET", c.read("customers/get/8"))
			}
			return c.judge("POST", c.send("tickets/info", phpArray{{"ticket_id", 7}}))
		}
		for i, class := range classes {
			t.Run(class.name, func(t *testing.T) {
				if class.answers == nil {
					if got := ask(nobody(t)); got != row.want[i] {
						t.Errorf("%s %s, %s: got %s, want %s", row.tag, row.method, class.name, got, row.want[i])
					}
				}
				for _, answer := range class.answers {
					server := newParrot(t, answer)
					if got := ask(server.url); got != row.want[i] {
						t.Errorf("%s %s, got status %d: %s, want %s", row.tag, row.method, answer.status, got, row.want[i])
					}
					if n := len(server.heard()); n != 1 { // nobody follows a redirect
						t.Errorf("%s %s, got status %d: %d requests, want 1", row.tag, row.method, answer.status, n)
					}
				}
			})
		}
	}
}

// TestBaseURLWithTrailingSlash: Blesta keeps the slash, Clientexec does not.
func TestBaseURLWithTrailingSlash(t *testing.T) { onEveryEngine(t, baseURLWithTrailingSlash) }

func baseURLWithTrailingSlash(t *testing.T, newDesk deskMaker) {
	d := newDesk(t)
	for _, p := range []plugin{b24, b20, b21, b2x, b2y, cea, ceb, cec} {
		c := install(t, p, d.url+"/")
		seen := d.during(func() {
			if p.get != "" {
				want := 404 // as from Laravel
				if p.trims {
					want = 200
				}
				differ(t, p.tag, want, c.read("departments/public").status)
			}
			c.send("customers/billing", phpArray{{"ticaga_id", 8}, {"billing_id", 42}})
		})
		for _, x := range seen {
			slashes := strings.Count(x.Path, "//")
			if got, want := slashes == 0, slices.Contains([]string{"CEa", "CEb", "CEc"}, p.tag); got != want {
				t.Errorf("%s: got path %s, want one without a double slash: %t", p.tag, x.Path, want)
			}
			if slices.Contains(codes(x), "TM-PATH-DOUBLE-SLASH") != (slashes == 1) {
				t.Errorf("%s: %s: got violations %q, want TM-PATH-DOUBLE-SLASH among them: %t", p.tag, x.Path, codes(x), slashes == 1)
			}
		}
	}
}

// wireCase is a call of a client's, what it is answered, and the bytes it has to send.
type wireCase struct {
	name    string
	plugin  plugin
	call    func(*installed)
	answers []heard
	want    []string // "\n" ends a line of a head, and an empty one the head
}

// checkWire makes the calls and compares the bytes.
func checkWire(t *testing.T, cases []wireCase) {
	for _, c := range cases {
		t.Run(c.plugin.tag+" "+c.name, func(t *testing.T) {
			server := newParrot(t, c.answers...)
			client := install(t, c.plugin, server.url)
			client.email, client.key = "admin@example.com", "12|abc"
			c.call(client)
			want := []string{}
			for _, request := range c.want {
				head, body, _ := strings.Cut(request, "\n\n")
				lines := strings.Split(head, "\n")
				lines = slices.Insert(lines, 1, "Host: "+strings.TrimPrefix(server.url, "http://"))
				for i, line := range lines {
					if line == "Content-Length:" {
						lines[i] += " " + strconv.Itoa(len(body))
					}
				}
				want = append(want, strings.Join(lines, "\r\n")+"\r\n\r\n"+body)
			}
			differ(t, "bytes", want, server.heard())
		})
	}
}

// parrot is a server that knows a few answers and gives them in turn, the last one for ever.
type parrot struct {
	url  string
	mu   sync.Mutex
	sent []string // each request, byte for byte
}

func newParrot(t testing.TB, answers ...heard) *parrot {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &parrot{url: "http://" + listener.Addr().String()}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := 0; ; i++ {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			p.serve(conn, answers[min(i, len(answers)-1)])
		}
	}()
	t.Cleanup(func() {
		_ = listener.Close()
		<-done
	})
	return p
}

func (p *parrot) serve(conn net.Conn, answer heard) {
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(time.Minute))
	var raw bytes.Buffer
	r, err := http.ReadRequest(bufio.NewReader(io.TeeReader(conn, &raw)))
	if err != nil {
		return
	}
	_, _ = io.Copy(io.Discard, r.Body)
	p.mu.Lock()
	p.sent = append(p.sent, raw.String())
	p.mu.Unlock()
	_, _ = fmt.Fprintf(conn, "HTTP/1.1 %d %s\r\n", answer.status, http.StatusText(answer.status))
	if answer.status/100 == 3 {
		_, _ = fmt.Fprintf(conn, "Location: %s/login\r\n", p.url)
	}
	_, _ = fmt.Fprintf(conn, "Content-Length: %d\r\n\r\n%s", len(answer.body), answer.body)
}

// heard lists the requests that came, byte for byte.
func (p *parrot) heard() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.sent)
}

// nobody is a base URL where nobody listens, and where nobody will while the test runs: the
// port is taken by the calling end of a connection.
func nobody(t testing.TB) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = conn.Close()
		_ = listener.Close()
	})
	return "http://" + conn.LocalAddr().String()
}

// phpArray is an array of PHP's with text for keys. In JSON it is an object, and an empty one
// is a list.
type phpArray []phpEntry

type phpEntry struct {
	key   string
	value any
}

// MarshalJSON keeps the order of the keys.
func (a phpArray) MarshalJSON() ([]byte, error) {
	if len(a) == 0 {
		return []byte("[]"), nil
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	for i, entry := range a {
		b.WriteByte("{,"[min(i, 1)])
		if err := encoder.Encode(entry.key); err != nil {
			return nil, err
		}
		b.WriteByte(':')
		if err := encoder.Encode(entry.value); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	var flat bytes.Buffer
	err := json.Compact(&flat, b.Bytes()) // the encoder ends its values with a line
	return flat.Bytes(), err
}

// phpJSON is json_encode with its default settings: "/" has a backslash before it, and what
// is not ASCII is written in code units.
func phpJSON(fields phpArray) string {
	raw, err := fields.MarshalJSON()
	if err != nil {
		panic(err)
	}
	var b strings.Builder
	for _, r := range string(raw) {
		switch {
		case r == '/':
			b.WriteString(`\/`)
		case r < 0x80:
			b.WriteRune(r)
		default:
			for _, unit := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&b, `\u%04x`, unit)
			}
		}
	}
	return b.String()
}

// phpForm is http_build_query of flat fields: a null is left out, key and all.
func phpForm(fields phpArray) string {
	var parts []string
	for _, entry := range fields {
		if entry.value != nil {
			parts = append(parts, phpURLEncode(entry.key)+"="+phpURLEncode(fmt.Sprint(entry.value)))
		}
	}
	return strings.Join(parts, "&")
}

// phpURLEncode is urlencode, which encodes a tilde where Go does not.
func phpURLEncode(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "~", "%7E") }

// decoded is json_decode: nil for what is not JSON.
func decoded(body string) any {
	var value any
	decoder := json.NewDecoder(strings.NewReader(body))
	decoder.UseNumber()
	if decoder.Decode(&value) != nil {
		return nil
	}
	return value
}

// at reads keys of objects and indexes of lists. What is not there is nil, for which PHP
// prints a warning and goes on.
func at(value any, path ...any) any {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			object, _ := value.(map[string]any)
			value = object[step]
		case int:
			list, _ := value.([]any)
			if step >= len(list) {
				return nil
			}
			value = list[step]
		}
	}
	return value
}

// text is a value as PHP would print it.
func text(value any) string {
	switch value := value.(type) {
	case nil:
		return ""
	case bool:
		return map[bool]string{true: "1"}[value]
	case []any, map[string]any:
		return fmt.Sprintf("%T", value)
	}
	return fmt.Sprint(value)
}

// atoi is a number that a client has read as text.
func atoi(t testing.TB, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// list is a value that is a list, or nothing.
func list(value any) []any {
	entries, _ := value.([]any)
	return entries
}

// truthy is whether PHP takes a decoded value for true. An object always is.
func truthy(value any) bool {
	switch value := value.(type) {
	case []any:
		return len(value) > 0
	case map[string]any:
		return true
	}
	return text(value) != "" && text(value) != "0"
}

// same is PHP's == of two ids or two addresses: a number and its digits are the same.
func same(a, b any) bool {
	if a == nil || b == nil {
		return a == b
	}
	x, errX := strconv.ParseFloat(text(a), 64)
	y, errY := strconv.ParseFloat(text(b), 64)
	if errX == nil && errY == nil {
		return x == y
	}
	return text(a) == text(b)
}

// shownTicket and shownReply are what a page shows; a field that a version does not read
// stays empty.
type shownTicket struct {
	id, owner, name, subject, text, created string
	guest                                   string // the name that came with the ticket
	status, priority, department            string
	code, hash, rating                      string   // B2y
	fields                                  []string // "Name: value" of each custom field; B2x, B2y
	ratings                                 bool     // whether it offers stars; B2x, B2y
}

type shownReply struct {
	by, text    string
	staff, note bool
}

// listedTicket is a row of a list of tickets.
type listedTicket struct{ id, subject, department, priority, status string }
