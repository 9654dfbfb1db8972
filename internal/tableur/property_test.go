package tableur

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"

	"github.com/passerelle-hub/passerelle"
)

// allText draws values that every encoding holds, with what tables make hard:
// separators, quotes, line breaks, signs of formulas, zeros.
var allText = rapid.Map(rapid.OneOf(
	rapid.StringMatching(`[A-Za-z0-9 éèàçœŒ€’"';,|=+@._-]{1,24}`),
	rapid.StringMatching(`0[0-9]{3,14}`),
	rapid.StringMatching(`[1-9][0-9]{0,14}`),
	rapid.StringMatching(`[A-Z][a-zé]{2,8}(\n|\t|; |, |" )[a-zé"]{1,8}`),
	rapid.SampledFrom([]string{"BTS MCO", "Licence RH 1ière année", "L'Oréal", "1re année", "2020/2021", "1E5", "#1", "'x", "TRUE", "12:30", "-", "=1+1"}),
), func(s string) string {
	if s = strings.TrimSpace(s); s == "" || shortened.MatchString(s) { // a code that Excel shortened is refused
		return "x"
	}
	return s
})

var anyDate = rapid.Map(rapid.IntRange(0, 36_524), func(n int) passerelle.Date {
	return passerelle.NewDate(1960, 1, 1) + passerelle.Date(n)
})

var anyContract = rapid.Custom(func(t *rapid.T) passerelle.Contrat {
	var c passerelle.Contrat
	for _, champ := range passerelle.Champs {
		switch {
		case !champ.Required && rapid.Bool().Draw(t, "absent"):
		case champ.Kind == passerelle.KindDate:
			*champ.At(&c) = anyDate.Draw(t, champ.Nom).FR()
		case champ.Kind == passerelle.KindMontant, champ.Kind == passerelle.KindHeures:
			*champ.At(&c) = rapid.StringMatching(`([0-9]{1,6}([.,][0-9]{1,2})?)?`).Draw(t, champ.Nom)
		case champ.Kind == passerelle.KindEmail:
			*champ.At(&c) = rapid.StringMatching(`[a-z]{1,8}@[a-z]{2,6}\.fr`).Draw(t, champ.Nom)
		default:
			*champ.At(&c) = tidy(&champ, allText.Draw(t, champ.Nom)) // the rest is what a reader puts right
		}
	}
	return c
})

var byName = Mapping{Version: 1, MemeNom: true}

func header() []string {
	list := make([]string, len(passerelle.Champs))
	for i, champ := range passerelle.Champs {
		list[i] = champ.Nom
	}
	return list
}

func values(c passerelle.Contrat) []string {
	list := make([]string, len(passerelle.Champs))
	for i, champ := range passerelle.Champs {
		list[i] = *champ.At(&c)
	}
	return list
}

func TestContractsWrittenAsCSVAreReadBackTheSame(t *testing.T) {
	t.Parallel()
	for name, enc := range map[string]encoding.Encoding{
		"UTF-8": unicode.UTF8, "Windows-1252": charmap.Windows1252, "UTF-16": unicode.UTF16(unicode.LittleEndian, unicode.UseBOM),
	} {
		for _, separator := range ";,\t" {
			t.Run(fmt.Sprintf("%s with %q", name, separator), func(t *testing.T) {
				t.Parallel()
				rapid.Check(t, func(t *rapid.T) {
					want := rapid.SliceOfN(anyContract, 1, 8).Draw(t, "contrats")
					var b bytes.Buffer
					out := csv.NewWriter(enc.NewEncoder().Writer(&b))
					out.Comma, out.UseCRLF = separator, rapid.Bool().Draw(t, "crlf")
					records := [][]string{header()}
					for _, c := range want {
						records = append(records, values(c))
					}
					if err := out.WriteAll(records); err != nil {
						t.Fatal(err)
					}
					got, faults := contracts(t, open(t, b.Bytes(), Options{}), byName)
					compare(t, want, got, faults)
				})
			})
		}
	}
}

func TestContractsWrittenAsAWorkbookAreReadBackTheSame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(anyContract, 1, 4).Draw(t, "contrats")
		got, faults := contracts(t, open(t, writeBook(t, want), Options{}), byName)
		compare(t, want, got, faults)
	})
}

// writeBook writes contracts as people keep them: dates as dates, in a format
// of their own, below a title.
func writeBook(t *rapid.T, list []passerelle.Contrat) []byte {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	pattern := rapid.SampledFrom([]string{"dd/mm/yyyy", "m/d/yy", "d mmm yyyy", "[$-40C]dddd d mmmm yyyy"}).Draw(t, "format")
	day, err := f.NewStyle(&excelize.Style{CustomNumFmt: &pattern})
	check := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	check(err)
	check(f.SetCellValue("Sheet1", "A1", "Contrats"))
	top := header()
	check(f.SetSheetRow("Sheet1", "A3", &top))
	for i, c := range list {
		for j, champ := range passerelle.Champs {
			cell := fmt.Sprintf("%s%d", Letter(j), i+4)
			value := *champ.At(&c)
			date, err := passerelle.ParseDateFR(value)
			if champ.Kind != passerelle.KindDate || err != nil {
				check(f.SetCellStr("Sheet1", cell, value))
				continue
			}
			check(f.SetCellValue("Sheet1", cell, date.Time()))
			check(f.SetCellStyle("Sheet1", cell, cell, day))
		}
	}
	var b bytes.Buffer
	check(f.Write(&b))
	return b.Bytes()
}

func TestReportsAreReadBackAsTheTableThatTheyCameFrom(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(anyContract, 1, 4).Draw(t, "contrats")
		format := rapid.SampledFrom([]Format{CSV, XLSX}).Draw(t, "format")
		table := open(t, writeBook(t, want), Options{})
		for range rapid.IntRange(1, 2).Draw(t, "times") {
			var b bytes.Buffer
			if err := WriteReport(&b, table, map[int][]string{4: {"A4 : =non"}}, format); err != nil {
				t.Fatal(err)
			}
			table = open(t, b.Bytes(), Options{})
		}
		got, faults := contracts(t, table, byName)
		compare(t, want, got, faults)
	})
}

func compare(t *rapid.T, want, got []passerelle.Contrat, faults []CellError) {
	t.Helper()
	if len(faults) > 0 {
		t.Fatalf("errors %+v", faults)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("contracts (-want +got):\n%s", diff)
	}
}
