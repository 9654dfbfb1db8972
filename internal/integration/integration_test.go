package integration_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/integration"
	"github.com/passerelle-hub/passerelle/internal/regles"
)

func TestWhereAProfilBelongs(t *testing.T) {
	t.Parallel()
	profil := &regles.Profil{CodeFormation: "F1", CodeAnnee: "A1", CodeSite: "S1", CodePeriode: "P1", RNCP: "35541", MonthStartGroup: "Mars"}
	modele := func(id int64, criteres passerelle.Criteres) domaine.Modele {
		return domaine.Modele{ID: id, Actif: true, Criteres: criteres}
	}
	one := modele(1, passerelle.Criteres{"codeFormation": {"F1"}})
	two := modele(2, passerelle.Criteres{"codeFormation": {"F1", "F2"}, "codeSite": {"S1"}})
	also := modele(9, passerelle.Criteres{"codeAnnee": {"A1"}, "rncp": {"0", "35541"}})
	other := modele(4, passerelle.Criteres{"codeFormation": {"F1"}, "codeSite": {"S1"}, "codePeriode": {"P2"}})
	marque := modele(5, passerelle.Criteres{"codeMarque": {""}, "codeFormation": {"F1"}, "codeSite": {"S1"}})
	off := other
	off.ID, off.Actif, off.Criteres = 6, false, passerelle.Criteres{"codeFormation": {"F1"}, "codeSite": {"S1"}, "codePeriode": {"P1"}}
	start := modele(7, passerelle.Criteres{"monthStartGroup": {"Mars"}, "codeFormation": {"F1"}, "codeSite": {"S1"}})
	for _, test := range []struct {
		name    string
		modeles []domaine.Modele
		want    integration.Match
	}{
		{"no modèle", nil, integration.Match{Motif: domaine.MotifAucunModele}},
		{"none that matches", []domaine.Modele{other}, integration.Match{Motif: domaine.MotifAucunModele}},
		{"one that matches", []domaine.Modele{other, one}, integration.Match{Modele: 1}},
		{"the most specific one wins", []domaine.Modele{one, two, other}, integration.Match{Modele: 2}},
		{"in any order", []domaine.Modele{two, one}, integration.Match{Modele: 2}},
		{"two that are as specific", []domaine.Modele{also, one, two}, integration.Match{Motif: domaine.MotifModelesAmbigus, Ambigus: []int64{2, 9}}},
		{"a more specific one settles it", []domaine.Modele{also, start, two}, integration.Match{Modele: 7}},
		{"an inactive one counts for nothing", []domaine.Modele{one, off}, integration.Match{Modele: 1}},
		{"an absent value matches nothing", []domaine.Modele{one, marque}, integration.Match{Modele: 1}},
		{"a certification is the same however it is written", []domaine.Modele{modele(3, passerelle.Criteres{"rncp": {"RS35541", "rncp 35541.0"}})}, integration.Match{Modele: 3}},
		{"the other register is another certification", []domaine.Modele{modele(3, passerelle.Criteres{"rncp": {"RS35541"}})}, integration.Match{Motif: domaine.MotifAucunModele}},
		{"other codes are compared letter by letter", []domaine.Modele{modele(3, passerelle.Criteres{"codeAnnee": {"a1"}})}, integration.Match{Motif: domaine.MotifAucunModele}},
		{"no criteria match nothing", []domaine.Modele{modele(8, nil)}, integration.Match{Motif: domaine.MotifAucunModele}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := integration.Find(test.modeles, profil)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("match (-want +got):\n%s", diff)
			}
			if !got.Equal(test.want) {
				t.Error("equal matches are not Equal")
			}
		})
	}
}

func TestEveryCriterionLooksAtAFieldOfItsOwn(t *testing.T) {
	t.Parallel()
	var c passerelle.Contrat
	for _, champ := range passerelle.ChampsCriteres {
		i, ok := passerelle.ChampIndex([]byte(champ))
		if !ok {
			t.Fatalf("%s is no field", champ)
		}
		*passerelle.Champs[i].At(&c) = "value of " + champ
	}
	profil := regles.ProfilOf(&c)
	for _, champ := range passerelle.ChampsCriteres {
		if got := integration.Value(&profil, champ); got != "value of "+champ {
			t.Errorf("%s looks at %q", champ, got)
		}
	}
	if got := integration.Value(&profil, "nomSite"); got != "" {
		t.Errorf("nomSite looks at %q", got)
	}
}
