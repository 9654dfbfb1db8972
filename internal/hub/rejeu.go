package hub

import (
	"context"
	"crypto/sha256"
	"errors"
	"time"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// Reponse is an answer as it was first given.
type Reponse struct {
	Statut int
	Corps  []byte
}

// Rejeu makes a request that may be sent twice take effect once. A key belongs
// to a token and a société; the answer that it got, a refusal included, is kept
// in the transaction of the change, for RejeuTime.
type Rejeu struct {
	Cle      string
	Demande  func() [sha256.Size]byte // digest of the request, asked for once it has been read
	Repondre func(*ResultatExercices, error) (Reponse, error)
}

// RejeuTime is how long the answer to a request with an Idempotency-Key is kept.
const RejeuTime = 7 * 24 * time.Hour

// ErrCleReprise is an Idempotency-Key that was sent before with another request.
var ErrCleReprise error = refus.New(refus.CodeKeyReused, "Cette clé a déjà servi à une autre demande : envoyez-en une nouvelle.")

func (d DemandeExercices) cle(s domaine.Societe) store.CleIdempotence {
	return store.CleIdempotence{Societe: s, JetonID: d.jeton, Cle: d.Rejeu.Cle}
}

// replay returns the answer that the request got before, nil where it is new.
func (d DemandeExercices) replay(ctx context.Context, tx *store.Tx, s domaine.Societe) (*Reponse, error) {
	if d.Rejeu == nil || d.Simulation {
		return nil, nil
	}
	kept, err := tx.Reponse(ctx, d.cle(s))
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	case kept.Demande != d.Rejeu.Demande():
		return nil, ErrCleReprise
	}
	return &Reponse{kept.Statut, kept.Corps}, nil
}

// keep stores the answer to a new request.
func (d DemandeExercices) keep(ctx context.Context, tx *store.Tx, s domaine.Societe, res *ResultatExercices, refused error, now time.Time) error {
	if d.Rejeu == nil || d.Simulation {
		return nil
	}
	answer, err := d.Rejeu.Repondre(res, refused)
	if err != nil {
		return err
	}
	return tx.KeepReponse(ctx, d.cle(s), store.Reponse{Demande: d.Rejeu.Demande(), Statut: answer.Statut, Corps: answer.Corps}, now)
}

// ExpireReponses forgets answers kept for longer than RejeuTime and returns how
// many there were.
func (h *Comptabilite) ExpireReponses(ctx context.Context) (n int64, err error) {
	err = h.db.Write(ctx, func(tx *store.Tx) error {
		n, err = tx.ForgetReponses(ctx, h.now().Add(-RejeuTime))
		return err
	})
	return n, err
}
