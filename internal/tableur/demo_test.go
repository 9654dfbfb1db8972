package tableur_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/demo"
	"github.com/passerelle-hub/passerelle/internal/tableur"
)

// demoTable returns the contracts of the demo and their rows below a header of
// French labels, as an export would have them.
func demoTable(n int) (list []passerelle.Contrat, rows [][]string) {
	list = slices.Collect(demo.Generate(demo.Params{Contrats: n, Seed: 7}))
	var top []string
	for _, champ := range passerelle.Champs {
		top = append(top, champ.Libelle)
	}
	rows = append(rows, top)
	for _, c := range list {
		var row []string
		for _, champ := range passerelle.Champs {
			row = append(row, *champ.At(&c))
		}
		rows = append(rows, row)
	}
	return list, rows
}

// readBack opens a file and applies the mapping that is proposed for it.
func readBack(t *testing.T, content []byte, want []passerelle.Contrat) {
	t.Helper()
	table, err := tableur.Open("export", bytes.NewReader(content), int64(len(content)), tableur.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = table.Close() }()
	sample, err := table.Sample(50)
	if err != nil {
		t.Fatal(err)
	}
	mapping, _ := tableur.Propose(table.Columns, sample)
	binding, err := mapping.Bind(table.Columns)
	if err != nil {
		t.Fatal(err)
	}
	var got []passerelle.Contrat
	for row, err := range table.Rows() {
		if err != nil {
			t.Fatal(err)
		}
		c, faults := binding.Apply(row)
		if len(faults) > 0 {
			t.Fatal(faults)
		}
		got = append(got, c)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("contracts (-want +got):\n%s", diff)
	}
}

func TestTheDemoIsReadBackThroughTheMappingThatIsProposed(t *testing.T) {
	t.Parallel()
	want, rows := demoTable(300)
	for name, enc := range map[string]encoding.Encoding{
		"UTF-8": unicode.UTF8, "Windows-1252": charmap.Windows1252, "UTF-16": unicode.UTF16(unicode.LittleEndian, unicode.UseBOM),
	} {
		for _, separator := range ";,\t" {
			t.Run(fmt.Sprintf("%s with %q", name, separator), func(t *testing.T) {
				t.Parallel()
				var b bytes.Buffer
				out := csv.NewWriter(enc.NewEncoder().Writer(&b))
				out.Comma = separator
				if err := out.WriteAll(rows); err != nil {
					t.Fatal(err)
				}
				readBack(t, b.Bytes(), want)
			})
		}
	}
	t.Run("XLSX", func(t *testing.T) {
		t.Parallel()
		f := excelize.NewFile()
		defer func() { _ = f.Close() }()
		for i := range rows {
			if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &rows[i]); err != nil {
				t.Fatal(err)
			}
		}
		var b bytes.Buffer
		if err := f.Write(&b); err != nil {
			t.Fatal(err)
		}
		readBack(t, b.Bytes(), want)
	})
}
