package synchro

import "github.com/passerelle-hub/passerelle"

// Room bounds what a push may hold. Its errors are whoever's gave it.
type Room interface {
	// Contrat lets a push hold one more contract beside n, those that a delta
	// removes included, or returns why not.
	Contrat(n int) error
	// Grow takes a number of bytes of memory more, or returns why there are none.
	Grow(bytes int64) error
	// Close gives all memory back.
	Close()
}

// unbounded is the room of a push that nobody bounds.
type unbounded struct{}

func (unbounded) Contrat(int) error { return nil }
func (unbounded) Grow(int64) error  { return nil }
func (unbounded) Close()            {}

// What a push takes of memory, from its reading to the end of its storage, with what
// the garbage collector has not taken back yet, in bytes: measured (go run ./bench
// memoire).
const (
	perContrat = 300
	perValide  = 500 // more, for a contract that can be stored
	perByte    = 5   // of people, profils and their texts that were not seen before
	perKept    = 2   // a byte of what the spool keeps in memory
	perBeside  = 2   // a byte of what stands beside contracts: in the push, and once more where it is stored
	perActif   = 300 // a contract that is active before the push
)

// cost is what one more contract takes.
func (p *Push) cost(bad bool, interned, kept int64) int64 {
	cost := perContrat + perByte*interned
	if !bad {
		cost += perValide
	}
	if p.spool.file == nil {
		cost += perKept * kept
	}
	return cost
}

// Expect asks for the memory to hold the push against a number of active contracts.
func (p *Push) Expect(actifs int) error { return p.room.Grow(perActif * int64(actifs)) }

// withoutTooLong returns c without the values that are too long to name anything:
// they were refused, and would be held and repeated.
func withoutTooLong(c *passerelle.Contrat, found []passerelle.Violation) *passerelle.Contrat {
	cut := c
	for i := range found {
		if found[i].Code != passerelle.CodeTooLong {
			continue
		}
		if cut == c {
			copied := *c
			cut = &copied
		}
		if champ, ok := passerelle.ChampIndex([]byte(found[i].Field)); ok {
			*passerelle.Champs[champ].At(cut) = ""
		}
	}
	return cut
}
