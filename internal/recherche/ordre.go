package recherche

import (
	"bytes"
	"cmp"
	"runtime"
	"slices"
	"strings"
	"sync"
)

// Tri says by what contracts are put in order.
type Tri string

// The orders. What a contract does not say comes last.
const (
	ParCode       Tri = ""
	ParApprenant  Tri = "apprenant"
	ParEntreprise Tri = "entreprise"
	ParGroupe     Tri = "groupe"
	ParDebut      Tri = "debut"
	ParFin        Tri = "fin"
)

// ordres are the orders of an index that were asked for: each is worked out once.
type ordres struct {
	mu     sync.Mutex
	byTri  map[Tri][]int32
	byKeys map[Tri][][]byte
}

// ordre returns the places of all contracts in an order, nil for that of the codes, in
// which they are.
func (x *Index) ordre(tri Tri) (order []int32, keys [][]byte) {
	if tri == ParCode {
		return nil, nil
	}
	x.ordres.mu.Lock()
	defer x.ordres.mu.Unlock()
	if order, known := x.ordres.byTri[tri]; known {
		return order, x.ordres.byKeys[tri]
	}
	keys = make([][]byte, x.Len())
	for i := range keys {
		keys[i] = x.key(i, tri)
	}
	order = make([]int32, x.Len())
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortStableFunc(order, func(a, b int32) int { return compareKeys(keys[a], keys[b]) })
	if x.ordres.byTri == nil {
		x.ordres.byTri, x.ordres.byKeys = map[Tri][]int32{}, map[Tri][][]byte{}
	}
	x.ordres.byTri[tri], x.ordres.byKeys[tri] = order, keys
	return order, keys
}

// compareKeys puts what is not known last.
func compareKeys(a, b []byte) int {
	if len(a) == 0 || len(b) == 0 {
		return cmp.Compare(len(b), len(a))
	}
	return bytes.Compare(a, b)
}

func (x *Index) key(i int, tri Tri) []byte {
	day := func(n int32) []byte {
		if n == 0 {
			return nil
		}
		return []byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}
	}
	switch tri {
	case ParApprenant:
		return fields(x.textOf(i), places[Apprenant][0]+1, places[Apprenant][0]+3)
	case ParEntreprise:
		return fields(x.textOf(i), places[Entreprise][0], places[Entreprise][1])
	case ParGroupe:
		return fields(x.textOf(i), groupeFin-1, groupeFin)
	case ParDebut:
		return day(int32(x.dates[i].Debut))
	case ParFin:
		return day(int32(x.dates[i].Fin))
	}
	return nil
}

// Trouve is a contract of one of two indexes.
type Trouve struct {
	Archive bool
	Place   int
}

// Ensemble says which contracts of an index are meant: nil is all of them.
type Ensemble []bool

// Holding returns the contracts that hold a text and that keep accepts, and how many
// there are. keep may be nil, and the text empty; several goroutines may call it.
func (x *Index) Holding(t Texte, keep func(i int) bool) (set Ensemble, total int) {
	if t.Vide() && keep == nil {
		return nil, x.Len()
	}
	set = make(Ensemble, x.Len())
	hold := func(from, to int) (n int) {
		x.among(t, keep, from, to, func(i int) bool {
			set[i] = true
			n++
			return true
		})
		return n
	}
	if x.Len() < aPlusieurs {
		return set, hold(0, x.Len())
	}
	// Short words are in most contracts, each of which has to be read: by several processors.
	parts := min(runtime.GOMAXPROCS(0), 4)
	totals := make([]int, parts)
	var working sync.WaitGroup
	for part := range parts {
		working.Go(func() { totals[part] = hold(x.Len()*part/parts, x.Len()*(part+1)/parts) })
	}
	working.Wait()
	for _, n := range totals {
		total += n
	}
	return set, total
}

// AuPlus counts the contracts that hold a text and that keep accepts, and stops at n: whoever
// looks for something else needs not read them all. keep may be nil, and the text empty.
func (x *Index) AuPlus(t Texte, keep func(i int) bool, n int) (total int) {
	x.among(t, keep, 0, x.Len(), func(int) bool {
		total++
		return total < n
	})
	return total
}

// among passes the places, from one to before another, of the contracts that hold a text,
// all of them for an empty one, and that keep accepts, until yield returns false.
func (x *Index) among(t Texte, keep func(i int) bool, from, to int, yield func(i int) bool) {
	if keep != nil {
		all := yield
		yield = func(i int) bool { return !keep(i) || all(i) }
	}
	if !t.Vide() {
		x.each(t, from, to, yield)
		return
	}
	for i := from; i < to; i++ {
		if !yield(i) {
			return
		}
	}
}

// aPlusieurs is from how many contracts on a search is shared out among processors.
const aPlusieurs = 20_000

// Partie returns a part of the contracts of two sets, active and archived, in an
// order: limit of them after offset, all for 0. Contracts that are alike keep the order of their codes,
// the active ones first.
func Partie(actifs, archives *Index, dans, parmi Ensemble, tri Tri, desc bool, offset, limit int) (found []Trouve) {
	type side struct {
		*Index
		order []int32
		keys  [][]byte
		set   Ensemble
		at    int
	}
	var sides [2]side
	for i, x := range []*Index{actifs, archives} {
		if x.Len() == 0 {
			continue
		}
		sides[i].Index = x
		sides[i].order, sides[i].keys = x.ordre(tri)
		sides[i].set = []Ensemble{dans, parmi}[i]
	}
	next := func(s *side) (place int32, ok bool) {
		for n := s.Len(); s.at < n; s.at++ {
			place = int32(s.at)
			if desc {
				place = int32(n - 1 - s.at)
			}
			if tri != ParCode {
				place = s.order[place]
			}
			if s.set == nil || s.set[place] {
				return place, true
			}
		}
		return 0, false
	}
	for n := 0; limit == 0 || n < offset+limit; n++ {
		a, okA := next(&sides[0])
		b, okB := next(&sides[1])
		second := !okA
		if okA && okB {
			var c int
			if tri == ParCode {
				c = strings.Compare(sides[0].codes[a], sides[1].codes[b])
			} else {
				c = compareKeys(sides[0].keys[a], sides[1].keys[b])
			}
			second = c > 0 && !desc || c < 0 && desc
		}
		if !okA && !okB {
			break
		}
		t := Trouve{second, int(a)}
		if second {
			t.Place = int(b)
			sides[1].at++
		} else {
			sides[0].at++
		}
		if n >= offset {
			found = append(found, t)
		}
	}
	return found
}
