package hub_test

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/document"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/store/storetest"
)

// variante returns contracts of which every one bears a mark.
func variante(n int, mark string) []envoi {
	envois := renfort(n)
	for i := range envois {
		envois[i].NomEntreprise = mark
		envois[i].NomSite = "Site " + mark
	}
	return envois
}

func contents(t *testing.T, h *hub.Hub, organisme int64) contrats {
	t.Helper()
	found := contrats{}
	err := h.Contrats.EachContrat(t.Context(), organisme, hub.Filtre{}, hub.Page{}, func(int) error { return nil }, func(doc []byte) error {
		c, err := document.Parse(bytes.Clone(doc))
		found[c.CodeContrat] = c
		return err
	})
	if err != nil {
		t.Error(err)
	}
	return found
}

func asMap(envois []envoi) contrats {
	all := contrats{}
	for _, e := range envois {
		all[e.CodeContrat] = e.Contrat
	}
	return all
}

func TestPushesOfSeveralOrganismesAtOnceDoNotMix(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d storetest.Database) {
		h, first := newHub(t, d)
		whos := []hub.Acteur{first}
		for range 3 {
			o, err := h.Organismes.CreateOrganisme(t.Context(), "Organisme", true)
			if err != nil {
				t.Fatal(err)
			}
			whos = append(whos, hub.Acteur{Organisme: o.ID, Nom: "Essai"})
		}
		var wait sync.WaitGroup
		for i, who := range whos {
			wait.Go(func() {
				for round := range 5 {
					if _, err := push(t, h, who, domaine.OrigineV2, corps(variante(20, fmt.Sprint(i, "/", round)), nil, true)); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wait.Wait()
		for i, who := range whos {
			if diff := cmp.Diff(asMap(variante(20, fmt.Sprint(i, "/", 4))), contents(t, h, who.Organisme)); diff != "" {
				t.Errorf("organisme %d (-want +got):\n%s", i, diff)
			}
		}
	})
}

func TestPushesOfOneOrganismeAtOnceAreAppliedOneAfterTheOther(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d storetest.Database) {
		h, who := newHub(t, d)
		if _, err := h.Integration.CreateModele(t.Context(), who.Organisme, domaine.Modele{Nom: "Tout", Actif: true, Criteres: passerelle.Criteres{"codeSite": {"S9"}}}); err != nil {
			t.Fatal(err)
		}
		const writers, rounds = 4, 4
		stop := make(chan struct{})
		var readers, wait sync.WaitGroup
		for range 2 {
			readers.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
						wantWhole(t, contents(t, h, who.Organisme))
					}
				}
			})
		}
		for w := range writers {
			wait.Go(func() {
				for _, line := range pushWhole(t, h, who, w, rounds) {
					if line.Integres != line.Total {
						t.Errorf("synchronisation %d leaves %d contracts, %d of them integrated", line.ID, line.Total, line.Integres)
					}
				}
			})
		}
		wait.Wait()
		close(stop)
		readers.Wait()

		// The journal is one sequence, and history says of each line that one whole
		// set stood.
		lines, total, err := h.Journal.Synchronisations(t.Context(), who.Organisme, hub.Page{})
		if err != nil || total != writers*rounds || lines[0].ID != writers*rounds {
			t.Fatalf("journal of %d lines, %v", total, err)
		}
		for _, line := range lines {
			found := contrats{}
			err := h.Contrats.EachContratAsOf(t.Context(), who.Organisme, line.ID, func(doc []byte) error {
				c, err := document.Parse(bytes.Clone(doc))
				found[c.CodeContrat] = c
				return err
			})
			if err != nil || len(found) != line.Total {
				t.Errorf("synchronisation %d: %d contracts, want %d (%v)", line.ID, len(found), line.Total, err)
			}
			wantWhole(t, found)
		}
		sessions, err := h.Integration.Sessions(t.Context(), who.Organisme, false)
		if err != nil || len(sessions) != 1 || sessions[0].Effectif != lines[0].Total {
			t.Errorf("sessions %+v, want one of %d (%v)", sessions, lines[0].Total, err)
		}
	})
}

// wantWhole checks that contracts are those of one push.
func wantWhole(t *testing.T, found contrats) {
	t.Helper()
	marks := map[string]bool{}
	for _, c := range found {
		marks[c.NomEntreprise] = true
	}
	if len(marks) > 1 {
		t.Errorf("contracts of several pushes: %v", slices.Sorted(maps.Keys(marks)))
	}
}

func TestTwoDeltasAtOnceThatContradictEachOtherLeaveOneOfThem(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d storetest.Database) {
		h, who := newHub(t, d)
		both := renfort(2)
		both[0].op, both[1].op = "added", "added"
		both[1].EmailApprenant = both[0].EmailApprenant
		for range 5 {
			if _, err := h.Contrats.Reset(t.Context(), who); err != nil {
				t.Fatal(err)
			}
			var wait sync.WaitGroup
			for i := range both {
				wait.Go(func() {
					if _, err := push(t, h, who, domaine.OrigineChanges, corps(both[i:i+1], nil, false)); err != nil {
						t.Error(err)
					}
				})
			}
			wait.Wait()
			if found := contents(t, h, who.Organisme); len(found) != 1 {
				t.Errorf("%d contracts share one e-mail address", len(found))
			}
		}
	})
}

// pushWhole pushes sets of a size of the writer's own, round after round: each is pushed
// whole, so exactly one stands.
func pushWhole(t *testing.T, h *hub.Hub, who hub.Acteur, writer, rounds int) (lines []domaine.Synchronisation) {
	t.Helper()
	for round := range rounds {
		n := 10 + writer
		result, err := push(t, h, who, domaine.OrigineV1, corps(variante(n, fmt.Sprint(writer, "/", round)), nil, true))
		if err != nil {
			t.Error(err)
			continue
		}
		if s := result.Synchronisation; s.Total != n {
			t.Errorf("synchronisation %d leaves %d contracts, want %d", s.ID, s.Total, n)
		}
		lines = append(lines, result.Synchronisation)
	}
	return lines
}

func TestPushesOfTwoProcessesForOneOrganismeAreHeldAgainstWhatStandsThen(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d storetest.Database) {
		location := d.Migrated(t)
		hubs := []*hub.Hub{hub.New(d.Open(t, location), hub.Options{}), hub.New(d.Open(t, location), hub.Options{})}
		o, err := hubs[0].Organismes.CreateOrganisme(t.Context(), "Organisme", true)
		if err != nil {
			t.Fatal(err)
		}
		who := hub.Acteur{Organisme: o.ID, Nom: "Essai"}
		const rounds = 8
		var wait sync.WaitGroup
		for w, h := range hubs {
			t.Cleanup(h.Close)
			wait.Go(func() {
				pushWhole(t, h, who, w, rounds)
			})
		}
		wait.Wait()
		lines, total, err := hubs[0].Journal.Synchronisations(t.Context(), who.Organisme, hub.Page{})
		if err != nil || total != len(hubs)*rounds {
			t.Fatalf("journal of %d lines, %v", total, err)
		}
		before := 0
		for _, line := range slices.Backward(lines) { // oldest first
			if line.Total != before+line.Ajoutes-line.Archives {
				t.Errorf("synchronisation %d: %d contracts after %d, with %d added and %d archived", line.ID, line.Total, before, line.Ajoutes, line.Archives)
			}
			before = line.Total
		}
		wantWhole(t, contents(t, hubs[0], who.Organisme))
	})
}
