package hub

import (
	"context"
	"errors"
	"time"

	"github.com/passerelle-hub/passerelle/internal/memoire"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/store"
	"github.com/passerelle-hub/passerelle/internal/synchro"
)

// DefaultMaxContrats is how many contracts one push may hold unless another limit is
// set: those of the whole country.
const DefaultMaxContrats = 1_000_000

// DefaultPatience is how long a push waits before its sender is told to come again.
const DefaultPatience = 15 * time.Second

// DefaultMemory is a quarter of what the process may use.
func DefaultMemory() int64 { return memoire.Machine() / 4 }

// Memory returns how many bytes pushes and imports hold now, how many they held at
// most, and how many they may hold together.
func (h *Hub) Memory() (taken, highest, total int64) {
	taken, highest = h.memory.Taken()
	return taken, highest, h.memory.Total()
}

// Room returns the room for one push or import, which is theirs to close. What it
// refuses is a *Refusal.
func (h *core) Room(ctx context.Context) synchro.Room {
	return &room{h.memory.Open(ctx), h.contrats}
}

type room struct {
	*memoire.Part
	contrats int
}

// Contrat refuses a push of too many contracts.
func (r *room) Contrat(n int) error {
	if n < r.contrats {
		return nil
	}
	return refus.New(refus.CodeTooManyContrats, "L’envoi compte plus de %d contrats, la limite de ce serveur : découpez-le (delta).", r.contrats).With(r.contrats)
}

// Grow takes memory, or refuses the push.
func (r *room) Grow(bytes int64) error {
	err := r.Part.Grow(bytes)
	var tooLarge *memoire.TooLarge
	switch {
	case errors.Is(err, memoire.ErrBusy):
		return refus.New(refus.CodeServerBusy, "Le serveur traite d’autres envois et n’a plus de mémoire pour celui-ci, rien n’a été enregistré : renvoyez-le dans quelques instants.")
	case errors.As(err, &tooLarge):
		return refus.New(refus.CodeBodyTooLarge, "L’envoi demande plus de mémoire que ce serveur n’en donne aux envois (%d Mo) : découpez-le (delta).", tooLarge.Budget/1e6).With(tooLarge)
	}
	return err
}

// expect takes the memory for the active contracts that a push is held against.
// It does so before the push has a transaction, which nobody should wait in.
func (h *core) expect(ctx context.Context, organisme int64, push *synchro.Push) error {
	if push.Delta {
		return nil // it looks at those it names
	}
	var transmis int
	err := h.db.Read(ctx, func(tx *store.Tx) (err error) {
		transmis, _, err = tx.Counts(ctx, organisme)
		return err
	})
	if err != nil {
		return err
	}
	return push.Expect(transmis)
}
