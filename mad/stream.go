package mad

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/passerelle-hub/passerelle/compta"
)

// Reader reads a document of any size: a whole export, an array of entries, or one
// entry.
type Reader struct {
	src     *source
	in      io.Reader // src, after what was taken from it too early
	dec     *jsontext.Decoder
	shift   int64 // what is added to the places that dec tells
	window  *window
	doc     Document
	state   uint8
	list    bool // the entries are the document
	entries int
	first   int // how many were read before the list that is read
}

const (
	fresh uint8 = iota
	inData
	inEntries
	inWindow // in the entries, which are read without dec
	done
)

// NewReader returns a Reader of src. Names that stand twice in an object are taken
// as they come.
func NewReader(src io.Reader) *Reader {
	s := &source{}
	s.Reader = bufio.NewReaderSize(readerFunc(func(b []byte) (int, error) {
		n, err := src.Read(b)
		if err != nil && err != io.EOF {
			s.err = err
		}
		return n, err
	}), 64<<10)
	return &Reader{src: s, in: s, dec: decoder(s)}
}

func decoder(src io.Reader) *jsontext.Decoder {
	return jsontext.NewDecoder(src, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}

// source remembers what went wrong with the bytes, which is no fault of the document.
type source struct {
	*bufio.Reader
	err error // never io.EOF
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

// sniff refuses what is another kind of file.
func (r *Reader) sniff() error {
	head, _ := r.src.Peek(4 << 10)
	if r.src.err != nil {
		return r.src.err
	}
	refuse := func(kind, message string) error {
		return &compta.FormatError{Kind: kind, Line: 1, Message: message}
	}
	switch n := compta.Recognize(head); n.Kind {
	case compta.MAD.Kind, "json":
		return nil
	case compta.TRA.Kind:
		return refuse(n.Kind, "C’est un fichier TRA, pas un document JSON au format MAD. Contrôlez-le comme TRA (« passerelle tra check ») ou convertissez-le (« passerelle convert --de tra »).")
	case compta.FEC.Kind:
		return refuse(n.Kind, "C’est un FEC (fichier des écritures comptables), pas un document JSON au format MAD. Contrôlez-le comme FEC (« passerelle fec check ») ou convertissez-le (« passerelle convert --de fec »).")
	case "vide":
		return refuse(n.Kind, "Le fichier est vide. "+n.Todo)
	default:
		return refuse(n.Kind, "C’est "+n.About+", pas un document JSON au format MAD. "+n.Todo)
	}
}

// Document returns what was read so far of a document besides its entries; all of
// it, once Next returned io.EOF.
func (r *Reader) Document() *Document { return &r.doc }

// Entries returns how many entries were read.
func (r *Reader) Entries() int { return r.entries }

// Next returns the next entry, and io.EOF after the last one. What is no MAD gets a
// *compta.FormatError with the place in the document.
func (r *Reader) Next() (*Entry, error) {
	e := &Entry{}
	if err := r.Read(e); err != nil {
		return nil, err
	}
	return e, nil
}

// Read is Next for an entry that may hold another one: what it held gives way, and
// its lists and strings are used again where they can be, so that reading on costs
// little memory. It may only hold what a Reader, or nothing, put there.
func (r *Reader) Read(e *Entry) error {
	for {
		found, err := r.step(e)
		if err != nil && !errors.Is(err, io.EOF) {
			return r.refuse(err)
		}
		if found || err != nil {
			return err
		}
	}
}

// step reads an entry, or something else and returns false.
func (r *Reader) step(e *Entry) (found bool, err error) {
	switch r.state {
	case fresh:
		return false, r.open()
	case inData:
		return false, r.member()
	case inWindow:
		return r.quick(e)
	case inEntries:
		if r.dec.PeekKind() == ']' {
			if _, err := r.dec.ReadToken(); err != nil {
				return false, err
			}
			r.state = inData
			if r.list {
				r.state = done
			}
			return false, nil
		}
		*e = Entry{}
		if err := json.UnmarshalDecode(r.dec, e, json.MatchCaseInsensitiveNames(true)); err != nil {
			return false, err
		}
		r.entries++
		return true, nil
	}
	return false, r.end()
}

// end reads what is left: nothing may follow the document but its closing braces.
func (r *Reader) end() error {
	if _, err := r.dec.ReadToken(); err == nil {
		return errors.New("quelque chose suit la fin du document")
	} else {
		return err
	}
}

func (r *Reader) open() error {
	if err := r.sniff(); err != nil {
		return err
	}
	switch r.dec.PeekKind() {
	case '[':
		r.list = true
		return r.enter()
	case '{':
	default:
		_, err := r.dec.ReadToken()
		if err == nil {
			err = errors.New("un objet ou un tableau d’écritures est attendu")
		}
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return err
	}
	if _, err := r.dec.ReadToken(); err != nil {
		return err
	}
	r.state = inData
	return nil
}

// member reads one member of the document or of its data.
func (r *Reader) member() error {
	if r.dec.PeekKind() == '}' {
		_, err := r.dec.ReadToken()
		if r.dec.StackDepth() == 0 {
			r.state = done
		}
		return err
	}
	name, err := r.dec.ReadToken()
	if err != nil {
		return err
	}
	d := &r.doc.Data
	var at any
	switch name.String() {
	case "data":
		if r.dec.StackDepth() != 1 || r.dec.PeekKind() != '{' {
			break
		}
		_, err := r.dec.ReadToken()
		return err
	case "entries":
		if r.dec.PeekKind() != '[' {
			break
		}
		return r.enter()
	case "metadata":
		at = &r.doc.Metadata
	case "accountingFolder":
		at = &d.AccountingFolder
	case "payments":
		at = &d.Payments
	case "banks":
		at = &d.Banks
	case "journals":
		at = &d.Journals
	case "accounts":
		at = &d.Accounts
	case "exercices":
		at = &d.Exercices
	case "analytics":
		at = &d.Analytics
	}
	if at == nil {
		return r.dec.SkipValue()
	}
	return json.UnmarshalDecode(r.dec, at, json.MatchCaseInsensitiveNames(true))
}

// refuse makes an error of the document one for the person who sent it. The error of
// a source of bytes stays as it is.
func (r *Reader) refuse(err error) error {
	if r.src.err != nil {
		return fmt.Errorf("lecture du document MAD : %w", r.src.err)
	}
	var refused *compta.FormatError
	if errors.As(err, &refused) {
		return err
	}
	var syntax *jsontext.SyntacticError
	var semantic *json.SemanticError
	where := r.dec.StackPointer()
	switch {
	case errors.As(err, &syntax):
		return &compta.FormatError{Kind: "json", Line: 1, Message: fmt.Sprintf("Le document JSON est mal formé à l’octet %d (%s) : exportez-le de nouveau.", r.shift+syntax.ByteOffset, where)}
	case errors.As(err, &semantic):
		return &compta.FormatError{Kind: "json", Line: 1, Message: fmt.Sprintf("Le document n’a pas la forme MAD à l’octet %d (%s) : une valeur d’une autre sorte y est attendue.", r.shift+semantic.ByteOffset, semantic.JSONPointer)}
	case errors.Is(err, io.ErrUnexpectedEOF):
		return &compta.FormatError{Kind: "json", Line: 1, Message: fmt.Sprintf("Le document JSON s’arrête avant sa fin (%s) : exportez-le de nouveau.", where)}
	}
	return &compta.FormatError{Kind: "json", Line: 1, Message: fmt.Sprintf("Ce n’est pas un document MAD (octet %d) : %s.", r.shift+r.dec.InputOffset(), err)}
}
