package regles_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/regles"
)

var partages = []domaine.EmailsPartages{domaine.EmailsAucun, domaine.EmailsMaitres, domaine.EmailsTous}

func TestWhoMayShareAnAddress(t *testing.T) {
	t.Parallel()
	type c = passerelle.Contrat
	first := contrat(1)
	for _, test := range []struct {
		name   string
		change func(*c)
		want   [3]string // for each of partages: the violations, or the warnings in brackets
	}{
		{"two apprentices", func(k *c) { k.EmailApprenant = first.EmailApprenant },
			[3]string{"[emailApprenant email-shared=K1]", "[emailApprenant email-shared=K1]", "([emailApprenant email-shared=K1])"}},
		{"two maîtres of one entreprise", func(k *c) {
			k.EmailMaitreApprentissage, k.NomEntreprise = first.EmailMaitreApprentissage, " ENTREPRISE  1"
		},
			[3]string{"[emailMaitreApprentissage email-shared=K1]", "", "([emailMaitreApprentissage email-shared=K1])"}},
		{"two maîtres of two entreprises", func(k *c) { k.EmailMaitreApprentissage = first.EmailMaitreApprentissage },
			[3]string{"[emailMaitreApprentissage email-shared=K1]", "[emailMaitreApprentissage email-shared=K1]", "([emailMaitreApprentissage email-shared=K1])"}},
		{"one maître in two entreprises", func(k *c) {
			k.CodeMaitreApprentissage, k.NomMaitreApprentissage, k.EmailMaitreApprentissage = first.CodeMaitreApprentissage, first.NomMaitreApprentissage, first.EmailMaitreApprentissage
		}, [3]string{}},
		{"an apprentice and a maître of one entreprise", func(k *c) { k.EmailApprenant, k.NomEntreprise = first.EmailMaitreApprentissage, first.NomEntreprise },
			[3]string{"[emailApprenant email-shared=K1]", "[emailApprenant email-shared=K1]", "([emailApprenant email-shared=K1])"}},
		{"a person keeps one address", func(k *c) { k.CodeApprenant, k.EmailApprenant = first.CodeApprenant, "other@cfa.example" },
			[3]string{"[emailApprenant person-mismatch=K1]", "[emailApprenant person-mismatch=K1]", "[emailApprenant person-mismatch=K1]"}},
	} {
		for i, partage := range partages {
			t.Run(test.name+", "+string(partage), func(t *testing.T) {
				t.Parallel()
				interner, etat := regles.NewInterner(), regles.NewEtatFor(0, partage)
				faits := interner.Faits(&first)
				etat.Add(&faits)
				second := contrat(2)
				test.change(&second)
				faits = interner.Faits(&second)
				violations, warnings := etat.Check(&faits)
				got := ""
				if len(violations) > 0 {
					got = fmt.Sprint(brief(violations))
				}
				for _, w := range warnings {
					if w.Code == passerelle.CodeEmailShared {
						got += "(" + fmt.Sprint(brief([]passerelle.Violation{w})) + ")"
					}
				}
				if diff := cmp.Diff(test.want[i], got); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		}
	}
}

// What a contract says, cut into dits, contradicts what stands where Etat says so.
func TestDitsDisagreeWhereTheStateIsContradicted(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		partage := rapid.SampledFrom(partages).Draw(t, "sharing")
		interner, etat := regles.NewInterner(), regles.NewEtatFor(0, partage)
		dits := func(f *regles.Faits) (all []regles.Dit) {
			f.Profil.EachDit(func(d regles.Dit) { all = append(all, d) })
			for _, p := range f.Personnes {
				p.EachDit(partage, func(d regles.Dit) { all = append(all, d) })
			}
			return all
		}
		var standing [][]regles.Dit
		var codes []string
		pick := rapid.SampledFrom([]string{"1", "2"})
		for i := range rapid.IntRange(2, 7).Draw(t, "contracts") {
			k := contrat(i)
			k.CodeSite, k.NomSite, k.CodeGroupe = "S"+pick.Draw(t, "site"), "Site "+pick.Draw(t, "site's name"), "G"+pick.Draw(t, "groupe")
			k.NomGroupe = k.CodeGroupe
			k.CodeMaitreApprentissage, k.NomEntreprise = "M"+rapid.SampledFrom([]string{"1", "2", "3"}).Draw(t, "maître"), pick.Draw(t, "entreprise")
			k.EmailMaitreApprentissage = "m" + pick.Draw(t, "address") + "@cfa.example"
			if rapid.IntRange(0, 3).Draw(t, "apprentice") == 0 {
				k.EmailApprenant = "m1@cfa.example"
			}
			faits := interner.Faits(&k)
			if len(regles.WithinEmails(&faits)) > 0 {
				continue
			}
			said := dits(&faits)
			against := map[string]bool{}
			for j, other := range standing {
				for a := range said {
					for b := range other {
						if said[a].Cle == other[b].Cle && !said[a].Agrees(&other[b]) {
							against[codes[j]] = true
						}
					}
				}
			}
			violations, _ := etat.Check(&faits)
			if (len(violations) > 0) != (len(against) > 0) {
				t.Fatalf("%+v: violations %v, dits disagree with %v", k, violations, against)
			}
			for _, v := range violations {
				if !against[v.ConflictsWith] {
					t.Fatalf("%+v names a contract that says nothing else: %v", v, against)
				}
			}
			if len(violations) == 0 {
				etat.Add(&faits)
				standing, codes = append(standing, said), append(codes, k.CodeContrat)
			}
		}
	})
}
