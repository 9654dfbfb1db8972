package console

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable/ventilation"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

// lower puts a title within a sentence.
func lower(titre string) string {
	_, first := utf8.DecodeRuneInString(titre)
	return strings.ToLower(titre[:first]) + titre[first:]
}

// short cuts a name to what fits in a line.
func short(name string) string {
	const most = 44 // characters
	runes := []rune(name)
	if len(runes) <= most {
		return name
	}
	return string(runes[:most-1]) + "…"
}

// moisVentilation is a month of an exercice beside the same one of the year before.
type moisVentilation struct {
	Nom          string // MM/YYYY
	Jours, Avant int64
	Barre        float64 // of 100
}

// The measures of the small chart of a line, in its own units.
const (
	mLargeur, mHauteur = 120.0, 20.0
	mEcart             = 1.5
)

// months gives each line its days month by month, and the page those of all of them
// beside the year before.
func (p *ventilationPage) months(v hub.Parcours, at int, lines []ventilationLigne) {
	months := v.Mois(at)
	byLine := v.JoursParMois(at)
	today := passerelle.DateOf(p.maintenant)
	for i := range lines {
		lines[i].Mois = barresMois(months, byLine[lines[i].cle], today)
	}
	before := map[string]int64{}
	if at > 0 {
		last := v.JoursParMois(at - 1)[""]
		for i, month := range v.Mois(at - 1) {
			before[month.Debut.AddMonths(12).Time().Format("01/2006")] += last[i]
		}
	}
	most := int64(1)
	for _, jours := range byLine[""] {
		most = max(most, jours)
	}
	for i, month := range months {
		nom := month.Debut.Time().Format("01/2006")
		jours := byLine[""][i]
		p.MoisTotal = append(p.MoisTotal, moisVentilation{nom, jours, before[nom], round(100 * float64(jours) / float64(most))})
	}
}

// barresMois draws the days of a line, each month beside the largest one.
func barresMois(months []passerelle.Periode, jours []int64, today passerelle.Date) (list []barreMois) {
	most := int64(1)
	for _, n := range jours {
		most = max(most, n)
	}
	width := mLargeur / float64(max(len(months), 1))
	for i, n := range jours {
		h := round(mHauteur * float64(n) / float64(most))
		list = append(list, barreMois{X: round(width * float64(i)), Y: round(mHauteur - h), W: round(max(1, width-mEcart)), H: h, Ici: months[i].Contient(today),
			Titre: months[i].Debut.Time().Format("01/2006") + " : " + nombre(int(n)) + " " + pluriel(int(n), "jour")})
	}
	return list
}

// lienLigne is the address of the contracts that make a line.
func (p *ventilationPage) lienLigne(cle string) string {
	choix := p.Choix
	choix.Ligne = cle
	return "/ventilation/contrats?" + choix.query(p.societe()).Encode()
}

// ecart says by how much a sum is above or below the one before, in percent.
func ecart(now, before int64) string {
	if before == 0 {
		return ""
	}
	percent := float64(now-before) * 100 / float64(before)
	sign := "+"
	if percent < 0 {
		sign = "−"
		percent = -percent
	}
	return sign + strings.Replace(strconv.FormatFloat(percent, 'f', 1, 64), ".", ",", 1) + "\u00a0%"
}

// Ecart is that of the days of a line beside the exercice before.
func (l ventilationLigne) Ecart() string {
	if l.Avant == nil {
		return ""
	}
	return ecart(l.Somme.Jours, l.Avant.Jours)
}

// ProduitAvant is what a line brought in the exercice before.
func (l ventilationLigne) ProduitAvant() ventilation.Centimes {
	if l.Avant == nil || l.Avant.Montants == nil {
		return 0
	}
	return l.Avant.Produit
}
