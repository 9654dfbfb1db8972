package hub_test

import (
	"maps"
	"slices"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/vie"
)

// uneVie is a contract from when it leaves until it comes back: what it said, the
// day on which it left, and what people decided, each with the synchronisation that
// was the latest then.
type uneVie struct {
	contrat   passerelle.Contrat
	depart    passerelle.Date
	decisions []uneDecision
}

type uneDecision struct {
	synchronisation int64
	quoi            vie.Decision
}

// etatVies is what is active and what ended, by code.
type etatVies struct {
	actifs map[string]passerelle.Contrat
	finis  map[string]*uneVie
}

func (e etatVies) copie() etatVies { return etatVies{maps.Clone(e.actifs), maps.Clone(e.finis)} }

// viesNaives is the model.
type viesNaives struct {
	etatVies
	passe     map[int64]etatVies // once a synchronisation had been applied
	derniere  int64
	exercices []passerelle.Periode
	modeles   map[string]int64 // formation -> id of its modèle
}

// compte is what some contracts weigh on an exercice.
type compte struct {
	Contrats, Apprenants, Jours int
	Presumes                    []string
	JoursPresumes               int
}

// jourFR reads DD/MM/YYYY; ok is false for "".
func jourFR(s string) (d passerelle.Date, ok bool) {
	d, err := passerelle.ParseDateFR(s)
	return d, err == nil
}

// court says on which days a contract ran, and whether its end is presumed.
func court(c passerelle.Contrat, v *uneVie, at int64) (debut, dernier passerelle.Date, presume, ok bool) {
	debut, ok = jourFR(c.DateDebut)
	if !ok {
		return 0, 0, false, false
	}
	dernier, connu := jourFR(c.DateRupture)
	if !connu {
		dernier, connu = jourFR(c.DateFin)
	}
	if v == nil {
		return debut, dernier, false, connu
	}
	var quoi vie.Decision
	for _, d := range v.decisions {
		if at == 0 || d.synchronisation <= at {
			quoi = d.quoi
		}
	}
	switch quoi.Fin {
	case vie.Annule:
		return 0, 0, false, false
	case vie.Rompu:
		return debut, quoi.Date.Date, false, true
	case vie.Terme:
		dernier, _ = jourFR(c.DateFin)
		return debut, dernier, false, true
	}
	if connu && dernier < v.depart {
		return debut, dernier, false, true
	}
	return debut, v.depart - 1, true, true
}

// compter counts the days of an exercice, one by one.
func (n *viesNaives) compter(e etatVies, exercice passerelle.Periode, at int64, integres, seuls bool) compte {
	var out compte
	qui := map[string]bool{}
	un := func(c passerelle.Contrat, v *uneVie) {
		if _, place := n.modeles[c.CodeFormation]; integres && !place {
			return
		}
		debut, dernier, presume, ok := court(c, v, at)
		jours := 0
		for d := debut; ok && d <= dernier; d++ {
			if exercice.Debut <= d && d <= exercice.Fin {
				jours++
			}
		}
		if jours == 0 {
			return
		}
		out.Contrats++
		out.Jours += jours
		qui[c.CodeApprenant] = true
		if presume {
			out.Presumes = append(out.Presumes, c.CodeContrat)
			out.JoursPresumes += jours
		}
	}
	for _, c := range e.actifs {
		un(c, nil)
	}
	if !seuls {
		for _, v := range e.finis {
			un(v.contrat, v)
		}
	}
	out.Apprenants = len(qui)
	slices.Sort(out.Presumes)
	return out
}

// appliquer makes a set of contracts the active ones.
func (n *viesNaives) appliquer(actifs map[string]passerelle.Contrat, jour passerelle.Date) {
	for code, c := range n.actifs {
		if _, reste := actifs[code]; !reste {
			n.finis[code] = &uneVie{contrat: c, depart: jour}
		}
	}
	for code := range actifs {
		delete(n.finis, code)
	}
	n.actifs = actifs
	n.inscrire()
}

func (n *viesNaives) inscrire() {
	n.derniere++
	n.passe[n.derniere] = n.etatVies.copie()
}
