package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable"
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// Exercices returns the exercices of a société, the oldest first.
func (tx *Tx) Exercices(ctx context.Context, s domaine.Societe) ([]domaine.Exercice, error) {
	return list(ctx, tx, qExerciceList, []any{s.OrganismeID, s.ID}, func(rows *sql.Rows) (e domaine.Exercice, err error) {
		var closLe sql.NullInt64
		var cloture domaine.Cloture
		var report int64
		err = rows.Scan(&e.ID, &e.Periode.Debut, &e.Periode.Fin, &e.Lettrage, &closLe, &cloture.Par.ID, &cloture.Par.Prenom, &cloture.Par.Nom,
			&report, &e.ReviewModel.ID, &e.ReviewModel.Label)
		if closLe.Valid {
			cloture.Le = passerelle.Date(closLe.Int64)
			e.Cloture = &cloture
		}
		e.ReportANouveau = report != 0
		return e, err
	})
}

func exerciceArgs(s domaine.Societe, e domaine.Exercice) []any {
	var closLe, closPar any
	var par domaine.Personne
	if e.Clos() {
		par = e.Cloture.Par
		closLe, closPar = int64(e.Cloture.Le), par.ID
	}
	return []any{s.OrganismeID, s.ID, int64(e.Periode.Debut), int64(e.Periode.Fin), string(e.Lettrage), closLe, closPar, par.Prenom, par.Nom,
		flag(e.ReportANouveau), e.ReviewModel.ID, e.ReviewModel.Label}
}

// InsertExercice stores a new exercice and returns its id, which is that of e
// where it has one.
func (tx *Tx) InsertExercice(ctx context.Context, s domaine.Societe, e domaine.Exercice) (int64, error) {
	name, args := qExerciceInsert, exerciceArgs(s, e)
	if e.ID != 0 {
		name, args = qExerciceInsertId, append(args, e.ID)
	}
	var id int64
	err := tx.one(ctx, name, args, &id)
	return id, err
}

// UpdateExercice stores an exercice as it is now.
func (tx *Tx) UpdateExercice(ctx context.Context, s domaine.Societe, e domaine.Exercice) error {
	n, err := tx.exec(ctx, qExerciceUpdate, append(exerciceArgs(s, e), e.ID)...)
	if err == nil && n != 1 {
		return fmt.Errorf("exercice-update: %d rows changed", n)
	}
	return err
}

// exerciceRow is an exercice as an event keeps it.
type exerciceRow struct {
	ID               int64  `json:"id"`
	Debut            string `json:"debut"` // YYYY-MM-DD
	Fin              string `json:"fin"`
	Lettrage         string `json:"lettrage"`
	ClosLe           string `json:"closLe,omitempty"`
	ClosPar          int64  `json:"closPar,omitempty"`
	ClosPrenom       string `json:"closPrenom,omitempty"`
	ClosNom          string `json:"closNom,omitempty"`
	ReportANouveau   bool   `json:"reportANouveau,omitempty"`
	ReviewModelID    int64  `json:"reviewModelId,omitempty"`
	ReviewModelLabel string `json:"reviewModelLabel,omitempty"`
}

func rowOf(e domaine.Exercice) exerciceRow {
	row := exerciceRow{ID: e.ID, Debut: e.Periode.Debut.String(), Fin: e.Periode.Fin.String(), Lettrage: string(e.Lettrage),
		ReportANouveau: e.ReportANouveau, ReviewModelID: e.ReviewModel.ID, ReviewModelLabel: e.ReviewModel.Label}
	if e.Clos() {
		row.ClosLe, row.ClosPar, row.ClosPrenom, row.ClosNom = e.Cloture.Le.String(), e.Cloture.Par.ID, e.Cloture.Par.Prenom, e.Cloture.Par.Nom
	}
	return row
}

func (row exerciceRow) exercice() (e domaine.Exercice, err error) {
	e = domaine.Exercice{ID: row.ID, Lettrage: domaine.Lettrage(row.Lettrage), ReportANouveau: row.ReportANouveau,
		ReviewModel: domaine.ReviewModel{ID: row.ReviewModelID, Label: row.ReviewModelLabel}}
	if e.Periode.Debut, err = passerelle.ParseDate(row.Debut); err != nil {
		return e, err
	}
	if e.Periode.Fin, err = passerelle.ParseDate(row.Fin); err != nil {
		return e, err
	}
	if row.ClosLe != "" {
		e.Cloture = &domaine.Cloture{Par: domaine.Personne{ID: row.ClosPar, Prenom: row.ClosPrenom, Nom: row.ClosNom}}
		e.Cloture.Le, err = passerelle.ParseDate(row.ClosLe)
	}
	return e, err
}

// InsertEvenements records what happened to exercices, in order; jeton is 0 and
// par says who where it was not a token.
func (tx *Tx) InsertEvenements(ctx context.Context, s domaine.Societe, events []comptable.Evenement, jeton int64, par string) error {
	for _, event := range events {
		row, err := json.Marshal(rowOf(event.Exercice))
		if err != nil {
			return err
		}
		_, err = tx.exec(ctx, qEvenementExerciceInsert, s.OrganismeID, s.ID, millis(event.Quand), string(event.Genre), optionalID(jeton), par, string(row))
		if err != nil {
			return err
		}
	}
	return nil
}

// Evenements returns the whole history of the exercices of a société, in the
// order of recording.
func (tx *Tx) Evenements(ctx context.Context, s domaine.Societe) ([]comptable.Evenement, error) {
	return list(ctx, tx, qEvenementExerciceList, []any{s.OrganismeID, s.ID}, func(rows *sql.Rows) (event comptable.Evenement, err error) {
		var quand int64
		var text string
		var row exerciceRow
		err = rows.Scan(&quand, &event.Genre, &text)
		if err == nil {
			err = json.Unmarshal([]byte(text), &row)
		}
		if err != nil {
			return event, err
		}
		event.Quand = fromMillis(quand)
		event.Exercice, err = row.exercice()
		return event, err
	})
}

// SourceVentilation is what the ventilation of a closing was made from, so that
// it can be made again.
type SourceVentilation struct {
	Synchronisation int64 // that made the contracts what they were; 0 where no ventilation was recorded
	Tarifs          int64 // price list, 0 where there was none
	Fins            int64 // the rule on contracts that had ended
	Decisions       int64 // rang of the last decision on an end that was known, 0 for none
}

// The rules on contracts that had ended.
const (
	FinsIgnorees int64 = 0 // the active ones alone count, as for every closing before there was another rule
	FinsComptees int64 = 1 // what had ended counts for the days that it ran
)

// InsertMaillon adds a closing to the end of the chain of a société.
func (tx *Tx) InsertMaillon(ctx context.Context, s domaine.Societe, m comptable.Maillon, from SourceVentilation) error {
	_, err := tx.exec(ctx, qClotureInsert, s.OrganismeID, s.ID, m.Exercice.ID, m.Quand.UnixMicro(), m.Ventilation[:], from.Synchronisation, from.Tarifs, m.Precedent[:], m.Empreinte[:])
	if err != nil || from.Fins == FinsIgnorees {
		return err
	}
	_, err = tx.exec(ctx, qClotureFinsInsert, s.OrganismeID, s.ID, from.Fins, from.Decisions)
	return err
}

// Chain returns the chain of closings of a société, whose exercices are list.
// The link of an exercice that is not in list has one with its id alone. With it
// comes, for each link, what InsertMaillon was given.
func (tx *Tx) Chain(ctx context.Context, s domaine.Societe, list []domaine.Exercice) (chain []comptable.Maillon, sources []SourceVentilation, err error) {
	byID := make(map[int64]domaine.Exercice, len(list))
	for _, e := range list {
		byID[e.ID] = e
	}
	err = tx.each(ctx, qClotureList, []any{s.OrganismeID, s.ID}, func(rows *sql.Rows) error {
		m := comptable.Maillon{Societe: s.ID}
		var id, quand int64
		var from SourceVentilation
		var ventilation, precedent, empreinte []byte
		if err := rows.Scan(&id, &quand, &ventilation, &from.Synchronisation, &from.Tarifs, &from.Fins, &from.Decisions, &precedent, &empreinte); err != nil {
			return err
		}
		m.Exercice = byID[id]
		m.Exercice.ID = id
		m.Quand = time.UnixMicro(quand).UTC()
		for dest, digest := range map[*comptable.Empreinte][]byte{&m.Ventilation: ventilation, &m.Precedent: precedent, &m.Empreinte: empreinte} {
			if len(digest) == sha256.Size { // any other length matches nothing, which verification then says
				*dest = comptable.Empreinte(digest)
			}
		}
		chain, sources = append(chain, m), append(sources, from)
		return nil
	})
	return chain, sources, err
}

// Reponse is the first answer to a request that carried an Idempotency-Key.
type Reponse struct {
	Demande [sha256.Size]byte // digest of the request
	Statut  int
	Corps   []byte
}

// CleIdempotence says whose Idempotency-Key it is.
type CleIdempotence struct {
	Societe domaine.Societe
	JetonID int64
	Cle     string
}

// Reponse returns the answer that was kept for a key, or ErrNotFound.
func (tx *Tx) Reponse(ctx context.Context, k CleIdempotence) (Reponse, error) {
	var r Reponse
	var demande []byte
	err := tx.one(ctx, qReponseGet, []any{k.Societe.OrganismeID, k.Societe.ID, k.JetonID, k.Cle}, &demande, &r.Statut, &r.Corps)
	if err == nil && len(demande) != sha256.Size {
		return r, fmt.Errorf("reponse-get: the digest of the request has %d bytes", len(demande))
	}
	if err == nil {
		r.Demande = [sha256.Size]byte(demande)
	}
	return r, err
}

// KeepReponse keeps the answer to a request with a key that is new.
func (tx *Tx) KeepReponse(ctx context.Context, k CleIdempotence, r Reponse, now time.Time) error {
	_, err := tx.exec(ctx, qReponseInsert, k.Societe.OrganismeID, k.Societe.ID, k.JetonID, k.Cle, r.Demande[:], r.Statut, r.Corps, millis(now))
	return err
}

// ForgetReponses forgets the answers kept before a moment and returns how many.
func (tx *Tx) ForgetReponses(ctx context.Context, before time.Time) (int64, error) {
	return tx.exec(ctx, qReponseExpire, millis(before))
}
