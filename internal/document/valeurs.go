package document

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf8"
	"unsafe"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/passerelle-hub/passerelle"
)

// A database keeps a document as its values: without the names of the fields, which
// are half of it, and without what stands beside it anyway, the contract's code and its
// profil. From these the document is written again, byte for byte.
//
// The first byte says how it is kept: '{' is the document itself, as all were before and
// as one is that Append did not write; formeValeurs begins this, one entry after the
// other, for the fields in the order of their numbers:
//
//	0x01 to 0x0f      that many fields (1 to 15) are absent
//	0x10 to 0x1f      that many fields (1 to 16) say what the code or the profil does
//	0x20 to 0x7e      a value of that many bytes, less 0x20, follows (0 to 94)
//	0x7f              a longer one follows: its length in digits, ':', the value
//	0x80 and higher   a character of UTF-8: a day DD/MM/YYYY, counted from jourZero
//
// Fields after the last entry are absent. A value is what stands between the quotes of
// the document, so that it need not be escaped again. All of it is text without the null
// character, which any column of text can hold.

// formeValeurs begins what is kept as values. Another form takes another byte, and
// needs a migration even where no table changes: a release that does not know it must
// refuse the database.
const formeValeurs = 0x01

// A field has the number of its place in passerelle.Champs, where new ones come at the
// end. Numbers never change, since what is kept depends on them: these are given.
var donnes = [...]string{
	"codeContrat",
	"codeGroupe", "nomGroupe", "codeSite", "nomSite", "codePeriode", "nomPeriode", "codeFormation", "nomFormation", "codeAnnee", "nomAnnee",
	"codeApprenant", "nomApprenant", "prenomApprenant", "emailApprenant",
	"codePersonnel", "nomPersonnel", "prenomPersonnel", "emailPersonnel",
	"codeMaitreApprentissage", "nomMaitreApprentissage", "prenomMaitreApprentissage", "emailMaitreApprentissage",
	"nomEntreprise", "dateDebut", "dateFin", "codeMarque", "nomMarque", "missionTitle", "missionDetails", "monthStartGroup", "rncp",
	"dateConclusion", "dateRupture", "dateEntreeFormation", "npec", "majorationAnnuelle", "niveau", "idcc", "codeCpne",
	"heuresFormation", "heuresDistance", "employeurPrecedent", "dureeReduite", "opco", "numeroDeca", "siretEntreprise",
}

// deProfil are the numbers of the fields that a profil says, in the order in which
// NewProfil takes them.
var deProfil = [14]int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 26, 27, 30, 31}

// The fields of the profil that follow each other in every document.
const premierBloc, finBloc = 1, 11

var (
	// places are the places of the numbers in a Profil, -1 for fields that it does not say.
	places = func() (list [nombre]int8) {
		for i := range list {
			list[i] = -1
		}
		for place, n := range deProfil {
			list[n] = int8(place)
		}
		return list
	}()
	// entetes are what stands before the values: `,"codeSite":"`.
	entetes = func() (list [nombre][]byte) {
		for i := range passerelle.Champs {
			list[i] = []byte(`,"` + passerelle.Champs[i].Nom + `":"`)
		}
		return list
	}()
)

const nombre = passerelle.NombreChamps

func init() {
	for i, nom := range donnes {
		if i >= nombre || passerelle.Champs[i].Nom != nom {
			panic("document: " + nom + " has lost its number: a new field comes at the end of passerelle.Champs, and none is removed")
		}
	}
}

// jourZero is 1 January 1990; dernierJour is the last day that has a character: those
// above it are no characters of UTF-8.
const (
	jourZero    = 7305 // days after 1 January 1970
	premierRune = 0x80
	dernierJour = 0xd7ff - premierRune
)

// Profil is what stands beside a document of the values that it shares with others. A
// large organisme has thousands: it is small, and most of it is no pointer.
type Profil struct {
	texte  []byte      // its fields as they are written in a document, from `,"codeGroupe":"`
	places [14]morceau // of the values in texte
	bloc   uint32      // how much of texte are the fields that follow each other
	octets [][]byte    // the values themselves, nil where all of them are written as they are
	cle    [16]byte
}

// morceau is where a value is.
type morceau struct{ from, to uint32 }

// interieur is a value as it is written in a document.
func (p *Profil) interieur(place int8) []byte {
	at := p.places[place]
	return p.texte[at.from:at.to:at.to]
}

// valeur is a value itself.
func (p *Profil) valeur(place int8) []byte {
	if p.octets != nil {
		return p.octets[place]
	}
	return p.interieur(place)
}

// Size returns about how many bytes it takes.
func (p *Profil) Size() int64 {
	size := int(unsafe.Sizeof(*p)) + cap(p.texte)
	for _, valeur := range p.octets {
		size += int(unsafe.Sizeof(valeur)) + cap(valeur)
	}
	return int64(size)
}

// NewProfil returns a profil of its values, in the order of regles.Profil.Textes. cle
// tells it from every other one.
func NewProfil(textes [14]string, cle [16]byte) (*Profil, error) {
	p := &Profil{cle: cle}
	size := 0
	for place, n := range deProfil {
		size += len(entetes[n]) + len(textes[place]) + 1
	}
	escaped := false
	all := make([]byte, 0, size)
	for place, n := range deProfil {
		texte := textes[place]
		all = append(all, entetes[n]...)
		from := len(all)
		if plain(texte) {
			all = append(append(all, texte...), '"')
		} else {
			var err error
			if all, err = jsontext.AppendQuote(all[:from-1], texte); err != nil { // with the quote of the head
				return nil, fmt.Errorf("write a value of a profil: %w", err)
			}
		}
		p.places[place] = morceau{uint32(from), uint32(len(all) - 1)}
		escaped = escaped || string(all[from:len(all)-1]) != texte
		if n == finBloc-1 {
			p.bloc = uint32(len(all))
		}
	}
	p.texte = all
	if escaped {
		p.octets = make([][]byte, len(textes))
		for place, texte := range textes {
			p.octets[place] = []byte(texte)
		}
	}
	return p, nil
}

// Kept is a contract as a database keeps it: Valeurs with the code and the profil that
// stand beside it. Profil may be nil where Valeurs is a document.
type Kept struct {
	Valeurs  []byte
	Code     []byte
	Profil   *Profil
	ProfilID int64 // by which the database knows the profil
}

// KeptOf returns how a document is kept beside a code and a profil (see Keep).
func KeptOf(doc []byte, code string, id int64, p *Profil) Kept {
	return Kept{Valeurs: Keep(nil, doc, code, p), Code: []byte(code), Profil: p, ProfilID: id}
}

// Whole reports whether what is kept is the document itself.
func Whole(kept []byte) bool { return len(kept) > 0 && kept[0] == '{' }

// spans are where the values of a document are, by the numbers of their fields; to is 0
// where one is absent.
type spans [nombre]struct{ from, to int32 }

// Keep appends to dst how a document is kept beside a code and a profil: the document
// itself where Append did not write it, or where there is no profil.
func Keep(dst, doc []byte, code string, p *Profil) []byte {
	var at spans
	if p == nil || !locate(doc, &at) {
		return append(dst, doc...)
	}
	return keep(dst, doc, &at, code, p)
}

// AppendBoth appends to doc the document of c (see Append), and to kept how that is kept
// beside a code and a profil.
func AppendBoth(doc, kept []byte, c *passerelle.Contrat, code string, p *Profil) (d, k []byte, err error) {
	var at spans
	if doc, err = write(doc, c, &at); err != nil {
		return doc, kept, err
	}
	return doc, keep(kept, doc, &at, code, p), nil
}

// locate finds the values of a document as Append writes it, and reports whether it is
// such a one.
func locate(doc []byte, at *spans) bool {
	if len(doc) < 2 || doc[0] != '{' || doc[len(doc)-1] != '}' {
		return false
	}
	place := 1
	for n := range entetes {
		if doc[place] == '}' {
			break
		}
		head := entetes[n]
		if place == 1 {
			head = head[1:] // no comma before the first
		}
		if !bytes.HasPrefix(doc[place:], head) {
			continue
		}
		place += len(head)
		length := closing(doc[place:])
		if length < 0 || place+length+1 >= len(doc) {
			return false
		}
		at[n].from, at[n].to = int32(place), int32(place+length)
		place += length + 1
	}
	return place == len(doc)-1
}

// keep is Keep for a document whose values were located.
func keep(dst, doc []byte, at *spans, code string, p *Profil) []byte {
	dst = append(dst, formeValeurs)
	absent, dehors := 0, 0
	for n := range at {
		if at[n].to == 0 {
			dst, dehors = appendRun(dst, 0x0f, dehors, 16), 0
			absent++
			continue
		}
		value := doc[at[n].from:at[n].to]
		if n == 0 && string(value) == code || places[n] >= 0 && bytes.Equal(value, p.interieur(places[n])) {
			dst, absent = appendRun(dst, 0, absent, 15), 0
			dehors++
			continue
		}
		dst, dehors = appendRun(dst, 0x0f, dehors, 16), 0
		dst, absent = appendRun(dst, 0, absent, 15), 0
		dst = appendValue(dst, value)
	}
	return appendRun(dst, 0x0f, dehors, 16)
}

// appendRun appends a run of fields, in entries of at most most.
func appendRun(dst []byte, base byte, n, most int) []byte {
	for ; n > most; n -= most {
		dst = append(dst, base+byte(most))
	}
	if n > 0 {
		dst = append(dst, base+byte(n))
	}
	return dst
}

func appendValue(dst, value []byte) []byte {
	if jour, ok := jourOf(value); ok {
		return utf8.AppendRune(dst, premierRune+rune(jour))
	}
	if len(value) <= 0x7e-0x20 {
		dst = append(dst, 0x20+byte(len(value)))
	} else {
		dst = append(strconv.AppendInt(append(dst, 0x7f), int64(len(value)), 10), ':')
	}
	return append(dst, value...)
}

// jourOf returns a day written DD/MM/YYYY as it is counted, false where the value is no
// day of the calendar or has no character.
func jourOf(value []byte) (int, bool) {
	if len(value) != 10 || value[2] != '/' || value[5] != '/' {
		return 0, false
	}
	number := func(from, to int) (n int) {
		for _, b := range value[from:to] {
			if b < '0' || b > '9' {
				return -1 << 30
			}
			n = 10*n + int(b-'0')
		}
		return n
	}
	d, m, y := number(0, 2), number(3, 5), number(6, 10)
	if d < 1 || m < 1 || m > 12 || y < 1990 {
		return 0, false
	}
	jour := daysOf(y, m, d) - jourZero
	if jour < 0 || jour > dernierJour {
		return 0, false
	}
	var back [10]byte
	return jour, bytes.Equal(appendJour(back[:0], jour), value) // not the 31st of a month of 30
}

// daysOf counts the days from 1 January 1970 to one of the Gregorian calendar.
func daysOf(y, m, d int) int {
	if m <= 2 {
		y, m = y-1, m+12
	}
	return 365*y + y/4 - y/100 + y/400 + (153*(m-3)+2)/5 + d - 1 - 719468
}

// appendJour appends a day that has a character. It is the inverse of daysOf, after Neri
// and Schneider, "Euclidean affine functions and their application to calendar
// algorithms" (2022): in years that begin in March, with a product for each division.
func appendJour(dst []byte, jour int) []byte {
	n := 4*uint32(jour+jourZero+719468) + 3
	century, ofCentury := n/146097, n%146097/4
	product := 2939745 * uint64(4*ofCentury+3)
	y, ofYear := 100*century+uint32(product>>32), uint32(product)/2939745/4
	months := 2141*ofYear + 197913
	m, d := months>>16, months&0xffff/2141+1
	if ofYear >= 306 {
		y, m = y+1, m-12
	}
	return append(dst, '0'+byte(d/10), '0'+byte(d%10), '/', '0'+byte(m/10), '0'+byte(m%10), '/',
		'0'+byte(y/1000), '0'+byte(y/100%10), '0'+byte(y/10%10), '0'+byte(y%10))
}
