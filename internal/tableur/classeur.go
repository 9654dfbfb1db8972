package tableur

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path"
	"strings"

	"github.com/passerelle-hub/passerelle/internal/tableur/xlsx"
)

// Classeur is a workbook whose sheets are read by their place, whatever tables they
// hold.
type Classeur struct {
	name    string
	book    *xlsx.Book
	spooled *os.File // the workbook that came out of an archive, nil where it was not in one
}

// OuvrirClasseur opens a workbook. The name only serves to say which file is meant
// in an error. An archive (.zip) that holds one workbook is taken for it. What
// cannot be read is refused with a *FileError. The caller closes the workbook.
func OuvrirClasseur(name string, r io.ReaderAt, size int64) (*Classeur, error) {
	if size == 0 {
		return nil, refuse(FileEmpty, name, "Le fichier est vide. Vérifiez le téléchargement et recommencez.")
	}
	spooled, err := unzipped(name, r, size)
	if err != nil {
		return nil, err
	}
	if spooled != nil {
		info, err := spooled.Stat()
		if err != nil {
			return nil, errors.Join(err, discard(spooled))
		}
		r, size = spooled, info.Size()
	}
	c, err := openClasseur(name, r, size)
	if err != nil {
		return nil, errors.Join(err, discard(spooled))
	}
	c.spooled = spooled
	return c, nil
}

// Close removes what was taken out of an archive.
func (c *Classeur) Close() error { return discard(c.spooled) }

func discard(f *os.File) error {
	if f == nil {
		return nil
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// maxClasseur is how large a workbook may be that comes in an archive.
const maxClasseur = 512 << 20

// unzipped takes the one workbook of an archive out of it; nil where the file is no
// archive of workbooks.
func unzipped(name string, r io.ReaderAt, size int64) (*os.File, error) {
	archive, err := zip.NewReader(r, size)
	if err != nil {
		return nil, nil
	}
	var found []*zip.File
	for _, f := range archive.File {
		if strings.EqualFold(path.Base(f.Name), "[Content_Types].xml") {
			return nil, nil // a workbook itself
		}
		if strings.EqualFold(path.Ext(f.Name), ".xlsx") && !strings.HasPrefix(f.Name, "__MACOSX/") {
			found = append(found, f)
		}
	}
	if len(found) == 0 {
		return nil, nil
	}
	if len(found) > 1 {
		return nil, refuse(FileKind, name, fmt.Sprintf("L’archive contient %d classeurs : décompressez-la et choisissez celui qu’il faut.", len(found)))
	}
	in, err := found[0].Open()
	if err != nil {
		return nil, corrupt(name)
	}
	defer func() { _ = in.Close() }() // it was only read
	out, err := os.CreateTemp("", "passerelle-classeur-")
	if err != nil {
		return nil, fmt.Errorf("unpack the archive: %w", err)
	}
	n, err := io.Copy(out, io.LimitReader(in, maxClasseur+1))
	if err != nil || n > maxClasseur {
		return nil, errors.Join(corrupt(name), discard(out))
	}
	return out, nil
}

func openClasseur(name string, r io.ReaderAt, size int64) (*Classeur, error) {
	format, err := detect(name, r, size)
	if err != nil {
		return nil, err
	}
	if format != formatXLSX {
		return nil, refuse(FileKind, name, "Un classeur .xlsx est attendu ici.")
	}
	book, err := xlsx.Open(r, size, nil)
	if err != nil {
		return nil, corrupt(name)
	}
	return &Classeur{name: name, book: book}, nil
}

// Feuilles returns the names of the sheets, hidden ones too, in the order of their
// tabs.
func (c *Classeur) Feuilles() []string {
	names := make([]string, len(c.book.Sheets))
	for i, s := range c.book.Sheets {
		names[i] = s.Name
	}
	return names
}

// Lignes iterates over the rows of a sheet from the first, as texts from column A:
// dates are DD/MM/YYYY. A row is good until the next one. An error ends the
// iteration; a *FileError among them is for the person who chose the file.
func (c *Classeur) Lignes(feuille int) iter.Seq2[LigneClasseur, error] {
	return func(yield func(LigneClasseur, error) bool) {
		rows, err := c.book.Rows(feuille)
		if err != nil {
			yield(LigneClasseur{}, c.damaged(feuille, 1))
			return
		}
		defer func() { _ = rows.Close() }() // it was only read
		last := 0
		var values []string
		for rows.Next() {
			row := rows.Row()
			last = row.Number
			values = values[:0]
			for i := range row.Cells {
				values = append(values, string(row.Cells[i].Text))
			}
			if !yield(LigneClasseur{Numero: row.Number, Valeurs: values}, nil) {
				return
			}
		}
		if rows.Err() != nil {
			yield(LigneClasseur{}, c.damaged(feuille, last+1))
		}
	}
}

// LigneClasseur is one row of a sheet.
type LigneClasseur struct {
	Numero  int // from 1
	Valeurs []string
}

func (c *Classeur) damaged(feuille, row int) *FileError {
	e := refuse(FileCorrupt, c.name, fmt.Sprintf("La feuille « %s » est abîmée à partir de la ligne %d et ne peut pas être lue jusqu’au bout. Téléchargez le fichier à nouveau.", strings.TrimSpace(c.book.Sheets[feuille].Name), row))
	e.Row = row
	return e
}

// MemeNom reports whether two names of columns are one to people: case, accents and
// punctuation do not count.
func MemeNom(a, b string) bool { return fold(a) == fold(b) }
