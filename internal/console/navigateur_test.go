package console_test

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable"
	"github.com/passerelle-hub/passerelle/internal/comptable/ventilation"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/vie"
)

// A browser is a tab of the headless Chromium that all tests share, with a
// profile of its own, looking at one site.
type browser struct {
	t    *testing.T
	ctx  context.Context
	site *site

	mu         sync.Mutex
	complaints []string
}

func (s *site) browser(t *testing.T) *browser {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser takes minutes")
	}
	all, err := chromium()
	if errors.Is(err, exec.ErrNotFound) && os.Getenv("CI") == "" {
		t.Skipf("this test needs Chromium (Debian: apt-get install chromium): %v", err)
	}
	if err != nil {
		t.Fatalf("this test needs Chromium: %v", err)
	}
	ctx, cancel := context.WithTimeout(all, 8*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	b := &browser{t: t, ctx: ctx, site: s}
	err = chromedp.Listen(ctx, func(event any) {
		b.mu.Lock()
		defer b.mu.Unlock()
		switch e := event.(type) {
		case *network.EventRequestWillBeSent:
			if u := e.Request.URL; !strings.HasPrefix(u, b.site.URL+"/") && !strings.HasPrefix(u, "data:") {
				b.complaints = append(b.complaints, "asks for "+u)
			}
		case *log.EventEntryAdded:
			// A refused form answers 4xx, which the browser notes.
			if e.Entry.Source != log.EntrySourceNetwork {
				b.complaints = append(b.complaints, e.Entry.Text)
			}
		case *runtime.EventExceptionThrown:
			b.complaints = append(b.complaints, e.ExceptionDetails.Text)
		}
	})
	if err != nil {
		t.Fatalf("start Chromium: %v", err)
	}
	t.Cleanup(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		if len(b.complaints) > 0 {
			t.Errorf("the browser complains: %q", b.complaints)
		}
	})
	// Other tabs are in front of this one, which must not matter.
	if _, err := chromedp.Call(b.ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}); err != nil {
		t.Fatalf("open a tab: %v", err)
	}
	b.size(1280, 900)
	return b
}

func (b *browser) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 30*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		text, _ := chromedp.Run(b.ctx, chromedp.Evaluate[string]("location.pathname + ' ' + document.body.innerText.slice(0, 800)"))
		b.t.Fatalf("%s: %v; the page is %s", what, err, text)
	}
}

func (b *browser) size(width, height int64) {
	b.do("resize", chromedp.EmulateViewport(width, height))
}

func (b *browser) open(path string) {
	b.t.Helper()
	b.do("open "+path, chromedp.Navigate(b.site.URL+path))
}

// scripts turns JavaScript on or off for pages that are opened from now on.
func (b *browser) scripts(on bool) {
	b.t.Helper()
	if _, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on}); err != nil {
		b.t.Fatal(err)
	}
}

// scheme makes the browser prefer "light" or "dark".
func (b *browser) scheme(name string) {
	b.t.Helper()
	params := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}}}
	if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, params); err != nil {
		b.t.Fatal(err)
	}
}

// click follows what a selector finds and waits for the page that it opens.
func (b *browser) click(selector string) {
	b.t.Helper()
	before := b.eval("String(performance.timeOrigin)")
	b.do("click "+selector, chromedp.Click(chromedp.CSS(selector)))
	b.until("a page after "+selector, fmt.Sprintf("String(performance.timeOrigin) !== %q && document.readyState === 'complete'", before))
}

// until waits for an expression to be true.
func (b *browser) until(what, expression string) {
	b.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		ok, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](expression))
		if err == nil && ok {
			return
		}
		if time.Now().After(deadline) {
			b.t.Fatalf("waited for %s (%v); the page is %s", what, err, b.eval("location.pathname + ' ' + document.body.innerText.slice(0, 1500)"))
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func (b *browser) eval(expression string) string {
	b.t.Helper()
	value, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](expression))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return value
}

func (b *browser) sees(text string) {
	b.t.Helper()
	b.until(fmt.Sprintf("the text %q", text), fmt.Sprintf("document.body.innerText.replace(/\\s+/g, ' ').includes(%q)", text))
}

func (b *browser) fill(selector, text string) {
	b.t.Helper()
	b.do("fill "+selector, chromedp.SendKeys(chromedp.CSS(selector), text))
}

// login opens the first page as a person of a role, whose session began elsewhere: the way
// through the login page is walked by enter.
func (b *browser) login(role domaine.Role) {
	b.t.Helper()
	address, err := url.Parse(b.site.URL)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, c := range b.site.as(b.t, role).Jar.Cookies(address) {
		b.do("take the session", chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
			_, err := chromedp.Call(ctx, network.SetCookie, network.SetCookieParams{Name: c.Name, Value: c.Value, URL: b.site.URL})
			return err
		}))
	}
	b.open("/")
	b.sees("Tableau de bord")
}

// enter fills in the login page and sends it.
func (b *browser) enter(email, password string) {
	b.t.Helper()
	b.open("/connexion")
	b.fill("#email", email)
	b.fill("#password", password)
	b.click("main form button")
}

// axe is the accessibility checker, as a script.
var axe = sync.OnceValue(func() string {
	file, err := os.Open(filepath.Join("testdata", "axe.min.js.gz"))
	if err != nil {
		panic(err)
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		panic(err)
	}
	script, err := io.ReadAll(unzipped)
	if err != nil {
		panic(err)
	}
	return string(script)
})

// accessible fails for every rule of axe-core that the page breaks.
func (b *browser) accessible(name string) {
	b.t.Helper()
	b.axe(name, `{resultTypes: ["violations"], preload: false}`)
}

// legible runs the rules of axe that look at colours, which are all that another
// colour scheme can break.
func (b *browser) legible(name string) {
	b.t.Helper()
	b.axe(name, `{resultTypes: ["violations"], preload: false, runOnly: {type: "rule", values: ["color-contrast", "link-in-text-block"]}}`)
}

func (b *browser) axe(name, options string) {
	b.t.Helper()
	if b.eval("typeof window.axe") == "undefined" { // half a megabyte, once a page
		b.do("load axe", chromedp.Evaluate[chromedp.Void](axe()+"; undefined"))
	}
	report, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`axe.run(document, `+options+`).then(r => r.violations.map(v =>
		v.id + ": " + v.help + " (" + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160) + " " + (n.any[0] ? n.any[0].message : "")).join(" | ") + ")").join("\n"))`, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("axe on %s: %v", name, err)
	}
	if report != "" {
		b.t.Errorf("%s:\n%s", name, report)
	}
}

// picture writes what the window shows to the directory that
// PASSERELLE_TEST_SCREENSHOTS names, nothing where that is not set. The images of
// docs/images are made so.
func (b *browser) picture(name string) {
	b.t.Helper()
	dir := os.Getenv("PASSERELLE_TEST_SCREENSHOTS")
	if dir == "" {
		return
	}
	image, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err == nil {
		image, err = light(image)
	}
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), image, 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// story gives the site three weeks of daily pushes, with mistakes that are
// mended, changes, and a push that is held.
func (s *site) story(t testing.TB, contrats []passerelle.Contrat) {
	t.Helper()
	const days = 21
	s.now.Move(-days * 24 * time.Hour)
	n := len(contrats)
	s.imported(t, "premiers-contrats.csv", sheet(contrats[:n/2]))
	for day := range days {
		size := n*7/10 + n*3*day/10/(days-1)
		sent := slices.Clone(contrats[:size])
		for i := range min(day*3, size/4) {
			sent[i*4].NomEntreprise += " SAS"
		}
		for i := range (days - day) / 3 {
			sent[size-1-i*2].EmailApprenant = "adresse à corriger"
		}
		if day >= days-2 {
			sent[9].NomSite += " (ancien)"
			sent[17].DateDebut, sent[17].DateFin = "31/08/2027", "01/09/2025"
			sent[30].EmailApprenant = sent[31].EmailApprenant
		}
		if day >= days-2 {
			sent = slices.Delete(sent, 40, 44) // they are broken off, and nobody says when
		}
		s.mustPush(t, sent)
		if day == 2 {
			s.modeles(t)
		}
		s.now.Move(24 * time.Hour)
	}
	s.webhook(t)
	s.push(t, "/api/sync/v2/contrats", contrats[:n/2])
	s.exercices(t)
	s.tarifs(t, contrats)
	s.decided(t, contrats[43].CodeContrat)
	wrong := slices.Clone(contrats[:n*9/10])
	for i := range 4 {
		wrong[i*7].EmailApprenant = "adresse à corriger"
		wrong[i*11+3].DateFin = "31/02/2027"
	}
	s.dropped(t, "export du 25 novembre.csv", sheet(wrong))
	s.attempt(t, 200, 503)
}

// tarifs gives every formation but one a price.
func (s *site) tarifs(t testing.TB, contrats []passerelle.Contrat) {
	t.Helper()
	priced := map[string]bool{contrats[0].CodeFormation: true}
	var list []ventilation.Tarif
	for i := range contrats {
		if code := contrats[i].CodeFormation; !priced[code] {
			priced[code] = true
			list = append(list, ventilation.Tarif{Par: ventilation.ParFormation, Code: code, Montant: ventilation.Centimes(700_000 + 25_050*len(list)),
				Validite: passerelle.Periode{Debut: ventilation.ToujoursDepuis, Fin: ventilation.ToujoursJusque}})
		}
	}
	for _, list := range [][]ventilation.Tarif{list[:1], list} {
		if _, err := s.hub.Comptabilite.ImportTarifs(context.Background(), s.organisme, "Nadia Perrin", list, false, nil); err != nil {
			t.Fatal(err)
		}
	}
}

// decided has a person say that a contract that left never took place.
func (s *site) decided(t testing.TB, code string) {
	t.Helper()
	who := hub.Acteur{Organisme: s.organisme, Nom: "Nadia Perrin"}
	if err := s.hub.Contrats.DecideFins(context.Background(), who, []hub.FinDemandee{{Code: code, Quoi: vie.Decision{Fin: vie.Annule}}}); err != nil {
		t.Fatal(err)
	}
}

// webhook gives the organisme a webhook.
func (s *site) webhook(t testing.TB) {
	t.Helper()
	w := domaine.Webhook{Nom: "Suivi pédagogique", URL: "https://suivi.cfa.example/passerelle", Actif: true}
	if _, _, err := s.hub.Webhooks.CreateWebhook(context.Background(), s.organisme, w); err != nil {
		t.Fatal(err)
	}
}

// attempt has the events of the first webhook answered with statuses.
func (s *site) attempt(t testing.TB, statuses ...int) {
	t.Helper()
	ctx := context.Background()
	due, err := s.hub.Webhooks.DueWebhooks(ctx)
	if err != nil || len(due) != 1 {
		t.Fatalf("%d webhooks are due (%v)", len(due), err)
	}
	lease, _, err := s.hub.Webhooks.LeaseWebhook(ctx, due[0])
	for _, status := range statuses {
		essai := hub.Essai{Statut: status}
		if status != 200 {
			essai.Erreur = domaine.ErreurStatut
		}
		var next domaine.Livraison
		if err == nil {
			next, _, err = s.hub.Webhooks.NextLivraison(ctx, &lease)
		}
		if err == nil {
			_, err = s.hub.Webhooks.RecordAttempt(ctx, &lease, next, essai)
		}
	}
	if err == nil {
		err = s.hub.Webhooks.ReturnWebhook(ctx, &lease)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// exercices gives the société four years, of which two are closed.
func (s *site) exercices(t testing.TB) {
	t.Helper()
	ask := hub.DemandeExercices{Acces: hub.AccesDeCompte(domaine.Compte{OrganismeID: s.organisme}, ""), Par: domaine.Personne{ID: 1, Prenom: "Nadia", Nom: "Perrin"}}
	var periodes []passerelle.Periode
	for year := 2024; year < 2028; year++ {
		periodes = append(periodes, passerelle.Periode{Debut: passerelle.NewDate(year, 1, 1), Fin: passerelle.NewDate(year, 12, 31)})
	}
	if _, err := s.hub.Comptabilite.CreateExercices(context.Background(), ask, periodes); err != nil {
		t.Fatal(err)
	}
	for id := range int64(2) {
		if _, err := s.hub.Comptabilite.CloseExercice(context.Background(), ask, comptable.DemandeCloture{ID: id + 1}); err != nil {
			t.Fatal(err)
		}
	}
}
