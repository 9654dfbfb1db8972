package tableur

import (
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
)

func windows1252(s string) string {
	out, err := charmap.Windows1252.NewEncoder().String(s)
	if err != nil {
		panic(err)
	}
	return out
}

func utf16Bytes(s string, bom, big bool) string {
	units := utf16.Encode([]rune(s))
	if bom {
		units = append([]uint16{0xfeff}, units...)
	}
	var b strings.Builder
	for _, u := range units {
		if big {
			b.WriteByte(byte(u >> 8))
		}
		b.WriteByte(byte(u))
		if !big {
			b.WriteByte(byte(u >> 8))
		}
	}
	return b.String()
}

func TestCSVIsReadHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	plain := "Nom;Prénom\nDurand;Zoé\nMartin;Anaïs\n"
	want := [][]string{{"Durand", "Zoé"}, {"Martin", "Anaïs"}}
	for _, tc := range []struct {
		name, content string
		encoding      Encoding
		separator     rune
		header        int
		columns       []string
		rows          [][]string
		numbers       []int
	}{
		{name: "UTF-8", content: plain, encoding: UTF8},
		{name: "UTF-8 with a byte order mark", content: "\ufeff" + plain, encoding: UTF8BOM},
		{name: "Windows-1252", content: windows1252(plain), encoding: Windows1252},
		{name: "UTF-16 LE with a byte order mark", content: utf16Bytes(plain, true, false), encoding: UTF16LE},
		{name: "UTF-16 BE with a byte order mark", content: utf16Bytes(plain, true, true), encoding: UTF16BE},
		{name: "UTF-16 LE without one", content: utf16Bytes(plain, false, false), encoding: UTF16LE},
		{name: "UTF-16 BE without one", content: utf16Bytes(plain, false, true), encoding: UTF16BE},
		{name: "an accent that comes after the sample tells the encoding",
			content: windows1252("Nom;Prénom\n" + strings.Repeat("Durand;Zoe\n", 9000) + "Martin;Anaïs\n")[0:], encoding: Windows1252, rows: [][]string{}},
		{name: "comma", content: strings.ReplaceAll(plain, ";", ","), separator: ','},
		{name: "tab", content: strings.ReplaceAll(plain, ";", "\t"), separator: '\t'},
		{name: "a line that declares the separator is not a row", content: "sep=|\r\nNom|Prénom\r\nDurand|Zoé\r\n", separator: '|', header: 1,
			rows: [][]string{{"Durand", "Zoé"}}, numbers: []int{2}},
		{name: "old Mac line ends", content: strings.ReplaceAll(plain, "\n", "\r")},
		{name: "commas inside values do not make it a comma file", content: "Nom;Adresse\n\"Durand, Zoé\";\"1, rue A\"\nMartin;\"2, rue B\"\n",
			rows: [][]string{{"Durand, Zoé", "1, rue A"}, {"Martin", "2, rue B"}}},
		{name: "quoted line breaks count as one row of Excel, blank lines as rows",
			content: "Nom;Note\n\n\"Durand\";\"a\nb\nc\"\n\n;\nMartin;d\n", rows: [][]string{{"Durand", "a\nb\nc"}, {"Martin", "d"}}, numbers: []int{3, 6}},
		{name: "stray quotes stay", content: "Nom;Note\nDurand;écran 12\" plat\nMartin;L\"Oréal\n",
			rows: [][]string{{"Durand", "écran 12\" plat"}, {"Martin", "L\"Oréal"}}},
		{name: "titles above the header are passed over", content: "Export du 01/09/2026;;\n;;\nNom apprenant;Mail apprenant;Code formation\nDurand;z@d.fr;BTS\n",
			header: 3, rows: [][]string{{"Durand", "z@d.fr", "BTS"}}, numbers: []int{4}},
		{name: "trailing separators and blank columns make no columns", content: "Nom;;Prénom;;\nDurand;;Zoé;;\n",
			columns: []string{"A=Nom", "C=Prénom"}, rows: [][]string{{"Durand", "Zoé"}}},
		{name: "a column without a name is known by its letter", content: "Nom;;Prénom\nDurand;x;Zoé\n",
			columns: []string{"A=Nom", "B=", "C=Prénom"}, rows: [][]string{{"Durand", "x", "Zoé"}}},
		{name: "blanks around values go", content: "Nom ; Prénom\n Durand\u00a0; Zoé \n", rows: [][]string{{"Durand", "Zoé"}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			table := open(t, []byte(tc.content), Options{})
			if tc.encoding != "" && table.CSV.Encoding != tc.encoding {
				t.Errorf("encoding %s, want %s", table.CSV.Encoding, tc.encoding)
			}
			if tc.separator != 0 && table.CSV.Separator != tc.separator {
				t.Errorf("separator %q, want %q", table.CSV.Separator, tc.separator)
			}
			if tc.header != 0 && table.HeaderRow != tc.header {
				t.Errorf("header in row %d, want %d", table.HeaderRow, tc.header)
			}
			if tc.columns != nil {
				if diff := cmp.Diff(tc.columns, names(table)); diff != "" {
					t.Errorf("columns (-want +got):\n%s", diff)
				}
			}
			rows := texts(t, table)
			switch {
			case tc.rows == nil:
				tc.rows = want
			case len(tc.rows) == 0:
				tc.rows, rows = want[1:], rows[len(rows)-1:]
			}
			if diff := cmp.Diff(tc.rows, rows); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			if tc.numbers != nil {
				if diff := cmp.Diff(tc.numbers, numbers(t, table)); diff != "" {
					t.Errorf("row numbers (-want +got):\n%s", diff)
				}
			}
		})
	}
}

func TestColumnsOfOneNameAreTold(t *testing.T) {
	t.Parallel()
	table := open(t, []byte("Nom;dateDebut;Prénom;Date début\nDurand;1;Zoé;2\n"), Options{})
	want := []Column{{0, "A", "Nom", 1}, {1, "B", "dateDebut", 1}, {2, "C", "Prénom", 1}, {3, "D", "Date début", 2}}
	if diff := cmp.Diff(want, table.Columns); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
}

func TestWorkbookValuesAreWhatTheyMean(t *testing.T) {
	t.Parallel()
	style := func(f *excelize.File, format string) int {
		id, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format})
		must(t, err)
		return id
	}
	builtin := func(f *excelize.File, format int) int {
		id, err := f.NewStyle(&excelize.Style{NumFmt: format})
		must(t, err)
		return id
	}
	day := time.Date(2024, 9, 1, 0, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		name  string
		value any
		style func(f *excelize.File) int
		want  Cell
	}{
		{"a day", day, func(f *excelize.File) int { return builtin(f, 14) }, Cell{Text: "01/09/2024", Kind: CellDate}},
		{"a day written American", day, func(f *excelize.File) int { return style(f, "m/d/yy") }, Cell{Text: "01/09/2024", Kind: CellDate}},
		{"a day in words", day, func(f *excelize.File) int { return style(f, `[$-40C]dddd d mmmm yyyy;@`) }, Cell{Text: "01/09/2024", Kind: CellDate}},
		{"a month", day, func(f *excelize.File) int { return style(f, "mmm-yy") }, Cell{Text: "01/09/2024", Kind: CellDate}},
		{"a day and an hour near midnight", day.Add(23*time.Hour + 59*time.Minute + 59*time.Second), func(f *excelize.File) int { return builtin(f, 22) }, Cell{Text: "01/09/2024", Kind: CellDate}},
		{"a time of day", 0.5, func(f *excelize.File) int { return builtin(f, 20) }, Cell{Text: "12:00", Kind: CellText}},
		{"a text in a date column", "dès que possible", func(f *excelize.File) int { return builtin(f, 14) }, Cell{Text: "dès que possible", Kind: CellText}},
		{"a long code", 120000000000, nil, Cell{Text: "120000000000", Kind: CellText}},
		{"a code shown scientific", 120000, func(f *excelize.File) int { return builtin(f, 11) }, Cell{Text: "120000", Kind: CellText}},
		{"a code with separators", 1234567, func(f *excelize.File) int { return builtin(f, 3) }, Cell{Text: "1234567", Kind: CellText}},
		{"a code padded with zeros", 42, func(f *excelize.File) int { return style(f, "00000") }, Cell{Text: "00042", Kind: CellText}},
		{"a code with a prefix", 42, func(f *excelize.File) int { return style(f, `"K-"000`) }, Cell{Text: "K-042", Kind: CellText}},
		{"a code of fifteen digits", 123456789012345, nil, Cell{Text: "123456789012345", Kind: CellText}},
		{"a code beyond the digits of Excel", 1.2345678901234567e19, nil, Cell{Text: "12345678901234500000", Kind: CellLong}},
		{"a code with a letter before it", 42, func(f *excelize.File) int { return style(f, `"K"#`) }, Cell{Text: "K42", Kind: CellText}},
		{"an amount whose cents are not shown", 7500.5, func(f *excelize.File) int { return builtin(f, 1) }, Cell{Text: "7500.5", Kind: CellText}},
		{"an amount with its unit", 7500.5, func(f *excelize.File) int { return style(f, `#,##0" EUR"`) }, Cell{Text: "7500.5", Kind: CellText}},
		{"a share in percent", 0.285, func(f *excelize.File) int { return builtin(f, 10) }, Cell{Text: "28.5%", Kind: CellText}},
		{"a sum of decimals", 0.1 + 0.2, nil, Cell{Text: "0.3", Kind: CellText}},
		{"a text that looks scientific", "1.2E+05", nil, Cell{Text: "1.2E+05", Kind: CellText}},
		{"a text with zeros", "00042", func(f *excelize.File) int { return builtin(f, 49) }, Cell{Text: "00042", Kind: CellText}},
		{"a text in a numbered column", "K12", func(f *excelize.File) int { return style(f, "00000") }, Cell{Text: "K12", Kind: CellText}},
		{"blanks around a text", "  Lyon ", nil, Cell{Text: "Lyon", Kind: CellText}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			content := workbook(t, func(f *excelize.File, sheet string) {
				must(t, f.SetSheetRow(sheet, "A1", &[]string{"Nom", "Valeur"}),
					f.SetCellValue(sheet, "A2", "x"), f.SetCellValue(sheet, "B2", tc.value))
				if tc.style != nil {
					must(t, f.SetCellStyle(sheet, "B2", "B2", tc.style(f)))
				}
			})
			table := open(t, content, Options{})
			rows, err := table.Sample(1)
			must(t, err)
			if diff := cmp.Diff(tc.want, rows[0].Value(table.Columns[1])); diff != "" {
				t.Errorf("value (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWorkbookOfThe1904CalendarKeepsItsDays(t *testing.T) {
	t.Parallel()
	content := workbook(t, func(f *excelize.File, sheet string) {
		yes := true
		id, err := f.NewStyle(&excelize.Style{NumFmt: 14})
		must(t, err, f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}),
			f.SetSheetRow(sheet, "A1", &[]string{"Nom", "Valeur"}), f.SetCellValue(sheet, "A2", "x"),
			f.SetCellValue(sheet, "B2", 44074), f.SetCellStyle(sheet, "B2", "B2", id))
	})
	table := open(t, content, Options{})
	if diff := cmp.Diff([][]string{{"x", "01/09/2024"}}, texts(t, table)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

func TestTheSheetThatHoldsTheTableIsFound(t *testing.T) {
	t.Parallel()
	content := workbook(t, func(f *excelize.File, first string) {
		_, err := f.NewSheet("Contrats")
		must(t, err, f.SetCellValue(first, "A1", "Lisez-moi"),
			f.SetCellValue("Contrats", "B2", "Liste des contrats au 01/09/2026"),
			f.SetSheetRow("Contrats", "B5", &[]string{"Nom apprenant", "Prénom", "Mail tuteur"}),
			f.SetSheetRow("Contrats", "B8", &[]string{"Durand", "Zoé", "t@ecole.fr"}))
		_, err = f.NewSheet("Archives")
		must(t, err, f.SetSheetRow("Archives", "A1", &[]string{"Nom", "Prénom"}), f.SetSheetRow("Archives", "A2", &[]string{"Ancien", "Élève"}))
	})
	table := open(t, content, Options{})
	if table.Sheet != "Contrats" || table.HeaderRow != 5 {
		t.Errorf("sheet %q, header in row %d", table.Sheet, table.HeaderRow)
	}
	if diff := cmp.Diff([]string{"B=Nom apprenant", "C=Prénom", "D=Mail tuteur"}, names(table)); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]int{8}, numbers(t, table)); diff != "" {
		t.Errorf("row numbers (-want +got):\n%s", diff)
	}
	other := open(t, content, Options{Sheet: "archives"})
	if diff := cmp.Diff([][]string{{"Ancien", "Élève"}}, texts(t, other)); diff != "" {
		t.Errorf("rows of the other sheet (-want +got):\n%s", diff)
	}
}

func TestLetter(t *testing.T) {
	t.Parallel()
	for index, want := range map[int]string{0: "A", 25: "Z", 26: "AA", 51: "AZ", 52: "BA", 701: "ZZ", 702: "AAA"} {
		if got := Letter(index); got != want || letterIndex(want) != index {
			t.Errorf("Letter(%d) = %q, back %d", index, got, letterIndex(want))
		}
	}
}
