package console

import (
	"errors"
	"maps"
	"net/http"
	"slices"

	"github.com/passerelle-hub/passerelle/internal/api/compta"
	"github.com/passerelle-hub/passerelle/internal/comptable/rapprochement"
	"github.com/passerelle-hub/passerelle/internal/hidden"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

// rapprochementPage is what rapprochement.html shows.
type rapprochementPage struct {
	dossier
	R          hub.Rapprochement
	Onglets    []onglet
	Lignes     []rapprochement.Ligne
	Pagination pagination
	Adresse    string // of the same as a file
	PeutAgir   bool
	Erreur     string // of the address
	Nature     rapprochement.Etat

	Depot   *hub.Depot // that was just made
	Nom     string     // of a file that was refused, or deposited
	Erreurs []rapprochement.Erreur
	Titres  []titreOPCO // of the columns of a file that has others than the usual ones
}

// titreOPCO is the title that a person gives for a field of a schedule, "" where it
// is a usual one.
type titreOPCO struct{ Champ, Nom, Titre string }

func titresOPCO(m rapprochement.Matrice) []titreOPCO {
	return []titreOPCO{
		{rapprochement.ChampContrat, "Code du contrat", m[rapprochement.ChampContrat]},
		{rapprochement.ChampDossier, "Numéro de dossier", m[rapprochement.ChampDossier]},
		{rapprochement.ChampDate, "Date", m[rapprochement.ChampDate]},
		{rapprochement.ChampMontant, "Montant", m[rapprochement.ChampMontant]},
	}
}

// AutresTitres reports whether a person gave one.
func (p *rapprochementPage) AutresTitres() bool {
	return slices.ContainsFunc(p.Titres, func(t titreOPCO) bool { return t.Titre != "" })
}

// Titre says what asks for someone first.
func (p *rapprochementPage) Titre() string {
	differ := 0
	for _, l := range p.R.Lignes {
		if l.Etat != rapprochement.Identique {
			differ++
		}
	}
	switch {
	case len(p.R.Perdus) > 0:
		return compte(len(p.R.Perdus), "solde") + " " + pluriel(len(p.R.Perdus), "perdu") + ", " + nombre(len(p.R.ARisque)) + " à risque"
	case len(p.R.ARisque) > 0:
		return compte(len(p.R.ARisque), "solde") + " à risque"
	case differ > 0:
		return compte(differ, "écart") + " sur " + compte(len(p.R.Lignes), "échéance")
	case len(p.R.Lignes) > 0:
		return "L’OPCO annonce ce qui est attendu"
	}
	return "Rien à rapprocher pour l’instant"
}

type nomEtat struct {
	Code rapprochement.Etat
	Nom  string
}

// etatsRapprochement are how lines stand, those that ask for someone first.
var etatsRapprochement = []nomEtat{
	{rapprochement.EcartMontant, "Montant différent"}, {rapprochement.EcartDate, "Date différente"}, {rapprochement.AttenduAbsent, "Absent chez l’OPCO"},
	{rapprochement.AnnonceSeule, "Inconnu ici"}, {rapprochement.Identique, "Identique"},
}

// NomEtat says how a line stands.
func (p *rapprochementPage) NomEtat(e rapprochement.Etat) string {
	return etatsRapprochement[slices.IndexFunc(etatsRapprochement, func(n nomEtat) bool { return n.Code == e })].Nom
}

func (c *console) rapprochement(w http.ResponseWriter, r *request) error {
	p, err := c.readRapprochement(r)
	if err != nil {
		return err
	}
	return c.render(w, r, http.StatusOK, "rapprochement", "Rapprochement OPCO", p)
}

func (c *console) readRapprochement(r *request) (*rapprochementPage, error) {
	dossier, err := c.readDossier(r)
	if err != nil {
		return nil, err
	}
	d, erreur := c.demandeFinancement(r)
	p := &rapprochementPage{dossier: dossier, Titres: titresOPCO(nil), Erreur: erreur, PeutAgir: r.compte.Role.Compte(), Nature: rapprochement.Etat(r.URL.Query().Get("etat"))}
	v, err := c.hub.Comptabilite.FinancementRapproche(r.Context(), d)
	if err != nil {
		return nil, err
	}
	p.R = hub.Rapprochement{Au: v.Au, Bilan: v.Bilan}
	counts := map[rapprochement.Etat]int{}
	for _, l := range p.R.Lignes {
		counts[l.Etat]++
	}
	p.Onglets = []onglet{{Lien: with(r.URL, "etat", ""), Nom: "Toutes", Nombre: len(p.R.Lignes), Actif: p.Nature == ""}}
	for _, e := range etatsRapprochement {
		p.Onglets = append(p.Onglets, onglet{Lien: with(r.URL, "etat", string(e.Code)), Nom: e.Nom, Nombre: counts[e.Code], Actif: p.Nature == e.Code})
	}
	lines := p.R.Lignes
	if p.Nature != "" {
		lines = slices.DeleteFunc(slices.Clone(lines), func(l rapprochement.Ligne) bool { return l.Etat != p.Nature })
	}
	page := pageOf(r.Request)
	p.Pagination = paginateBy(r.Request, page, len(lines), linesPerPage)
	p.Lignes = part(lines, page, linesPerPage)
	query := r.URL.Query()
	for _, name := range []string{"page", "etat", "fait"} {
		query.Del(name)
	}
	p.Adresse = "/rapprochement.xlsx?" + query.Encode()
	return p, nil
}

// rapprochementXLSX gives the comparison as a workbook.
func (c *console) rapprochementXLSX(w http.ResponseWriter, r *request) error {
	if _, err := c.readDossier(r); err != nil {
		return err
	}
	d, err := c.fichierFinancement(r)
	if err != nil {
		return err
	}
	found, err := c.hub.Comptabilite.Rapprochement(r.Context(), d)
	if err != nil {
		return err
	}
	return compta.WriteRapprochement(w, found)
}

// depositEcheancier records the schedule of an OPCO that a person drops.
func (c *console) depositEcheancier(w http.ResponseWriter, r *request) error {
	if _, err := c.readDossier(r); err != nil {
		return err
	}
	matrice := rapprochement.Matrice{rapprochement.ChampContrat: "", rapprochement.ChampDossier: "", rapprochement.ChampDate: "", rapprochement.ChampMontant: ""}
	nom, contents, err := uploadWith(r, matrice)
	if err != nil {
		return err
	}
	maps.DeleteFunc(matrice, func(_, titre string) bool { return titre == "" })
	var list []rapprochement.Annonce
	wrong := []rapprochement.Erreur{{Index: -1, Message: "Choisissez un fichier CSV ou XLSX."}}
	if contents != nil {
		file, size, err := hidden.Copy("a form", contents, compta.MaxEcheancier)
		if err != nil {
			return err
		}
		defer file.Close()
		if size > compta.MaxEcheancier {
			wrong[0].Message = "Le fichier dépasse 64 Mo : coupez-le en plusieurs."
		} else if list, wrong, err = compta.ReadEcheancier(nom, file, size, matrice); err != nil {
			return err
		}
	}
	var depot *hub.Depot
	if len(wrong) == 0 {
		made, err := c.hub.Comptabilite.DeposerEcheancier(r.Context(), hub.DemandeEcheancier{Acces: r.acces(), Par: r.compte.Personne(), Fichier: nom, Annonces: list})
		var refused *hub.ListeRefusee
		switch {
		case errors.As(err, &refused):
			wrong = refused.Erreurs
		case err != nil:
			return err
		default:
			depot = &made
		}
	}
	p, err := c.readRapprochement(r) // with what was deposited
	if err != nil {
		return err
	}
	p.Titres = titresOPCO(matrice)
	p.Nom, p.Depot, p.Erreurs = nom, depot, wrong[:min(len(wrong), findings)]
	status := http.StatusOK
	if depot == nil {
		status = http.StatusUnprocessableEntity
	}
	return c.render(w, r, status, "rapprochement", "Rapprochement OPCO", p)
}
