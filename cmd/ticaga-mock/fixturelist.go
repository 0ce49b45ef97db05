package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/cmd/ticaga-mock/internal/term"
)

// fixture is a row of a fixture file, as far as a request can use it.
type fixture struct {
	Kind          string   `json:"kind"` // "customer", "staff", "department" or "ticket"
	ID            int64    `json:"id"`
	Name          string   `json:"name,omitempty"`
	Department    string   `json:"department_name,omitempty"`
	Subject       string   `json:"subject,omitempty"`
	Email         string   `json:"email,omitempty"`
	Slug          string   `json:"slug,omitempty"`
	Password      string   `json:"password,omitempty"`
	Tokens        []string `json:"tokens,omitempty"`
	Role          string   `json:"role,omitempty"`
	BillingID     string   `json:"billing_id,omitempty"`
	BillingSystem string   `json:"billing_system,omitempty"`
	Customer      *int64   `json:"customer_id,omitempty"`
	PublicEmail   string   `json:"public_email,omitempty"`
	Status        string   `json:"status,omitempty"`
	IsPublic      *int     `json:"is_public,omitempty"`
	IsDisabled    *int     `json:"is_disabled,omitempty"`
}

// readFixtures returns the customers, staff, departments and tickets in the files of a scenario, and what its
// generate.json adds, in words.
func readFixtures(files fs.FS) (list []fixture, generated string, err error) {
	for _, noun := range []struct{ file, kind string }{{"staff", "staff"}, {"customers", "customer"}, {"departments", "department"}, {"tickets", "ticket"}} {
		var rows []fixture
		if err := readFile(files, noun.file+".json", &rows); err != nil {
			return nil, "", err
		}
		for _, row := range rows {
			row.Kind = noun.kind
			list = append(list, row)
		}
	}
	var plan struct{ Customers, Tickets int }
	if err := readFile(files, "generate.json", &plan); err != nil {
		return nil, "", err
	}
	if plan.Customers+plan.Tickets > 0 {
		generated = fmt.Sprintf("%s and %s are generated from the seed", count(plan.Customers, "customer"), count(plan.Tickets, "ticket"))
	}
	return list, generated, nil
}

// readFile reads a file of a scenario into target, and leaves target as it is if there is none.
func readFile(files fs.FS, name string, target any) error {
	data, err := fs.ReadFile(files, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = json.Unmarshal(data, target)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// fixtureHeading is the heading of the table of fixtures.
var fixtureHeading = [...]string{"KIND", "ID", "NAME", "E-MAIL OR SLUG", "PASSWORD OR TOKEN", "WHAT IT IS GOOD FOR"}

// row returns the row of a fixture in the table.
func (f fixture) row() []string {
	row := []string{f.Kind, strconv.FormatInt(f.ID, 10), f.Name, f.Email, f.Password, ""}
	switch f.Kind {
	case "customer":
		row[5] = "linked to " + f.BillingSystem + " " + f.BillingID
		if f.BillingSystem == "" {
			row[5] = "not linked"
		}
	case "staff":
		row[4] = strings.Join(f.Tokens, " ")
		if f.Role == "none" {
			row[5] = "has no staff rights"
		}
	case "department":
		row[2], row[3], row[5] = f.Department, f.Slug, "for customers only"
		if f.IsDisabled != nil && *f.IsDisabled == 1 {
			row[5] = "disabled"
		} else if f.IsPublic != nil && *f.IsPublic == 1 {
			row[5] = "for customers and guests"
		}
	case "ticket":
		row[2], row[3], row[5] = f.Subject, f.PublicEmail, f.Status+", of a guest"
		if f.Customer != nil && *f.Customer != 0 {
			row[5] = f.Status + ", of customer " + strconv.FormatInt(*f.Customer, 10)
		}
	}
	return row
}

// tellFixtures prints a table of fixtures.
func tellFixtures(stdout io.Writer, list []fixture, generated string) error {
	rows := term.Table{fixtureHeading[:]}
	for _, f := range list {
		row := f.row()
		for i := range row {
			row[i] = term.Printable(row[i])
		}
		rows = append(rows, row)
	}
	if err := rows.Write(stdout, term.StyleOf(stdout), nil); err != nil || generated == "" {
		return err
	}
	_, err := fmt.Fprintln(stdout, generated)
	return err
}

// fixturesMarkdown prints the table of docs/fixtures.md.
func fixturesMarkdown(stdout io.Writer, list []fixture) error {
	var b strings.Builder
	b.WriteString("| | ID | name | e-mail or slug | password or token | |\n| --- | --- | --- | --- | --- | --- |\n")
	for _, f := range list {
		row := f.row()
		for i := 3; i < 5; i++ {
			if row[i] != "" {
				row[i] = "`" + row[i] + "`"
			}
		}
		b.WriteString("| " + strings.Join(row, " | ") + " |\n")
	}
	_, err := io.WriteString(stdout, b.String())
	return err
}
