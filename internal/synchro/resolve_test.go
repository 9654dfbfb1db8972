package synchro_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/cputime"
	"github.com/passerelle-hub/passerelle/internal/document"
	"github.com/passerelle-hub/passerelle/internal/regles"
	"github.com/passerelle-hub/passerelle/internal/synchro"
)

// contrat returns a contract that shares nothing but the nomenclature.
func contrat(code string) passerelle.Contrat {
	return passerelle.Contrat{
		CodeContrat: code, CodeGroupe: "G", NomGroupe: "Groupe", CodeSite: "S", NomSite: "Site", CodePeriode: "P", NomPeriode: "Période",
		CodeFormation: "F", NomFormation: "Formation", CodeAnnee: "A", NomAnnee: "Année",
		CodeApprenant: "APP" + code, NomApprenant: "Nom", PrenomApprenant: "Ada", EmailApprenant: "app" + code + "@cfa.example",
		CodePersonnel: "PER" + code, NomPersonnel: "Nom", PrenomPersonnel: "Léo", EmailPersonnel: "per" + code + "@cfa.example",
		CodeMaitreApprentissage: "MAI" + code, NomMaitreApprentissage: "Nom", PrenomMaitreApprentissage: "Zoé", EmailMaitreApprentissage: "mai" + code + "@cfa.example",
		NomEntreprise: "Entreprise",
	}
}

// with returns a contract with the e-mail of its apprentice changed.
func with(code, email string) passerelle.Contrat {
	c := contrat(code)
	c.EmailApprenant = email + "@cfa.example"
	return c
}

// renamed returns a contract that spells the name of its site otherwise.
func renamed(code, nomSite string) passerelle.Contrat {
	c := contrat(code)
	c.NomSite = nomSite
	return c
}

func bad(code string) passerelle.Contrat {
	c := contrat(code)
	c.NomEntreprise = ""
	return c
}

// actifs is a database of active contracts.
type actifs map[string]passerelle.Contrat

func activeOf(contrats ...passerelle.Contrat) actifs {
	a := actifs{}
	for _, c := range contrats {
		a[c.CodeContrat] = c
	}
	return a
}

func (a actifs) known(t interface{ Fatal(...any) }, push *synchro.Push) synchro.Known {
	return synchro.Known{
		Actif: func(code string) (document.Hash, bool) {
			c, ok := a[code]
			doc, err := document.Append(nil, &c)
			if err != nil {
				t.Fatal(err)
			}
			return document.HashOf(doc), ok
		},
		Codes: maps.Keys(a),
		Base:  regles.NewEtat,
		Faits: func(codes []string) ([]regles.Faits, error) {
			found := make([]regles.Faits, len(codes))
			for i, code := range codes {
				c := a[code]
				found[i] = push.Interner().Faits(&c)
			}
			return found, nil
		},
	}
}

func pushOf(t testing.TB, contrats ...passerelle.Contrat) *synchro.Push {
	t.Helper()
	push := synchro.NewPush(false, true, nil)
	t.Cleanup(func() { push.Close() })
	for i := range contrats {
		if err := push.Add(&synchro.Recu{Contrat: contrats[i], Index: i}); err != nil {
			t.Fatal(err)
		}
	}
	return push
}

// outcome is a plan in short.
type outcome struct {
	Added, Updated, Archived []string
	Refused                  []string // codes
	Same                     int
}

func outcomeOf(push *synchro.Push, plan *synchro.Plan) outcome {
	codes := func(positions []int) (list []string) {
		for _, i := range positions {
			list = append(list, push.Entrees[i].Code())
		}
		return list
	}
	o := outcome{Added: codes(plan.Ajoutes), Updated: codes(plan.Modifies), Archived: plan.Archives, Same: plan.Identiques}
	plan.EachRefused(func(i int, violations []passerelle.Violation) bool {
		o.Refused = append(o.Refused, push.Entrees[i].Code())
		return true
	})
	return o
}

func TestAFullPush(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		before actifs
		push   []passerelle.Contrat
		want   outcome
	}{
		{"adds, changes, archives and leaves alone", activeOf(contrat("1"), contrat("2"), contrat("3")),
			[]passerelle.Contrat{contrat("1"), with("2", "new"), contrat("4")},
			outcome{Added: []string{"4"}, Updated: []string{"2"}, Archived: []string{"3"}, Same: 1}},
		{"of nothing archives everything", activeOf(contrat("1")), nil, outcome{Archived: []string{"1"}}},
		{"lets the first of two that contradict each other stand", nil,
			[]passerelle.Contrat{with("1", "a"), with("2", "a"), with("3", "a")}, outcome{Added: []string{"1"}, Refused: []string{"2", "3"}}},
		{"may swap two addresses", activeOf(with("1", "a"), with("2", "b")),
			[]passerelle.Contrat{with("1", "b"), with("2", "a")}, outcome{Updated: []string{"1", "2"}}},
		{"keeps the last valid version of an invalid contract", activeOf(contrat("1")),
			[]passerelle.Contrat{bad("1"), contrat("2")}, outcome{Added: []string{"2"}, Refused: []string{"1"}}},
		{"refuses what contradicts that version", activeOf(with("1", "a")),
			[]passerelle.Contrat{with("2", "a"), bad("1")}, outcome{Refused: []string{"2", "1"}}},
		{"keeps the version of a contract that lost, and refuses what contradicts it", activeOf(with("1", "a"), with("2", "b")),
			[]passerelle.Contrat{with("3", "b"), with("1", "c"), with("2", "c")}, outcome{Updated: []string{"1"}, Refused: []string{"3", "2"}}},
		{"looks again at one that lost to another which gave way", activeOf(with("1", "a"), with("2", "b"), with("3", "c")),
			// 1 needs that 2 leaves b, which needs that 3 leaves c for b, which 1 has: so 1
			// gives way, and 2 and 3 can change together.
			[]passerelle.Contrat{with("1", "b"), with("2", "c"), with("3", "b")}, outcome{Updated: []string{"2", "3"}, Refused: []string{"1"}}},
		{"follows a chain of kept versions", activeOf(with("1", "a"), with("2", "b"), with("3", "c")),
			[]passerelle.Contrat{with("1", "b"), with("2", "c"), bad("3")}, outcome{Refused: []string{"1", "2", "3"}}},
		{"refuses what contradicts a contract that it leaves as it is, however late that comes", activeOf(with("9", "a")),
			[]passerelle.Contrat{with("1", "a"), with("9", "a")}, outcome{Refused: []string{"1"}, Same: 1}},
		{"may rename a code in all contracts", activeOf(contrat("1"), contrat("2")),
			[]passerelle.Contrat{renamed("1", "Nord"), renamed("2", "Nord"), renamed("3", "Nord")}, outcome{Added: []string{"3"}, Updated: []string{"1", "2"}}},
		{"may not where one keeps the name", activeOf(contrat("1"), contrat("2"), contrat("3")),
			[]passerelle.Contrat{renamed("1", "Nord"), renamed("2", "Nord"), contrat("3")}, outcome{Refused: []string{"1", "2"}, Same: 1}},
		{"refuses the one that misspells a name, though it comes first and all change", activeOf(contrat("1"), contrat("2"), contrat("3")),
			[]passerelle.Contrat{renamed("1", "Nrod"), with("2", "new2"), with("3", "new3"), contrat("4")},
			outcome{Added: []string{"4"}, Updated: []string{"2", "3"}, Refused: []string{"1"}}},
		{"and where it is new", activeOf(contrat("2"), contrat("3")),
			[]passerelle.Contrat{renamed("1", "Nrod"), with("2", "new2"), with("3", "new3")}, outcome{Updated: []string{"2", "3"}, Refused: []string{"1"}}},
		{"does not revive what lost against a contract that is pushed out in turn", activeOf(with("2", "b")),
			[]passerelle.Contrat{with("3", "b"), with("4", "b"), bad("2")}, outcome{Refused: []string{"3", "4", "2"}}},
		{"takes the first of a code sent twice", activeOf(with("1", "a")),
			[]passerelle.Contrat{with("1", "b"), with("1", "c")}, outcome{Updated: []string{"1"}, Refused: []string{"1"}}},
		{"keeps the version when both are refused", activeOf(with("1", "a")),
			[]passerelle.Contrat{bad("1"), with("1", "c"), with("2", "a")}, outcome{Refused: []string{"1", "1", "2"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			push := pushOf(t, test.push...)
			plan, err := synchro.Resolve(push, test.before.known(t, push))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, outcomeOf(push, plan)); diff != "" {
				t.Errorf("outcome (-want +got):\n%s", diff)
			}
			if plan.Changed() != (len(test.want.Added)+len(test.want.Updated)+len(test.want.Archived) > 0) {
				t.Errorf("changed: %v", plan.Changed())
			}
			// What is said to stand afterwards is what does.
			people := map[string]int{}
			for i := range push.Entrees {
				if plan.Valid(i) {
					people[push.Entrees[i].Faits.Personnes[regles.Apprenant].Code]++
				}
			}
			for code := range test.before {
				if slices.Contains(test.want.Refused, code) && !slices.Contains(test.want.Updated, code) {
					people["APP"+code]++
				}
			}
			for code, want := range people {
				if _, effectif := plan.Etat.Usager(code); effectif != want {
					t.Errorf("%s is named %d times afterwards, want %d", code, effectif, want)
				}
			}
		})
	}
}

func TestARefusedContractNamesTheOneThatStands(t *testing.T) {
	t.Parallel()
	push := pushOf(t, with("3", "b"), with("1", "c"), with("2", "c"))
	plan, err := synchro.Resolve(push, activeOf(with("1", "a"), with("2", "b")).known(t, push))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range map[int]string{0: "2", 2: "1"} {
		found := plan.Violations(i)
		if len(found) != 1 || found[0].ConflictsWith != want || found[0].Index != i || found[0].Code != passerelle.CodeEmailShared {
			t.Errorf("contract %d: %+v, want email-shared with %s", i, found, want)
		}
	}
}

// A push made to be slow: each contract wants the address of the next one's
// active version, and the last is invalid, so the versions that stay push the
// contracts out one after the other.
func TestResolvingTakesTimeInProportionToThePush(t *testing.T) {
	cost := func(n int) time.Duration {
		before := actifs{}
		var contrats []passerelle.Contrat
		for i := range n {
			c := with(fmt.Sprint(i), fmt.Sprint("e", i))
			before[c.CodeContrat] = c
			contrats = append(contrats, with(fmt.Sprint(i), fmt.Sprint("e", i+1)))
		}
		last := bad(fmt.Sprint(n))
		before[last.CodeContrat] = with(last.CodeContrat, fmt.Sprint("e", n))
		contrats = append(contrats, last)
		best := time.Hour
		for range 2 {
			push := pushOf(t, contrats...)
			known := before.known(t, push)
			best = min(best, cputime.Of(t, func() { resolveChain(t, push, known, n) }))
		}
		return best
	}
	small, large := cost(1_000), cost(10_000)
	if large > 50*small {
		t.Errorf("1,000 contracts take %v, 10,000 take %v", small, large)
	}
}

// resolveChain resolves a push of which every contract has to give way.
func resolveChain(t *testing.T, push *synchro.Push, known synchro.Known, n int) {
	t.Helper()
	plan, err := synchro.Resolve(push, known)
	if err != nil {
		t.Fatal(err)
	}
	if plan.Refuses() != n+1 {
		t.Fatalf("%d of %d contracts are refused: the chain is broken", plan.Refuses(), n+1)
	}
}
