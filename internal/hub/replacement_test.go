package hub_test

import (
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/pressly/goose/v3"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/store/open"
	"github.com/passerelle-hub/passerelle/internal/store/storetest"
)

// olderDatabase makes a database as it was before the migration of a number, and
// returns a connection to it.
func olderDatabase(t *testing.T, location string, before int) *sql.DB {
	t.Helper()
	dialect, driver, source, dir := goose.DialectSQLite3, "sqlite3", "file:"+location, "../store/sqlite/migrations"
	if open.IsPostgres(location) {
		dialect, driver, source, dir = goose.DialectPostgres, "pgx", location, "../store/postgres/migrations"
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	names, err := filepath.Glob(filepath.Join(dir, "*.sql"))
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	older := fstest.MapFS{}
	for _, name := range names {
		if filepath.Base(name) >= fmt.Sprintf("%04d", before) {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		older[filepath.Base(name)] = &fstest.MapFile{Data: text}
	}
	provider, err := goose.NewProvider(dialect, db, older, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	return db
}

func execAll(t *testing.T, db *sql.DB, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

func TestAnUpgradePlacesContractsByTheRulesOfToday(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d storetest.Database) {
		location := d.Location(t)
		older := olderDatabase(t, location, 18)
		execAll(t, older, "INSERT INTO organisme (nom, sandbox, cree_le) VALUES ('CFA Horizon', 0, 0), ('CFA Rivage', 0, 0)",
			`INSERT INTO modele (organisme_id, nom, criteres, actif, cree_le, modifie_le) VALUES (1, 'Banque', '{"rncp":["38362"]}', 1, 0, 0)`)
		profil := func(organisme int, groupe, rncp string, effectif int, blob string) string {
			values := []string{groupe, groupe, "S", "Site", "P", "Période", "F", "Formation", "A", "Année", "M", "Marque", "9", rncp}
			list, err := json.Marshal(values)
			if err != nil {
				t.Fatal(err)
			}
			sum := sha256.Sum256(list)
			texts := ""
			for _, value := range values {
				texts += "'" + value + "', "
			}
			return fmt.Sprintf(`INSERT INTO profil (organisme_id, cle, code_groupe, nom_groupe, code_site, nom_site, code_periode, nom_periode,
				code_formation, nom_formation, code_annee, nom_annee, code_marque, nom_marque, month_start, rncp, effectif, motif, modeles, motif_depuis)
				VALUES (%d, %s, %s %d, 'aucun-modele', '[]', 0)`, organisme, fmt.Sprintf(blob, sum[:16]), texts, effectif)
		}
		blob := "X'%x'"
		if open.IsPostgres(location) {
			blob = `'\x%x'`
		}
		execAll(t, older, profil(1, "G1", "RNCP38362", 3, blob), profil(1, "G2", "RNCP99999", 2, blob), profil(2, "G1", "RNCP38362", 1, blob))

		h := hub.New(d.Open(t, location), hub.Options{})
		t.Cleanup(h.Close)
		created, err := h.Organismes.CreateOrganisme(t.Context(), "CFA Colline", false)
		if err != nil {
			t.Fatal(err)
		}
		waiting := func() string {
			t.Helper()
			list := ""
			rows, err := older.QueryContext(t.Context(), "SELECT id FROM organisme WHERE a_replacer = 1 ORDER BY id")
			if err != nil {
				t.Fatal(err)
			}
			defer rows.Close()
			for rows.Next() {
				var id int64
				if err := rows.Scan(&id); err != nil {
					t.Fatal(err)
				}
				list += fmt.Sprint(id, " ")
			}
			if err := rows.Err(); err != nil {
				t.Fatal(err)
			}
			return list
		}
		if got := waiting(); got != "1 2 " {
			t.Errorf("to be placed again: %s, want those that there were, not the new one (%d)", got, created.ID)
		}
		if n, err := h.Integration.PlaceAgain(t.Context()); n != 2 || err != nil {
			t.Fatalf("placed %d: %v", n, err)
		}
		sessions, err := h.Integration.Sessions(t.Context(), 1, true)
		if err != nil || len(sessions) != 1 || sessions[0].CodeGroupe != "G1" || sessions[0].Effectif != 3 {
			t.Errorf("sessions: %+v %v", sessions, err)
		}
		out, err := h.Integration.NonIntegres(t.Context(), 1)
		if err != nil || len(out) != 1 || out[0].Contrats != 2 || out[0].Motif != domaine.MotifAucunModele {
			t.Errorf("not integrated: %+v %v", out, err)
		}
		if out, err := h.Integration.NonIntegres(t.Context(), 2); err != nil || len(out) != 1 || out[0].Contrats != 1 {
			t.Errorf("another organisme without modèle: %+v %v", out, err)
		}
		if got := waiting(); got != "" {
			t.Errorf("still to be placed again: %s", got)
		}
		if n, err := h.Integration.PlaceAgain(t.Context()); n != 0 || err != nil {
			t.Errorf("placed %d once more: %v", n, err)
		}
	})
}
