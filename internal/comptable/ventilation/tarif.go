package ventilation

import (
	"fmt"
	"slices"
	"sort"

	"github.com/passerelle-hub/passerelle"
)

// MontantMax is the highest price per year, 10 million euros. With it no sum of
// fewer than 900,000 contracts, each as long as dates allow, overflows.
const MontantMax Centimes = 1_000_000_000

// Tarif is one entry of a price list: what a year of a contract is worth, for
// contracts whose first day lies within Validite.
type Tarif struct {
	Par      Dimension // ParFormation or ParRNCP
	Code     string
	Montant  Centimes // per year
	Validite passerelle.Periode
}

// The widest bounds of a price whose validity is open on one side.
var (
	ToujoursDepuis = passerelle.NewDate(1, 1, 1)
	ToujoursJusque = passerelle.NewDate(9999, 12, 31)
)

// ErreurTarif is one reason to refuse a price list.
type ErreurTarif struct {
	Index   int // position of the entry in the list, from 0
	Message string
}

// Tarifs is a price list that holds at most one price for each code and day.
type Tarifs struct {
	formation, rncp map[string][]Tarif // by start of validity
	lettres         bool               // the codes of certifications are compared letter by letter
}

// NewTarifs checks a price list and returns every reason to refuse it: an
// unknown kind of price, an absent code, an amount below 0 or above MontantMax,
// a validity that is reversed, and two prices of one code on the same day.
// Certifications are compared by what they are (design 9).
func NewTarifs(list []Tarif) (*Tarifs, []ErreurTarif) {
	return newTarifs(list, false)
}

// NewTarifsAuxLettres is NewTarifs by the rule of before: the codes of
// certifications are compared letter by letter. Closings that were made with it
// are verified with it.
func NewTarifsAuxLettres(list []Tarif) (*Tarifs, []ErreurTarif) {
	return newTarifs(list, true)
}

func newTarifs(list []Tarif, lettres bool) (*Tarifs, []ErreurTarif) {
	t := &Tarifs{formation: make(map[string][]Tarif), rncp: make(map[string][]Tarif), lettres: lettres}
	var errs []ErreurTarif
	for i, p := range list {
		fail := func(format string, args ...any) {
			errs = append(errs, ErreurTarif{i, fmt.Sprintf(format, args...)})
		}
		kind, code := t.formation, p.Code
		if p.Par == ParRNCP {
			kind, code = t.rncp, t.cle(p.Code)
		} else if p.Par != ParFormation {
			fail("Le tarif porte sur « %s » : indiquez formation ou rncp.", p.Par)
			continue
		}
		if p.Code == "" {
			fail("Le tarif n’a pas de code : indiquez le code de la formation ou le code RNCP.")
		}
		if p.Montant < 0 || p.Montant > MontantMax {
			fail("Le tarif de %s est de %s € par an : indiquez un montant de 0 à %s €.", p.Code, p.Montant.FR(), MontantMax.FR())
		}
		if p.Validite.Fin < p.Validite.Debut {
			fail("Le tarif de %s finit le %s, avant de commencer le %s : corrigez sa période de validité.", p.Code, p.Validite.Fin.FR(), p.Validite.Debut.FR())
			continue
		}
		for _, q := range kind[code] {
			if q.Validite.Chevauche(p.Validite) {
				fail("Le tarif de %s valable %s chevauche celui qui est valable %s : un code n’a qu’un tarif à la fois.", p.Code, p.Validite, q.Validite)
				break // one neighbour is enough: a long list of one code would tell of each pair
			}
		}
		kind[code] = append(kind[code], p)
	}
	for _, kind := range []map[string][]Tarif{t.formation, t.rncp} {
		for _, prices := range kind {
			slices.SortFunc(prices, func(a, b Tarif) int { return int(a.Validite.Debut) - int(b.Validite.Debut) })
		}
	}
	return t, errs
}

// cle is what the price of a certification is found by.
func (t *Tarifs) cle(rncp string) string {
	if t.lettres {
		return rncp
	}
	return string(passerelle.CertificationOf(rncp))
}

// Pour returns the entry that says what a year of a contract is worth: the price of
// its formation that holds on its first day or else, its formation having none, the
// price of its RNCP code. missing says why there is neither, "" where there is one.
func (t *Tarifs) Pour(formation, rncp string, debut passerelle.Date) (entry *Tarif, missing Raison) {
	byFormation, byRNCP := t.formation[formation], t.rncp[t.cle(rncp)]
	for _, prices := range [][]Tarif{byFormation, byRNCP} {
		after := sort.Search(len(prices), func(i int) bool { return prices[i].Validite.Debut > debut })
		if after > 0 && prices[after-1].Validite.Contient(debut) {
			return &prices[after-1], ""
		}
	}
	if len(byFormation)+len(byRNCP) > 0 {
		return nil, TarifHorsValidite
	}
	return nil, TarifAbsent
}
