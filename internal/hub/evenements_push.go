package hub

import (
	"fmt"

	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// tellApplied tells of a push that was recorded.
func (p *pushing) tellApplied(s *domaine.Synchronisation) error {
	return p.hub.tell(p.ctx, p.tx, p.organisme.ID, func() ([]evenement, error) {
		list, err := p.hub.endSilence(p.ctx, p.tx, p.organisme.ID)
		list = append(list, aboutSynchronisation(domaine.SynchronisationAppliquee, s))
		return append(list, aboutIntegration(s, p.changes)...), err
	})
}

// tellHeld tells of a push that waits for a person. It ends a silence too: the
// sender is there.
func (p *pushing) tellHeld(held *HeldPush) error {
	return p.hub.tell(p.ctx, p.tx, p.organisme.ID, func() ([]evenement, error) {
		list, err := p.hub.endSilence(p.ctx, p.tx, p.organisme.ID)
		return append(list, evenement{domaine.SynchronisationRetenue,
			dataRetenue{fmt.Sprint(held.Synchronisation), p.options.Origine, held.Actifs, held.Archives, held.Seuil}}), err
	})
}

// tellRefused tells of a push that was refused whole.
func (p *pushing) tellRefused(refused *RejectedPush) error {
	return p.hub.tell(p.ctx, p.tx, p.organisme.ID, func() ([]evenement, error) {
		return []evenement{{domaine.SynchronisationRefusee, dataRefusee{p.options.Origine, len(p.push.Entrees), p.plan.Refuses(), refused.Total}}}, nil
	})
}

// aboutIntegration says what a synchronisation changed to integration, nothing
// where it changed nothing.
func aboutIntegration(s *domaine.Synchronisation, c *changes) []evenement {
	if c == nil {
		return nil
	}
	entered, left := c.integration()
	if entered+left == 0 {
		return nil
	}
	return []evenement{{domaine.IntegrationChangee, dataIntegration{Synchronisation: fmt.Sprint(s.ID), Nouveaux: entered, Perdus: left, Integres: s.Integres}}}
}
