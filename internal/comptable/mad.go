package comptable

import (
	"slices"
	"strconv"

	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// MAD is the JSON object Exercice, version 1.0.0 (seed 003; reference 1). Every
// key is always written.
type MAD struct {
	ProducerID                   string        `json:"producerId"`
	Name                         string        `json:"name"`
	Period                       MADPeriod     `json:"period"`
	State                        string        `json:"state"` // "open" or "closed", closed exactly where Period.Closed is not nil
	AdditionalProducerProperties MADAdditional `json:"additionalProducerProperties"`
}

// MADPeriod is the property period. Dates are YYYY-MM-DD, both included;
// Duration is in months, null where the period is not made of whole months.
type MADPeriod struct {
	Start    string     `json:"start"`
	End      string     `json:"end"`
	Duration *int       `json:"duration"`
	Closed   *MADClosed `json:"closed"`
}

// MADClosed says when (YYYY-MM-DD) and by whom an exercice was closed.
type MADClosed struct {
	At string      `json:"at"`
	By MADPersonne `json:"by"`
}

// MADPersonne is the person who closed.
type MADPersonne struct {
	ProducerID string `json:"producerId"`
	FirstName  string `json:"firstName"`
	LastName   string `json:"lastName"`
}

// MADAdditional is the property additionalProducerProperties.
type MADAdditional struct {
	Lettering string `json:"lettering"` // MONO or MULTI
}

// ToMAD returns list as the JSON dialect shows it, the most recent first.
func ToMAD(list []domaine.Exercice) []MAD {
	list, names := newestFirst(list)
	out := make([]MAD, len(list))
	for i, e := range list {
		out[i] = MAD{
			ProducerID:                   strconv.FormatInt(e.ID, 10),
			Name:                         names[i],
			Period:                       MADPeriod{Start: e.Periode.Debut.String(), End: e.Periode.Fin.String()},
			State:                        "open",
			AdditionalProducerProperties: MADAdditional{Lettering: string(e.Lettrage)},
		}
		if n, ok := e.Periode.Mois(); ok {
			out[i].Period.Duration = &n
		}
		if e.Clos() {
			out[i].State = "closed"
			out[i].Period.Closed = &MADClosed{At: e.Cloture.Le.String(), By: MADPersonne{
				ProducerID: strconv.FormatInt(e.Cloture.Par.ID, 10),
				FirstName:  e.Cloture.Par.Prenom,
				LastName:   e.Cloture.Par.Nom,
			}}
		}
	}
	return out
}

func newestFirst(list []domaine.Exercice) ([]domaine.Exercice, []string) {
	list = Sorted(list)
	slices.Reverse(list)
	return list, Names(list)
}
