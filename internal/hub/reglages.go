package hub

import (
	"context"
	"fmt"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// ValeurReglage is a setting with the value that it is to have.
type ValeurReglage struct{ Cle, Valeur string }

// ReglagesRefuses are settings that cannot have the values asked for. None was
// changed.
type ReglagesRefuses struct{ Erreurs []ErreurReglage }

// ErreurReglage says in French what is wrong with the value of a setting.
type ErreurReglage struct{ Cle, Message string }

// Error counts them.
func (r *ReglagesRefuses) Error() string { return "settings refused" }

// Refusal says it as every refusal is said.
func (r *ReglagesRefuses) Refusal() *Refusal {
	return refus.New(refus.CodeInvalidSettings, "Aucun réglage n’a changé : %s – %s", r.Erreurs[0].Cle, r.Erreurs[0].Message).With(r)
}

// SetReglages changes settings of an organisme, all of them or none; who may change
// those that droits allows. Beside a Refusal it returns ReglagesRefuses.
func (h *Organismes) SetReglages(ctx context.Context, who Acteur, droits domaine.Droits, values []ValeurReglage, attendu Attendu) (r domaine.Reglages, err error) {
	err = h.db.WriteOrganisme(ctx, who.Organisme, func(tx *store.Tx) error {
		o, err := tx.Organisme(ctx, who.Organisme)
		if err != nil {
			return err
		}
		before := o.Reglages
		if err := attendu.check("Un réglage", before.Version()); err != nil {
			return err
		}
		r = before
		refused := &ReglagesRefuses{}
		for _, v := range values {
			reglage := domaine.ReglageOf(v.Cle)
			switch {
			case reglage == nil:
				refused.Erreurs = append(refused.Erreurs, ErreurReglage{v.Cle, "Ce réglage n’existe pas : vérifiez son orthographe."})
			case !droits.Has(reglage.Droit):
				return refus.New(refus.CodeForbidden, "Le réglage « %s » demande le droit « %s ».", v.Cle, reglage.Droit)
			default:
				if wrong := reglage.Set(&r, v.Valeur); wrong != "" {
					refused.Erreurs = append(refused.Erreurs, ErreurReglage{v.Cle, wrong})
				}
			}
		}
		if r.Comptes != before.Comptes && len(refused.Erreurs) == 0 {
			if cle, message := r.Comptes.MemeCompte(); cle != "" {
				refused.Erreurs = append(refused.Erreurs, ErreurReglage{cle, message})
			}
		}
		if len(refused.Erreurs) > 0 {
			return refused
		}
		var changes []domaine.ChangementReglage
		for i := range domaine.TousReglages {
			reglage := &domaine.TousReglages[i]
			if avant, apres := reglage.Of(&before), reglage.Of(&r); avant != apres {
				changes = append(changes, domaine.ChangementReglage{Cle: reglage.Cle, Avant: avant, Apres: apres, Par: who.Nom, JetonID: who.JetonID, Le: h.now()})
			}
		}
		if len(changes) == 0 {
			return nil
		}
		for _, c := range changes {
			if err := h.noteBy(ctx, tx, who.Organisme, who, domaine.GesteReglage, c.Cle, fmt.Sprintf("« %s » → « %s »", c.Avant, c.Apres)); err != nil {
				return err
			}
		}
		return tx.SetReglages(ctx, who.Organisme, r, changes)
	})
	return r, orNotFound(err, "Il n’y a pas d’organisme %d.", who.Organisme)
}

// ChangementsReglages returns a page of the changes of an organisme's settings,
// the latest first, and how many there are.
func (h *Organismes) ChangementsReglages(ctx context.Context, organisme int64, page Page) (found []domaine.ChangementReglage, total int, err error) {
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		found, total, err = tx.ChangementsReglages(ctx, organisme, store.Page(page))
		return err
	})
	return found, total, err
}
