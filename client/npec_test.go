package client_test

import (
	"errors"
	"io"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/client"
	"github.com/passerelle-hub/passerelle/internal/comptable/npec/npectest"
)

// workbook is the official workbook with one amount for each certification.
func workbook(amount int, certifications ...string) client.Body {
	return func(w io.Writer) error {
		return npectest.Write(w, func(i int) []any {
			if i >= len(certifications) {
				return nil
			}
			return []any{certifications[i], "BTS MCO", "Ministère", "BTS", 12, "Commerce", amount, "CPNE", 45488}
		}, [][]any{{12, "Commerce", "3237"}})
	}
}

func TestEditionsOfAmountsAreImportedAndListed(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, nil)
	c := h.client(t, client.Options{})
	if none, err := c.EditionsNPEC(t.Context()); err != nil || len(none) != 0 {
		t.Fatalf("before any: %+v, %v", none, err)
	}
	first, err := c.ImportNPEC(t.Context(), workbook(8000, "RNCP38362", "RNCP37000"), 0)
	if err != nil || first.ID == "" || first.Depuis != "2024-07-15" || first.Montants != 2 || first.Certifications != 2 || !first.Nouvelle || first.Commune {
		t.Fatalf("import: %+v, %v", first, err)
	}
	if made, err := time.Parse(time.RFC3339, first.ImporteLe); err != nil || time.Since(made) > time.Hour {
		t.Errorf("imported at %q, %v", first.ImporteLe, err)
	}
	again, err := c.ImportNPEC(t.Context(), workbook(8000, "RNCP38362", "RNCP37000"), 0)
	if err != nil || again.Nouvelle || again.ID != first.ID {
		t.Errorf("the same once more: %+v, %v", again, err)
	}
	later, err := c.ImportNPEC(t.Context(), workbook(9000, "RNCP38362"), passerelle.NewDate(2025, time.September, 1))
	if err != nil || later.Depuis != "2025-09-01" || later.Lignes != 1 {
		t.Fatalf("a later one: %+v, %v", later, err)
	}
	list, err := c.EditionsNPEC(t.Context())
	if err != nil || len(list) != 2 || list[0].ID != later.ID || list[1].ID != first.ID {
		t.Errorf("list: %+v, %v", list, err)
	}
	// The amount of a contract that names none is that of its edition.
	contrat := fundedContrat()
	contrat.NPEC, contrat.RNCP, contrat.IDCC = "", "38362", "3237"
	if _, err := c.Push(t.Context(), client.Contrats(contrat), client.PushOptions{}); err != nil {
		t.Fatal(err)
	}
	for edition, want := range map[string]string{"": "8000.00", later.ID: "8000.00"} { // concluded on 20 August
		f, err := c.FinancementContrat(t.Context(), contrat.CodeContrat, client.FinancementOptions{Au: passerelle.NewDate(2025, time.December, 31), NPEC: edition})
		if err != nil || f.Source != "npec" || f.MontantAnnuel != want {
			t.Errorf("known up to %q: %+v, %v", edition, f, err)
		}
	}
	var refused *client.Error
	if _, err := c.ImportNPEC(t.Context(), workbook(8000, "BTS"), 0); !errors.As(err, &refused) || refused.Status != 400 || refused.Reason == "" {
		t.Errorf("a certification that is none: %v", err)
	}
	if _, err := c.ImportNPEC(t.Context(), func(w io.Writer) error { _, err := io.WriteString(w, "pas un classeur"); return err }, 0); !errors.As(err, &refused) || refused.Status/100 != 4 {
		t.Errorf("no workbook: %v", err)
	}
}
