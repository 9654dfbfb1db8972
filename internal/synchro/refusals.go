package synchro

import (
	"maps"
	"slices"

	"github.com/passerelle-hub/passerelle"
)

// MaxViolations is how many violations of a push are kept, and how many warnings:
// as many as an answer lists. The others are counted.
const MaxViolations = 10_000

// refusals are what is wrong with the contracts of a push. Of the violations those
// are kept that come first in the order of the push, so that memory does not grow
// with their number.
type refusals struct {
	counts   []int32                        // by position
	kept     map[int][]passerelle.Violation // by position, all of each contract
	listed   int                            // violations that are kept
	beyond   int                            // the position from which none is, 0 for none
	contrats int                            // contracts that have some
	total    int
}

func newRefusals() *refusals { return &refusals{kept: map[int][]passerelle.Violation{}} }

func (r *refusals) clone() *refusals {
	copied := *r
	copied.counts, copied.kept = slices.Clone(r.counts), maps.Clone(r.kept)
	return &copied
}

// next makes room for one more contract.
func (r *refusals) next() {
	if len(r.counts) == cap(r.counts) {
		r.counts = slices.Grow(r.counts, max(16, len(r.counts)))
	}
	r.counts = append(r.counts, 0)
}

// add notes what is wrong with the contract at position i. It copies found.
func (r *refusals) add(i int, found ...passerelle.Violation) {
	if len(found) == 0 {
		return
	}
	if r.counts[i] == 0 {
		r.contrats++
	}
	r.counts[i] += int32(len(found))
	r.total += len(found)
	if r.beyond > 0 && i >= r.beyond {
		return
	}
	r.kept[i] = append(slices.Clip(r.kept[i]), found...)
	if r.listed += len(found); r.listed >= 2*MaxViolations {
		r.prune()
	}
}

// prune forgets what would not be listed.
func (r *refusals) prune() {
	before := 0
	for _, i := range slices.Sorted(maps.Keys(r.kept)) {
		if before >= MaxViolations {
			if r.beyond == 0 || i < r.beyond {
				r.beyond = i
			}
			r.listed -= len(r.kept[i])
			delete(r.kept, i)
			continue
		}
		before += len(r.kept[i])
	}
}

// drop forgets violations of the contract at position i.
func (r *refusals) drop(i int, which func(passerelle.Violation) bool) {
	before := len(r.kept[i])
	r.kept[i] = slices.DeleteFunc(slices.Clone(r.kept[i]), which)
	fewer := before - len(r.kept[i])
	r.counts[i] -= int32(fewer)
	r.listed -= fewer
	r.total -= fewer
	if r.counts[i] == 0 && fewer > 0 {
		r.contrats--
	}
}
