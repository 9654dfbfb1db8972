package hub

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/passerelle-hub/passerelle/internal/document"
	"github.com/passerelle-hub/passerelle/internal/integration"
	"github.com/passerelle-hub/passerelle/internal/regles"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// addition is a version that begins.
type addition struct {
	faits  *regles.Faits
	hash   document.Hash
	source int // which it is, for changes.kept
}

// changes are what one synchronisation does to the contracts, whatever made it.
type changes struct {
	ctx       context.Context
	tx        *store.Tx
	organisme int64
	id        int64 // of the synchronisation
	now       time.Time
	interner  *regles.Interner

	closes []string                                            // codes of versions that end
	ended  []regles.Faits                                      // what those say
	adds   []addition                                          // versions that begin
	kept   func(source int, buf []byte) (document.Kept, error) // an addition, in buf where it fits
	etat   *regles.Etat                                        // what stands afterwards, for all that closes and adds touch
	stand  *stand                                              // before, with all people that closes and adds touch; nil where nobody read it
	first  bool                                                // there was no active contract before

	archives, revives []string // codes of contracts that end, and of those that may come back to life
	livesSorted       bool     // whoever made the changes filled in both
	undoes            int64    // the oldest synchronisation that the changes take back, 0 for none

	personnes *changedPersonnes                   // once they were found
	placed    map[*regles.Profil]*store.Profil    // the touched profils, with their places once stored
	besides   map[*regles.Profil]*document.Profil // what stands beside the versions that begin, once it was made
	begun     []*store.Profil                     // those of them that had no contract before
	recounted []*store.Profil                     // those of them that are new, or have another headcount

	stored          int // how many of adds are stored, in order
	storedPersonnes int // how many of personnes.fresh
}

// store writes the changes, whose versions are in order: versions, people, profils with
// their integration.
func (c *changes) store() error {
	if c.personnes == nil {
		// Nothing changes the facts or their order any more: the people are sorted out
		// while the database stores the rest.
		sorted := make(chan sortedPersonnes, 1)
		go func() { sorted <- c.sortPersonnes() }()
		err := c.storeVersions()
		personnes := <-sorted // in any case: it reads what the caller may give up after this
		if err = errors.Join(err, personnes.err); err != nil {
			return err
		}
		if err := c.draftPersonnes(personnes.list); err != nil {
			return err
		}
	} else if err := c.storeVersions(); err != nil {
		return err
	}
	if err := c.tx.ReplacePersonnes(c.ctx, c.organisme, c.personnes.gone, c.personnes.rows); err != nil {
		return err
	}
	for c.storedPersonnes < len(c.personnes.fresh) {
		if _, err := c.addPersonnes(0, freshAtOnce); err != nil {
			return err
		}
	}
	return nil
}

// freshAtOnce is how many people are stored at a time: their rows are written out for
// that long only.
const freshAtOnce = 10_000

// addPersonnes stores the next of the people who were not there, at most most of them,
// and returns how many; with a portion they are not there until that is applied.
func (c *changes) addPersonnes(portion int64, most int) (int, error) {
	next := c.personnes.fresh[c.storedPersonnes:]
	next = next[:min(most, len(next))]
	rows := make([]store.PersonneRow, len(next))
	for i, f := range next {
		rows[i] = personneRow(f.personne, f.effectif)
	}
	if err := c.tx.AddPersonnes(c.ctx, c.organisme, portion, rows); err != nil {
		return 0, err
	}
	c.storedPersonnes += len(next)
	return len(next), nil
}

// changedPersonnes are the people whom changes take away, those who are there
// afterwards otherwise than before, and those who were not there.
type changedPersonnes struct {
	gone  []string
	rows  []store.PersonneRow
	fresh []freshPersonne
}

// freshPersonne is somebody who was not there, with how many contracts name them.
type freshPersonne struct {
	personne *regles.Personne
	effectif int
}

func personneRow(p *regles.Personne, effectif int) store.PersonneRow {
	return store.PersonneRow{Code: p.Code, Role: uint8(p.Role), Email: p.Email, Nom: p.Nom, Prenom: p.Prenom, Effectif: effectif}
}

type sortedPersonnes struct {
	list []*regles.Personne
	err  error
}

// sortPersonnes is touchedPersonnes for a goroutine of its own, where nobody else
// would catch a panic: it would end the process, and every request under way.
func (c *changes) sortPersonnes() (sorted sortedPersonnes) {
	defer func() {
		if p := recover(); p != nil {
			sorted = sortedPersonnes{err: fmt.Errorf("sort out the people of a push: panic: %v\n%s", p, debug.Stack())}
		}
	}()
	return sortedPersonnes{list: c.touchedPersonnes()}
}

// sortVersions puts versions in the order of their codes: they land in the index where
// they belong.
func (c *changes) sortVersions() {
	slices.SortFunc(c.adds, func(a, b addition) int { return strings.Compare(a.faits.CodeContrat, b.faits.CodeContrat) })
}

func (c *changes) storeVersions() error {
	if err := c.placeProfils(); err != nil {
		return err
	}
	if err := c.storeLives(); err != nil {
		return err
	}
	if err := c.tx.CloseVersions(c.ctx, c.organisme, c.id, c.closes); err != nil {
		return err
	}
	return c.insertVersions(func() bool { return true })
}

// insertVersions stores versions that begin, as long as more says so.
func (c *changes) insertVersions(more func() bool) error {
	if c.stored == len(c.adds) {
		return nil
	}
	beside, err := c.beside()
	if err != nil {
		return err
	}
	var buf []byte
	return c.tx.InsertVersions(c.ctx, c.organisme, c.id, func() (store.Version, bool, error) {
		if c.stored == len(c.adds) || !more() {
			return store.Version{}, false, nil
		}
		add := &c.adds[c.stored]
		c.stored++
		kept, err := c.kept(add.source, buf)
		if err != nil {
			return store.Version{}, false, err
		}
		if cap(kept.Valeurs) > cap(buf) {
			buf = kept.Valeurs
		}
		// What it was kept beside says the same as what is stored, which has a key.
		kept.Profil, kept.ProfilID = beside[add.faits.Profil], c.placed[add.faits.Profil].ID
		return store.Version{CodeContrat: add.faits.CodeContrat, Hash: add.hash, Kept: kept}, true, nil
	})
}

// beside returns what stands beside the versions that begin.
func (c *changes) beside() (map[*regles.Profil]*document.Profil, error) {
	if c.besides != nil {
		return c.besides, nil
	}
	found := map[*regles.Profil]*document.Profil{}
	for i := range c.adds {
		profil := c.adds[i].faits.Profil
		if found[profil] != nil {
			continue
		}
		var err error
		if found[profil], err = c.placed[profil].Beside(); err != nil {
			return nil, err
		}
	}
	c.besides = found
	return found, nil
}

// touchProfils finds the profils that are touched, once, with their new headcounts.
func (c *changes) touchProfils() error {
	if c.placed != nil {
		return nil
	}
	var stored []store.Profil
	if c.stand != nil {
		stored = c.stand.profils
	} else {
		var err error
		if stored, err = c.tx.Profils(c.ctx, c.organisme); err != nil {
			return err
		}
	}
	known := make(map[*regles.Profil]*store.Profil, len(stored))
	for i := range stored {
		known[c.interner.Profil(stored[i].Valeurs)] = &stored[i]
	}
	c.placed = map[*regles.Profil]*store.Profil{}
	touch := func(profil *regles.Profil) {
		if c.placed[profil] != nil {
			return
		}
		row := known[profil]
		if row == nil {
			row = &store.Profil{Valeurs: *profil}
		}
		c.placed[profil] = row
		before := row.Effectif
		row.Effectif = c.etat.ProfilEffectif(profil)
		if before == 0 && row.Effectif > 0 {
			c.begun = append(c.begun, row)
		}
		if row.ID == 0 || before != row.Effectif {
			c.recounted = append(c.recounted, row)
		}
	}
	for i := range c.adds {
		touch(c.adds[i].faits.Profil)
	}
	for i := range c.ended {
		touch(c.ended[i].Profil)
	}
	return nil
}

// placeProfils stores the headcount of every profil that is touched and places those
// that had no contract before.
func (c *changes) placeProfils() error {
	if err := c.touchProfils(); err != nil {
		return err
	}
	if _, err := place(c.ctx, c.tx, c.organisme, c.begun, c.now); err != nil {
		return err
	}
	return c.tx.SaveProfils(c.ctx, c.organisme, c.recounted)
}

// integration counts the contracts that entered a session and those that are in
// none any more. A profil that had contracts before stays where it was.
func (c *changes) integration() (entered, left int) {
	before := make(map[string]bool, len(c.closes)) // code -> was in a session
	for i, code := range c.closes {
		if before[code] = c.placed[c.ended[i].Profil].Session != 0; before[code] {
			left++
		}
	}
	for i := range c.adds {
		switch is := c.placed[c.adds[i].faits.Profil].Session != 0; {
		case is && before[c.adds[i].faits.CodeContrat]:
			left--
		case is:
			entered++
		}
	}
	return entered, left
}

// place decides where profils belong: it matches each with the modèles, finds
// its session, and returns those whose placement changed, for the caller to
// store.
func place(ctx context.Context, tx *store.Tx, organisme int64, rows []*store.Profil, now time.Time) (changed []*store.Profil, err error) {
	if len(rows) == 0 {
		return nil, nil
	}
	modeles, err := tx.Modeles(ctx, organisme)
	if err != nil {
		return nil, err
	}
	matches := make([]integration.Match, len(rows))
	var placed []int
	var valeurs []*regles.Profil
	for i, row := range rows {
		matches[i] = integration.Find(modeles, &row.Valeurs)
		if matches[i].Modele != 0 {
			placed, valeurs = append(placed, i), append(valeurs, &row.Valeurs)
		}
	}
	ids, err := tx.EnsureSessions(ctx, organisme, valeurs, now)
	if err != nil {
		return nil, err
	}
	sessions := make([]int64, len(rows)) // 0 where there is none
	for k, i := range placed {
		sessions[i] = ids[k]
	}
	for i, row := range rows {
		match := matches[i]
		before := integration.Match{Modele: row.Modele, Motif: row.Motif, Ambigus: row.Ambigus}
		if before.Equal(match) && row.Session == sessions[i] {
			continue
		}
		if row.Motif != match.Motif {
			row.MotifDepuis = now
		}
		row.Session, row.Modele, row.Motif, row.Ambigus = sessions[i], match.Modele, match.Motif, match.Ambigus
		changed = append(changed, row)
	}
	return changed, nil
}

// touchedPersonnes returns the people whom the changes touch, ordered by code,
// one for each code.
func (c *changes) touchedPersonnes() []*regles.Personne {
	// Most people are named by one contract, so most pointers come once.
	touched := make(map[*regles.Personne]struct{}, len(c.adds))
	collect := func(f *regles.Faits) {
		for _, personne := range f.Personnes {
			touched[personne] = struct{}{}
		}
	}
	for i := range c.adds {
		collect(c.adds[i].faits)
	}
	for i := range c.ended {
		collect(&c.ended[i])
	}
	list := make([]*regles.Personne, 0, len(touched))
	for personne := range touched {
		if personne.Code != "" {
			list = append(list, personne)
		}
	}
	slices.SortFunc(list, func(a, b *regles.Personne) int { return strings.Compare(a.Code, b.Code) })
	return slices.CompactFunc(list, func(a, b *regles.Personne) bool { return a.Code == b.Code })
}

// draftPersonnes finds those of the people touched who change.
func (c *changes) draftPersonnes(touched []*regles.Personne) error {
	before := map[string]store.PersonneRow{}
	switch {
	case c.stand != nil:
		before = c.stand.personnes
	case !c.first:
		codes := make([]string, len(touched))
		for i, personne := range touched {
			codes[i] = personne.Code
		}
		var err error
		if before, err = c.tx.Personnes(c.ctx, c.organisme, codes, nil); err != nil {
			return err
		}
	}
	changed := &changedPersonnes{fresh: make([]freshPersonne, 0, max(0, len(touched)-len(before)))}
	for _, one := range touched {
		old, existed := before[one.Code]
		if personne, effectif := c.etat.Usager(one.Code); personne != nil {
			if !existed {
				changed.fresh = append(changed.fresh, freshPersonne{personne, effectif})
				continue
			}
			row := personneRow(personne, effectif)
			if old == row {
				continue
			}
			changed.rows = append(changed.rows, row)
		}
		if existed {
			changed.gone = append(changed.gone, one.Code)
		}
	}
	c.personnes = changed
	return nil
}
