package hub_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/store/storetest"
)

func TestAnOrganismeHasOnlySoManyModelesAndImportsThatWait(t *testing.T) {
	t.Parallel()
	h, who := newHub(t, storetest.Of("sqlite"))
	refused := func(err error, code refus.Code) {
		t.Helper()
		var refusal *hub.Refusal
		if !errors.As(err, &refusal) || refusal.Code != code {
			t.Errorf("%v, want %v", err, code)
		}
	}
	modele := func(i int) domaine.Modele {
		return domaine.Modele{Nom: fmt.Sprint("M", i), Criteres: passerelle.Criteres{"codeSite": {fmt.Sprint(i)}}, Actif: true}
	}
	for made := 0; made < hub.MaxModeles; made += hub.MaxModelesEnsemble {
		list := make([]domaine.Modele, hub.MaxModelesEnsemble)
		for i := range list {
			list[i] = modele(made + i)
		}
		if err := h.Integration.CreateModeles(t.Context(), who.Organisme, list); err != nil {
			t.Fatal(err)
		}
	}
	_, err := h.Integration.CreateModele(t.Context(), who.Organisme, modele(-1))
	refused(err, refus.CodeTooManyModeles)
	refused(h.Integration.CreateModeles(t.Context(), who.Organisme, []domaine.Modele{modele(-1)}), refus.CodeTooManyModeles)

	drop := func() (int64, error) {
		o, err := h.Imports.CreateImport(t.Context(), who, "contrats.csv", "", strings.NewReader("codeContrat;nomEntreprise\nK1;Essai\n"))
		if err != nil {
			return 0, err
		}
		return o.ID, o.Close()
	}
	var last int64
	for range hub.MaxImports {
		if last, err = drop(); err != nil {
			t.Fatal(err)
		}
	}
	_, err = drop()
	refused(err, refus.CodeTooManyImports)
	if err := h.Imports.DropImport(t.Context(), who, last); err != nil {
		t.Fatal(err)
	}
	if _, err = drop(); err != nil {
		t.Errorf("after one of them was abandoned: %v", err)
	}
}
