package document

import "slices"

// A list writes a hundred thousand documents again, of some thirty pieces each, most of
// them shorter than a call that moves bytes takes: short pieces are moved as one block of
// a size that is known, whatever follows them, and the next one is written over the rest.
const (
	court = 32                // bytes of a short piece
	jour  = len("31/12/1999") // bytes of a day
)

// entre is what stands between two values, the quote that closes the first and that
// opens the second included: `","codeSite":"`.
type entre struct {
	octets [court]byte
	n      int
}

var entres = func() (list [nombre]entre) {
	for i, head := range entetes {
		list[i].n = 1 + copy(list[i].octets[1:], head)
		list[i].octets[0] = '"'
		if list[i].n != len(head)+1 {
			panic("document: the name of a field is too long for entre: " + string(head))
		}
	}
	return list
}()

// writer writes a document that begins at begin into the room after n.
type writer struct {
	room     []byte
	begin, n int
}

// reserve makes room for a value of so many bytes with what stands before it, for the
// rest of a block, and for the end.
func (w *writer) reserve(value int) {
	if need := w.n + value + 2*court + 2; need > len(w.room) {
		grown := slices.Grow(w.room[:w.n], need-w.n)
		w.room = grown[:cap(grown)]
	}
}

// head writes what stands before a value, for which there is room.
func (w *writer) head(field int) {
	head := &entres[field]
	if w.n == w.begin { // no value is before it
		w.n += copy(w.room[w.n:], head.octets[1:head.n])
		return
	}
	*(*[court]byte)(w.room[w.n:]) = head.octets
	w.n += head.n
}

// field writes a field with a value, which rest begins with.
func (w *writer) field(field int, value, rest []byte) {
	w.reserve(len(value))
	w.head(field)
	if len(value) <= court && len(rest) >= court {
		*(*[court]byte)(w.room[w.n:]) = [court]byte(rest)
	} else {
		copy(w.room[w.n:], value)
	}
	w.n += len(value)
}

// AppendJSON appends the document.
func (k *Kept) AppendJSON(dst []byte) ([]byte, error) {
	if Whole(k.Valeurs) {
		return append(dst, k.Valeurs...), nil
	}
	w := writer{dst[:cap(dst)], len(dst), len(dst)}
	at := k.entries()
	for at.next() {
		switch at.kind {
		case beside:
			if err := w.beside(k, at.field, at.end); err != nil {
				return dst, err
			}
		case day:
			w.reserve(jour)
			w.head(at.field)
			appendJour(w.room[:w.n], at.day)
			w.n += jour
		default:
			w.field(at.field, at.kept[at.from:at.at], at.kept[at.from:])
		}
	}
	switch {
	case at.err != nil:
		return dst, at.err
	case w.n == w.begin:
		return append(dst, "{}"...), nil
	}
	w.room[w.begin] = '{' // where the comma of the first field is
	return append(w.room[:w.n], `"}`...), nil
}

// beside writes the fields from one number to before another that are said beside what
// is kept.
func (w *writer) beside(k *Kept, field, end int) error {
	for field < end {
		switch place := places[field]; {
		case field == premierBloc && end >= finBloc:
			bloc := k.Profil.texte[:k.Profil.bloc-1] // the last quote is written by what follows
			w.reserve(len(bloc))
			if w.n > w.begin {
				w.room[w.n] = '"'
				w.n++
			}
			w.n += copy(w.room[w.n:], bloc)
			field = finBloc
			continue
		case field == 0:
			w.field(field, k.Code, nil)
		case place >= 0:
			w.field(field, k.Profil.interieur(place), k.Profil.texte[k.Profil.places[place].from:])
		default:
			return errKept
		}
		field++
	}
	return nil
}
