package compta

import (
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/hidden"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/tableur"
)

const codeNPEC = "ERR-INVALID-NPEC"

// MaxNPEC is how large a workbook of amounts may be, in an archive or not.
const MaxNPEC = 128 << 20

// editionAnswer is an edition of the table of amounts.
type editionAnswer struct {
	ID             string `json:"id"`
	Depuis         string `json:"depuis"`  // YYYY-MM-DD
	Commune        bool   `json:"commune"` // it is that of every organisme
	Fichier        string `json:"fichier"`
	ImporteLe      string `json:"importeLe"` // RFC 3339
	Par            string `json:"par"`
	Lignes         int    `json:"lignes"`
	Montants       int    `json:"montants"`
	Certifications int    `json:"certifications"`
	Nouvelle       *bool  `json:"nouvelle,omitempty"` // of an import: false where it was there already
}

func editionOf(e *hub.EditionNPEC) editionAnswer {
	return editionAnswer{ID: web.ID(e.ID), Depuis: e.Depuis.String(), Commune: e.Organisme == 0, Fichier: e.Fichier, ImporteLe: e.ImporteLe.UTC().Format(time.RFC3339), Par: e.Par,
		Lignes: e.Lignes, Montants: e.Montants, Certifications: e.Certifications}
}

// npec lists the editions that amounts come from.
func (s *server) npec(w http.ResponseWriter, r *web.Request) error {
	p := versioned(r)
	societe, err := s.societe(p)
	if err != nil {
		return err
	}
	editions, err := s.hub.Comptabilite.EditionsNPEC(r.Context(), societe.OrganismeID)
	if err != nil {
		return err
	}
	answer := struct {
		Editions []editionAnswer `json:"editions"` // those that reign last first
	}{make([]editionAnswer, len(editions))}
	for i := range editions {
		answer.Editions[i] = editionOf(&editions[i])
	}
	return web.WriteJSON(w, http.StatusOK, answer)
}

// postNPEC imports the official workbook for the organisme alone.
func (s *server) postNPEC(w http.ResponseWriter, r *web.Request) error {
	p := versioned(r, "depuis")
	d := hub.DemandeImportNPEC{Fichier: "npec", Par: r.Jeton.Personne(), Depuis: p.day("depuis")}
	societe, err := s.societe(p)
	if err != nil {
		return err
	}
	d.Organisme = societe.OrganismeID
	body, err := web.Body(w, r)
	if err != nil {
		return err
	}
	edition, fresh, err := importNPEC(s.hub, r, d, body)
	if err != nil {
		return err
	}
	answer := editionOf(&edition)
	answer.Nouvelle = &fresh
	return web.WriteJSON(w, http.StatusOK, answer)
}

func importNPEC(h *hub.Hub, r *web.Request, d hub.DemandeImportNPEC, body io.Reader) (e hub.EditionNPEC, fresh bool, err error) {
	file, size, err := hidden.Copy("a workbook of amounts", body, MaxNPEC)
	if err != nil {
		return e, false, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if size > MaxNPEC {
		return e, false, refus.New(refus.CodeInvalidNPEC, "Le classeur dépasse 128 Mo : ce n’est pas celui de France compétences. Envoyez-le tel qu’il est téléchargé.")
	}
	e, fresh, err = h.Comptabilite.ImportNPEC(r.Context(), d, file, size)
	var unreadable *tableur.FileError
	if errors.As(err, &unreadable) {
		err = refus.New(refus.CodeInvalidNPEC, "%s", unreadable.Message)
	}
	return e, fresh, err
}
