package main

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/passerelle-hub/passerelle/client"
	"github.com/passerelle-hub/passerelle/internal/refus"
)

// TestEveryRefusalIsSaidInTheWordsOfTheCommandLine walks the table of codes, as the
// hub refuses here and as one refuses over HTTP.
func TestEveryRefusalIsSaidInTheWordsOfTheCommandLine(t *testing.T) {
	t.Parallel()
	for _, code := range refus.All() {
		text := message(fmt.Errorf("push: %w", refus.New(code, "Une phrase.")))
		if strings.TrimSpace(text) == "" {
			t.Errorf("%s says nothing", code)
		}
		over := message(&client.Error{Status: 422, Code: code.String(), Reason: "Une phrase."})
		for _, said := range []string{text, over} {
			if strings.Contains(said, "?") || strings.Contains(said, "en-tête") {
				t.Errorf("%s names what nobody has at a command line: %s", code, said)
			}
		}
	}
}

func TestTheRemediesOfTheAPIAreNotThoseOfTheCommandLine(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		err  client.Error
		want string
	}{
		"an empty push": {client.Error{Status: 422, Code: "empty push", Reason: "L’envoi ne contient aucun contrat et archiverait tout : ajoutez ?vide=oui si c’est voulu."}, "importez-le dans la console"},
		"a held push": {client.Error{Status: 409, Code: "mass archive",
			Reason: "L’envoi archiverait 57 des 61 contrats actifs, plus que le seuil de 30 % : l’export est peut-être tronqué. Rien n’a changé ; si c’est voulu, confirmez la synchronisation 4 ou renvoyez avec ?confirmer=archivage."}, "archiverait 57 des 61"},
		"a token that nobody knows": {client.Error{Status: 401, Code: "invalid token", Reason: "Ce jeton n’existe pas : vérifiez l’en-tête Authorization."}, "vérifiez --token"},
		"a token that was revoked":  {client.Error{Status: 401, Code: "invalid token", Reason: "Ce jeton a été révoqué le 01/02/2026 : demandez-en un autre."}, "révoqué le 01/02/2026"},
	} {
		got := message(fmt.Errorf("send: %w", &tc.err))
		if !strings.Contains(got, tc.want) || strings.Contains(got, "?") || strings.Contains(got, "en-tête") {
			t.Errorf("%s: %s", name, got)
		}
	}
	if got := message(errors.New("open contrats.csv: no such file")); got != "open contrats.csv: no such file" {
		t.Errorf("an error of the machine: %s", got)
	}
}
