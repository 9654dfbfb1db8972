package console

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable/financement"
)

// colonnes is a chart of what falls due month by month.
type colonnes struct {
	Graduations []graduation
	Colonnes    []colonne
	Au          float64 // where the day of the figures stands
}

type colonne struct {
	X, Y, W, H float64
	Milieu     float64
	Etiquette  string // below it, "" for most
	Titre      string
	Passe      bool // its month begins before the day of the figures
}

// newColonnes draws the months, nil where nothing falls due.
func newColonnes(months []moisFinancement, au passerelle.Date) *colonnes {
	var highest financement.Centimes
	for _, m := range months {
		highest = max(highest, m.Montant)
	}
	if highest == 0 {
		return nil
	}
	c := &colonnes{}
	top := niceCeil(int(highest/100) + 1)
	for i := range gPas + 1 {
		n := top * i / gPas
		c.Graduations = append(c.Graduations, graduation{round(gZero - gHauteurUtile*float64(n)/float64(top)), abrege(n, top)})
	}
	step := (gFin - colonnesGauche) / float64(len(months))
	for i, m := range months {
		h := gHauteurUtile * float64(m.Montant) / 100 / float64(top)
		x := colonnesGauche + step*float64(i)
		bar := colonne{X: round(x + step*.15), W: round(step * .7), Milieu: round(x + step/2), Y: round(gZero - h), H: round(h), Passe: m.debut <= au,
			Titre: fmt.Sprintf("%s : %s €, %s %s", m.Mois, grouped(m.Montant.FR()), nombre(m.Contrats), pluriel(m.Contrats, "contrat"))}
		if i%3 == 0 {
			bar.Etiquette = m.Mois
		}
		if m.debut.MoisJusqua(au) == 0 {
			day, last := au-m.debut+1, m.debut.LastOfMonth()-m.debut+1
			c.Au = round(x + step*float64(day)/float64(last))
		}
		c.Colonnes = append(c.Colonnes, bar)
	}
	return c
}

// abrege writes an amount of an axis that goes up to another one: in millions from two on, so that
// a narrow window has room for it.
func abrege(n, top int) string {
	const million = 1_000_000
	if top < 2*million {
		return nombre(n)
	}
	return strings.Replace(strconv.FormatFloat(float64(n)/million, 'f', -1, 64), ".", ",", 1) + "\u00a0M"
}

// colonnesGauche leaves room for amounts.
const colonnesGauche = 86.0

// Barre is how much of the largest amount of a group a bar shows, of 100.
func (p *financementPage) Barre(montant financement.Centimes) float64 {
	if p.most == 0 {
		p.most = 1
		for _, l := range p.F.Lignes() {
			p.most = max(p.most, l.Montant)
		}
	}
	return round(100 * float64(montant) / float64(p.most))
}

// frise is the schedule of a contract as a timeline: its years, its instalments, and
// what is earned and invoiced today.
type frise struct {
	Annees          []friseAnnee
	Echeances       []friseEcheance
	Au              float64 // where today stands; 0 outside
	Acquis, Facture float64 // lengths
	Titre, Texte    string
	DebutFR, FinFR  string
	TexteAu         string // beside today: "start", "middle" or "end"
}

type friseAnnee struct {
	X, W  float64
	Titre string
}

type friseEcheance struct {
	X, Y, R float64
	Passe   bool
	Classe  string
	Titre   string
}

// The measures of the timeline, in its own units.
const (
	fGauche, fLargeur = 10.0, 790.0
	bEcart            = 2.0        // between years, so that they do not touch
	fMarque           = 8.0        // of an instalment, with what keeps it from the next one
	fHaut, fHauteur   = 34.0, 46.0 // of the area in which instalments stand
)

// newFrise draws a plan as of a day.
func newFrise(p *financement.Plan, au passerelle.Date) *frise {
	first, last := p.Annees[0].Debut, p.Annees[len(p.Annees)-1].Fin
	for _, e := range p.Echeances {
		last = max(last, e.Date)
	}
	at := func(d passerelle.Date) float64 {
		return round(fGauche + fLargeur*float64(d-first)/float64(max(last-first, 1)))
	}
	f := &frise{DebutFR: first.FR(), FinFR: last.FR()}
	for _, y := range p.Annees {
		x := at(y.Debut)
		f.Annees = append(f.Annees, friseAnnee{x, round(max(1, at(y.Fin+1)-x-bEcart)), fmt.Sprintf("Année %d, du %s au %s : %s €", y.Rang, y.Debut.FR(), y.Fin.FR(), grouped(y.Montant.FR()))})
	}
	var highest financement.Centimes
	for _, e := range p.Echeances {
		highest = max(highest, e.Montant)
	}
	for _, e := range p.Echeances {
		height := fHauteur * float64(e.Montant) / float64(max(highest, 1))
		mark := friseEcheance{X: at(e.Date), Y: round(fHaut + fHauteur - height), R: round(height), Passe: e.Date <= au, Classe: "serie-1",
			Titre: fmt.Sprintf("%s, %s : %s €", e.Date.FR(), naturesEcheances[e.Nature], grouped(e.Montant.FR()))}
		if e.Nature == financement.Employeur {
			mark.Classe = "serie-2"
		}
		if n := len(f.Echeances); n > 0 {
			mark.X = max(mark.X, f.Echeances[n-1].X+fMarque) // two of one day stand side by side
		}
		f.Echeances = append(f.Echeances, mark)
	}
	s := p.Au(au)
	if p.Montant > 0 {
		f.Acquis = round(fLargeur * float64(s.Produit) / float64(p.Montant))
		f.Facture = round(fLargeur * float64(min(s.Facture, p.Montant)) / float64(p.Montant))
	}
	if au >= first && au <= last {
		f.Au, f.TexteAu = at(au), "middle"
		if f.Au < fGauche+60 {
			f.TexteAu = "start"
		} else if f.Au > fGauche+fLargeur-60 {
			f.TexteAu = "end"
		}
	}
	f.Texte = fmt.Sprintf("%d échéances ; au %s, %s € acquis et %s € facturés sur %s €.", len(p.Echeances), au.FR(), grouped(s.Produit.FR()), grouped(s.Facture.FR()), grouped(p.Montant.FR()))
	return f
}

// naturesEcheances say what instalments are.
var naturesEcheances = map[financement.Nature]string{
	financement.Avance: "avance", financement.Acompte: "acompte", financement.Solde: "solde", financement.Employeur: "part de l’employeur",
}
