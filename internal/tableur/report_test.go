package tableur

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/passerelle-hub/passerelle"
)

// damaged is an export in which every row has a trouble of its own.
var damaged = strings.Join([]string{
	"Contrats au 01/09/2026;;;;",
	"Code contrat;Nom apprenant;Date de début;Date de fin;Nom du site",
	"K1;Durand;01/09/2026;31/08/2027;Lyon",
	"",
	"K2;Martin;31/02/2026;2027-08-31;Lyon",
	"2,02401E+12;Petit;01/09/2026;bientôt;Lyon",
	"K4;Roy;01/09/2026;31/08/2027;#N/A",
	"K5;Roy;Eva;01/09/2026;31/08/2027;Lyon",
	"K6;=HYPERLINK(\"http://x\");01/09/2026;31/08/2027;-12",
	"K7;'=déjà;01/09/2026;31/08/2027;@site",
	"K8;Z\xffé\xc3\xa9;01/09/2026;31/08/2027;Lyon" + strings.Repeat("é", 20),
}, "\n") + "\n"

func damagedMapping() Mapping {
	m := Mapping{Version: 1, Champs: map[string]Source{
		"codeContrat": {Colonne: "Code contrat"}, "nomApprenant": {Colonne: "Nom apprenant"}, "nomSite": {Colonne: "Nom du site"},
		"dateDebut": {Colonne: "Date de début"}, "dateFin": {Colonne: "Date de fin"},
	}}
	for _, champ := range passerelle.Champs {
		if _, ok := m.Champs[champ.Nom]; !ok && champ.Required {
			m.Champs[champ.Nom] = Source{Constante: "x"}
		}
	}
	return m
}

func TestTheReportOfADamagedFileSaysWhatIsWrongWithEachRow(t *testing.T) {
	t.Parallel()
	// A mark at the head says UTF-8, so that one stray byte is damage.
	table := open(t, []byte("\ufeff"+strings.ReplaceAll(damaged, "\xffé", "\xff")), Options{})
	_, faults := contracts(t, table, damagedMapping())
	var sheet bytes.Buffer
	must(t, WriteReport(&sheet, table, Messages(faults), CSV))
	golden(t, "erreurs.csv", sheet.Bytes())

	t.Run("as a workbook it says the same", func(t *testing.T) {
		var book bytes.Buffer
		must(t, WriteReport(&book, table, Messages(faults), XLSX))
		fromCSV, fromXLSX := open(t, sheet.Bytes(), Options{}), open(t, book.Bytes(), Options{})
		// The value too many has a column of its own in a workbook.
		fromXLSX.Columns = slices.DeleteFunc(fromXLSX.Columns, func(c Column) bool { return c.Nom == "" })
		if diff := cmp.Diff(texts(t, fromCSV), texts(t, fromXLSX)); diff != "" {
			t.Errorf("values (-csv +xlsx):\n%s", diff)
		}
		if diff := cmp.Diff(numbers(t, table), numbers(t, fromXLSX)); diff != "" {
			t.Errorf("row numbers (-file +report):\n%s", diff)
		}
	})
	t.Run("opened again it is the table that it came from", func(t *testing.T) {
		again := open(t, sheet.Bytes(), Options{})
		if diff := cmp.Diff(names(table), names(again)); diff != "" {
			t.Errorf("columns (-file +report):\n%s", diff)
		}
		if diff := cmp.Diff(texts(t, table), texts(t, again)); diff != "" {
			t.Errorf("values (-file +report):\n%s", diff)
		}
		if _, faults := contracts(t, again, damagedMapping()); !slices.ContainsFunc(faults, func(f CellError) bool { return f.Cell == "G8" }) {
			t.Errorf("the row that is too long is no longer found: %v", faults)
		}
		var second bytes.Buffer
		must(t, WriteReport(&second, again, nil, CSV))
		if n := bytes.Count(second.Bytes(), []byte(reportTitle)); n != 1 {
			t.Errorf("the second report has %d columns of errors", n)
		}
	})
	t.Run("no value begins as a formula", func(t *testing.T) {
		for line := range strings.Lines(sheet.String()) {
			for _, value := range strings.Split(strings.TrimPrefix(line, "\ufeff"), ";") {
				if v := strings.Trim(value, "\"\r\n"); v != "" && strings.ContainsAny(v[:1], "=+-@") {
					t.Errorf("value %q of the row %q", v, line)
				}
			}
		}
	})
}

func TestAWorkbookKeepsItsDatesAndTextsInTheReport(t *testing.T) {
	t.Parallel()
	content := workbook(t, func(f *excelize.File, sheet string) {
		day, err := f.NewStyle(&excelize.Style{NumFmt: 14})
		must(t, err, f.SetCellValue(sheet, "A1", "Export"), f.SetSheetRow(sheet, "A3", &[]string{"Nom", "Début", "Note"}),
			f.SetCellValue(sheet, "A5", "Durand"), f.SetCellValue(sheet, "B5", time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)),
			f.SetCellStyle(sheet, "B5", "B5", day), f.SetCellValue(sheet, "C5", "=1+1"), f.SetCellValue(sheet, "A6", "00042"))
	})
	table := open(t, content, Options{})
	var book bytes.Buffer
	must(t, WriteReport(&book, table, map[int][]string{5: {"B5 : trop tôt", "C5 : non"}}, XLSX))
	f, err := excelize.OpenReader(&book)
	must(t, err)
	defer func() { _ = f.Close() }()
	for cell, want := range map[string]string{"A1": "Export", "A3": "Nom", "D3": reportTitle, "A5": "Durand", "B5": "01/09/2026", "C5": "=1+1", "D5": "B5 : trop tôt\nC5 : non", "A6": "00042", "D6": ""} {
		got, err := f.GetCellValue("Sheet1", cell)
		must(t, err)
		if got != want {
			t.Errorf("%s holds %q, want %q", cell, got, want)
		}
	}
	if formula, err := f.GetCellFormula("Sheet1", "C5"); err != nil || formula != "" {
		t.Errorf("C5 is the formula %q (%v)", formula, err)
	}
	if kind, err := f.GetCellType("Sheet1", "B5"); err != nil || kind == excelize.CellTypeInlineString || kind == excelize.CellTypeSharedString {
		t.Errorf("the date became a text: %v (%v)", kind, err)
	}
}
