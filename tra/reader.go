package tra

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"
)

const (
	// MaxLine is the longest line in bytes that a Reader accepts; the longest
	// record of the format has fewer than 5,000 characters.
	MaxLine = 64 << 10
	// maxBlank is how many bytes of blank lines may follow each other.
	maxBlank   = 64 << 10
	bufferSize = 256 << 10
	firstSize  = 8 << 10 // most files of exercices are smaller
)

// Reader reads a TRA file record by record in constant memory.
type Reader struct {
	src        io.Reader
	buf        []byte
	start, end int
	err        error // what src said last
	line       int
	blankRun   int
	encoding   Encoding // of the file, ASCII until a line tells
	mixed      bool
	extended   bool // FORMAT ETE
	rec        Record
	columns    []byte
	offsets    []int
}

// NewReader returns a Reader of src. It buffers by itself.
func NewReader(src io.Reader) *Reader {
	return &Reader{src: src, buf: make([]byte, firstSize)}
}

// Encoding returns the encoding of the lines read so far. A line that is not valid
// UTF-8 is read as Windows-1252 wherever it stands.
func (r *Reader) Encoding() Encoding { return r.encoding }

// Read returns the next record, which is valid until the next call, and io.EOF
// after the last one. What is not a TRA file gets a *FormatError.
func (r *Reader) Read() (*Record, error) {
	bom := false
	if r.line == 0 {
		if err := r.open(); err != nil {
			return nil, err
		}
		if bom = bytes.HasPrefix(r.buf[r.start:r.end], utf8BOM); bom {
			r.start += len(utf8BOM)
			r.encoding = UTF8
		}
	}
	line, eol, err := r.next()
	if err != nil {
		return nil, err
	}
	r.line++
	r.rec = Record{Line: r.line, raw: line, eol: eol, bom: bom}
	r.decode()
	if n := len(r.rec.columns); len(eol) == 0 && n > 0 && r.rec.columns[n-1] == 0x1a || n == 1 && r.rec.columns[0] == 0x1a {
		r.rec.mark = true
		r.rec.columns = r.rec.columns[:n-1]
		r.rec.control = bytes.IndexFunc(r.rec.columns, func(c rune) bool { return c < ' ' }) >= 0
	}
	if r.line > 1 {
		if err := r.second(); err != nil {
			return nil, err
		}
	}
	r.classify()
	if r.rec.ID == "" && isBlank(r.rec.columns) {
		if r.blankRun += len(line) + 1; r.blankRun > maxBlank {
			return nil, &FormatError{Kind: "blancs", Line: r.line, Message: "Le fichier ne contient plus que des lignes vides ou des espaces à partir d’ici. Vérifiez que l’export s’est terminé et recommencez-le."}
		}
	} else {
		r.blankRun = 0
	}
	return &r.rec, nil
}

// second refuses the header of another file: two files joined are two dossiers, and
// maybe those of two companies.
func (r *Reader) second() error {
	c := r.rec.columns
	for from := 0; ; {
		i := bytes.IndexByte(c[from:], '*')
		if i < 0 {
			return nil
		}
		at := from + i
		if isHeader(c[at:]) {
			where := "Un second en-tête commence ici"
			if at > 3 { // a mark of byte order takes up to three columns
				where = fmt.Sprintf("Un second en-tête commence à la colonne %d", at+1)
			}
			return &FormatError{Kind: "deux-fichiers", Line: r.line, Message: where + " : deux fichiers TRA ont été mis bout à bout. Rien n’est lu de l’un ni de l’autre : séparez-les et traitez-les l’un après l’autre."}
		}
		if from = at + 1; at == 0 && r.rec.starts() {
			from = 3
		}
	}
}

// starts says whether the line starts with ***.
func (r *Record) starts() bool {
	return len(r.columns) >= 3 && r.columns[0] == '*' && r.columns[1] == '*' && r.columns[2] == '*'
}

// isHeader says whether columns start like a header: ***, product, origin, kind.
func isHeader(c []byte) bool {
	if len(c) < 11 || c[0] != '*' || c[1] != '*' || c[2] != '*' {
		return false
	}
	for _, name := range [...]string{"IDENTIFIANT", "ORIGINE_FICHIER", "TYPE_FICHIER"} {
		if f := lHeader.Field(name); !slices.Contains(f.Codes, string(c[f.start:f.end])) {
			return false
		}
	}
	return true
}

// open reads enough to tell a TRA file from another one.
func (r *Reader) open() error {
	for r.err == nil && r.end < MaxLine && bytes.IndexByte(r.buf[:r.end], '\n') < 0 {
		r.fill()
	}
	if r.err != nil && !errors.Is(r.err, io.EOF) {
		return fmt.Errorf("lecture du fichier TRA : %w", r.err)
	}
	return sniff(r.buf[:r.end])
}

// next returns the next line and its end.
func (r *Reader) next() (line, eol []byte, err error) {
	scanned := r.start
	for {
		if i := bytes.IndexByte(r.buf[scanned:r.end], '\n'); i >= 0 {
			stop := scanned + i
			line, eol = r.buf[r.start:stop], r.buf[stop:stop+1]
			if stop > r.start && r.buf[stop-1] == '\r' {
				line, eol = r.buf[r.start:stop-1], r.buf[stop-1:stop+1]
			}
			r.start = stop + 1
			if len(line) > MaxLine {
				return nil, nil, r.tooLong(line)
			}
			return line, eol, nil
		}
		if r.end-r.start > MaxLine {
			return nil, nil, r.tooLong(r.buf[r.start:r.end])
		}
		if r.err != nil {
			if !errors.Is(r.err, io.EOF) {
				return nil, nil, fmt.Errorf("lecture du fichier TRA, ligne %d : %w", r.line+1, r.err)
			}
			if r.start == r.end {
				return nil, nil, io.EOF
			}
			line = r.buf[r.start:r.end]
			r.start = r.end
			return line, nil, nil
		}
		pending := r.end - r.start
		r.fill()
		scanned = r.start + pending
	}
}

func (r *Reader) fill() {
	if r.end == len(r.buf) && len(r.buf) < bufferSize { // the file is not a small one
		larger := make([]byte, bufferSize)
		r.end = copy(larger, r.buf[r.start:r.end])
		r.buf, r.start = larger, 0
	}
	if r.start > 0 {
		r.end = copy(r.buf, r.buf[r.start:r.end])
		r.start = 0
	}
	for range 100 {
		n, err := r.src.Read(r.buf[r.end:])
		r.end += n
		r.err = err
		if n > 0 || err != nil {
			return
		}
	}
	r.err = io.ErrNoProgress
}

func (r *Reader) decode() {
	rec := &r.rec
	var high bool
	high, rec.control = survey(rec.raw)
	rec.columns = rec.raw
	if !high {
		return
	}
	rec.Encoding = Windows1252
	if r.encoding == UTF8 && utf8.Valid(rec.raw) || r.encoding == ASCII && looksUTF8(rec.raw) {
		rec.Encoding = UTF8
		r.columns, r.offsets = rec.decodeUTF8(r.columns, r.offsets)
	}
	switch r.encoding {
	case ASCII:
		r.encoding = rec.Encoding
	case UTF8:
		r.mixed = r.mixed || rec.Encoding == Windows1252
	}
}

// classify finds out which record the line is.
func (r *Reader) classify() {
	rec := &r.rec
	c := rec.columns
	if len(c) >= 3 && c[0] == '*' && c[1] == '*' && c[2] == '*' {
		if len(c) >= 6 {
			if l := starredOf[[3]byte(c[3:6])]; l != nil {
				rec.ID, rec.Layout = l.ID, l
				return
			}
		}
		if r.line == 1 {
			rec.ID, rec.Layout = lHeader.ID, lHeader
			r.extended = rec.Field("FORMAT") == "ETE"
			return
		}
		rec.ID = rec.text(3, 6, true)
		return
	}
	if len(c) == 0 || c[0] == ' ' && isBlank(c) {
		return
	}
	rec.Layout = entryLayout(c)
	rec.ID = rec.Layout.ID
	if rec.Layout == lEcr && r.extended && len(c) > lEcr.End {
		rec.Block = blockOf(c[colTypeCpte])
	}
}

// entryLayout tells the lines without *** apart by column 31 (page 40): blank, X,
// A, H and O are entries, G a document. Budgets carry B and payment approvals P in
// the vendor's own exports. The source gives no code for ECRVT: V, or any other
// code before one of its kinds GEN and ANA in column 84.
func entryLayout(c []byte) *Layout {
	if len(c) <= colTypeCpte {
		return lEcr
	}
	switch c[colTypeCpte] {
	case ' ', 'X', 'A', 'H', 'O':
		return lEcr
	case 'G':
		return lGed
	case 'B':
		return lBud
	case 'P':
		return lBap
	case 'V':
		return lEcrvt
	}
	if kind := lEcrvt.Field("TYPECR"); len(c) >= kind.end {
		if s := string(c[kind.start:kind.end]); s == "GEN" || s == "ANA" {
			return lEcrvt
		}
	}
	return lEcr
}

// blockOf says which block continues an entry: ECR2 describes analytic lines, ECR1
// the others. H is a general line that names its section, so ECR1.
func blockOf(typeCpte byte) *Layout {
	if typeCpte == 'A' || typeCpte == 'O' {
		return lEcr2
	}
	return lEcr1
}

func (r *Reader) tooLong(line []byte) error {
	if bytes.Count(line, []byte{'\r'}) > 1 { // one may be of its end, or stand in a text
		return &FormatError{Kind: "fin-ligne", Line: r.line + 1, Message: "Les lignes se terminent par CR seul (ancien Macintosh). Enregistrez le fichier avec des fins de ligne CRLF (Windows) ou LF."}
	}
	return &FormatError{Kind: "ligne-longue", Line: r.line + 1, Message: fmt.Sprintf("La ligne dépasse %d octets, alors qu’aucun enregistrement TRA n’atteint 5 000 caractères. Ce n’est sans doute pas un fichier TRA, ou ses fins de ligne ont été perdues : exportez-le de nouveau.", MaxLine)}
}
