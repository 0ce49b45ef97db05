package mock

import (
	"slices"

	"github.com/ticaga-mock/ticaga-mock/mock/inspect"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
)

// accounts are those of a world, as inspect asks for them.
type accounts struct{ *store.State }

func (a accounts) First() (inspect.Account, bool) { return account(a.FirstStaff()) }

func (a accounts) ByToken(token string) (inspect.Account, bool) {
	return account(a.StaffByToken(token))
}

func (a accounts) ByEmail(email string) (inspect.Account, bool) {
	return account(a.StaffByEmail(email))
}

func (a accounts) IsCustomer(email string) bool {
	_, ok := a.CustomerByEmail(email)
	return ok
}

func (a accounts) AnyToken(is func(token string) bool) bool {
	return slices.ContainsFunc(a.Staff().List, func(member store.Staff) bool { return slices.ContainsFunc(member.Tokens, is) })
}

func account(member store.Staff, ok bool) (inspect.Account, bool) {
	return inspect.Account{ID: member.ID, Email: member.Email, Rights: member.HasRights()}, ok
}
