package ventilation

import (
	"cmp"
	"iter"
	"slices"
)

// fiches are the contracts that were counted in, in blocks: one slice that grew with
// them would be copied again and again, and a country has a million of them.
type fiches struct {
	blocks  [][]fiche
	n       int
	ordered bool // one block, by code
}

const blockSize = 1 << 12

func (f *fiches) add(own fiche) {
	f.ordered = false
	last := len(f.blocks) - 1
	if last < 0 || len(f.blocks[last]) == cap(f.blocks[last]) {
		f.blocks = append(f.blocks, make([]fiche, 0, blockSize))
		last++
	}
	f.blocks[last] = append(f.blocks[last], own)
	f.n++
}

// all passes the contracts, which are valid until the next one is added.
func (f *fiches) all() iter.Seq[*fiche] {
	return func(yield func(*fiche) bool) {
		for _, block := range f.blocks {
			for i := range block {
				if !yield(&block[i]) {
					return
				}
			}
		}
	}
}

// order puts all contracts in the order of their codes, and returns them. A table
// needs it not: it names few of them.
func (f *fiches) order() []fiche {
	if f.n == 0 {
		return nil
	}
	if !f.ordered {
		all := make([]fiche, 0, f.n)
		for _, block := range f.blocks {
			all = append(all, block...)
		}
		f.blocks, f.ordered = [][]fiche{sorted(all)}, true
	}
	return f.blocks[0]
}

// those returns the contracts that are wanted, in the order of their codes.
func (f *fiches) those(wanted func(*fiche) bool) []*fiche {
	var found []*fiche
	for own := range f.all() {
		if wanted(own) {
			found = append(found, own)
		}
	}
	byCode := func(a, b *fiche) int { return cmp.Compare(a.code, b.code) }
	if !slices.IsSortedFunc(found, byCode) {
		slices.SortFunc(found, byCode)
	}
	return found
}

// sorted puts contracts in the order of their codes. Those that come first mostly
// are: the active ones, before those that ended.
func sorted(fiches []fiche) []fiche {
	byCode := func(a, b fiche) int { return cmp.Compare(a.code, b.code) }
	at := 1
	for at < len(fiches) && byCode(fiches[at-1], fiches[at]) <= 0 {
		at++
	}
	if at >= len(fiches) {
		return fiches
	}
	if at < len(fiches)/2 {
		slices.SortFunc(fiches, byCode)
		return fiches
	}
	first, rest := fiches[:at], fiches[at:]
	slices.SortFunc(rest, byCode)
	merged := make([]fiche, 0, len(fiches))
	for len(first) > 0 && len(rest) > 0 {
		if byCode(first[0], rest[0]) <= 0 {
			merged, first = append(merged, first[0]), first[1:]
		} else {
			merged, rest = append(merged, rest[0]), rest[1:]
		}
	}
	return append(append(merged, first...), rest...)
}
