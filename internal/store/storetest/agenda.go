package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle/internal/domaine"

	"github.com/passerelle-hub/passerelle/internal/store"
)

func absencesAndCalendars(t *testing.T, db *store.DB) {
	organisme, other := newOrganisme(t, db), newOrganisme(t, db)
	first := domaine.Absence{Debut: now, Fin: now.Add(time.Hour), Nature: domaine.NatureAbsente, Justifiee: true, Motif: "l’été, « à midi »", RecueLe: now}
	second := domaine.Absence{Debut: now.Add(-time.Hour), Fin: now, Nature: domaine.NatureRetard, RecueLe: now}
	read1 := now.Add(time.Minute)
	calendar := domaine.Calendrier{CodeGroupe: "G1", Adresse: "https://ecole.example/a.ics?k=1", RecuLe: now, EssaiLe: &read1, Erreur: "non", LuLe: &now, Evenements: 2, Contenu: []byte("BEGIN:VCALENDAR\r\n\x00")}
	write(t, db, func(ctx context.Context, tx *store.Tx) error {
		for _, list := range [][]domaine.Absence{{second}, {first, second}} { // the second list takes the place of the first
			if err := tx.ReplaceAbsences(ctx, organisme, "A1", list); err != nil {
				return err
			}
		}
		if err := tx.ReplaceAbsences(ctx, other, "A1", []domaine.Absence{second}); err != nil {
			return err
		}
		if err := tx.SaveCalendrier(ctx, organisme, domaine.Calendrier{CodeGroupe: "G1", Adresse: "https://ecole.example/b.ics", RecuLe: now}); err != nil {
			return err
		}
		return tx.SaveCalendrier(ctx, organisme, calendar)
	})
	read(t, db, func(ctx context.Context, tx *store.Tx) error {
		list, err := tx.Absences(ctx, organisme, "A1")
		same(t, "absences", list, []domaine.Absence{first, second})
		if err != nil {
			return err
		}
		codes, err := tx.ApprenantsWithAbsences(ctx, organisme)
		same(t, "apprentices", codes, []string{"A1"})
		if err != nil {
			return err
		}
		got, err := tx.Calendrier(ctx, organisme, "G1")
		same(t, "calendar", got, calendar)
		return err
	})
	wantNotFound(t, "another's calendar", try(t, db, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Calendrier(ctx, other, "G1")
		return err
	}))
	write(t, db, func(ctx context.Context, tx *store.Tx) error {
		n, err := tx.ForgetAbsences(ctx, organisme, "A1")
		if n != 2 {
			t.Errorf("%d absences forgotten, want 2", n)
		}
		return err
	})
	read(t, db, func(ctx context.Context, tx *store.Tx) error {
		list, err := tx.Absences(ctx, other, "A1")
		same(t, "another's absences", list, []domaine.Absence{second})
		return err
	})
}
