package console_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// chromium is the one browser of all tests, or the reason why there is none.
var chromium context.Context

func TestMain(m *testing.M) {
	os.Exit(func() int {
		options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.WindowSize(1400, 900),
			chromedp.Flag("force-prefers-reduced-motion", true)) // every frame of an animation is drawn by the CPU
		if os.Geteuid() == 0 { // chromium refuses to run as root with its sandbox
			options = append(options, chromedp.NoSandbox)
		}
		allocator, end := chromedp.NewExecAllocator(context.Background(), options...)
		defer end()
		var stop context.CancelFunc
		chromium, stop = chromedp.NewContext(allocator)
		defer stop()
		return m.Run()
	}())
}

// needsBrowser ends a test where chromium is missing. CI installs it.
var needsBrowser = sync.OnceValue(func() error {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if _, err := exec.LookPath(name); err == nil {
			return chromedp.Do(chromium)
		}
	}
	return fmt.Errorf("the tests of the console need chromium; install it (apt install chromium)")
})

// tab is a page of the console, in a browser of its own but for the process.
type tab struct {
	t        *testing.T
	ctx      context.Context
	base     string
	problems []string // exceptions, errors in the browser's console and violations of the security policy
	expected []string // parts of problems that the test brings about
}

// patience is how long a page may take for what a test waits for. It is for machines that are busy, and never the point of a test.
const patience = 45 * time.Second

// open opens a page of the console, such as "#/live", and fails the test when anything goes wrong in it but what is expected:
// parts of messages.
func open(t *testing.T, base, at string, expected ...string) *tab {
	t.Helper()
	if err := needsBrowser(); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Log(err)
		t.SkipNow()
	}
	ctx, closeTab := chromedp.NewContext(chromium, chromedp.WithNewBrowserContext())
	t.Cleanup(closeTab)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	p := &tab{t: t, ctx: ctx, base: base, expected: expected}
	messages, read := chromedp.Console(ctx), make(chan struct{})
	go func() {
		defer close(read)
		for message, err := range messages {
			if err != nil {
				return // the page is closed
			}
			p.note(message)
		}
	}()
	t.Cleanup(func() {
		if t.Failed() {
			text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.body.innerText`))
			t.Logf("the page when the test failed (%v):\n%.3000s", err, text)
		}
		cancel()
		<-read
		for _, problem := range p.problems {
			t.Errorf("the page has a problem: %s", problem)
		}
	})
	call(p, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}) // the clipboard needs it
	call(p, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
		Source: `document.addEventListener('securitypolicyviolation', (e) => console.error('security policy', e.violatedDirective, e.blockedURI))`,
	})
	p.do(chromedp.Navigate(p.base + "/_mock/ui/" + at))
	p.see("main")
	return p
}

// visit loads a page from the start.
func (p *tab) visit(at string) {
	p.t.Helper()
	p.do(chromedp.Navigate("about:blank"), chromedp.Navigate(p.base+"/_mock/ui/"+at))
	p.see("main")
}

// turn goes to a page as its links do, without loading the console again, which takes a browser most of its time.
func (p *tab) turn(at string) {
	p.t.Helper()
	js[bool](p, `location.hash = %v; await new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r))); return true`, at)
}

// note keeps a message of the browser's console that is a problem.
func (p *tab) note(m chromedp.ConsoleMessage) {
	if m.Type != chromedp.ConsoleError && m.Type != chromedp.ConsoleWarning && m.Type != chromedp.ConsoleException {
		return
	}
	problem := m.String() + " " + m.URL
	if !slices.ContainsFunc(p.expected, func(part string) bool { return strings.Contains(problem, part) }) {
		p.problems = append(p.problems, problem)
	}
}

func (p *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, actions...); err != nil {
		p.t.Fatal(err)
	}
}

// call runs a command of the browser's protocol.
func call[P, R any](p *tab, command cdp.Command[P, R], params P) {
	p.t.Helper()
	if _, err := chromedp.Call(p.ctx, command, params); err != nil {
		p.t.Fatal(err)
	}
}

// finders are what the scripts of the tests share: find returns the first visible element that fits and contains a text, and
// until looks again whenever the document has changed, and now and then for what is no change of it, such as the focus.
const finders = `
const shown = (e) => e && e.getClientRects().length > 0;
const find = (selector, text) => [...document.querySelectorAll(selector)].find((e) => shown(e) && e.textContent.includes(text));
const field = (label) => [...document.querySelectorAll('label')].find((e) => shown(e) && e.textContent.trim().startsWith(label))?.querySelector('input, select, textarea');
const until = (test, ms) => new Promise((done, fail) => {
	const end = Date.now() + ms;
	const stop = (answer, value) => { observer.disconnect(); clearInterval(timer); answer(value); };
	const look = () => { try { const is = test(); if (is) stop(done, is); else if (Date.now() > end) stop(done, null); } catch (e) { stop(fail, e); } };
	const observer = new MutationObserver(look), timer = setInterval(look, 50);
	observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
	look();
});
`

// js returns what a script of the page returns, after it has been awaited.
func js[T any](p *tab, script string, args ...any) T {
	p.t.Helper()
	for i, arg := range args {
		text, err := json.Marshal(arg)
		if err != nil {
			p.t.Fatal(err)
		}
		args[i] = string(text)
	}
	whole := "(async () => {" + finders + fmt.Sprintf(script, args...) + "})()"
	result, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](whole, chromedp.EvalAwaitPromise))
	for err != nil && leaving(err) { // a link leads to another page, which ends the scripts of this one
		result, err = chromedp.Run(p.ctx, chromedp.Evaluate[T](whole, chromedp.EvalAwaitPromise))
	}
	if err != nil {
		p.t.Fatalf("%v in %.200s", err, script)
	}
	return result
}

// leaving reports whether a script has ended because its page has.
func leaving(err error) bool {
	return strings.Contains(err.Error(), "navigated") || strings.Contains(err.Error(), "context was destroyed") || strings.Contains(err.Error(), "Cannot find")
}

// see waits until an element is visible that contains all texts.
func (p *tab) see(selector string, texts ...string) {
	p.t.Helper()
	if len(texts) == 0 {
		texts = []string{""}
	}
	if !js[bool](p, `const texts = %v; return !!await until(() => [...document.querySelectorAll(%v)].some((e) => shown(e) && texts.every((t) => e.textContent.includes(t))), %v)`,
		texts, selector, patience.Milliseconds()) {
		p.t.Fatalf("got no visible %s with %q, want one", selector, texts)
	}
}

// gone waits until no element that contains the text is visible.
func (p *tab) gone(selector, text string) {
	p.t.Helper()
	if !js[bool](p, `return !!await until(() => !find(%v, %v), %v)`, selector, text, patience.Milliseconds()) {
		p.t.Fatalf("got a visible %s with %q, want none", selector, text)
	}
}

// click clicks with the mouse on the element that contains the text. A page that is still loading may move it away below the
// mouse, as people know; then it clicks again.
func (p *tab) click(selector, text string) {
	p.t.Helper()
	for range 5 {
		at := js[[]float64](p, `const e = await until(() => find(%v, %v), %v); if (!e) return [];
			window.hit = false;
			document.addEventListener('click', (event) => { if (e.contains(event.target)) window.hit = true; }, { once: true, capture: true });
			e.scrollIntoView({ block: 'center', behavior: 'instant' }); await new Promise(requestAnimationFrame);
			const r = e.getBoundingClientRect(); return [r.x + Math.min(r.width / 2, 300), r.y + r.height / 2]`,
			selector, text, patience.Milliseconds())
		if len(at) == 0 {
			break
		}
		p.do(chromedp.MouseClickXY(at[0], at[1]))
		if js[bool](p, `return window.hit !== false`) { // it is not there at all on another page
			return
		}
	}
	p.t.Fatalf("got no visible %s with %q to click, want one", selector, text)
}

// fill types into the field with the label, instead of what it had; in a select it chooses.
func (p *tab) fill(label, value string) {
	p.t.Helper()
	kind := js[string](p, `const f = await until(() => field(%v), %v); if (!f) return ''; f.focus();
		if (f.localName === 'select') { f.value = %v; f.dispatchEvent(new Event('change', { bubbles: true })); return f.value === %[3]v ? 'select' : 'no option' }
		f.select(); return f.localName`, label, patience.Milliseconds(), value)
	switch kind {
	case "":
		p.t.Fatalf("got no field %q, want one", label)
	case "no option":
		p.t.Fatalf("field %q: got no option %q, want one", label, value)
	case "select":
	default:
		if value == "" {
			p.do(chromedp.KeyEvent("\b"))
			return
		}
		call(p, input.InsertText, input.InsertTextParams{Text: value})
	}
}

// clipboard returns what a page has copied.
func (p *tab) clipboard() string {
	p.t.Helper()
	for _, name := range []string{"clipboard-read", "clipboard-write"} {
		_, err := chromedp.CallBrowser(p.ctx, browser.SetPermission, browser.SetPermissionParams{
			Permission: &browser.PermissionDescriptor{Name: name}, Setting: browser.PermissionSettingGranted,
			BrowserContextID: chromedp.FromContext(p.ctx).BrowserContextID,
		})
		if err != nil {
			p.t.Fatal(err)
		}
	}
	return js[string](p, `return navigator.clipboard.readText()`)
}

// start serves a mock for a test.
func start(t *testing.T) *mock.Running {
	t.Helper()
	return mock.Start(t)
}

// send sends a request with the demo credentials, and returns the answer's body.
func send(t testing.TB, server *mock.Running, method, path, body string) string {
	t.Helper()
	r, err := http.NewRequest(method, server.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "application/json")
	r.Header.Set("Authorization", "Bearer "+mock.DefaultToken)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
