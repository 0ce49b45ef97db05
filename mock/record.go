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

	"github.com/ticaga-mock/ticaga-mock/mock/internal/body"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/journal"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// record writes the exchange down, once, without its secrets.
func (x *exchange) record(a answer) Exchange {
	r := x.request
	x.server.contract.Locate(x.meant, x.credentials, x.violations)
	redact := x.redactor()
	x.word(redact)
	x.world.Settings.Get().Mark(x.violations)
	path := redact.Path(cmp.Or(x.target, r.URL.EscapedPath()))
	target := path
	if x.path != r.URL.Path {
		target = redact.Path((&url.URL{Path: x.path}).EscapedPath())
	}
	text, harmless := x.shownBody(redact)
	query := redact.Fields(x.query)
	header := redact.Header(r.Header)
	if header == nil { // the handler was called without net/http
		header = http.Header{}
	}
	x.restore(header, redact)
	entry := traffic.Exchange{
		Time: x.started, Method: redact.Method(r.Method), Path: path, Query: redact.Query(r.URL.RawQuery, x.query),
		World: x.world.Name, Credentials: x.credentials, Fault: x.fault.String(),
		Target:     target,
		Request:    traffic.NewMessage(header, text),
		Status:     a.status,
		Response:   traffic.NewMessage(redact.Header(a.header), redact.Answer(a.body)),
		Refusal:    redact.Text(a.refusal),
		Remark:     x.remark(a),
		Violations: x.violations,
		Took:       time.Since(x.started),
	}
	entry.Request.Truncated = entry.Request.Truncated || len(x.raw) > traffic.MaxBody
	entry.Response.Truncated = entry.Response.Truncated || len(a.body) > traffic.MaxBody || a.rest != nil
	if x.operation != nil {
		entry.Operation = x.operation.ID
	}
	if journal.FieldsFit(x.fields) { // of more, nothing is kept that had to be redacted
		entry.Fields = x.fields
		if !harmless {
			entry.Fields = redact.Fields(x.fields)
		}
		if len(x.raw) > traffic.MaxBody {
			entry.Fields = journal.Unshared(entry.Fields)
		}
	}
	if journal.FieldsFit(query) {
		entry.QueryFields = query
	}
	if x.fault.Kind == "reset" {
		entry.Status, entry.Response = 0, traffic.Message{}
	}
	return x.world.Journal.Record(entry)
}

// word puts the violations into the client's words, without secrets.
func (x *exchange) word(redact journal.Redactor) {
	if len(x.violations) == 0 {
		return
	}
	php := mayBePHP(x.request.Header.Get("User-Agent"))
	for i := range x.violations {
		v := &x.violations[i]
		v.Message, v.Fix = spec.Speak(v.Message, php), spec.Speak(v.Fix, php)
		redact.Violation(v)
	}
}

// shownBody is the body as the journal shows it, and whether none of its fields is a secret. JSON
// under another Content-Type is shown too, since each of its values has a name.
func (x *exchange) shownBody(redact journal.Redactor) (text string, harmless bool) {
	if len(bytes.TrimSpace(x.raw)) == 0 {
		return string(x.raw), true
	}
	decoded, contentType, long := x.decoded, x.request.Header.Get("Content-Type"), len(x.raw) > traffic.MaxBody
	if decoded.Fields == nil && !long { // nobody had to read it
		decoded = x.server.limits.Decode(contentType, x.request.Header.Get("Content-Encoding"), x.raw)
	}
	if decoded.Unreadable && !long {
		if meantType, meant, ok := body.Meant(contentType, x.raw); ok && meantType == "application/json" {
			decoded = x.server.limits.Decode(meantType, "", meant)
			decoded.Whole = false
		}
	}
	if decoded.Fields == nil || decoded.Unreadable {
		return journal.Undecoded(x.raw), false
	}
	return redact.Body(x.raw, decoded.Fields, decoded.Whole)
}

// restore adds to a copy of the header what net/http has taken out of it: Host, Transfer-Encoding,
// and trailers with the header that announces them. Trailers are there once the body was read.
func (x *exchange) restore(h http.Header, redact journal.Redactor) {
	r := x.request
	if r.Host != "" {
		h["Host"] = []string{redact.Text(r.Host)}
	}
	if len(r.TransferEncoding) > 0 {
		h["Transfer-Encoding"] = r.TransferEncoding
	}
	if len(r.Trailer) == 0 {
		return
	}
	if len(x.trailers) > 0 {
		h["Trailer"] = []string{redact.Text(strings.Join(x.trailers, ", "))}
	}
	for name, values := range redact.Header(r.Trailer) {
		if len(values) > 0 {
			h[name] = slices.Concat(h[name], values)
		}
	}
}

// redactor knows the tokens of the help desk, and whatever this request sent instead of one: a wrong
// token may be the right one of another help desk. It also knows what messages quote and the journal
// does not show.
func (x *exchange) redactor() journal.Redactor {
	known := x.world.Redactor()
	sent := x.hidden(known)
	if !x.known {
		sent = append(sent, x.sentTokens()...)
	}
	if len(sent) == 0 {
		return known
	}
	return known.With(sent...)
}

// hidden lists what the journal does not show of the method and the path, with what stands beside it
// in messages where it is short.
func (x *exchange) hidden(redact journal.Redactor) (list []string) {
	if method := x.request.Method; redact.Method(method) != method {
		list = append(list, method, method+" method", method+" /")
	}
	path := x.request.URL.Path
	if !journal.MayHold(path) {
		return list
	}
	for segment := range strings.SplitSeq(path, "/") {
		if redact.Path(segment) != segment {
			list = append(list, segment, "/"+segment)
		}
	}
	return list
}

// sentTokens lists what stands where a token should.
func (x *exchange) sentTokens() (sent []string) {
	for _, name := range [...]string{"Authorization", "X-Api-Token", "X-Admin-Email"} {
		for _, value := range x.request.Header[name] {
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
func (x *exchange) remark(a answer) string {
	if said := cmp.Or(a.remark, x.replaced()); said != "" {
		return said
	}
	gone := x.world.GaveWay()
	if gone == nil {
		return ""
	}
	names := strings.Join(gone[:min(len(gone), 5)], ", ")
	if more := len(gone) - 5; more > 0 {
		names += fmt.Sprintf(" and %d more", more)
	}
	return "the data of all worlds together reached its limit, so these worlds, the least recently used, were forgotten with their journals: " + names +
		"; raise --worlds-total, or create worlds that must stay with POST /_mock/worlds"
}

// replaced returns what the first request to a world is told of the one that gave way to it.
func (x *exchange) replaced() string {
	if x.world.Replaced == "" || x.world.Journal.LastID() > 0 {
		return ""
	}
	return fmt.Sprintf("the limit on worlds is reached, so this new one replaced %q, the least recently used, with its data and journal; raise --worlds, or create worlds that must stay with POST /_mock/worlds", x.world.Replaced)
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

func (x *exchange) observe(entry Exchange) {
	if x.server.options.Observe != nil {
		x.server.options.Observe(entry)
	}
}
