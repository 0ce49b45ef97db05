//go:build cgo

package verify

import (
	"fmt"
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
			[]string{"-pacts=" + writePact(t, withState(`"custmer 8 exists"`))},
			"error in the state: the provider state \"custmer 8 exists\" is unknown\n    fix       did you mean \"customer {id} exists\""},
		{"a state is unknown, and where states are",
			[]string{"-pacts=" + writePact(t, withState(`"customer 8 sleeps"`))}, "a new state is an entry in contracts/states_*.go"},
		{"the path does not exist, and a 404 is expected",
			[]string{"-pacts=" + writePact(t, asking("a request", "GET", "/api/customer/8", 404))}, "or say in the description that the path is unknown"},
		{"the method does not exist, and a 405 is expected",
			[]string{"-pacts=" + writePact(t, asking("a request", "GET", "/api/customers/assign", 405))}, "the path does not support this method"},
		{"the request breaks the contract",
			[]string{"-pacts=" + writePact(t, linking(`{"ticaga_id": 8, "biling_id": 42, "billing_system": "blesta"}`))},
			`rename "biling_id" to "billing_id"`},
		{"other credentials are needed",
			[]string{"-pacts=" + writePact(t, linking(`{}`)), "-token=secret-token"}, "send credentials that the mock accepts: those of EMAIL= and TOKEN="},
		{"every interaction is pending",
			[]string{"-pacts=" + writePact(t, pending)}, "nothing is verified: every interaction is pending and fails"},
		{"nothing has that description",
			[]string{"-pacts=../pacts", "-description=no such thing"}, `no interaction is selected by the description "no such thing"`},
		{"nothing has that state",
			[]string{"-pacts=../pacts", "-state=no such thing"}, `and the state "no such thing"`},
		{"there is no such folder",
			[]string{"-pacts=" + filepath.Join(t.TempDir(), "pacts")}, "no such file or folder"},
		{"the name of the pacts is empty",
			[]string{"-pacts="}, "the name of the pacts is empty; is the variable set?"},
		{"the folder is empty",
			[]string{"-pacts=" + t.TempDir()}, "no pact found"},
		{"the pact is empty",
			[]string{"-pacts=" + writePact(t, `{"consumer":{"name":"c"},"provider":{"name":"p"},"interactions":[]}`)}, `"own.json" has no interactions`},
		{"the file is no pact",
			[]string{"-pacts=" + writePact(t, `{"name":"not-a-pact"}`)}, `"own.json" is not a pact`},
		{"the file is an array",
			[]string{"-pacts=" + writePact(t, `[]`)}, `"own.json" is not a pact: it is an array, and must be an object`},
		{"the file begins with a byte order mark",
			[]string{"-pacts=" + writePact(t, "\ufeff"+own)}, "byte order mark"},
		{"the pact needs a plugin",
			[]string{"-pacts=" + writePact(t, strings.Replace(own, `"metadata": {`, `"metadata": {"plugins": [{"name": "protobuf", "version": "0.3.0"}], `, 1))},
			`"own.json" needs the Pact plugin "protobuf"`},
		{"the pact is about messages",
			[]string{"-pacts=" + writePact(t, `{"consumer":{"name":"c"},"provider":{"name":"ticaga"},"messages":[{"description":"m"}]}`)}, `"own.json" contains messages`},
		{"the pact is for another provider",
			[]string{"-pacts=" + writePact(t, strings.ReplaceAll(own, `"ticaga"`, `"help desk"`))},
			`is left out, it is for the provider "help desk"`},
		{"and there is no other",
			[]string{"-pacts=" + writePact(t, strings.ReplaceAll(own, `"ticaga"`, `"help desk"`))},
			`is for the provider "ticaga"; name another with PROVIDER=`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			out, err := runOutside(t, "TestProvider", test.args...)
			if err == nil || strings.Contains(out, "pact: verified") {
				t.Errorf("the verification passed:\n%s; want an error, out without \"pact: verified\"", out)
			}
			if !strings.Contains(out, test.want) {
				t.Errorf("the output lacks %q:\n%s", test.want, out)
			}
		})
	}
}

// The pacts of a plugin's author may be of any version and hold any credentials.
func TestVerificationPasses(t *testing.T) {
	both := filepath.Dir(writePact(t, withState(`"customer 1 exists"`)))
	if err := os.WriteFile(filepath.Join(both, "other.json"), []byte(own), 0o644); err != nil {
		t.Fatal(err)
	}
	mine := []string{"-email=agent@example.com", "-token=1|mine"}
	tests := []struct {
		name string
		args []string
		want []string // in the output
	}{
		{"two pacts", append(mine, "-pacts="+both), []string{"pact: verified 4 interactions in 2 pacts\npact: warnings: 4 TM-HEADER-ACCEPT; "}},
		{"a description", append(mine, "-pacts="+both, "-description=A LOOK"), []string{"pact: verified 2 interactions in 1 pact, 2 not selected"}},
		{"a state", append(mine, "-pacts="+both, "-state=no customer"), []string{"pact: verified 1 interaction in 1 pact, 3 not selected"}},
		{"another provider", append(mine, "-provider=Help Desk", "-pacts="+writePact(t, strings.ReplaceAll(own, `"ticaga"`, `"help desk"`))),
			[]string{"pact: verified 3 interactions in 1 pact"}},
		{"a path that is unknown on purpose", []string{"-pacts=" + writePact(t, asking("a request to an unknown path", "GET", "/api/customer/8", 404))},
			[]string{"pact: verified 1 interaction in 1 pact"}},
		{"a field that is unknown", []string{"-pacts=" + writePact(t, linking(`{"ticaga_id": 8, "billing_id": 42, "billing_system": "blesta", "colour": "red"}`))},
			[]string{"warning TM-BODY-UNKNOWN-FIELD in the body", "pact: verified 1 interaction in 1 pact"}},
		{"a parameter that is unknown", []string{"-pacts=" + writePact(t, asking("a request", "GET", "/api/customers/get/8?colour=red", 200))},
			[]string{"warning TM-QUERY-UNKNOWN in the query", "pact: verified 1 interaction in 1 pact"}},
		{"a path with a value of the state", []string{"-pacts=" + writePact(t, fromState)}, []string{"pact: verified 1 interaction in 1 pact"}},
		{"one that is pending", []string{"-pacts=" + writePact(t, strings.Replace(pending, `"interactions": [`, `"interactions": [`+onePasses+`,`, 1))},
			[]string{`"a request for customer 1" is pending: it fails, but Pact lets it`, "expected 200 but was 401", "pact: verified 1 interaction in 1 pact, 1 pending"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			out, err := runOutside(t, "TestProvider", test.args...)
			if err != nil {
				t.Errorf("%v\n%s", err, out)
			}
			for _, want := range test.want {
				if !strings.Contains(out, want) {
					t.Errorf("the output lacks %q:\n%s", want, out)
				}
			}
		})
	}
}

// What Pact's own variables add or leave out, nobody would see.
func TestVerificationRefusesVariables(t *testing.T) {
	for _, name := range []string{"PACT_DESCRIPTION", "PACT_PROVIDER_STATE", "PACT_PROVIDER_NO_STATE", "PACT_URL"} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(name, "true")
			out, err := runOutside(t, "TestProvider", "-pacts=../pacts/documented-ticaga.json")
			if want := name + " is set"; err == nil || !strings.Contains(out, want) {
				t.Errorf("%v, the output lacks %q:\n%s", err, want, out)
			}
		})
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
			t.Errorf("%v\n%s", err, out)
		}
		for _, want := range wants {
			if !strings.Contains(out, want) {
				t.Errorf("the output lacks %q:\n%s", want, out)
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
	leftover := left + `", want only files that a consumer writes; delete it`
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
  "provider": {"name": "ticaga"},
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

// fromState is a pact of version 3 that has the ID of its customer from the provider state.
const fromState = `{
  "consumer": {"name": "own"},
  "provider": {"name": "ticaga"},
  "interactions": [{
    "description": "a request for a new customer",
    "providerStates": [{"name": "customer new@example.com exists", "params": {"id": 4711}}],
    "request": {
      "method": "GET", "path": "/api/customers/get/1", "headers": {"Authorization": "Bearer demo-token"},
      "generators": {"path": {"type": "ProviderState", "expression": "/api/customers/get/${id}", "dataType": "STRING"}}
    },
    "response": {"status": 200, "body": {"user": {"id": 4711, "email": "new@example.com"}}}
  }],
  "metadata": {"pactSpecification": {"version": "3.0.0"}}
}`

// onePasses is an interaction of version 4.
const onePasses = `{
    "type": "Synchronous/HTTP",
    "description": "a request that is refused",
    "request": {"method": "GET", "path": "/api/customers/get/1"},
    "response": {"status": 401}
  }`

// asking is a pact of version 2 with one request, which the mock would accept if there is such an operation.
func asking(description, method, path string, status int) string {
	path, query, _ := strings.Cut(path, "?")
	return fmt.Sprintf(`{"consumer": {"name": "own"}, "provider": {"name": "ticaga"}, "interactions": [{"description": %q,
		"request": {"method": %q, "path": %q, "query": %q, "headers": {"Authorization": "Bearer demo-token", "Accept": "application/json"}}, "response": {"status": %d}}]}`,
		description, method, path, query, status)
}

// linking is a pact of version 2 with one request to link a customer.
func linking(body string) string {
	return fmt.Sprintf(`{"consumer": {"name": "own"}, "provider": {"name": "ticaga"}, "interactions": [{"description": "a link", "request": {"method": "POST",
		"path": "/api/customers/assign", "headers": {"Authorization": "Bearer demo-token", "Accept": "application/json", "Content-Type": "application/json"}, "body": %s},
		"response": {"status": 200}}]}`, body)
}

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
