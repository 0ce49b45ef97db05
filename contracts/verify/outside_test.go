//go:build cgo

package verify

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// That a test fails is only seen from outside, so the tests here run the others as the
// command line does: in a process of their own.

func TestVerificationFails(t *testing.T) {
	const refused, linked = "../pacts/blesta-2.0-refused-ticaga.json", "../pacts/documented-ticaga.json"
	tests := []struct {
		name string
		args []string
		want string // in the output
	}{
		{"the provider accepts what it has to refuse",
			[]string{"-pacts=" + refused, `-answer=200 {"user":true}`}, "expected 401 but was 200"},
		{"the provider answers with text for a boolean",
			[]string{"-pacts=" + linked, `-answer=200 {"user":"yes"}`}, `Expected 'yes' (String) to be equal to true (Boolean)`},
		{"the provider breaks",
			[]string{"-pacts=" + linked, `-answer=500 {"message":"Server Error"}`}, "expected 200 but was 500"},
		{"the provider takes other credentials",
			[]string{"-pacts=" + linked, "-token=other"}, "expected 200 but was 401"},
		{"a provider state is unknown",
			[]string{"-pacts=" + writePact(t, withState(`"customer 8 sleeps"`))},
			`provider state "customer 8 sleeps": unknown; did you mean "customer {id} exists"`},
		{"an interaction is pending",
			[]string{"-pacts=" + writePact(t, pending)}, `"a request for customer 1" is pending`},
		{"there is no such folder",
			[]string{"-pacts=" + filepath.Join(t.TempDir(), "pacts")}, "no such file or folder"},
		{"the folder is empty",
			[]string{"-pacts=" + t.TempDir()}, "no pact found"},
		{"the pact is empty",
			[]string{"-pacts=" + writePact(t, `{"consumer":{"name":"c"},"provider":{"name":"p"},"interactions":[]}`)}, `"own.json" has no interactions`},
		{"the file is no pact",
			[]string{"-pacts=" + writePact(t, `{"name":"not-a-pact"}`)}, `"own.json" is not a pact`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			out, err := runOutside(t, "TestProvider", test.args...)
			if err == nil || strings.Contains(out, "pact: verified") {
				t.Errorf("got error %v, output:\n%s\nwant an error, and nothing verified", err, out)
			}
			if !strings.Contains(out, test.want) {
				t.Errorf("got output\n%s\nwant %q in it", out, test.want)
			}
		})
	}
}

// The pacts of a plugin's author may be of any version and hold any credentials.
func TestVerificationOfOwnPacts(t *testing.T) {
	folder := filepath.Dir(writePact(t, withState(`"customer 1 exists"`)))
	if err := os.WriteFile(filepath.Join(folder, "other.json"), []byte(own), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := runOutside(t, "TestProvider", "-pacts="+folder, "-email=agent@example.com", "-token=1|mine")
	if err != nil || !strings.Contains(out, "pact: verified 4 interactions in 2 pacts\n") {
		t.Errorf("got error %v, output\n%s\nwant no error, and \"pact: verified 4 interactions in 2 pacts\"", err, out)
	}
}

func TestVerificationNoticesAFilter(t *testing.T) {
	t.Setenv("PACT_DESCRIPTION", "nothing is called that")
	out, err := runOutside(t, "TestProvider", "-pacts=../pacts")
	if want := "the mock saw 0 requests for 1 interaction"; err == nil || !strings.Contains(out, want) {
		t.Errorf("got error %v, output\n%s\nwant an error, and %q in the output", err, out, want)
	}
}

func TestConsumersNoticeOldPacts(t *testing.T) {
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS("../pacts")); err != nil {
		t.Fatal(err)
	}
	run := func(wants []string, args ...string) {
		t.Helper()
		out, err := runOutside(t, "TestConsumers", append(args, "-pacts="+folder)...)
		if (err == nil) != (wants == nil) {
			t.Errorf("got error %v, want one: %t\n%s", err, wants != nil, out)
		}
		for _, want := range wants {
			if !strings.Contains(out, want) {
				t.Errorf("got output\n%s\nwant %q in it", out, want)
			}
		}
	}
	const changed, missing, left = "blesta-2.1-ticaga.json", "documented-ticaga.json", "gone-ticaga.json"
	run(nil)

	if err := os.WriteFile(filepath.Join(folder, changed), []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(folder, missing), filepath.Join(folder, left)); err != nil {
		t.Fatal(err)
	}
	const stale = ` is out of date; run: go test ./contracts/verify -run '^TestConsumers$' -update`
	leftover := left + `"; delete it`
	run([]string{changed + `"` + stale, missing + `"` + stale, leftover})
	run([]string{leftover}, "-update")

	if err := os.Remove(filepath.Join(folder, left)); err != nil {
		t.Fatal(err)
	}
	run(nil)
}

// withState is a pact of version 2.
func withState(state string) string {
	return `{
  "consumer": {"name": "own"},
  "provider": {"name": "help desk"},
  "interactions": [{
    "description": "a request for customer 1",
    "providerState": ` + state + `,
    "request": {"method": "get", "path": "/api/customers/get/1", "headers": {"Authorization": "Bearer 1|mine"}},
    "response": {"status": 200, "body": {"user": {"id": 1, "billing_id": "0"}}}
  }]
}`
}

// own is a pact of version 4. Its second interaction would see the link that the first
// one makes, if the mock did not start afresh.
const own = `{
  "consumer": {"name": "own"},
  "provider": {"name": "ticaga"},
  "interactions": [
    {
      "type": "Synchronous/HTTP",
      "description": "a link",
      "providerStates": [
        {"name": "no customer exists"},
        {"name": "a customer exists", "params": {"id": 112, "email": "joedoe@example.com"}}
      ],
      "request": {
        "method": "POST",
        "path": "/api/customers/assign",
        "headers": {
          "Authorization": ["Basic YWdlbnRAZXhhbXBsZS5jb206MXxtaW5l"],
          "Content-Type": ["application/x-www-form-urlencoded"]
        },
        "body": {
          "content": "ticaga_id=112&billing_id=5&billing_system=whmcs",
          "contentType": "application/x-www-form-urlencoded",
          "encoded": false
        }
      },
      "response": {"status": 200, "body": {"content": {"user": true}, "contentType": "application/json", "encoded": false}}
    },
    {
      "type": "Synchronous/HTTP",
      "description": "a look before the link",
      "providerStates": [{"name": "a customer exists", "params": {"id": "112", "email": "joedoe@example.com"}}],
      "request": {
        "method": "GET",
        "path": "/api/customers/get/112",
        "headers": {"Authorization": ["Bearer 1|mine"]}
      },
      "response": {
        "status": 200,
        "body": {
          "content": {"user": {"id": 112, "email": "joedoe@example.com", "billing_id": "0"}},
          "contentType": "application/json",
          "encoded": false
        }
      }
    },
    {
      "type": "Synchronous/HTTP",
      "description": "a look at the scenario",
      "request": {
        "method": "GET",
        "path": "/api/customers/get/112",
        "headers": {"Authorization": ["Bearer 1|mine"]}
      },
      "response": {"status": 401}
    }
  ],
  "metadata": {"pactSpecification": {"version": "4.0"}}
}`

const pending = `{
  "consumer": {"name": "own"},
  "provider": {"name": "ticaga"},
  "interactions": [{
    "type": "Synchronous/HTTP",
    "description": "a request for customer 1",
    "pending": true,
    "request": {"method": "GET", "path": "/api/customers/get/1"},
    "response": {"status": 200}
  }],
  "metadata": {"pactSpecification": {"version": "4.0"}}
}`

// writePact puts a pact into a folder of its own, and returns the file's path.
func writePact(t *testing.T, pact string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "own.json")
	if err := os.WriteFile(file, []byte(pact), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// runOutside runs one of the tests with the flags args.
func runOutside(t *testing.T, test string, args ...string) (output string, err error) {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(program, append([]string{"-test.run=^" + test + "$"}, args...)...).CombinedOutput()
	return string(out), err
}
