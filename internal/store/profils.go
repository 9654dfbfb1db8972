package store

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"

	"github.com/passerelle-hub/passerelle/internal/document"
)

// allProfils has what stands beside the contracts of an organisme ready, once for a
// transaction: contracts are read within one snapshot, or by the only one who writes.
func (tx *Tx) allProfils(ctx context.Context, organisme int64) error {
	if tx.profilsDe == organisme && tx.profilsAll {
		return nil
	}
	revision, err := tx.rememberedProfils(ctx, organisme)
	if err != nil || tx.profilsDe == organisme && tx.profilsAll {
		return err
	}
	if err := tx.freshProfils(ctx, organisme); err != nil {
		return err
	}
	if revision != 0 {
		tx.db.profils.remember(organisme, revision, tx.profils)
	}
	return nil
}

// freshProfils reads all of an organisme's profils from the database.
func (tx *Tx) freshProfils(ctx context.Context, organisme int64) error {
	tx.forgetProfils()
	err := tx.readProfils(ctx, qProfilValeurs, organisme)
	tx.profilsAll = err == nil
	return err
}

// rememberedProfils takes the profils of an organisme as another reader found them, as
// long as nobody has written to the organisme since. It returns the revision of which
// they may be remembered, 0 where they may not: what a transaction that writes sees may
// never be so, and only a database whose contracts are checked against the keys of their
// profils would find that they are those of another one.
func (tx *Tx) rememberedProfils(ctx context.Context, organisme int64) (revision int64, err error) {
	if !tx.readOnly || tx.db.checksPages {
		return 0, nil
	}
	err = tx.one(ctx, qOrganismeRevision, []any{organisme}, &revision)
	if errors.Is(err, ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	if known := tx.db.profils.of(organisme, revision); known != nil {
		tx.profils, tx.profilsDe, tx.profilsAll = known, organisme, true
	}
	return revision, nil
}

// wantProfils reads those of an organisme's profils that were not read before.
func (tx *Tx) wantProfils(ctx context.Context, organisme int64, ids []int64) error {
	if tx.profilsDe != organisme {
		tx.forgetProfils()
		if _, err := tx.rememberedProfils(ctx, organisme); err != nil {
			return err
		}
	}
	if tx.profilsAll {
		return nil // there are no others, and they may be shared
	}
	slices.Sort(ids)
	ids = slices.DeleteFunc(slices.Compact(ids), func(id int64) bool { return tx.profils[id] != nil })
	if len(ids) == 0 {
		return nil
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return err
	}
	return tx.readProfils(ctx, qProfilValeursOf, organisme, string(list))
}

// forgetProfils has profils read again: some are new.
func (tx *Tx) forgetProfils() { tx.profils, tx.profilsDe, tx.profilsAll = nil, 0, false }

func (tx *Tx) readProfils(ctx context.Context, q query, organisme int64, args ...any) error {
	if tx.profils == nil {
		tx.profils, tx.profilsDe = map[int64]*document.Profil{}, organisme
	}
	var all []byte
	return tx.eachRaw(ctx, q, append([]any{organisme}, args...), func(columns [][]byte) error {
		id, err := integer(columns[0])
		if err != nil || len(columns[1]) != 16 {
			return tx.db.Damaged(errors.New("a stored profil has no usable id or key"))
		}
		var textes [14]string
		all = all[:0]
		for _, column := range columns[2:] {
			all = append(all, column...)
		}
		rest := string(all) // one piece of memory for all
		for i := range textes {
			textes[i], rest = rest[:len(columns[2+i])], rest[len(columns[2+i]):]
		}
		cle := [16]byte(columns[1])
		if !tx.db.checksPages && keyOf(textes[:]...) != cle {
			return tx.db.Damaged(errors.New("a stored profil is not what its key says"))
		}
		tx.profils[id], err = document.NewProfil(textes, cle)
		return err
	})
}

// rememberedSize is how many bytes of profils are remembered at most: those of two
// organismes of a hundred thousand contracts.
const rememberedSize = 6 << 20

// remembered are the profils of the organismes that were read last. The values of a
// profil never change, and every transaction that writes to an organisme counts its
// revision on: what is remembered of a revision is what a snapshot of it has. It is safe
// for use by several goroutines, and nobody changes what it holds.
type remembered struct {
	mu   sync.Mutex
	list []rememberedOf // the last one served last
	size int64
}

type rememberedOf struct {
	organisme, revision, size int64
	profils                   map[int64]*document.Profil
}

// of returns what is remembered of an organisme, nil for nothing.
func (r *remembered) of(organisme, revision int64) map[int64]*document.Profil {
	r.mu.Lock()
	defer r.mu.Unlock()
	at := slices.IndexFunc(r.list, func(one rememberedOf) bool { return one.organisme == organisme && one.revision == revision })
	if at < 0 {
		return nil
	}
	found := r.list[at]
	r.list = append(slices.Delete(r.list, at, at+1), found)
	return found.profils
}

// remember keeps the profils of an organisme in the place of those of another revision,
// and forgets what was served the longest ago.
func (r *remembered) remember(organisme, revision int64, profils map[int64]*document.Profil) {
	const entry = 40 // of the map
	size := int64(0)
	for _, p := range profils {
		size += p.Size() + entry
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list = append(slices.DeleteFunc(r.list, func(one rememberedOf) bool {
		if one.organisme == organisme {
			r.size -= one.size
		}
		return one.organisme == organisme
	}), rememberedOf{organisme, revision, size, profils})
	r.size += size
	for r.size > rememberedSize {
		r.size -= r.list[0].size
		r.list = slices.Delete(r.list, 0, 1)
	}
}
