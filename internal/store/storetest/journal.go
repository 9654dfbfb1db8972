package storetest

import (
	"bytes"
	"context"
	"slices"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// line returns a line of the journal in which every number differs.
func line(id int64) *domaine.Synchronisation {
	return &domaine.Synchronisation{
		ID: id, Origine: domaine.OrigineV2, Etat: domaine.EtatAppliquee, Lien: 2, JetonID: 3, Par: "Ada « M. »",
		Debut: now.Add(time.Duration(id) * time.Hour), Duree: 1234 * time.Millisecond,
		Bilan: domaine.Bilan{Total: 4, Ajoutes: 5, Ranimes: 6, Modifies: 7, Identiques: 8, Archives: 9, Refuses: 10, Integres: 11},
	}
}

func journal(t *testing.T, db *store.DB) {
	organisme, other := newOrganisme(t, db), newOrganisme(t, db)
	lines := []domaine.Synchronisation{*line(1), *line(2), *line(3)}
	lines[1].Lien, lines[1].JetonID = 0, 0
	lines[1].Origine = domaine.OrigineAnnulation
	for i := range lines {
		same(t, "next", nextSynchronisation(t, db, organisme), lines[i].ID)
		write(t, db, func(ctx context.Context, tx *store.Tx) error {
			return tx.InsertSynchronisation(ctx, organisme, &lines[i])
		})
	}
	write(t, db, func(ctx context.Context, tx *store.Tx) error {
		return tx.SetEtat(ctx, organisme, 3, domaine.EtatAbandonnee)
	})
	lines[2].Etat = domaine.EtatAbandonnee
	read(t, db, func(ctx context.Context, tx *store.Tx) error {
		got, err := tx.Synchronisation(ctx, organisme, 2)
		same(t, "line", got, lines[1])
		if err != nil {
			return err
		}
		newest := slices.Clone(lines)
		slices.Reverse(newest)
		for page, want := range map[store.Page][]domaine.Synchronisation{{}: newest, {Limit: 1, Offset: 1}: newest[1:2], {Limit: 5, Offset: 2}: newest[2:], {Limit: 1, Offset: 3}: nil} {
			found, total, err := tx.Synchronisations(ctx, organisme, page)
			same(t, "page", found, want)
			same(t, "total", total, 3)
			if err != nil {
				return err
			}
		}
		latest, err := tx.LatestSynchronisation(ctx, organisme)
		same(t, "latest applied", latest, int64(2))
		if err != nil {
			return err
		}
		none, err := tx.LatestSynchronisation(ctx, other)
		same(t, "latest of an empty journal", none, int64(0))
		if err != nil {
			return err
		}
		dates, err := tx.PushDates(ctx, organisme, 5)
		same(t, "dates of pushes", dates, []time.Time{lines[2].Debut, lines[0].Debut})
		return err
	})
	wantNotFound(t, "line of another organisme", try(t, db, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Synchronisation(ctx, other, 1)
		return err
	}))
	wantNotFound(t, "state of no line", try(t, db, func(ctx context.Context, tx *store.Tx) error {
		return tx.SetEtat(ctx, organisme, 9, domaine.EtatExpiree)
	}))
}

func retenues(t *testing.T, db *store.DB) {
	organisme := newOrganisme(t, db)
	held := *line(1)
	held.Etat = domaine.EtatRetenue
	parts := [][]byte{{0, 1, 2, 255}, bytes.Repeat([]byte{7}, 1<<20), {}}
	write(t, db, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.InsertSynchronisation(ctx, organisme, &held); err != nil {
			return err
		}
		for _, i := range []int{2, 0, 1} {
			if err := tx.HoldPart(ctx, organisme, 1, i, parts[i]); err != nil {
				return err
			}
		}
		return nil
	})
	contents := func() (all []byte, n int) {
		read(t, db, func(ctx context.Context, tx *store.Tx) error {
			return tx.EachHeldPart(ctx, organisme, 1, func(part []byte) error {
				all, n = append(all, part...), n+1
				return nil
			})
		})
		return all, n
	}
	if all, n := contents(); n != len(parts) || !bytes.Equal(all, slices.Concat(parts...)) {
		t.Errorf("%d parts with %d bytes", n, len(all))
	}
	read(t, db, func(ctx context.Context, tx *store.Tx) error {
		ids, err := tx.Retenues(ctx, organisme)
		same(t, "held", ids, []int64{1})
		if err != nil {
			return err
		}
		for before, want := range map[time.Time]bool{held.Debut: false, held.Debut.Add(time.Millisecond): true} {
			found, err := tx.RetenuesBefore(ctx, before)
			if err != nil {
				return err
			}
			same(t, "held since before", slices.Contains(found, store.Reference{Organisme: organisme, ID: 1}), want)
		}
		return nil
	})
	write(t, db, func(ctx context.Context, tx *store.Tx) error { return tx.DropHeld(ctx, organisme, 1) })
	if _, n := contents(); n != 0 {
		t.Errorf("%d parts are left of a dropped push", n)
	}
}

func anomalies(t *testing.T, db *store.DB) {
	organisme, other := newOrganisme(t, db), newOrganisme(t, db)
	a := domaine.Anomalie{Nature: domaine.NatureRefus, Index: 4, CodeContrat: "b", Field: "emailApprenant", Code: "email-shared", Message: "« é »", ConflictsWith: "K3", Since: now}
	b := a
	b.CodeContrat, b.Index = "B", 5
	write(t, db, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.ReplacePushAnomalies(ctx, other, []domaine.Anomalie{a}); err != nil {
			return err
		}
		if err := tx.ReplacePushAnomalies(ctx, organisme, []domaine.Anomalie{b, b, b}); err != nil {
			return err
		}
		return tx.ReplacePushAnomalies(ctx, organisme, []domaine.Anomalie{a, b})
	})
	read(t, db, func(ctx context.Context, tx *store.Tx) error {
		stored, err := tx.PushAnomalies(ctx, organisme)
		same(t, "as the push found them", stored, []domaine.Anomalie{a, b})
		if err != nil {
			return err
		}
		for page, want := range map[store.Page][]domaine.Anomalie{{}: {b, a}, {Limit: 1, Offset: 1}: {a}} {
			found, total, err := tx.Anomalies(ctx, organisme, page)
			same(t, "by the bytes of their codes", found, want)
			same(t, "total", total, 2)
			if err != nil {
				return err
			}
		}
		return nil
	})
}
