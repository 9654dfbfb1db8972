package tableur

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/passerelle-hub/passerelle"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

type cleaner interface {
	Helper()
	Fatal(...any)
	Cleanup(func())
}

func open(t cleaner, content []byte, opt Options) *Table {
	t.Helper()
	table, err := Open("export", bytes.NewReader(content), int64(len(content)), opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := table.Close(); err != nil {
			t.Fatal(err)
		}
	})
	return table
}

func texts(t *testing.T, table *Table) [][]string {
	t.Helper()
	var list [][]string
	for row, err := range table.Rows() {
		if err != nil {
			t.Fatal(err)
		}
		var values []string
		for _, c := range table.Columns {
			values = append(values, row.Value(c).Text)
		}
		list = append(list, values)
	}
	return list
}

func numbers(t *testing.T, table *Table) []int {
	t.Helper()
	var list []int
	for row, err := range table.Rows() {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, row.Number)
	}
	return list
}

func names(table *Table) []string {
	var list []string
	for _, c := range table.Columns {
		list = append(list, c.Letter+"="+c.Nom)
	}
	return list
}

// workbook makes an XLSX file of one sheet, after fill has written to it.
func workbook(t testing.TB, fill func(f *excelize.File, sheet string)) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	fill(f, f.GetSheetName(0))
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func must(t testing.TB, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

// contracts applies a mapping to every row of a table.
func contracts(t cleaner, table *Table, m Mapping) ([]passerelle.Contrat, []CellError) {
	t.Helper()
	binding, err := m.Bind(table.Columns)
	if err != nil {
		t.Fatal(err)
	}
	var list []passerelle.Contrat
	var faults []CellError
	for row, err := range table.Rows() {
		if err != nil {
			t.Fatal(err)
		}
		if fault, ok := table.Surplus(row); ok {
			faults = append(faults, fault)
		}
		c, found := binding.Apply(row)
		list, faults = append(list, c), append(faults, found...)
	}
	return list, faults
}
