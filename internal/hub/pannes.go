package hub

import (
	"context"
	"errors"

	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// pannes are the refusals for what may befall the machine.
var pannes = []struct {
	fault  error
	code   refus.Code
	reason string
}{
	{store.ErrDamaged, refus.CodeDamagedData, "Des données enregistrées sont abîmées sur le disque du serveur et ne sont pas communiquées : prévenez l’exploitant."},
	{store.ErrFull, refus.CodeStorageFull, "Le serveur n’a plus de place sur son disque, rien n’a été enregistré : réessayez plus tard, et prévenez l’exploitant."},
	{store.ErrUncertain, refus.CodeOutcomeUnknown, "La base de données s’est arrêtée pendant l’enregistrement, qui a pu avoir lieu ou non : vérifiez-le dans quelques instants. Un envoi de contrats peut être répété sans risque."},
	{store.ErrBusy, refus.CodeServerBusy, "D’autres enregistrements sont en cours et celui-ci a attendu trop longtemps, rien n’a été enregistré : réessayez dans quelques instants."},
	{store.ErrUnavailable, refus.CodeDatabaseUnavailable, "La base de données ne répond pas pour le moment, rien n’a été enregistré : réessayez dans quelques instants."},
}

// RefusalOf returns the refusal that an error is. An error that nobody foresaw is
// CodeInternal, so that there is always one; nil is for nil alone.
func RefusalOf(err error) *Refusal {
	if err == nil {
		return nil
	}
	fault := store.FaultOf(err)
	for _, p := range pannes {
		if fault == p.fault {
			return refus.New(p.code, "%s", p.reason).From(err)
		}
	}
	if r := refus.Of(err); r != nil {
		return r
	}
	if errors.Is(err, store.ErrNotFound) {
		return refus.New(refus.CodeNotFound, "Ce qui est demandé n’existe pas, ou n’existe plus.").From(err)
	}
	if errors.Is(err, context.Canceled) {
		return refus.New(refus.CodeClientLeft, "La demande a été abandonnée.").From(err)
	}
	return refus.New(refus.CodeInternal, "Erreur interne, rien n’a été enregistré : réessayez, et si elle persiste prévenez l’exploitant.").From(err)
}
