package hub_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/reception"
	"github.com/passerelle-hub/passerelle/internal/store/storetest"
)

// warned pushes a whole set, or a delta, and returns what the hub warns of.
func warned(t *testing.T, h *hub.Hub, who hub.Acteur, delta bool, removed []string, contrats ...passerelle.Contrat) (said []string) {
	t.Helper()
	list := append([]passerelle.Contrat{}, contrats...) // not null where there is none
	var body any = list
	if delta {
		body = map[string]any{"changes": map[string]any{"updated": list, "removed": append([]string{}, removed...)}}
	}
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	origine := domaine.OrigineChanges
	push, err := reception.ReadChanges(bytes.NewReader(text), nil)
	if !delta {
		origine = domaine.OrigineV2
		push, err = reception.ReadFull(bytes.NewReader(text), true, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer push.Close()
	result, err := h.Contrats.Push(t.Context(), who, push, hub.PushOptions{Origine: origine, Confirm: true, Empty: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range result.Plan.Warnings {
		if w.Code == passerelle.CodeNotYetKnown { // updated, in the place of added
			continue
		}
		said = append(said, strings.TrimSpace(fmt.Sprint(w.CodeContrat, " ", w.Code, " ", w.ConflictsWith)))
	}
	return said
}

// TestContradictionsWithWhatTheHubKeepsAreSaid holds what is sent against contracts
// that a delta leaves alone, and against those that are archived.
func TestContradictionsWithWhatTheHubKeepsAreSaid(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d storetest.Database) {
		h, who := hubOn(t, d.New(t), hub.Options{}, false)
		on := func(c passerelle.Contrat, debut, fin string) passerelle.Contrat {
			c.DateDebut, c.DateFin = debut, fin
			return c
		}
		want := func(what string, got []string, want ...string) {
			t.Helper()
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", what, diff)
			}
		}
		k1, k2, k3 := on(named("K1", "A1", "durand"), "01/09/2025", "31/08/2026"), named("K2", "A2", "martin"), named("K3", "A3", "petit")
		want("at first", warned(t, h, who, false, nil, k1, k2, k3))
		avenant := on(named("K1b", "A1", "durand"), "01/08/2026", "31/08/2027")
		want("a delta with a second contract", warned(t, h, who, true, nil, avenant), "K1b overlap K1")
		want("the same delta again", warned(t, h, who, true, nil, avenant))
		want("one that begins before the other", warned(t, h, who, true, nil, on(named("K0", "A1", "durand"), "01/09/2024", "01/09/2025")), "K0 overlap K1")
		after := on(named("K1b", "A1", "durand"), "01/09/2026", "31/08/2027")
		want("days apart", warned(t, h, who, true, nil, after))
		after.DateDebut = "01/08/2026"
		want("the other one is removed by the same delta", warned(t, h, who, true, []string{"K1"}, after))

		want("K2 and K3 leave", warned(t, h, who, false, nil, k1))
		want("the code of an apprentice who left, for another one", warned(t, h, who, true, nil, named("K4", "A2", "leroy")), "K4 reused-code")
		want("the same apprentice with a new contract", warned(t, h, who, true, nil, named("K5", "A3", "petit")))
		want("all leave", warned(t, h, who, false, nil))
		want("the code of one who left, where nothing is active", warned(t, h, who, false, nil, named("K6", "A3", "moreau")), "K6 reused-code")
	})
}
