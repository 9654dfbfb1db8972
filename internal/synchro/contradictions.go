package synchro

import (
	"fmt"
	"slices"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/document"
	"github.com/passerelle-hub/passerelle/internal/regles"
)

// contradictions warns where the contracts that stand contradict themselves
// although no rule is broken: names that are nearly the same, contracts of one
// apprentice that overlap.
func (r *resolver) contradictions() error {
	r.plan.Etat.EachVoisins(func(v regles.Voisins) {
		i, ok := r.push.byCode[v.Contrat]
		if !ok {
			return // neither is of this push
		}
		if j, ok := r.push.byCode[v.Autre]; ok && j > i {
			v.Swap() // the later one is to blame
			i = j
		}
		r.plan.warn(v.Violation(int(r.push.Entrees[i].Index)))
	})
	return r.overlaps()
}

// tenue is the days of one contract of an apprentice.
type tenue struct {
	code     string // of the contract
	position int    // -1 where it stands as it was and is not sent
	days     passerelle.Periode
}

// overlaps warns of the contracts of one apprentice that have days in common, one of
// which at least is sent: the others may be those that the push leaves alone.
func (r *resolver) overlaps() error {
	several := map[string][]int{} // user code -> positions
	var codes []string
	for i := range r.push.Entrees {
		if !r.plan.Valid(i) {
			continue
		}
		code := r.push.Entrees[i].Faits.Personnes[regles.Apprenant].Code
		if _, n := r.plan.Etat.Usager(code); n < 2 {
			continue
		}
		if several[code] == nil {
			codes = append(codes, code)
		}
		several[code] = append(several[code], i)
	}
	beside, err := r.beside(several)
	if err != nil {
		return err
	}
	var buf []byte
	for _, code := range codes {
		list := beside[code]
		if len(list)+len(several[code]) < 2 {
			continue
		}
		for _, i := range several[code] {
			doc, err := r.push.Document(i, buf)
			if err != nil {
				return err
			}
			if cap(doc) > cap(buf) {
				buf = doc
			}
			days, ok, err := execution(doc)
			if err != nil {
				return err
			}
			if ok {
				list = append(list, tenue{r.push.Entrees[i].Code(), i, days})
			}
		}
		r.warnOverlaps(code, list)
	}
	return nil
}

// execution returns the days that a stored contract gives, if it does.
func execution(doc []byte) (days passerelle.Periode, ok bool, err error) {
	v, err := document.NewPicker("dateDebut", "dateFin", "dateRupture").Pick(doc)
	if err != nil {
		return days, false, err
	}
	c := passerelle.Contrat{DateDebut: string(v[0]), DateFin: string(v[1]), DateRupture: string(v[2])}
	days, ok = c.Execution()
	return days, ok, nil
}

// beside returns the contracts that stand as they were, and are not sent, of
// apprentices who have such ones.
func (r *resolver) beside(sent map[string][]int) (map[string][]tenue, error) {
	if r.known.Apprentis == nil {
		return nil, nil
	}
	wanted := map[string]bool{}
	for code, positions := range sent {
		if _, n := r.plan.Etat.Usager(code); n > len(positions) && slices.ContainsFunc(positions, r.changed) {
			wanted[code] = true
		}
	}
	if len(wanted) == 0 {
		return nil, nil
	}
	found := map[string][]tenue{}
	err := r.known.Apprentis(wanted, func(contrat, apprenant string, doc []byte) error {
		if i, sent := r.push.byCode[contrat]; sent && r.plan.Valid(i) || !sent && !r.push.Delta || slices.Contains(r.push.Removed, contrat) {
			return nil
		}
		days, ok, err := execution(doc)
		if ok {
			found[apprenant] = append(found[apprenant], tenue{contrat, -1, days})
		}
		return err
	})
	return found, err
}

// changed reports whether a contract that is sent is new or not what it was.
func (r *resolver) changed(i int) bool {
	e := &r.push.Entrees[i]
	hash, active := r.known.Actif(e.Code())
	return !active || hash != e.Hash
}

// warnOverlaps warns of each contract that begins before an earlier one is over.
func (r *resolver) warnOverlaps(code string, list []tenue) {
	slices.SortStableFunc(list, func(a, b tenue) int { return int(a.days.Debut) - int(b.days.Debut) })
	last := 0 // the one that ends last so far
	for k := 1; k < len(list); k++ {
		common := list[last].days.Commun(list[k].days)
		if n := common.Jours(); n > 0 {
			r.warnOverlap(code, &list[last], &list[k], fmt.Sprintf("%s (%s)", common, joursFR(n)))
		}
		if list[k].days.Fin > list[last].days.Fin {
			last = k
		}
	}
}

// warnOverlap warns of two contracts, the one that begins first before: in the name
// of the later one, where that is sent.
func (r *resolver) warnOverlap(apprenant string, first, later *tenue, days string) {
	named, other := later, first
	if named.position < 0 {
		named, other = first, later
	}
	if named.position < 0 {
		return
	}
	r.plan.warn(passerelle.Violation{
		Index: int(r.push.Entrees[named.position].Index), CodeContrat: named.code, Field: "dateDebut", Code: passerelle.CodeOverlap, ConflictsWith: other.code,
		Message: fmt.Sprintf("Les contrats « %s » et « %s » sont du même apprenant (« %s ») et se recouvrent %s : si le premier a été rompu, donnez sa dateRupture.",
			regles.Shorten(first.code), regles.Shorten(later.code), regles.Shorten(apprenant), days),
	})
}

func joursFR(n int) string {
	if n == 1 {
		return "1 jour"
	}
	return fmt.Sprintf("%d jours", n)
}

// unlikely warns of dates that are real and that no contract has.
func (p *Push) unlikely(c *passerelle.Contrat, code string, index int) {
	debut, err := passerelle.ParseDateFR(c.DateDebut)
	if err != nil {
		return
	}
	warn := func(field, message string) {
		if len(p.Warnings) < MaxViolations {
			p.Warnings = append(p.Warnings, passerelle.Violation{Index: index, CodeContrat: code, Field: field, Code: passerelle.CodeUnlikelyDate, Message: message})
		}
	}
	if debut < premierDebut {
		warn("dateDebut", fmt.Sprintf("Date de début : le %s est avant l’an 2000, vérifiez l’année.", c.DateDebut))
	}
	if fin, err := passerelle.ParseDateFR(c.DateFin); err == nil && fin > debut.AddMonths(12*plusLong) {
		warn("dateFin", fmt.Sprintf("Date de fin : le %s est plus de cinq ans après la date de début, le %s ; vérifiez l’année.", c.DateFin, c.DateDebut))
	}
}

// What is likely of a contract's dates.
var premierDebut = passerelle.NewDate(2000, 1, 1)

const plusLong = 5 // years

// Reused warns of the user codes that name another person than before: both their
// name and their address are new (design 9: an export or an erasure would take both
// people). avant returns who a code named, nil for nobody.
func (pl *Plan) Reused(p *Push, avant func(code string) *regles.Personne) {
	seen := map[string]bool{}
	for _, positions := range [][]int{pl.Ajoutes, pl.Modifies} {
		for _, i := range positions {
			e := &p.Entrees[i]
			for role, now := range e.Faits.Personnes {
				if seen[now.Code] {
					continue
				}
				seen[now.Code] = true
				before := avant(now.Code)
				if before == nil || before.Email == now.Email || regles.MemeNom(before.Prenom+" "+before.Nom, now.Prenom+" "+now.Nom) {
					continue
				}
				pl.warn(passerelle.Violation{
					Index: int(e.Index), CodeContrat: e.Code(), Field: "code" + regles.Role(role).Suffix(), Code: passerelle.CodeReusedCode,
					Message: fmt.Sprintf("Le code utilisateur « %s » désignait une autre personne : son nom et son adresse e-mail sont nouveaux. Donnez à chaque personne un code à elle, sinon l’export ou l’effacement de l’une prend aussi l’autre.", regles.Shorten(now.Code)),
				})
			}
		}
	}
}
