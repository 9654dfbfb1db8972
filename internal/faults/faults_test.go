package faults_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/demo"
	"github.com/passerelle-hub/passerelle/internal/pgtest"
)

const (
	pushPath = "/api/sync/v1/contrats"
	listPath = "/api/sync/v1/contrats-get-all"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// contrats returns generated contracts; those of two variants have the same codes
// and differ in half of the contracts.
func contrats(n, variant int) []passerelle.Contrat {
	list := slices.Collect(demo.Generate(demo.Params{Contrats: n, Seed: 1}))
	for i := range list {
		if variant > 0 && i%2 == 0 {
			list[i].MissionTitle = fmt.Sprint("Mission ", variant)
		}
	}
	return list
}

func body(t *testing.T, list []passerelle.Contrat) []byte {
	t.Helper()
	text, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// wantLogged fails the test where the operator finds none of these words.
func wantLogged(t *testing.T, s *apitest.Server, words ...string) {
	t.Helper()
	for _, word := range words {
		if !strings.Contains(s.Log.String(), word) {
			t.Errorf("the log does not say %q:\n%.3000s", word, s.Log.String())
		}
	}
}
