package comptable

import (
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// Plat is an exercice in the older flat dialect (reference 2), as the list shows
// it. Dates are YYYYMMDD; Duration counts started months whole. Result and CA
// are 0: there are no entries here.
type Plat struct {
	ExerciceID        int64           `json:"exercice_id"`
	Label             string          `json:"label"`
	StartDate         string          `json:"start_date"`
	EndDate           string          `json:"end_date"`
	Duration          int             `json:"duration"`
	Closed            bool            `json:"closed"`
	ClosedAt          *string         `json:"closed_at"`
	ClosedBy          *int64          `json:"closed_by"`
	LetteringMethodID int             `json:"lettering_method_id"`
	Result            int             `json:"result"`
	CA                int             `json:"ca"`
	ReviewModel       PlatReviewModel `json:"review_model"`
}

// PlatReviewModel is the property review_model.
type PlatReviewModel struct {
	Label         string `json:"label"`
	IDReviewModel int64  `json:"id_review_model"`
}

// PlatCourt is the shorter object that POST and PUT answer (reference 2).
type PlatCourt struct {
	ExerciceID   int64  `json:"exercice_id"`
	StartDate    string `json:"start_date"`
	EndDate      string `json:"end_date"`
	Label        string `json:"label"`
	Duration     int    `json:"duration"`
	Closed       bool   `json:"closed"`
	CA           int    `json:"ca"`
	UsedSoftware string `json:"used_software"`
}

// ToPlat returns list in the flat dialect, the most recent first.
func ToPlat(list []domaine.Exercice) []Plat {
	list, names := newestFirst(list)
	out := make([]Plat, len(list))
	for i, e := range list {
		out[i] = Plat{
			ExerciceID:        e.ID,
			Label:             names[i],
			StartDate:         e.Periode.Debut.Compact(),
			EndDate:           e.Periode.Fin.Compact(),
			Duration:          e.Periode.MoisEntames(),
			Closed:            e.Clos(),
			LetteringMethodID: e.Lettrage.MethodID(),
			ReviewModel:       PlatReviewModel{Label: e.ReviewModel.Label, IDReviewModel: e.ReviewModel.ID},
		}
		if e.Clos() {
			out[i].ClosedAt, out[i].ClosedBy = ptr(e.Cloture.Le.Compact()), ptr(e.Cloture.Par.ID)
		}
	}
	return out
}

// ToPlatCourt returns, the most recent first, those exercices of list that keep
// says, such as those that a request created or changed.
func ToPlatCourt(list []domaine.Exercice, keep func(domaine.Exercice) bool) []PlatCourt {
	list, names := newestFirst(list)
	out := []PlatCourt{}
	for i, e := range list {
		if keep(e) {
			out = append(out, PlatCourt{
				ExerciceID:   e.ID,
				StartDate:    e.Periode.Debut.Compact(),
				EndDate:      e.Periode.Fin.Compact(),
				Label:        names[i],
				Duration:     e.Periode.MoisEntames(),
				Closed:       e.Clos(),
				UsedSoftware: "Passerelle",
			})
		}
	}
	return out
}
