package scenario_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	ticagamock "github.com/ticaga-mock/ticaga-mock"
	"github.com/ticaga-mock/ticaga-mock/fixtures"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/scenario"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// builtIn is the contract of the repository; loading it takes long.
var builtIn = sync.OnceValues(func() (*spec.Contract, error) { return spec.Load(ticagamock.OpenAPI) })

func newLoader(t *testing.T) *scenario.Loader {
	t.Helper()
	contract, err := builtIn()
	if err != nil {
		t.Fatal(err)
	}
	return &scenario.Loader{Contract: contract}
}

// folder returns a folder of files, given as pairs of name and content.
func folder(pairs ...string) fs.FS {
	files := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		files[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return files
}

const oneDepartment = `[{"id":1,"department_name":"Vertr` + "\u00e4" + `ge","department_description":"","slug":"v","is_public":1,"is_disabled":0,"allows_high_priority":1}]`

// TestFilesAreUTF8: a byte order mark is ignored, and the error for other encodings has the line.
func TestFilesAreUTF8(t *testing.T) {
	latin1 := strings.ReplaceAll(oneDepartment, "\u00e4", "\xe4")
	utf16 := "\xff\xfe" + strings.Join(strings.Split(`[]`, ""), "\x00") + "\x00"
	for _, row := range []struct {
		name, file, content string
		want                string // part of the error; "" if the file can be read
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
		t.Run(row.name, func(t *testing.T) {
			files := folder(row.file, row.content)
			if row.file == "settings.json" {
				files = folder(row.file, row.content, "departments.json", oneDepartment)
			}
			_, err := newLoader(t).Load(files, 0)
			if row.want == "" && err != nil {
				t.Errorf("Load(%s) = %v, want no error", row.file, err)
			}
			if row.want != "" && (err == nil || !strings.Contains(err.Error(), row.want)) {
				t.Errorf("Load(%s) = %v, want an error with %q", row.file, err, row.want)
			}
		})
	}
}

// TestErrorsOfBadRowsAreBounded: however much is wrong with rows, the error stays readable and says how
// much it leaves out.
func TestErrorsOfBadRowsAreBounded(t *testing.T) {
	const valid = `{"id":%d,"subject":"S","message":"M","status":"open","priority":"low","customer_id":0,"department_id":1,"created_at":"2026-01-02T15:04:05.000000Z"}`
	const maxLines, maxBytes = 103, 64 << 10
	for name, c := range map[string]struct {
		noun, list string
		want       []string
	}{
		"one":            {"customers", `[{}]`, []string{"customers.json: /0/id: the value is missing"}},
		"a few":          {"tickets", `[` + fmt.Sprintf(valid, 1) + `,{},` + fmt.Sprintf(valid, 1) + `,7]`, []string{"/1/id", "/3: the value has the wrong type"}},
		"very many":      {"customers", `[` + strings.Repeat(`{},`, 199_999) + `{}]`, []string{"/0/id", "and 8 more\n", "199991 more entries were not checked"}},
		"many numbers":   {"departments", `[` + strings.Repeat(`7,`, 149) + `7]`, []string{"/99: the value has", "departments.json: 50 more entries were not checked"}},
		"many fields":    {"customers", `[` + manyFields(5_000) + `]`, []string{": property", "and 4913 more"}},
		"a long name":    {"customers", `[{"` + strings.Repeat("x", 1<<20) + `":1}]`, []string{": property", "..."}},
		"a huge entry":   {"departments", `[{"custom_fields":[` + strings.Repeat(`{},`, 99_999) + `{}]}]`, []string{"/0/"}},
		"broken later":   {"customers", `[` + strings.Repeat(`{},`, 1_000) + "\n\n{]", []string{"/0/id"}},
		"broken at once": {"customers", "[\n\n{]", []string{"customers.json: line 3: invalid JSON at byte 5: unexpected ']'"}},
		"an object":      {"customers", `{}`, []string{"customers.json: must be an array of objects"}},
		"null":           {"customers", `null`, []string{"customers.json: must be an array of objects"}},
	} {
		t.Run(name, func(t *testing.T) {
			loader := newLoader(t)
			_, fromFile := loader.Load(folder(c.noun+".json", c.list), 0)
			_, fromState := loader.Replace(store.Data{}, map[string]json.RawMessage{c.noun: json.RawMessage(c.list)}, 0)
			for function, err := range map[string]error{"Load": fromFile, "Replace": fromState} {
				if err == nil {
					t.Errorf("%s: got no error, want one", function)
					continue
				}
				text := err.Error()
				if lines := strings.Count(text, "\n") + 1; lines > maxLines || len(text) > maxBytes {
					t.Errorf("%s: got an error of %d lines and %d bytes, want at most %d and %d", function, lines, len(text), maxLines, maxBytes)
				}
				for _, part := range c.want {
					if !strings.Contains(text, part) {
						t.Errorf("%s: got error %.3000s\nwant %q in it", function, text, part)
					}
				}
			}
		})
	}
}

// manyFields returns a JSON object with n fields that no row has, and one more.
func manyFields(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `"f%d":%d,`, i, i)
	}
	return "{" + b.String() + `"z":1}`
}

// TestReportedAndUncheckedEntriesAddUp: what is reported, counted and not checked adds up to what was sent.
func TestReportedAndUncheckedEntriesAddUp(t *testing.T) {
	_, err := newLoader(t).Load(folder("departments.json", `[`+strings.Repeat(`{},`, 1_000)+`{}]`), 0)
	if err == nil {
		t.Fatal("got no error, want one")
	}
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != 102 {
		t.Fatalf("got %d lines, want 102:\n%v", len(lines), err)
	}
	var reported, entries, more, unchecked int
	for _, line := range lines[:100] {
		var n int
		_, entry, _ := strings.Cut(line, "/")
		if _, err := fmt.Sscanf(entry, "%d/", &n); err != nil {
			t.Fatal(err)
		}
		reported, entries = reported+1, n+1
	}
	if _, err := fmt.Sscanf(lines[100], "departments.json: and %d more", &more); err != nil {
		t.Fatalf("%q: %v", lines[100], err)
	}
	if _, err := fmt.Sscanf(lines[101], "departments.json: %d more entries were not checked", &unchecked); err != nil {
		t.Fatalf("%q: %v", lines[101], err)
	}
	const missing = 7 // fields that a department must have
	if reported+more != entries*missing || entries+unchecked != 1_001 {
		t.Errorf("got %d reported and %d more in %d entries, and %d not checked; want %d reported in all, and 1001 entries",
			reported, more, entries, unchecked, entries*missing)
	}
}

// oneCustomer returns a customers.json with one customer.
func oneCustomer(id int, email string) string {
	return fmt.Sprintf(`[{"id":%d,"name":"N","email":%q,"email_verified_at":null,"company":"","phone_number":"","billing_id":"0","billing_system":"",`+
		`"account_manager":"0","biography":"","created_at":"2025-07-13T17:15:25.000000Z","updated_at":"2025-07-13T17:15:25.000000Z"}]`, id, email)
}

// TestFixturesWithoutStaff: a folder without staff gets an administrator, whose id is none of a customer's,
// and whose e-mail address must be none.
func TestFixturesWithoutStaff(t *testing.T) {
	loaded, err := newLoader(t).Load(folder("customers.json", oneCustomer(9001, "n@example.com")), 0)
	if err != nil {
		t.Fatal(err)
	}
	if got := loaded.Data.Customers[0]; got.ID != 9001 || got.Email != "n@example.com" {
		t.Errorf("got customer %d, %s; want 9001, n@example.com", got.ID, got.Email)
	}
	if got := loaded.Data.Staff[0]; got.ID != 9002 || got.Email != "admin@ticaga.test" {
		t.Errorf("got administrator %d, %s; want 9002, admin@ticaga.test", got.ID, got.Email)
	}
	loaded, err = newLoader(t).Load(folder("customers.json", oneCustomer(1, "admin@ticaga.test")), 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = store.New(loaded.Data, time.Now, 0, 0)
	if want := "customers.json: /0/email: admin@ticaga.test is a staff member's address"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("store.New(customer with the administrator's address) = %v, want an error with %q", err, want)
	}
}

// TestEveryScenarioKeepsStaffApart: the administrator has an id that no customer has, and the customers
// begin at 1.
func TestEveryScenarioKeepsStaffApart(t *testing.T) {
	for _, name := range fixtures.Names() {
		t.Run(name, func(t *testing.T) {
			files, err := fixtures.Open(name)
			if err != nil {
				t.Fatal(err)
			}
			loaded, err := newLoader(t).Load(files, 0)
			if err != nil {
				t.Fatal(err)
			}
			filled, err := store.New(loaded.Data, time.Now, 0, 0)
			if err != nil {
				t.Fatal(err)
			}
			if got := loaded.Data.Staff[0].ID; got != 9001 {
				t.Errorf("got administrator %d, want 9001", got)
			}
			if _, got := filled.View().Customer(1); got != (name != "empty") {
				t.Errorf("got customer 1: %t, want %t", got, name != "empty")
			}
		})
	}
}

// TestOwnFixturesAreNotChecked: the scenarios of the program are loaded with the built-in contract as with any other, which
// validates them.
func TestOwnFixturesAreNotChecked(t *testing.T) {
	for _, name := range fixtures.Names() {
		files, err := fixtures.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		want, err := newLoader(t).Load(files, 0)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got, err := (&scenario.Loader{Contract: spec.BuiltIn()}).Load(files, 0)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: got other data (-validated +got):\n%.1000s", name, diff)
		}
	}
}
