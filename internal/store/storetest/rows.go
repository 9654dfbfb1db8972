package storetest

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/store"
)

func organismes(t *testing.T, db *store.DB) {
	id := newOrganisme(t, db)
	want := domaine.Organisme{ID: id, Nom: "Organisme", Reglages: domaine.ReglagesDefaut(), CreeLe: now}
	check := func() {
		t.Helper()
		read(t, db, func(ctx context.Context, tx *store.Tx) error {
			got, err := tx.Organisme(ctx, id)
			same(t, "organisme", got, want)
			if err != nil {
				return err
			}
			all, err := tx.Organismes(ctx)
			if !slices.Contains(all, want) {
				t.Errorf("organisme %d is not listed", id)
			}
			return err
		})
	}
	check()
	for _, rythme := range []time.Duration{36 * time.Hour, 0} {
		write(t, db, func(ctx context.Context, tx *store.Tx) error { return tx.SetRythme(ctx, id, rythme) })
		want.Rythme = rythme
		check()
	}
	wantNotFound(t, "rhythm of nobody", try(t, db, func(ctx context.Context, tx *store.Tx) error { return tx.SetRythme(ctx, 1<<40, 0) }))
	var changes []domaine.ChangementReglage
	for i, value := range []string{"55", "30"} {
		if wrong := domaine.ReglageOf("garde.archivage").Set(&want.Reglages, value); wrong != "" {
			t.Fatal(wrong)
		}
		want.Reglages.Comptes.Journal = "J" + value
		more := []domaine.ChangementReglage{{Cle: "garde.archivage", Avant: "1", Apres: value, Par: "Ada", JetonID: int64(i), Le: now}, {Cle: "comptes.journal", Par: "Ada", Le: now}}
		write(t, db, func(ctx context.Context, tx *store.Tx) error { return tx.SetReglages(ctx, id, want.Reglages, more) })
		changes = append(changes, more...)
		check()
	}
	slices.Reverse(changes)
	read(t, db, func(ctx context.Context, tx *store.Tx) error {
		got, total, err := tx.ChangementsReglages(ctx, id, store.Page{})
		same(t, "changes of settings", got, changes)
		same(t, "their number", total, 4)
		if err == nil {
			got, _, err = tx.ChangementsReglages(ctx, id, store.Page{Limit: 1, Offset: 2})
			same(t, "a page of them", got, changes[2:3])
		}
		return err
	})
	wantNotFound(t, "settings of nobody", try(t, db, func(ctx context.Context, tx *store.Tx) error { return tx.SetReglages(ctx, 1<<40, want.Reglages, nil) }))
	wantNotFound(t, "nobody", try(t, db, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Organisme(ctx, 1<<40)
		return err
	}))
}

func societes(t *testing.T, db *store.DB) {
	organisme, other := newOrganisme(t, db), newOrganisme(t, db)
	registered := passerelle.NewDate(2001, 2, 3)
	want := domaine.Societe{OrganismeID: organisme, Nom: "Société", SIRET: "12345678901234", Immatriculation: &registered, Reference: "DOSS-42"}
	write(t, db, func(ctx context.Context, tx *store.Tx) (err error) {
		if _, err := tx.CreateSociete(ctx, domaine.Societe{OrganismeID: other, Nom: "Autre"}, now); err != nil {
			return err
		}
		want.ID, err = tx.CreateSociete(ctx, want, now)
		return err
	})
	read(t, db, func(ctx context.Context, tx *store.Tx) error {
		found, err := tx.Societes(ctx, organisme)
		same(t, "sociétés", found, []domaine.Societe{want})
		if err != nil {
			return err
		}
		one, err := tx.Societe(ctx, want.ID)
		same(t, "société", one, want)
		if err != nil {
			return err
		}
		all, err := tx.Societes(ctx, 0)
		if len(all) < 2 || !slices.ContainsFunc(all, func(s domaine.Societe) bool { return s.ID == want.ID }) {
			t.Errorf("all sociétés: %v", all)
		}
		return err
	})
	want.Nom, want.SIRET, want.Immatriculation, want.Reference = "Société nouvelle", "", nil, ""
	write(t, db, func(ctx context.Context, tx *store.Tx) error { return tx.UpdateSociete(ctx, want) })
	read(t, db, func(ctx context.Context, tx *store.Tx) error {
		one, err := tx.Societe(ctx, want.ID)
		same(t, "société changed", one, want)
		return err
	})
	wantNotFound(t, "no société", try(t, db, func(ctx context.Context, tx *store.Tx) error {
		return tx.UpdateSociete(ctx, domaine.Societe{ID: 1 << 40})
	}))
}

func jetons(t *testing.T, db *store.DB) {
	organisme := newOrganisme(t, db)
	expire := now.Add(time.Hour)
	secret, hash := []byte("hash of a secret"), []byte("hash of a token \x00\xff")
	p := domaine.Partenaire{Nom: "Partenaire", CreeLe: now}
	j := domaine.Jeton{OrganismeID: organisme, Droits: domaine.TousDroits, Prenom: "Ada", Nom: "Martin", CreeLe: now, ExpireLe: &expire}
	write(t, db, func(ctx context.Context, tx *store.Tx) (err error) {
		if p.ID, err = tx.CreatePartenaire(ctx, p.Nom, secret, now); err != nil {
			return err
		}
		j.PartenaireID = p.ID
		if j.ID, err = tx.CreateJeton(ctx, j, hash); err != nil {
			return err
		}
		_, err = tx.CreateJeton(ctx, domaine.Jeton{Droits: domaine.Droits{domaine.DroitExercices}, CreeLe: now}, []byte("cabinet"))
		return err
	})
	check := func() {
		t.Helper()
		read(t, db, func(ctx context.Context, tx *store.Tx) error {
			got, gotSecret, err := tx.JetonByEmpreinte(ctx, hash)
			same(t, "token", got, j)
			same(t, "secret", gotSecret, secret)
			if err != nil {
				return err
			}
			found, err := tx.Jetons(ctx, organisme)
			same(t, "tokens", found, []domaine.Jeton{j})
			return err
		})
	}
	check()
	later := now.Add(time.Minute)
	for _, at := range []time.Time{later, now} { // an earlier use does not turn it back
		write(t, db, func(ctx context.Context, tx *store.Tx) error { return tx.JetonServed(ctx, j.ID, at) })
	}
	j.ServiLe = &later
	check()
	for _, at := range []time.Time{now, later} { // a revoked token stays so since then
		write(t, db, func(ctx context.Context, tx *store.Tx) error {
			revoked, err := tx.RevokeJeton(ctx, j.ID, at)
			if again := at != now; err == nil && (revoked == nil) != again {
				t.Errorf("revoked again: %v, %+v", again, revoked)
			}
			return err
		})
	}
	revoked := now
	j.RevoqueLe = &revoked
	check()
	read(t, db, func(ctx context.Context, tx *store.Tx) error {
		got, err := tx.Partenaire(ctx, p.ID)
		same(t, "partenaire", got, p)
		if err != nil {
			return err
		}
		all, err := tx.Partenaires(ctx)
		if !slices.Contains(all, p) {
			t.Errorf("partenaires: %v", all)
		}
		if err != nil {
			return err
		}
		cabinet, none, err := tx.JetonByEmpreinte(ctx, []byte("cabinet"))
		if !cabinet.Cabinet() || none != nil {
			t.Errorf("cabinet token %+v with secret %v", cabinet, none)
		}
		tokens, listErr := tx.Jetons(ctx, 0)
		if len(tokens) < 2 || listErr != nil {
			t.Errorf("all tokens: %d, %v", len(tokens), listErr)
		}
		return err
	})
	for what, call := range map[string]func(context.Context, *store.Tx) error{
		"token": func(ctx context.Context, tx *store.Tx) error {
			_, _, err := tx.JetonByEmpreinte(ctx, secret)
			return err
		},
		"revoke":     func(ctx context.Context, tx *store.Tx) error { _, err := tx.RevokeJeton(ctx, 1<<40, now); return err },
		"partenaire": func(ctx context.Context, tx *store.Tx) error { _, err := tx.Partenaire(ctx, 1<<40); return err },
	} {
		wantNotFound(t, what, try(t, db, call))
	}
}

func modeles(t *testing.T, db *store.DB) {
	organisme, other := newOrganisme(t, db), newOrganisme(t, db)
	m := domaine.Modele{Nom: "Modèle", Actif: true, Criteres: passerelle.Criteres{"codeSite": {"S1", "S2"}, "rncp": {"35541"}}}
	write(t, db, func(ctx context.Context, tx *store.Tx) (err error) {
		m.ID, err = tx.CreateModele(ctx, organisme, m, now)
		return err
	})
	second := domaine.Modele{Nom: "Second", Criteres: passerelle.Criteres{"codeAnnee": {"A1"}}}
	write(t, db, func(ctx context.Context, tx *store.Tx) (err error) {
		if second.ID, err = tx.CreateModele(ctx, organisme, second, now); err != nil {
			return err
		}
		m.Nom, m.Actif = "Renommé", false
		return tx.UpdateModele(ctx, organisme, m, now)
	})
	read(t, db, func(ctx context.Context, tx *store.Tx) error {
		got, err := tx.Modele(ctx, organisme, m.ID)
		same(t, "modèle", got, m)
		if err != nil {
			return err
		}
		all, err := tx.Modeles(ctx, organisme)
		same(t, "modèles, oldest first", all, []domaine.Modele{m, second})
		return err
	})
	for what, call := range map[string]func(context.Context, *store.Tx) error{
		"get":                        func(ctx context.Context, tx *store.Tx) error { _, err := tx.Modele(ctx, organisme, 1<<40); return err },
		"another organisme's":        func(ctx context.Context, tx *store.Tx) error { _, err := tx.Modele(ctx, other, m.ID); return err },
		"update another organisme's": func(ctx context.Context, tx *store.Tx) error { return tx.UpdateModele(ctx, other, m, now) },
		"delete another organisme's": func(ctx context.Context, tx *store.Tx) error { return tx.DeleteModele(ctx, other, m.ID) },
	} {
		wantNotFound(t, what, try(t, db, call))
	}
	write(t, db, func(ctx context.Context, tx *store.Tx) error { return tx.DeleteModele(ctx, organisme, m.ID) })
	wantNotFound(t, "deleted", try(t, db, func(ctx context.Context, tx *store.Tx) error { return tx.DeleteModele(ctx, organisme, m.ID) }))
}

func personnes(t *testing.T, db *store.DB) {
	organisme, other := newOrganisme(t, db), newOrganisme(t, db)
	ada := store.PersonneRow{Code: "P1", Email: "ada@cfa.example", Nom: "Martin", Prenom: "Ada", Role: 1, Effectif: 2}
	leo := store.PersonneRow{Code: "é'\"", Email: "leo@cfa.example", Nom: "D’Œuvre", Prenom: "Léo", Role: 2, Effectif: 1}
	write(t, db, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.ReplacePersonnes(ctx, organisme, nil, nil); err != nil {
			return err
		}
		return tx.ReplacePersonnes(ctx, organisme, nil, []store.PersonneRow{ada, leo})
	})
	find := func(organisme int64, codes, emails []string) (found map[string]store.PersonneRow) {
		t.Helper()
		read(t, db, func(ctx context.Context, tx *store.Tx) (err error) {
			found, err = tx.Personnes(ctx, organisme, codes, emails)
			return err
		})
		return found
	}
	same(t, "by code", find(organisme, []string{"P1", "nobody"}, nil), map[string]store.PersonneRow{"P1": ada})
	same(t, "by e-mail", find(organisme, nil, []string{leo.Email}), map[string]store.PersonneRow{leo.Code: leo})
	same(t, "by either", find(organisme, []string{"P1"}, []string{leo.Email}), map[string]store.PersonneRow{"P1": ada, leo.Code: leo})
	same(t, "in another organisme", find(other, []string{"P1"}, []string{leo.Email}), map[string]store.PersonneRow{})
	ada.Effectif = 5
	write(t, db, func(ctx context.Context, tx *store.Tx) error {
		return tx.ReplacePersonnes(ctx, organisme, []string{"P1", leo.Code}, []store.PersonneRow{ada})
	})
	same(t, "replaced", find(organisme, []string{"P1", leo.Code}, nil), map[string]store.PersonneRow{"P1": ada})
}
