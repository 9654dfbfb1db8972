package financement

import (
	"math/big"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/passerelle-hub/passerelle"
)

func draw(t *rapid.T) (Contrat, Options) {
	from := passerelle.NewDate(2023, 6, 1) + passerelle.Date(rapid.OneOf(rapid.IntRange(0, 1500), rapid.SampledFrom([]int{91, 273, 1004, 1005})).Draw(t, "start")) // 2024-02-29 is among them
	length := rapid.OneOf(rapid.Just(0), rapid.IntRange(0, 400), rapid.SampledFrom([]int{364, 365, 366, 729, 730, 1095, 1460}), rapid.IntRange(0, 1500)).Draw(t, "length")
	c := Contrat{Debut: from, Fin: from + passerelle.Date(length), Source: SourceContrat,
		Annuel: Centimes(rapid.OneOf(rapid.Int64Range(0, 20), rapid.Int64Range(0, 1_200_000), rapid.Just(int64(MontantMax))).Draw(t, "amount")),
		Niveau: rapid.IntRange(2, 8).Draw(t, "level"), EmployeurPrecedent: rapid.Bool().Draw(t, "after another"), DureeReduite: rapid.Bool().Draw(t, "shortened"),
	}
	c.Dernier = c.Fin
	if rapid.Bool().Draw(t, "broken off") {
		c.Dernier = from + passerelle.Date(rapid.IntRange(0, length).Draw(t, "last day"))
	}
	if rapid.Bool().Draw(t, "training before") {
		c.Entree, c.AEntree = from-passerelle.Date(rapid.IntRange(-10, 92).Draw(t, "days before")), true
	}
	if rapid.Bool().Draw(t, "signed") {
		c.Conclusion, c.AConclusion = from-passerelle.Date(rapid.IntRange(0, 90).Draw(t, "signed before")), true
	}
	if rapid.Bool().Draw(t, "majoration") {
		c.Majoration = Centimes(rapid.Int64Range(0, 400_000).Draw(t, "more"))
	}
	if rapid.Bool().Draw(t, "hours") {
		c.HeuresFormation, c.HeuresDistance = 40_000, rapid.Int64Range(0, 40_000).Draw(t, "at a distance")
	}
	return c, Options{Base: rapid.SampledFrom([]Base{"", Base365}).Draw(t, "base"), SansPartEmployeur: rapid.Bool().Draw(t, "no share")}
}

func TestInstalmentsAddUpToEachYearsAmount(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, o := draw(t)
		p := Etablir(c, o)
		var total, years Centimes
		perYear := make(map[int]Centimes)
		for i, e := range p.Echeances {
			if e.Montant < 0 || e.Rang != i+1 || i > 0 && e.Date < p.Echeances[i-1].Date {
				t.Fatalf("instalment %+v", e)
			}
			if e.AuPlusTard != 0 && (i != len(p.Echeances)-1 && p.Echeances[i+1].Nature != Employeur || e.Nature != Solde || c.Regime() == RegimeMois) {
				t.Fatalf("papers for %+v", e)
			}
			total += e.Montant
			perYear[e.Annee] += e.Montant
		}
		for _, y := range p.Annees {
			years += y.Montant
			// Without an employer's share that spills over into the next year, years stand alone.
			if p.retenue() == 0 || y.Montant >= partEmployeur && p.Annees[0].Montant >= partEmployeur {
				over := Centimes(0)
				if y.Rang == len(p.Annees) {
					over = p.EnTrop
				}
				if perYear[y.Rang]-over != y.Montant {
					t.Fatalf("year %d pays %s, its instalments %s less %s", y.Rang, y.Montant, perYear[y.Rang], over)
				}
			}
		}
		if years != p.Montant || total-p.EnTrop != p.Montant {
			t.Fatalf("%s in years of %s and instalments of %s less %s", p.Montant, years, total, p.EnTrop)
		}
	})
}

func TestEveryDayBalancesAndIncomeAddsUpToTheTotal(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, o := draw(t)
		p := Etablir(c, o)
		var before Situation
		for d := c.Debut - 100; d <= c.Fin+130; d++ {
			s := p.Au(d)
			if s.Facture-s.ARecouvrer-s.Produit != s.PCA-s.FAE || s.PCA < 0 || s.FAE < 0 || s.PCA != 0 && s.FAE != 0 {
				t.Fatalf("at %s: %+v", d, s)
			}
			if s.Produit < before.Produit || s.Facture < before.Facture || s.ARecouvrer < before.ARecouvrer {
				t.Fatalf("at %s %+v follows %+v", d, s, before)
			}
			before = s
		}
		if before.Produit != p.Montant || before.PCA != 0 || before.FAE != 0 {
			t.Fatalf("in the end %+v of %s", before, p.Montant)
		}
		var sum Centimes
		for from := c.Debut - 120; from <= c.Fin; {
			e := passerelle.Periode{Debut: from, Fin: from + passerelle.Date(rapid.IntRange(0, 500).Draw(t, "exercice"))}
			income := p.ProduitSur(e)
			if income < 0 || income > 0 && !e.Chevauche(passerelle.Periode{Debut: p.depuis, Fin: c.Dernier}) {
				t.Fatalf("%s earned %s", e, income)
			}
			sum, from = sum+income, e.Fin+1
		}
		if sum != p.Montant {
			t.Fatalf("exercices earn %s of %s", sum, p.Montant)
		}
	})
}

func TestABrokenEndNeverRaisesAnAmount(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, o := draw(t)
		p := Etablir(c, o)
		if c.Dernier == c.Debut {
			return
		}
		shorter := c
		shorter.Dernier = c.Debut + passerelle.Date(rapid.IntRange(0, int(c.Dernier-c.Debut)-1).Draw(t, "shorter"))
		q := Etablir(shorter, o)
		if q.Montant > p.Montant || q.Employeur > p.Employeur {
			t.Fatalf("%s and %s of the employer, broken off later %s and %s", q.Montant, q.Employeur, p.Montant, p.Employeur)
		}
		for i, y := range q.Annees {
			if y.Montant > p.Annees[i].Montant {
				t.Fatalf("year %d pays %s, before %s", y.Rang, y.Montant, p.Annees[i].Montant)
			}
		}
		// What fell due before the earlier end is the same.
		for _, e := range p.Echeances {
			if e.Date > shorter.Dernier || e.Nature == Employeur {
				continue
			}
			found := false
			for _, f := range q.Echeances {
				found = found || f.Date == e.Date && f.Nature == e.Nature && f.Montant == e.Montant
			}
			if !found {
				t.Fatalf("%+v is not in %+v", e, q.Echeances)
			}
		}
	})
}

// TestAYearIsRoundedOnceHalfUp computes the amount of each year and what it earns
// with exact fractions, by the words of the reference.
func TestAYearIsRoundedOnceHalfUp(t *testing.T) {
	t.Parallel()
	half := big.NewRat(1, 2)
	round := func(r *big.Rat) Centimes {
		sum := new(big.Rat).Add(r, half)
		return Centimes(new(big.Int).Quo(sum.Num(), sum.Denom()).Int64())
	}
	rapid.Check(t, func(t *rapid.T) {
		c, o := draw(t)
		c.DureeReduite = false
		p := Etablir(c, o)
		a := new(big.Rat).SetInt64(int64(c.AnnuelRetenu()))
		for _, y := range p.Annees {
			anniversary := c.Debut.AddMonths(12 * y.Rang)
			part := big.NewRat(int64(y.Jours), int64(anniversary-c.Debut.AddMonths(12*y.Rang-12)))
			if o.Base == Base365 {
				inside := y.Jours
				if y.Rang == 1 {
					inside -= int(c.joursAvant())
				}
				if y.Fin == anniversary-1 {
					inside = 365
				}
				inside = min(inside, 365)
				if y.Rang == 1 {
					inside += int(c.joursAvant())
				}
				part = big.NewRat(int64(inside), 365)
			}
			if c.Regime() == RegimeMois {
				months := int64(0)
				for m := 0; m < 12 && c.Debut.AddMonths(12*y.Rang-12).AddMonths(m) <= y.Fin; m++ {
					months++
				}
				part = big.NewRat(months, 12)
				if y.Rang == 1 {
					part.Add(part, big.NewRat(c.joursAvant(), int64(y.JoursBase)))
				}
			}
			if want := round(new(big.Rat).Mul(a, part)); y.Montant != want {
				t.Fatalf("year %d of %s pays %s, exactly %s", y.Rang, c.AnnuelRetenu(), y.Montant, want)
			}
		}
		d := p.depuis + passerelle.Date(rapid.IntRange(0, int(c.Dernier-p.depuis)).Draw(t, "day"))
		exact := new(big.Rat)
		for _, y := range p.Annees {
			elapsed := passerelle.Periode{Debut: y.Debut, Fin: min(d, y.Fin)}.Jours()
			exact.Add(exact, new(big.Rat).Mul(new(big.Rat).SetInt64(int64(y.Montant)), big.NewRat(int64(elapsed), int64(y.Jours))))
		}
		if got, want := p.Produit(d), round(exact); got != want {
			t.Fatalf("earned at %s: %s, exactly %s", d, got, want)
		}
	})
}

func TestAPlanIsTheSameWhateverItHeldBefore(t *testing.T) {
	t.Parallel()
	var kept Plan
	rapid.Check(t, func(t *rapid.T) {
		c, o := draw(t)
		kept.Etablir(c, o)
		fresh := Etablir(c, o)
		if diff := cmp.Diff(show(fresh), show(&kept)); diff != "" || fresh.EnTrop != kept.EnTrop {
			t.Fatal(diff)
		}
	})
}

func TestTheLongestAndDearestContractDoesNotOverflow(t *testing.T) {
	t.Parallel()
	c := contrat(t, "2025-09-01 2045-08-31 entree=2025-06-01 niveau=5 majoration=4000 conclu=2025-07-01")
	c.Annuel = MontantMax
	p := Etablir(c, Options{})
	// 20 years of 10,004,000 euros and 92 days of 365.
	if len(p.Annees) != AnneesMax || p.Montant != euros(t, "202601556.16") {
		t.Errorf("%d years, %s", len(p.Annees), p.Montant)
	}
}
