package store

import (
	"fmt"
	"iter"
	"slices"
)

// Department is one department, as a fixture file writes it and as answers show it [C].
type Department struct {
	ID                 int64          `json:"id"`
	Name               string         `json:"department_name"`
	Description        string         `json:"department_description"`
	Slug               string         `json:"slug"`
	IsPublic           int            `json:"is_public"`   // 1 when guests may write to it
	IsDisabled         int            `json:"is_disabled"` // 1 when nobody may
	AllowsHighPriority int            `json:"allows_high_priority"`
	BusinessHours      *BusinessHours `json:"business_hours,omitempty"`
	CCEnabled          bool           `json:"cc_enabled,omitempty"`
	ShowServices       bool           `json:"show_services,omitempty"`
	CustomFields       []CustomField  `json:"custom_fields,omitempty"`
}

// BusinessHours says whether somebody is there.
type BusinessHours struct {
	IsOpen  bool   `json:"is_open"`
	Message string `json:"message"`
}

// CustomField is a field that a department adds to the form.
type CustomField struct {
	Slug              string   `json:"slug"`
	Name              string   `json:"name"`
	Type              string   `json:"type"`
	Options           []string `json:"options,omitempty"`
	Required          bool     `json:"required,omitempty"`
	Placeholder       string   `json:"placeholder,omitempty"`
	Description       string   `json:"description,omitempty"`
	VisibleToCustomer *bool    `json:"visible_to_customer,omitempty"` // false when it is left out [C]
}

// Visible reports whether customers see the field.
func (f CustomField) Visible() bool { return f.VisibleToCustomer != nil && *f.VisibleToCustomer }

// Secret reports whether the values of the field are passwords.
func (f CustomField) Secret() bool { return f.Type == "password" }

// Public reports whether guests see it.
func (d Department) Public() bool { return d.IsPublic == 1 }

// Enabled reports whether tickets can be sent to it.
func (d Department) Enabled() bool { return d.IsDisabled == 0 }

// Allows reports whether a ticket may have the priority: 1 allows all, anything else the
// low ones only; 3 offers no choice, and forms without one send "none" [C].
func (d Department) Allows(priority string) bool {
	return d.AllowsHighPriority == 1 || slices.Contains([]string{"none", "low", "medium", "normal"}, priority)
}

type departments struct {
	rows    table[Department]
	bySlug  index[string]
	edition *Edition
}

// Edition is another one after each change of a department. It has a size, so that no two have one address.
type Edition struct{ _ byte }

func (d departments) copy() departments {
	return departments{d.rows.copy(), d.bySlug.copy(), d.edition}
}

// DepartmentsEdition returns the edition of the departments. States with the same one have the same departments.
func (s *State) DepartmentsEdition() *Edition { return s.departments.edition }

// Department finds a department by id.
func (s *State) Department(id int64) (Department, bool) { return s.departments.rows.get(id) }

// AllDepartments goes through every department.
func (s *State) AllDepartments() iter.Seq[Department] { return s.departments.rows.all() }

// DepartmentBySlug finds a department by its slug.
func (s *State) DepartmentBySlug(slug string) (Department, bool) {
	id, ok := s.departments.bySlug.first(slug)
	if !ok {
		return Department{}, false
	}
	return s.departments.rows.get(id)
}

// Departments goes through those that pass the test, by id.
func (s *State) Departments(test func(Department) bool) iter.Seq[Department] {
	return func(yield func(Department) bool) {
		for d := range s.departments.rows.all() {
			if test(d) && !yield(d) {
				return
			}
		}
	}
}

// PasswordFields lists the slugs of all custom fields that hold a password.
func (s *State) PasswordFields() (slugs []string) {
	for d := range s.AllDepartments() {
		for _, f := range d.CustomFields {
			if f.Secret() {
				slugs = append(slugs, f.Slug)
			}
		}
	}
	return slugs
}

// CountDepartments is how many there are.
func (s *State) CountDepartments() int { return s.departments.rows.count() }

func (tx *Tx) loadDepartment(d Department) error {
	if _, ok := tx.Department(d.ID); ok {
		return twice("id", d.ID)
	}
	if _, ok := tx.DepartmentBySlug(d.Slug); ok {
		return twice("slug", d.Slug)
	}
	if err := d.checkFields(); err != nil {
		return err
	}
	tx.departments.rows.put(d.ID, d)
	tx.departments.bySlug.add(d.Slug, d.ID)
	tx.departments.edition = new(Edition)
	tx.count(d.Size(), 0)
	return nil
}

// checkFields returns an error if two custom fields have the same slug.
func (d Department) checkFields() error {
	slugs := map[string]bool{}
	for i, f := range d.CustomFields {
		if slugs[f.Slug] {
			return fmt.Errorf("custom_fields/%d/%w", i, twice("slug", f.Slug))
		}
		slugs[f.Slug] = true
	}
	return nil
}
