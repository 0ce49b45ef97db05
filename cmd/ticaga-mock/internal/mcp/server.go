// Package mcp is a server of the Model Context Protocol, by which coding assistants call tools and read
// resources: one JSON-RPC message a line, over the standard input and output of a program that the
// assistant starts.
//
// [Server.Serve] reads messages, methods.go answers them, and a [Tool] or a [Resource] is a function with a
// description. The package knows nothing of what they do.
package mcp

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// Limits of a session.
const (
	MaxMessage = 4 << 20  // bytes of a message from the client
	MaxText    = 64 << 10 // bytes of what a tool returns; an assistant has to read it all
	maxID      = 200      // bytes of the ID of a request
	maxCalls   = 16       // calls in flight
)

// How long calls in flight may go on after the client has closed its end: calls that wait for the network
// end after the first, and what does not end at all is left after the second.
const (
	patience = time.Second
	grace    = 5 * time.Second
)

// Server is what an assistant is offered. It must not change while it serves.
type Server struct {
	Name, Title, Version string
	Instructions         string // for the assistant: what the server is for
	Tools                []Tool
	Resources            []Resource
}

// Serve answers the messages of one client until its end of input, or until ctx ends; neither is an error.
// It writes nothing but messages to out. A client that does not read its answers is not read from either.
func (s *Server) Serve(ctx context.Context, in io.Reader, out io.Writer) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	c := &session{server: s, out: out, stop: cancel, calls: map[string]context.CancelFunc{}}
	ended := make(chan error, 1)
	go func() { ended <- c.read(ctx, in) }() // a read from a pipe does not end with ctx
	select {
	case err := <-ended:
		c.finish()
		return err
	case <-ctx.Done():
		var broken writeError
		if errors.As(context.Cause(ctx), &broken) {
			return broken.error
		}
		return nil
	}
}

// session is the conversation with one client.
type session struct {
	server *Server
	stop   context.CancelCauseFunc // ends it

	writing sync.Mutex
	out     io.Writer

	mu    sync.Mutex
	calls map[string]context.CancelFunc // in flight, by the ID of their request
	ended sync.WaitGroup                // when all of them have
}

// writeError is a client that is gone.
type writeError struct{ error }

// read receives messages until there are no more.
func (c *session) read(ctx context.Context, in io.Reader) error {
	lines := bufio.NewReaderSize(in, 64<<10)
	for ctx.Err() == nil {
		line, err := readLine(lines, MaxMessage)
		switch {
		case errors.Is(err, errTooLong):
			c.refuse(nil, invalidRequest, fmt.Sprintf("the message is longer than %d bytes", MaxMessage))
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("cannot read messages: %w", err)
		case len(line) > 0:
			c.receive(ctx, line)
		}
	}
	return nil
}

// receive answers a message. What may take long is done in the background.
func (c *session) receive(ctx context.Context, line []byte) {
	m, problem := parse(line)
	switch {
	case problem != nil:
		c.write(response{ID: m.ID, Error: problem})
	case m.Method == "": // an answer, to a server that asks nothing
	case m.ID == nil:
		c.notified(m)
	case m.Method == "tools/call" || m.Method == "resources/read":
		c.call(ctx, m)
	default:
		c.write(c.server.answer(ctx, m))
	}
}

// call answers a request in the background.
func (c *session) call(ctx context.Context, m message) {
	ctx, cancel := context.WithCancel(ctx)
	id := string(m.ID)
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.calls[id] != nil:
		cancel()
		c.refuse(m.ID, invalidRequest, "a request with this id is in flight")
		return
	case len(c.calls) == maxCalls:
		cancel()
		c.refuse(m.ID, invalidRequest, fmt.Sprintf("%d requests are in flight; wait for one of them", maxCalls))
		return
	}
	c.calls[id] = cancel
	c.ended.Go(func() {
		defer cancel()
		answer := c.server.answer(ctx, m)
		if c.forget(id) {
			c.write(answer)
		}
	})
}

// forget removes a call in flight, and reports whether it was still there. A request that the client has
// cancelled gets no answer.
func (c *session) forget(id string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	cancel := c.calls[id]
	if cancel != nil {
		cancel()
	}
	delete(c.calls, id)
	return cancel != nil
}

// notified does what a notification asks for. Those that it does not know need nothing.
func (c *session) notified(m message) {
	var params struct {
		RequestID json.RawMessage `json:"requestId"`
	}
	if m.Method == "notifications/cancelled" && json.Unmarshal(m.Params, &params) == nil {
		c.forget(string(params.RequestID))
	}
}

// finish waits for calls in flight.
func (c *session) finish() {
	done := make(chan struct{})
	go func() {
		c.ended.Wait()
		close(done)
	}()
	late := time.AfterFunc(patience, func() { c.stop(nil) })
	defer late.Stop()
	select {
	case <-done:
	case <-time.After(grace):
	}
}

func (c *session) refuse(id json.RawMessage, code int, text string) {
	c.write(response{ID: id, Error: &problem{Code: code, Message: text}})
}

// write sends a message. A client that cannot be written to ends the session.
func (c *session) write(r response) {
	line := r.encode()
	c.writing.Lock()
	defer c.writing.Unlock()
	if _, err := c.out.Write(line); err != nil {
		c.stop(writeError{fmt.Errorf("cannot write messages: %w", err)})
	}
}
