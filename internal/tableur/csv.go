package tableur

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"unicode/utf8"
)

// maxRecord bounds one row of a CSV file: beyond it a quote was surely never
// closed, and the rest of the file would be read as one value.
const maxRecord = 1 << 20

type csvSource struct {
	name    string
	r       io.ReaderAt
	size    int64
	dialect Dialect
	width   int // columns of the header, 0 while it is looked for
}

func openCSV(name string, r io.ReaderAt, size int64) (*Table, error) {
	dialect, err := Sniff(r, size)
	if err != nil {
		return nil, err
	}
	if dialect.Encoding != UTF16LE && dialect.Encoding != UTF16BE && scanHead(r, size, 0) {
		return nil, refuse(FileKind, name, "Le fichier n’est pas un tableau que l’on sache lire. Exportez les contrats au format Excel (.xlsx) ou CSV depuis votre logiciel.")
	}
	if dialect.Separator == 0 {
		return nil, refuse(FileOneColumn, name, "Le fichier n’a qu’une colonne : aucun séparateur (point-virgule, virgule ou tabulation) n’y a été trouvé. Refaites l’export au format « CSV (séparateur : point-virgule) » ou Excel (.xlsx).")
	}
	src := &csvSource{name: name, r: r, size: size, dialect: dialect}
	t := &Table{CSV: dialect, src: src, wide: true}
	if err := t.findHeader(name); err != nil {
		return nil, err
	}
	src.width = t.width
	return t, nil
}

// scanHead reports whether a byte occurs at the head of the file.
func scanHead(r io.ReaderAt, size int64, b byte) bool {
	return scan(r, min(size, sniffBytes), []byte{b})[0]
}

func (s *csvSource) close() error { return nil }

func (s *csvSource) rows() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		in := &recordBudget{r: s.dialect.decode(io.NewSectionReader(s.r, s.dialect.skip, s.size-s.dialect.skip))}
		in.left = maxRecord
		in.text.checks = s.dialect.Encoding == UTF8 || s.dialect.Encoding == UTF8BOM
		var slab []Cell
		buffered := bufio.NewReaderSize(in, 256<<10)
		if s.dialect.sepLine {
			if _, err := buffered.ReadString('\n'); err != nil {
				return
			}
		}
		r := csv.NewReader(buffered)
		// Real exports hold stray quotes (12" plates); strictness would refuse them.
		r.Comma, r.LazyQuotes, r.FieldsPerRecord, r.ReuseRecord = s.dialect.Separator, true, -1, true
		number, line := 0, 0 // of the record before: its row, the line where it ends
		open := false        // the last value of the record before spans lines
		for {
			record, err := r.Read()
			if err != nil {
				switch {
				case errors.Is(err, io.EOF) && open && in.tail != '"':
					yield(Row{}, s.unclosed(number))
				case errors.Is(err, errRecord):
					yield(Row{}, s.unclosed(number+1))
				case !errors.Is(err, io.EOF):
					yield(Row{}, fmt.Errorf("read row %d: %w", number+1, err))
				}
				return
			}
			in.left = maxRecord
			start, _ := r.FieldPos(0)
			number += start - line
			last := record[len(record)-1]
			line, _ = r.FieldPos(len(record) - 1)
			breaks := strings.Count(last, "\n")
			open = breaks > 0
			line += breaks
			if line > start && s.swallowed(record) {
				yield(Row{}, s.unclosed(number))
				return
			}
			if number > MaxRows {
				yield(Row{}, tooManyRows(s.name))
				return
			}
			// One allocation serves many rows: it takes half the time.
			if len(slab) < len(record) {
				slab = make([]Cell, slabRows*len(record))
			}
			row := Row{Number: number, Values: s.cells(record, slab[:len(record):len(record)], !in.text.checks || in.text.broken)}
			slab = slab[len(row.Values):] // blank ends are not written to
			if len(record) > MaxColumns && len(row.Values) > MaxColumns {
				yield(Row{}, tooManyColumns(s.name, number))
				return
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

// slabRows is how many rows share an allocation.
const slabRows = 16

// cells copies the values of a record, without surrounding blanks and blank ends.
// Only where the text may be damaged does it look for characters that are not.
func (s *csvSource) cells(record []string, cells []Cell, suspect bool) []Cell {
	end := 0
	for i, v := range record {
		if v == "" {
			continue
		}
		// Most values begin and end with a plain sign: they need no closer look.
		if first, last := v[0], v[len(v)-1]; first <= ' ' || last <= ' ' || first >= utf8.RuneSelf || last >= utf8.RuneSelf {
			if v = strings.TrimSpace(v); v == "" {
				continue
			}
		}
		cells[i].Text, end = v, i+1
		if suspect && (!utf8.ValidString(v) || strings.Contains(v, "\uFFFD")) {
			cells[i] = Cell{Text: strings.ToValidUTF8(v, "\uFFFD"), Kind: CellIllegible}
		}
	}
	return cells[:end:end]
}

// swallowed reports whether a value of several lines holds what look like whole
// rows: the mark of a quote that was opened and never closed.
func (s *csvSource) swallowed(record []string) bool {
	enough := s.width / 2
	if enough < 3 {
		return false
	}
	for _, v := range record {
		for rest := v; strings.Contains(rest, "\n"); {
			var line string
			_, rest, _ = strings.Cut(rest, "\n")
			line, _, _ = strings.Cut(rest, "\n")
			if strings.Count(line, string(s.dialect.Separator)) >= enough {
				return true
			}
		}
	}
	return false
}

func (s *csvSource) unclosed(row int) *FileError {
	e := refuse(FileCorrupt, s.name, fmt.Sprintf("À la ligne %d, un guillemet (\") est ouvert et jamais refermé : la suite du fichier ne peut pas être lue. Corrigez cette ligne ou refaites l’export.", row))
	e.Row = row
	return e
}

func tooManyRows(name string) *FileError {
	return refuse(FileTooLarge, name, "Le fichier dépasse 1 048 576 lignes. N’exportez que les contrats actifs.")
}

func tooManyColumns(name string, row int) *FileError {
	e := refuse(FileTooLarge, name, fmt.Sprintf("La ligne %d a des valeurs au-delà de la colonne %s. Copiez le tableau seul dans un nouveau fichier et recommencez.", row, Letter(MaxColumns-1)))
	e.Row = row
	return e
}

var errRecord = errors.New("a record does not end")

// recordBudget stops a record that does not end, and remembers the last
// character that is no blank.
type recordBudget struct {
	r    io.Reader
	left int
	tail byte
	text utf8Watch
}

// utf8Watch looks at a text as it passes: broken is true once some of it was not
// UTF-8, or stands where something else was lost.
type utf8Watch struct {
	checks, broken bool
	cut            [utf8.UTFMax]byte // the beginning of a character that the last chunk cut
	kept           int
}

func (w *utf8Watch) see(chunk []byte) {
	for w.kept > 0 && len(chunk) > 0 {
		w.cut[w.kept] = chunk[0]
		w.kept++
		chunk = chunk[1:]
		if utf8.FullRune(w.cut[:w.kept]) {
			w.broken = w.broken || lossy(w.cut[:w.kept])
			w.kept = 0
		}
	}
	for back := 1; back < utf8.UTFMax && back <= len(chunk); back++ {
		if tail := chunk[len(chunk)-back:]; utf8.RuneStart(tail[0]) {
			if !utf8.FullRune(tail) {
				w.kept = copy(w.cut[:], tail)
				chunk = chunk[:len(chunk)-back]
			}
			break
		}
	}
	w.broken = w.broken || lossy(chunk)
}

func lossy(text []byte) bool {
	return !utf8.Valid(text) || bytes.Contains(text, []byte("\uFFFD"))
}

func (b *recordBudget) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errRecord
	}
	n, err := b.r.Read(p)
	b.left -= n
	if b.text.checks && !b.text.broken {
		b.text.see(p[:n])
		// At the end a character that is cut stays so.
		b.text.broken = b.text.broken || errors.Is(err, io.EOF) && b.text.kept > 0
	}
	for i := n - 1; i >= 0; i-- {
		if p[i] > ' ' {
			b.tail = p[i]
			break
		}
	}
	return n, err
}
