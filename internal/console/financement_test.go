package console_test

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/comptable/npec/npectest"
	"github.com/passerelle-hub/passerelle/internal/comptable/rapprochement"
	"github.com/passerelle-hub/passerelle/internal/comptable/ventilation"
	"github.com/passerelle-hub/passerelle/internal/demo"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

// funded pushes K1, whose funding is known, and K2, of which nothing is known but its days.
func (s *site) funded(t *testing.T, fin string) (known passerelle.Contrat) {
	t.Helper()
	known, lacking := apitest.Contrat("K1"), apitest.Contrat("K2")
	known.DateDebut, known.DateFin, known.DateConclusion, known.NPEC, known.Niveau, known.NumeroDeca = "01/09/2025", "31/08/2027", "20/08/2025", "8000", "5", ""
	lacking.DateDebut, lacking.DateFin = "01/09/2025", fin
	s.mustPush(t, []passerelle.Contrat{known, lacking})
	return known
}

func TestTheFundingOfContractsIsShown(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		k := s.funded(t, "")
		v := s.as(t, domaine.RoleLecture)
		p := v.get("/financement?au=2025-12-31")
		p.has(t, http.StatusOK, ">526,03</a>", spaced("2673,97")+" € acquis", spaced("16000,00"), k.NomFormation, `href="/contrats/K1"`, "À compléter", "Date de fin", "09/2025", spaced("3200,00"))
		v.get("/financement?au=2025-12-31&par=rncp").has(t, http.StatusOK, `value="rncp" selected`)
		v.get("/financement?au=hier").has(t, http.StatusOK, "Cette date n’existe pas")
		v.get("/financement?au=2027-12-01").has(t, http.StatusOK, "à risque", "800,00 €, au plus tard le 31/12/2027 (30")
		v.get("/contrats/K1").has(t, http.StatusOK, "Échéances", "31/12/2027", "R6332-25 III", spaced("16000,00")+" € en tout", "frise-contrat", "Année 1, du 01/09/2025 au 31/08/2026")
		v.get("/contrats/K2").has(t, http.StatusOK, "Le financement ne peut pas être calculé", "Date de fin")
		v.get("/financement?au=2025-12-31&par=site").has(t, http.StatusOK, `href="/financement.xlsx?au=2025-12-31&amp;par=site"`)
		if p := v.get("/financement.xlsx?au=2025-12-31&par=site"); p.status != http.StatusOK {
			t.Errorf("the workbook: %d", p.status)
		}
	})
}

func TestEveryFigureOfTheFundingOpensTheContractsThatMakeIt(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		var list []passerelle.Contrat
		for i, site := range []string{"LYO", "LYO", "PAR"} {
			k := apitest.Contrat("K" + strconv.Itoa(i+1))
			k.DateDebut, k.DateFin, k.DateConclusion, k.NPEC, k.Niveau, k.NumeroDeca = "01/09/2025", "31/08/2027", "20/08/2025", "8000", "5", ""
			k.CodeSite, k.NomSite = site, "Site "+site
			list = append(list, k)
		}
		list[1].DateRupture = "04/11/2025" // 65 days: 3,200 paid, 1,424.66 due
		s.mustPush(t, list)
		v := s.as(t, domaine.RoleLecture)
		p := v.get("/financement?au=2025-12-31&par=site")
		// PCA: 526.03 of K1 and of K3; to give back: 1,775.34 of K2.
		p.has(t, http.StatusOK, spaced("1052,06")+"</a>", spaced("1775,34")+"</a>", "Site PAR", "/financement/contrats?au=2025-12-31&amp;cle=PAR&amp;mesure=pca&amp;par=site")
		open := func(query string, sums []string, codes string) {
			t.Helper()
			p := v.get("/financement/contrats?au=2025-12-31&par=site" + query)
			p.has(t, http.StatusOK, sums...)
			var got []string
			for i := range list {
				if code := list[i].CodeContrat; strings.Contains(p.body, `href="/contrats/`+code+`#financement"`) {
					got = append(got, code)
				}
			}
			if strings.Join(got, " ") != codes {
				t.Errorf("%s: the contracts are %v, not %s", query, got, codes)
			}
			rows := readCSV(t, v.get("/financement/contrats.csv?au=2025-12-31&par=site"+query))
			last := rows[len(rows)-1]
			if len(rows) != len(got)+2 || last[0] != "Total" || !slices.Contains(last, strings.ReplaceAll(sums[0], "\u202f", "")) {
				t.Errorf("%s: the file is %v", query, rows)
			}
		}
		open("&mesure=pca", []string{spaced("1052,06")}, "K1 K3")
		open("&mesure=pca&cle=PAR", []string{"526,03", "Site PAR"}, "K3")
		open("&mesure=arecouvrer", []string{spaced("1775,34")}, "K2")
		open("&cle=LYO", []string{spaced("17424,66"), "2 contrats"}, "K1 K2")
		open("&mois=2025-09", []string{spaced("9600,00"), "3 échéances"}, "K1 K2 K3")
		open("&mois=2026-03", []string{spaced("4800,00")}, "K1 K3")
		v.get("/financement/contrats?mesure=argent").has(t, http.StatusUnprocessableEntity, "Ce chiffre n’existe pas")
		v.get("/financement/contrats?mois=2025-13").has(t, http.StatusUnprocessableEntity, "Ce mois n’existe pas")
	})
}

func TestAnAccountantTakesTheFigureOfTheOpcoAndTakesItBack(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		k := apitest.Contrat("K1")
		k.DateDebut, k.DateFin, k.DateConclusion, k.NPEC, k.Niveau, k.NumeroDeca = "01/09/2025", "31/08/2027", "20/08/2025", "8000", "5", "DOS-1"
		s.mustPush(t, []passerelle.Contrat{k})
		v := s.as(t, domaine.RoleComptabilite)
		v.get("/rapprochement").has(t, http.StatusOK, "Aucun échéancier d’OPCO")
		v.send("/rapprochement", "dossier;date;montant\nDOS-1;01/09/2025;3200,20\nDOS-9;01/09/2025;1,00\n", nil).has(t, http.StatusOK, "est enregistré", "1 ligne", "Montant différent", "0,20", "dossier DOS-9")
		v.get("/rapprochement?etat=inconnu").has(t, http.StatusOK, "dossier DOS-9")
		v.send("/rapprochement", "dossier;date;montant\nDOS-1;hier;3200,20\n", nil).has(t, http.StatusUnprocessableEntity, "Rien n’est enregistré", "B2", "JJ/MM/AAAA")
		v.send("/rapprochement", "affaire;quand;montant\nDOS-1;01/09/2025;3200,20\n", nil).has(t, http.StatusUnprocessableEntity, "Rien n’est enregistré")
		v.send("/rapprochement", "affaire;quand;montant\nDOS-1;01/09/2025;3200,20\n", map[string]string{"numeroDossier": "affaire", "date": "quand"}).has(t, http.StatusOK, "est enregistré", `value="affaire"`)
		v.send("/rapprochement", "dossier;date;montant\nZ;01/09/2025;3200,20\n", nil).has(t, http.StatusUnprocessableEntity, "Aucune ligne ne correspond")
		if p := v.get("/rapprochement.xlsx"); p.status != http.StatusOK {
			t.Errorf("the workbook: %d", p.status)
		}
		v.post("/contrats/K1/opco", url.Values{"montant": {"8 000,5"}}).has(t, http.StatusOK, "est repris", spaced("8000,50"), "par an repris par", "OPCO, repris")
		v.post("/contrats/K1/opco", url.Values{"montant": {"beaucoup"}}).has(t, http.StatusUnprocessableEntity, `id="e-opco"`)
		v.post("/contrats/K1/opco", url.Values{"montant": {"0"}}).has(t, http.StatusUnprocessableEntity, "plus de 0")
		v.post("/contrats/K1/opco", url.Values{"action": {"retirer"}}).has(t, http.StatusOK, "Décision retirée par", spaced("16000,00"))
		s.as(t, domaine.RoleLecture).post("/contrats/K1/opco", url.Values{"montant": {"1"}}).has(t, http.StatusForbidden)
	})
}

func TestAnEditionOfTheTableOfAmountsIsImportedOnItsPage(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		v := s.as(t, domaine.RoleComptabilite)
		v.get("/npec").has(t, http.StatusOK, "Aucune édition pour l’instant")
		var book bytes.Buffer
		if err := npectest.Write(&book, func(i int) []any {
			return [][]any{{"RNCP38362", "BTS MCO", "Ministère", "BTS", 12, "", 7654, "A", 45488}, nil}[min(i, 1)]
		}, [][]any{{12, "Commerce", "3237"}}); err != nil {
			t.Fatal(err)
		}
		v.send("/npec", book.String(), nil).has(t, http.StatusOK, "L’édition est importée", "1 édition", "15/07/2024")
		v.send("/npec", book.String(), nil).has(t, http.StatusOK, "était déjà là", "1 édition")
		v.get("/npec?rncp=38362&idcc=3237").has(t, http.StatusOK, "BTS MCO", spaced("7654,00"), "Commerce")
		v.get("/npec?rncp=99").has(t, http.StatusOK, "n’a pas de montant")
		v.send("/npec", "PK\x03\x04", nil).has(t, http.StatusUnprocessableEntity, `role="alert"`)
		var other bytes.Buffer
		if err := npectest.Write(&other, func(i int) []any {
			return [][]any{{"RNCP38362", "BTS MCO", "Ministère", "BTS", 12, "", "beaucoup", "A", 45488}, nil}[min(i, 1)]
		}, nil); err != nil {
			t.Fatal(err)
		}
		v.send("/npec", other.String(), nil).has(t, http.StatusUnprocessableEntity, "G4", "n’est pas un montant")
		k := apitest.Contrat("K1")
		k.DateDebut, k.DateFin, k.DateConclusion, k.NPEC, k.CodeCPNE, k.RNCP, k.Niveau = "01/09/2025", "31/08/2026", "20/08/2025", "", "12", "38362", "5"
		s.mustPush(t, []passerelle.Contrat{k})
		v.get("/contrats/K1").has(t, http.StatusOK, "référentiel NPEC", spaced("7654,00"))
		s.as(t, domaine.RoleLecture).send("/npec", book.String(), nil).has(t, http.StatusForbidden)
	})
}

func TestPricesAreEditedInPlace(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		k := apitest.Contrat("K1")
		s.mustPush(t, []passerelle.Contrat{k})
		v := s.as(t, domaine.RoleComptabilite)
		v.get("/tarifs").has(t, http.StatusOK, `href="/tarifs/modifier"`)
		v.get("/tarifs/modifier").has(t, http.StatusOK, `value="`+k.CodeFormation+`"`, k.NomFormation)
		form := func(lines ...[5]string) url.Values {
			f := url.Values{}
			for _, l := range lines {
				for i, name := range []string{"par", "code", "montant", "debut", "fin"} {
					f.Add(name, l[i])
				}
			}
			return f
		}
		v.post("/tarifs/modifier", form([5]string{"formation", k.CodeFormation, "7300,50", "", "31/08/2026"}, [5]string{"formation", "", "", "", ""})).has(t, http.StatusOK, "est en vigueur", spaced("7300,50"), "31/08/2026")
		v.get("/tarifs/modifier").has(t, http.StatusOK, `value="7300,50"`)
		v.post("/tarifs/modifier", form([5]string{"formation", "A", "x", "", ""}, [5]string{"rncp", "38362", "5", "01/01/2026", "32/01/2026"})).has(t, http.StatusUnprocessableEntity, "Rien n’est enregistré", `id="e-0"`, `id="e-1"`, `value="x"`)
		v.post("/tarifs/modifier", form([5]string{"formation", "A", "", "", ""})).has(t, http.StatusUnprocessableEntity, "aucun tarif")
		v.post("/tarifs/modifier", url.Values{"code": {"A"}}).has(t, http.StatusUnprocessableEntity)
		v.get("/tarifs").has(t, http.StatusOK, "Liste 1")
		s.as(t, domaine.RoleLecture).get("/tarifs/modifier").has(t, http.StatusForbidden)
	})
}

func TestFundingAndItsComparisonOfOneReadingAreThoseOfTwo(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		contrats := slices.Collect(demo.Generate(demo.Params{Contrats: 120, Seed: 1, Financement: true}))
		s.mustPush(t, contrats)
		acces := hub.AccesDeCompte(domaine.Compte{OrganismeID: s.organisme}, "")
		if _, err := s.hub.Comptabilite.DeposerEcheancier(t.Context(), hub.DemandeEcheancier{Acces: acces, Annonces: []rapprochement.Annonce{
			{CodeContrat: contrats[3].CodeContrat, Date: passerelle.NewDate(2026, 1, 1), Montant: 12345}, {CodeContrat: "inconnu", Date: passerelle.NewDate(2026, 1, 1), Montant: 1}}}); err != nil {
			t.Fatal(err)
		}
		d := hub.DemandeFinancement{Acces: acces, Au: passerelle.NewDate(2026, 12, 31), Par: []ventilation.Dimension{ventilation.ParSite}}
		f, err := s.hub.Comptabilite.FinancementRapproche(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		alone, err := s.hub.Comptabilite.Financement(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		compared, err := s.hub.Comptabilite.Rapprochement(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(alone.Total(), f.Total()); diff != "" || len(f.Fiches()) != len(alone.Fiches()) || len(f.Fiches()) == 0 {
			t.Errorf("%d and %d contracts: %s", len(alone.Fiches()), len(f.Fiches()), diff)
		}
		if diff := cmp.Diff(compared.Bilan, f.Bilan); diff != "" || len(f.Bilan.Lignes) == 0 {
			t.Error(diff)
		}
	})
}
