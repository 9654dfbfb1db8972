package tableur

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"unicode/utf8"

	"github.com/passerelle-hub/passerelle/internal/tableur/xlsx"
)

// xlsxSource is one sheet of a workbook.
type xlsxSource struct {
	name   string
	book   *xlsx.Book
	sheet  int
	merges []xlsx.Range // known once the sheet was read to its end
}

// openXLSX opens a workbook that inspectZip found reasonable.
func openXLSX(name string, r io.ReaderAt, size int64, opt Options) (*Table, error) {
	book, err := xlsx.Open(r, size, opt.Ask)
	if errors.Is(err, xlsx.ErrNoWorkbook) {
		return nil, refuseZip(name, r, size)
	}
	if err != nil {
		return nil, wrongBook(name, err)
	}
	return chooseSheet(name, book, opt.Sheet)
}

// wrongBook says why a workbook cannot be opened; errors of the machine stay
// what they are.
func wrongBook(name string, err error) error {
	var d *xlsx.Damage
	switch {
	case errors.Is(err, xlsx.ErrTooLarge):
		return bomb(name, "Les textes du classeur dépassent ce qui est raisonnable.")
	case errors.As(err, &d):
		return corrupt(name)
	}
	return err
}

func (s *xlsxSource) close() error { return nil }

func (s *xlsxSource) rows() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		rows, err := s.book.Rows(s.sheet)
		if err != nil {
			yield(Row{}, wrongBook(s.name, err))
			return
		}
		defer func() { _ = rows.Close() }() // of a part that was only read
		var t transcript
		for rows.Next() {
			row, err := t.row(rows.Row())
			if err != nil {
				yield(Row{}, tooManyColumns(s.name, row.Number))
				return
			}
			if !yield(row, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(Row{}, s.damaged(err))
			return
		}
		s.merges = rows.Merges()
	}
}

// damaged says where a sheet cannot be read any further.
func (s *xlsxSource) damaged(err error) error {
	var d *xlsx.Damage
	if !errors.As(err, &d) {
		return wrongBook(s.name, err)
	}
	sheet := s.book.Sheets[s.sheet].Name
	e := refuse(FileCorrupt, s.name, fmt.Sprintf("La feuille « %s » est abîmée à partir de la ligne %d et ne peut pas être lue jusqu’au bout. Ouvrez le classeur dans Excel, acceptez la réparation, enregistrez-le sous un autre nom, ou refaites l’export.", sheet, max(d.Row, 1)))
	if d.After > 0 {
		e.Message = fmt.Sprintf("Dans la feuille « %s », la ligne %d vient après la ligne %d : le classeur est mal écrit et ne peut pas être lu sans risque. Ouvrez-le dans Excel ou LibreOffice, enregistrez-le sous un autre nom, ou refaites l’export.", sheet, d.Row, d.After)
	}
	e.Row = max(d.Row, 1)
	return e
}

// transcript copies rows out of the reader: the texts of a row share one
// allocation, the cells of many rows another.
type transcript struct {
	text []byte
	ends []int
	slab []Cell
}

var errColumns = errors.New("a row has more columns than a table may have")

func (t *transcript) row(from *xlsx.Row) (Row, error) {
	row := Row{Number: from.Number, Hidden: from.Hidden}
	t.text, t.ends = t.text[:0], t.ends[:0]
	end := 0
	for i := range from.Cells {
		c := &from.Cells[i]
		v := c.Text
		if len(v) > 0 {
			if first, last := v[0], v[len(v)-1]; first <= ' ' || last <= ' ' || first >= utf8.RuneSelf || last >= utf8.RuneSelf {
				v = bytes.TrimSpace(v)
			}
		}
		t.text = append(t.text, v...)
		t.ends = append(t.ends, len(t.text))
		if len(v) > 0 || c.Kind == xlsx.NoResult {
			end = i + 1
		}
	}
	if end > MaxColumns {
		return row, errColumns
	}
	if len(t.slab) < end {
		t.slab = make([]Cell, slabRows*end)
	}
	row.Values, t.slab = t.slab[:end:end], t.slab[end:]
	all, at := string(t.text), 0
	illegible := strings.Contains(all, "\uFFFD")
	for i := range row.Values {
		cell := &row.Values[i]
		cell.Text, at = all[at:t.ends[i]], t.ends[i]
		if cell.Kind = cellKind(&from.Cells[i]); cell.Kind == CellEvening {
			cell.Hour = uint8(from.Cells[i].Seconds / 3600)
		}
		if illegible && strings.Contains(cell.Text, "\uFFFD") {
			cell.Kind = CellIllegible
		}
	}
	return row, nil
}

// cellKind says what a table tells of a cell of a workbook.
func cellKind(c *xlsx.Cell) CellKind {
	switch c.Kind {
	case xlsx.Day:
		if c.Seconds >= 13*3600 && c.Seconds%3600 == 0 {
			return CellEvening
		}
		return CellDate
	case xlsx.Long:
		return CellLong
	case xlsx.Error:
		return CellFormulaError
	case xlsx.NoResult:
		return CellNoResult
	case xlsx.Number:
		if c.Formula && len(c.Text) == 1 && c.Text[0] == '0' {
			return CellZero
		}
	}
	return CellText
}

// refuseZip says what an archive is that holds no workbook.
func refuseZip(name string, r io.ReaderAt, size int64) error {
	archive, err := zip.NewReader(r, size)
	if err != nil {
		return corrupt(name)
	}
	parts := make(map[string]bool, len(archive.File))
	for _, f := range archive.File {
		parts[strings.ToLower(strings.ReplaceAll(f.Name, "\\", "/"))] = true
	}
	switch {
	case parts["xl/workbook.bin"]:
		return refuse(FileKind, name, "C’est un classeur Excel binaire (.xlsb)."+saveAsXLSX)
	case parts["word/document.xml"]:
		return refuse(FileKind, name, "C’est un document Word, pas un tableau. Exportez les contrats au format Excel (.xlsx) ou CSV depuis votre logiciel.")
	case parts["ppt/presentation.xml"]:
		return refuse(FileKind, name, "C’est une présentation PowerPoint, pas un tableau. Exportez les contrats au format Excel (.xlsx) ou CSV depuis votre logiciel.")
	case parts["index/document.iwa"]:
		return refuse(FileKind, name, "C’est un tableau Numbers d’Apple. Exportez-le au format Excel (.xlsx) ou CSV et recommencez.")
	case parts["mimetype"] && parts["content.xml"]:
		return refuse(FileKind, name, "C’est un document LibreOffice (.ods)."+saveAsXLSX)
	case parts["[content_types].xml"]:
		return corrupt(name)
	case len(archive.File) == 0:
		return refuse(FileEmpty, name, "L’archive est vide. Vérifiez l’export et recommencez.")
	}
	return refuse(FileKind, name, "C’est une archive compressée (.zip). Décompressez-la et déposez le fichier qu’elle contient.")
}
