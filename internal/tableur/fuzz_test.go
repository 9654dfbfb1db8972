package tableur

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// FuzzOpen looks for files that hang, crash, or read unlike they are numbered.
func FuzzOpen(f *testing.F) {
	template, err := os.ReadFile("testdata/gabarit-api-sync.csv")
	must(f, err)
	book := smallBook(f)
	for _, seed := range [][]byte{
		template[:1200], []byte(damaged), []byte(utf16Bytes("Nom;Prénom\nA;\"B\nC\"\n", true, true)),
		[]byte("sep=|\nNom|Prénom\n\nA|B\n"), book, flip(book), book[:len(book)/2],
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		table, err := Open("export", bytes.NewReader(content), int64(len(content)), Options{MaxBytes: 1 << 20})
		if err != nil {
			var refused *FileError
			if !errors.As(err, &refused) {
				t.Fatalf("a file is refused without a sentence: %v", err)
			}
			return
		}
		defer func() { must(t, table.Close()) }()
		sample, _ := table.Sample(20)
		m, _ := Propose(table.Columns, sample)
		binding, err := m.Bind(table.Columns)
		last := table.HeaderRow
		faults := []CellError{}
		for row, err := range table.Rows() {
			if err != nil {
				return
			}
			if row.Number <= last {
				t.Fatalf("row %d after row %d", row.Number, last)
			}
			last = row.Number
			if binding != nil {
				_, found := binding.Apply(row)
				faults = append(faults, found...)
			}
		}
		_ = err // a mapping that lacks required fields is the usual case
		if err := WriteReport(io.Discard, table, Messages(faults), CSV); err != nil {
			t.Fatal(err)
		}
	})
}

// FuzzMapping looks for documents that crash, or change when written again.
func FuzzMapping(f *testing.F) {
	document, err := os.ReadFile("testdata/gabarit-mapping.json")
	must(f, err)
	f.Add(document)
	f.Add([]byte(`{"version":1,"champs":{"nomSite":{"joindre":["A",{"lettre":"B"},{"colonne":"C","occurrence":2}],"avec":"","partie":{"separateur":"-","numero":1}}}}`))
	f.Add([]byte(`{"version":1,"champs":{"dateDebut":{"colonne":"D","dates":["M/J/AA"],"traductions":{"":"x"},"defaut":"01/01/2026"}}}`))
	columns := []Column{{0, "A", "nomGroupe", 1}, {1, "B", "dateDebut", 1}, {2, "C", "dateDebut", 2}}
	row := Row{Number: 2, Values: []Cell{{Text: "MCO - 1A"}, {Text: "01/09/2026", Kind: CellDate}, {Text: "9/1/2026"}}}
	f.Fuzz(func(t *testing.T, document []byte) {
		m, err := ParseMapping(document)
		if err != nil {
			return
		}
		written, err := json.Marshal(m)
		must(t, err)
		again, err := ParseMapping(written)
		must(t, err)
		rewritten, err := json.Marshal(again)
		must(t, err)
		if diff := cmp.Diff(string(written), string(rewritten)); diff != "" {
			t.Errorf("the document changes (-first +second):\n%s", diff)
		}
		if binding, err := m.Bind(columns); err == nil {
			binding.Apply(row)
		}
	})
}
