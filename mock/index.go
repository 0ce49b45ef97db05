package mock

import (
	"io"
	"net/http"
	"net/url"
	"strings"

	ticagamock "github.com/ticaga-mock/ticaga-mock"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/console"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/world"
)

// guidePath is where coding assistants look for a guide, by the convention of llmstxt.org.
const guidePath = "/llms.txt"

// isBaseURL reports whether a path is where a base URL leads: / or /w/NAME.
func isBaseURL(path string) bool {
	name, ok := strings.CutPrefix(path, worldPrefix)
	return path == "/" || ok && world.CheckName(strings.TrimSuffix(name, "/")) == nil
}

// isBrowsersOwn reports whether browsers ask for a path by themselves, at the host or below the base
// URL that somebody has opened: that is not a violation.
func isBrowsersOwn(requested string) bool {
	below := requested
	if named, ok := strings.CutPrefix(requested, worldPrefix); ok {
		name, rest, _ := strings.Cut(named, "/")
		if world.CheckName(name) != nil {
			return false
		}
		below = "/" + rest
	}
	return below == "/favicon.ico" || below == "/robots.txt" || strings.HasPrefix(below, "/.well-known/") ||
		strings.HasPrefix(below, "/apple-touch-icon") && strings.HasSuffix(below, ".png")
}

// index leads a person who opens the base URL in a browser to the console, and tells everybody else where they are.
func (s *Server) index(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Vary", "Accept")
	if strings.Contains(r.Header.Get("Accept"), "text/html") {
		target := console.Prefix
		if name, ok := strings.CutPrefix(r.URL.Path, worldPrefix); ok {
			target += "?world=" + url.QueryEscape(strings.TrimSuffix(name, "/"))
		}
		http.Redirect(w, r, target, http.StatusSeeOther)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, "This is ticaga-mock, a fake Ticaga help desk.\n\n"+
		"Its API is under /api/; this address is the base URL for a plugin's settings.\n"+
		"  /_mock/ui/       the console: open it in a browser\n"+
		"  /_mock/health    whether it is up\n"+
		"  /_mock/journal   what was asked, what was answered, and what was wrong\n"+
		"  /_mock/          the control API: inspect and configure the mock\n"+
		"  /llms.txt        a guide for coding assistants\n"+
		"`ticaga-mock routes` lists the operations.\n")
}

// guide answers coding assistants. It has nothing that the repository does not have, so it needs no token.
func (s *Server) guide(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/markdown; charset=utf-8")
	_, _ = w.Write(ticagamock.Guide)
}
