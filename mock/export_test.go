package mock

import (
	"github.com/ticaga-mock/ticaga-mock/mock/inspect"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// SetContract makes a server answer by a contract that New would refuse, because its answers do not
// fit.
func (s *Server) SetContract(data []byte) error {
	contract, err := spec.Load(data)
	if err == nil {
		s.files.Store(&files{contract: contract, inspector: inspect.New(contract, inspect.Options{Auth: inspect.AllSchemes})})
	}
	return err
}
