package server_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle/internal/apitest"
)

func TestCodesThatLostTheirZerosAreHeld(t *testing.T) {
	terrain(t, "zeros-perdus", func(t *testing.T, _ *apitest.Server, c *cas) {
		c.step(200)
		answer := apitest.Decode[struct {
			Reason string
			Motifs []struct{ Regle string }
		}](t, c.step(409))
		if last := len(answer.Motifs) - 1; last < 0 || answer.Motifs[last].Regle != "codes" || !strings.Contains(answer.Reason, "15 des 15 contrats archivés reviendraient sous un autre code") {
			t.Errorf("the push is held because %+v", answer)
		}
	})
}

func TestARenamingThatOneContractMissesLeavesThatOneAsItIs(t *testing.T) {
	terrain(t, "renommage-avec-retardataire", func(t *testing.T, _ *apitest.Server, c *cas) {
		c.step(200)
		answer := apitest.Decode[struct {
			Same            int
			ValidContrats   []struct{ CodeContrat string }
			InvalidContrats []struct {
				CodeContrat string
				Errors      []struct{ ConflictsWith string }
			}
			Warnings []struct{ CodeContrat, Code string }
		}](t, c.step(200))
		var got []string
		for _, k := range answer.ValidContrats {
			got = append(got, k.CodeContrat+" stands")
		}
		for _, k := range answer.InvalidContrats {
			for _, e := range k.Errors {
				got = append(got, k.CodeContrat+" against "+e.ConflictsWith)
			}
		}
		for _, w := range answer.Warnings {
			got = append(got, w.CodeContrat+" "+w.Code)
		}
		want := []string{"K2 stands", "K0 against K2", "K1 against K2", "K2 holds-others"}
		if diff := cmp.Diff(want, got); diff != "" || answer.Same != 1 {
			t.Errorf("%d the same, (-want +got):\n%s", answer.Same, diff)
		}
	})
}
