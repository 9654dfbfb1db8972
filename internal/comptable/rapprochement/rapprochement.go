// Package rapprochement holds what OPCO announce beside what a training centre
// expects, line by line, and says what to invoice, what is late and what will be
// lost (design 10). It is pure.
package rapprochement

import (
	"cmp"
	"slices"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable/financement"
)

// Annonce is one line of what an OPCO says.
type Annonce struct {
	CodeContrat string
	Dossier     string // number of the dossier, where that is all the OPCO gave
	Date        passerelle.Date
	Montant     financement.Centimes
	Depot       int64 // the deposit that says it: a later one has a larger number
}

// Attendu is one instalment that the OPCO owes for a contract.
type Attendu struct {
	Date       passerelle.Date
	Montant    financement.Centimes
	AuPlusTard passerelle.Date // 0 where there is none
}

// Etat says how a line stands.
type Etat string

// How a line stands.
const (
	Identique     Etat = "identique" // the same day and amount
	EcartMontant  Etat = "montant"   // the same day, another amount
	EcartDate     Etat = "date"      // the same amount, another day
	AnnonceSeule  Etat = "inconnu"   // the OPCO announces it, nothing is expected
	AttenduAbsent Etat = "absent"    // it is expected, the OPCO does not announce it
)

// Ligne is one instalment held beside one line of an OPCO.
type Ligne struct {
	CodeContrat string
	Dossier     string          // of an Annonce of which the contract is not known
	Date        passerelle.Date // that is expected, else that is announced
	Etat        Etat
	Attendu     *financement.Centimes // nil for AnnonceSeule
	Annonce     *financement.Centimes // nil for AttenduAbsent
	Ecart       financement.Centimes  // announced less expected
	Annoncee    passerelle.Date       // the day announced, for EcartDate
}

// Du is an instalment whose day is reached and which the OPCO does not announce.
type Du struct {
	CodeContrat string
	Date        passerelle.Date
	Montant     financement.Centimes
	AuPlusTard  passerelle.Date // 0 where there is none
	Jours       int             // since Date; for ARisque, that are left
}

// Bilan is what a comparison found. A balance at risk is to invoice or late too.
type Bilan struct {
	Lignes    []Ligne
	AFacturer []Du // due for at most DelaiPaiement days
	EnRetard  []Du // due for longer
	ARisque   []Du // lost after their AuPlusTard
	Perdus    []Du // whose AuPlusTard is past
}

// DelaiPaiement is how many days an OPCO has for an invoice (R6332-25).
const DelaiPaiement = 30

// Rapprochement compares at a date.
type Rapprochement struct {
	au       passerelle.Date
	annonces map[string][]Annonce // by key
	attente  map[string][]attente // by dossier: whether it is that of one contract is known at the end
	bilan    Bilan
}

// attente is a contract of which the OPCO names the dossier.
type attente struct {
	code     string
	expected []Attendu
}

// New starts a comparison at a date with what OPCO announce.
func New(au passerelle.Date, annonces []Annonce) *Rapprochement {
	r := &Rapprochement{au: au, annonces: make(map[string][]Annonce), attente: make(map[string][]attente)}
	for _, a := range annonces {
		r.annonces[a.cle()] = append(r.annonces[a.cle()], a)
	}
	return r
}

// cle is what a line names: a contract, or a dossier where it has no contract.
func (a *Annonce) cle() string {
	if a.CodeContrat == "" {
		return cleDossier(a.Dossier)
	}
	return a.CodeContrat
}

// cleDossier is a key that is no codeContrat.
func cleDossier(dossier string) string { return "\x00" + dossier }

// Dernieres keeps of the lines of deposits, the latest deposit first, those that
// stand: a contract or a dossier has those of the last deposit that names it.
type Dernieres struct {
	Annonces []Annonce
	depot    map[string]int64
}

// Add takes a line of a deposit in.
func (d *Dernieres) Add(depot int64, a Annonce) {
	if d.depot == nil {
		d.depot = make(map[string]int64)
	}
	latest, known := d.depot[a.cle()]
	if !known {
		latest = depot
		d.depot[a.cle()] = depot
	}
	if latest == depot {
		a.Depot = depot
		d.Annonces = append(d.Annonces, a)
	}
}

// Add compares a contract, of which dossier is the number at the OPCO, "" where it
// is not known. A code comes once. Of one that no OPCO speaks of, only what will be
// lost and what is lost is told: what was paid for it is not known. The lines of a
// dossier that several contracts have are those of none of them.
func (r *Rapprochement) Add(code, dossier string, expected []Attendu) {
	if dossier != "" && len(r.annonces[cleDossier(dossier)]) > 0 {
		r.attente[dossier] = append(r.attente[dossier], attente{code, slices.Clone(expected)})
		return
	}
	r.compare(code, r.take(code), expected)
}

// take returns what is announced under a key, once.
func (r *Rapprochement) take(cle string) []Annonce {
	list := r.annonces[cle]
	delete(r.annonces, cle)
	return list
}

// latest keeps the lines of the last deposit.
func latest(list []Annonce) []Annonce {
	var last int64
	for i := range list {
		last = max(last, list[i].Depot)
	}
	return slices.DeleteFunc(list, func(a Annonce) bool { return a.Depot != last })
}

// compareAttente compares the contracts of which an OPCO names the dossier.
func (r *Rapprochement) compareAttente() {
	for dossier, waiting := range r.attente {
		for _, k := range waiting {
			announced := r.take(k.code)
			if len(waiting) == 1 {
				announced = latest(append(announced, r.take(cleDossier(dossier))...))
			}
			r.compare(k.code, announced, k.expected)
		}
	}
	clear(r.attente)
}

func (r *Rapprochement) compare(code string, announced []Annonce, expected []Attendu) {
	expected = slices.DeleteFunc(slices.Clone(expected), func(e Attendu) bool { return e.Montant == 0 })
	if len(announced) == 0 {
		for i := range expected {
			if e := &expected[i]; e.AuPlusTard != 0 && e.Date <= r.au {
				r.risk(code, e)
			}
		}
		return
	}
	m := newMatching(code, expected, announced)
	m.exact()
	m.sums()
	m.sameDay()
	m.sameAmount()
	horizon := r.au
	for _, a := range announced {
		horizon = max(horizon, a.Date)
	}
	r.bilan.Lignes = append(r.bilan.Lignes, m.lines...)
	for i := range m.announced {
		if !m.usedA[i] {
			r.alone(code, m.announced[i])
		}
	}
	for i := range m.expected {
		e := &m.expected[i]
		if m.usedE[i] || e.Date > horizon {
			continue
		}
		amount := e.Montant
		r.bilan.Lignes = append(r.bilan.Lignes, Ligne{CodeContrat: code, Date: e.Date, Etat: AttenduAbsent, Attendu: &amount, Ecart: -amount})
		if e.Date <= r.au {
			r.due(code, e)
		}
	}
}

func (r *Rapprochement) alone(code string, a Annonce) {
	amount := a.Montant
	r.bilan.Lignes = append(r.bilan.Lignes, Ligne{CodeContrat: code, Dossier: a.Dossier, Date: a.Date, Etat: AnnonceSeule, Annonce: &amount, Ecart: amount})
}

func (r *Rapprochement) du(code string, e *Attendu, days int) Du {
	return Du{CodeContrat: code, Date: e.Date, Montant: e.Montant, AuPlusTard: e.AuPlusTard, Jours: days}
}

// risk tells a balance that is due and waits for its papers: at risk up to its
// AuPlusTard, lost from the day after.
func (r *Rapprochement) risk(code string, e *Attendu) (lost bool) {
	if r.au > e.AuPlusTard {
		r.bilan.Perdus = append(r.bilan.Perdus, r.du(code, e, int(r.au-e.Date)))
		return true
	}
	r.bilan.ARisque = append(r.bilan.ARisque, r.du(code, e, int(e.AuPlusTard-r.au)))
	return false
}

func (r *Rapprochement) due(code string, e *Attendu) {
	since := int(r.au - e.Date)
	if e.AuPlusTard != 0 && r.risk(code, e) {
		return
	}
	if since > DelaiPaiement {
		r.bilan.EnRetard = append(r.bilan.EnRetard, r.du(code, e, since))
	} else {
		r.bilan.AFacturer = append(r.bilan.AFacturer, r.du(code, e, since))
	}
}

// Bilan ends the comparison: what OPCO announce for contracts that were not added is
// expected by nobody. Lines come by contract and day, balances at risk by what is
// left of their time.
func (r *Rapprochement) Bilan() *Bilan {
	r.compareAttente()
	for _, list := range r.annonces {
		for _, a := range list {
			r.alone(a.CodeContrat, a)
		}
	}
	clear(r.annonces)
	slices.SortStableFunc(r.bilan.Lignes, func(a, b Ligne) int {
		return cmp.Or(cmp.Compare(a.CodeContrat, b.CodeContrat), cmp.Compare(a.Dossier, b.Dossier), cmp.Compare(a.Date, b.Date), cmp.Compare(a.Etat, b.Etat), cmp.Compare(a.Ecart, b.Ecart))
	})
	for _, list := range [][]Du{r.bilan.AFacturer, r.bilan.EnRetard, r.bilan.Perdus} {
		slices.SortFunc(list, func(a, b Du) int {
			return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.CodeContrat, b.CodeContrat))
		})
	}
	slices.SortFunc(r.bilan.ARisque, func(a, b Du) int {
		return cmp.Or(cmp.Compare(a.Jours, b.Jours), cmp.Compare(a.CodeContrat, b.CodeContrat))
	})
	return &r.bilan
}
