package arrete

import (
	"cmp"
	"slices"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable/financement"
	"github.com/passerelle-hub/passerelle/internal/comptable/ventilation"
)

// ClesCampagne are what the figures of a year are given by.
type ClesCampagne struct {
	Certification ventilation.Cle `json:"certification"`
	Niveau        ventilation.Cle `json:"niveau"`
	Site          ventilation.Cle `json:"site"`
}

// ChiffresCampagne are the figures of some contracts in a calendar year.
type ChiffresCampagne struct {
	Contrats   int                   `json:"contrats"`   // that ran at least one day of the year
	Apprenants int                   `json:"apprenants"` // distinct
	Jours      int64                 `json:"jours"`      // of contract inside the year, both ends included
	Moyenne    ventilation.Centiemes `json:"moyenne"`    // jours / 365: the mean number of apprentices
	Presents   int                   `json:"presents"`   // contracts that run on 31 December
	Ruptures   int                   `json:"ruptures"`   // contracts that ended in the year before their term
	Produit    financement.Centimes  `json:"produit"`    // earned in the year; contracts without an amount count for nothing
	Part       ventilation.Centiemes `json:"part"`       // percent of the days of the year; the lines add up to exactly 100
}

// LigneCampagne is one line of the figures of a year.
type LigneCampagne struct {
	Cles ClesCampagne `json:"cles"`
	ChiffresCampagne
}

// DimensionsCampagne are the dimensions that a Lecteur for Campagne reads.
var DimensionsCampagne = []ventilation.Dimension{ventilation.ParRNCP, ventilation.ParSite}

// Campagne accumulates the figures of a calendar year, cut out of the contracts
// whatever exercices they straddle.
type Campagne struct {
	annee   passerelle.Periode
	baremes Baremes
	options financement.Options
	plan    financement.Plan

	values     [2]ventilation.Numeros
	lines      map[ligneDe]*LigneCampagne
	apprenants map[ligneDe]map[string]struct{}
	tous       map[string]struct{}
	incomplets []Incomplet
	presumees  ventilation.Presumees
}

type ligneDe struct {
	certification, site int32
	niveau              int
}

// NewCampagne starts the figures of a calendar year.
func NewCampagne(annee int, b Baremes, o financement.Options) *Campagne {
	return &Campagne{annee: passerelle.Periode{Debut: passerelle.NewDate(annee, time.January, 1), Fin: passerelle.NewDate(annee, time.December, 31)},
		baremes: b, options: o, lines: map[ligneDe]*LigneCampagne{}, apprenants: map[ligneDe]map[string]struct{}{}, tous: map[string]struct{}{},
		presumees: ventilation.Presumees{Codes: []string{}}}
}

// Add counts one contract in, read along DimensionsCampagne, and gives it its
// amount. One of which the days are not known, or that ran no day of the year, is in
// no line; days of training before the contract earn, but are no days of it.
func (c *Campagne) Add(k *Contrat) {
	if k.Muet {
		return
	}
	missing := c.baremes.Resoudre(k)
	r := &k.Regles
	ran, known := k.couru()
	if missing != nil && (!known || missing.Raison != "") {
		c.incomplets = append(c.incomplets, *missing)
		return
	}
	inside := ran.Commun(c.annee)
	var income financement.Centimes
	if missing == nil {
		c.plan.Etablir(*r, c.options)
		income = c.plan.ProduitSur(c.annee)
	}
	if inside.Jours() == 0 && income == 0 {
		return
	}
	if missing != nil {
		c.incomplets = append(c.incomplets, *missing)
	}
	key, line := c.line(k)
	line.Produit += income
	if inside.Jours() == 0 {
		return
	}
	line.Contrats++
	line.Jours += int64(inside.Jours())
	if inside.Fin == c.annee.Fin {
		line.Presents++
	}
	if (!k.AFin || r.Dernier < r.Fin) && c.annee.Contient(r.Dernier) {
		line.Ruptures++
	}
	c.apprenants[key][k.Apprenant] = struct{}{}
	c.tous[k.Apprenant] = struct{}{}
	if r.FinPresumee {
		c.presumees.Contrats++
		c.presumees.Codes = append(c.presumees.Codes, k.Code)
		c.presumees.Jours += int64(inside.Jours())
	}
}

func (c *Campagne) line(k *Contrat) (ligneDe, *LigneCampagne) {
	key := ligneDe{c.values[0].De(k.Cles[0]), c.values[1].De(k.Cles[1]), k.Regles.Niveau}
	line, ok := c.lines[key]
	if !ok {
		line = &LigneCampagne{}
		c.lines[key] = line
		c.apprenants[key] = map[string]struct{}{}
	}
	return key, line
}

// Lignes returns the figures, the most days first, and their total.
func (c *Campagne) Lignes() ([]LigneCampagne, ChiffresCampagne) {
	lines := make([]LigneCampagne, 0, len(c.lines))
	for key, line := range c.lines {
		l := *line
		l.Cles = ClesCampagne{Certification: c.values[0].Cle(key.certification), Site: c.values[1].Cle(key.site)}
		if key.niveau > 0 {
			level := string(rune('0' + key.niveau))
			l.Cles.Niveau = ventilation.Cle{Code: level, Nom: "Niveau " + level}
		}
		l.Apprenants, l.Moyenne = len(c.apprenants[key]), moyenne(l.Jours)
		lines = append(lines, l)
	}
	slices.SortFunc(lines, func(a, b LigneCampagne) int {
		return cmp.Or(cmp.Compare(b.Jours, a.Jours), cmp.Compare(a.Cles.Certification.Code, b.Cles.Certification.Code),
			cmp.Compare(a.Cles.Niveau.Code, b.Cles.Niveau.Code), cmp.Compare(a.Cles.Site.Code, b.Cles.Site.Code))
	})
	total := ChiffresCampagne{Apprenants: len(c.tous)}
	days := make([]int64, len(lines))
	for i, l := range lines {
		days[i] = l.Jours
		total.Contrats += l.Contrats
		total.Jours += l.Jours
		total.Presents += l.Presents
		total.Ruptures += l.Ruptures
		total.Produit += l.Produit
	}
	for i, part := range ventilation.Parts(days) {
		lines[i].Part = part
		total.Part += part
	}
	total.Moyenne = moyenne(total.Jours)
	return lines, total
}

// moyenne returns days / 365, rounded half up to two decimals.
func moyenne(jours int64) ventilation.Centiemes {
	return ventilation.Centiemes((2*jours*100 + 365) / (2 * 365))
}

// Incomplets returns the contracts of the year without income, or without days, by
// code.
func (c *Campagne) Incomplets() []Incomplet {
	slices.SortFunc(c.incomplets, func(a, b Incomplet) int { return cmp.Compare(a.CodeContrat, b.CodeContrat) })
	return c.incomplets
}

// FinsPresumees returns the contracts of the year whose end nobody gave.
func (c *Campagne) FinsPresumees() ventilation.Presumees {
	slices.Sort(c.presumees.Codes)
	return c.presumees
}
