package server_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

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

func TestAContractThatLeftBeforeItsEndCountsUntilTheDayBefore(t *testing.T) {
	terrain(t, "ventilation-contrat-fini", func(t *testing.T, s *apitest.Server, c *cas) {
		type table struct {
			Total         struct{ Contrats, Jours int }
			FinsPresumees struct {
				Contrats int
				Codes    []string
				Jours    int
			}
		}
		c.step(200)
		c.step(200)
		before := apitest.Decode[table](t, c.step(200))
		if before.Total.Contrats != 3 || before.Total.Jours != 1033 || before.FinsPresumees.Contrats != 0 {
			t.Fatalf("before it left: %+v", before)
		}
		// It leaves on the hundred and first day.
		s.Clock.Advance(time.Date(2026, 12, 10, 11, 0, 0, 0, time.UTC).Sub(s.Clock.Now()))
		c.step(200)
		want := before
		want.Total.Jours -= 303 - 100
		want.FinsPresumees.Contrats, want.FinsPresumees.Codes, want.FinsPresumees.Jours = 1, []string{"K0"}, 100
		if diff := cmp.Diff(want, apitest.Decode[table](t, c.step(200))); diff != "" {
			t.Errorf("after it left (-want +got):\n%s", diff)
		}
	})
}

// TestEveryCaseIsRun keeps a file from lying there that no test opens.
func TestEveryCaseIsRun(t *testing.T) {
	t.Parallel()
	cases, err := filepath.Glob(filepath.Join("testdata", "terrain", "*.json"))
	if err != nil || len(cases) == 0 {
		t.Fatal(cases, err)
	}
	var tests strings.Builder
	for _, file := range []string{"terrain_test.go", "terrain_envois_test.go"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		tests.Write(text)
	}
	for _, file := range cases {
		if name := strings.TrimSuffix(filepath.Base(file), ".json"); !strings.Contains(tests.String(), `terrain(t, "`+name+`"`) {
			t.Errorf("no test runs %s", file)
		}
	}
}
