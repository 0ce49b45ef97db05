package mock

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/api"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/wire"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// refused records a request that net/http has refused by itself: nothing else would tell of it. It
// returns what the answer's header has to say about it.
func (s *Server) refused(r wire.Refusal) []string {
	request, found := r.Request(s.options.MaxHeader)
	x := s.unread(r.Time, &http.Request{
		Method: request.Method, URL: &url.URL{Path: request.Path, RawQuery: request.Query}, Header: request.Header, Host: request.Header.Get("Host"),
	}, request.Target)
	for _, v := range found {
		x.report(x.advise(v))
	}
	header, body := r.Reply()
	x.observe(x.record(answer{status: r.Status(), header: header, body: []byte(body)}))
	return []string{fmt.Sprintf("%s: %d", ViolationsHeader, len(x.violations))}
}

// refuseHTTP2 refuses a client that begins with HTTP/2.
func (s *Server) refuseHTTP2(w http.ResponseWriter, r *http.Request) {
	x := s.unread(time.Now(), r, r.RequestURI)
	x.report(wire.HTTP2())
	a := answer{status: http.StatusHTTPVersionNotSupported, body: []byte("505 HTTP Version Not Supported")}
	entry := x.record(a)
	w.Header().Set(ViolationsHeader, strconv.Itoa(len(x.violations)))
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body)
	x.observe(entry)
}

// unread is the exchange of a request that no operation gets to see. It belongs to the default
// world, because what names another one may be what is wrong.
func (s *Server) unread(started time.Time, r *http.Request, target string) *exchange {
	x := &exchange{
		server: s, request: r, started: started, target: target, path: r.URL.Path, header: r.Header, query: s.limits.Query(r.URL.RawQuery),
		world: s.world(), credentials: api.Scheme(r.Header), violations: []spec.Violation{},
	}
	if _, inside, ok := strings.Cut(strings.TrimPrefix(x.path, worldPrefix), "/"); ok && strings.HasPrefix(x.path, worldPrefix) {
		x.path = "/" + inside
	}
	if found, params := s.router.find(r, x.path); found != nil {
		x.meant, x.params = found.operation(r.Method), params
	}
	return x
}

// advise names the value that was not encoded, where the operation is known.
func (x *exchange) advise(v spec.Violation) spec.Violation {
	if v.Code != "TM-HTTP-TARGET" || v.In != spec.InPath || x.meant == nil {
		return v
	}
	for name, value := range x.params {
		if url.PathEscape(value) != value {
			v.At = name
			v.Fix = fmt.Sprintf("percent-encode the value of %s in the path of %s«: rawurlencode($%s)|»", name, x.meant.ID, name)
		}
	}
	return v
}
