package store

import (
	"context"
	"database/sql"
	"strconv"
	"strings"
	"time"
)

// Etat is where an organisme stands, as it is kept with the organisme: neither its
// journal nor its profils need be read.
type Etat struct {
	ID                 int64
	Nom                string
	Sandbox            bool
	Rythme             time.Duration // as it was set, 0 where it is learnt
	Envois             []time.Time   // when the latest PushDatesKept pushes came, latest first
	Transmis, Integres int           // active contracts, and those of them that are integrated
}

// PushDatesKept is how many dates of pushes are kept with an organisme.
const PushDatesKept = 21

// Etats returns where every organisme stands, oldest organisme first.
func (tx *Tx) Etats(ctx context.Context) (found []Etat, err error) {
	err = tx.each(ctx, qOrganismeEtats, nil, func(rows *sql.Rows) error {
		var e Etat
		var sandbox, rythme int64
		var envois string
		if err := rows.Scan(&e.ID, &e.Nom, &sandbox, &rythme, &envois, &e.Transmis, &e.Integres); err != nil {
			return err
		}
		e.Sandbox, e.Rythme = sandbox != 0, time.Duration(rythme)*time.Millisecond
		e.Envois, err = parseEnvois(envois)
		found = append(found, e)
		return err
	})
	return found, err
}

func parseEnvois(text string) ([]time.Time, error) {
	if text == "" {
		return nil, nil
	}
	dates := make([]time.Time, 0, PushDatesKept)
	for debut := range strings.SplitSeq(text, ",") {
		ms, err := strconv.ParseInt(debut, 10, 64)
		if err != nil {
			return nil, err
		}
		dates = append(dates, fromMillis(ms))
	}
	return dates, nil
}

// countEnvois keeps the dates of the latest pushes with the organisme.
func (tx *Tx) countEnvois(ctx context.Context, organisme int64) error {
	_, err := tx.exec(ctx, qOrganismeEnvois, organisme)
	return err
}

// countEffectifs keeps the headcounts of all profils with the organisme.
func (tx *Tx) countEffectifs(ctx context.Context, organisme int64) error {
	_, err := tx.exec(ctx, qOrganismeEffectifs, organisme)
	return err
}
