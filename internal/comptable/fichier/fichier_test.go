package fichier

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable"
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

func TestANameThatAFileCannotHoldIsRefusedAndALongOneIsCut(t *testing.T) {
	t.Parallel()
	list := []domaine.Exercice{{ID: 1, Periode: passerelle.Periode{Debut: passerelle.NewDate(2026, time.January, 1), Fin: passerelle.NewDate(2026, time.December, 31)}, Lettrage: domaine.LettrageMono}}
	for nom, written := range map[string]bool{
		"CFA de l’Œuvre, 10 €": true, strings.Repeat("Apprendre ", 20): true, "CFA Łódź": false, "CFA 😀": false, "CFA\nSud": false,
	} {
		var file bytes.Buffer
		_, refused, err := Write(&file, domaine.Societe{ID: 1, Nom: nom}, list, time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC), comptable.OptionsTRA{})
		switch {
		case err != nil:
			t.Errorf("%q: %v", nom, err)
		case written && (len(refused) > 0 || file.Len() == 0):
			t.Errorf("%q is refused: %+v", nom, refused)
		case !written && (len(refused) == 0 || refused[0].Code != CodeFichier || file.Len() > 0):
			t.Errorf("%q is written: %+v, %d bytes", nom, refused, file.Len())
		}
	}
}
