package mock

import (
	"cmp"
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"strconv"
	"sync"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/control"
)

// Transport answers a client's requests without a socket: whatever host they name, the server
// gets them.
//
//	client := &http.Client{Transport: server.Transport()}
//
// Answers come as they are written, slow ones and streams of events too. A connection that a
// fault breaks is ErrReset, or io.ErrUnexpectedEOF where the answer had begun. It is safe for
// concurrent use.
func (s *Server) Transport() http.RoundTripper { return transport{s, nil} }

// ErrReset is the error that a client of Transport gets if a fault resets the connection before there
// is a response.
var ErrReset = errors.New("ticaga-mock: the connection was reset")

type transport struct {
	server *Server
	world  *World // nil for whatever one the requests name
}

// RoundTrip implements http.RoundTripper.
func (t transport) RoundTrip(sent *http.Request) (*http.Response, error) {
	request := t.receive(sent)
	body, writer := io.Pipe()
	w := &pipeWriter{header: http.Header{}, body: writer, begun: make(chan struct{})}
	ctx := sent.Context()
	giveUp := context.AfterFunc(ctx, func() {
		_ = writer.CloseWithError(ctx.Err())
		_ = request.Body.Close() // whoever writes it waits for nobody
	})
	go func() {
		defer giveUp()
		defer func() { _ = request.Body.Close() }()
		err := w.serve(http.HandlerFunc(t.server.serveHere), request)
		_ = writer.CloseWithError(cmp.Or(ctx.Err(), err)) // nil is an orderly end
	}()
	select {
	case <-w.begun:
	case <-ctx.Done():
	}
	if err := ctx.Err(); err != nil { // also where the server was as quick: it may have answered to a body that broke off
		_ = body.CloseWithError(err)
		return nil, err
	}
	if w.status == 0 {
		return nil, ErrReset
	}
	response := &http.Response{
		Status: strconv.Itoa(w.status) + " " + http.StatusText(w.status), StatusCode: w.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: w.sent, Body: body, ContentLength: -1, Request: sent,
	}
	if length, err := strconv.ParseInt(w.sent.Get("Content-Length"), 10, 64); err == nil {
		response.ContentLength = length
	}
	if sent.Method == http.MethodHead {
		_ = body.Close()
		response.Body = http.NoBody
	}
	return response, nil
}

// receive makes of a client's request what a server would get to see.
func (t transport) receive(sent *http.Request) *http.Request {
	request := sent.Clone(sent.Context()) // a transport must not change what it is given
	if request.Method == "" {
		request.Method = http.MethodGet
	}
	switch {
	case request.Body == nil:
		request.Body = http.NoBody
	case request.ContentLength == 0 && request.Body != http.NoBody:
		request.ContentLength = -1 // to a client, 0 means that it does not know
	}
	if request.URL.Path == "" {
		request.URL.Path = "/"
	}
	if request.Host == "" {
		request.Host = request.URL.Host
	}
	if request.Header == nil {
		request.Header = http.Header{}
	}
	if _, set := request.Header["User-Agent"]; !set {
		request.Header.Set("User-Agent", "Go-http-client/1.1") // as over a socket
	}
	if control.Owns(request.URL.Path) {
		request.Host = "localhost" // which the control API checks; nobody but this process can send requests here
	} else if t.world != nil {
		t.world.live() // so that the request finds it, whatever its credentials
		request.URL.Path, request.URL.RawPath = t.world.Path()+request.URL.Path, ""
	}
	return request
}

// pipeWriter hands an answer over as it is written.
type pipeWriter struct {
	header http.Header
	body   *io.PipeWriter

	once   sync.Once
	begun  chan struct{} // closed when status and sent are there
	status int           // 0 when there is no answer
	sent   http.Header
}

// serve lets the server answer. The error is what the client sees of a connection that broke.
func (w *pipeWriter) serve(server http.Handler, request *http.Request) (err error) {
	defer func() {
		p := recover()
		if reason, ok := p.(error); ok && errors.Is(reason, http.ErrAbortHandler) {
			err = io.ErrUnexpectedEOF
			w.begin(0)
		} else if p != nil {
			panic(p)
		}
	}()
	server.ServeHTTP(w, request)
	w.begin(http.StatusOK)
	return nil
}

func (w *pipeWriter) begin(status int) {
	w.once.Do(func() {
		w.status, w.sent = status, maps.Clone(w.header)
		close(w.begun)
	})
}

func (w *pipeWriter) Header() http.Header { return w.header }

func (w *pipeWriter) WriteHeader(status int) { w.begin(status) }

func (w *pipeWriter) Write(p []byte) (int, error) {
	w.begin(http.StatusOK)
	return w.body.Write(p)
}

// Flush lets those who stream believe that somebody sees it, which is so.
func (w *pipeWriter) Flush() {}
