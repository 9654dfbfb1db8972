package hub

import (
	"context"
	"time"

	"github.com/passerelle-hub/passerelle/internal/store"
)

// A portion of what a large push stores ends after so long, or after so many rows:
// others wait no longer than that.
var (
	portionTime = 100 * time.Millisecond
	portionRows = 20_000
)

// portionBlock is how many people are stored before the time is looked at.
const portionBlock = 2000

// aheadFrom is how many versions and people make it worth while to store them in
// portions before the rest.
var aheadFrom = 2000

// ahead returns how what was drafted is stored ahead of the transaction of the push, nil
// where there is too little of it.
func (p *pushing) ahead() store.Ahead {
	c := p.drafted
	if c == nil || len(c.adds)+len(c.personnes.fresh) < aheadFrom {
		return nil
	}
	return func(tx *store.Tx, synchronisation int64) (bool, error) {
		c.ctx, c.tx, c.id = p.ctx, tx, synchronisation
		return c.storePortion()
	}
}

// storePortion stores the next of the versions that begin and of the people who were
// not there, and reports whether there are no more.
func (c *changes) storePortion() (done bool, err error) {
	if err := c.reserveProfils(); err != nil {
		return false, err
	}
	rows, until := 0, time.Now().Add(portionTime)
	more := func() bool {
		rows++
		return rows <= portionRows && (rows%64 != 0 || time.Now().Before(until))
	}
	if err := c.insertVersions(more); err != nil {
		return false, err
	}
	if c.stored < len(c.adds) {
		return false, nil
	}
	for rows < portionRows && c.storedPersonnes < len(c.personnes.fresh) {
		n, err := c.addPersonnes(c.id, min(portionBlock, portionRows-rows))
		if err != nil {
			return false, err
		}
		if rows += n; time.Now().After(until) {
			break
		}
	}
	return c.storedPersonnes == len(c.personnes.fresh), nil
}

// reserveProfils gives the profils that are not stored yet the ids that they will have,
// once.
func (c *changes) reserveProfils() error {
	var unnamed []*store.Profil
	for _, row := range c.recounted {
		if row.ID == 0 {
			unnamed = append(unnamed, row)
		}
	}
	if len(unnamed) == 0 {
		return nil
	}
	return c.tx.ReserveProfils(c.ctx, unnamed)
}

// ForgetPortions takes away what a process that was killed has left of pushes that it
// stored in portions, and which nobody sees; it returns of how many organismes.
func (h *Contrats) ForgetPortions(ctx context.Context) (int, error) {
	return h.db.ForgetAllPortions(ctx)
}
