package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

// withoutCodes writes contracts as an office keeps them: only the contract has a
// code, everything else a name.
func withoutCodes(list []passerelle.Contrat) string {
	var b strings.Builder
	titled := []string{"codeContrat"}
	for _, champ := range passerelle.Champs {
		if len(champ.CodeDe) == 0 && champ.Nom != "codeContrat" {
			titled = append(titled, champ.Nom)
		}
	}
	fmt.Fprintln(&b, strings.Join(titled, ";"))
	for i := range list {
		for _, field := range titled {
			at, _ := passerelle.ChampIndex([]byte(field))
			fmt.Fprint(&b, *passerelle.Champs[at].At(&list[i]), ";")
		}
		fmt.Fprintln(&b)
	}
	return b.String()
}

func TestNamesThatTheHubKnowsTakeTheirCodes(t *testing.T) {
	apitest.ForEachDatabase(t, func(t *testing.T, s *apitest.Server) {
		o := s.Sandbox(t, "CFA Horizon")
		known := apitest.Demo(40)
		o.Post(t, "/api/sync/v1/contrats", known).Want(t, 200)
		file := slices.Clone(known)
		for i := range file {
			file[i].PrenomApprenant = strings.ToUpper(file[i].PrenomApprenant) // as people type it
		}
		added := known[3]
		added.CodeContrat, added.NomApprenant, added.PrenomApprenant, added.EmailApprenant = "K-NEW", "Nouvelle", "Inès", "ines.nouvelle@apprenti.example"
		file = append(file, added)
		path := write(t, "bureau.csv", withoutCodes(file))

		v := decode[verdict](t, push(t, o, s.URL, path, "--dry-run").stdout)
		if v.ErrorsTotal > 0 || v.Diff == nil || v.Diff.Added != 1 || v.Diff.Removed != 0 {
			t.Fatalf("the dry run: %+v", v)
		}
		for _, c := range v.Diff.Changes {
			for _, change := range c.Changes {
				if change.Field != "prenomApprenant" {
					t.Errorf("%s of %s becomes %q", change.Field, c.CodeContrat, change.New)
				}
			}
		}
		said := map[string]string{}
		for _, w := range v.Warnings {
			if w.Code == "known-code" {
				said[w.Field] = w.Message
			}
		}
		if want := []string{"codeAnnee", "codeApprenant", "codeFormation", "codeGroupe", "codeMaitreApprentissage", "codePeriode", "codePersonnel", "codeSite"}; !cmp.Equal(want, slices.DeleteFunc(slices.Sorted(maps.Keys(said)), func(f string) bool { return f == "codeMarque" })) {
			t.Errorf("warned of %v", said)
		}

		who := hub.Acteur{Organisme: o.ID, Nom: "Essai"}
		open, err := s.Hub.Imports.CreateImport(t.Context(), who, "bureau.csv", "", strings.NewReader(withoutCodes(file)))
		if err != nil {
			t.Fatal(err)
		}
		defer open.Close()
		a, err := s.Hub.Imports.ApercuImport(t.Context(), open, hub.Page{Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		if a.Ajoutes != 1 || a.Archives != 0 || a.ErreursTotal != 0 || a.Modifies != v.Diff.Updated {
			t.Errorf("the import: %+v", a)
		}
		var console, pushed []string
		for _, w := range a.Avertissements {
			console = append(console, w.Cell+" "+w.Message)
		}
		for _, w := range v.Warnings {
			pushed = append(pushed, w.Cell+" "+w.Message)
		}
		if diff := cmp.Diff(console, pushed); diff != "" {
			t.Errorf("the console and the push do not warn of the same (-console +push):\n%s", diff)
		}
		if _, err := s.Hub.Imports.ConfirmImport(t.Context(), who, open.ID, hub.ImportOptions{Version: a.Version}); err != nil {
			t.Fatal(err)
		}
		list := transmis(t, o)
		if c := list[slices.IndexFunc(list, func(c passerelle.Contrat) bool { return c.CodeContrat == "K-NEW" })]; c.CodeSite != added.CodeSite || c.CodeGroupe != added.CodeGroupe || c.CodePersonnel != added.CodePersonnel || !strings.HasPrefix(c.CodeApprenant, "ines-nouvelle-apprenti-e") {
			t.Errorf("the new one: %+v", c)
		}
	})
}

func TestANameOfSeveralCodesIsAskedFor(t *testing.T) {
	t.Parallel()
	s := apitest.New(t, "sqlite")
	o := s.Sandbox(t, "CFA Horizon")
	known := apitest.Contrats("K1", "K2", "K3")
	known[0].CodeGroupe, known[0].NomGroupe = "G1", "Groupe A"
	known[1].CodeGroupe, known[1].NomGroupe, known[1].CodeSite, known[1].NomSite = "G2", "Groupe A", "VIE", "Vienne"
	known[2].CodeGroupe, known[2].NomGroupe = "G3", "Groupe B"
	o.Post(t, "/api/sync/v1/contrats", known).Want(t, 200)
	same := decode[verdict](t, push(t, o, s.URL, write(t, "bureau.csv", withoutCodes(known)), "--dry-run").stdout)
	if same.ErrorsTotal > 0 || same.Diff.Same != 3 {
		t.Errorf("where the group is tells which one: %+v", same)
	}
	elsewhere := slices.Clone(known)
	elsewhere[0].NomSite = "Grenoble"
	path := write(t, "bureau.csv", withoutCodes(elsewhere))
	v := decode[verdict](t, push(t, o, s.URL, path, "--yes").stdout)
	if v.Outcome != outcomeRefused || v.ErrorsTotal != 1 || v.Errors[0].Cell != "B2" || v.Errors[0].Field != "codeGroupe" || !strings.Contains(v.Errors[0].Message, "a 2 codes dans le hub (G1, G2)") {
		t.Fatalf("a group of two codes in a third place: %+v", v.Errors)
	}
	_, rest, _ := strings.Cut(v.Errors[0].Message, "traduction de « ")
	made, _, _ := strings.Cut(rest, " »")
	mapping := write(t, "m.json", fmt.Sprintf(`{"version":1,"memeNom":true,"champs":{"codeGroupe":{"codeDe":["nomGroupe"],"traductions":{%q:"G1"}},`+
		`"codeSite":{"codeDe":["nomSite"]},"codePeriode":{"codeDe":["nomPeriode"]},"codeFormation":{"codeDe":["nomFormation"]},"codeAnnee":{"codeDe":["nomAnnee"]},`+
		`"codeApprenant":{"codeDe":["emailApprenant","nomApprenant","prenomApprenant"]},"codePersonnel":{"codeDe":["emailPersonnel"]},"codeMaitreApprentissage":{"codeDe":["emailMaitreApprentissage"]}}}`, made))
	if v := decode[verdict](t, push(t, o, s.URL, path, "--dry-run", "--mapping", mapping).stdout); v.ErrorsTotal > 0 {
		t.Errorf("the way out that is named does not help: %+v", v.Errors)
	}
}
