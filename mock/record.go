package mock

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/inspect"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/laravel"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/memory"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/redact"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/world"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
	"github.com/ticaga-mock/ticaga-mock/mock/words"
)

// record writes the exchange down, once, without its secrets.
func (s *Server) record(in *incoming, to *address, body content, seen *inspect.Inspection, made *decision, a *answer) Exchange {
	r := in.Request
	violations := allViolations(in.odd, seen.Violations, made.violations, a.violations)
	in.files.contract.Locate(seen.Intended, seen.Scheme, violations)
	hide := redactor(in, to, seen)
	word(violations, r.Header, hide)
	to.world.Settings.Get().Mark(violations)
	path := hide.Path(cmp.Or(in.target, r.URL.EscapedPath()))
	target := path
	if to.path != r.URL.Path {
		target = hide.Path((&url.URL{Path: to.path}).EscapedPath())
	}
	text, harmless := in.shownBody(body, seen, hide)
	query := hide.Fields(seen.Query)
	header := hide.Header(r.Header)
	if header == nil { // the handler was called without net/http
		header = http.Header{}
	}
	in.restore(header, hide)
	entry := traffic.Exchange{
		Time: in.started, Method: hide.Method(r.Method), Path: path, Query: hide.Query(r.URL.RawQuery, seen.Query),
		World: to.world.Name, Credentials: seen.Scheme, Fault: made.fault.String(),
		Target:     target,
		Request:    traffic.NewMessage(header, text),
		Status:     a.status,
		Response:   traffic.NewMessage(hide.Header(a.header), hide.Answer(a.body)),
		Refusal:    hide.Text(a.refusal),
		Remark:     remark(to.world, a),
		Violations: violations,
		Took:       time.Since(in.started),
	}
	entry.Request.Truncated = entry.Request.Truncated || len(body.raw) > traffic.MaxBody
	entry.Response.Truncated = entry.Response.Truncated || len(a.body) > traffic.MaxBody || a.rest != nil
	if seen.Operation != nil {
		entry.Operation = seen.Operation.ID
	}
	if fields := made.given.fields; memory.FieldsFit(fields) { // of more, nothing is kept that had to be redacted
		entry.Fields = fields
		if !harmless {
			entry.Fields = hide.Fields(fields)
		}
		if len(body.raw) > traffic.MaxBody {
			entry.Fields = memory.Unshared(entry.Fields)
		}
	}
	if memory.FieldsFit(query) {
		entry.QueryFields = query
	}
	if made.fault.Kind == "reset" {
		entry.Status, entry.Response = 0, traffic.Message{}
	}
	entry.ID = to.world.Journal.Record(entry)
	return entry
}

// allViolations is one list of several, at most inspect.MaxViolations long and never nil.
func allViolations(lists ...[]spec.Violation) []spec.Violation {
	all := []spec.Violation{}
	for _, list := range lists {
		all = append(all, list[:min(len(list), inspect.MaxViolations-len(all))]...)
	}
	return all
}

// word puts the violations into the client's words, without secrets.
func word(violations []spec.Violation, header http.Header, hide redact.Redactor) {
	if len(violations) == 0 {
		return
	}
	php := mayBePHP(inspect.First(header, "User-Agent"))
	for i := range violations {
		v := &violations[i]
		v.Message, v.Fix = inspect.Speak(v.Message, php), inspect.Speak(v.Fix, php)
		hide.Violation(v)
	}
}

// shownBody is the body as the journal shows it, and whether none of its fields is a secret. JSON
// under another Content-Type is shown too, since each of its values has a name.
func (in *incoming) shownBody(body content, seen *inspect.Inspection, hide redact.Redactor) (text string, harmless bool) {
	r := in.Request
	if len(bytes.TrimSpace(body.raw)) == 0 {
		return string(body.raw), true
	}
	decoded, contentType, long := seen.Body, inspect.First(r.Header, "Content-Type"), len(body.raw) > traffic.MaxBody
	format := contentType
	if decoded.Fields == nil && !long { // nobody had to read it, so it also has the blank fields that operations leave out
		decoded, format = in.files.inspector.DecodeBody(r.Header, body.raw), ""
	}
	if decoded.Unreadable && !long {
		if intendedType, intended, ok := laravel.Intended(contentType, body.raw); ok && intendedType == "application/json" {
			decoded = in.files.inspector.DecodeBody(http.Header{"Content-Type": {intendedType}}, intended)
			decoded.Whole = false
		}
	}
	if decoded.Fields == nil || decoded.Unreadable {
		return redact.Undecoded(body.raw), false
	}
	return hide.Body(format, body.raw, decoded.Fields, decoded.Whole)
}

// restore adds to a copy of the header what net/http has taken out of it: Host, Transfer-Encoding,
// and trailers with the header that announces them. Trailers are there once the body was read.
func (in *incoming) restore(h http.Header, hide redact.Redactor) {
	r := in.Request
	if r.Host != "" {
		h["Host"] = []string{hide.Text(r.Host)}
	}
	if len(r.TransferEncoding) > 0 {
		h["Transfer-Encoding"] = r.TransferEncoding
	}
	if len(r.Trailer) == 0 {
		return
	}
	if len(in.trailers) > 0 {
		h["Trailer"] = []string{hide.Text(strings.Join(in.trailers, ", "))}
	}
	for name, values := range hide.Header(r.Trailer) {
		if len(values) > 0 {
			h[name] = slices.Concat(h[name], values)
		}
	}
}

// redactor knows the tokens of the help desk, and whatever this request sent instead of one: a wrong
// token may be the right one of another help desk. It also knows what messages quote and the journal
// does not show.
func redactor(in *incoming, to *address, seen *inspect.Inspection) redact.Redactor {
	known := to.world.Redactor()
	sent := hidden(in.Request, known)
	if seen.Access != inspect.Granted {
		sent = append(sent, sentTokens(in.Header)...)
	}
	if len(sent) == 0 {
		return known
	}
	return known.With(sent...)
}

// hidden lists what the journal does not show of the method and the path, with what stands beside it
// in messages where it is short.
func hidden(r *http.Request, hide redact.Redactor) (list []string) {
	if method := r.Method; hide.Method(method) != method {
		list = append(list, method, method+" method", method+" /")
	}
	path := r.URL.Path
	if !redact.MayHold(path) {
		return list
	}
	for segment := range strings.SplitSeq(path, "/") {
		if hide.Path(segment) != segment {
			list = append(list, segment, "/"+segment)
		}
	}
	return list
}

// sentTokens lists what stands where a token should.
func sentTokens(h http.Header) (sent []string) {
	for _, name := range [...]string{"Authorization", "X-Api-Token", "X-Admin-Email"} {
		for _, value := range h[name] {
			_, behind, _ := strings.Cut(value, " ")
			pair, _ := base64.StdEncoding.DecodeString(strings.TrimSpace(behind))
			_, token, _ := strings.Cut(string(pair), ":")
			for _, secret := range []string{value, behind, token} {
				if secret = strings.Trim(secret, " \"'<>"); !strings.Contains(secret, "@") || name == "Authorization" {
					sent = append(sent, secret)
				}
			}
		}
	}
	return sent
}

// remark is what people want to know of an exchange beside its violations.
func remark(w *world.World, a *answer) string {
	if said := cmp.Or(a.remark, replaced(w)); said != "" {
		return said
	}
	gone := w.GaveWay()
	if gone == nil {
		return ""
	}
	names := words.List(gone[:min(len(gone), 5)], len(gone))
	return "the data of all worlds together reached its limit, so these worlds, the least recently used, were forgotten with their journals: " + names +
		"; raise --worlds-total, or create worlds that must stay with POST /_mock/worlds"
}

// replaced returns what the first request to a world is told of the one that gave way to it.
func replaced(w *world.World) string {
	if w.Replaced == "" || w.Journal.LastID() > 0 {
		return ""
	}
	return fmt.Sprintf("the limit on worlds is reached, so this new one replaced %q, the least recently used, with its data and journal; raise --worlds, or create worlds that must stay with POST /_mock/worlds", w.Replaced)
}

// mayBePHP reports whether a client of this User-Agent may be written in PHP, and so wants to be
// told what to change there. PHP's curl sends none [X], and no published plugin does.
func mayBePHP(userAgent string) bool {
	return userAgent == "" || slices.ContainsFunc(phpAgents[:], func(agent string) bool {
		return strings.Contains(strings.ToLower(userAgent), agent)
	})
}

// phpAgents are words in the User-Agent of PHP's HTTP clients, and of the applications that plugins
// of theirs run in.
var phpAgents = [...]string{"php", "guzzle", "symfony", "wordpress", "whmcs", "blesta", "clientexec"}
