package storetest

import (
	"context"
	"crypto/sha256"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// newSociete creates an organisme with one société.
func newSociete(t *testing.T, db *store.DB) domaine.Societe {
	s := domaine.Societe{OrganismeID: newOrganisme(t, db), Nom: "Société"}
	write(t, db, func(ctx context.Context, tx *store.Tx) (err error) {
		s.ID, err = tx.CreateSociete(ctx, s, now)
		return err
	})
	return s
}

func exercices(t *testing.T, db *store.DB) {
	s, other := newSociete(t, db), newSociete(t, db)
	day := passerelle.NewDate(2024, 1, 1)
	open := domaine.Exercice{ID: 900_001, Periode: passerelle.Periode{Debut: day, Fin: day + 365}, Lettrage: domaine.LettrageMono}
	closed := domaine.Exercice{Periode: passerelle.Periode{Debut: day - 365, Fin: day - 1}, Lettrage: domaine.LettrageMulti, ReportANouveau: true,
		Cloture:     &domaine.Cloture{Le: day + 10, Par: domaine.Personne{ID: 622, Prenom: "Benoît", Nom: "« G »"}},
		ReviewModel: domaine.ReviewModel{ID: 7, Label: "Révision"}}
	write(t, db, func(ctx context.Context, tx *store.Tx) (err error) {
		if _, err = tx.InsertExercice(ctx, s, open); err != nil { // with the id that it has
			return err
		}
		closed.ID, err = tx.InsertExercice(ctx, s, closed)
		return err
	})
	before := open
	open.Periode.Fin--
	events := []comptable.Evenement{
		{Quand: now, Genre: comptable.Creation, Exercice: before},
		{Quand: now, Genre: comptable.Creation, Exercice: closed},
		{Quand: now.Add(time.Hour), Genre: comptable.Deplacement, Exercice: open},
	}
	link := comptable.Link(nil, s.ID, closed, now.Add(123*time.Microsecond), comptable.Empreinte{1, 2, 3})
	write(t, db, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.UpdateExercice(ctx, s, open); err != nil {
			return err
		}
		if err := tx.InsertEvenements(ctx, s, events, 3, "Ada"); err != nil {
			return err
		}
		return tx.InsertMaillon(ctx, s, link, store.SourceVentilation{Synchronisation: 42, Tarifs: 3})
	})
	read(t, db, func(ctx context.Context, tx *store.Tx) error {
		list, err := tx.Exercices(ctx, s)
		same(t, "exercices, the oldest first", list, []domaine.Exercice{closed, open})
		if err != nil {
			return err
		}
		history, err := tx.Evenements(ctx, s)
		same(t, "events, in the order of recording", history, events)
		if err != nil {
			return err
		}
		chain, sources, err := tx.Chain(ctx, s, list)
		same(t, "chain", chain, []comptable.Maillon{link})
		same(t, "what ventilations were made from", sources, []store.SourceVentilation{{Synchronisation: 42, Tarifs: 3}})
		if err != nil {
			return err
		}
		if broken := comptable.VerifyDossier(list, chain); broken != nil {
			t.Errorf("the chain does not hold once stored: %s", broken.Message)
		}
		list, err = tx.Exercices(ctx, other)
		same(t, "exercices of another société", list, []domaine.Exercice(nil))
		return err
	})
	if err := try(t, db, func(ctx context.Context, tx *store.Tx) error { return tx.UpdateExercice(ctx, other, open) }); err == nil {
		t.Error("an exercice of another société was changed")
	}
}

func reponses(t *testing.T, db *store.DB) {
	s := newSociete(t, db)
	key := store.CleIdempotence{Societe: s, JetonID: 4, Cle: "é 1"}
	kept := store.Reponse{Demande: sha256.Sum256([]byte("request")), Statut: 400, Corps: []byte(`{"error":null}`)}
	write(t, db, func(ctx context.Context, tx *store.Tx) error { return tx.KeepReponse(ctx, key, kept, now) })
	if err := try(t, db, func(ctx context.Context, tx *store.Tx) error { return tx.KeepReponse(ctx, key, kept, now) }); err == nil {
		t.Error("a key was kept twice")
	}
	read(t, db, func(ctx context.Context, tx *store.Tx) error {
		got, err := tx.Reponse(ctx, key)
		same(t, "answer", got, kept)
		other := key
		other.JetonID++
		_, missing := tx.Reponse(ctx, other)
		wantNotFound(t, "the key of another token", missing)
		return err
	})
	write(t, db, func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.ForgetReponses(ctx, now); err != nil {
			return err
		}
		_, err := tx.Reponse(ctx, key)
		if err != nil {
			t.Errorf("an answer was forgotten too early: %v", err)
		}
		_, err = tx.ForgetReponses(ctx, now.Add(time.Millisecond))
		_, missing := tx.Reponse(ctx, key)
		wantNotFound(t, "an old answer", missing)
		return err
	})
}

func quotas(t *testing.T, db *store.DB) {
	const token, other = 1 << 40, 1<<40 + 1
	for i, step := range []struct {
		token   int64
		after   time.Duration
		calls   int
		endsAt  time.Duration
		explain string
	}{
		{token, 0, 1, 10 * time.Second, "the first call opens a window"},
		{token, 9 * time.Second, 2, 10 * time.Second, "the window does not move"},
		{other, 9 * time.Second, 1, 19 * time.Second, "each token has its own"},
		{token, 10 * time.Second, 1, 20 * time.Second, "the next window opens with a call after the end"},
		{token, 12 * time.Second, 2, 20 * time.Second, "and counts on"},
	} {
		calls, end, err := db.CountCall(t.Context(), step.token, now.Add(step.after), 10*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		if calls != step.calls || !end.Equal(now.Add(step.endsAt)) {
			t.Errorf("step %d, %s: %d calls until %v", i, step.explain, calls, end)
		}
	}
}
