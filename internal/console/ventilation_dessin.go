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
	Nom   string // MM/YYYY
	Ici   ventilation.ParMois
	Avant ventilation.ParMois // a year before
	Barre float64             // of 100: of the days
	Euros float64             // of the income, of 100
}

// Ecart is that of the days beside those of the year before, EcartProduit that of the income.
func (m moisVentilation) Ecart() string { return ecart(m.Ici.Jours, m.Avant.Jours) }

func (m moisVentilation) EcartProduit() string {
	return ecart(int64(m.Ici.Produit), int64(m.Avant.Produit))
}

// The measures of the small chart of a line, in its own units.
const (
	mLargeur, mHauteur = 120.0, 20.0
	mEcart             = 1.5
)

// months gives each line its days month by month, and the page those of all of them, with
// what they brought, beside the year before.
func (p *ventilationPage) months(v hub.Parcours, at int, lines []ventilationLigne) {
	months := v.Mois(at)
	byLine := v.ParMois(at)
	today := passerelle.DateOf(p.maintenant)
	for i := range lines {
		lines[i].mois = byLine[lines[i].cle]
	}
	p.dessine = func(shown []ventilationLigne) {
		for i := range shown {
			shown[i].Mois = barresMois(months, shown[i].mois, today, p.Montants)
		}
	}
	before := map[string]ventilation.ParMois{}
	if at > 0 {
		last := v.ParMois(at - 1)[""]
		for i, month := range v.Mois(at - 1) {
			own := before[unAnApres(month)]
			own.Jours += last[i].Jours
			own.Produit += last[i].Produit
			before[unAnApres(month)] = own
		}
	}
	most := ventilation.ParMois{Jours: 1, Produit: 1}
	for _, m := range byLine[""] {
		most.Jours, most.Produit = max(most.Jours, m.Jours), max(most.Produit, m.Produit)
	}
	for i, month := range months {
		m := moisVentilation{Nom: month.Debut.Time().Format("01/2006"), Ici: byLine[""][i]}
		m.Avant = before[m.Nom]
		m.Barre, m.Euros = round(100*float64(m.Ici.Jours)/float64(most.Jours)), round(max(0, 100*float64(m.Ici.Produit)/float64(most.Produit)))
		p.MoisTotal = append(p.MoisTotal, m)
	}
}

// unAnApres names the month a year after another.
func unAnApres(month passerelle.Periode) string {
	return month.Debut.FirstOfMonth().AddMonths(12).Time().Format("01/2006")
}

// barresMois draws the days of a line, each month beside the largest one; its title says
// what it brought too.
func barresMois(months []passerelle.Periode, own []ventilation.ParMois, today passerelle.Date, amounts bool) (list []barreMois) {
	most := int64(1)
	for _, m := range own {
		most = max(most, m.Jours)
	}
	width := mLargeur / float64(max(len(months), 1))
	for i, m := range own {
		h := round(mHauteur * float64(m.Jours) / float64(most))
		title := months[i].Debut.Time().Format("01/2006") + " : " + nombre(int(m.Jours)) + " " + pluriel(int(m.Jours), "jour")
		if amounts {
			title += ", " + grouped(m.Produit.FR()) + " €"
		}
		list = append(list, barreMois{X: round(width * float64(i)), Y: round(mHauteur - h), W: round(max(1, width-mEcart)), H: h, Ici: months[i].Contient(today), Titre: title})
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
