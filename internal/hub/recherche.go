package hub

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/document"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/recherche"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// Place is an active contract with where it is placed.
type Place struct {
	passerelle.Contrat
	Session, Modele int64 // 0 where Motif says why
	Motif           domaine.Motif
	Ambigus         []int64 // the modèles that match equally well
}

// SearchContrats returns a page of the active contracts that a choice leaves and
// that contain every word of texte, ordered by code, and how many there are.
func (h *Contrats) SearchContrats(ctx context.Context, organisme int64, texte string, choix Choix, page Page) (found []Place, total int, err error) {
	var index *recherche.Index
	if strings.TrimSpace(texte) != "" {
		if index, err = h.searchIndex(ctx, organisme); err != nil {
			return nil, 0, err
		}
	}
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		var profils map[int64]int
		if choix != (Choix{}) {
			if profils, err = tx.ProfilsOf(ctx, organisme, store.Choix(choix)); err != nil {
				return err
			}
		}
		var codes []string
		switch {
		case index != nil:
			var keep func(int64) bool
			if profils != nil {
				keep = func(id int64) bool { return profils[id] > 0 }
			}
			all := index.Search(texte, keep)
			total = len(all)
			codes = all[min(page.Offset, total):min(page.Offset+page.Limit, total)]
		default:
			if profils == nil {
				total, _, err = tx.Counts(ctx, organisme)
			}
			for _, effectif := range profils {
				total += effectif
			}
			if err != nil || total == 0 {
				return err
			}
			if codes, err = tx.ActiveCodes(ctx, organisme, profils, store.Page(page)); err != nil {
				return err
			}
		}
		found, err = places(ctx, tx, organisme, codes)
		return err
	})
	return found, total, err
}

func places(ctx context.Context, tx *store.Tx, organisme int64, codes []string) ([]Place, error) {
	rows, err := tx.ActifsPlaces(ctx, organisme, codes)
	found := make([]Place, len(rows))
	for i, row := range rows {
		if err != nil {
			break
		}
		found[i] = Place{Session: row.Session, Modele: row.Modele, Motif: row.Motif, Ambigus: row.Ambigus}
		found[i].Contrat, err = document.Parse(row.Document)
	}
	return found, err
}

// Nomenclature returns the sites, formations and périodes of the active
// contracts, each ordered by name.
func (h *Contrats) Nomenclature(ctx context.Context, organisme int64) (sites, formations, periodes []Valeur, err error) {
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		s, f, p, err := tx.Nomenclature(ctx, organisme)
		sites, formations, periodes = said(s, valeur), said(f, valeur), said(p, valeur)
		return err
	})
	for _, list := range [][]Valeur{sites, formations, periodes} {
		slices.SortFunc(list, func(a, b Valeur) int { return cmp.Or(strings.Compare(a.Nom, b.Nom), strings.Compare(a.Code, b.Code)) })
	}
	return sites, formations, periodes, err
}

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

type searchIndex struct {
	mu    sync.Mutex
	index *recherche.Index
	last  int64 // the synchronisation that it knows
	built time.Time

	effaced int64 // people erased from the organisme when it was built
}

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

func (h *core) searchIndex(ctx context.Context, organisme int64) (*recherche.Index, error) {
	cached := h.indexes.of(organisme)
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
			index, err := readIndex(ctx, tx, organisme, cached.index, cached.last)
			if err != nil {
				return err
			}
			actifs, _, err := tx.Counts(ctx, organisme)
			if err != nil {
				return err
			}
			if index.Len() == actifs {
				cached.index, cached.last = index, last
				return nil
			}
			// Contracts were forgotten without a trace: a sandbox was reset.
		}
		index, err := readIndex(ctx, tx, organisme, nil, 0)
		if err != nil {
			return err
		}
		cached.index, cached.last, cached.built, cached.effaced = index, last, h.now(), effaced
		return nil
	})
	return cached.index, err
}

// readIndex returns index with what changed since a synchronisation.
func readIndex(ctx context.Context, tx *store.Tx, organisme int64, index *recherche.Index, since int64) (*recherche.Index, error) {
	var gone []string
	var err error
	if index != nil {
		if gone, err = tx.EndedSince(ctx, organisme, since); err != nil {
			return nil, err
		}
	}
	var entries []recherche.Entry
	err = tx.EachActifSince(ctx, organisme, since, func(profil int64, doc []byte) error {
		contrat, err := document.Parse(doc)
		if err == nil {
			entries = append(entries, recherche.NewEntry(&contrat, profil))
		}
		return err
	})
	return index.Update(gone, entries), err
}
