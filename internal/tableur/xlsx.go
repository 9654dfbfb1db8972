package tableur

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/xuri/excelize/v2"
)

type xlsxSource struct {
	name  string
	r     io.ReaderAt
	size  int64
	file  *excelize.File
	dir   string // holds the unpacked sheets
	sheet string
	part  string // the part of the archive that holds the sheet
}

// openXLSX opens a workbook that inspectZip found reasonable.
func openXLSX(name string, r io.ReaderAt, size int64, sheet string) (*Table, error) {
	src, err := unpack(name, r, size)
	if err != nil {
		return nil, err
	}
	t, err := src.choose(sheet)
	if err != nil {
		return nil, errors.Join(err, src.close())
	}
	return t, nil
}

// unpack spools the file to a temporary folder: excelize reads workbooks from
// disk without holding them, but only by path, and unpacks large sheets beside it.
func unpack(name string, r io.ReaderAt, size int64) (*xlsxSource, error) {
	dir, err := os.MkdirTemp("", "passerelle-tableur-")
	if err != nil {
		return nil, fmt.Errorf("create a temporary folder: %w", err)
	}
	src := &xlsxSource{name: name, r: r, size: size, dir: dir}
	spooled := filepath.Join(dir, "classeur.xlsx")
	if err := spool(spooled, io.NewSectionReader(r, 0, size)); err != nil {
		return nil, errors.Join(fmt.Errorf("spool the workbook: %w", err), src.close())
	}
	err = guard(func() (err error) {
		src.file, err = excelize.OpenFile(spooled, excelize.Options{
			UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: 4 << 20, TmpDir: dir,
		})
		if err != nil {
			return err
		}
		return markFormats(src.file)
	})
	if err != nil {
		return nil, errors.Join(corrupt(name), src.close())
	}
	return src, nil
}

// guard calls excelize, which panics on some workbooks that are not as they
// should be. A file that anyone may send must not stop the server.
func guard(call func() error) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("the workbook is not as it should be: %v", fault)
		}
	}()
	return call()
}

func spool(path string, r io.Reader) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Close())
}

// choose opens the sheet asked for, or the first visible one that holds a table.
func (s *xlsxSource) choose(sheet string) (*Table, error) {
	var visible []string
	for _, name := range s.file.GetSheetList() {
		if shown, err := s.file.GetSheetVisible(name); err == nil && shown {
			visible = append(visible, name)
		}
	}
	candidates := visible
	if sheet != "" {
		candidates = nil
		for _, name := range s.file.GetSheetList() {
			if fold(name) == fold(sheet) {
				candidates = append(candidates, name)
			}
		}
		if len(candidates) == 0 {
			return nil, refuse(FileSheet, s.name, fmt.Sprintf("Le classeur n’a pas de feuille « %s ». Ses feuilles : %s.", sheet, strings.Join(visible, ", ")))
		}
	}
	var first error
	for _, name := range candidates {
		t := &Table{Sheet: name, Sheets: visible, src: s}
		s.sheet, s.part = name, s.partOf(name)
		err := t.findHeader(s.name)
		if err == nil {
			return t, nil
		}
		var refused *FileError
		if !errors.As(err, &refused) || refused.Code != FileNoTable {
			return nil, err
		}
		if first == nil {
			first = err
		}
	}
	if first == nil {
		first = refuse(FileNoTable, s.name, "Le classeur n’a aucune feuille visible. Affichez la feuille des contrats, enregistrez et recommencez.")
	}
	return nil, first
}

// partOf returns the path, within the archive, of the sheet's XML.
func (s *xlsxSource) partOf(sheet string) string {
	content, _ := s.file.Pkg.Load("xl/_rels/workbook.xml.rels")
	rels, _ := content.([]byte)
	var doc struct {
		Relationship []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		}
	}
	if xml.Unmarshal(rels, &doc) != nil || s.file.WorkBook == nil {
		return ""
	}
	for _, listed := range s.file.WorkBook.Sheets.Sheet {
		for _, rel := range doc.Relationship {
			if listed.Name == sheet && rel.ID == listed.ID {
				if strings.HasPrefix(rel.Target, "/") {
					return strings.TrimPrefix(rel.Target, "/")
				}
				return path.Join("xl", rel.Target)
			}
		}
	}
	return ""
}

func (s *xlsxSource) close() error {
	var err error
	if s.file != nil {
		err = s.file.Close()
	}
	return errors.Join(err, os.RemoveAll(s.dir))
}

func (s *xlsxSource) rows() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		var rows *excelize.Rows
		if err := guard(func() (err error) { rows, err = s.file.Rows(s.sheet); return err }); err != nil {
			yield(Row{}, corrupt(s.name))
			return
		}
		defer func() { _ = rows.Close() }() // a temporary file that was only read
		date1904 := s.file.WorkBook != nil && s.file.WorkBook.WorkbookPr != nil && s.file.WorkBook.WorkbookPr.Date1904
		number := 0
		for {
			var values []string
			more := false
			if err := guard(func() (err error) {
				if more = rows.Next(); more {
					values, err = rows.Columns()
				}
				return err
			}); err != nil {
				yield(Row{}, s.damaged(number+1))
				return
			}
			if !more {
				break
			}
			number++
			row := Row{Number: number, Values: xlsxCells(values, date1904)}
			if len(row.Values) > MaxColumns {
				yield(Row{}, tooManyColumns(s.name, number))
				return
			}
			if !yield(row, nil) {
				return
			}
		}
		if rows.Error() != nil {
			yield(Row{}, s.damaged(number+1))
			return
		}
		// The reader stops at the first fault in the XML as if the sheet ended
		// there; what is missing would be archived. So look where it ends.
		if last, whole := s.lastRow(); !whole || last > number {
			yield(Row{}, s.damaged(number+1))
		}
	}
}

func (s *xlsxSource) damaged(row int) *FileError {
	e := refuse(FileCorrupt, s.name, fmt.Sprintf("La feuille « %s » est abîmée à partir de la ligne %d et ne peut pas être lue jusqu’au bout. Ouvrez le classeur dans Excel, acceptez la réparation, enregistrez-le sous un autre nom, ou refaites l’export.", s.sheet, row))
	e.Row = row
	return e
}

// lastRow returns the number of the last row that the sheet's XML holds, 0
// where its rows are not numbered; whole is false where the XML does not end.
func (s *xlsxSource) lastRow() (row int, whole bool) {
	archive, err := zip.NewReader(s.r, s.size)
	if err != nil {
		return 0, false
	}
	for _, f := range archive.File {
		if !strings.EqualFold(strings.ReplaceAll(f.Name, "\\", "/"), s.part) {
			continue
		}
		part, err := f.Open()
		if err != nil {
			return 0, false
		}
		row, whole = scanRows(part)
		return row, whole && part.Close() == nil
	}
	return 0, true // an unusual layout, of which excelize made sense
}
