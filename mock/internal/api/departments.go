package api

import (
	"iter"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
)

// departmentAnswer is an array with one department or none: that is how plugins read it [C].
type departmentAnswer struct {
	Department []store.Department `json:"department"`
}

// listPublicDepartments handles GET /api/departments/public [D5].
func listPublicDepartments(s *store.Store, r Request) (any, error) {
	return named("departments", showDepartments(r, forGuests(s))), nil
}

// listCustomerDepartments handles GET /api/departments/customers [D5].
func listCustomerDepartments(s *store.Store, r Request) (any, error) {
	return named("departments", showDepartments(r, forCustomers(s))), nil
}

// showDepartments returns departments as an answer shows them: without custom fields if that
// extension is off [C].
func showDepartments(r Request, list iter.Seq[store.Department]) iter.Seq[store.Department] {
	return mapped(list, func(d *store.Department) store.Department { return showDepartment(r, *d) })
}

func showDepartment(r Request, d store.Department) store.Department {
	if r.Settings.CustomFields == off {
		d.CustomFields = nil
	}
	return d
}

func forGuests(s *store.Store) iter.Seq[store.Department] {
	return s.View().Departments(func(d store.Department) bool { return d.Enabled() && d.Public() })
}

// forCustomers includes the public departments: a customer can do what a guest can [I].
func forCustomers(s *store.Store) iter.Seq[store.Department] {
	return s.View().Departments(store.Department.Enabled)
}

// namedDepartment has its name twice: the Clientexec plugin reads `name` [CEb].
type namedDepartment struct {
	ID                 int64  `json:"id"`
	Name               string `json:"name"`
	DepartmentName     string `json:"department_name"`
	Description        string `json:"department_description"`
	Slug               string `json:"slug"`
	IsPublic           int    `json:"is_public"`
	IsDisabled         int    `json:"is_disabled"`
	AllowsHighPriority int    `json:"allows_high_priority"`
}

// listDepartments handles GET /api/departments/list [CEb].
func listDepartments(s *store.Store, _ Request) (any, error) {
	return named("departments", mapped(forCustomers(s), func(d *store.Department) namedDepartment {
		return namedDepartment{
			ID: d.ID, Name: d.Name, DepartmentName: d.Name, Description: d.Description, Slug: d.Slug,
			IsPublic: d.IsPublic, IsDisabled: d.IsDisabled, AllowsHighPriority: d.AllowsHighPriority,
		}
	})), nil
}

// getDepartment handles GET /api/departments/get/{slug} [B20].
func getDepartment(s *store.Store, r Request) (any, error) {
	d, ok := s.View().DepartmentBySlug(r.Params["slug"])
	return answerDepartment(r, d, ok)
}

// getDepartmentByID handles GET /api/departments/get_by_id/{id} [B20].
func getDepartmentByID(s *store.Store, r Request) (any, error) {
	d, ok := s.View().Department(r.Params.ID("id"))
	return answerDepartment(r, d, ok)
}

func answerDepartment(r Request, d store.Department, ok bool) (any, error) {
	list, err := departmentIfAny(r, d, ok)
	return departmentAnswer{list}, err
}

// departmentIfAny returns an array with one department. If the department does not exist, the
// settings decide: an empty array, nil for null, or an error.
func departmentIfAny(r Request, d store.Department, ok bool) ([]store.Department, error) {
	switch {
	case ok || r.Settings.UnknownDepartment == "empty":
		return oneOrNone(showDepartment(r, d), ok), nil
	case r.Settings.UnknownDepartment == "null":
		return nil, nil
	}
	return nil, errNoDepartment
}

// oneOrNone returns what Laravel's get() returns for a look-up: an array, which is empty instead of
// an error if nothing was found.
func oneOrNone[T any](row T, ok bool) []T {
	if !ok {
		return []T{}
	}
	return []T{row}
}
