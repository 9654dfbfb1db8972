package server_test

import (
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/regles"
	"github.com/passerelle-hub/passerelle/internal/tableur"
)

// exemple returns a value that a field accepts; n tells two apart. The value of a
// text is found nowhere else.
func exemple(t *testing.T, champ *passerelle.Champ, n int) string {
	t.Helper()
	switch champ.Kind {
	case passerelle.KindText, passerelle.KindCode:
		return fmt.Sprintf("%s-n%d", strings.ToLower(champ.Nom), n)
	case passerelle.KindEmail:
		return fmt.Sprintf("%s-n%d@cfa.example", strings.ToLower(champ.Nom), n)
	case passerelle.KindDate:
		if champ.Nom == "dateFin" {
			return fmt.Sprintf("%02d/08/2028", 10+n)
		}
		return fmt.Sprintf("%02d/09/2026", 10+n)
	case passerelle.KindCertification:
		return fmt.Sprintf("RNCP3836%d", n)
	case passerelle.KindMontant:
		return fmt.Sprintf("312%d,5", n)
	case passerelle.KindHeures:
		if champ.Pas != "" {
			return fmt.Sprintf("1%d,25", n)
		}
		return fmt.Sprintf("67%d,75", n)
	case passerelle.KindChoix:
		return champ.Valeurs[n-1]
	case passerelle.KindIDCC:
		return fmt.Sprintf("148%d", n)
	case passerelle.KindSiret:
		return []string{"73282932000074", "35600000049837"}[n-1]
	}
	t.Fatalf("no example for the kind %d of %s", champ.Kind, champ.Nom)
	return ""
}

// complet returns a contract that has every field; its optional ones are the n-th
// examples.
func complet(t *testing.T, n int) passerelle.Contrat {
	t.Helper()
	var c passerelle.Contrat
	for i := range passerelle.Champs {
		champ := &passerelle.Champs[i]
		example := n
		if champ.Required {
			example = 1
		}
		*champ.At(&c) = exemple(t, champ, example)
	}
	return c
}

// valeurs are the fields of a contract by their wire names.
func valeurs(c *passerelle.Contrat) map[string]string {
	all := map[string]string{}
	for i := range passerelle.Champs {
		if value := *passerelle.Champs[i].At(c); value != "" {
			all[passerelle.Champs[i].Nom] = value
		}
	}
	return all
}

// Whatever the table of fields holds is found in the API, the diff, the mapping of
// files, the page of the contract, the search, the export and the erasure of a
// person. TestAnInventedFieldIsFoundEverywhere runs it with one field more.
func TestEveryFieldIsFoundEverywhere(t *testing.T) {
	t.Parallel()
	s := apitest.New(t, "sqlite")
	o := s.Production(t, "CFA Horizon")
	before, after := complet(t, 1), complet(t, 2)
	o.Post(t, "/api/sync/v1/contrats", apitest.Body(before)).Want(t, 200)
	kept := apitest.Decode[struct{ Contrats []map[string]string }](t, o.Get(t, "/api/sync/v1/contrats-get-all").Want(t, 200))
	if diff := cmp.Diff([]map[string]string{valeurs(&before)}, kept.Contrats); diff != "" {
		t.Errorf("the API keeps (-sent +kept):\n%s", diff)
	}
	t.Run("diff", func(t *testing.T) { everyFieldInTheDiff(t, o, after) })
	t.Run("files", everyFieldInAFile)
	t.Run("page", func(t *testing.T) { everyFieldOnThePage(t, s, o, before) })
	t.Run("search", func(t *testing.T) { everyFieldInTheSearch(t, s, o, before) })
	t.Run("profil", func(t *testing.T) { everyFieldInTheProfil(t, before) })
	t.Run("people", func(t *testing.T) { everyFieldOfAPerson(t, s, o, before) })
}

func everyFieldInTheDiff(t *testing.T, o *apitest.Organisme, after passerelle.Contrat) {
	diff := apitest.Decode[struct {
		Changes []struct{ Changes []struct{ Field, New string } }
	}](t, o.Post(t, "/api/sync/v1/contrats-diff?detail=champs", apitest.Body(after)).Want(t, 200))
	want, got := map[string]string{}, map[string]string{}
	for i := range passerelle.Champs {
		if champ := &passerelle.Champs[i]; !champ.Required {
			want[champ.Nom] = *champ.At(&after)
		}
	}
	for _, contrat := range diff.Changes {
		for _, change := range contrat.Changes {
			got[change.Field] = change.New
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("the diff says (-changed +said):\n%s", d)
	}
}

func everyFieldInAFile(t *testing.T) {
	contrat := complet(t, 1)
	for _, title := range []func(passerelle.Champ) string{
		func(c passerelle.Champ) string { return c.Nom },
		func(c passerelle.Champ) string { return c.Libelle },
		func(c passerelle.Champ) string { return append(c.Synonymes, c.Libelle)[0] },
	} {
		text := string(apitest.CSVTitled([]passerelle.Contrat{contrat}, title))
		table, err := tableur.Open("export.csv", strings.NewReader(text), int64(len(text)), tableur.Options{})
		if err != nil {
			t.Fatal(err)
		}
		sample, err := table.Sample(10)
		if err != nil {
			t.Fatal(err)
		}
		mapping, _ := tableur.Propose(table.Columns, sample)
		binding, err := mapping.Bind(table.Columns)
		if err != nil {
			t.Fatal(err)
		}
		for ligne, err := range binding.Lignes(table) {
			if err != nil || len(ligne.Faults) > 0 {
				t.Fatal(err, ligne.Faults)
			}
			if diff := cmp.Diff(valeurs(&contrat), valeurs(&ligne.Contrat)); diff != "" {
				t.Errorf("read from a file of which the first title is %q (-written +read):\n%s", title(passerelle.Champs[0]), diff)
			}
		}
	}
}

func everyFieldOnThePage(t *testing.T, s *apitest.Server, o *apitest.Organisme, contrat passerelle.Contrat) {
	const secret = "une phrase pour les tests"
	if _, err := s.Hub.Comptes.CreateCompte(t.Context(), domaine.Compte{OrganismeID: o.ID, Email: "ada@cfa.example", Prenom: "Ada", Nom: "Martin", Role: domaine.RoleLecture}, secret); err != nil {
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := http.Client{Jar: jar}
	login, err := browser.PostForm(s.URL+"/connexion", url.Values{"email": {"ada@cfa.example"}, "password": {secret}})
	if err != nil {
		t.Fatal(err)
	}
	login.Body.Close()
	answer, err := browser.Get(s.URL + "/contrats/" + url.PathEscape(contrat.CodeContrat))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	page := html.UnescapeString(string(body))
	for i := range passerelle.Champs {
		champ := &passerelle.Champs[i]
		if line := "<dt>" + champ.Libelle + "</dt><dd>" + champ.Affiche(*champ.At(&contrat)) + "</dd>"; !strings.Contains(page, line) {
			t.Errorf("the page of the contract does not show %s", line)
		}
	}
}

func everyFieldInTheSearch(t *testing.T, s *apitest.Server, o *apitest.Organisme, contrat passerelle.Contrat) {
	for i := range passerelle.Champs {
		champ := &passerelle.Champs[i]
		value := *champ.At(&contrat)
		_, total, err := s.Hub.Contrats.SearchContrats(t.Context(), o.ID, value, hub.Choix{}, hub.Page{Limit: 1})
		if !champ.Cherche && len(value) < 4 {
			continue // a part of anything
		}
		if err != nil || (total == 1) != champ.Cherche {
			t.Errorf("a search for %s %q finds %d, found is meant to be %v: %v", champ.Nom, value, total, champ.Cherche, err)
		}
	}
}

func everyFieldInTheProfil(t *testing.T, contrat passerelle.Contrat) {
	profil := regles.ProfilOf(&contrat)
	held := map[string]bool{}
	for _, texte := range profil.Textes() {
		held[texte] = true
	}
	for i := range passerelle.Champs {
		champ := &passerelle.Champs[i]
		if champ.Profil != held[*champ.At(&contrat)] {
			t.Errorf("%s is in the profil: %v, the table says %v", champ.Nom, !champ.Profil, champ.Profil)
		}
		if champ.Critere > 0 && (!champ.Profil || champ.NomCritere == "") {
			t.Errorf("%s is a criterion and is not in the profil, or has no name", champ.Nom)
		}
	}
}

func everyFieldOfAPerson(t *testing.T, s *apitest.Server, o *apitest.Organisme, contrat passerelle.Contrat) {
	who := hub.Acteur{Organisme: o.ID, Nom: "Ada Martin"}
	codes := map[passerelle.Usager]string{passerelle.UsagerApprenant: contrat.CodeApprenant, passerelle.UsagerPersonnel: contrat.CodePersonnel, passerelle.UsagerMaitre: contrat.CodeMaitreApprentissage}
	for usager, code := range codes {
		want := map[string]string{}
		for i := range passerelle.Champs {
			if champ := &passerelle.Champs[i]; champ.Usager == passerelle.UsagerAucun || champ.Usager == usager {
				want[champ.Nom] = *champ.At(&contrat)
			}
		}
		mentions, err := s.Hub.Personnes.ExportPersonne(t.Context(), who, code)
		if err != nil || len(mentions) != 1 {
			t.Fatalf("%d mentions of %s: %v", len(mentions), code, err)
		}
		if diff := cmp.Diff(want, mentions[0].Champs); diff != "" {
			t.Errorf("the export of %s (-wanted +given out):\n%s", code, diff)
		}
	}
	for _, code := range codes {
		if _, err := s.Hub.Personnes.ErasePersonne(t.Context(), who, code); err != nil {
			t.Fatal(err)
		}
	}
	left := apitest.Decode[struct{ Contrats []map[string]string }](t, o.Get(t, "/api/sync/v1/contrats-get-all").Want(t, 200)).Contrats[0]
	for i := range passerelle.Champs {
		champ := &passerelle.Champs[i]
		was, is := *champ.At(&contrat), left[champ.Nom]
		right := is == was
		switch champ.Efface {
		case passerelle.EffaceRemplace:
			right = is != was && is != ""
		case passerelle.EffaceVide:
			right = is == ""
		}
		if !right || champ.Efface != passerelle.EffaceRien && champ.Usager == passerelle.UsagerAucun {
			t.Errorf("an erasure leaves %q of %s, which was %q", is, champ.Nom, was)
		}
	}
}

// The guide names every field where it says what a contract holds.
func TestTheGuideNamesEveryField(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../../docs/integrator.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(guide), "### The fields of a contract")
	section, _, _ = strings.Cut(section, "\n## ")
	for i := range passerelle.Champs {
		champ := &passerelle.Champs[i]
		if !champ.Required && !strings.Contains(section, "`"+champ.Nom+"`") {
			t.Errorf("the integrator's guide does not name %s", champ.Nom)
		}
	}
}
