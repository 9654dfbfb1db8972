package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/client"
	"github.com/passerelle-hub/passerelle/internal/tableur"
)

// fichier is a file of contracts on its way to a hub: JSON, CSV or XLSX. It is
// read anew for each use, never held in memory.
type fichier struct {
	name string
	file *os.File
	size int64

	// The rest is for tables only.
	table     *tableur.Table
	binding   *tableur.Binding
	mapping   tableur.Mapping
	proposals []tableur.Proposal // where the mapping was proposed
	sample    []tableur.Row      // the first rows
	rows      []int32            // the row of each contract, once check has read them
	faulty    map[int]bool       // by index: contracts with values that cannot be sent
}

// openFichier opens a file and, for a table, binds a mapping to it: the one that
// is given, else the one that its columns suggest. Where the mapping does not fit
// it returns the file beside a *tableur.MappingError, so that the mapping can
// still be saved.
func openFichier(path, sheet string, given *tableur.Mapping) (*fichier, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	f := &fichier{name: filepath.Base(path), file: file}
	info, err := file.Stat()
	if err == nil && info.IsDir() {
		err = fmt.Errorf("%s is a folder, give a file", path)
	}
	if err == nil {
		f.size = info.Size()
		err = f.begin(sheet, given)
	}
	var mapping *tableur.MappingError
	if err != nil && !errors.As(err, &mapping) {
		return nil, errors.Join(err, f.close())
	}
	return f, err
}

func (f *fichier) begin(sheet string, given *tableur.Mapping) error {
	if isJSON(f.file) {
		return nil
	}
	var err error
	f.table, err = tableur.Open(f.name, f.file, f.size, tableur.Options{Sheet: sheet, MaxBytes: 4 << 30})
	if err != nil {
		return err
	}
	if f.sample, err = f.table.Sample(400); err != nil {
		return err
	}
	if given != nil {
		f.mapping = *given
	} else {
		f.mapping, f.proposals = tableur.Propose(f.table.Columns, f.sample)
	}
	f.binding, err = f.mapping.Bind(f.table.Columns)
	return err
}

// isJSON reports whether a file begins as a body of the API does. A CSV header
// may begin with a bracket too, but no object follows it.
func isJSON(r io.ReaderAt) bool {
	head := make([]byte, 512)
	n, _ := r.ReadAt(head, 0)
	head = bytes.TrimLeft(bytes.TrimPrefix(head[:n], []byte("\ufeff")), " \t\r\n")
	if len(head) > 0 && head[0] == '[' {
		rest := bytes.TrimLeft(head[1:], " \t\r\n")
		return len(rest) > 0 && (rest[0] == '{' || rest[0] == ']')
	}
	return len(head) > 0 && head[0] == '{'
}

func (f *fichier) close() error {
	var err error
	if f.table != nil {
		err = f.table.Close()
	}
	return errors.Join(err, f.file.Close())
}

// check reads a table once and returns what cannot be sent of it, at most limit
// errors of total; it notes the row of each contract.
func (f *fichier) check(limit int, step func(int64)) (faults []tableur.CellError, total int, err error) {
	if f.table == nil {
		return nil, 0, nil
	}
	f.rows, f.faulty = f.rows[:0], map[int]bool{}
	for ligne, err := range f.binding.Lignes(f.table) {
		if err != nil {
			return nil, 0, err
		}
		step(1)
		f.rows = append(f.rows, int32(ligne.Row))
		if len(ligne.Faults) > 0 {
			f.faulty[ligne.Index] = true
		}
		total += len(ligne.Faults)
		if room := limit - len(faults); room > 0 {
			faults = append(faults, ligne.Faults[:min(room, len(ligne.Faults))]...)
		}
	}
	return faults, total, nil
}

// length is how many steps body takes: contracts of a table, bytes of JSON.
func (f *fichier) length() int64 {
	if f.table == nil {
		return f.size
	}
	return int64(len(f.rows))
}

// body is what is sent. step is told of its progress; a new try starts over.
func (f *fichier) body(restart func(), step func(int64)) client.Body {
	if f.table == nil {
		return func(w io.Writer) error {
			restart()
			_, err := io.Copy(w, &stepReader{io.NewSectionReader(f.file, 0, f.size), step})
			return err
		}
	}
	return func(w io.Writer) error {
		restart()
		return client.Stream(f.contrats(step))(w)
	}
}

func (f *fichier) contrats(step func(int64)) iter.Seq2[passerelle.Contrat, error] {
	return func(yield func(passerelle.Contrat, error) bool) {
		for ligne, err := range f.binding.Lignes(f.table) {
			if f.faulty[ligne.Index] {
				// Not every value that was found wrong is one that a hub refuses, but
				// the contract must be, so that its active version stays.
				ligne.Contrat.NomEntreprise = ""
			}
			if !yield(ligne.Contrat, err) || err != nil {
				return
			}
			step(1)
		}
	}
}

// stepReader tells how much was read.
type stepReader struct {
	r    io.Reader
	step func(int64)
}

// Read passes what is read on.
func (s *stepReader) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	s.step(int64(n))
	return n, err
}

// faute is one thing that is wrong with a file: at a cell of a table, or at a
// position of a JSON list.
type faute struct {
	Sheet         string `json:"sheet,omitempty"` // where several are read
	Row           int    `json:"row,omitempty"`   // as seen in Excel
	Cell          string `json:"cell,omitempty"`  // such as B12
	Index         *int   `json:"index,omitempty"`
	CodeContrat   string `json:"codeContrat,omitempty"`
	Field         string `json:"field,omitempty"`
	Code          string `json:"code"`
	Message       string `json:"message"`
	ConflictsWith string `json:"conflictsWith,omitempty"`
}

// place says where a faute is, for a person.
func (f *faute) place() string {
	switch {
	case f.Cell != "":
		return f.Cell
	case f.Row > 0:
		return fmt.Sprintf("ligne %d", f.Row)
	case f.Index != nil:
		return fmt.Sprintf("[%d]", *f.Index)
	}
	return ""
}

func fautesOf(faults []tableur.CellError) []faute {
	list := make([]faute, len(faults))
	for i, e := range faults {
		list[i] = faute{Sheet: e.Sheet, Row: e.Row, Cell: e.Cell, Field: e.Field, Code: string(e.Code), Message: e.Message}
	}
	return list
}

// locate shows what a hub found at its place in the file.
func (f *fichier) locate(details []client.Violation) []faute {
	list := make([]faute, len(details))
	for i, v := range details {
		list[i] = faute{CodeContrat: v.CodeContrat, Field: v.Field, Code: v.Code, Message: v.Message, ConflictsWith: v.ConflictsWith}
		if f.table == nil {
			list[i].Index = &details[i].Index
			continue
		}
		e := f.binding.LocateIn(&passerelle.Violation{Index: v.Index, Field: v.Field, Message: v.Message}, f.rows)
		list[i].Row, list[i].Cell, list[i].Sheet, list[i].Message = e.Row, e.Cell, e.Sheet, e.Message
	}
	return list
}

// join adds what a hub refused to what was found wrong at the cells, by row: of a
// value that was found wrong already, and of what was left out because of it, the
// hub's word adds nothing.
func (f *fichier) join(faults []faute, details []client.Violation) (joined []faute, dropped int) {
	type place struct {
		sheet, field string
		row          int
	}
	said := map[place]bool{}
	for i := range faults {
		said[place{faults[i].Sheet, faults[i].Field, faults[i].Row}] = true
	}
	joined = faults
	for i, found := range f.locate(details) {
		index := details[i].Index
		if said[place{found.Sheet, found.Field, found.Row}] || f.faulty[index] && found.Field == "nomEntreprise" && found.Code == string(passerelle.CodeRequired) {
			dropped++
			continue
		}
		joined = append(joined, found)
	}
	slices.SortStableFunc(joined, func(a, b faute) int { return cmp.Or(strings.Compare(a.Sheet, b.Sheet), cmp.Compare(a.Row, b.Row)) })
	return joined, dropped
}

// writeReport writes the sheet of a table again with a column that says what is
// wrong with each row.
func (f *fichier) writeReport(w io.Writer, fautes []faute, format tableur.Format) error {
	return tableur.WriteReport(w, f.table, f.table.Messages(cellErrors(fautes)), format)
}

// writeRefused writes the titles and the rows that are refused, with what is wrong
// with each: a file to correct and send again, alone.
func (f *fichier) writeRefused(w io.Writer, fautes []faute, format tableur.Format) error {
	return tableur.WriteRefused(w, f.table, f.table.Messages(cellErrors(fautes)), format)
}

func cellErrors(fautes []faute) []tableur.CellError {
	faults := make([]tableur.CellError, len(fautes))
	for i, e := range fautes {
		faults[i] = tableur.CellError{Sheet: e.Sheet, Row: e.Row, Cell: e.Cell, Message: e.Message}
	}
	return faults
}
