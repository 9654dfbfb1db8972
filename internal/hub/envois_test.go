package hub_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/store/storetest"
)

// What happened between a push and the same body once more is seen: the model test has
// the rest, this is what leaves no line in the journal, or what is said beside the counts.
func TestABodyThatComesOnceMoreIsHeldAgainstWhatIsThereThen(t *testing.T) {
	t.Parallel()
	two := apitest.Contrat("K2")
	two.CodeApprenant, two.NomApprenant = apitest.Contrat("K1").CodeApprenant, "Autrement" // a spelling that is warned of
	two.EmailApprenant = apitest.Contrat("K1").EmailApprenant
	body, err := json.Marshal([]passerelle.Contrat{apitest.Contrat("K1"), two, named("K3", "U3", "Durand")})
	if err != nil {
		t.Fatal(err)
	}
	storetest.Each(t, func(t *testing.T, d storetest.Database) {
		h, who := newHub(t, d)
		push := func() (domaine.Bilan, []passerelle.Violation) {
			t.Helper()
			result, err := h.Contrats.PushFull(t.Context(), who, bytes.NewReader(body), hub.PushOptions{Origine: domaine.OrigineV1})
			if err != nil {
				t.Fatal(err)
			}
			return result.Synchronisation.Bilan, result.Plan.Warnings
		}
		first, said := push()
		if first.Ajoutes != 3 || len(said) == 0 {
			t.Fatalf("%+v, warnings %v", first, said)
		}
		for range 3 { // read, read from what is known
			same, again := push()
			if same.Identiques != 3 || same.Ajoutes+same.Modifies+same.Archives != 0 || same.Total != 3 {
				t.Fatalf("%+v", same)
			}
			if diff := cmp.Diff(said, again); diff != "" {
				t.Fatalf("warnings (-first +again):\n%s", diff)
			}
			anomalies, n, err := h.Journal.Anomalies(t.Context(), who.Organisme, hub.Page{})
			if err != nil || n != len(said)+3 { // none is integrated
				t.Fatalf("%d anomalies: %v %v", n, anomalies, err)
			}
		}
		if _, err := h.Personnes.ErasePersonne(t.Context(), who, "U3"); err != nil {
			t.Fatal(err)
		}
		if back, _ := push(); back.Modifies != 1 || back.Identiques != 2 {
			t.Errorf("after an erasure: %+v", back)
		}
		if same, _ := push(); same.Identiques != 3 {
			t.Errorf("then: %+v", same)
		}
	})
}
