package hub_test

import (
	"testing"

	"github.com/passerelle-hub/passerelle/internal/comptable/ventilation"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/store/storetest"
)

// A hub remembers that no contract speaks of its funding.
func TestAContractThatBeginsToSpeakOfItsFundingIsHeardAtTheNextView(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d storetest.Database) {
		location := d.Migrated(t)
		h, who := hubOn(t, d.Open(t, location), hub.Options{}, true)
		other := hub.New(d.Open(t, location), hub.Options{})
		t.Cleanup(other.Close)
		ask := hub.DemandeVentilation{Acces: hub.AccesDeCompte(domaine.Compte{OrganismeID: who.Organisme, Role: domaine.RoleAdministration}, ""),
			Par: []ventilation.Dimension{ventilation.ParFormation}, Montants: true, ParDefaut: true}
		sees := func(when string, want bool) {
			t.Helper()
			for _, one := range []*hub.Hub{h, other, h} {
				p, err := one.Comptabilite.ParcourirVentilation(t.Context(), ask)
				if err != nil {
					t.Fatal(err)
				}
				if p.OPCO != want {
					t.Errorf("%s: amounts of the funding %t, want %t", when, p.OPCO, want)
				}
			}
		}
		send := func(by *hub.Hub, envois []envoi) {
			t.Helper()
			if _, err := push(t, by, who, domaine.OrigineV1, corps(envois, nil, true)); err != nil {
				t.Fatal(err)
			}
		}
		sees("without contracts", false)
		muets := renfort(4)
		send(h, muets)
		sees("none speaks", false)
		send(h, muets[:3])
		sees("one is archived", false)
		parle := renfort(3)
		parle[1].NPEC = "8000"
		send(other, parle)
		sees("one speaks", true)
		if _, err := h.Contrats.Undo(t.Context(), who, 3); err != nil {
			t.Fatal(err)
		}
		sees("it was undone", false)
		send(h, parle)
		sees("it speaks again", true)
		send(h, []envoi{muets[0], muets[2]})
		sees("it is archived as it spoke", true)
		if _, err := h.Contrats.Reset(t.Context(), who); err != nil {
			t.Fatal(err)
		}
		send(other, muets)
		sees("after a reset", false)
	})
}
