package conversion

import (
	"bufio"
	"bytes"
	"container/heap"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/passerelle-hub/passerelle/compta"
)

// runSize is how much of a file is sorted in memory at a time.
const runSize = 16 << 20

// sortKey gives the bytes by which lines are sorted; lines with equal bytes stay in
// the order of the file.
type sortKey struct {
	of func(dst []byte, l *Ligne) []byte
	// regroup makes one entry of lines of one journal, number and date.
	regroup bool
}

// order says in which order the target needs the lines, nil where any will do: MAD
// numbers its entries by date, and holds the lines of an entry together.
func (b *besoin) order(o Options) *sortKey {
	date := func(dst []byte, l *Ligne) []byte { return append(dst, l.Date.FEC()...) }
	switch {
	case o.De == MAD && o.Vers == FEC && b.desordre:
		return &sortKey{of: date}
	case o.Vers == MAD && b.scattered && !b.sansNumero:
		return &sortKey{regroup: true, of: func(dst []byte, l *Ligne) []byte {
			dst = append(append(date(dst, l), l.Journal...), 0)
			return append(append(dst, l.Numero...), 0)
		}}
	}
	return nil
}

// sorted gives the lines of a source in the order of a key, through temporary files.
func sorted(in source, p *parametres, key *sortKey, f func(*Ligne) error) (err error) {
	s := &sorter{key: key}
	defer func() { err = errors.Join(err, s.remove()) }()
	if err := in.each(p, s.add); err != nil {
		return err
	}
	if err := s.flush(); err != nil {
		return err
	}
	return s.merge(f)
}

type sorter struct {
	key  *sortKey
	buf  []byte // records of the run
	at   []span
	n    uint64
	runs []*os.File
	tmp  []byte
}

type span struct{ key, start, end int }

// add encodes a line: its key, its rank, its content.
func (s *sorter) add(l *Ligne) error {
	start := len(s.buf)
	s.buf = s.key.of(s.buf, l)
	s.buf = binary.BigEndian.AppendUint64(s.buf, s.n)
	s.n++
	split := len(s.buf)
	s.buf = appendLigne(s.buf, l)
	s.at = append(s.at, span{start, split, len(s.buf)})
	if len(s.buf) > runSize {
		return s.flush()
	}
	return nil
}

// flush writes a sorted run to a file that has no name any more.
func (s *sorter) flush() error {
	if len(s.at) == 0 {
		return nil
	}
	slices.SortFunc(s.at, func(a, b span) int { return bytes.Compare(s.buf[a.key:a.start], s.buf[b.key:b.start]) })
	file, err := os.CreateTemp("", "passerelle-tri-*")
	if err != nil {
		return fmt.Errorf("sorting: %w", err)
	}
	s.runs = append(s.runs, file)
	w := bufio.NewWriterSize(file, 256<<10)
	for _, x := range s.at {
		s.tmp = binary.AppendUvarint(s.tmp[:0], uint64(x.start-x.key))
		s.tmp = binary.AppendUvarint(s.tmp, uint64(x.end-x.start))
		_, _ = w.Write(s.tmp)
		_, _ = w.Write(s.buf[x.key:x.end])
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("sorting: %w", err)
	}
	s.buf, s.at = s.buf[:0], s.at[:0]
	return nil
}

func (s *sorter) remove() error {
	var errs []error
	for _, f := range s.runs {
		errs = append(errs, f.Close(), os.Remove(f.Name()))
	}
	return errors.Join(errs...)
}

// run is a sorted file being read.
type run struct {
	r         *bufio.Reader
	key, line []byte
}

func (r *run) next() error {
	a, err := binary.ReadUvarint(r.r)
	if err != nil {
		return err
	}
	b, err := binary.ReadUvarint(r.r)
	if err != nil {
		return err
	}
	r.key = append(r.key[:0], make([]byte, a)...)
	r.line = append(r.line[:0], make([]byte, b)...)
	if _, err := io.ReadFull(r.r, r.key); err != nil {
		return err
	}
	_, err = io.ReadFull(r.r, r.line)
	return err
}

type runHeap []*run

func (h runHeap) Len() int           { return len(h) }
func (h runHeap) Less(i, j int) bool { return bytes.Compare(h[i].key, h[j].key) < 0 }
func (h runHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *runHeap) Push(x any)        { *h = append(*h, x.(*run)) }
func (h *runHeap) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

func (s *sorter) merge(f func(*Ligne) error) error {
	var h runHeap
	for _, file := range s.runs {
		if _, err := file.Seek(0, io.SeekStart); err != nil {
			return err
		}
		r := &run{r: bufio.NewReaderSize(file, 64<<10)}
		if err := r.next(); err != nil {
			return fmt.Errorf("sorting: %w", err)
		}
		h = append(h, r)
	}
	heap.Init(&h)
	entree, previous := 0, []byte(nil)
	for len(h) > 0 {
		r := h[0]
		l := decodeLigne(r.line)
		if s.key.regroup {
			if own := r.key[:len(r.key)-8]; entree == 0 || !bytes.Equal(own, previous) {
				entree++
				previous = append(previous[:0], own...)
			}
			l.Entree = entree
		}
		if err := f(l); err != nil {
			return err
		}
		switch err := r.next(); {
		case errors.Is(err, io.EOF):
			heap.Pop(&h)
		case err != nil:
			return fmt.Errorf("sorting: %w", err)
		default:
			heap.Fix(&h, 0)
		}
	}
	return nil
}

func appendLigne(b []byte, l *Ligne) []byte {
	for _, s := range [...]string{l.Journal, l.Numero, l.Compte, l.Auxiliaire, l.Reference, l.Libelle, l.Lettre, l.Devise, l.Paiement} {
		b = appendText(b, s)
	}
	for _, d := range [...]compta.Date{l.Date, l.DateReference, l.DateLettre, l.Validation, l.Echeance} {
		b = binary.AppendUvarint(b, uint64(d.Year*10_000+int(d.Month)*100+d.Day))
	}
	partial := int64(0)
	if l.Partielle {
		partial = 1
	}
	for _, n := range [...]int64{int64(l.N), int64(l.Entree), int64(l.Debit), int64(l.Credit), int64(l.EnDevise), partial, int64(len(l.Imputations))} {
		b = binary.AppendVarint(b, n)
	}
	for _, i := range l.Imputations {
		b = appendText(appendText(b, i.Axe), i.Section)
		b = binary.AppendVarint(binary.AppendVarint(b, int64(i.N)), int64(i.Montant))
	}
	return b
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// decodeLigne reads what appendLigne wrote.
func decodeLigne(b []byte) *Ligne {
	l := &Ligne{}
	str := func() string {
		n, size := binary.Uvarint(b)
		s := string(b[size : size+int(n)])
		b = b[size+int(n):]
		return s
	}
	num := func() int64 {
		n, size := binary.Varint(b)
		b = b[size:]
		return n
	}
	for _, s := range [...]*string{&l.Journal, &l.Numero, &l.Compte, &l.Auxiliaire, &l.Reference, &l.Libelle, &l.Lettre, &l.Devise, &l.Paiement} {
		*s = str()
	}
	for _, d := range [...]*compta.Date{&l.Date, &l.DateReference, &l.DateLettre, &l.Validation, &l.Echeance} {
		n, size := binary.Uvarint(b)
		b = b[size:]
		*d = compta.Date{Year: int(n / 10_000), Month: month(int(n / 100 % 100)), Day: int(n % 100)}
	}
	l.N, l.Entree = int(num()), int(num())
	l.Debit, l.Credit, l.EnDevise = compta.Montant(num()), compta.Montant(num()), compta.Montant(num())
	l.Partielle = num() == 1
	for range num() {
		i := Imputation{Axe: str(), Section: str()}
		i.N, i.Montant = int(num()), compta.Montant(num())
		l.Imputations = append(l.Imputations, i)
	}
	return l
}
