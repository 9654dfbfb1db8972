package hub

import (
	"slices"

	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// apply stores what the plan changes and adds a line to the journal.
func (p *pushing) apply() (*domaine.Synchronisation, error) {
	id, err := p.tx.NextSynchronisation(p.ctx, p.organisme.ID)
	if err != nil {
		return nil, err
	}
	s := p.journalLine(id, domaine.EtatAppliquee)
	if p.plan.Changed() {
		if s.Ranimes, err = p.storePlan(id); err != nil {
			return nil, err
		}
	}
	if s.Total, s.Integres, err = p.tx.Counts(p.ctx, p.organisme.ID); err != nil {
		return nil, err
	}
	s.Duree = p.hub.now().Sub(p.started)
	return s, p.tx.InsertSynchronisation(p.ctx, p.organisme.ID, s)
}

func (p *pushing) journalLine(id int64, etat domaine.EtatSynchronisation) *domaine.Synchronisation {
	s := &domaine.Synchronisation{
		ID: id, Origine: p.options.Origine, Etat: etat, Lien: p.options.lien, JetonID: p.who.JetonID, Par: p.who.Nom, Debut: p.started,
		Bilan: domaine.Bilan{
			Ajoutes: len(p.plan.Ajoutes), Modifies: len(p.plan.Modifies), Identiques: p.plan.Identiques,
			Archives: len(p.plan.Archives), Refuses: p.plan.Refuses(),
		},
	}
	if p.options.lien != 0 {
		s.Origine = domaine.OrigineConfirmation
	}
	return s
}

// storePlan writes the versions that the plan ends and begins, and returns how
// many contracts come back to life.
func (p *pushing) storePlan(id int64) (revived int, err error) {
	c := p.drafted
	if c == nil {
		if c, err = p.draft(); err != nil {
			return 0, err
		}
	}
	c.ctx, c.tx, c.id = p.ctx, p.tx, id
	p.changes = c
	if err := c.tx.ApplyPortions(c.ctx, c.organisme); err != nil {
		return 0, err
	}
	return len(c.revives), c.store()
}

// draft returns what the plan changes, with what storing it needs to know.
func (p *pushing) draft() (*changes, error) {
	closes := slices.Clone(p.plan.Archives)
	for _, i := range p.plan.Modifies {
		closes = append(closes, p.push.Entrees[i].Code())
	}
	ended, err := p.old.of(closes)
	if err != nil {
		return nil, err
	}
	added := make([]string, 0, len(p.plan.Ajoutes))
	for _, i := range p.plan.Ajoutes {
		added = append(added, p.push.Entrees[i].Code())
	}
	archived, err := p.tx.ArchivedBefore(p.ctx, p.organisme.ID, added)
	if err != nil {
		return nil, err
	}
	c := &changes{
		ctx: p.ctx, tx: p.tx, organisme: p.organisme.ID, now: p.started, interner: p.push.Interner(),
		closes: closes, ended: ended, etat: p.plan.Etat, stand: p.stand, kept: p.push.Kept, first: !p.push.Delta && len(p.actifs) == 0,
		archives: p.plan.Archives, revives: keys(archived), livesSorted: true,
	}
	c.adds = make([]addition, 0, len(p.plan.Ajoutes)+len(p.plan.Modifies))
	for _, list := range [][]int{p.plan.Ajoutes, p.plan.Modifies} {
		for _, i := range list {
			e := &p.push.Entrees[i]
			c.adds = append(c.adds, addition{faits: &e.Faits, hash: e.Hash, source: i})
		}
	}
	c.sortVersions()
	return c, nil
}
