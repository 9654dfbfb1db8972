package ventilation

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/passerelle-hub/passerelle"
)

// cas is a random ventilation: exercices that follow one another from around
// 2023, one day to two years each, and contracts of a few formations, sites and
// apprenants, some without dates or outside.
type cas struct {
	exercices []passerelle.Periode
	contrats  []Contrat
	options   Options
}

func draw(t *rapid.T) cas {
	var k cas
	length := rapid.OneOf(rapid.IntRange(1, 3), rapid.IntRange(300, 731))
	debut := passerelle.NewDate(2023, 11, 1) + passerelle.Date(rapid.IntRange(0, 150).Draw(t, "start"))
	for range rapid.IntRange(1, 5).Draw(t, "exercices") {
		p := passerelle.Periode{Debut: debut, Fin: debut + passerelle.Date(length.Draw(t, "days")) - 1}
		k.exercices, debut = append(k.exercices, p), p.Fin+1
	}
	small := func(prefix string, n int) string {
		return fmt.Sprint(prefix, rapid.IntRange(1, n).Draw(t, prefix))
	}
	for i := range rapid.IntRange(0, 25).Draw(t, "contrats") {
		from := passerelle.NewDate(2023, 6, 1) + passerelle.Date(rapid.IntRange(0, 1500).Draw(t, "from"))
		c := Contrat{
			Code: fmt.Sprintf("K%02d", i), Apprenant: small("A", 6), Formation: small("F", 3), RNCP: small("R", 2),
			Debut: from, Fin: from + passerelle.Date(rapid.OneOf(rapid.Just(0), rapid.IntRange(-3, 1100)).Draw(t, "length")),
			ADebut: rapid.IntRange(0, 9).Draw(t, "start known") > 0, AFin: rapid.IntRange(0, 9).Draw(t, "end known") > 0,
		}
		k.contrats = append(k.contrats, c)
	}
	price := rapid.Int64Range(0, int64(MontantMax))
	always := passerelle.Periode{Debut: ToujoursDepuis, Fin: ToujoursJusque}
	k.options.Facturation = rapid.SampledFrom([]Facturation{FacturationAnnuelle, FacturationUnique, FacturationEchue}).Draw(t, "billed")
	k.options.Tarifs, _ = NewTarifs([]Tarif{
		{ParFormation, "F1", Centimes(price.Draw(t, "price")), always},
		{ParRNCP, "R1", Centimes(price.Draw(t, "price")), always},
	})
	return k
}

// along computes the case along dimensions that key reads off a contract.
func (k cas) along(par []Dimension, key func(Contrat) [2]Cle, order []int) *Calcul {
	c := New(k.exercices, par, k.options)
	for _, i := range order {
		contrat := k.contrats[i]
		contrat.Cles = key(contrat)
		c.Add(contrat)
	}
	return c
}

var (
	one = []Dimension{ParFormation}
	two = []Dimension{ParFormation, ParRNCP}
)

func byFormation(c Contrat) [2]Cle { return [2]Cle{{Code: c.Formation}} }
func byBoth(c Contrat) [2]Cle      { return [2]Cle{{Code: c.Formation}, {Code: c.RNCP}} }
func byNothing(Contrat) [2]Cle     { return [2]Cle{} }

func identity(n int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	return order
}

func TestDaysAndAmountsAddUpWhateverTheContracts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		k := draw(t)
		c := k.along(two, byBoth, identity(len(k.contrats)))
		jours, produits := make([]int64, len(k.exercices)), make([]Centimes, len(k.exercices))
		for i := range c.Len() {
			d := c.Detail(i)
			days, euros := d.Hors, d.Reste
			for e := range k.exercices {
				days += d.Jours[e]
				jours[e] += int64(d.Jours[e])
				if d.Produits != nil {
					euros += d.Produits[e]
					produits[e] += d.Produits[e]
					if d.Produits[e] < 0 || d.Jours[e] == 0 && d.Produits[e] != 0 {
						t.Fatalf("%s earns %v in %d days", d.Code, d.Produits[e], d.Jours[e])
					}
				}
			}
			if days != d.Periode.Jours() || d.Hors < 0 {
				t.Fatalf("%s has %d days, they add up to %d", d.Code, d.Periode.Jours(), days)
			}
			if euros != d.Total || d.Reste < 0 {
				t.Fatalf("%s is worth %v, it adds up to %v", d.Code, d.Total, euros)
			}
		}
		for e := range k.exercices {
			v := c.Exercice(e)
			if v.Total.Jours != jours[e] || v.Total.Produit != produits[e] {
				t.Fatalf("exercice %d: %d days and %v, the contracts have %d and %v", e, v.Total.Jours, v.Total.Produit, jours[e], produits[e])
			}
			if n := v.Total.Contrats + v.SansDates.Contrats + v.HorsExercice.Contrats; n != len(k.contrats) {
				t.Fatalf("%d contracts, %d are somewhere", len(k.contrats), n)
			}
			if want := Centiemes(100_00); v.Total.Part != want && v.Total.Jours > 0 {
				t.Fatalf("the parts add up to %v", v.Total.Part)
			}
		}
	})
}

func TestTotalsAreTheSameWhateverTheDimensionAndTheOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		k := draw(t)
		order := rapid.Permutation(identity(len(k.contrats))).Draw(t, "order")
		a, b := k.along(two, byBoth, identity(len(k.contrats))), k.along(two, byBoth, order)
		single, flat := k.along(one, byFormation, order), k.along(one, byNothing, order)
		for e := range k.exercices {
			v := a.Exercice(e)
			if diff := cmp.Diff(v, b.Exercice(e)); diff != "" {
				t.Fatalf("another order of the contracts:\n%s", diff)
			}
			for _, other := range []Ventilation{single.Exercice(e), flat.Exercice(e)} {
				other.Lignes = v.Lignes
				if diff := cmp.Diff(v, other); diff != "" {
					t.Fatalf("another dimension:\n%s", diff)
				}
			}
			if a.Digest(e) != flat.Digest(e) {
				t.Fatal("another digest")
			}
		}
	})
}

// TestATableIsWhatCountingDayByDayGives compares lines with the plainest
// computation of them.
func TestATableIsWhatCountingDayByDayGives(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		k := draw(t)
		c := k.along(two, byBoth, identity(len(k.contrats)))
		for e, p := range k.exercices {
			type line struct {
				contrats, jours int
				apprenants      map[string]bool
			}
			lines := make(map[string]*line)
			for _, contrat := range k.contrats {
				if !contrat.ADebut || !contrat.AFin {
					continue
				}
				n := 0
				for d := contrat.Debut; d <= contrat.Fin; d++ {
					if p.Contient(d) {
						n++
					}
				}
				if n == 0 {
					continue
				}
				key := contrat.Formation + " " + contrat.RNCP
				if lines[key] == nil {
					lines[key] = &line{apprenants: make(map[string]bool)}
				}
				l := lines[key]
				l.contrats++
				l.jours += n
				l.apprenants[contrat.Apprenant] = true
			}
			want, got := make(map[string][3]int), make(map[string][3]int)
			for key, l := range lines {
				want[key] = [3]int{l.contrats, l.jours, len(l.apprenants)}
			}
			last := Ligne{Somme: Somme{Jours: 1 << 40}}
			for _, l := range c.Exercice(e).Lignes {
				got[l.Cles[0].Code+" "+l.Cles[1].Code] = [3]int{l.Contrats, int(l.Jours), l.Apprenants}
				if l.Jours > last.Jours {
					t.Fatal("the lines do not come largest first")
				}
				last = l
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("exercice %d:\n%s", e, diff)
			}
		}
	})
}

func TestIncomeIsTheExactShareRoundedOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		debut := passerelle.Date(rapid.Int32Range(-30_000, 60_000).Draw(t, "debut"))
		p := passerelle.Periode{Debut: debut, Fin: debut + passerelle.Date(rapid.Int32Range(0, 4_000).Draw(t, "length"))}
		prix := Centimes(rapid.Int64Range(0, int64(MontantMax)).Draw(t, "prix"))
		at := debut + passerelle.Date(rapid.Int32Range(-10, 4_100).Draw(t, "at"))
		days := int64(0)
		for d := debut; d <= min(at, p.Fin); d++ {
			if s := d.String(); s[5:] != "02-29" {
				days++
			}
		}
		// floor(price × days / 365 + 1/2)
		exact := new(big.Rat).SetFrac64(int64(prix)*days, 365)
		exact.Add(exact, big.NewRat(1, 2))
		want := new(big.Int).Quo(exact.Num(), exact.Denom()).Int64()
		k := priced(p, prix)
		if got := k.earned(at); int64(got) != want {
			t.Fatalf("%v at %v: %v by %v, want %d cents", p, prix, got, at, want)
		}
		for _, f := range []Facturation{FacturationAnnuelle, FacturationUnique, FacturationEchue} {
			billed := k.billed(at, f)
			switch {
			case billed < 0 || billed > k.earned(p.Fin):
				t.Fatalf("%q bills %v of %v", f, billed, k.earned(p.Fin))
			case at >= p.Fin && billed != k.earned(p.Fin):
				t.Fatalf("%q has billed %v of %v at the end", f, billed, k.earned(p.Fin))
			case f == FacturationEchue && billed > k.earned(at), f != FacturationEchue && billed < k.earned(at):
				t.Fatalf("%q has billed %v where %v is earned", f, billed, k.earned(at))
			}
		}
	})
}

// grand returns contracts of a large hub: n contracts of one to three years, 300
// formations on 40 sites, one apprenant in ten with two contracts.
func grand(n int) []Contrat {
	rng := rand.New(rand.NewPCG(7, 7))
	out := make([]Contrat, n)
	for i := range out {
		f, s := rng.IntN(300), rng.IntN(40)
		debut := passerelle.NewDate(2021, 9, 1) + passerelle.Date(rng.IntN(1400))
		out[i] = Contrat{Code: fmt.Sprintf("K%07d", i), Apprenant: fmt.Sprintf("A%07d", rng.IntN(n*9/10)),
			Debut: debut, Fin: debut + passerelle.Date(365*(1+rng.IntN(3))), ADebut: true, AFin: i%100 > 0,
			Formation: fmt.Sprintf("F%03d", f), RNCP: fmt.Sprintf("%05d", 30000+f)}
		out[i].Cles = [2]Cle{{out[i].Formation, "Formation " + out[i].Formation}, {fmt.Sprintf("S%02d", s), fmt.Sprintf("Site %02d", s)}}
	}
	return out
}

func BenchmarkVentilation(b *testing.B) {
	var exercices []passerelle.Periode
	for y := range 5 {
		exercices = append(exercices, passerelle.Periode{Debut: passerelle.NewDate(2021+y, 1, 1), Fin: passerelle.NewDate(2021+y, 12, 31)})
	}
	contrats := grand(100_000)
	shuffled := append([]Contrat{}, contrats...)
	rand.New(rand.NewPCG(1, 1)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	var list []Tarif
	for f := range 300 {
		list = append(list, Tarif{ParFormation, fmt.Sprintf("F%03d", f), 7500_00, passerelle.Periode{Debut: ToujoursDepuis, Fin: ToujoursJusque}})
	}
	prices, errs := NewTarifs(list)
	if len(errs) > 0 {
		b.Fatal(errs)
	}
	for _, bc := range []struct {
		name     string
		contrats []Contrat
		options  Options
	}{
		{"100,000 contracts by code, 2 dimensions, 5 exercices", contrats, Options{}},
		{"the same in any order", shuffled, Options{}},
		{"the same with amounts", contrats, Options{Tarifs: prices}},
	} {
		b.Run(bc.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c := New(exercices, []Dimension{ParFormation, ParSite}, bc.options)
				for _, k := range bc.contrats {
					c.Add(k)
				}
				for e := range exercices {
					if v := c.Exercice(e); v.Total.Contrats == 0 {
						b.Fatal("empty")
					}
				}
			}
		})
	}
}
