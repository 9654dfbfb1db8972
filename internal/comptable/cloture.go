package comptable

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"slices"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// Empreinte is a SHA-256 digest. The zero value stands before the first closing
// of a société.
type Empreinte [sha256.Size]byte

// String returns the digest in lower-case hexadecimal.
func (e Empreinte) String() string { return fmt.Sprintf("%x", e[:]) }

// Maillon is one closing in the chain of a société. Exercice is the exercice as
// it is kept now, so that a change made to it behind the product's back shows.
type Maillon struct {
	Societe     int64
	Exercice    domaine.Exercice // closed
	Quand       time.Time        // when it was recorded; hashed to the microsecond
	Ventilation Empreinte        // digest of its ventilation, zero where none was recorded
	Precedent   Empreinte        // Empreinte of the closing before it, zero for the first
	Empreinte   Empreinte
}

// HashCloture returns the digest of one closing, chained to the one before it.
//
// What is hashed, in this order: the text "passerelle/cloture/1\n"; prev; the
// société's id; the exercice's id, first day and last day (days since
// 1970-01-01); lettering; 1 or 0 for à-nouveaux generated automatically; id and
// label of the review model; id, first name and last name of the person, and the
// day of closing; the instant in microseconds since 1970 (UTC); the digest of
// the ventilation. Numbers are 8 bytes, big-endian, two's complement; texts are
// UTF-8, preceded by their length in bytes as such a number. The exercice must
// be closed.
func HashCloture(prev Empreinte, societe int64, e domaine.Exercice, quand time.Time, ventilation Empreinte) Empreinte {
	h := encoder{sha256.New()}
	h.Write([]byte("passerelle/cloture/1\n"))
	h.Write(prev[:])
	h.number(societe)
	h.number(e.ID)
	h.number(int64(e.Periode.Debut))
	h.number(int64(e.Periode.Fin))
	h.text(string(e.Lettrage))
	if e.ReportANouveau {
		h.number(1)
	} else {
		h.number(0)
	}
	h.number(e.ReviewModel.ID)
	h.text(e.ReviewModel.Label)
	h.number(e.Cloture.Par.ID)
	h.text(e.Cloture.Par.Prenom)
	h.text(e.Cloture.Par.Nom)
	h.number(int64(e.Cloture.Le))
	h.number(quand.UnixMicro())
	h.Write(ventilation[:])
	var out Empreinte
	h.Sum(out[:0])
	return out
}

type encoder struct{ hash.Hash }

func (h encoder) number(n int64) {
	var buf [8]byte
	binary.BigEndian.PutUint64(buf[:], uint64(n))
	h.Write(buf[:])
}

func (h encoder) text(s string) {
	h.number(int64(len(s)))
	h.Write([]byte(s))
}

// Link returns the next link of a chain: the closing of e, recorded at quand.
func Link(chain []Maillon, societe int64, e domaine.Exercice, quand time.Time, ventilation Empreinte) Maillon {
	var prev Empreinte
	if n := len(chain); n > 0 {
		prev = chain[n-1].Empreinte
	}
	return Maillon{Societe: societe, Exercice: e, Quand: quand, Ventilation: ventilation, Precedent: prev,
		Empreinte: HashCloture(prev, societe, e, quand, ventilation)}
}

// Rupture is the first place where a chain of closings does not hold.
type Rupture struct {
	Index    int   // position in the chain, from 0; its length where a link is missing at its end
	Exercice int64 // id
	Message  string
}

// Verify checks a société's chain of closings, in the order in which they were
// recorded, and returns its first broken link, or nil.
func Verify(chain []Maillon) *Rupture {
	var prev Empreinte
	seen := make(map[int64]bool, len(chain))
	for i, m := range chain {
		broken := func(why string) *Rupture {
			return &Rupture{Index: i, Exercice: m.Exercice.ID,
				Message: sentence("la clôture n° %d, de l’exercice %s, %s.", i+1, m.Exercice.Periode, why)}
		}
		switch {
		case m.Societe != chain[0].Societe:
			return broken("appartient à une autre société")
		case m.Precedent != prev:
			return broken("ne suit pas la clôture précédente : une clôture a été retirée, ajoutée ou déplacée")
		case m.Exercice.Periode == (passerelle.Periode{}):
			return &Rupture{Index: i, Exercice: m.Exercice.ID, Message: sentence("la clôture n° %d porte sur un exercice qui n’existe plus.", i+1)}
		case !m.Exercice.Clos():
			return broken("porte sur un exercice qui n’est plus clôturé")
		case HashCloture(prev, m.Societe, m.Exercice, m.Quand, m.Ventilation) != m.Empreinte:
			return broken("ne correspond plus à son empreinte : ce qui a été clôturé a été modifié")
		case seen[m.Exercice.ID]:
			return broken("clôture une seconde fois le même exercice")
		}
		seen[m.Exercice.ID] = true
		prev = m.Empreinte
	}
	return nil
}

// VerifyDossier checks the chain as Verify does, and that it tells the same as
// the list: each closed exercice has its link, and each link its exercice,
// unchanged. A link taken from the end of the chain shows only here.
func VerifyDossier(list []domaine.Exercice, chain []Maillon) *Rupture {
	if r := Verify(chain); r != nil {
		return r
	}
	closings := make(map[int64]int, len(chain))
	for i, m := range chain {
		closings[m.Exercice.ID] = i
	}
	for _, e := range Sorted(list) {
		i, ok := closings[e.ID]
		delete(closings, e.ID)
		switch {
		case ok && !equal(e, chain[i].Exercice):
			return &Rupture{Index: i, Exercice: e.ID,
				Message: sentence("l’exercice %s n’est plus tel qu’il a été clôturé.", e.Periode)}
		case !ok && e.Clos():
			return &Rupture{Index: len(chain), Exercice: e.ID,
				Message: sentence("la clôture de l’exercice %s manque à la chaîne des clôtures.", e.Periode)}
		}
	}
	for i, m := range chain {
		if _, left := closings[m.Exercice.ID]; left {
			return &Rupture{Index: i, Exercice: m.Exercice.ID,
				Message: sentence("l’exercice clôturé %s n’existe plus.", m.Exercice.Periode)}
		}
	}
	return nil
}

// VerifyHistoire checks that the recorded events tell the same as the list and the
// chain: what they leave is what is kept, each closing of the chain was recorded, when it
// was made, and no exercice that was closed is open again. It returns the first contradiction, or nil.
// Who takes a closing off the end of the chain has to rewrite the events too; what was
// noted elsewhere (Connue) shows even that.
func VerifyHistoire(events []Evenement, list []domaine.Exercice, chain []Maillon) *Rupture {
	broken := func(e *domaine.Exercice, why string) *Rupture {
		return &Rupture{Index: len(chain), Exercice: e.ID, Message: sentence("l’exercice %s %s.", e.Periode, why)}
	}
	last := map[int64]*domaine.Exercice{}
	closed := map[int64]*domaine.Exercice{} // as an event closed it first
	when := map[int64]time.Time{}           // and when
	for i := range events {
		e := &events[i].Exercice
		if i > 0 && events[i].Quand.Before(events[i-1].Quand.Add(-clockStep)) {
			return broken(e, "a un événement daté d’avant celui qui le précède : l’historique a été réécrit")
		}
		if before := closed[e.ID]; before != nil && !equal(*before, *e) {
			return broken(e, "a changé après sa clôture : elle est définitive")
		}
		switch closes := e.Clos() && closed[e.ID] == nil; {
		case closes && last[e.ID] != nil && events[i].Genre != Fermeture, !e.Clos() && events[i].Genre == Fermeture:
			return broken(e, "a un événement qui ne dit pas ce qu’il a fait : l’historique a été réécrit")
		case closes:
			closed[e.ID], when[e.ID] = e, events[i].Quand
		}
		last[e.ID] = e
	}
	linked := make(map[int64]bool, len(chain))
	for i := range chain {
		e := &chain[i].Exercice
		linked[e.ID] = true
		if closed[e.ID] == nil {
			return broken(e, "est clôturé sans que l’historique le dise : l’historique a été réécrit")
		}
		if when[e.ID].UnixMilli() != chain[i].Quand.UnixMilli() {
			return broken(e, "a été clôturé à un autre moment que l’historique ne le dit : l’historique a été réécrit")
		}
	}
	for _, e := range Sorted(list) {
		told := last[e.ID]
		switch {
		case told == nil:
			return broken(&e, "n’a pas d’événement dans l’historique, qui a été réécrit")
		case told.Clos() && !e.Clos():
			return broken(&e, "a été rouvert après sa clôture")
		case !equal(*told, e):
			return broken(&e, "n’est pas tel que l’historique le dit")
		case e.Clos() && !linked[e.ID]:
			return broken(&e, "a été clôturé, et sa clôture manque à la fin de la chaîne")
		}
		delete(last, e.ID)
	}
	for _, e := range last {
		return broken(e, "figure dans l’historique et n’existe plus")
	}
	return nil
}

// clockStep is how far the clock of a machine may be set back.
const clockStep = 24 * time.Hour

// Connue reports whether a digest that was noted elsewhere is one of the chain: where
// it is not, the chain was cut off before it, or rewritten.
func Connue(chain []Maillon, noted Empreinte) bool {
	return slices.ContainsFunc(chain, func(m Maillon) bool { return m.Empreinte == noted })
}

// equal compares two exercices, the closing by its content.
func equal(a, b domaine.Exercice) bool {
	if a.Clos() != b.Clos() || a.Clos() && *a.Cloture != *b.Cloture {
		return false
	}
	a.Cloture, b.Cloture = nil, nil
	return a == b
}
