package tableur

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"

	"github.com/passerelle-hub/passerelle"
)

func TestTextsThatWereSpoiltOnTheirWayAreNamed(t *testing.T) {
	t.Parallel()
	name, email, details := passerelle.Champ{Nom: "nomApprenant"}, passerelle.Champ{Nom: "emailApprenant", Kind: passerelle.KindEmail}, passerelle.Champ{Nom: "missionDetails"}
	for _, tc := range []struct {
		champ     *passerelle.Champ
		text, why string // "" where nothing is wrong
	}{
		{&name, "Lef&egrave;vre", "« Lefèvre »"}, {&name, "Lef&#232;vre", "« Lefèvre »"}, {&name, "Durand & Fils", ""}, {&name, "R&D; ventes", ""},
		{&name, "Lefï¿½vre", "a perdu des caractères"}, {&name, "Ã‰lÃ©onore", "« Éléonore »"}, {&name, "naïf¿", ""},
		{&name, "Lef?vre", "« ? » au milieu d’un mot"}, {&name, "Prêt ?", ""}, {&name, "Qui? Lui", ""}, {&email, "a?b@c.example", ""}, {&details, "Quoi?comment", ""},
		{&name, "=CONCATENER(A2;B2)", "formule écrite"}, {&name, "=A2&B2", "formule écrite"}, {&name, "=42", ""}, {&name, "=Durand", ""},
	} {
		if got := spoilt(tc.champ, tc.text); (tc.why == "") != (got == "") || !strings.Contains(got, tc.why) {
			t.Errorf("%q of %s: %q, want %q", tc.text, tc.champ.Nom, got, tc.why)
		}
	}
}

func TestOldEncodingsOfOneByteAreToldApart(t *testing.T) {
	t.Parallel()
	text := "N° contrat;Prénom apprenant;Nom du site\nK1;Inès;Orléans\nK2;Noé;Besançon\n"
	for want, enc := range map[Encoding]*charmap.Charmap{Windows1252: charmap.Windows1252, CP850: charmap.CodePage850, Macintosh: charmap.Macintosh} {
		content, err := enc.NewEncoder().String(text)
		must(t, err)
		table := open(t, []byte(content), Options{})
		rows, err := table.Sample(2)
		must(t, err)
		if table.CSV.Encoding != want || table.Columns[1].Nom != "Prénom apprenant" || rows[1].Values[2].Text != "Besançon" {
			t.Errorf("%s is read as %s: %q, %q", want, table.CSV.Encoding, table.Columns[1].Nom, rows[1].Values[2].Text)
		}
	}
}

func TestARuleOfSignsIsNoContract(t *testing.T) {
	t.Parallel()
	table := open(t, []byte("Code;Poste;Début;Groupe\n---;---;---;---\nK1;-;01/09/2026;G1\n=====;;;\n"), Options{})
	binding := lire(t, table, classeur)
	n := 0
	for _, err := range binding.Lignes(table) {
		must(t, err)
		n++
	}
	if said := binding.Remarques(); n != 1 || len(said) != 2 || !strings.Contains(said[0].Message, "n’est qu’un trait") {
		t.Errorf("%d rows, %v", n, said)
	}
}

// An export that lost letters before says so in characters that are whole: they are
// refused as those of a file that is cut, wherever the reading is cut itself.
func TestALetterThatAnExportLostIsRefused(t *testing.T) {
	t.Parallel()
	for _, before := range []int{0, 4093, 4094, 4095, 4096} {
		file := "N° contrat;Nom apprenant\n" + strings.Repeat("K;Roux\n", before/7) + strings.Repeat("x", before%7) + ";L\uFFFDna\n"
		table, err := Open("contrats.csv", strings.NewReader(file), int64(len(file)), Options{})
		must(t, err)
		var last Row
		for row, err := range table.Rows() {
			must(t, err)
			last = row
		}
		if kind := last.Values[1].Kind; kind != CellIllegible {
			t.Errorf("after %d bytes the name is of kind %d", before, kind)
		}
		must(t, table.Close())
	}
}
