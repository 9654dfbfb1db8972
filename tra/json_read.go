package tra

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/passerelle-hub/passerelle/compta"
)

// maxElement is how many bytes of JSON one line may take.
const maxElement = 4 << 20

// JSONError says what is wrong with the JSON form of a file.
type JSONError struct {
	Line    int // element of "lignes", from 1; 0 outside
	Offset  int64
	Message string // French
}

// Error returns the message with its place.
func (e *JSONError) Error() string {
	if e.Line > 0 {
		return fmt.Sprintf("lignes[%d] (octet %d) : %s", e.Line-1, e.Offset, e.Message)
	}
	return fmt.Sprintf("octet %d : %s", e.Offset, e.Message)
}

// FromJSON writes the TRA file that the JSON form describes (see ToJSON), line by
// line. Beside text, a number field accepts a JSON number, a flag true and false, a
// date AAAA-MM-JJ; null is blank. A value that the field cannot hold gets a
// *FieldError, a file of another kind a *FormatError, anything else a *JSONError; what
// was written before is then an incomplete file.
func FromJSON(src io.Reader, dst io.Writer) error {
	in := bufio.NewReader(src)
	head, err := in.Peek(firstSize / 2)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("lecture de la forme JSON : %w", err)
	}
	if err := notJSON(head); err != nil {
		return err
	}
	guard := &guardedReader{src: in, left: maxElement}
	d := &jsonDecoder{dec: json.NewDecoder(guard), guard: guard, out: bufio.NewWriterSize(dst, firstSize), eol: "\r\n", rows: map[*Layout]*Row{}}
	d.dec.DisallowUnknownFields()
	if err := d.file(); err != nil {
		return err
	}
	return d.out.Flush()
}

// notJSON refuses what is another kind of file; head is its beginning.
func notJSON(head []byte) error {
	refuse := func(kind, message string) error { return &FormatError{Kind: kind, Line: 1, Message: message} }
	switch n := compta.Recognize(head); n.Kind {
	case "tra-json", "json":
		return nil
	case compta.TRA.Kind:
		return refuse(n.Kind, "C’est déjà un fichier TRA, pas la forme JSON d’un fichier TRA : il n’y a rien à écrire. « passerelle tra json » en donne la forme JSON.")
	case compta.FEC.Kind, compta.MAD.Kind:
		return refuse(n.Kind, "C’est "+n.About+", pas la forme JSON d’un fichier TRA. Convertissez-le (« passerelle convert --de "+n.Kind+" --vers tra »).")
	case "vide":
		return refuse(n.Kind, "Le fichier est vide. Relancez « passerelle tra json » pour l’obtenir.")
	default:
		return refuse(n.Kind, "C’est "+n.About+", pas la forme JSON d’un fichier TRA, que « passerelle tra json » produit.")
	}
}

// guardedReader refuses an element of more than maxElement bytes, which the decoder
// would have to hold in memory.
type guardedReader struct {
	src  io.Reader
	left int
}

var errElement = errors.New("élément trop long")

func (g *guardedReader) Read(p []byte) (int, error) {
	if g.left <= 0 {
		return 0, errElement
	}
	n, err := g.src.Read(p[:min(len(p), g.left)])
	g.left -= n
	return n, err
}

type jsonDecoder struct {
	dec   *json.Decoder
	guard *guardedReader
	out   *bufio.Writer
	eol   string
	line  int
	rows  map[*Layout]*Row
	buf   []byte
}

func (d *jsonDecoder) fail(format string, args ...any) error {
	return &JSONError{Line: d.line, Offset: d.dec.InputOffset(), Message: fmt.Sprintf(format, args...)}
}

// syntax explains what the JSON decoder said.
func (d *jsonDecoder) syntax(err error) error {
	var unknown *json.UnmarshalTypeError
	switch {
	case errors.Is(err, errElement):
		return d.fail("un élément dépasse %d octets", maxElement)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return d.fail("le JSON s’arrête trop tôt")
	case errors.As(err, &unknown):
		return d.fail("« %s » : %s inattendu", unknown.Field, unknown.Value)
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return d.fail("propriété %s inconnue ; attendu : enregistrement, champs, bloc, champsBloc, longueur, reste, finLigne, encodage, brut", name)
	}
	return d.fail("JSON mal formé : %v", err)
}

func (d *jsonDecoder) token() (json.Token, error) {
	t, err := d.dec.Token()
	if err != nil {
		return nil, d.syntax(err)
	}
	return t, nil
}

func (d *jsonDecoder) file() error {
	if t, err := d.token(); err != nil {
		return err
	} else if t != json.Delim('{') {
		return d.fail("objet attendu : {\"lignes\": […]}")
	}
	seen := false
	for d.dec.More() {
		name, err := d.token()
		if err != nil {
			return err
		}
		if seen && name != "lignes" {
			return d.fail("« %v » doit précéder « lignes »", name)
		}
		switch name {
		case "finLigne":
			err = d.option(&d.eol)
			if err == nil && !validEOL(d.eol) {
				return d.fail("finLigne : \\r\\n ou \\n attendu")
			}
		case "bom":
			var bom bool
			if err = d.option(&bom); bom && err == nil {
				_, err = d.out.Write(utf8BOM)
			}
		case "lignes":
			if seen {
				return d.fail("« lignes » figure deux fois")
			}
			seen = true
			err = d.lines()
		default:
			return d.fail("propriété « %v » inconnue ; attendu : finLigne, bom, lignes", name)
		}
		if err != nil {
			return err
		}
	}
	if _, err := d.token(); err != nil {
		return err
	}
	if !seen {
		return d.fail("« lignes » manque")
	}
	if _, err := d.dec.Token(); !errors.Is(err, io.EOF) {
		return d.fail("rien n’est attendu après l’objet")
	}
	return nil
}

func (d *jsonDecoder) option(to any) error {
	if err := d.dec.Decode(to); err != nil {
		return d.syntax(err)
	}
	return nil
}

func (d *jsonDecoder) lines() error {
	if t, err := d.token(); err != nil {
		return err
	} else if t != json.Delim('[') {
		return d.fail("« lignes » : tableau attendu")
	}
	var l jsonLine
	for d.dec.More() {
		d.line++
		d.guard.left = maxElement
		l = jsonLine{Champs: l.Champs[:0], ChampsBloc: l.ChampsBloc[:0]} // keeps their memory
		if err := d.dec.Decode(&l); err != nil {
			return d.syntax(err)
		}
		if err := d.write(&l); err != nil {
			return err
		}
	}
	d.line = 0
	d.guard.left = maxElement
	_, err := d.token()
	return err
}

func (d *jsonDecoder) write(l *jsonLine) error {
	eol := d.eol
	if l.FinLigne != nil {
		if eol = *l.FinLigne; eol != "" && !validEOL(eol) {
			return d.fail("finLigne : \\r\\n ou \\n attendu")
		}
	}
	var err error
	if l.Brut != nil {
		if d.buf, err = base64.StdEncoding.AppendDecode(d.buf[:0], []byte(*l.Brut)); err != nil {
			return d.fail("brut : base64 attendu")
		}
	} else if err = d.build(l); err != nil {
		return err
	}
	_, _ = d.out.Write(d.buf)
	_, err = d.out.WriteString(eol)
	return err
}

func validEOL(s string) bool { return s == "\r\n" || s == "\n" || s == "" }

// build makes a line of its fields.
func (d *jsonDecoder) build(l *jsonLine) error {
	layout := LayoutOf(l.Enregistrement)
	if layout == nil || !layout.WholeLine() {
		return d.fail("enregistrement « %s » inconnu", l.Enregistrement)
	}
	row := d.rows[layout]
	if row == nil {
		row = NewRow(layout)
		d.rows[layout] = row
	}
	row.Reset()
	if err := d.set(row, layout, l.Champs); err != nil {
		return err
	}
	if l.Bloc != "" {
		block := LayoutOf(l.Bloc)
		if block == nil || block.WholeLine() || layout != lEcr {
			return d.fail("bloc « %s » : ECR1 ou ECR2 attendu, dans une écriture (ECR)", l.Bloc)
		}
		row.SetBlock(block)
		if err := d.set(row, block, l.ChampsBloc); err != nil {
			return err
		}
	}
	if l.Encodage != "" && l.Encodage != "utf-8" && l.Encodage != "windows-1252" {
		return d.fail("encodage « %s » : utf-8 ou windows-1252 attendu", l.Encodage)
	}
	length := len(row.buf)
	if l.Longueur != nil {
		length = *l.Longueur
		if length < 0 || length > len(row.buf) || l.Reste != "" {
			return d.fail("longueur : de 0 à %d, sans reste", len(row.buf))
		}
	}
	if strings.ContainsAny(l.Reste, "\r\n") {
		return d.fail("reste : une seule ligne attendue")
	}
	var ok bool
	if d.buf, ok = appendLine(d.buf[:0], row, length, l.Reste, l.Encodage == "utf-8"); !ok {
		return d.fail("longueur %d : un champ dépasse, ou le reste a des caractères hors Windows-1252", length)
	}
	return nil
}
