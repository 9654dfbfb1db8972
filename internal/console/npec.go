package console

import (
	"errors"
	"net/http"
	"strings"

	"github.com/passerelle-hub/passerelle/internal/api/compta"
	"github.com/passerelle-hub/passerelle/internal/comptable/npec"
	"github.com/passerelle-hub/passerelle/internal/hidden"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/tableur"
)

// npecPage is what npec.html shows.
type npecPage struct {
	Editions []hub.EditionNPEC
	PeutAgir bool

	RNCP, IDCC string         // asked for
	Fiche      *hub.FicheNPEC // nil where nothing was asked for, or found
	Recherche  string         // why nothing was found

	Fichier string // that was refused
	Erreur  string
	Erreurs []npec.Erreur
	Reste   int // errors beyond those listed
}

func (c *console) npec(w http.ResponseWriter, r *request) error {
	p, err := c.readNPEC(r)
	if err != nil {
		return err
	}
	return c.render(w, r, http.StatusOK, "npec", "Niveaux de prise en charge", p)
}

func (c *console) readNPEC(r *request) (p *npecPage, err error) {
	q := r.URL.Query()
	p = &npecPage{PeutAgir: r.compte.Role.Compte(), RNCP: strings.TrimSpace(q.Get("rncp")), IDCC: strings.TrimSpace(q.Get("idcc"))}
	if p.Editions, err = c.hub.Comptabilite.EditionsNPEC(r.Context(), r.compte.OrganismeID); err != nil || p.RNCP == "" {
		return p, err
	}
	found, err := c.hub.Comptabilite.NPEC(r.Context(), hub.DemandeNPEC{Organisme: r.compte.OrganismeID, RNCP: p.RNCP, IDCC: p.IDCC})
	if refusal := refus.Of(err); refusal != nil {
		p.Recherche = refusal.Reason
		return p, nil
	}
	p.Fiche = &found
	return p, err
}

// importNPEC imports the official workbook for the organisme.
func (c *console) importNPEC(w http.ResponseWriter, r *request) error {
	nom, contents, err := upload(r)
	if err != nil {
		return err
	}
	p, err := c.readNPEC(r)
	if err != nil {
		return err
	}
	p.Fichier, p.Erreur = nom, "Choisissez le classeur (.xlsx, ou le .zip dans lequel il est téléchargé)."
	if contents != nil {
		file, size, err := hidden.Copy("a form", contents, compta.MaxNPEC)
		if err != nil {
			return err
		}
		defer file.Close()
		if size > compta.MaxNPEC {
			p.Erreur = "Le classeur dépasse 128 Mo : ce n’est pas celui de France compétences."
			return c.render(w, r, http.StatusUnprocessableEntity, "npec", "Niveaux de prise en charge", p)
		}
		_, fresh, err := c.hub.Comptabilite.ImportNPEC(r.Context(), hub.DemandeImportNPEC{Organisme: r.compte.OrganismeID, Fichier: nom, Par: r.compte.Personne()}, file, size)
		var unreadable *tableur.FileError
		var refused *npec.Refus
		switch {
		case errors.As(err, &unreadable):
			p.Erreur = unreadable.Message
		case errors.As(err, &refused):
			p.Erreur = "Rien n’est importé : ce classeur n’est pas celui qui est attendu, ou a été modifié."
			p.Erreurs, p.Reste = refused.Erreurs, refused.Total-len(refused.Erreurs)
		case err != nil:
			return err
		case fresh:
			return sent(w, r, "/npec?fait=npec")
		default:
			return sent(w, r, "/npec?fait=npec-connue")
		}
	}
	return c.render(w, r, http.StatusUnprocessableEntity, "npec", "Niveaux de prise en charge", p)
}
