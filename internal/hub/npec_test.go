package hub_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable/npec"
	"github.com/passerelle-hub/passerelle/internal/comptable/npec/npectest"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/store/open"
	"github.com/passerelle-hub/passerelle/internal/store/storetest"
	"github.com/passerelle-hub/passerelle/internal/tableur"
)

// workbook makes a workbook of amounts.
func workbook(t testing.TB, rows ...[]any) []byte {
	t.Helper()
	var b bytes.Buffer
	err := npectest.Write(&b, func(i int) []any {
		if i < len(rows) {
			return rows[i]
		}
		return nil
	}, [][]any{{12, "Commerce", "3237 / 1505"}, {14, "Spectacle vivant", "3252"}, {15, "Audiovisuel", 3252}})
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func newHubForNPEC(t testing.TB) *hub.Hub {
	t.Helper()
	db, err := open.Database(t.Context(), storetest.At(t, filepath.Join(t.TempDir(), "hub.db")))
	if err != nil {
		t.Fatal(err)
	}
	h := hub.New(db, hub.Options{})
	t.Cleanup(func() {
		h.Close()
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

func importNPEC(t testing.TB, h *hub.Hub, file []byte) (hub.EditionNPEC, bool, error) {
	t.Helper()
	return h.Comptabilite.ImportNPEC(t.Context(), hub.DemandeImportNPEC{Fichier: "npec.xlsx", Par: "Ada"}, bytes.NewReader(file), int64(len(file)))
}

func TestAnOfficialWorkbookBecomesAnEdition(t *testing.T) {
	t.Parallel()
	h := newHubForNPEC(t)
	file := workbook(t, []any{"RNCP38362 / RNCP35012", "BTS MCO", "Ministère", "BTS", 12, "Commerce", 8000, "CPNE", 45488},
		[]any{"RNCP38362", "BTS MCO", "Ministère", "BTS", 14, "Spectacle vivant", 7000.5, "A", time.Date(2024, 7, 15, 0, 0, 0, 0, time.UTC)},
		[]any{"RNCP38362", "BTS MCO", "Ministère", "BTS", "15", "Audiovisuel", "7 500,00 €", "R", "15/07/2024"})
	e, fresh, err := importNPEC(t, h, file)
	if err != nil || !fresh || e.Depuis.String() != "2024-07-15" || e.Lignes != 3 || e.Montants != 4 || e.Certifications != 2 {
		t.Fatalf("%+v %t %v", e, fresh, err)
	}
	if again, fresh, err := importNPEC(t, h, file); err != nil || fresh || again.ID != e.ID {
		t.Errorf("again: %+v %t %v", again, fresh, err)
	}
	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	inside, err := z.Create("dossier/npec.xlsx")
	if err == nil {
		_, err = inside.Write(file)
	}
	if err = errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	if zipped, fresh, err := importNPEC(t, h, archive.Bytes()); err != nil || fresh || zipped.ID != e.ID {
		t.Errorf("in an archive: %+v %t %v", zipped, fresh, err)
	}
	f, err := h.Comptabilite.NPEC(t.Context(), hub.DemandeNPEC{RNCP: "38362", IDCC: "3252"})
	if err != nil || len(f.Montants) != 2 || f.Branches != 2 || f.Montants[0].Montant.Montant != 7_000_50 || f.Montants[1].NomCPNE != "Audiovisuel" || f.Intitule != "BTS MCO" {
		t.Errorf("%+v %v", f, err)
	}
	for _, d := range []hub.DemandeNPEC{{RNCP: "BTS"}, {RNCP: "999"}, {RNCP: "38362", IDCC: "abc"}, {RNCP: "38362", IDCC: "9999"}, {RNCP: "38362", CPNE: "x"}, {RNCP: "38362", Edition: 9}, {RNCP: "38362", Au: passerelle.NewDate(2020, 1, 1)}} {
		var refusal *hub.Refusal
		if _, err := h.Comptabilite.NPEC(t.Context(), d); !errors.As(err, &refusal) {
			t.Errorf("%+v: %v", d, err)
		}
	}
}

func TestAFileThatIsNoTableOfAmountsIsRefused(t *testing.T) {
	t.Parallel()
	h := newHubForNPEC(t)
	var refused *npec.Refus
	if _, _, err := importNPEC(t, h, workbook(t)); !errors.As(err, &refused) || !strings.Contains(refused.Error(), "aucun montant") {
		t.Errorf("no rows: %v", err)
	}
	var file *tableur.FileError
	for name, content := range map[string]string{"nothing": "", "a CSV": "a;b\n1;2\n", "a cut workbook": string(workbook(t)[:2000])} {
		if _, _, err := importNPEC(t, h, []byte(content)); !errors.As(err, &file) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if list, err := h.Comptabilite.EditionsNPEC(t.Context(), 0); err != nil || len(list) != 0 {
		t.Errorf("%v %v", list, err)
	}
}

// BenchmarkImportNPEC imports a workbook as large as the official one.
func BenchmarkImportNPEC(b *testing.B) {
	const rows = 237_600
	path := filepath.Join(b.TempDir(), "npec.xlsx")
	if kept := os.Getenv("PASSERELLE_BENCH_NPEC"); kept != "" {
		path = kept
	}
	file, err := os.Create(path)
	if err == nil {
		err = errors.Join(npectest.Grand(file, rows), file.Close())
	}
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		h := newHubForNPEC(b)
		in, err := os.Open(path)
		if err != nil {
			b.Fatal(err)
		}
		size, err := in.Seek(0, io.SeekEnd)
		if err != nil {
			b.Fatal(err)
		}
		if _, fresh, err := h.Comptabilite.ImportNPEC(b.Context(), hub.DemandeImportNPEC{Fichier: "npec.xlsx"}, in, size); err != nil || !fresh {
			b.Fatal(fresh, err)
		}
		_ = in.Close()
	}
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
