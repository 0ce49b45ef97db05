package docs_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// block is a fenced block of a page.
var block = regexp.MustCompile("(?ms)^ *```(sh|json|php|go)\n(.*?)^ *```$")

// answer is what a comment behind a command says of its status.
var answer = regexp.MustCompile(`\s+# ([1-5]\d\d)$`)

// TestCurl sends the requests that the documents show, those of a page to one mock. Each succeeds, or
// gets the status that a comment behind it says. A block of JSON is the answer to the request before it.
func TestCurl(t *testing.T) {
	sent := 0
	for _, file := range documents(t) {
		desk := mock.Start(quiet{t})
		var last []byte
		for _, found := range block.FindAllStringSubmatch(read(t, file), -1) {
			switch language, text := found[1], found[2]; language {
			case "sh":
				for line := range strings.Lines(strings.ReplaceAll(text, "\\\n", " ")) {
					if line = strings.TrimSpace(line); strings.HasPrefix(line, "curl ") {
						last = sendCurl(t, file, desk.URL, line)
						sent++
					}
				}
			case "json":
				if diff := cmp.Diff(value(t, file, []byte(text)), value(t, file, last)); diff != "" {
					t.Errorf("%s: the answer differs (-shown +got):\n%s", file, diff)
				}
			}
		}
	}
	if sent < 10 {
		t.Errorf("found %d requests in the documents; is the pattern right?; want at least 10", sent)
	}
}

// quiet is a test whose log does not get the violations of requests that are wrong on purpose.
type quiet struct{ *testing.T }

func (quiet) Failed() bool { return false }

// sendCurl does what a line with curl does, and returns the body of the answer.
func sendCurl(t *testing.T, file, base, line string) []byte {
	t.Helper()
	want := 0
	if found := answer.FindStringSubmatch(line); found != nil {
		want, _ = strconv.Atoi(found[1])
		line = strings.TrimSuffix(line, found[0])
	}
	var method, address, body string
	header := http.Header{}
	words := split(line)[1:]
	for len(words) > 0 {
		option := words[0]
		words = words[1:]
		if !strings.HasPrefix(option, "-") {
			address = option
			continue
		}
		if len(words) == 0 {
			t.Fatalf("%s: %s: got no value of %s, want one", file, line, option)
		}
		argument := words[0]
		words = words[1:]
		switch option {
		case "-X":
			method = argument
		case "-H":
			name, value, _ := strings.Cut(argument, ": ")
			header.Set(name, value)
		case "-o": // the file is not needed
		case "--unix-socket": // the socket of a mock like this one
			words[len(words)-1] = strings.Replace(words[len(words)-1], "http://localhost", "http://127.0.0.1:4280", 1)
		case "-u":
			header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(argument)))
		case "-d":
			if body != "" {
				body += "&"
			}
			body += argument
			header.Set("Content-Type", "application/x-www-form-urlencoded")
			if method == "" {
				method = http.MethodPost
			}
		default:
			t.Fatalf("%s: %s: got curl's %s, want an option that this test knows", file, line, option)
		}
	}
	path, ok := strings.CutPrefix(address, "http://127.0.0.1:4280")
	if !ok {
		t.Fatalf("%s: %s: got another address, want one that begins with http://127.0.0.1:4280", file, line)
	}
	request, err := http.NewRequest(method, base+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header = header
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatalf("%s: %s: %v", file, line, err)
	}
	defer func() { _ = response.Body.Close() }()
	got, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatalf("%s: %s: %v", file, line, err)
	}
	switch {
	case want != 0 && response.StatusCode != want:
		t.Errorf("%s: %s: got status %d, want %d", file, line, response.StatusCode, want)
	case want == 0 && response.StatusCode >= 300:
		t.Errorf("%s: %s: got status %d, want below 300: %s", file, line, response.StatusCode, got)
	}
	return got
}

// split takes a line apart into words, as a shell does with single quotes.
func split(line string) []string {
	var words []string
	for i, part := range strings.Split(line, "'") {
		if i%2 == 1 {
			words = append(words, part)
		} else {
			words = append(words, strings.Fields(part)...)
		}
	}
	return words
}

func value(t *testing.T, file string, text []byte) (v any) {
	t.Helper()
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatalf("%s: %v in %s", file, err, text)
	}
	return v
}

// TestPHP runs the PHP that the documents show, apart from what is cut from an example. The comment at its
// end is what it prints. Without PHP and its curl extension only CI fails.
func TestPHP(t *testing.T) {
	if err := exec.Command("php", "-r", "exit(extension_loaded('curl') ? 0 : 1);").Run(); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("php with its curl extension is needed: %v", err)
		}
		t.Logf("NOTHING WAS TESTED: php with its curl extension is needed: %v", err)
		return
	}
	for _, file := range documents(t) {
		for _, found := range block.FindAllStringSubmatch(cut.ReplaceAllString(read(t, file), ""), -1) {
			if found[1] != "php" {
				continue
			}
			code, want, ok := strings.Cut(found[2], "   // ")
			if !ok {
				t.Errorf("%s: got PHP without a comment at its end, want what it prints", file)
			}
			// What php says at its start, such as that an extension of this machine is broken, is not
			// part of the output.
			php := exec.Command("php", "-d", "display_startup_errors=0", "-d", "log_errors=0", "-d", "display_errors=stderr")
			php.Stdin = strings.NewReader(strings.ReplaceAll(code, "http://127.0.0.1:4280", mock.Start(t).URL))
			var stderr bytes.Buffer
			php.Stderr = &stderr
			got, err := php.Output()
			if err != nil {
				t.Errorf("%s: php: got %v, want no error: %s", file, err, &stderr)
			}
			if got, want := strings.TrimSpace(string(got)), strings.TrimSpace(want); got != want {
				t.Errorf("%s: the PHP prints %q, want %q", file, got, want)
			}
		}
	}
}

// TestMakeTargets checks that the targets of make that the documents name exist.
func TestMakeTargets(t *testing.T) {
	makefile := read(t, "Makefile")
	target := regexp.MustCompile("(?m)(?:^|`)make ([a-z]+)")
	for _, file := range documents(t) {
		for _, found := range target.FindAllStringSubmatch(read(t, file), -1) {
			if !strings.Contains(makefile, "\n"+found[1]+":") {
				t.Errorf("%s: the Makefile has no target %q, want containing %q", file, found[1], "\n"+found[1]+":")
			}
		}
	}
}

// TestCodes checks that the codes of violations that the documents name exist.
func TestCodes(t *testing.T) {
	code := regexp.MustCompile(`TM-[A-Z0-9]+(-[A-Z0-9]+)+|TM-METHOD|TM-DEPRECATED`)
	for _, file := range documents(t) {
		for _, name := range code.FindAllString(read(t, file), -1) {
			if _, ok := mock.Explain(name); !ok {
				t.Errorf("%s: got the code %s, want one that exists", file, name)
			}
		}
	}
}
