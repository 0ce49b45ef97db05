package store

import (
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"
)

// MaxID is the largest id that a row can have: RowId of the contract.
const MaxID = 1<<53 - 2

// FullError says that a world cannot hold any more.
type FullError struct {
	Limit    int64  // in bytes; 0 when it is not about memory
	Together bool   // Limit is that of all worlds together
	Noun     string // whose ids have come to their end; "" when it is about memory
}

func (e *FullError) Error() string {
	switch {
	case e.Noun != "":
		return fmt.Sprintf("the world is full: no %s can have an id after %d", e.Noun, int64(MaxID))
	case e.Together:
		return fmt.Sprintf("the worlds are full: their data may take %d bytes together, set by --worlds-total", e.Limit)
	}
	return fmt.Sprintf("the world is full: its data may take %d bytes, set by --max-world", e.Limit)
}

// base is the fixtures that states have grown from. States of the same base share it.
type base struct{ bytes int64 } // 0 when all worlds share it

// own is about how many bytes of memory a state takes beside its base: no more than was written
// since, and no more than there is.
func (s *State) own() int64 { return min(s.written, s.size) }

// held is about how many bytes states and their bases take together.
func held(states ...*State) int64 {
	sum, seen := int64(0), map[any]bool{}
	for _, st := range states {
		if !seen[st.base] {
			seen[st.base] = true
			sum += st.base.bytes
		}
		if !seen[st] {
			seen[st] = true
			sum += st.own()
		}
	}
	return sum
}

// settle recounts what the store takes, which has not grown, and what of it is not the present
// state's own.
func (s *Store) settle() { _ = s.total.count(s, s.recount(), s) }

// recount returns what the store takes, and notes what of it is not the present state's own.
func (s *Store) recount() int64 {
	present := s.present.Load()
	states := append(slices.Collect(maps.Values(s.snapshots)), s.fixtures)
	taken := held(append(states, present)...)
	s.others = taken
	if !slices.Contains(states, present) {
		s.others -= present.own()
	}
	return taken
}

// fits reports whether a state may follow the present one. What does not grow always may.
func (s *Store) fits(next *State) error {
	if s.limit > 0 && next.own() > s.present.Load().own() && s.others+next.own() > s.limit {
		return &FullError{Limit: s.limit}
	}
	return s.total.count(s, s.others+next.own(), s)
}

// count keeps the sum when a row replaces another one, if there is one.
func (tx *Tx) count(size, replaced int64) {
	tx.size += size - replaced
	tx.written += size
}

// What a row takes beside its texts: the struct, its places in trees, and texts of a fixed form.
// Texts count as JSON writes them, so that an answer and an export have bounds too.
const (
	customerSize   = 512
	ticketSize     = 768
	responseSize   = 320
	departmentSize = 512
	valueSize      = 64 // of a custom field
)

// Size is about how many bytes of memory a customer takes.
func (c Customer) Size() int64 {
	return customerSize + texts(c.Name, c.Email, c.Email, c.Company, c.PhoneNumber, c.BillingID, c.BillingSystem, c.AccountManager, c.Biography, c.Password)
}

// Size is about how many bytes of memory a ticket takes.
func (t Ticket) Size() int64 {
	n := ticketSize + texts(t.Subject, t.Message, t.PublicName, t.PublicEmail, t.PublicEmail, t.CC, t.Assigned, t.IPAddress, t.Organize,
		t.BillingSystem, t.BillingCompanyID, t.BillingServiceID, t.BillingServiceName)
	for slug, value := range t.CustomFields {
		n += valueSize + texts(slug)
		switch v := value.(type) {
		case string:
			n += valueSize + texts(v)
		case []any:
			for _, entry := range v {
				text, _ := entry.(string)
				n += valueSize + texts(text)
			}
		}
	}
	return n
}

// Size is about how many bytes of memory a reply takes.
func (r Response) Size() int64 { return responseSize + texts(r.Content) }

// Size is about how many bytes of memory a department takes.
func (d Department) Size() int64 {
	n := departmentSize + texts(d.Name, d.Description, d.Slug, d.Slug)
	if d.BusinessHours != nil {
		n += valueSize + texts(d.BusinessHours.Message)
	}
	for _, f := range d.CustomFields {
		n += 4*valueSize + texts(f.Slug, f.Name, f.Type, f.Placeholder, f.Description)
		for _, option := range f.Options {
			n += valueSize + texts(option)
		}
	}
	return n
}

// Size is about how many bytes of memory a staff member takes.
func (m Staff) Size() int64 {
	return m.Customer.Size() + customerSize + texts(m.Role) + texts(m.Tokens...)
}

// texts is how many bytes texts have in JSON.
func texts(all ...string) int64 {
	n := 0
	for _, text := range all {
		n += len(text)
		for i := 0; i < len(text); i++ {
			switch c := text[i]; {
			case c == '"' || c == '\\' || c == '\n' || c == '\r' || c == '\t':
				n++
			case c < ' ': // \u0001
				n += 5
			case c == 0xE2 && i+2 < len(text) && text[i+1] == 0x80 && text[i+2]&^1 == 0xA8: // \u2028
				n += 3
			}
		}
		if !utf8.ValidString(text) { // \ufffd
			n += 5 * len(text)
		}
	}
	return int64(n)
}
