package hub

import (
	"context"
	"fmt"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable"
	"github.com/passerelle-hub/passerelle/internal/comptable/arrete"
	"github.com/passerelle-hub/passerelle/internal/comptable/fichier"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// DemandeEcritures asks for the closing entries of an exercice.
type DemandeEcritures struct {
	Acces
	Passe
	Exercice int64 // id
	ParLigne bool  // one for each line of the price list, or other source, instead of one for each contract
}

// Ecritures are the closing entries of an exercice, and their reversal on the first
// day of the next one.
type Ecritures struct {
	fichier.Cloture
	Exercice       domaine.Exercice
	Financement    Financement // at the last day of the exercice
	Avertissements []string    // French
}

// Ecritures proposes the closing entries of an exercice: what is invoiced and not
// earned, or earned and not invoiced, at its last day (design 10).
func (h *Comptabilite) Ecritures(ctx context.Context, d DemandeEcritures) (e Ecritures, err error) {
	err = h.db.ReadLarge(ctx, func(tx *store.Tx) error {
		if e.Societe, err = societe(ctx, tx, d.Acces); err != nil {
			return err
		}
		if e.Exercices, err = tx.Exercices(ctx, e.Societe); err != nil {
			return err
		}
		at := -1
		for i := range e.Exercices {
			if e.Exercices[i].ID == d.Exercice {
				at, e.Exercice = i, e.Exercices[i]
			}
		}
		if at < 0 {
			return &ExercicesRefuses{Erreurs: []fichier.Erreur{{Erreur: comptable.Erreur{Code: comptable.CodeInconnu, Index: -1, Champ: "exercice", Exercice: d.Exercice,
				Message: "Cet exercice n’existe pas dans cette société : reprenez son identifiant dans la liste des exercices."}}}}
		}
		reglages, err := loadReglagesFinancement(ctx, tx, e.Societe.OrganismeID)
		if err != nil {
			return err
		}
		e.Comptes = reglages.comptes
		asked := DemandeFinancement{Passe: d.Passe, Au: e.Exercice.Periode.Fin}
		if e.Financement, err = drawUp(ctx, tx, e.Societe.OrganismeID, asked, nil); err != nil {
			return err
		}
		var reprise passerelle.Date
		next := at+1 < len(e.Exercices)
		if next {
			reprise = e.Exercices[at+1].Periode.Debut
		}
		propose := e.Financement.Ecritures
		if d.ParLigne {
			propose = e.Financement.EcrituresParLigne
		}
		e.Ecritures = propose(e.Comptes, reprise, next)
		e.warn(next)
		return nil
	})
	return e, err
}

func (e *Ecritures) warn(next bool) {
	add := func(format string, args ...any) {
		e.Avertissements = append(e.Avertissements, fmt.Sprintf(format, args...))
	}
	if !next && len(e.Ecritures) > 0 {
		add("L’exercice qui suit le %s n’existe pas : l’extourne est laissée de côté. Créez-le et refaites le fichier.", e.Exercice.Periode.Fin.FR())
	}
	if n := len(e.Financement.Incomplets()); n > 0 {
		add("%s ne peuvent pas être calculés et ne sont pas dans ces écritures : voyez « incomplets » dans le financement au %s.", contratsEnLettres(n), e.Exercice.Periode.Fin.FR())
	}
	if n := e.Financement.FinsPresumees().Contrats; n > 0 {
		add("La fin de %s est présumée : précisez-la avant de passer ces écritures.", contratsEnLettres(n))
	}
}

func contratsEnLettres(n int) string {
	if n == 1 {
		return "1 contrat"
	}
	return fmt.Sprintf("%d contrats", n)
}

// DemandeCampagne asks for the figures of a calendar year.
type DemandeCampagne struct {
	Acces
	Passe
	Annee int
}

// Campagne draws up the figures of a calendar year by certification, level and site
// (design 10).
func (h *Comptabilite) Campagne(ctx context.Context, d DemandeCampagne) (c *arrete.Campagne, err error) {
	err = h.db.ReadLarge(ctx, func(tx *store.Tx) error {
		s, err := societe(ctx, tx, d.Acces)
		if err != nil {
			return err
		}
		lecture, err := beginFinancement(ctx, tx, s.OrganismeID, d.Passe, arrete.DimensionsCampagne)
		if err != nil {
			return err
		}
		c = arrete.NewCampagne(d.Annee, lecture.baremes, lecture.options)
		return lecture.each(ctx, c.Add)
	})
	return c, err
}
