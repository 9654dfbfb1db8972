package synchro_test

import (
	"runtime"
	"testing"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/synchro"
)

// Not parallel: it measures.
func TestContractsWithoutAValueTakeLittleMemory(t *testing.T) {
	const contrats = 100_000
	live := func() uint64 {
		var stats runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&stats)
		return stats.HeapAlloc
	}
	before := live()
	push := synchro.NewPush(false, true, nil)
	defer push.Close()
	for i := range contrats {
		if err := push.Add(&synchro.Recu{Index: i, Sent: []byte("{}")}); err != nil {
			t.Fatal(err)
		}
	}
	plan, err := synchro.Resolve(push, activeOf().known(t, push))
	if err != nil {
		t.Fatal(err)
	}
	// 20,000 violations may be kept before half of them are forgotten.
	if each := (int64(live()) - int64(before) - 20_000*120) / contrats; each > 200 {
		t.Errorf("%d bytes for each contract that says nothing, want at most 200", each)
	}
	required := 0
	for i := range passerelle.Champs {
		if passerelle.Champs[i].Required {
			required++
		}
	}
	if plan.Refuses() != contrats || plan.ViolationsTotal() != contrats*required {
		t.Errorf("%d contracts refused for %d reasons, want all %d, for %d each", plan.Refuses(), plan.ViolationsTotal(), contrats, required)
	}
	listed := 0
	plan.EachRefused(func(i int, violations []passerelle.Violation) bool {
		if len(violations) == 0 {
			return false
		}
		listed += len(violations)
		if len(violations) != required || violations[0].Index != i {
			t.Errorf("contract %d has %d violations at %d, want all %d", i, len(violations), violations[0].Index, required)
		}
		return true
	})
	if listed < synchro.MaxViolations {
		t.Errorf("%d violations in front, want those that an answer lists", listed)
	}
}

// The room that a push asks for grows with what it holds.
type counted struct{ contrats, bytes int64 }

func (c *counted) Contrat(int) error { c.contrats++; return nil }
func (c *counted) Grow(n int64) error {
	c.bytes += n
	return nil
}
func (c *counted) Close() { c.bytes = 0 }

func TestAPushAsksForTheMemoryOfItsContracts(t *testing.T) {
	t.Parallel()
	room := &counted{}
	push := synchro.NewPush(true, true, room)
	for i := range 1000 {
		c := contrat(string(rune('0' + i%10)))
		if err := push.Add(&synchro.Recu{Contrat: c, Index: i}); err != nil {
			t.Fatal(err)
		}
		if err := push.Remove("K"); err != nil {
			t.Fatal(err)
		}
	}
	if room.contrats != 2000 || room.bytes < 1000*600 {
		t.Errorf("it asked for %d bytes and %d contracts, want at least 600 bytes for each of 1000 and one of 2000", room.bytes, room.contrats)
	}
	if err := push.Close(); err != nil || room.bytes != 0 {
		t.Errorf("%v, and %d bytes that were not given back", err, room.bytes)
	}
}
