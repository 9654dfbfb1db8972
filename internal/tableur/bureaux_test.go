package tableur

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/tableur/xlsx"
)

func TestTheOrderOfDayAndMonthIsThatOfMostDates(t *testing.T) {
	t.Parallel()
	repeat := func(n int, dates ...string) (list []string) {
		for range n {
			list = append(list, dates...)
		}
		return list
	}
	for _, tc := range []struct {
		name        string
		debut, fin  []string
		first, last string // what the first and the last start are read as, "" for an error
	}{
		{"one American date among French ones is the error", append(repeat(39, "01/09/2026"), "10/15/2026"), repeat(40, "31/08/2027"), "01/09/2026", ""},
		{"the same without another date", append(repeat(39, "01/09/2026"), "10/15/2026"), nil, "01/09/2026", ""},
		{"one French date among American ones is the error", append(repeat(39, "9/15/2026"), "15/10/2026"), nil, "15/09/2026", ""},
		{"the other date tells", repeat(10, "9/1/2026"), repeat(10, "8/31/2027"), "01/09/2026", "01/09/2026"},
		{"where nothing tells, the order is the French one", repeat(10, "9/1/2026"), repeat(10, "8/1/2027"), "09/01/2026", "09/01/2026"},
		{"half and half is the French order", repeat(5, "15/09/2026", "9/15/2026"), nil, "15/09/2026", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var b strings.Builder
			b.WriteString("N° contrat;Date début contrat;Date fin contrat\n")
			for i, debut := range tc.debut {
				fin := ""
				if tc.fin != nil {
					fin = tc.fin[i]
				}
				fmt.Fprintf(&b, "K%d;%s;%s\n", i, debut, fin)
			}
			table := open(t, []byte(b.String()), Options{})
			sample, err := table.Sample(400)
			must(t, err)
			m, _ := Propose(table.Columns, sample)
			binding := lire(t, table, m)
			var starts []string
			for ligne, err := range binding.Lignes(table) {
				must(t, err)
				start := ligne.Contrat.DateDebut
				if len(ligne.Faults) > 0 {
					start = ""
				}
				starts = append(starts, start)
			}
			if first, last := starts[0], starts[len(starts)-1]; first != tc.first || last != tc.last {
				t.Errorf("from %q to %q, want %q to %q", first, last, tc.first, tc.last)
			}
		})
	}
}

func TestDatesAreReadAsPeopleAndSoftwareWriteThem(t *testing.T) {
	t.Parallel()
	f := bound{champ: passerelle.Champ{Kind: passerelle.KindDate}, dates: compileAll(DefaultDates...)}
	for text, want := range map[string]string{
		"1er septembre 2026": "01/09/2026", "mardi 1 septembre 2026": "01/09/2026", "mardi 1er septembre 2026": "01/09/2026", "Mar. 1 sept. 2026": "01/09/2026", "1-sept-26": "01/09/2026", "01-Aug-2026": "01/08/2026", "1 septembre 2026 à 08:30": "01/09/2026", "01 / 09 / 2026": "01/09/2026", "lundi, 31/08/2026": "31/08/2026",
		"2026-08-31T22:00:00.000Z": "01/09/2026", "2026-12-31T23:00:00Z": "01/01/2027", "2026-08-31T21:59:59Z": "31/08/2026", "2026-09-01T00:00:00+02:00": "01/09/2026", "2026-08-31T18:00:00-04:00": "01/09/2026",
		"2026-08-31 23:59:12": "01/09/2026", "31/08/2026 23:59:59": "31/08/2026", "31/08/2026 23:59": "31/08/2026", "31/08/2026 22:00": "31/08/2026", "31/08/2026 25:00": "", "31/02/2027": "", "29/02/2028": "29/02/2028", "0/9/2026": "",
	} {
		got, ok := f.parseDate(text, false)
		if !ok {
			got = ""
		}
		if got != want {
			t.Errorf("%q is read as %q, want %q", text, got, want)
		}
	}
	if e := f.noDate(Row{Number: 2}, "31/02/2027"); !strings.Contains(e.Message, "le 31/02/2027 n’existe pas") {
		t.Errorf("the 31 February: %s", e.Message)
	}
}

func TestValuesLoseWhatNobodySees(t *testing.T) {
	t.Parallel()
	text, email := passerelle.Champ{}, passerelle.Champ{Kind: passerelle.KindEmail}
	details := passerelle.Champ{Nom: "missionDetails"}
	for _, tc := range []struct {
		champ    *passerelle.Champ
		in, want string
	}{
		{&text, `="00101"`, "00101"}, {&text, `="a ""b"""`, `a "b"`}, {&text, `="a"&"b"`, `="a"&"b"`}, {&text, `=T("00101")`, "00101"}, {&text, "'00101", "00101"}, {&text, "’00101", "00101"}, {&text, "’tit", "’tit"}, {&text, "'68 et après", "'68 et après"}, {&text, "'x", "'x"},
		{&text, "Lyon\u200b", "Lyon"}, {&text, "BTS\u00a0MCO", "BTS MCO"}, {&text, "BTS  MCO", "BTS MCO"}, {&text, "appren\u00adti", "apprenti"}, {&text, "Ine\u0300s", "Inès"}, {&text, "\ufeffK1", "K1"}, {&text, "K\x011", "K1"},
		{&text, "L’été à Ré", "L’été à Ré"}, {&details, "a  b\nc", "a  b\nc"},
		{&email, "mailto:a@b.example", "a@b.example"}, {&email, "Inès Abadie <a@b.example>", "a@b.example"}, {&email, "a@b.example;", "a@b.example"}, {&email, "<a@b.example>", "a@b.example"},
		{&email, "MAILTO:a@b.example?subject=x", "a@b.example"}, {&email, "a@b.example; c@d.example", "a@b.example; c@d.example"}, {&email, "a@b.example\u200b", "a@b.example"},
	} {
		if got := tidy(tc.champ, tc.in); got != tc.want {
			t.Errorf("%q becomes %q, want %q", tc.in, got, tc.want)
		}
	}
	for in, want := range map[string]string{"Ã‰lÃ©onore": "Éléonore", "PÃ¢tisserie": "Pâtisserie", "dâ€™Arc": "d’Arc", "Éléonore": "", "Â": "", "ÃO": "", "Lyon": ""} {
		if got, _ := misread(in); got != want && (want != "" || got != "") {
			t.Errorf("%q was meant as %q, want %q", in, got, want)
		}
	}
}

func TestNamesAreSplitByTheirCapitals(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		text        string
		prenomFirst bool
		want        string
	}{
		{"LE GOFF Anne-Marie", false, "LE GOFF|Anne-Marie"}, {"Anne-Marie LE GOFF", false, "LE GOFF|Anne-Marie"}, {"Mme ABADIE Inès", false, "ABADIE|Inès"}, {"de la Tour, Léo", false, "de la Tour|Léo"},
		{"D'ORNANO Paul", false, "D'ORNANO|Paul"}, {"Abadie Inès", false, "Abadie|Inès"}, {"Inès Abadie", true, "Abadie|Inès"}, {"Le Goff Anne Marie", false, ""}, {"ABADIE", false, ""}, {"ABADIE INES", false, "ABADIE|INES"},
	} {
		nom, prenom, _, ok := splitName(tc.text, tc.prenomFirst)
		got := nom + "|" + prenom
		if !ok {
			got = ""
		}
		if got != tc.want {
			t.Errorf("%q is split into %q, want %q", tc.text, got, tc.want)
		}
	}
	table := open(t, []byte("N° contrat;Apprenti;Nom et prénom du tuteur école;Prénom MA;Nom MA\nK1;ABADIE Inès;Morel Claire;Paul;Roussel\nK2;LE GOFF Noé;Morel Claire;Odile;Perrin\n"), Options{})
	sample, err := table.Sample(9)
	must(t, err)
	m, _ := Propose(table.Columns, sample)
	list, faults := []passerelle.Contrat{}, []CellError{}
	for ligne, err := range lire(t, table, m).Lignes(table) {
		must(t, err)
		list, faults = append(list, ligne.Contrat), append(faults, ligne.Faults...)
	}
	if len(faults) > 0 || list[1].NomApprenant != "LE GOFF" || list[1].PrenomApprenant != "Noé" || list[0].NomPersonnel != "Morel" || list[0].PrenomMaitreApprentissage != "Paul" || list[0].NomMaitreApprentissage != "Roussel" {
		t.Errorf("faults %v, contracts %+v", faults, list)
	}
}

func TestTwoFirstNamesAreTwoPeople(t *testing.T) {
	t.Parallel()
	file := []byte("N° contrat;Nom apprenant;Prénom apprenant;Email apprenant\nK1;Delmas;Noé;famille@foyer.example\nK2;Delmas;Léna;famille@foyer.example\nK3;DELMAS;Noe;Famille@foyer.example\n")
	table := open(t, file, Options{})
	sample, err := table.Sample(9)
	must(t, err)
	m, _ := Propose(table.Columns, sample)
	codes := func(m Mapping) (codes []string, faults int) {
		for ligne, err := range lireCodes(t, table, m).Lignes(table) {
			must(t, err)
			codes, faults = append(codes, ligne.Contrat.CodeApprenant), faults+len(ligne.Faults)
		}
		return codes, faults
	}
	if list, faults := codes(m); list[0] == list[1] || list[0] != list[2] || faults > 0 {
		t.Errorf("codes %q, %d faults", list, faults)
	}
	m.Champs["codeApprenant"] = Source{CodeDe: []string{"emailApprenant"}} // as it was once proposed
	if list, faults := codes(m); faults != 1 {
		t.Errorf("codes %q made of the address alone, %d faults, want one", list, faults)
	}
}

// lireCodes is lire with the codes that are made of other fields after them.
func lireCodes(t testing.TB, table *Table, m Mapping) *Binding {
	t.Helper()
	b := lire(t, table, m)
	var plain, made []bound
	for _, f := range b.fields {
		if len(f.from) > 0 {
			made = append(made, f)
		} else {
			plain = append(plain, f)
		}
	}
	b.fields = append(plain, made...)
	return b
}

func TestAMappingFiltersRowsAndSaysWhatStandsForNothing(t *testing.T) {
	t.Parallel()
	table := open(t, []byte("Code;Poste;Début;Groupe;Statut\nK1;NULL;01/09/2026;G1;En cours\nK2;-;01/09/2026;G2;Rompu\nK3;Vendeur;01/09/2026;g1;EN  COURS\nK4;#N/A;01/09/2026;G1;En cours\n"), Options{})
	m := classeur
	m.ValeursVides = []string{"NULL", "-"}
	m.Filtres = []Filtre{{Colonne: "Statut", Egal: []string{"en cours"}}}
	m.Champs = map[string]Source{"codeContrat": {Colonne: "Code"}, "missionTitle": {Colonne: "Poste"}, "dateDebut": {Colonne: "Début"},
		"nomGroupe": {Colonne: "Groupe", Traductions: map[string]string{"G2": "Deux"}, Strict: true}}
	binding := lire(t, table, m)
	var got, faults []string
	for ligne, err := range binding.Lignes(table) {
		must(t, err)
		got = append(got, ligne.Contrat.CodeContrat+"|"+ligne.Contrat.MissionTitle)
		for _, f := range ligne.Faults {
			faults = append(faults, f.Cell+" "+f.Message)
		}
	}
	if diff := cmp.Diff([]string{"K1|", "K3|Vendeur", "K4|#N/A"}, got); diff != "" {
		t.Errorf("contracts (-want +got):\n%s", diff)
	}
	said(t, "faults", []string{"D2 pas dans les traductions", "D4 pas dans les traductions", "D5 pas dans les traductions", "B5 formule en erreur"}, faults)
	var remarks []string
	for _, r := range binding.Remarques() {
		remarks = append(remarks, r.Cell+" "+r.Message)
	}
	said(t, "remarks", []string{" 1 ligne est laissée de côté par le filtre sur « Statut »", " 1 cellule est lue comme vide"}, remarks)
	document, err := ParseMapping([]byte(`{"version":1,"filtres":[{"colonne":"Absente","egal":["x"]},{"egal":["x"]}]}`))
	must(t, err)
	if err := document.Check(table.Columns); err == nil || !strings.Contains(err.Error(), "un filtre attend la colonne « Absente »") || !strings.Contains(err.Error(), "un filtre doit nommer une colonne") {
		t.Errorf("error %v", err)
	}
}

// TestCellsAreThoseThatExcelizeGivesOneByOne compares every cell of workbooks of
// several writers with what excelize gives when it is asked for one cell.
func TestCellsAreThoseThatExcelizeGivesOneByOne(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/champ/*.xlsx")
	must(t, err)
	if len(paths) < 6 {
		t.Fatalf("%d workbooks", len(paths))
	}
	for _, path := range paths {
		content, err := os.ReadFile(path)
		must(t, err)
		f, err := excelize.OpenReader(bytes.NewReader(content))
		must(t, err)
		book, err := xlsx.Open(bytes.NewReader(content), int64(len(content)), nil)
		must(t, err)
		cells := 0
		for i, sheet := range book.Sheets {
			rows, err := book.Rows(i)
			must(t, err)
			for rows.Next() {
				for column, cell := range rows.Row().Cells {
					if cell.Kind == xlsx.Empty {
						continue // excelize gives merged cells the value of the first
					}
					name := fmt.Sprintf("%s%d", Letter(column), rows.Row().Number)
					want, err := f.GetCellValue(sheet.Name, name, excelize.Options{RawCellValue: true})
					must(t, err)
					got := string(cell.Text)
					if cell.Kind == xlsx.Day {
						d, err := passerelle.ParseDateFR(got)
						must(t, err)
						got = fmt.Sprint(int(d - passerelle.NewDate(1899, 12, 30)))
						want, _, _ = strings.Cut(want, ".")
					}
					if got != want {
						t.Errorf("%s, %s!%s: %q, excelize gives %q", path, sheet.Name, name, got, want)
					}
					cells++
				}
			}
			must(t, rows.Err(), rows.Close())
		}
		if cells < 60 {
			t.Errorf("%s: %d cells", path, cells)
		}
		must(t, f.Close())
	}
}
