package hub

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable"
	"github.com/passerelle-hub/passerelle/internal/comptable/fichier"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// Exercices returns the exercices of a société, the oldest first: as they are,
// or as they stood at the end of a day in France where on is not nil.
func (h *Comptabilite) Exercices(ctx context.Context, a Acces, on *passerelle.Date) (list []domaine.Exercice, err error) {
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		s, err := societe(ctx, tx, a)
		if err != nil {
			return err
		}
		if on == nil {
			list, err = tx.Exercices(ctx, s)
			return err
		}
		events, err := tx.Evenements(ctx, s)
		list = comptable.AsOf(events, *on, Paris)
		return err
	})
	return list, err
}

// ExercicesRefuses is a request on exercices, or a TRA file, that was refused.
// Nothing was recorded.
type ExercicesRefuses struct {
	Erreurs        []fichier.Erreur // all of them, in the order of the request
	Avertissements []comptable.Avertissement
}

// Error returns the first error.
func (e *ExercicesRefuses) Error() string { return e.Erreurs[0].Error() }

// Refusal says it as every refusal is said.
func (e *ExercicesRefuses) Refusal() *Refusal {
	return refus.New(refus.CodeInvalidExercices, "%s", e.Erreurs[0].Message).With(e)
}

// ExportTRA writes the exercices of a société as a TRA file. It writes nothing
// where they cannot be said: the error is then an ExercicesRefuses.
func (h *Comptabilite) ExportTRA(ctx context.Context, a Acces, on *passerelle.Date, o comptable.OptionsTRA, w io.Writer) ([]comptable.Avertissement, error) {
	s, err := h.Societe(ctx, a)
	if err != nil {
		return nil, err
	}
	list, err := h.Exercices(ctx, a, on)
	if err != nil {
		return nil, err
	}
	warnings, refused, err := fichier.Write(w, s, list, h.now().In(Paris), o)
	if len(refused) > 0 {
		return warnings, &ExercicesRefuses{refused, warnings}
	}
	return warnings, err
}

// DemandeExercices says who asks for a change of exercices, and how.
type DemandeExercices struct {
	Acces
	Par        domaine.Personne // who is recorded as closing; with a token, its person and its id
	Simulation bool             // answer what would be, record nothing
	Rejeu      *Rejeu           // nil where the request carries no Idempotency-Key
}

// journal is how the history of exercices shows who acted.
func (d DemandeExercices) journal() string {
	if nom := d.Par.Prenom + " " + d.Par.Nom; nom != " " {
		return nom
	}
	return d.nom()
}

// ResultatExercices is what a request did or, for a simulation, would do.
type ResultatExercices struct {
	comptable.Resultat
	Reponse *Reponse // the first answer, where the request is a replay: nothing was done
}

// CreateExercices adds exercices to a société.
func (h *Comptabilite) CreateExercices(ctx context.Context, d DemandeExercices, periodes []passerelle.Periode) (*ResultatExercices, error) {
	return h.changeExercices(ctx, d, nil, func(dossier comptable.Dossier) comptable.Resultat { return dossier.Create(periodes) })
}

// MoveExercices gives open exercices other dates.
func (h *Comptabilite) MoveExercices(ctx context.Context, d DemandeExercices, items []comptable.Mouvement) (*ResultatExercices, error) {
	return h.changeExercices(ctx, d, nil, func(dossier comptable.Dossier) comptable.Resultat { return dossier.Move(items) })
}

// CloseExercice closes the oldest open exercice. It records who and when, and a
// link in the chain of closings with the ventilation of the exercice.
func (h *Comptabilite) CloseExercice(ctx context.Context, d DemandeExercices, f comptable.DemandeCloture) (*ResultatExercices, error) {
	return h.changeExercices(ctx, d, nil, func(dossier comptable.Dossier) comptable.Resultat { return dossier.Close(f, d.Par, h.today()) })
}

// ImportTRA adds the exercices of a TRA file that are missing, all or nothing.
func (h *Comptabilite) ImportTRA(ctx context.Context, d DemandeExercices, file io.Reader) (*ResultatExercices, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	lu, warnings, refused, err := fichier.Read(file)
	if err != nil {
		return nil, err
	}
	if len(refused) > 0 {
		return nil, &ExercicesRefuses{refused, warnings}
	}
	return h.changeExercices(ctx, d, &lu, func(dossier comptable.Dossier) comptable.Resultat {
		res := dossier.Import(lu.Lignes, d.Par, h.today())
		res.Avertissements = append(res.Avertissements, warnings...)
		return res
	})
}

// changeExercices asks rule what a request does to the exercices of a société
// and records it, in one transaction during which nobody else changes them.
func (h *Comptabilite) changeExercices(ctx context.Context, d DemandeExercices, lu *fichier.Lu, rule func(comptable.Dossier) comptable.Resultat) (*ResultatExercices, error) {
	s, err := h.Societe(ctx, d.Acces)
	if err != nil {
		return nil, err
	}
	write := func(fn func(*store.Tx) error) error { return h.db.WriteOrganisme(ctx, s.OrganismeID, fn) }
	if d.Simulation {
		write = func(fn func(*store.Tx) error) error { return h.db.Read(ctx, fn) }
	}
	var res *ResultatExercices
	var refused error // what is refused is an answer too, which a replay gets again
	err = write(func(tx *store.Tx) error {
		res, refused = &ResultatExercices{}, nil
		if replay, err := d.replay(ctx, tx, s); replay != nil || err != nil {
			res.Reponse = replay
			return err
		}
		list, err := tx.Exercices(ctx, s)
		if err != nil {
			return err
		}
		res.Resultat = rule(comptable.Dossier{Exercices: list, Immatriculation: s.Immatriculation})
		if len(res.Erreurs) > 0 {
			if lu == nil {
				lu = &fichier.Lu{}
			}
			refused = &ExercicesRefuses{lu.Rules(res.Erreurs), res.Avertissements}
		} else if !d.Simulation {
			if err := h.recordExercices(ctx, tx, d, s, &res.Resultat); err != nil {
				return err
			}
		}
		return d.keep(ctx, tx, s, res, refused, h.now())
	})
	if err == nil {
		err = refused
	}
	if err != nil {
		return nil, err
	}
	return res, nil
}

// frenchExercice says what became of an exercice.
func frenchExercice(c *comptable.Changement) string {
	days := fmt.Sprintf("du %s au %s", c.Apres.Periode.Debut.FR(), c.Apres.Periode.Fin.FR())
	switch c.Genre {
	case comptable.Creation:
		return "exercice " + days + " créé"
	case comptable.Fermeture:
		return "exercice " + days + " clos"
	}
	return "exercice déplacé : " + days
}

// recordExercices stores the changes of a request, its events and its closings,
// and gives ids to what it creates.
func (h *core) recordExercices(ctx context.Context, tx *store.Tx, d DemandeExercices, s domaine.Societe, res *comptable.Resultat) error {
	for i := range res.Changements {
		c := &res.Changements[i]
		if c.Genre != comptable.Creation {
			if err := tx.UpdateExercice(ctx, s, c.Apres); err != nil {
				return err
			}
			continue
		}
		id, err := tx.InsertExercice(ctx, s, c.Apres)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(res.Exercices, func(e domaine.Exercice) bool { return e.ID == 0 && e.Periode == c.Apres.Periode })
		c.Apres.ID = id
		res.Exercices[at].ID = id
	}
	now := h.now()
	if err := tx.InsertEvenements(ctx, s, comptable.Evenements(res.Changements, now), d.jeton, d.journal()); err != nil {
		return err
	}
	for i := range res.Changements {
		c := &res.Changements[i]
		if err := h.note(ctx, tx, s.OrganismeID, domaine.GesteExercice, c.Apres.ID, frenchExercice(c)); err != nil {
			return err
		}
	}
	if err := h.chainClosings(ctx, tx, s, res, now); err != nil {
		return err
	}
	return h.tell(ctx, tx, s.OrganismeID, func() ([]evenement, error) { return aboutExercices(s, res.Changements), nil })
}
