package console

import (
	"fmt"
	"strconv"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/vie"
)

// friseContrats draws contracts on a line of years, one under the other.
type friseContrats struct {
	Hauteur float64
	Barres  []friseBarre
	Annees  []graduation
	Au      float64 // where today stands, 0 outside
	Texte   string
}

type friseBarre struct {
	Y, X, W float64
	Archive bool
	Titre   string
}

// The measures of the drawing, in its own units, and how many contracts it shows.
const (
	fcLargeur, fcRang, fcBarre, fcBas = 820.0, 16.0, 10.0, 22.0
	fcMost                            = 24
)

// newFriseContrats draws those of the contracts that have both dates, nil where none has.
func newFriseContrats(contrats []hub.Place, today passerelle.Date) *friseContrats {
	var spans []passerelle.Periode
	var shown []*hub.Place
	for i := range contrats {
		c := &contrats[i]
		v := vie.Of(vie.DatesOf(&c.Contrat), vie.Jour{}, vie.Decision{}) // as the contract itself says
		if v.Debut.Connu && v.Dernier.Connu && len(shown) < fcMost {
			spans, shown = append(spans, passerelle.Periode{Debut: v.Debut.Date, Fin: v.Dernier.Date}), append(shown, c)
		}
	}
	if len(spans) == 0 {
		return nil
	}
	first, last := spans[0].Debut, spans[0].Fin
	for _, s := range spans {
		first, last = min(first, s.Debut), max(last, s.Fin)
	}
	x := func(d passerelle.Date) float64 { return round(fcLargeur * float64(d-first) / float64(last-first+1)) }
	f := &friseContrats{Hauteur: fcRang*float64(len(spans)) + fcBas}
	for i, s := range spans {
		f.Barres = append(f.Barres, friseBarre{Y: fcRang*float64(i) + 3, X: x(s.Debut), W: round(max(2, x(s.Fin+1)-x(s.Debut))), Archive: shown[i].Archive,
			Titre: fmt.Sprintf("%s, %s : du %s au %s", shown[i].CodeContrat, shown[i].NomFormation, s.Debut.FR(), s.Fin.FR())})
	}
	for year := first.Time().Year() + 1; year <= last.Time().Year(); year++ {
		f.Annees = append(f.Annees, graduation{x(passerelle.NewDate(year, 1, 1)), strconv.Itoa(year)})
	}
	if today >= first && today <= last {
		f.Au = x(today)
	}
	f.Texte = fmt.Sprintf("%s sur une ligne de temps, du %s au %s ; le tableau qui suit les donne un par un.", nombre(len(spans))+" "+pluriel(len(spans), "contrat"), first.FR(), last.FR())
	return f
}
