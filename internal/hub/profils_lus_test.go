package hub_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/store/storetest"
)

// A process remembers what stands beside the contracts that it read, sites and sessions.
func TestWhatAnotherProcessChangedIsReadAtOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d storetest.Database) {
		location := d.Migrated(t)
		var hubs []*hub.Hub
		for range 2 {
			h := hub.New(d.Open(t, location), hub.Options{})
			t.Cleanup(h.Close)
			hubs = append(hubs, h)
		}
		var whos []hub.Acteur
		for range 2 {
			o, err := hubs[0].Organismes.CreateOrganisme(t.Context(), "Organisme", true)
			if err != nil {
				t.Fatal(err)
			}
			whos = append(whos, hub.Acteur{Organisme: o.ID, Nom: "Essai"})
		}
		want := make([]contrats, len(whos))
		for round := range 8 {
			writer, of := hubs[round%2], round/2%2
			if round == 6 { // profils may be numbered anew
				if _, err := writer.Contrats.Reset(t.Context(), whos[of]); err != nil {
					t.Fatal(err)
				}
			}
			sent := variante(3, fmt.Sprint(round))
			if _, err := push(t, writer, whos[of], domaine.OrigineV1, corps(sent, nil, true)); err != nil {
				t.Fatal(err)
			}
			want[of] = asMap(sent)
			for _, h := range hubs {
				for i, who := range whos {
					for range 2 {
						if got := contents(t, h, who.Organisme); len(want[i])+len(got) > 0 && !cmp.Equal(want[i], got) {
							t.Fatalf("round %d, organisme %d (-want +got):\n%s", round, i, cmp.Diff(want[i], got))
						}
					}
				}
			}
		}
	})
}
