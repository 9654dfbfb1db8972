package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/apitest"
)

const champ = "../../internal/tableur/testdata/champ/"

// TestFilesOfRealOfficesAreReadOrNamed pushes small exports with the structure of
// real ones: each is read as its author meant it, or what is wrong is said. What a
// dry run warns of is what the push warns of.
func TestFilesOfRealOfficesAreReadOrNamed(t *testing.T) {
	t.Parallel()
	s := apitest.New(t, "sqlite")
	starts := func(day string) func(*testing.T, []passerelle.Contrat) {
		return func(t *testing.T, list []passerelle.Contrat) {
			t.Helper()
			for _, c := range list {
				if c.DateDebut != day {
					t.Errorf("%s begins on %s, want %s", c.CodeContrat, c.DateDebut, day)
				}
			}
		}
	}
	for _, tc := range []struct {
		file     string
		args     []string
		contrats int      // that stand after the push, 0 where it is refused
		warned   []string // texts among the warnings, all of them
		errors   []string // texts of the errors, with their cells
		reason   string
		look     func(*testing.T, []passerelle.Contrat)
	}{
		{file: "00-temoin.csv", contrats: 6, look: starts("01/09/2026")},
		{file: "10-date-bascule.csv", errors: []string{"T3 Date de début : « 9/30/2026 » n’est pas une date"}, reason: "erreurs : 1"},
		{file: "13-date-fuseau-iso.csv", contrats: 6, look: func(t *testing.T, list []passerelle.Contrat) {
			if list[0].DateDebut != "01/09/2026" || list[0].DateFin != "31/08/2027" {
				t.Errorf("from %s to %s", list[0].DateDebut, list[0].DateFin)
			}
		}},
		{file: "15-date-22h.xlsx", contrats: 6, look: starts("31/08/2026"), warned: []string{"portent 22:00"}},
		{file: "17-date-31-fevrier.csv", errors: []string{"T3 Date de début : « 31/02/2027 » n’est pas une date : ce jour n’existe pas"}},
		{file: "19-date-1er.csv", contrats: 6, look: starts("01/09/2026")},
		{file: "21-dates-du-au.csv", contrats: 6, look: starts("01/09/2026")},
		{file: "30-nom-double-espace.csv", contrats: 6, look: func(t *testing.T, list []passerelle.Contrat) {
			if list[1].NomFormation != "BTS MCO" || list[1].CodeFormation != list[0].CodeFormation {
				t.Errorf("formation %q (%s)", list[1].NomFormation, list[1].CodeFormation)
			}
		}},
		{file: "33-nom-casse.csv", contrats: 6, warned: []string{"LYON"}},
		{file: "40-email-invisible-fin.csv", contrats: 6, look: plainAddresses},
		{file: "42-code-invisible.csv", contrats: 6, look: plainAddresses},
		{file: "43-email-mailto.csv", contrats: 6, look: plainAddresses},
		{file: "44-email-nom.csv", contrats: 6, look: plainAddresses},
		{file: "46-code-egal-guillemets.csv", contrats: 6, look: func(t *testing.T, list []passerelle.Contrat) {
			if list[0].CodeContrat != "00101" && list[0].CodeApprenant != "00101" {
				t.Errorf("codes %q and %q", list[0].CodeContrat, list[0].CodeApprenant)
			}
		}},
		{file: "48-double-encodage.csv", contrats: 8, warned: []string{"sans doute « Éléonore Pâtisserie »"}},
		{file: "50-pied-total.csv", contrats: 6, warned: []string{"la ligne 8 (« Total ») n’est pas un contrat"}},
		{file: "52-sous-totaux.csv", contrats: 6, warned: []string{"la ligne 5 (« Sous-total MCO1-A : 3 »)", "la ligne 9 (« Sous-total MCO1-B : 3 »)", "la ligne 10 (« Total général : 6 »)"}},
		{file: "55-tableau-excel-total.xlsx", contrats: 6, warned: []string{"la ligne 8 (« Total ») n’est pas un contrat"}},
		{file: "56-cellules-fusionnees.xlsx", contrats: 6, warned: []string{"cellules sont fusionnées (B2:B7"}, look: func(t *testing.T, list []passerelle.Contrat) {
			if list[5].NomSite != "Lyon" || list[5].NomGroupe == "" {
				t.Errorf("the last one is in %q, %q", list[5].NomSite, list[5].NomGroupe)
			}
		}},
		{file: "57-deux-lignes-de-titres.csv", contrats: 6, look: func(t *testing.T, list []passerelle.Contrat) {
			if c := list[0]; c.CodeApprenant != "A100" || c.NomPersonnel != "Morel" || c.EmailMaitreApprentissage != "odile.perrin@employeur0.example" || c.RNCP != "38362" || c.DateFin != "31/08/2027" {
				t.Errorf("the first one: %+v", c)
			}
		}},
		{file: "60-une-feuille-par-site.xlsx", contrats: 3, warned: []string{"La feuille « Vienne » contient aussi"}},
		{file: "60-une-feuille-par-site.xlsx", args: []string{"--sheet", "Vienne"}, contrats: 3},
		{file: "60-une-feuille-par-site.xlsx", args: []string{"--all-sheets"}, contrats: 6},
		{file: "62-modele-vide-en-premier.xlsx", contrats: 8},
		{file: "64-lignes-masquees.xlsx", contrats: 6, warned: []string{"2 lignes sont masquées"}},
		{file: "70-fratrie-sans-code.csv", errors: []string{"I4"}, reason: "email"},
		{file: "72-fratrie-avec-code.csv", errors: []string{"J4"}},
		{file: "73-boite-employeur-avec-code.csv", errors: []string{"R4", "R5"}},
		{file: "74-une-ligne-par-annee.csv", errors: []string{"A5 Le contrat « K100 » est déjà à la ligne 2 : ", "A6"}},
		{file: "75-sans-maitre.csv", errors: []string{"O3", "P3", "Q3", "R3"}},
		{file: "76-sans-contrat.csv", errors: []string{"A8"}},
		{file: "80-propose-referent-handicap.csv", reason: "nomPersonnel"},
		{file: "82-propose-deca.csv", contrats: 6, look: func(t *testing.T, list []passerelle.Contrat) {
			if list[0].CodeContrat != "K100" {
				t.Errorf("the code is %q", list[0].CodeContrat)
			}
		}},
		{file: "83-propose-tuteur-ent.csv", contrats: 6, look: people},
		{file: "85-propose-referent-et-tuteur.csv", contrats: 6, look: people},
		{file: "86-traduction-manquante.csv", args: []string{"--mapping", champ + "86-traduction-manquante.json"}, contrats: 6, warned: []string{"« NDRC2-Z » n’est pas dans les traductions"}},
	} {
		t.Run(strings.Join(append([]string{tc.file}, tc.args...), " "), func(t *testing.T) {
			t.Parallel()
			o := s.Sandbox(t, tc.file)
			args := append([]string{champ + tc.file, "--json"}, tc.args...)
			r := push(t, o, s.URL, append(args, "--dry-run")...)
			dry := decode[verdict](t, r.stdout)
			r = push(t, o, s.URL, append(args, "--yes")...)
			v := decode[verdict](t, r.stdout)
			if diff := cmp.Diff(dry.Warnings, v.Warnings); diff != "" {
				t.Errorf("a dry run and the push do not warn of the same (-dry +push):\n%s", diff)
			}
			list := transmis(t, o)
			if len(list) != tc.contrats {
				t.Fatalf("%d contracts, want %d: %s", len(list), tc.contrats, r.stdout)
			}
			own := slices.DeleteFunc(v.Warnings, func(w faute) bool { return w.Code == string(passerelle.CodeGroupMismatch) })
			if len(own) != len(tc.warned) {
				t.Fatalf("%d warnings, want %d: %s", len(own), len(tc.warned), r.stdout)
			}
			for i, want := range tc.warned {
				if !strings.Contains(own[i].Message, want) {
					t.Errorf("warning %q, want %q", own[i].Message, want)
				}
			}
			for _, want := range tc.errors {
				found := false
				for _, e := range v.Errors {
					found = found || strings.HasPrefix(e.Cell+" "+e.Message, want)
				}
				if !found {
					t.Errorf("no error %q: %s", want, r.stdout)
				}
			}
			if tc.contrats > 0 == (r.status != exitDone) {
				t.Errorf("status %d: %s", r.status, r.stdout)
			}
			if tc.reason != "" && !strings.Contains(r.stdout, tc.reason) {
				t.Errorf("%q is not said: %s", tc.reason, r.stdout)
			}
			if tc.look != nil && len(list) > 0 {
				tc.look(t, list)
			}
		})
	}
}

// plainAddresses makes sure that codes and addresses hold printable ASCII only.
func plainAddresses(t *testing.T, list []passerelle.Contrat) {
	t.Helper()
	for _, c := range list {
		for _, s := range []string{c.CodeContrat, c.CodeApprenant, c.EmailApprenant, c.EmailPersonnel, c.EmailMaitreApprentissage} {
			if strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("<>:;", r) }) {
				t.Errorf("%s has %q", c.CodeContrat, s)
			}
		}
	}
}

// people makes sure that the tutor at the school and the maître are who they are.
func people(t *testing.T, list []passerelle.Contrat) {
	t.Helper()
	if c := list[0]; c.NomPersonnel != "Morel" || c.EmailPersonnel != "claire.morel@cfa.example" || c.CodePersonnel != "F1" ||
		c.NomMaitreApprentissage != "Perrin" || c.EmailMaitreApprentissage != "odile.perrin@employeur0.example" || c.CodeMaitreApprentissage != "M100" || c.NomApprenant != "Abadie" {
		t.Errorf("the first one: %+v", c)
	}
}
