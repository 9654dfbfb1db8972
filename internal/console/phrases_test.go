package console

import (
	"bytes"
	"testing"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

func TestARepeatedContractSaysBothLinesAndIsNoLinkToItself(t *testing.T) {
	t.Parallel()
	a := domaine.Anomalie{Code: string(passerelle.CodeDuplicateContrat), Index: 2007, CodeContrat: "K1", ConflictsWith: "K1",
		Message: "Le contrat « K1 » est déjà à la position 0 de l’envoi : un contrat n’y figure qu’une fois."}
	if got, want := phrase(&a), "Le contrat est deux fois dans l’envoi, lignes 1 et 2008 : un contrat n’y figure qu’une fois."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := oppose(&a); got != "" {
		t.Errorf("it is held against %q", got)
	}
}

func TestGuillemetsHoldTheirWordsOnOneLine(t *testing.T) {
	t.Parallel()
	page := bytes.NewBufferString(`<p title="« a »">Le modèle « b » <textarea name="x">« c »</textarea> « d »</p>`)
	guillemets(page)
	if got, want := page.String(), "<p title=\"« a »\">Le modèle «\u00a0b\u00a0» <textarea name=\"x\">« c »</textarea> «\u00a0d\u00a0»</p>"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
