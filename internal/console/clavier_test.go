package console_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/passerelle-hub/passerelle/internal/demo"
)

// key presses keys as a keyboard does.
func (b *browser) key(keys string) {
	b.t.Helper()
	b.do("press "+keys, chromedp.KeyEvent(keys))
}

// tabTo presses Tab until what a selector finds has the focus.
func (b *browser) tabTo(selector string) {
	b.t.Helper()
	for range 200 {
		if b.eval(`String(document.activeElement.matches(`+quote(selector)+`))`) == "true" {
			return
		}
		b.key("\t")
	}
	b.t.Fatalf("%s is not reached with Tab; the focus is on %s", selector, b.eval("document.activeElement.outerHTML.slice(0, 200)"))
}

func quote(s string) string { return "'" + s + "'" }

// enterThere presses Enter on it and waits for the page that it opens.
func (b *browser) enterThere(selector string) {
	b.t.Helper()
	b.tabTo(selector)
	before := b.eval("String(performance.timeOrigin)")
	b.key("\r")
	b.until("a page after "+selector, `String(performance.timeOrigin) !== `+quote(before)+` && document.readyState === "complete"`)
}

// From the login to a recorded import without a mouse: every step is a key.
func TestAnImportIsConfirmedByKeyboardAlone(t *testing.T) {
	t.Parallel()
	s := newSite(t, "sqlite")
	b := s.browser(t)
	opened := make(chan cdp.BackendNodeID, 1)
	if err := chromedp.Listen(b.ctx, func(event any) {
		if e, ok := event.(*cdppage.EventFileChooserOpened); ok {
			opened <- e.BackendNodeID
		}
	}); err != nil {
		t.Fatal(err)
	}
	b.open("/connexion")
	if _, err := chromedp.Call(b.ctx, cdppage.SetInterceptFileChooserDialog, cdppage.SetInterceptFileChooserDialogParams{Enabled: true}); err != nil {
		t.Fatal(err)
	}
	b.tabTo("#email")
	b.key("integration@cfa.example")
	b.tabTo("#password")
	b.key(secret)
	before := b.eval("String(performance.timeOrigin)")
	b.key("\r")
	b.until("the first page", `String(performance.timeOrigin) !== `+quote(before)+` && document.readyState === "complete"`)
	b.enterThere(`.menu a[href="/imports"]`)

	b.tabTo("#fichier")
	b.key(" ")
	path := filepath.Join(t.TempDir(), "contrats.csv")
	if err := os.WriteFile(path, sheet(slices.Collect(demo.Generate(demo.Params{Contrats: 24, Seed: 1}))), 0o600); err != nil {
		t.Fatal(err)
	}
	select { // the window of the system, in which the file is chosen
	case node := <-opened:
		if _, err := chromedp.Call(b.ctx, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: []string{path}, BackendNodeID: node}); err != nil {
			t.Fatal(err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("the space bar opens no window to choose a file")
	}
	b.enterThere("main form.bloc button")
	b.sees("Tous les champs obligatoires ont une source")
	b.enterThere(`button[value="enregistrer"]`)
	b.sees("Rien n’est encore enregistré")
	b.enterThere("form.confirmer button")
	b.sees("Enregistré : synchronisation 1")
	if transmis, _, err := integrated(t, s); err != nil || transmis != 24 {
		t.Errorf("%d contracts are there (%v)", transmis, err)
	}
}
