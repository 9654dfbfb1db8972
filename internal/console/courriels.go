package console

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/passerelle-hub/passerelle/internal/domaine"
)

type rythmeChoix struct {
	Rythme domaine.RythmeCourriel
	Texte  string
}

var rythmes = []rythmeChoix{
	{domaine.CourrielJamais, "Jamais"}, {domaine.CourrielAussitot, "Aussitôt que quelque chose change"},
	{domaine.CourrielJour, "Chaque matin"}, {domaine.CourrielSemaine, "Chaque lundi matin"},
}

// finishMonCompte shows what a person has chosen to be told, with the rest of their page.
func (c *console) finishMonCompte(w http.ResponseWriter, r *request, status int, p monComptePage) (err error) {
	p.Rythmes = rythmes
	if p.Courrier, err = c.hub.Comptes.Courrier(r.Context(), r.compte.OrganismeID, r.compte.ID); err != nil {
		return err
	}
	if p.Flux, err = c.hub.Comptes.FluxSince(r.Context(), r.compte.OrganismeID, r.compte.ID); err != nil {
		return err
	}
	return c.render(w, r, status, "mon-compte", "Mon compte", p)
}

func (c *console) setCourriels(w http.ResponseWriter, r *request) error {
	rythme := domaine.RythmeCourriel(r.PostFormValue("rythme"))
	if !rythme.Valid() {
		return c.showMonCompte(w, r, http.StatusUnprocessableEntity, map[string]string{"rythme": "Choisissez un rythme de la liste."})
	}
	if err := c.hub.Comptes.SetCourrier(r.Context(), r.compte.OrganismeID, r.compte.ID, rythme); err != nil {
		return err
	}
	return then(w, r, "/mon-compte", "courriels")
}

// newFlux makes a private address, shown once.
func (c *console) newFlux(w http.ResponseWriter, r *request) error {
	cle, err := c.hub.Comptes.NewFlux(r.Context(), r.compte.OrganismeID, r.compte.ID)
	if err != nil {
		return err
	}
	return c.finishMonCompte(w, r, http.StatusOK, monComptePage{Compte: r.compte, Seul: c.onlyOpenID(), Adresse: c.address.Of(r.Request) + "/flux/" + cle})
}

func (c *console) dropFlux(w http.ResponseWriter, r *request) error {
	if err := c.hub.Comptes.DropFlux(r.Context(), r.compte.OrganismeID, r.compte.ID); err != nil {
		return err
	}
	return then(w, r, "/mon-compte", "flux-fini")
}

// The elements of a feed (RFC 4287).
type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Title   string      `xml:"title"`
	ID      string      `xml:"id"`
	Updated string      `xml:"updated"`
	Author  string      `xml:"author>name"`
	Entries []atomEntry `xml:"entry"`
}

type atomEntry struct {
	Title   string   `xml:"title"`
	ID      string   `xml:"id"`
	Updated string   `xml:"updated"`
	Link    atomLink `xml:"link"`
	Summary string   `xml:"summary"`
}

type atomLink struct {
	Href string `xml:"href,attr"`
}

// fluxEntries is how many entries a feed has.
const fluxEntries = 50

// flux answers the feed of a private address: what became of the pushes of an organisme.
// The key is the whole proof, and is logged nowhere: logs have the pattern of the route.
func (c *console) flux(w http.ResponseWriter, r *request) error {
	compte, err := c.hub.Comptes.OfFlux(r.Context(), strings.TrimSuffix(r.PathValue("cle"), ".xml"))
	if err != nil {
		return err
	}
	board, err := c.hub.Journal.Tableau(r.Context(), compte.OrganismeID)
	if err != nil {
		return err
	}
	base := fmt.Sprintf("urn:passerelle:organisme:%d", compte.OrganismeID)
	feed := atomFeed{Title: "Passerelle – " + board.Organisme.Nom, ID: base, Author: "Passerelle", Updated: board.Organisme.CreeLe.UTC().Format(time.RFC3339)}
	if board.Silence.Muet {
		feed.Entries = append(feed.Entries, atomEntry{Title: "Plus aucun envoi", ID: fmt.Sprintf("%s:silence:%d", base, board.Silence.Dernier.Unix()),
			Updated: board.Silence.Dernier.Add(3 * board.Silence.Rythme).UTC().Format(time.RFC3339), Link: atomLink{c.address.Of(r.Request) + "/"},
			Summary: "Le logiciel de gestion, qui envoie d’habitude, n’a plus rien envoyé."})
	}
	for _, s := range board.Journal[:min(len(board.Journal), fluxEntries)] {
		feed.Entries = append(feed.Entries, atomEntry{Title: fmt.Sprintf("Synchronisation %d : %s", s.ID, lower(etat(s.Etat))), ID: fmt.Sprintf("%s:synchronisation:%d:%s", base, s.ID, s.Etat),
			Updated: s.Debut.UTC().Format(time.RFC3339), Link: atomLink{fmt.Sprintf("%s/synchronisations/%d", c.address.Of(r.Request), s.ID)}, Summary: resumeOf(&s)})
	}
	if len(feed.Entries) > 0 {
		feed.Updated = feed.Entries[0].Updated
	}
	w.Header().Set("Content-Type", "application/atom+xml; charset=utf-8")
	_, _ = w.Write([]byte(xml.Header))
	return xml.NewEncoder(w).Encode(feed)
}

// resumeOf says in a sentence what a synchronisation did.
func resumeOf(s *domaine.Synchronisation) string {
	return fmt.Sprintf("%s par %s : %d ajoutés, %d modifiés, %d archivés, %d refusés.", origine(s.Origine), s.Par, s.Ajoutes, s.Modifies, s.Archives, s.Refuses)
}
