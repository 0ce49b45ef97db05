package mock

import "github.com/ticaga-mock/ticaga-mock/mock/internal/verify"

// Result is what became of an expectation, as the control door answers it. Its String is for
// people: the explanation, then a line for each difference.
type Result = verify.Result
