package explain_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	ticagamock "github.com/ticaga-mock/ticaga-mock"
	"github.com/ticaga-mock/ticaga-mock/mock"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// This file is as much of a shell and of curl as the pages need: neither is everywhere, and
// a page must not need more.

// serve answers at a base URL until the test ends.
func serve(t *testing.T, server *mock.Server) string {
	t.Helper()
	listener, err := mock.ListenLoopback(0)
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(listener) }() // it ends with Close
	t.Cleanup(func() { _ = server.Close() })
	return mock.BaseURL(listener.Addr())
}

// run does what a block of shell says, each line against the same mock, and returns what is
// wrong with the last request.
func run(t *testing.T, block string) []spec.Violation {
	t.Helper()
	options := mock.Options{}
	seen := make(chan mock.Exchange, 1)
	options.Observe = func(x mock.Exchange) { seen <- x }
	url := ""
	var last []spec.Violation
	for line := range strings.Lines(strings.NewReplacer("\\\n", " ", "|\n", "| ").Replace(block)) {
		commands := split(t, line)
		if commands[0][0] == "ticaga-mock" {
			settings(t, &options, commands[0][1:])
			continue
		}
		if url == "" {
			server, err := mock.New(options)
			if err != nil {
				t.Fatal(err)
			}
			url = serve(t, server)
		}
		var input []byte
		for _, c := range commands[:len(commands)-1] {
			input = produce(t, c)
		}
		if curl := commands[len(commands)-1]; !sendBroken(t, strings.TrimPrefix(url, "http://"), curl, input) {
			r := request(t, url, curl, input)
			send(t, r)
			if strings.HasPrefix(r.URL.Path, "/_mock/") { // no exchange of the API
				continue
			}
		}
		select {
		case x := <-seen:
			last = x.Violations
		case <-time.After(10 * time.Second):
			t.Fatalf("%s: got no request within 10s, want one", line)
		}
	}
	return last
}

// split takes a line apart: into the commands of a pipeline, and those into words.
func split(t *testing.T, line string) [][]string {
	t.Helper()
	commands := [][]string{nil}
	var word strings.Builder
	begun, quote := false, rune(0)
	end := func() {
		if begun {
			last := &commands[len(commands)-1]
			*last = append(*last, word.String())
		}
		word.Reset()
		begun = false
	}
	for _, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == '\'':
			word.WriteRune(r)
		case quote == '"' && strings.ContainsRune("$`\\", r), quote == 0 && strings.ContainsRune("$`\\;<>*?#", r):
			t.Fatalf("got %q, want what the shell of this test knows: %s", r, line)
		case quote == '"':
			word.WriteRune(r)
		case r == '\'' || r == '"':
			quote, begun = r, true
		case r == ' ' || r == '\n':
			end()
		case r == '|':
			end()
			commands = append(commands, nil)
		case r == '&': // in the background
			end()
		default:
			word.WriteRune(r)
			begun = true
		}
	}
	end()
	if quote != 0 || slices.ContainsFunc(commands, func(c []string) bool { return len(c) == 0 }) {
		t.Fatalf("got %s, want a command", line)
	}
	return commands
}

// withParameters is the built-in contract with a query parameter and a header for getCustomer.
func withParameters(t *testing.T) []byte {
	t.Helper()
	before, after, ok := strings.Cut(string(ticagamock.OpenAPI), "operationId: getCustomer\n")
	if !ok {
		t.Fatal("got no such operation in openapi.yaml, want it")
	}
	after = strings.Replace(after, "      parameters:\n", `      parameters:
        - { name: limit, in: query, required: true, description: How many., schema: { type: integer, minimum: 1, maximum: 100 } }
        - { name: X-Tenant, in: header, required: true, description: Whose., schema: { type: integer } }
`, 1)
	after = strings.Replace(after, "      responses:\n", "      responses:\n        '422': { $ref: '#/components/responses/Invalid' }\n", 1)
	return []byte(before + "operationId: getCustomer\n" + after)
}

// settings reads the flags of ticaga-mock.
func settings(t *testing.T, options *mock.Options, args []string) {
	t.Helper()
	for i := 0; i+1 < len(args); i += 2 {
		switch args[i] {
		case "--scenario":
			options.Scenario = args[i+1]
		case "--worlds":
			options.Worlds, _ = strconv.Atoi(args[i+1])
		case "--max-in-flight":
			options.MaxInFlight, _ = strconv.ParseInt(args[i+1], 10, 64)
		case "--max-world":
			options.MaxWorld, _ = strconv.ParseInt(args[i+1], 10, 64)
		case "--spec":
			options.Spec = withParameters(t)
		default:
			t.Fatalf("got argument %q, want one that ticaga-mock of this test knows", args[i])
		}
	}
}

// produce is the output of the command in front of curl.
func produce(t *testing.T, words []string) []byte {
	t.Helper()
	switch {
	case words[0] == "seq" && len(words) == 4 && words[1] == "-s":
		most, _ := strconv.Atoi(words[3])
		numbers := make([]string, most)
		for i := range numbers {
			numbers[i] = strconv.Itoa(i + 1)
		}
		return []byte(strings.Join(numbers, words[2]) + "\n")
	case words[0] == "printf" && strings.HasPrefix(words[1], "%0") && len(words) == 3:
		width, _ := strconv.Atoi(strings.Trim(words[1], "%d"))
		return []byte(strings.Repeat("0", width-len(words[2])) + words[2])
	case words[0] == "printf" && words[1] == "X-Filler: %080000d":
		return []byte("X-Filler: " + strings.Repeat("0", 80000))
	case words[0] == "printf" && words[1] == `%s\r\n`:
		return []byte(strings.Join(words[2:], "\r\n") + "\r\n")
	}
	t.Fatalf("got command %q, want one that the shell of this test knows", words)
	return nil
}

// request is what curl would send.
func request(t *testing.T, desk string, words []string, input []byte) *http.Request {
	t.Helper()
	if words[0] != "curl" {
		t.Fatalf("want curl, got %q", words)
	}
	var address, method, typed string
	var data, parts []string
	header := http.Header{}
	for i := 1; i < len(words); i++ {
		if !strings.HasPrefix(words[i], "-") {
			address = words[i]
			continue
		}
		option := words[i]
		i++
		if i == len(words) {
			t.Fatalf("curl: got no value of %s, want one", option)
		}
		switch value := words[i]; option {
		case "-m":
		case "-X":
			method = value
		case "-H":
			name, text, _ := strings.Cut(value, ":")
			header.Add(name, strings.TrimSpace(text))
		case "-u":
			header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(value)))
		case "-d", "--data-binary":
			if value == "@-" {
				value = string(input)
				if option == "-d" {
					value = strings.NewReplacer("\r", "", "\n", "").Replace(value)
				}
			}
			data = append(data, value)
		case "-F":
			parts = append(parts, value)
		default:
			t.Fatalf("got option %s, want one that the curl of this test knows", option)
		}
	}
	body := []byte(strings.Join(data, "&"))
	if len(data) > 0 {
		typed = "application/x-www-form-urlencoded"
	}
	if len(parts) > 0 {
		body, typed = form(t, parts)
	}
	if method == "" && typed != "" {
		method = http.MethodPost
	}
	if typed != "" && header.Get("Content-Type") == "" {
		header.Set("Content-Type", typed)
	}
	path, ok := strings.CutPrefix(address, "http://127.0.0.1:4280")
	if !ok {
		t.Fatalf("got address %q, want the mock's usual one", address)
	}
	r, err := http.NewRequest(method, desk+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = header
	if host := header.Get("Host"); host != "" {
		r.Host = host
	}
	return r
}

// form is the body of curl -F: name=text, which may end in ;filename=other.
func form(t *testing.T, parts []string) (body []byte, contentType string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, part := range parts {
		name, text, _ := strings.Cut(part, "=")
		text, file, isFile := strings.Cut(text, ";filename=")
		disposition := fmt.Sprintf("form-data; name=%q", name)
		if isFile {
			disposition += fmt.Sprintf("; filename=%q", file)
		}
		out, err := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {disposition}})
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(out, text)
	}
	_ = w.Close()
	return b.Bytes(), w.FormDataContentType()
}

// send sends a request. Whether an answer comes does not matter: that to a request that
// breaks off is for nobody.
func send(t *testing.T, r *http.Request) {
	t.Helper()
	if r.Header.Get("Content-Length") != "" { // which net/http would not let us lie about
		sendShort(t, r)
		return
	}
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	response, err := (&http.Client{Transport: transport}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, response.Body)
	_ = response.Body.Close()
}

// sendShort sends the headers as they are and the body, and then nothing more.
func sendShort(t *testing.T, r *http.Request) {
	t.Helper()
	conn, err := net.Dial("tcp", r.URL.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_, _ = fmt.Fprintf(conn, "%s %s HTTP/1.1\r\nHost: %s\r\n", r.Method, r.URL.RequestURI(), r.URL.Host)
	_ = r.Header.Write(conn)
	_, _ = io.WriteString(conn, "\r\n")
	_, _ = io.Copy(conn, r.Body)
	_ = conn.(*net.TCPConn).CloseWrite()
	_, _ = io.Copy(io.Discard, conn)
}
