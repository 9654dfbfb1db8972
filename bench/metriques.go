package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	_ "github.com/ncruces/go-sqlite3/driver" // the driver "sqlite3"
	"github.com/spf13/cobra"

	"github.com/passerelle-hub/passerelle/internal/store"
)

// metricsGoal is how long /metrics may take.
const metricsGoal = 300 * time.Millisecond

func newMetriques() *cobra.Command {
	organismes := 10_000
	cmd := &cobra.Command{
		Use: "metriques", Short: "Measure /metrics with many organismes, with the series of each and without",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return inWorkshop(cmd.Context(), func(w *workshop) error { return runMetriques(cmd.Context(), w, organismes) })
		},
	}
	cmd.Flags().IntVar(&organismes, "organismes", organismes, "how many organismes, each with 30 pushes and 20 profils of contracts")
	return cmd
}

func runMetriques(ctx context.Context, w *workshop, organismes int) error {
	h, err := w.freshHub(ctx)
	if err != nil {
		return err
	}
	if err := h.stop(); err != nil {
		return err
	}
	if err := manyOrganismes(ctx, h.database, organismes); err != nil {
		return fmt.Errorf("make %d organismes: %w", organismes, err)
	}
	var failed error
	for _, series := range []bool{true, false} {
		p, err := launch(ctx, "/readyz", w.passerelle, "serve", "--addr", "ADDRESS", "--db", h.database, fmt.Sprintf("--metrics-organismes=%v", series))
		if err != nil {
			return err
		}
		before, err := p.used()
		if err != nil {
			return errors.Join(err, p.stop())
		}
		first, bytes, err := p.metricsTook(ctx)
		if err != nil {
			return errors.Join(err, p.stop())
		}
		between, err := p.used()
		if err != nil {
			return errors.Join(err, p.stop())
		}
		again, _, err := p.metricsTook(ctx)
		if err != nil {
			return errors.Join(err, p.stop())
		}
		after, err := p.used()
		fmt.Printf("/metrics with %d organismes, series of each %v: %v the first time (%v of processor), %v (%v) within the next 10 s, %d bytes\n",
			organismes, series, first.Round(time.Millisecond), between-before, again.Round(time.Millisecond), after-between, bytes)
		if max(first, again) > metricsGoal {
			err = errors.Join(err, fmt.Errorf("/metrics takes more than %v", metricsGoal))
		}
		failed = errors.Join(failed, err, p.stop())
	}
	return failed
}

// metricsTook asks for /metrics.
func (p *process) metricsTook(ctx context.Context) (time.Duration, int64, error) {
	request, err := http.NewRequestWithContext(ctx, "GET", p.url+"/metrics", nil)
	if err != nil {
		return 0, 0, err
	}
	started := time.Now()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, 0, err
	}
	defer response.Body.Close()
	n, err := io.Copy(io.Discard, response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("/metrics answers %d", response.StatusCode)
	}
	return time.Since(started), n, err
}

// manyOrganismes writes to the database what that many organismes leave in it after
// a month, but for the contracts themselves.
func manyOrganismes(ctx context.Context, database string, n int) error {
	db, err := sql.Open("sqlite3", "file:"+database)
	if err != nil {
		return err
	}
	now := time.Now().UnixMilli()
	for _, one := range []struct {
		query    string
		argument int64
	}{
		{`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
		INSERT INTO organisme (nom, sandbox, cree_le) SELECT 'Organisme ' || i, 0, 0 FROM n`, int64(n)},
		{`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30)
		INSERT INTO synchronisation (organisme_id, id, origine, etat, par, debut, duree_ms, total, ajoutes, ranimes, modifies, identiques, archives, refuses, integres)
		SELECT o.id, i, 'v1', 'appliquee', 'Essai', ?1 - 86400000 * (30 - i), 10, 100, 0, 0, 0, 100, 0, 0, 100 FROM organisme o, n WHERE o.id > 1`, now},
		{`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20)
		INSERT INTO profil (organisme_id, cle, code_groupe, nom_groupe, code_site, nom_site, code_periode, nom_periode, code_formation, nom_formation, code_annee, nom_annee, code_marque, nom_marque, month_start, rncp, effectif, motif, modeles, motif_depuis)
		SELECT o.id, CAST(printf('%016d', i) AS BLOB), 'G' || i, 'Groupe', 'S', 'Site', 'P', 'Période', 'F', 'Formation', 'A', 'Année', '', '', '', '', 5, 'aucun-modele', '[]', ?1 FROM organisme o, n WHERE o.id > 1`, now},
		{`UPDATE organisme SET envois = COALESCE((SELECT string_agg(CAST(x.debut AS TEXT), ',' ORDER BY x.id DESC) FROM (
		SELECT s.id, s.debut FROM synchronisation s WHERE s.organisme_id = organisme.id ORDER BY s.id DESC LIMIT ?1) AS x), ''), transmis = 100`, store.PushDatesKept},
	} {
		if _, err := db.ExecContext(ctx, one.query, one.argument); err != nil {
			return errors.Join(err, db.Close())
		}
	}
	return db.Close()
}
