package console_test

import (
	"bytes"
	"compress/gzip"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

var screenshots = flag.String("screenshots", "", "folder that gets a picture of every page")

// pages are all pages, with what each shows.
var pages = []struct{ name, at, selector, text string }{
	{"live", "#/live", ".row .path", "/api/customers/assign"},
	{"exchange", "#/live/1", ".violation h3", "missing"},
	{"desk", "#/desk", "tbody tr", "Cannot upgrade my plan"},
	{"ticket", "#/desk/tickets/1", ".thread li", "It happens in two browsers."},
	{"desk-customers", "#/desk/customers", "tbody tr", "Jane Roe"},
	{"desk-departments", "#/desk/departments", "tbody tr", "Technical Support"},
	{"api", "#/api", ".contents a", "assignBillingId"},
	{"operation", "#/api/assignBillingId", ".fields th", "billing_id"},
	{"story", "#/story/success", ".steps li", "the accounts are linked"},
	{"state", "#/state", "tbody tr", "jane.roe@example.com"},
	{"state-tickets", "#/state/tickets", "tbody tr", "Cannot upgrade my plan"},
	{"edit", "#/state/customers/8", "form h1", "Edit customer 8"},
	{"worlds", "#/worlds", "tbody tr", "default"},
	{"faults", "#/faults", "tbody tr", "createTicket"},
	{"contracts", "#/contracts", "tbody tr", "customer"},
}

// looks are how people see a page, with the rules of axe-core for each: what is wrong is either in the structure, which
// differs by size, or in the colours, which differ by theme.
var looks = []struct {
	theme, size   string
	width, height int64
	rules         []string
}{
	{"light", "desktop", 1400, 900, everything},
	{"dark", "desktop", 1400, 900, []string{"color-contrast", "link-in-text-block"}},
	{"dark", "phone", 390, 844, everything},
	{"light", "phone", 390, 844, nil},
}

// everything stands for all rules, and those that are good practice only.
var everything = []string{"wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"}

// TestPages opens every page, and looks at it in two themes and sizes. None has an error or breaks the security policy,
// axe-core finds nothing in it, and nothing is wider than the screen.
func TestPages(t *testing.T) {
	server := start(t)
	send(t, server, "POST", "/api/customers/assign", `{"ticaga_id": 8, "billing_system": "Blesta"}`)
	send(t, server, "POST", "/api/tickets/get", `{"ticket_id": 1, "customer_id": 1}`)
	send(t, server, "GET", "/api/customers/get/8", "")
	send(t, server, "GET", "/api/customer/get/8", "")
	send(t, server, "GET", "/api/departments/customers", "")
	send(t, server, "PUT", "/_mock/faults", `[{"operation": "createTicket", "status": 503, "times": 2}]`)
	p := open(t, server.URL, "#/live", "/api/", "TM-AUTH-MISING")      // refused requests
	call(p, page.SetBypassCSP, page.SetBypassCSPParams{Enabled: true}) // for axe-core, which is not part of the page
	for _, one := range pages {
		p.turn(one.at)
		p.see(one.selector, one.text)
		p.examine(one.name)
	}
	for _, one := range manual {
		p.read(one.at)
		p.see(one.selector, one.text)
		p.cut(40)
		p.examine(one.name)
	}
}

// cut shortens a page, whose parts are alike: axe-core takes a minute for all of the control API.
func (p *tab) cut(parts int) {
	p.t.Helper()
	js[bool](p, `[...document.querySelectorAll('article > *')].slice(%v).forEach((e) => e.remove()); return true`, parts)
}

// examine fails the test for what is wrong with the page that is open, in each of its looks, and takes pictures.
func (p *tab) examine(name string) {
	p.t.Helper()
	if !js[bool](p, `return 'axe' in window`) {
		p.do(chromedp.Evaluate[chromedp.Void](axe(p.t)))
	}
	for _, look := range looks {
		variant := look.theme + "-" + look.size
		call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: look.theme}, {Name: "prefers-reduced-motion", Value: "reduce"},
		}})
		p.do(chromedp.EmulateViewport(look.width, look.height))
		if wide := js[int64](p, `await new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)));
			return document.documentElement.scrollWidth`); wide > look.width {
			p.t.Errorf("%s, %s: got a page of %d pixels, want at most %d", name, variant, wide, look.width)
		}
		for _, f := range p.broken(look.rules) {
			p.t.Errorf("%s, %s: got %s (%s) in %.3q, want nothing", name, variant, f.ID, f.Help, f.Nodes[:min(3, len(f.Nodes))])
		}
		if *screenshots == "" {
			continue
		}
		picture, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
		if err != nil {
			p.t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(*screenshots, fmt.Sprintf("%s-%s.png", name, variant)), picture, 0o644); err != nil {
			p.t.Fatal(err)
		}
	}
}

// broken returns the rules of axe-core that the page breaks, of those that are named by themselves or by their group.
func (p *tab) broken(rules []string) []finding {
	p.t.Helper()
	if rules == nil {
		return nil
	}
	return js[[]finding](p, `const found = await axe.run(document, { runOnly: %v, resultTypes: ['violations'] });
		return found.violations.map((v) => ({ id: v.id, help: v.help, nodes: v.nodes.map((n) => n.html.slice(0, 200) + ' ' + n.failureSummary) }))`, rules)
}

// finding is a rule of axe-core that a page breaks.
type finding struct {
	ID    string
	Help  string
	Nodes []string
}

// axeSource is axe-core, which npm installs once.
var axeSource = sync.OnceValues(func() (string, error) {
	const folder = "testdata/axe"
	installed := filepath.Join(folder, "node_modules/axe-core/axe.min.js")
	if _, err := os.Stat(installed); err != nil {
		npm := exec.Command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
		npm.Dir = folder
		if out, err := npm.CombinedOutput(); err != nil {
			return "", fmt.Errorf("npm ci in %s: %w\n%s", folder, err, out)
		}
	}
	source, err := os.ReadFile(installed)
	return string(source), err
})

func axe(t *testing.T) string {
	t.Helper()
	source, err := axeSource()
	if err != nil {
		t.Fatal(err)
	}
	return source
}

// TestSize: all files of the console stay small enough for a slow line.
func TestSize(t *testing.T) {
	const most = 150_000
	total := size(t)
	t.Logf("console: %d bytes gzipped", total)
	if total > most {
		t.Errorf("got %d bytes gzipped, want at most %d", total, most)
	}
}

func size(t testing.TB) int {
	t.Helper()
	total := 0
	files := os.DirFS("static")
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		var compressed bytes.Buffer
		w := gzip.NewWriter(&compressed)
		if _, err := w.Write(content); err != nil {
			return err
		}
		if err := w.Close(); err != nil {
			return err
		}
		total += compressed.Len()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return total
}
