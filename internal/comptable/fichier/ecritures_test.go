package fichier

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable"
	"github.com/passerelle-hub/passerelle/internal/comptable/arrete"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/tra"
)

func TestTextsThatAFormatCannotHoldAreChangedAndCounted(t *testing.T) {
	t.Parallel()
	day := passerelle.NewDate(2025, 12, 31)
	c := Cloture{Societe: domaine.Societe{ID: 1, Nom: "CFA des Rives"}, Comptes: arrete.Comptes{Produits: "706100", PCA: "487000", FAE: "418100", Journal: "OD"},
		Exercices: []domaine.Exercice{{ID: 1, Periode: passerelle.Periode{Debut: passerelle.NewDate(2025, 1, 1), Fin: day}, Lettrage: domaine.LettrageMono}}}
	long := strings.Repeat("K", 34)
	for _, code := range []string{"K1", "K|2", "Ł3", "Ṁ3", long + "12", long + "13"} {
		c.Ecritures = append(c.Ecritures, arrete.Ecriture{Date: day, Nature: arrete.EcriturePCA, Objet: code, Debit: "706100", Credit: "487000", Montant: 52603, Contrats: 1})
	}
	var file bytes.Buffer
	warnings, refused, err := WriteEcritures(&file, c, time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC), comptable.OptionsTRA{})
	if err != nil || len(refused) > 0 {
		t.Fatal(err, refused)
	}
	if len(warnings) != 1 || warnings[0].Code != CodeTexte || !strings.Contains(warnings[0].Message, "4 écritures") || !strings.Contains(warnings[0].Message, "« Ł3 » est devenu « ?3 »") {
		t.Errorf("warned of %+v", warnings)
	}
	text := file.String()
	for _, reference := range []string{"K|2", "?3 ", "?31", long + "1", strings.Repeat("K", 34) + "2", "PCA K1"} {
		if !strings.Contains(text, reference) {
			t.Errorf("the file has no %q", reference)
		}
	}
	if report, err := tra.Check(bytes.NewReader(file.Bytes()), tra.Options{}); err != nil || report.Errors+report.Warnings > 0 {
		t.Errorf("the file is refused: %+v %v", report, err)
	}

	c.Ecritures[0].Objet = "K\t1 "
	file.Reset()
	warnings, err = WriteFEC(&file, c)
	if err != nil || len(warnings) != 1 || !strings.Contains(warnings[0].Message, "1 écriture a") {
		t.Errorf("the FEC: %+v %v", warnings, err)
	}
	for _, value := range []string{"\tK|2\t", "\tPCA K|2\t", "\tŁ3\t", "\tK 1\t", "\tPCA " + long + "12\t"} {
		if !strings.Contains(file.String(), value) {
			t.Errorf("the FEC has no %q", value)
		}
	}
}

func TestANameThatAFileOfEntriesCannotHoldIsSaid(t *testing.T) {
	t.Parallel()
	day := passerelle.NewDate(2025, 12, 31)
	c := Cloture{Comptes: arrete.Comptes{Produits: "706100", PCA: "487000", FAE: "418100", Journal: "OD"},
		Exercices: []domaine.Exercice{{ID: 1, Periode: passerelle.Periode{Debut: passerelle.NewDate(2025, 1, 1), Fin: day}, Lettrage: domaine.LettrageMono}},
		Ecritures: []arrete.Ecriture{{Date: day, Nature: arrete.EcriturePCA, Objet: "K1", Debit: "706100", Credit: "487000", Montant: 52603, Contrats: 1}}}
	for nom, said := range map[string]string{"CFA de l’Œuvre, 10 €": "", strings.Repeat("Apprendre ", 20): "", "CFA Łódź": "« CFA Łódź » est devenu « CFA ?ód? »"} {
		c.Societe.Nom = nom
		warnings, refused, err := WriteEcritures(io.Discard, c, time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC), comptable.OptionsTRA{})
		switch {
		case err != nil || len(refused) > 0:
			t.Errorf("%q: %+v %v", nom, refused, err)
		case said == "" && len(warnings) > 0, said != "" && (len(warnings) != 1 || warnings[0].Code != CodeTexte || !strings.Contains(warnings[0].Message, said)):
			t.Errorf("%q: %+v, want %q", nom, warnings, said)
		}
	}
}
