package examples_test

import (
	"bufio"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// composer installs what the PHP example needs, once. That is in this repository, so it needs no network.
var composer = sync.OnceValues(func() ([]byte, error) {
	install := exec.Command("composer", "install", "--no-interaction", "--no-progress")
	install.Dir = "php"
	install.Env = append(os.Environ(), "COMPOSER_DISABLE_NETWORK=1", "COMPOSER_ALLOW_SUPERUSER=1")
	return install.CombinedOutput()
})

// phpunit is the command that runs the PHP example's tests in a folder.
func phpunit(t testing.TB, folder string, args ...string) *exec.Cmd {
	t.Helper()
	needsPHP(t)
	return command(t, folder, "phpunit", args...)
}

// needsPHP fails the test if the PHP example cannot be tested here.
func needsPHP(t testing.TB) {
	t.Helper()
	needs(t, "phpunit", "apt install phpunit php-curl")
	needs(t, "composer", "apt install composer")
	if out, err := composer(); err != nil {
		t.Fatalf("composer install in contracts/examples/php: %v\n%s", err, out)
	}
}

var phpTests = regexp.MustCompile(`OK \((\d+) tests, \d+ assertions\)`)

// TestPHP: the suite passes, each test in a world of a mock that the suite starts.
func TestPHP(t *testing.T) {
	out, code := output(t, phpunit(t, "php"))
	passed := phpTests.FindStringSubmatch(out)
	if code != 0 || passed == nil {
		t.Fatalf("got exit code %d, want 0 and that all tests passed:\n%s", code, out)
	}
	t.Logf("examples: %s tests of the PHP plugin passed", passed[1])
}

// worldPath is the beginning of a path in one of the worlds that tests create.
var worldPath = regexp.MustCompile(`/w/test-[0-9a-f]+`)

// TestPHPRecorded: the committed pact is what the suite sends today.
func TestPHPRecorded(t *testing.T) {
	needsPHP(t)
	committed, file := filepath.Join("php", "pacts", "example-php-ticaga.json"), filepath.Join(t.TempDir(), "example-php-ticaga.json")
	if out, code := output(t, command(t, ".", ticagaMock, "run", "--record", file, "phpunit", "--configuration", "php")); code != 0 {
		t.Fatalf("got exit code %d, want 0:\n%s", code, out)
	}
	sent := strings.Join(lines(t, file), "\n")
	if *update {
		if err := os.WriteFile(committed, []byte(sent), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(lines(t, committed), strings.Split(sent, "\n")); diff != "" {
		t.Errorf("%s is not what the suite sends (-committed +sent); run: make pacts\n%s", committed, diff)
	}
}

// TestPHPBroken: a plugin with a bug fails, and the message of the failed test says how to fix it.
func TestPHPBroken(t *testing.T) {
	plugin := filepath.Join("src", "SupportPlugin.php")
	client := filepath.Join("src", "TicagaClient.php")
	for _, c := range []struct {
		name, test string
		bug        edit
		want       []string
	}{
		{
			"misspelt field", "testLinksAnAccount", edit{plugin, "'billing_id' =>", "'biling_id' =>"},
			[]string{`api/customers/assign 422: "billing_id" is missing`, `fix: rename "biling_id" to "billing_id"`, "[TM-BODY-REQUIRED]"},
		},
		{
			"misspelt field of a guest", "testOpensATicketAsAGuest", edit{plugin, "'public_email' =>", "'public_mail' =>"},
			[]string{`fix: rename "public_mail" to "public_email"`},
		},
		{
			"misspelt path", "testLinksAnAccount", edit{plugin, "'customers/assign'", "'customer/assign'"},
			[]string{"/api/customers/assign", "fix: "},
		},
		{
			"no credentials", "testLinksAnAccount", edit{client, "'Authorization: Bearer ' . $this->token,", ""},
			[]string{"the request has no credentials", "[TM-AUTH-MISSING]"},
		},
		{
			"unexpected value", "testLinksAnAccount", edit{plugin, "'billing_id' => $clientId", "'billing_id' => $customerId"},
			[]string{"POST /api/customers/assign 200", "body /billing_id: expected 42, got 8"},
		},
		{
			"error that the plugin ignores", "testSaysThatTheApiTokenIsWrong",
			edit{filepath.Join("tests", "SupportPluginTest.php"), "$this->allowViolations('TM-AUTH-TOKEN');", ""},
			[]string{"the mock found errors in the requests", "[TM-AUTH-TOKEN]"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			out, code := output(t, phpunit(t, broken(t, "php", c.bug), "--filter", c.test))
			if code == 0 {
				t.Errorf("got exit code 0, want another")
			}
			for _, want := range c.want {
				if got := strings.Count(out, want); got != 1 {
					t.Errorf("got %d times %q, want one:\n%s", got, want, out)
				}
			}
		})
	}
}

// TestPHPMessage: docs/tests.md shows the message of a failed test as it is.
func TestPHPMessage(t *testing.T) {
	page := strings.Join(lines(t, filepath.Join("..", "..", "docs", "tests.md")), "\n")
	_, page, found := strings.Cut(page, "```\nExamplePlugin\\TicagaException: ")
	want, _, ends := strings.Cut(page, "```")
	if !found || !ends {
		t.Fatal("docs/tests.md: got no message of a failed test, want one")
	}
	bug := edit{filepath.Join("src", "SupportPlugin.php"), "'billing_id' =>", "'biling_id' =>"}
	got, _ := output(t, phpunit(t, broken(t, "php", bug), "--filter", "testLinksAnAccount"))
	if !strings.Contains(worldPath.ReplaceAllString(got, ""), worldPath.ReplaceAllString(want, "")) {
		t.Errorf("docs/tests.md: got\n%s\nwant it in\n%s", want, got)
	}
}

// TestPHPGuesses: the suite passes whatever Ticaga does where only guesses are known.
func TestPHPGuesses(t *testing.T) {
	for _, guess := range []string{"--unknown-customer=200", "--unknown-customer=404", "--auth-error=sanctum", "--created=201", "--accept=strict"} {
		t.Run(guess, func(t *testing.T) {
			t.Parallel()
			needsPHP(t)
			if out, code := output(t, command(t, "php", ticagaMock, "run", guess, "phpunit")); code != 0 {
				t.Errorf("got exit code %d, want 0:\n%s", code, out)
			}
		})
	}
}

// TestPHPWithoutMock: if there is no mock, the tests say so in one sentence.
func TestPHPWithoutMock(t *testing.T) {
	script := filepath.Join(t.TempDir(), "ticaga-mock")
	if err := os.WriteFile(script, []byte("#!/bin/sh\necho 'ticaga-mock: it is broken' >&2\nexit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, setting, want string }{
		{"no such program", "TICAGA_MOCK_BINARY=/no/such/ticaga-mock", `"/no/such/ticaga-mock" did not start: is it the path of ticaga-mock? Set TICAGA_MOCK_BINARY to it`},
		{"program that ends", "TICAGA_MOCK_BINARY=" + script, "did not start: ticaga-mock: it is broken"},
		{"unknown scenario", "TICAGA_MOCK_SCENARIO=defualt", `ticaga-mock: --scenario "defualt": `},
		{"nothing at the URL", "TICAGA_MOCK_URL=http://127.0.0.1:1", "ticaga-mock at http://127.0.0.1:1: Failed to connect"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			suite := phpunit(t, "php")
			suite.Env = append(suite.Env, c.setting)
			out, code := output(t, suite)
			if got := strings.Count(out, c.want); code == 0 || got != 1 {
				t.Errorf("got exit code %d and %d times %q, want another code than 0 and one:\n%s", code, got, c.want, out)
			}
		})
	}
}

// TestPHPParallel: suites that share a mock do not disturb each other, and leave no worlds behind.
func TestPHPParallel(t *testing.T) {
	desk := mock.Start(quiet{t})
	var group sync.WaitGroup
	for range 4 {
		suite := phpunit(t, "php")
		suite.Env = append(suite.Env, "TICAGA_MOCK_URL="+desk.URL)
		group.Go(func() {
			if out, err := suite.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
	group.Wait()
	response, err := http.Get(desk.URL + "/_mock/worlds")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if got, err := io.ReadAll(response.Body); err != nil || strings.Contains(string(got), "test-") {
		t.Errorf("got the worlds %s and the error %v, want none whose name begins with test-", got, err)
	}
}

// quiet is a test whose log does not get the violations of requests that are wrong on purpose.
type quiet struct{ *testing.T }

func (quiet) Failed() bool { return false }

// TestPHPOneMock: test cases share the mock that the first of them starts.
func TestPHPOneMock(t *testing.T) {
	folder := broken(t, "php")
	tests := filepath.Join(folder, "tests")
	first := strings.Join(lines(t, filepath.Join(tests, "SupportPluginTest.php")), "\n")
	second := strings.Replace(first, "class SupportPluginTest", "class SecondTest", 1)
	if err := os.WriteFile(filepath.Join(tests, "SecondTest.php"), []byte(second), 0o644); err != nil {
		t.Fatal(err)
	}
	starts := filepath.Join(folder, "starts")
	script := filepath.Join(folder, "ticaga-mock")
	if err := os.WriteFile(script, []byte("#!/bin/sh\necho start >>'"+starts+"'\nexec '"+ticagaMock+"' \"$@\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	suite := phpunit(t, folder)
	suite.Env = append(suite.Env, "TICAGA_MOCK_BINARY="+script)
	out, code := output(t, suite)
	if got := len(lines(t, starts)) - 1; code != 0 || got != 1 {
		t.Errorf("got exit code %d and %d mocks, want 0 and one:\n%s", code, got, out)
	}
}

// TestPHPKilled: the mock ends with the tests, even if they are killed. Everything that they start inherits the
// write end of a pipe, whose read end is at its end when all of them have ended.
func TestPHPKilled(t *testing.T) {
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	suite := phpunit(t, broken(t, "php", edit{
		filepath.Join("tests", "SupportPluginTest.php"),
		"$this->assertTrue($this->plugin()->linkAccount(42, 'jane.roe@example.com', 8));",
		`fwrite(STDERR, $this->ticagaUrl() . "\n"); fgets(STDIN);`,
	}), "--filter", "testLinksAnAccount")
	suite.ExtraFiles = []*os.File{write}
	if _, err := suite.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	stderr, err := suite.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := suite.Start(); err != nil {
		t.Fatal(err)
	}
	_ = write.Close()
	printed := bufio.NewScanner(stderr)
	for printed.Scan() && !strings.HasPrefix(printed.Text(), "http://127.0.0.1:") {
		t.Logf("phpunit: %s", printed.Text())
	}
	if printed.Text() == "" {
		t.Error("phpunit ended before it printed the URL of a mock")
	}
	_ = suite.Process.Kill()
	if _, err := io.ReadAll(read); err != nil {
		t.Error(err)
	}
	_ = suite.Wait()
}
