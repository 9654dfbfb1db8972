package hub

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/passerelle-hub/passerelle/internal/document"
	"github.com/passerelle-hub/passerelle/internal/recherche"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// The search indexes of a process: a cache of what the database says, brought up
// to date at each search from what changed since.
const (
	indexAge  = 15 * time.Minute // then it is built anew
	indexMost = 4                // organismes that have one at the same time
)

type searchIndexes struct {
	mu     sync.Mutex
	byOrg  map[int64]*searchIndex
	served []int64 // organismes, the latest served last
}

// searchIndex holds what searches read of an organisme: its active contracts, and the
// archived ones, which are read when they are first asked for.
type searchIndex struct{ actifs, archives kept }

// kept is an index with what it knows.
type kept struct {
	mu    sync.Mutex
	index *recherche.Index
	last  int64 // the synchronisation that it knows
	built time.Time

	effaced int64 // people erased from the organisme when it was built
}

// source is where an index is read from.
type source struct {
	gone  func(*store.Tx, context.Context, int64, int64) ([]string, error)
	each  func(*store.Tx, context.Context, int64, int64, func(profil int64, doc []byte) error) error
	count func(*store.Tx, context.Context, int64) (int, error)
}

var (
	ofActifs = source{(*store.Tx).EndedSince, (*store.Tx).EachActifSince, func(tx *store.Tx, ctx context.Context, organisme int64) (int, error) {
		n, _, err := tx.Counts(ctx, organisme)
		return n, err
	}}
	ofArchives = source{(*store.Tx).RevivedSince, (*store.Tx).EachArchiveSince, func(tx *store.Tx, ctx context.Context, organisme int64) (int, error) {
		return tx.CountPartis(ctx, organisme, false)
	}}
)

func (s *searchIndexes) of(organisme int64) *searchIndex {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.byOrg == nil {
		s.byOrg = map[int64]*searchIndex{}
	}
	s.served = append(slices.DeleteFunc(s.served, func(id int64) bool { return id == organisme }), organisme)
	if len(s.served) > indexMost {
		delete(s.byOrg, s.served[0])
		s.served = s.served[1:]
	}
	if s.byOrg[organisme] == nil {
		s.byOrg[organisme] = &searchIndex{}
	}
	return s.byOrg[organisme]
}

// forget drops all that was read: someone was erased.
func (s *searchIndexes) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.byOrg, s.served = nil, nil
}

// searchIndex returns the index of the active contracts of an organisme as they are now.
func (h *core) searchIndex(ctx context.Context, organisme int64) (*recherche.Index, error) {
	return h.upToDate(ctx, organisme, &h.indexes.of(organisme).actifs, ofActifs)
}

// archiveIndex is searchIndex for the archived contracts.
func (h *core) archiveIndex(ctx context.Context, organisme int64) (*recherche.Index, error) {
	return h.upToDate(ctx, organisme, &h.indexes.of(organisme).archives, ofArchives)
}

// deuxIndex are the indexes of an organisme.
type deuxIndex struct{ actifs, archives *recherche.Index }

func (h *core) bothIndexes(ctx context.Context, organisme int64) (x deuxIndex, err error) {
	if x.actifs, err = h.searchIndex(ctx, organisme); err == nil {
		x.archives, err = h.archiveIndex(ctx, organisme)
	}
	return x, err
}

func (x deuxIndex) of(archive bool) *recherche.Index {
	if archive {
		return x.archives
	}
	return x.actifs
}

func (x deuxIndex) code(f recherche.Trouve) string { return x.of(f.Archive).Code(f.Place) }

// read returns contracts that were found, by their codes. One that changed its kind since
// is left out.
func (x deuxIndex) read(ctx context.Context, tx *store.Tx, organisme int64, list []recherche.Trouve) (map[string]*Place, error) {
	var codes [2][]string // of active ones, of archived ones
	for _, f := range list {
		kind := &codes[0]
		if f.Archive {
			kind = &codes[1]
		}
		*kind = append(*kind, x.code(f))
	}
	found, err := places(ctx, tx, organisme, codes[0])
	if err != nil {
		return nil, err
	}
	gone, err := archivedPlaces(ctx, tx, organisme, codes[1])
	return placesByCode(found, gone), err
}

// placesByCode are lists of contracts by their codes; of one that is in several, the last.
func placesByCode(lists ...[]Place) map[string]*Place {
	found := map[string]*Place{}
	for _, list := range lists {
		for i := range list {
			found[list[i].CodeContrat] = &list[i]
		}
	}
	return found
}

func (h *core) upToDate(ctx context.Context, organisme int64, cached *kept, from source) (*recherche.Index, error) {
	cached.mu.Lock()
	defer cached.mu.Unlock()
	err := h.db.Read(ctx, func(tx *store.Tx) error {
		last, err := tx.LastSynchronisation(ctx, organisme)
		if err != nil {
			return orNotFound(err, "Il n’y a pas d’organisme %d.", organisme)
		}
		effaced, err := tx.Effacements(ctx, organisme)
		if err != nil {
			return err
		}
		// An erasure rewrites versions that were read long ago.
		fresh := cached.index != nil && h.now().Sub(cached.built) < indexAge && cached.effaced == effaced
		if fresh && cached.last == last {
			return nil
		}
		if fresh {
			index, err := from.read(ctx, tx, organisme, cached.index, cached.last)
			if err != nil {
				return err
			}
			n, err := from.count(tx, ctx, organisme)
			if err != nil {
				return err
			}
			if index.Len() == n {
				cached.index, cached.last = index, last
				return nil
			}
			// Contracts were forgotten without a trace: a sandbox was reset, or old ones purged.
		}
		index, err := from.read(ctx, tx, organisme, nil, 0)
		if err != nil {
			return err
		}
		cached.index, cached.last, cached.built, cached.effaced = index, last, h.now(), effaced
		return nil
	})
	return cached.index, err
}

// read returns index with what changed since a synchronisation.
func (s source) read(ctx context.Context, tx *store.Tx, organisme int64, index *recherche.Index, since int64) (*recherche.Index, error) {
	var gone []string
	var err error
	if index != nil {
		if gone, err = s.gone(tx, ctx, organisme, since); err != nil {
			return nil, err
		}
	}
	var entries []recherche.Entry
	err = s.each(tx, ctx, organisme, since, func(profil int64, doc []byte) error {
		contrat, err := document.Parse(doc)
		if err == nil {
			entries = append(entries, recherche.NewEntry(&contrat, profil))
		}
		return err
	})
	return index.Update(gone, entries), err
}

// PrepareRecherche reads what searches of an organisme need, beside what its caller
// does, so that the first one does not wait.
func (h *Contrats) PrepareRecherche(organisme int64) {
	h.pending.Go(func() {
		ctx, cancel := context.WithTimeout(h.stop, time.Minute)
		defer cancel()
		_, err := h.searchIndex(ctx, organisme)
		if err == nil {
			_, err = h.archiveIndex(ctx, organisme)
		}
		if err != nil && ctx.Err() == nil {
			h.log.Debug("searches not prepared", "organisme", organisme, "error", err)
		}
	})
}
