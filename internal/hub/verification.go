package hub

import (
	"context"
	"encoding/hex"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// Sommes is what is kept of an organisme, in checksums: two databases that
// hold the same have the same, whichever their kind.
type Sommes struct {
	Organisme domaine.Organisme
	// Synchronisation is the one as of which contracts are summed.
	Synchronisation int64
	Actifs          int    // contracts active then
	Versions        int    // of contracts, active or not
	Contrats        string // checksum of every version of every contract, in hexadecimal
	Reste           string // checksum of all else, as it is now
}

// Verify reads everything that is kept of an organisme, or of each for 0, and
// returns its checksums; contracts as of a synchronisation, or as of the latest for
// 0. It returns ErrDamaged where a part is not what was written.
func (h *Journal) Verify(ctx context.Context, organisme, synchronisation int64) ([]Sommes, error) {
	if err := h.db.Check(ctx); err != nil {
		return nil, err
	}
	var found []Sommes
	// One snapshot, so that what is compared is of one moment.
	err := h.db.Read(ctx, func(tx *store.Tx) error {
		organismes, err := tx.Organismes(ctx)
		if err != nil {
			return err
		}
		for _, o := range organismes {
			if organisme != 0 && o.ID != organisme {
				continue
			}
			v := Sommes{Organisme: o, Synchronisation: synchronisation}
			if synchronisation == 0 {
				if v.Synchronisation, err = tx.LastSynchronisation(ctx, o.ID); err != nil {
					return err
				}
			}
			var contrats, reste store.Sum
			if contrats, v.Actifs, v.Versions, err = tx.VersionsSum(ctx, o.ID, v.Synchronisation); err != nil {
				return err
			}
			if reste, err = tx.RestSum(ctx, o.ID); err != nil {
				return err
			}
			v.Contrats, v.Reste = hex.EncodeToString(contrats[:]), hex.EncodeToString(reste[:])
			found = append(found, v)
		}
		return nil
	})
	if err == nil && organisme != 0 && len(found) == 0 {
		return nil, refus.New(refus.CodeNotFound, "Il n’y a pas d’organisme %d.", organisme)
	}
	return found, err
}
