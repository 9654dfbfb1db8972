package hub

import (
	"context"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// Fiche is one contract with everything that the hub knows of it.
type Fiche struct {
	Versions  []VersionDatee // oldest first, at least one
	Place     *Place         // where it is placed, nil while it is archived
	Modele    domaine.Modele
	Motif     string // French: why it is in no session
	Session   domaine.Session
	Anomalies []domaine.Anomalie // of the last pushes
	Absences  []domaine.Absence  // of the apprentice of the last version
}

// VersionDatee is one version of a contract with what began and ended it.
type VersionDatee struct {
	Version
	Debut domaine.Synchronisation
	Fin   *domaine.Synchronisation // nil while it is active
}

// Fiche returns one contract with its history.
func (h *Contrats) Fiche(ctx context.Context, organisme int64, code string) (*Fiche, error) {
	f := &Fiche{}
	err := h.db.Read(ctx, func(tx *store.Tx) (err error) {
		versions, err := history(ctx, tx, organisme, code)
		if err != nil {
			return err
		}
		if f.Anomalies, err = tx.AnomaliesOfContrat(ctx, organisme, code); err != nil {
			return err
		}
		for _, v := range versions {
			dated := VersionDatee{Version: v}
			if dated.Debut, err = tx.Synchronisation(ctx, organisme, v.Depuis); err != nil {
				return err
			}
			if v.Jusqua != 0 {
				fin, err := tx.Synchronisation(ctx, organisme, v.Jusqua)
				if err != nil {
					return err
				}
				dated.Fin = &fin
			}
			f.Versions = append(f.Versions, dated)
		}
		if f.Absences, err = absencesOf(ctx, tx, organisme, versions); err != nil {
			return err
		}
		return f.place(ctx, tx, organisme, code)
	})
	return f, err
}

func (f *Fiche) place(ctx context.Context, tx *store.Tx, organisme int64, code string) error {
	found, err := places(ctx, tx, organisme, []string{code})
	if err != nil || len(found) == 0 {
		return err
	}
	f.Place = &found[0]
	modeles, err := tx.Modeles(ctx, organisme)
	if err != nil {
		return err
	}
	if f.Place.Session == 0 {
		f.Motif = ExplainMotif(f.Place.Motif, f.Place.Ambigus, modeles)
		return nil
	}
	c := &f.Place.Contrat
	f.Session = domaine.Session{ID: f.Place.Session, CodeSite: c.CodeSite, NomSite: c.NomSite, CodePeriode: c.CodePeriode, NomPeriode: c.NomPeriode,
		CodeFormation: c.CodeFormation, NomFormation: c.NomFormation, CodeAnnee: c.CodeAnnee, NomAnnee: c.NomAnnee, CodeGroupe: c.CodeGroupe, NomGroupe: c.NomGroupe}
	for _, m := range modeles {
		if m.ID == f.Place.Modele {
			f.Modele = m
		}
	}
	return nil
}
