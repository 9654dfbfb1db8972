package hub_test

import (
	"bytes"
	"compress/gzip"
	"database/sql"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/store/sqlite"
	"github.com/passerelle-hub/passerelle/internal/store/storetest"
	"github.com/passerelle-hub/passerelle/internal/vie"
)

// unzipped returns what a value says, compressed or not, in lower case.
func unzipped(value []byte) []byte {
	if zip, err := gzip.NewReader(bytes.NewReader(value)); err == nil {
		plain, _ := io.ReadAll(zip) // a part of what was compressed: as far as it goes
		value = append(slices.Clone(value), plain...)
	}
	return bytes.ToLower(value)
}

// saying returns the tables of a database with a value that says one of some words.
func saying(t *testing.T, d storetest.Database, location string, words ...string) (found []string) {
	t.Helper()
	driver, source, list := "sqlite3", "file:"+location, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
	if d.Name == "postgres" {
		driver, source, list = "pgx", location, "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
	}
	sources := []string{source}
	if d.Name == "sqlite" {
		sources = append(sources, source+sqlite.AsideSuffix)
	}
	for _, source := range sources {
		found = append(found, tablesSaying(t, driver, source, list, words)...)
	}
	slices.Sort(found)
	return found
}

func tablesSaying(t *testing.T, driver, source, list string, words []string) (found []string) {
	t.Helper()
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, table := range texts(t, db, list) {
		for _, value := range texts(t, db, "SELECT * FROM "+table) {
			if said := unzipped([]byte(value)); slices.ContainsFunc(words, func(word string) bool { return bytes.Contains(said, []byte(word)) }) {
				found = append(found, table)
				break
			}
		}
	}
	return found
}

// texts returns every value that a query finds, as text.
func texts(t *testing.T, db *sql.DB, query string) (found []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(query, err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		values, places := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			places[i] = &values[i]
		}
		if err := rows.Scan(places...); err != nil {
			t.Fatal(err)
		}
		for _, value := range values {
			if plain, ok := value.([]byte); ok {
				value = string(plain)
			}
			found = append(found, fmt.Sprint(value))
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return found
}

// TestNoTableSaysAnythingOfSomebodyWhoWasErased fills every table that can say who
// somebody is: versions, an archived contract with a decided end, anomalies, a push
// that was refused whole, one that is held, files that were imported, wait or were
// looked at, sessions of the console.
func TestNoTableSaysAnythingOfSomebodyWhoWasErased(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d storetest.Database) {
		location := d.Migrated(t)
		h := hub.New(d.Open(t, location), hub.Options{})
		defer h.Close()
		o, err := h.Organismes.CreateOrganisme(t.Context(), "CFA", false)
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		must(err)
		who := hub.Acteur{Organisme: o.ID, Nom: "Essai"}
		_, _, err = h.Webhooks.CreateWebhook(t.Context(), o.ID, domaine.Webhook{Nom: "Paie", URL: "https://paie.example/", Evenements: slices.Clone(domaine.TousEvenements), Actif: true})
		must(err)
		var others []passerelle.Contrat
		for i := range 6 {
			others = append(others, named(fmt.Sprintf("K%d", i), fmt.Sprintf("A%d", i), fmt.Sprintf("personne%d", i)))
		}
		her, left := named("K90", "zz-wyzy-9", "wyzykowska"), named("K91", "zz-wyzy-9", "wyzykowska")
		must(full(t, h, who, true, append(others, her, left)...))
		must(full(t, h, who, true, append(others, her)...))
		must(h.Contrats.DecideFins(t.Context(), who, []hub.FinDemandee{{Code: "K91", Quoi: vie.Decision{Fin: vie.Annule}}}))
		thief := named("K92", "A92", "voleuse")
		thief.EmailApprenant = "wyzykowska@apprenti.example"
		must(full(t, h, who, true, append(others, her, thief)...)) // refuses K92, whose anomaly quotes her address
		wrong := her
		wrong.DateFin = "31/02/2027"
		must(full(t, h, who, true, append(others, wrong)...)) // an anomaly of her own contract
		imported := func(list ...passerelle.Contrat) (id int64, version string) {
			t.Helper()
			dropped, err := h.Imports.CreateImport(t.Context(), who, "wyzykowska.csv", "", strings.NewReader(csvOf(list)))
			must(err)
			defer dropped.Close()
			preview, err := h.Imports.ApercuImport(t.Context(), dropped, hub.Page{Limit: 50})
			must(err)
			return dropped.ID, preview.Version
		}
		imported(append(others, her)...)
		id, version := imported(append(others, her, named("K93", "zz-wyzy-9", "wyzykowska"))...)
		_, err = h.Imports.ConfirmImport(t.Context(), who, id, hub.ImportOptions{Version: version})
		must(err)
		if err := full(t, h, who, false, named("K99", "A99", "wyzykowska")); err == nil {
			t.Fatal("no push is held")
		}
		must(h.Comptes.ConsoleSessions().CommitCtx(t.Context(), "essai", []byte(hub.RechercheGardee+" wyzykowska"), time.Now().Add(time.Hour)))

		words := []string{"wyzykowska", "zz-wyzy-9"}
		want := []string{"anomalie", "contrat", "import", "import_partie", "personne", "push_retenu", "session_console", "vie"}
		before := saying(t, d, location, words...)
		for _, table := range want {
			if !slices.Contains(before, table) {
				t.Errorf("%s says nothing of her before: %v", table, before)
			}
		}
		e, err := h.Personnes.ErasePersonne(t.Context(), who, "zz-wyzy-9")
		must(err)
		if len(e.Fichiers) == 0 || len(e.Abandonnees) == 0 {
			t.Errorf("%+v", e)
		}
		if after := saying(t, d, location, words...); len(after) > 0 {
			t.Errorf("these tables still say something of her: %v", after)
		}
		if _, err := h.Personnes.ExportPersonne(t.Context(), who, "zz-wyzy-9"); err == nil {
			t.Error("she is given out after her erasure")
		}
	})
}

func TestAPersonKnownOnlyFromAFileIsGivenOutAndErased(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d storetest.Database) {
		location := d.Migrated(t)
		h, who := hubOn(t, d.Open(t, location), hub.Options{}, false)
		for name, contents := range map[string]string{
			"contrats.csv": csvOf([]passerelle.Contrat{named("K1", "A1", "durand"), named("K9", "zz-wyzy-9", "wyzykowska")}),
			"autre.csv":    "Qui;Quoi\nzz-wyzy-9;un stage\nA1;rien\n", // no mapping fits
		} {
			dropped, err := h.Imports.CreateImport(t.Context(), who, name, "", strings.NewReader(contents))
			if err != nil {
				t.Fatal(err)
			}
			if err := dropped.Close(); err != nil {
				t.Fatal(err)
			}
		}
		mentions, err := h.Personnes.ExportPersonne(t.Context(), who, "zz-wyzy-9")
		if err != nil || len(mentions) != 2 {
			t.Fatalf("%+v %v", mentions, err)
		}
		slices.SortFunc(mentions, func(a, b hub.MentionPersonne) int { return strings.Compare(a.CodeContrat, b.CodeContrat) })
		if got := mentions[1]; got.CodeContrat != "K9" || got.Role != "fichier importé" || got.Champs["nomApprenant"] != "wyzykowska" || got.Champs["nomPersonnel"] != "" {
			t.Errorf("%+v", got)
		}
		if _, err := h.Personnes.ExportPersonne(t.Context(), who, "zz-wyzy"); err == nil {
			t.Error("somebody whom no file names is given out")
		}
		e, err := h.Personnes.ErasePersonne(t.Context(), who, "zz-wyzy-9")
		if err != nil || len(e.Fichiers) != 2 || e.Contrats != 0 {
			t.Errorf("%+v %v", e, err)
		}
		if found := saying(t, d, location, "wyzykowska", "zz-wyzy-9"); len(found) > 0 {
			t.Errorf("these tables still say something of her: %v", found)
		}
		if _, err := h.Personnes.ErasePersonne(t.Context(), who, "zz-wyzy-9"); err == nil {
			t.Error("somebody whom nothing names any more is erased again")
		}
	})
}
