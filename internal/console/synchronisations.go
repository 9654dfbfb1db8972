package console

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/refus"
)

func lienSynchronisation(id int64) string {
	return "/synchronisations/" + strconv.FormatInt(id, 10)
}

// synchronisationsPage is what synchronisations.html shows.
type synchronisationsPage struct {
	hub.ListeJournal
	listeTriee
	Etat, Origine   string // as the address has them
	Etats, Origines []choixNomme
	Pagination      pagination
	Maintenant      time.Time
}

// choixNomme is a value of a filter with its name.
type choixNomme struct{ Code, Nom string }

var colonnesSynchronisations = []colonneListe{
	{Code: "numero", Titre: "N°", N: true, Fixe: true}, {Code: "date", Titre: "Date", Fixe: true, Sans: true}, {Code: "origine", Titre: "Origine", Sans: true}, {Code: "par", Titre: "Par", Sans: true},
	{Code: "etat", Titre: "État", Sans: true}, {Code: "ajoutes", Titre: "Ajoutés", N: true}, {Code: "modifies", Titre: "Modifiés", N: true}, {Code: "archives", Titre: "Archivés", N: true},
	{Code: "refuses", Titre: "Refusés", N: true}, {Code: "total", Titre: "Actifs", N: true}, {Code: "duree", Titre: "Durée", N: true, Ailleurs: true},
}

func (c *console) synchronisations(w http.ResponseWriter, r *request) error {
	page := pageOf(r.Request)
	p := synchronisationsPage{listeTriee: lireListe(r.Request, "/synchronisations", colonnesSynchronisations), Maintenant: c.hub.Now()}
	q := r.URL.Query()
	for _, e := range []domaine.EtatSynchronisation{domaine.EtatAppliquee, domaine.EtatRetenue, domaine.EtatConfirmee, domaine.EtatAbandonnee, domaine.EtatRemplacee, domaine.EtatExpiree, domaine.EtatRefusee} {
		p.Etats = append(p.Etats, choixNomme{string(e), etat(e)})
		if q.Get("etat") == string(e) {
			p.Etat = string(e)
		}
	}
	for _, o := range []domaine.Origine{domaine.OrigineV1, domaine.OrigineV2, domaine.OrigineChanges, domaine.OrigineImport, domaine.OrigineConfirmation, domaine.OrigineAnnulation, domaine.OrigineRemiseAZero} {
		nom := origine(o)
		if o == domaine.OrigineV1 {
			nom += " (tout ou rien)"
		}
		p.Origines = append(p.Origines, choixNomme{string(o), nom})
		if q.Get("origine") == string(o) {
			p.Origine = string(o)
		}
	}
	choix := hub.ChoixJournal{Etat: domaine.EtatSynchronisation(p.Etat), Origine: domaine.Origine(p.Origine), Tri: p.Code, Desc: p.Desc || p.Code == ""}
	var err error
	if p.ListeJournal, err = c.hub.Journal.Liste(r.Context(), r.compte.OrganismeID, choix, slice(page)); err != nil {
		return err
	}
	p.Pagination = paginate(r.Request, page, p.Total)
	return c.render(w, r, http.StatusOK, "synchronisations", "Synchronisations", p)
}

// synchronisationPage is what synchronisation.html, confirmer.html and annuler.html show.
type synchronisationPage struct {
	*hub.Changes
	Onglets     []onglet
	Lignes      []changement
	Pagination  pagination
	PeutAgir    bool
	AConfirmer  bool
	Explication string
	Fichier     *domaine.Import // that it was read from, nil for another origin or another role
}

// onglet is one filter of a list, as a link.
type onglet struct {
	Lien, Nom string
	Nombre    int
	Actif     bool
}

// changement is one changed contract as people read it.
type changement struct {
	Code, Personne  string
	Classe, Libelle string
	Inconnu         bool                // nothing is recorded of it yet
	Champs          []hub.FieldChange   // of a changed one
	Contrat         *passerelle.Contrat // of an added or archived one
}

// readChange turns a change into what people read. The other way round for undo.
func readChange(change domaine.Changement) changement {
	line := changement{Code: change.CodeContrat}
	switch hub.KindOf(&change) {
	case domaine.ChangedAdded:
		line.Classe, line.Libelle, line.Contrat = "ajoute", "Ajouté", change.Apres
		if change.Ranime {
			line.Libelle = "Revenu après archivage"
		}
	case domaine.ChangedArchived:
		line.Classe, line.Libelle, line.Contrat = "archive", "Archivé", change.Avant
	default:
		line.Classe, line.Libelle, line.Champs = "modifie", "Modifié", hub.Fields(&change)
		line.Contrat = change.Apres
	}
	line.Personne = line.Contrat.PrenomApprenant + " " + line.Contrat.NomApprenant
	return line
}

// kinds are the filters of a synchronisation, as addresses spell them.
var kinds = []struct {
	param, nom string
	kind       domaine.ChangedKind
	count      func(domaine.Bilan) int
}{
	{"", "Tous", domaine.ChangedAll, domaine.Bilan.Changements},
	{"ajoutes", "Ajoutés", domaine.ChangedAdded, func(b domaine.Bilan) int { return b.Ajoutes }},
	{"modifies", "Modifiés", domaine.ChangedUpdated, func(b domaine.Bilan) int { return b.Modifies }},
	{"archives", "Archivés", domaine.ChangedArchived, func(b domaine.Bilan) int { return b.Archives }},
}

func (c *console) readSynchronisation(r *request) (*synchronisationPage, error) {
	id, err := number(r, "id")
	if err != nil {
		return nil, err
	}
	kind, asked := domaine.ChangedAll, r.URL.Query().Get("changement")
	for _, k := range kinds {
		if k.param == asked {
			kind = k.kind
		}
	}
	page := pageOf(r.Request)
	changes, err := c.hub.Journal.Changes(r.Context(), r.compte.OrganismeID, id, kind, slice(page))
	if err != nil {
		return nil, err
	}
	p := &synchronisationPage{Changes: changes, PeutAgir: r.compte.Role.Integre(), Pagination: paginate(r.Request, page, changes.Total)}
	if p.PeutAgir {
		files, _, err := c.hub.Imports.Imports(r.Context(), r.compte.OrganismeID, id, hub.Page{Limit: 1})
		if err != nil {
			return nil, err
		}
		if len(files) > 0 {
			p.Fichier = &files[0]
		}
	}
	p.AConfirmer = changes.Etat == domaine.EtatRetenue && !changes.Expiree
	for _, k := range kinds {
		if n := k.count(changes.Bilan); n > 0 {
			p.Onglets = append(p.Onglets, onglet{with(r.URL, "changement", k.param), k.nom, n, k.kind == kind})
		}
	}
	if len(p.Onglets) == 2 {
		p.Onglets = nil // everything is of one kind: nothing to filter
	}
	for _, change := range changes.Changements {
		p.Lignes = append(p.Lignes, readChange(change))
		p.Lignes[len(p.Lignes)-1].Inconnu = p.AConfirmer && change.Avant == nil && !change.Ranime
	}
	return p, nil
}

func (c *console) synchronisation(w http.ResponseWriter, r *request) error {
	page, err := c.readSynchronisation(r)
	if err != nil {
		return err
	}
	return c.render(w, r, http.StatusOK, "synchronisation", "Synchronisation "+strconv.FormatInt(page.ID, 10), page)
}

// undoForm shows what an undo would change.
func (c *console) undoForm(w http.ResponseWriter, r *request, id int64) error {
	undone, err := c.hub.Journal.Changes(r.Context(), r.compte.OrganismeID, id, domaine.ChangedAll, hub.Page{Limit: 1})
	if err != nil {
		return err
	}
	n := pageOf(r.Request)
	preview, err := c.hub.Contrats.PreviewUndo(r.Context(), r.acteur(), id, slice(n))
	if err != nil {
		return err
	}
	undone.Bilan, undone.Changements, undone.Total = preview.Bilan, preview.Changements, preview.Total
	page := &synchronisationPage{Changes: undone, PeutAgir: true, Pagination: paginate(r.Request, n, preview.Total)}
	for _, change := range undone.Changements {
		page.Lignes = append(page.Lignes, readChange(change))
	}
	return c.render(w, r, http.StatusOK, "annuler", "Annuler la synchronisation "+strconv.FormatInt(id, 10), page)
}

func (c *console) undo(w http.ResponseWriter, r *request, id int64) error {
	undone, err := c.hub.Contrats.Undo(r.Context(), r.acteur(), id)
	if err != nil {
		return err
	}
	return then(w, r, lienSynchronisation(undone.ID), "annulee")
}

// confirmForm asks once more, with the number, before a held push is applied.
func (c *console) confirmForm(w http.ResponseWriter, r *request) error {
	page, err := c.readSynchronisation(r)
	if err != nil {
		return err
	}
	if !page.AConfirmer {
		return c.render(w, r, http.StatusOK, "synchronisation", "Synchronisation "+strconv.FormatInt(page.ID, 10), page)
	}
	return c.render(w, r, http.StatusOK, "confirmer", "Confirmer l’envoi "+strconv.FormatInt(page.ID, 10), page)
}

func (c *console) confirm(w http.ResponseWriter, r *request, id int64) error {
	result, _, err := c.hub.Contrats.Confirm(r.Context(), r.acteur(), id)
	var rejected *hub.RejectedPush
	if errors.As(err, &rejected) {
		return refus.New(refus.CodePushRejected, "Cet envoi ne peut plus être appliqué : il contredit des contrats arrivés depuis (%s %s). Abandonnez-le et demandez un nouvel envoi.",
			nombre(rejected.Total), pluriel(rejected.Total, "erreur"))
	}
	if err != nil {
		return err
	}
	if err := result.Push.Close(); err != nil {
		c.log.Warn("temporary files of a push not removed", "request", r.id, "error", err)
	}
	return then(w, r, lienSynchronisation(result.Synchronisation.ID), "confirmee")
}

func (c *console) drop(w http.ResponseWriter, r *request, id int64) error {
	if err := c.hub.Contrats.Drop(r.Context(), r.acteur(), id); err != nil {
		return err
	}
	return then(w, r, lienSynchronisation(id), "abandonnee")
}
