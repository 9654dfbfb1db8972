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
	position int
	days     passerelle.Periode
}

// overlaps warns of the contracts of one apprentice that have days in common.
// Contracts that a delta leaves alone are not looked at.
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
	picker := document.NewPicker("dateDebut", "dateFin", "dateRupture")
	var buf []byte
	for _, code := range codes {
		if len(several[code]) < 2 {
			continue
		}
		var list []tenue
		for _, i := range several[code] {
			doc, err := r.push.Document(i, buf)
			if err != nil {
				return err
			}
			if cap(doc) > cap(buf) {
				buf = doc
			}
			v, err := picker.Pick(doc)
			if err != nil {
				return err
			}
			c := passerelle.Contrat{DateDebut: string(v[0]), DateFin: string(v[1]), DateRupture: string(v[2])}
			if days, ok := c.Execution(); ok {
				list = append(list, tenue{i, days})
			}
		}
		r.warnOverlaps(code, list)
	}
	return nil
}

// warnOverlaps warns of each contract that begins before an earlier one is over.
func (r *resolver) warnOverlaps(code string, list []tenue) {
	slices.SortStableFunc(list, func(a, b tenue) int { return int(a.days.Debut) - int(b.days.Debut) })
	last := 0 // the one that ends last so far
	for k := 1; k < len(list); k++ {
		common := list[last].days.Commun(list[k].days)
		if n := common.Jours(); n > 0 {
			e, other := &r.push.Entrees[list[k].position], r.push.Entrees[list[last].position].Code()
			r.plan.warn(passerelle.Violation{
				Index: int(e.Index), CodeContrat: e.Code(), Field: "dateDebut", Code: passerelle.CodeOverlap, ConflictsWith: other,
				Message: fmt.Sprintf("Les contrats « %s » et « %s » sont du même apprenant (« %s ») et se recouvrent %s (%s) : si le premier a été rompu, donnez sa dateRupture.",
					regles.Shorten(other), regles.Shorten(e.Code()), regles.Shorten(code), common, joursFR(n)),
			})
		}
		if list[k].days.Fin > list[last].days.Fin {
			last = k
		}
	}
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
