package ventilation

import (
	"fmt"
	"slices"
	"strings"

	"github.com/passerelle-hub/passerelle"
)

// Dimension is what contracts are summed by.
type Dimension string

// The dimensions of design 6.
const (
	ParFormation  Dimension = "formation"
	ParSite       Dimension = "site"
	ParRNCP       Dimension = "rncp"
	ParPeriode    Dimension = "periode"
	ParAnnee      Dimension = "annee"
	ParGroupe     Dimension = "groupe"
	ParEntreprise Dimension = "entreprise"
	ParMarque     Dimension = "marque"
)

// Dimensions lists the dimensions in the order in which people are shown them.
var Dimensions = []Dimension{ParFormation, ParSite, ParRNCP, ParPeriode, ParAnnee, ParGroupe, ParEntreprise, ParMarque}

// Cle is a value along a dimension. Both are "" for contracts that have none; a
// company has only a name and a certification only a code: they stand in both. A
// certification is written as people are shown it, so that however it was sent it
// has one line.
type Cle struct {
	Code string `json:"code"`
	Nom  string `json:"nom"`
}

// Of returns the value of a contract along d.
func (d Dimension) Of(c *passerelle.Contrat) Cle {
	switch d {
	case ParFormation:
		return Cle{c.CodeFormation, c.NomFormation}
	case ParSite:
		return Cle{c.CodeSite, c.NomSite}
	case ParRNCP:
		shown := passerelle.AfficheCertification(c.RNCP)
		return Cle{shown, shown}
	case ParPeriode:
		return Cle{c.CodePeriode, c.NomPeriode}
	case ParAnnee:
		return Cle{c.CodeAnnee, c.NomAnnee}
	case ParGroupe:
		return Cle{c.CodeGroupe, c.NomGroupe}
	case ParEntreprise:
		return Cle{c.NomEntreprise, c.NomEntreprise}
	case ParMarque:
		return Cle{c.CodeMarque, c.NomMarque}
	}
	return Cle{}
}

// ParsePar reads the parameter par: one dimension or two different ones,
// separated by a comma. The error is a French sentence for the one who asked.
func ParsePar(s string) ([]Dimension, error) {
	var par []Dimension
	for word := range strings.SplitSeq(s, ",") {
		d := Dimension(strings.TrimSpace(word))
		if !slices.Contains(Dimensions, d) {
			return nil, fmt.Errorf("la dimension « %s » n’existe pas : choisissez parmi %s", d, names())
		}
		if slices.Contains(par, d) {
			return nil, fmt.Errorf("la dimension « %s » est demandée deux fois : donnez-la une fois", d)
		}
		par = append(par, d)
	}
	if len(par) > 2 {
		return nil, fmt.Errorf("%d dimensions sont demandées : donnez-en une ou deux", len(par))
	}
	return par, nil
}

func names() string {
	words := make([]string, len(Dimensions))
	for i, d := range Dimensions {
		words[i] = string(d)
	}
	return strings.Join(words, ", ")
}
