package admin

import (
	"net/http"
	"unicode/utf8"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/refus"
)

// rechercheContrats is a POST, so that names of people are in no address.
const rechercheContrats = "/api/admin/v1/contrats/recherche"

const (
	maxTexte    = 500  // characters that are searched for
	maxTrouves  = 1000 // contracts in one page
	quelquesUns = 50   // contracts in a page unless limit says how many
)

type trouveAnswer struct {
	Contrat passerelle.Contrat `json:"contrat"`
	Session *string            `json:"session"`
	Motif   *domaine.Motif     `json:"motif"` // why it is in no session; null where it is in one
}

type rechercheAnswer struct {
	Total    int            `json:"total"`
	Contrats []trouveAnswer `json:"contrats"`
}

// recherche answers with the active contracts that hold every word of a text.
func (s *server) recherche(w http.ResponseWriter, r *web.Request) error {
	page, err := web.Page(r, quelquesUns)
	if err != nil {
		return err
	}
	if page.Limit > maxTrouves {
		return refus.New(refus.CodeInvalidParameter, "Paramètre « limit » : au plus %d contrats par page.", maxTrouves).With(web.Parametre{Name: "limit"})
	}
	var body struct {
		Texte string `json:"texte"`
	}
	if err := web.ReadJSON(w, r, &body); err != nil {
		return err
	}
	if utf8.RuneCountInString(body.Texte) > maxTexte {
		return refus.New(refus.CodeInvalidParameter, "« texte » a au plus %d caractères : cherchez moins de mots.", maxTexte)
	}
	found, total, err := s.hub.Contrats.SearchContrats(r.Context(), r.Jeton.OrganismeID, body.Texte, hub.Choix{}, page)
	if err != nil {
		return err
	}
	answer := rechercheAnswer{Total: total, Contrats: make([]trouveAnswer, len(found))}
	for i := range found {
		row := trouveAnswer{Contrat: found[i].Contrat}
		if id := found[i].Session; id != 0 {
			text := web.ID(id)
			row.Session = &text
		} else {
			row.Motif = &found[i].Motif
		}
		answer.Contrats[i] = row
	}
	return web.WriteJSON(w, http.StatusOK, answer)
}
