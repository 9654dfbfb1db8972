package synchro_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/cputime"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/regles"
	"github.com/passerelle-hub/passerelle/internal/synchro"
)

func resolve(t testing.TB, before actifs, contrats ...passerelle.Contrat) (*synchro.Push, *synchro.Plan) {
	t.Helper()
	push := pushOf(t, contrats...)
	plan, err := synchro.Resolve(push, before.known(t, push))
	if err != nil {
		t.Fatal(err)
	}
	return push, plan
}

func TestOneMisspeltNameAmongAThousandRefusesOneContract(t *testing.T) {
	t.Parallel()
	const n = 1000
	for name, change := range map[string]func(*passerelle.Contrat){
		"the others are as they were": func(*passerelle.Contrat) {},
		"every contract changes":      func(c *passerelle.Contrat) { c.MissionTitle = "Une autre mission" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := actifs{}
			var contrats []passerelle.Contrat
			for i := range n + 100 { // a hundred of them are new
				c := contrat(fmt.Sprintf("%04d", i))
				if i < n {
					before[c.CodeContrat] = c
				}
				change(&c)
				contrats = append(contrats, c)
			}
			contrats[0].NomSite = "Siet"
			_, plan := resolve(t, before, contrats...)
			if plan.Refuses() != 1 || plan.Valid(0) {
				t.Fatalf("%d contracts are refused", plan.Refuses())
			}
			if v := plan.Violations(0); len(v) != 1 || v[0].ConflictsWith != "0001" || v[0].Field != "nomSite" {
				t.Errorf("violations %+v", v)
			}
			if len(plan.Archives) > 0 || len(plan.Ajoutes) != 100 {
				t.Errorf("%d archived, %d added", len(plan.Archives), len(plan.Ajoutes))
			}
		})
	}
}

func TestTheContractThatKeepsMostOthersOutIsNamed(t *testing.T) {
	t.Parallel()
	invalid := renamed("2", "Site")
	invalid.NomEntreprise = ""
	for _, test := range []struct {
		name    string
		before  actifs
		push    []passerelle.Contrat
		refused map[string]string // code -> the contracts that its violations name
		holder  string
	}{
		{"one that was left behind by a renaming", activeOf(contrat("0"), contrat("1"), contrat("2")),
			[]passerelle.Contrat{renamed("0", "Nord"), renamed("1", "Nord"), contrat("2")}, map[string]string{"0": "2", "1": "2"}, "2 holds 2"},
		{"one that is invalid", activeOf(contrat("0"), contrat("1"), contrat("2")),
			[]passerelle.Contrat{renamed("0", "Nord"), renamed("1", "Nord"), invalid}, map[string]string{"0": "2", "1": "2", "2": ""}, "2 holds 2"},
		{"a new one that came first", nil,
			[]passerelle.Contrat{renamed("0", "Nrod"), renamed("1", "Nord"), renamed("2", "Nord"), renamed("3", "Nord")}, map[string]string{"1": "0", "2": "0", "3": "0"}, "0 holds 3"},
		{"none where it gives way to five", nil,
			[]passerelle.Contrat{renamed("0", "Nrod"), renamed("1", "Nord"), renamed("2", "Nord"), renamed("3", "Nord"), renamed("4", "Nord"), renamed("5", "Nord"), renamed("6", "Nord")}, map[string]string{"0": "1"}, ""},
		{"none where two of them give way", nil,
			[]passerelle.Contrat{renamed("0", "Nrod"), renamed("1", "Nrd"), renamed("2", "Nord"), renamed("3", "Nord"), renamed("4", "Nord"), renamed("5", "Nord"), renamed("6", "Nord"), renamed("7", "Nord")}, map[string]string{"0": "2", "1": "2"}, ""},
		{"one that stood before does not give way", activeOf(contrat("0")),
			[]passerelle.Contrat{contrat("0"), renamed("1", "Nord"), renamed("2", "Nord"), renamed("3", "Nord"), renamed("4", "Nord"), renamed("5", "Nord"), renamed("6", "Nord")},
			map[string]string{"1": "0", "2": "0", "3": "0", "4": "0", "5": "0", "6": "0"}, "0 holds 6"},
		{"none where two keep the name", activeOf(contrat("0"), contrat("1"), contrat("2"), contrat("3")),
			[]passerelle.Contrat{renamed("0", "Nord"), renamed("1", "Nord"), contrat("2"), contrat("3")}, map[string]string{"0": "2", "1": "2"}, ""},
		{"none where one contract is refused", activeOf(contrat("0"), contrat("1")),
			[]passerelle.Contrat{renamed("0", "Nord"), contrat("1")}, map[string]string{"0": "1"}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			push, plan := resolve(t, test.before, test.push...)
			refused := map[string]string{}
			plan.EachRefused(func(i int, violations []passerelle.Violation) bool {
				var names []string
				for _, v := range violations {
					if v.ConflictsWith != "" && !slices.Contains(names, v.ConflictsWith) {
						names = append(names, v.ConflictsWith)
					}
				}
				refused[push.Entrees[i].Code()] = strings.Join(names, " ")
				return true
			})
			if diff := cmp.Diff(test.refused, refused); diff != "" {
				t.Errorf("refused (-want +got):\n%s", diff)
			}
			holder := ""
			for _, w := range plan.Warnings {
				if w.Code == passerelle.CodeHoldsOthers {
					var n int
					if _, err := fmt.Sscanf(w.Message, "Le contrat « "+w.CodeContrat+" » retient à lui seul %d autres", &n); err != nil {
						t.Fatal(err)
					}
					holder += fmt.Sprintf("%s holds %d", push.Entrees[w.Index].Code(), n)
				}
			}
			if holder != test.holder {
				t.Errorf("holder %q, want %q", holder, test.holder)
			}
		})
	}
}

func TestOneMisspeltNameInTheFirstOfAThousandNewContractsRefusesThatOne(t *testing.T) {
	t.Parallel()
	list := []passerelle.Contrat{renamed("0", "Nrod")}
	for i := range 999 {
		list = append(list, renamed(fmt.Sprint(i+1), "Nord"))
	}
	if _, plan := resolve(t, nil, list...); plan.Refuses() != 1 || plan.Valid(0) {
		t.Errorf("%d of 1,000 are refused", plan.Refuses())
	}
}

// contradict reports whether two contracts cannot stand together.
func contradict(partage domaine.EmailsPartages, a, b passerelle.Contrat) bool {
	interner, etat := regles.NewInterner(), regles.NewEtatFor(0, partage)
	first, second := interner.Faits(&a), interner.Faits(&b)
	first.CodeContrat, second.CodeContrat = "first", "second"
	etat.Add(&first)
	violations, _ := etat.Check(&second)
	return len(violations) > 0
}

// consistent reports whether contracts can stand together.
func consistent(partage domaine.EmailsPartages, contrats []passerelle.Contrat) bool {
	for i := range contrats {
		for j := range i {
			if contradict(partage, contrats[i], contrats[j]) {
				return false
			}
		}
	}
	return true
}

// after returns what stands if of the contracts of a push those stand as sent that
// a set names by their positions.
func after(before actifs, push []passerelle.Contrat, accepted map[int]bool) []passerelle.Contrat {
	var standing []passerelle.Contrat
	for i, c := range push {
		if accepted[i] {
			standing = append(standing, c)
		} else if old, active := before[c.CodeContrat]; active {
			standing = append(standing, old)
		}
	}
	return standing
}

// drawContrats draws contracts that share a few sites and addresses, of which few
// contradict each other.
func drawContrats(t *rapid.T, label string) []passerelle.Contrat {
	noms := rapid.SampledFrom([][]string{{"Nord"}, {"Sud"}, {"Nord", "Sud"}}).Draw(t, label+" names")
	return rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) passerelle.Contrat {
		c := contrat(rapid.SampledFrom([]string{"1", "2", "3", "4", "5", "6", "7"}).Draw(t, "code"))
		c.CodeSite = rapid.SampledFrom([]string{"S", "S", "T"}).Draw(t, "site")
		c.NomSite = c.CodeSite + rapid.SampledFrom(noms).Draw(t, "name")
		c.EmailApprenant = rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f", "g", "h"}).Draw(t, "address") + "@cfa.example"
		if rapid.Bool().Draw(t, "a shared mailbox") {
			c.EmailMaitreApprentissage = "boite@cfa.example"
			c.NomEntreprise = rapid.SampledFrom([]string{"Atelier", "Atelier", "Halle"}).Draw(t, "entreprise")
			if rapid.IntRange(0, 3).Draw(t, "one maître") == 0 {
				c.CodeMaitreApprentissage = "M"
			}
		}
		return c
	}), 0, 7, func(c passerelle.Contrat) string { return c.CodeContrat }).Draw(t, label)
}

func TestNoMoreIsRefusedThanThatTheStateNeverContradictsItself(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		partage := rapid.SampledFrom([]domaine.EmailsPartages{domaine.EmailsAucun, domaine.EmailsMaitres, domaine.EmailsTous}).Draw(t, "sharing")
		before := actifs{}
		for _, c := range drawContrats(t, "before") {
			if consistent(partage, append(slices.Collect(maps.Values(before)), c)) {
				before[c.CodeContrat] = c
			}
		}
		sent := drawContrats(t, "push")
		for i := range sent {
			if old, active := before[sent[i].CodeContrat]; active && rapid.IntRange(0, 3).Draw(t, "same") == 0 {
				sent[i] = old
			}
		}
		push := synchro.NewPush(false, true, nil)
		defer push.Close()
		for i := range sent {
			if err := push.Add(&synchro.Recu{Contrat: sent[i], Index: i}); err != nil {
				t.Fatal(err)
			}
		}
		known := before.known(t, push)
		known.Partage, known.Base = partage, func() *regles.Etat { return regles.NewEtatFor(0, partage) }
		plan, err := synchro.Resolve(push, known)
		if err != nil {
			t.Fatal(err)
		}
		accepted := map[int]bool{}
		for i := range sent {
			if accepted[i] = plan.Valid(i); !accepted[i] && sent[i] == before[sent[i].CodeContrat] {
				t.Fatalf("contract %d is refused though it changes nothing", i)
			}
		}
		standing := after(before, sent, accepted)
		if !consistent(partage, standing) {
			t.Fatalf("what stands contradicts itself: %v", standing)
		}
		// No set of refused contracts could be accepted too.
		for set := range 1 << len(sent) {
			more, extra := maps.Clone(accepted), 0
			for i := range sent {
				if set&(1<<i) != 0 && !accepted[i] {
					more[i] = true
					extra++
				}
			}
			if extra > 0 && consistent(partage, after(before, sent, more)) {
				t.Fatalf("of %v only %v are accepted, %v could be", sent, accepted, more)
			}
		}
		plan.EachRefused(func(i int, violations []passerelle.Violation) bool {
			for _, v := range violations {
				named := slices.IndexFunc(standing, func(c passerelle.Contrat) bool { return c.CodeContrat == v.ConflictsWith })
				if v.ConflictsWith == sent[i].CodeContrat || named < 0 || !contradict(partage, sent[i], standing[named]) {
					t.Fatalf("%+v names what does not stand, or does not contradict it: %v", v, standing)
				}
			}
			return true
		})
		firstStands(t, partage, before, sent, accepted)
	})
}

// firstStands checks that what a first look in the order of the push lets stand
// does: contracts that contradict none before them, nor any version that would
// stay if those that do were refused.
func firstStands(t *rapid.T, partage domaine.EmailsPartages, before actifs, sent []passerelle.Contrat, accepted map[int]bool) {
	out, taken := map[int]bool{}, map[int]bool{}
	changed := func(i int) bool { return before[sent[i].CodeContrat] != sent[i] }
	for i := range sent {
		for j := range sent {
			if changed(i) && (!changed(j) || j < i && taken[j]) && contradict(partage, sent[i], sent[j]) {
				out[i] = true
			}
		}
		taken[i] = !out[i]
	}
	for again := true; again; {
		again = false
		for i := range sent {
			for j := range sent {
				old, active := before[sent[j].CodeContrat]
				if !out[i] && out[j] && active && contradict(partage, sent[i], old) {
					out[i], again = true, true
				}
			}
		}
	}
	for i := range sent {
		if !out[i] && !accepted[i] {
			t.Fatalf("contract %d of %v stands at first sight, and is refused", i, sent)
		}
	}
}

func TestContradictingContractsAreWeighedInTimeInProportionToThePush(t *testing.T) {
	for name, make := range map[string]func(n int) (actifs, []passerelle.Contrat){
		"half of a renaming is missing": func(n int) (actifs, []passerelle.Contrat) {
			before := actifs{}
			var contrats []passerelle.Contrat
			for i := range n {
				c := contrat(fmt.Sprint(i))
				if i%3 > 0 { // a third is new
					before[c.CodeContrat] = c
				}
				c.MissionTitle = "Une autre"
				if i%2 == 0 {
					c.NomSite = "Nord"
				}
				contrats = append(contrats, c)
			}
			return before, contrats
		},
		"each needs the next, in a ring that does not close": func(n int) (actifs, []passerelle.Contrat) {
			before := actifs{}
			var contrats []passerelle.Contrat
			for i := range n {
				c := with(fmt.Sprint(i), fmt.Sprint("e", i))
				before[c.CodeContrat] = c
				contrats = append(contrats, with(fmt.Sprint(i), fmt.Sprint("e", min(i+1, n-2))))
			}
			return before, contrats
		},
		"each new one needs the whole of two chains that contradict each other": func(n int) (actifs, []passerelle.Contrat) {
			before := actifs{}
			var contrats []passerelle.Contrat
			for i := range n / 2 {
				contrats = append(contrats, with(fmt.Sprint("new", i), "a0"))
				contrats[i].EmailMaitreApprentissage = "b0@cfa.example"
			}
			for _, chain := range []string{"a", "b"} {
				for i := range n / 4 {
					c := with(fmt.Sprint(chain, i), fmt.Sprint(chain, i))
					before[c.CodeContrat] = c
					next := fmt.Sprint(chain, i+1)
					if i == n/4-1 {
						next = "last"
					}
					contrats = append(contrats, with(c.CodeContrat, next))
				}
			}
			return before, contrats
		},
	} {
		t.Run(name, func(t *testing.T) {
			cost := func(n int) time.Duration {
				before, contrats := make(n)
				best := time.Hour
				for range 2 {
					push := pushOf(t, contrats...)
					known := before.known(t, push)
					best = min(best, cputime.Of(t, func() {
						if _, err := synchro.Resolve(push, known); err != nil {
							t.Fatal(err)
						}
					}))
				}
				return best
			}
			small, large := cost(1_000), cost(10_000)
			t.Logf("1,000 contracts take %v, 10,000 take %v", small, large)
			if large > 40*small {
				t.Errorf("1,000 contracts take %v, 10,000 take %v", small, large)
			}
		})
	}
}
