package mock

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strconv"
)

// Transport answers a client's requests without a socket: whatever host they name, the server
// gets them.
//
//	client := &http.Client{Transport: server.Transport()}
//
// Faults that break a connection come out as errors. It is safe for concurrent use.
func (s *Server) Transport() http.RoundTripper { return transport{s} }

type transport struct{ server *Server }

// errBroken is what a client sees of a connection that broke off.
var errBroken = errors.New("ticaga-mock: the connection was reset")

// RoundTrip implements http.RoundTripper.
func (t transport) RoundTrip(r *http.Request) (response *http.Response, err error) {
	request := r.Clone(r.Context()) // a server may change what it is given, a transport must not
	if request.Body == nil {
		request.Body = http.NoBody
	}
	defer func() { _ = request.Body.Close() }()
	if request.Host == "" {
		request.Host = request.URL.Host
	}
	w := &recorder{header: http.Header{}}
	func() {
		defer func() {
			if p := recover(); p == http.ErrAbortHandler {
				w.broken = true
			} else if p != nil {
				panic(p)
			}
		}()
		t.server.ServeHTTP(w, request)
	}()
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if w.broken && w.status == 0 {
		return nil, errBroken
	}
	body := io.Reader(&w.body)
	if w.broken {
		body = io.MultiReader(body, failing{})
	}
	if r.Method == http.MethodHead {
		body = http.NoBody
	}
	length, err := strconv.ParseInt(w.header.Get("Content-Length"), 10, 64)
	if err != nil {
		length = int64(w.body.Len())
	}
	return &http.Response{
		Status: strconv.Itoa(w.status) + " " + http.StatusText(w.status), StatusCode: w.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: w.header,
		Body: io.NopCloser(body), ContentLength: length, Request: r,
	}, nil
}

// recorder keeps an answer.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
	broken bool
}

func (w *recorder) Header() http.Header { return w.header }

func (w *recorder) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
}

func (w *recorder) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(p)
}

// Flush lets faults that drip believe that somebody sees it.
func (w *recorder) Flush() {}

// failing is the end of a body that broke off.
type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
