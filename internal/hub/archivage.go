package hub

import (
	"maps"
	"slices"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/document"
	"github.com/passerelle-hub/passerelle/internal/store"
	"github.com/passerelle-hub/passerelle/internal/vie"
)

// archivedAtOnce is how many archived contracts are recorded with one statement.
const archivedAtOnce = 2000

// sortLives works out which contracts the changes archive and which they may
// revive, where nobody said so.
func (c *changes) sortLives() {
	begins := make(map[string]bool, len(c.adds))
	for i := range c.adds {
		begins[c.adds[i].faits.CodeContrat] = true
	}
	for _, code := range c.closes {
		if begins[code] {
			delete(begins, code) // it goes on
		} else {
			c.archives = append(c.archives, code)
		}
	}
	c.revives = keys(begins)
}

// storeLives records which contracts the changes archive and which they revive. It
// runs before their versions end, and after their profils are placed.
func (c *changes) storeLives() error {
	if !c.livesSorted {
		c.sortLives()
	}
	if err := c.tx.ReviveVies(c.ctx, c.organisme, c.id, c.revives); err != nil {
		return err
	}
	profils := make(map[string]int64, len(c.archives))
	for _, code := range c.archives {
		profils[code] = 0
	}
	for i, code := range c.closes {
		if _, archived := profils[code]; archived {
			profils[code] = c.placed[c.ended[i].Profil].ID
		}
	}
	for codes := range slices.Chunk(c.archives, archivedAtOnce) {
		if err := c.archive(codes, profils); err != nil {
			return err
		}
	}
	return nil
}

func (c *changes) archive(codes []string, profils map[string]int64) error {
	back, decided, err := c.restored(codes)
	if err != nil {
		return err
	}
	depart := passerelle.DateOf(c.now.In(Paris))
	rows := make([]store.Vie, 0, len(codes))
	err = c.tx.EachDocumentOf(c.ctx, c.organisme, codes, func(doc []byte) error {
		contrat, err := document.Parse(doc)
		if err != nil {
			return err
		}
		v := store.Vie{Code: contrat.CodeContrat, Archivage: c.id, Jusqua: c.id, Racine: c.id, Depart: depart, Profil: profils[contrat.CodeContrat], Dates: vie.DatesOf(&contrat),
			Apprenant: contrat.CodeApprenant, Entreprise: contrat.NomEntreprise}
		if before, ok := back[v.Code]; ok {
			v = before
			v.Archivage = c.id
		}
		rows = append(rows, v)
		return nil
	})
	if err != nil {
		return err
	}
	return c.tx.InsertVies(c.ctx, c.organisme, rows, func(v *store.Vie) vie.Decision { return decided[aboutFin{v.Code, v.Racine}] })
}

// restored returns the contracts that an undo brings back to having been archived
// before what it undoes, with what was decided of them: they ended as they had, and
// say what they said.
func (c *changes) restored(codes []string) (map[string]store.Vie, map[aboutFin]vie.Decision, error) {
	if c.undoes == 0 {
		return nil, nil, nil
	}
	list, err := c.tx.ViesOfAsOf(c.ctx, c.organisme, c.undoes-1, codes)
	if err != nil || len(list) == 0 {
		return nil, nil, err
	}
	found := make(map[string]store.Vie, len(list))
	for _, v := range list {
		found[v.Code] = v
	}
	decisions, err := c.tx.DecisionsOf(c.ctx, c.organisme, slices.Collect(maps.Keys(found)))
	return found, standing(decisions), err
}
