// Package console serves the page on which people watch and try the mock: /_mock/ui/.
//
// The page is static: HTML, a style sheet and JavaScript modules in the folder static, which are sent as they are, and packed
// into the program by package packed. It reads and changes the mock only through the control API and the API itself, as any other client
// does, and loads nothing from another origin. The one library is lit-html, in static/vendor, which escapes
// what it puts into the page: markup in a request has no effect.
package console

import (
	"crypto/sha256"
	"encoding/hex"
	"mime"
	"net"
	"net/http"
	"path"
	"strings"
	"sync"

	"github.com/ticaga-mock/ticaga-mock/mock/packed"
)

// Prefix is the path of the console.
const Prefix = "/_mock/ui/"

// folder has the files of the page.
const folder = "mock/internal/console/static"

// policy allows the page its own files, and nothing else: no inline script or style, no eval, no other origin, no frames.
// Browsers that know trusted types accept markup from lit-html's templates only.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; " +
	"form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types lit-html"

// file is a file of the page, ready to be sent.
type file struct {
	content, compressed []byte
	contentType, tag    string
}

// files returns all files by name, which are unpacked for the first reader.
var files = sync.OnceValue(func() map[string]file {
	all := map[string]file{}
	for _, name := range packed.Names(folder) {
		content := packed.Read(folder + "/" + name)
		sum := sha256.Sum256(content)
		all[name] = file{content, packed.Gzip(folder + "/" + name), typeOf(name), `"` + hex.EncodeToString(sum[:8]) + `"`}
	}
	return all
})

// typeOf returns the media type of a file. Those that the page needs do not depend on the machine.
func typeOf(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	if known := mime.TypeByExtension(path.Ext(name)); known != "" {
		return known
	}
	return "text/plain; charset=utf-8"
}

// Serve sends a file of the page; "" is the page itself. It reports whether there is such a file.
func Serve(w http.ResponseWriter, r *http.Request, name string) bool {
	if name == "" {
		name = "index.html"
	}
	f, ok := files()[name]
	if !ok {
		return false
	}
	h := w.Header()
	h.Set("Content-Type", f.contentType)
	h.Set("Content-Security-Policy", policy)
	h.Set("Referrer-Policy", "no-referrer")
	keepApart(h, r)
	h.Set("Cache-Control", "no-cache") // the next version of the program has the same address
	h.Set("ETag", f.tag)
	h.Set("Vary", "Accept-Encoding")
	content := f.content
	if acceptsGzip(r) {
		h.Set("Content-Encoding", "gzip")
		content = f.compressed
	}
	if r.Header.Get("If-None-Match") == f.tag {
		w.WriteHeader(http.StatusNotModified)
		return true
	}
	_, _ = w.Write(content)
	return true
}

// keepApart keeps a page apart from those of other sites. Browsers complain about the opener's policy where they do not trust the
// connection: beyond loopback without TLS.
func keepApart(h http.Header, r *http.Request) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	name := r.Host
	if host, _, err := net.SplitHostPort(r.Host); err == nil {
		name = host
	}
	ip := net.ParseIP(strings.Trim(name, "[]"))
	if r.TLS != nil || ip != nil && ip.IsLoopback() || name == "localhost" || strings.HasSuffix(name, ".localhost") {
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
	}
}

func acceptsGzip(r *http.Request) bool {
	for entry := range strings.SplitSeq(strings.Join(r.Header["Accept-Encoding"], ","), ",") {
		name, quality, _ := strings.Cut(strings.TrimSpace(entry), ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") && strings.TrimSpace(quality) != "q=0" {
			return true
		}
	}
	return false
}
