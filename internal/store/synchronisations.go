package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// NextSynchronisation returns the id of the next synchronisation of an organisme.
func (tx *Tx) NextSynchronisation(ctx context.Context, organisme int64) (int64, error) {
	var id int64
	err := tx.one(ctx, qOrganismeNextSynchronisation, []any{organisme}, &id)
	return id, err
}

// InsertSynchronisation adds a line to the journal.
func (tx *Tx) InsertSynchronisation(ctx context.Context, organisme int64, s *domaine.Synchronisation) error {
	_, err := tx.exec(ctx, qSynchronisationInsert, organisme, s.ID, string(s.Origine), string(s.Etat), optionalID(s.Lien), optionalID(s.JetonID), s.Par,
		millis(s.Debut), s.Duree.Milliseconds(), s.Total, s.Ajoutes, s.Ranimes, s.Modifies, s.Identiques, s.Archives, s.Refuses, s.Integres)
	switch s.Origine {
	case domaine.OrigineV1, domaine.OrigineV2, domaine.OrigineChanges, domaine.OrigineImport: // as the query says
		if err == nil {
			err = tx.countEnvois(ctx, organisme)
		}
	}
	return err
}

// SetEtat changes what became of a synchronisation.
func (tx *Tx) SetEtat(ctx context.Context, organisme, id int64, etat domaine.EtatSynchronisation) error {
	return tx.mustChange(ctx, qSynchronisationEtat, organisme, id, string(etat))
}

func scanSynchronisation(scan func(...any) error) (domaine.Synchronisation, error) {
	var s domaine.Synchronisation
	var debut, duree int64
	err := scan(&s.ID, &s.Origine, &s.Etat, &s.Lien, &s.JetonID, &s.Par, &debut, &duree,
		&s.Total, &s.Ajoutes, &s.Ranimes, &s.Modifies, &s.Identiques, &s.Archives, &s.Refuses, &s.Integres)
	s.Debut, s.Duree = fromMillis(debut), time.Duration(duree)*time.Millisecond
	return s, err
}

// Synchronisation returns one line of the journal, or ErrNotFound.
func (tx *Tx) Synchronisation(ctx context.Context, organisme, id int64) (domaine.Synchronisation, error) {
	return scanSynchronisation(func(dest ...any) error { return tx.one(ctx, qSynchronisationGet, []any{organisme, id}, dest...) })
}

// NewestSynchronisation returns the last line of the journal, whatever became of it, or
// ErrNotFound.
func (tx *Tx) NewestSynchronisation(ctx context.Context, organisme int64) (domaine.Synchronisation, error) {
	return scanSynchronisation(func(dest ...any) error { return tx.one(ctx, qSynchronisationList, []any{organisme, 1, 0}, dest...) })
}

// Synchronisations returns a page of the journal, latest first, and how many
// lines it has. A page without limit is the whole journal.
func (tx *Tx) Synchronisations(ctx context.Context, organisme int64, page Page) ([]domaine.Synchronisation, int, error) {
	return listPage(ctx, tx, qSynchronisationCount, qSynchronisationList, []any{organisme}, page, func(rows *sql.Rows) (domaine.Synchronisation, error) { return scanSynchronisation(rows.Scan) })
}

// ChoixJournal narrows the journal and says its order.
type ChoixJournal struct {
	Etat    domaine.EtatSynchronisation // "" for any
	Origine domaine.Origine             // "" for any
	Tri     string                      // "ajoutes", "modifies", "archives", "refuses", "total", "duree", else by number
	Desc    bool
}

// SynchronisationsOf returns a page of a part of the journal, and how many lines that
// part has.
func (tx *Tx) SynchronisationsOf(ctx context.Context, organisme int64, choix ChoixJournal, page Page) (found []domaine.Synchronisation, total int, err error) {
	sign := 1
	if choix.Desc {
		sign = -1
	}
	if err := tx.one(ctx, qSynchronisationChoiceCount, []any{organisme, string(choix.Etat), string(choix.Origine)}, &total); err != nil {
		return nil, 0, err
	}
	err = tx.each(ctx, qSynchronisationChoice, []any{organisme, string(choix.Etat), string(choix.Origine), choix.Tri, sign, page.Limit, page.Offset}, func(rows *sql.Rows) error {
		s, err := scanSynchronisation(rows.Scan)
		found = append(found, s)
		return err
	})
	return found, total, err
}

// LatestSynchronisation returns the id of the latest applied synchronisation, 0
// where there is none.
func (tx *Tx) LatestSynchronisation(ctx context.Context, organisme int64) (int64, error) {
	var id int64
	err := tx.one(ctx, qSynchronisationLatest, []any{organisme}, &id)
	return id, err
}

// Retenues returns the ids of the held pushes of an organisme.
func (tx *Tx) Retenues(ctx context.Context, organisme int64) ([]int64, error) {
	var found []int64
	err := tx.each(ctx, qSynchronisationRetenues, []any{organisme}, func(rows *sql.Rows) error {
		var id, debut int64
		err := rows.Scan(&id, &debut)
		found = append(found, id)
		return err
	})
	return found, err
}

// Reference names a synchronisation of an organisme.
type Reference struct{ Organisme, ID int64 }

// RetenuesBefore returns the pushes of every organisme that have been held
// since before a moment.
func (tx *Tx) RetenuesBefore(ctx context.Context, before time.Time) ([]Reference, error) {
	return list(ctx, tx, qSynchronisationRetenuesAll, []any{millis(before)}, func(rows *sql.Rows) (r Reference, err error) {
		var debut int64
		err = rows.Scan(&r.Organisme, &r.ID, &debut)
		return r, err
	})
}

// LatestReset returns the id of the latest synchronisation that forgot every
// contract, 0 where there is none.
func (tx *Tx) LatestReset(ctx context.Context, organisme int64) (id int64, err error) {
	err = tx.one(ctx, qSynchronisationReset, []any{organisme}, &id)
	return id, err
}

// PushDates returns when the latest pushes came, latest first.
func (tx *Tx) PushDates(ctx context.Context, organisme int64, limit int) ([]time.Time, error) {
	var found []time.Time
	err := tx.each(ctx, qSynchronisationPushDates, []any{organisme, limit}, func(rows *sql.Rows) error {
		var debut int64
		err := rows.Scan(&debut)
		found = append(found, fromMillis(debut))
		return err
	})
	return found, err
}

// HoldPart stores one part of the contents of a held push.
func (tx *Tx) HoldPart(ctx context.Context, organisme, synchronisation int64, part int, contents []byte) error {
	_, err := tx.exec(ctx, qPushRetenuInsert, organisme, synchronisation, part, contents)
	return err
}

// EachHeldPart passes the parts of a held push in order.
func (tx *Tx) EachHeldPart(ctx context.Context, organisme, synchronisation int64, yield func([]byte) error) error {
	return tx.each(ctx, qPushRetenuParts, []any{organisme, synchronisation}, func(rows *sql.Rows) error {
		var part []byte
		if err := rows.Scan(&part); err != nil {
			return err
		}
		return yield(part)
	})
}

// DropHeld removes the contents of a held push.
func (tx *Tx) DropHeld(ctx context.Context, organisme, synchronisation int64) error {
	_, err := tx.exec(ctx, qPushRetenuDelete, organisme, synchronisation)
	return err
}

func scanAnomalie(rows *sql.Rows, more ...any) (domaine.Anomalie, error) {
	var a domaine.Anomalie
	var depuis int64
	err := rows.Scan(append([]any{&a.Nature, &a.Index, &a.CodeContrat, &a.Field, &a.Code, &a.Message, &a.ConflictsWith, &depuis, &a.Apprenant, &a.Site, &a.Valeur}, more...)...)
	a.Since = fromMillis(depuis)
	return a, err
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// PushAnomalies returns the anomalies that the last pushes left.
func (tx *Tx) PushAnomalies(ctx context.Context, organisme int64) ([]domaine.Anomalie, error) {
	return list(ctx, tx, qAnomalieList, []any{organisme}, func(rows *sql.Rows) (domaine.Anomalie, error) { return scanAnomalie(rows) })
}

// ReplacePushAnomalies stores the anomalies that the last pushes left.
func (tx *Tx) ReplacePushAnomalies(ctx context.Context, organisme int64, anomalies []domaine.Anomalie) error {
	if _, err := tx.exec(ctx, qAnomalieDelete, organisme); err != nil {
		return err
	}
	for rang, a := range anomalies {
		_, err := tx.exec(ctx, qAnomalieInsert, organisme, rang, string(a.Nature), a.Index, a.CodeContrat, a.Field, a.Code, a.Message, a.ConflictsWith, millis(a.Since), a.Apprenant, a.Site, a.Valeur)
		if err != nil {
			return err
		}
	}
	return nil
}

// Anomalies returns a page of everything that the sender has to correct,
// ordered by contract, and how much there is. For a contract in no session the
// message is the JSON list of the modèles that match it equally well.
func (tx *Tx) Anomalies(ctx context.Context, organisme int64, page Page) ([]domaine.Anomalie, int, error) {
	return listPage(ctx, tx, qAnomalieCount, qAnomaliePage, []any{organisme}, page, func(rows *sql.Rows) (domaine.Anomalie, error) {
		var arrivee int64
		a, err := scanAnomalie(rows, &arrivee)
		a.Since = later(a.Since, fromMillis(arrivee))
		return a, err
	})
}
