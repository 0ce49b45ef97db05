package control

import (
	"errors"
	"net/http"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/verify"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/world"
)

// verify answers 200 when the expectation holds and 409 when it does not, as soon as that is certain. The
// world need not exist yet: a test may verify before the request that creates it.
func (a *api) verify(w http.ResponseWriter, r *http.Request) (any, error) {
	name := worldName(r)
	if err := world.CheckName(name); err != nil {
		return nil, err
	}
	raw, err := readText(http.MaxBytesReader(w, r.Body, verify.MaxBytes))
	if err != nil {
		return nil, err
	}
	expected, err := verify.Parse(verify.NewContract(a.Contract(), name), raw)
	if err != nil {
		return nil, err
	}
	extendDeadlines(w, expected.Within)
	result, err := a.Worlds.Verify(r.Context(), name, expected)
	switch {
	case errors.Is(err, world.ErrEnding):
		return nil, problemf(http.StatusServiceUnavailable, "%v; so far, %s", err, result.Explanation)
	case err != nil:
		return nil, err
	case !result.Holds:
		return nil, &problem{http.StatusConflict, result.Explanation, &result}
	}
	result.Explanation = a.redactor().Text(result.Explanation)
	return result, nil
}

// extendDeadlines lets a request wait for longer than the server lets other requests take.
func extendDeadlines(w http.ResponseWriter, wait time.Duration) {
	connection := http.NewResponseController(w)
	_ = connection.SetReadDeadline(time.Time{})
	_ = connection.SetWriteDeadline(time.Now().Add(wait + time.Minute))
}
