package console_test

import (
	"archive/zip"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable/ventilation"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

func TestTheVentilationSaysWhatToDoNext(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		accountant, reader := s.as(t, domaine.RoleComptabilite), s.as(t, domaine.RoleLecture)
		accountant.get("/ventilation").has(t, http.StatusOK, "Aucun exercice pour l’instant", `href="/exercices/nouveau"`)
		p := reader.get("/ventilation")
		p.has(t, http.StatusOK, "Une personne de la comptabilité")
		p.hasNot(t, `href="/exercices/nouveau"`)
		s.exercices(t)
		accountant.get("/ventilation").has(t, http.StatusOK, "Aucun contrat pour l’instant")
		s.filled(t, 60)
		accountant.get("/ventilation").has(t, http.StatusOK, "Ventilation de l’exercice N", "importez une liste de tarifs")
		for _, year := range []string{"2028", "2029", "2030", "2031"} {
			accountant.post("/exercices/nouveau", url.Values{"debut": {year + "-01-01"}, "fin": {year + "-12-31"}, "action": {"enregistrer"}}).has(t, http.StatusOK, year)
		}
		accountant.get("/ventilation?exercice=8").has(t, http.StatusOK, "Aucun contrat ne touche cet exercice", "Hors exercice")
	})
}

func TestTheVentilationIsThatOfTheHubAndItsAddressSaysAll(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		s.priced(t, 200)
		v := s.as(t, domaine.RoleLecture)
		want, err := s.hub.Comptabilite.Ventilation(t.Context(), hub.DemandeVentilation{Acces: hub.AccesDeCompte(domaine.Compte{OrganismeID: s.organisme}, ""), Exercice: 3,
			Par: []ventilation.Dimension{ventilation.ParSite, ventilation.ParAnnee}, Montants: true, Facturation: ventilation.FacturationUnique})
		if err != nil {
			t.Fatal(err)
		}
		table := want.Exercice(0)
		address := "?exercice=3&par=site&par=annee&facturation=unique"
		for range 2 { // the second time from memory
			p := v.get("/ventilation" + address)
			p.has(t, http.StatusOK, "Ventilation de l’exercice N", "Mois par mois", `Jours en <span class="entier">N-1</span>`, `<rect width="100" height="10" rx="1"/>`, "synchronisation 2</a>", "liste de tarifs 2",
				"<tfoot>", "Sans dates", "Sans tarif", "Hors exercice", "100,00")
			for _, l := range append(table.Lignes, ventilation.Ligne{Somme: table.Total}) {
				for _, text := range []string{spaced(l.Mois.FR()), l.Part.FR(), spaced(l.Produit.FR()), spaced(l.Avance.FR())} {
					p.has(t, http.StatusOK, text)
				}
			}
		}
		// One parameter with a comma is the same as two.
		v.get("/ventilation?exercice=3&par=site,annee").has(t, http.StatusOK, `<th scope="col">Site</th><th scope="col">Année</th>`)
		all := v.get("/ventilation?exercice=tous&par=formation")
		all.has(t, http.StatusOK, "N-2, jours", "N&#43;1, produit (€)")
		v.get("/ventilation?exercice=99").has(t, http.StatusNotFound)
		v.get("/ventilation?par=site&par=site").has(t, http.StatusUnprocessableEntity, `id="e-puis"`, "demandée deux fois", "Rien n’est affiché")
		v.get("/ventilation?synchronisation=99").has(t, http.StatusUnprocessableEntity, `id="e-synchronisation"`)
		v.get("/ventilation?synchronisation=1&etat=integres").has(t, http.StatusUnprocessableEntity, `id="e-synchronisation"`)
		v.get("/ventilation?tarifs=x").has(t, http.StatusUnprocessableEntity, `id="e-tarifs"`)
		v.get("/ventilation?tarifs=7").has(t, http.StatusUnprocessableEntity, `id="e-tarifs"`)
		v.get("/ventilation?exercice=3&synchronisation=1").has(t, http.StatusOK, "synchronisation 1</a>", "Les contrats tels qu’après")

		rows := readCSV(t, v.get("/ventilation.csv"+address))
		if len(rows) != len(table.Lignes)+2 || rows[0][3] != "Code site" || rows[len(rows)-1][3] != "Total" {
			t.Errorf("the file has %d rows for %d lines: %v", len(rows), len(table.Lignes), rows[0])
		}
		book := v.get("/ventilation.xlsx" + address)
		if _, err := zip.NewReader(strings.NewReader(book.body), int64(len(book.body))); err != nil || book.status != http.StatusOK {
			t.Errorf("the workbook: %d %v", book.status, err)
		}
		v.get("/ventilation.csv?exercice=99").has(t, http.StatusNotFound)

		v.get("/ventilation/contrats?exercice=3&apart=sans-dates").has(t, http.StatusOK, "Les deux dates manquent", "CTR-")
		v.get("/ventilation/contrats?exercice=3&apart=sans-tarif").has(t, http.StatusOK, "Ni sa formation ni son code RNCP n’a de tarif")
		detail := v.get("/ventilation/contrats?exercice=3&page=2")
		detail.has(t, http.StatusOK, "du 51 au 100", "Produit de N", "Page précédente")
		v.get("/ventilation/contrats?exercice=tous").has(t, http.StatusOK, "leurs deux dates")
	})
}

// spaced puts the thousands of an amount apart, as the pages do.
func spaced(amount string) string {
	whole, cents, _ := strings.Cut(amount, ",")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "\u202f" + whole[i:]
	}
	return whole + "," + cents
}

func TestAVentilationFollowsWhatChanges(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		contrats := s.filled(t, 120)
		s.exercices(t)
		v := s.as(t, domaine.RoleComptabilite)
		transmis, integres := "/ventilation?exercice=3&par=site", "/ventilation?exercice=3&par=site&etat=integres"
		figures := func(path string) string {
			p := v.get(path)
			p.has(t, http.StatusOK, "<tfoot>")
			return p.body
		}
		before := []string{figures(transmis), figures(integres)}
		modeles, err := s.hub.Integration.Modeles(t.Context(), s.organisme)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.hub.Integration.DeleteModele(t.Context(), s.organisme, modeles[0].ID, nil); err != nil {
			t.Fatal(err)
		}
		if figures(transmis) != before[0] || figures(integres) == before[1] {
			t.Error("a modèle that goes does not change what is integrated, or changes what is transmitted")
		}
		s.mustPush(t, contrats[:110])
		if figures(transmis) == before[0] {
			t.Error("a push changes nothing")
		}
		s.tarifs(t, contrats)
		v.get(transmis).has(t, http.StatusOK, "Perçu d’avance (€)", "liste de tarifs 2")
		v.post("/exercices/4/deplacer", url.Values{"debut": {"2027-01-01"}, "fin": {"2027-06-30"}, "action": {"enregistrer"}})
		v.get("/ventilation").has(t, http.StatusOK, "30/06/2027")
	})
}

func TestTheVentilationIsChosenAndReadInTheBrowser(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, s *site, b *browser, scripts bool) {
		s.priced(t, 120)
		b.loginTo(domaine.RoleComptabilite, "/ventilation")
		b.sees("Ventilation de l’exercice N")
		b.do("choose", chromedp.SetValue(chromedp.CSS("#puis"), "site"))
		if scripts {
			b.until("the table by two dimensions", `location.search.includes("par=site") && document.readyState === "complete"`)
		} else {
			b.click(`.filtres > button`)
		}
		b.sees("Total")
		if columns := b.eval(`String(document.querySelectorAll("thead th").length)`); columns != "21" {
			t.Errorf("%s columns", columns)
		}
		b.click(`.codes li:last-child a`)
		b.sees("Raison")
		b.click(`main > p:first-of-type a`)
		b.sees("Ventilation de l’exercice N")
		b.click(`a[href^="/ventilation/contrats?"]`)
		b.sees("Contrats de l’exercice N")
		b.click(`tbody a`)
		b.sees("Histoire")
	})
}

func TestManyReadOneVentilationAtOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t, "sqlite")
	s.filled(t, 200)
	s.exercices(t)
	v := s.as(t, domaine.RoleLecture)
	var all sync.WaitGroup
	for i := range 12 {
		all.Go(func() {
			path := "/ventilation?exercice=" + []string{"2", "3", "4", "tous"}[i%4] + "&par=" + []string{"site", "formation"}[i%2]
			if p := v.get(path); p.status != http.StatusOK || !strings.Contains(p.body, "<tfoot>") {
				t.Errorf("%s answers %d", path, p.status)
			}
			if p := v.get("/ventilation/contrats?exercice=3&page=2"); p.status != http.StatusOK {
				t.Errorf("the contracts answer %d", p.status)
			}
		})
	}
	all.Wait()
}

func TestTheVentilationFollowsTheScheduleOfTheOpcoOnceAContractSpeaksOfItsFunding(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		s.funded(t, "31/08/2026")
		accountant := s.as(t, domaine.RoleComptabilite)
		accountant.post("/exercices/nouveau", url.Values{"debut": {"2025-01-01"}, "fin": {"2025-12-31"}, "action": {"enregistrer"}})
		v := s.as(t, domaine.RoleLecture)
		p := v.get("/ventilation")
		p.has(t, http.StatusOK, "526,03", spaced("2673,97"), `value="opco" selected`, "l’échéancier de leur", "Financement à compléter", `href="/contrats/K2"`)
		v.get("/ventilation/contrats?exercice=1").has(t, http.StatusOK, spaced("16000,00"), "à compléter")
		rows := readCSV(t, v.get("/ventilation.csv"))
		if !slices.Contains(rows[len(rows)-1], "526,03") {
			t.Errorf("the file: %v", rows)
		}
		// Asked for, the year is billed at its start, by the price list alone.
		p = v.get("/ventilation?facturation=annuelle")
		p.hasNot(t, "526,03")
		p.has(t, http.StatusOK, "244")
		// A figure that a person takes counts at once.
		if err := s.hub.Comptabilite.RetenirMontantOPCO(t.Context(), hub.DemandeMontantOPCO{Acces: hub.AccesDeCompte(domaine.Compte{OrganismeID: s.organisme}, ""), Par: "Ada Martin", Code: "K1", Montant: 4_000_00}); err != nil {
			t.Fatal(err)
		}
		v.get("/ventilation").has(t, http.StatusOK, "263,01")
	})
}

var ligneLink = regexp.MustCompile(`<th scope="row" class="large"><a href="(/ventilation/contrats\?[^"]*ligne=[0-9a-f]{16}[^"]*)">`)

func TestALineOpensItsContractsWithTheSameSum(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		s.priced(t, 120)
		v := s.as(t, domaine.RoleLecture)
		want, err := s.hub.Comptabilite.Ventilation(t.Context(), hub.DemandeVentilation{Acces: hub.AccesDeCompte(domaine.Compte{OrganismeID: s.organisme}, ""), Exercice: 3,
			Par: []ventilation.Dimension{ventilation.ParEntreprise}, Montants: true})
		if err != nil {
			t.Fatal(err)
		}
		table := want.Exercice(0)
		links := ligneLink.FindAllStringSubmatch(v.get("/ventilation?exercice=3&par=entreprise").body, -1)
		if len(links) != len(table.Lignes) {
			t.Fatalf("%d of %d lines open", len(links), len(table.Lignes))
		}
		for i, link := range links[:5] {
			l, path := table.Lignes[i], strings.ReplaceAll(link[1], "&amp;", "&")
			if strings.Contains(path, url.QueryEscape(l.Cles[0].Nom)) {
				t.Errorf("the address names the entreprise: %s", path)
			}
			days := nombreOf(l.Jours)
			p := v.get(path)
			p.has(t, http.StatusOK, l.Cles[0].Nom, days+" jours", spaced(l.Produit.FR())+"\u00a0€", "Total de toutes les pages")
			rows := readCSV(t, v.get(strings.Replace(path, "/contrats?", "/contrats.csv?", 1)))
			total := rows[len(rows)-1]
			if len(rows) != l.Contrats+2 || total[8] != strconv.FormatInt(l.Jours, 10) || total[9] != l.Produit.FR() || rows[1][2] == "" {
				t.Errorf("the file of %s has %d rows and the sum %q, want %d contracts, %d days, %s", l.Cles[0].Nom, len(rows), total, l.Contrats, l.Jours, l.Produit.FR())
			}
		}
		v.get("/ventilation/contrats?exercice=3&par=site&ligne=0123456789abcdef").has(t, http.StatusNotFound)
	})
}

func nombreOf(n int64) string {
	return strings.TrimSuffix(spaced(strconv.FormatInt(n, 10)+",00"), ",00")
}

// priced is filled with the exercices of the contracts, and prices for most of them.
func (s *site) priced(t testing.TB, n int) []passerelle.Contrat {
	t.Helper()
	contrats := s.filled(t, n)
	s.exercices(t)
	s.tarifs(t, contrats)
	return contrats
}
