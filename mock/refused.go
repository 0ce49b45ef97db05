package mock

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/inspect"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/control"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/wire"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// refused records a request that net/http has refused by itself: nothing else would tell of it. It
// returns what the answer's header has to say about it.
func (s *Server) refused(r wire.Refusal) []string {
	request, found := r.Request(s.options.MaxHeader)
	if r.WantsTLS && strings.HasPrefix(request.Path, control.Prefix) {
		return nil // a command such as wait or doctor has to find out first; no plugin sent it
	}
	header, body := r.Reply()
	entry := s.recordUnread(&incoming{
		files: s.files.Load(), started: r.Time, target: request.Target, odd: found,
		Request: &http.Request{
			Method: request.Method, URL: &url.URL{Path: request.Path, RawQuery: request.Query}, Header: request.Header, Host: request.Header.Get("Host"),
		},
	}, answer{status: r.Status(), header: header, body: []byte(body)})
	s.observe(&entry)
	return []string{fmt.Sprintf("%s: %d", ViolationsHeader, len(entry.Violations)), "Link: " + helpLink(&entry)}
}

// refuseHTTP2 refuses a client that begins with HTTP/2 and does not go on with it.
func (s *Server) refuseHTTP2(w http.ResponseWriter, r *http.Request) {
	a := answer{status: http.StatusHTTPVersionNotSupported, body: []byte("505 HTTP Version Not Supported")}
	entry := s.recordUnread(&incoming{Request: r, files: s.files.Load(), started: time.Now(), target: r.RequestURI, odd: []spec.Violation{wire.HTTP2()}}, a)
	w.Header().Set(ViolationsHeader, strconv.Itoa(len(entry.Violations)))
	w.Header().Set("Link", helpLink(&entry))
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body)
	s.observe(&entry)
}

// recordUnread records a request that no operation gets to see. It belongs to the default world,
// because what names another one may be what is wrong.
func (s *Server) recordUnread(in *incoming, a answer) Exchange {
	to := address{world: s.world(), path: in.URL.Path}
	if _, inside, ok := strings.Cut(strings.TrimPrefix(to.path, worldPrefix), "/"); ok && strings.HasPrefix(to.path, worldPrefix) {
		to.path = "/" + inside
	}
	seen := &inspect.Inspection{Query: in.files.inspector.DecodeQuery(in.URL.RawQuery), Scheme: inspect.Scheme(in.Header)}
	seen.Intended, seen.Params, _ = in.files.inspector.Find(in.Method, to.path)
	for i := range in.odd {
		in.odd[i] = inspect.Unencoded(in.odd[i], seen)
	}
	var entry Exchange
	err := to.world.Do(context.Background(), func() { entry = s.record(in, &to, content{}, seen, &decision{}, &a) })
	if err != nil {
		s.logf("a request that is not HTTP is not in the journal: %v", err)
	}
	return entry
}
