package client_test

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/client"
	"github.com/passerelle-hub/passerelle/internal/apitest"
)

// export returns contracts as a CSV file with wire names for a header.
func export(list []passerelle.Contrat) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := w.Write(apitest.CSV(list))
		return err
	}
}

func TestAFileIsImported(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, nil)
	c := h.client(t, client.Options{})
	contrats := generated(30)
	wrong := slices.Clone(contrats)
	wrong[2].EmailApprenant = "nobody"
	created, err := c.CreateImport(t.Context(), "export été.csv", "", export(wrong))
	if err != nil || created.Nom != "export été.csv" || created.OrigineMatrice != "proposition" || created.Apercu != nil {
		t.Fatalf("%+v, %v", created, err)
	}
	seen, err := c.Import(t.Context(), created.ID)
	if err != nil || seen.Apercu.LignesEnErreur != 1 || seen.Apercu.Erreurs[0].Cell != "O4" {
		t.Fatalf("%+v, %v", seen, err)
	}
	var refused *client.Error
	if _, err := c.ConfirmImport(t.Context(), created.ID, seen.Apercu.Version, client.ImportOptions{}); !errors.As(err, &refused) || refused.Apercu.ErreursTotal != 1 {
		t.Fatalf("%v", err)
	}
	if _, err := c.ConfirmImport(t.Context(), created.ID, "old", client.ImportOptions{Partial: true}); !errors.As(err, &refused) ||
		refused.Code != "preview outdated" || refused.Apercu.Version != seen.Apercu.Version {
		t.Fatalf("%v", err)
	}
	var sheet, file bytes.Buffer
	if err := c.ImportReport(t.Context(), created.ID, "csv", &sheet); err != nil || !strings.Contains(sheet.String(), "O4 : ") {
		t.Errorf("report: %v", err)
	}
	result, err := c.ConfirmImport(t.Context(), created.ID, seen.Apercu.Version, client.ImportOptions{Partial: true})
	if err != nil || result.Success || result.Invalid != 1 || result.Added != 29 {
		t.Fatalf("%+v, %v", result, err)
	}
	if err := c.ImportFile(t.Context(), created.ID, &file); err != nil || !strings.Contains(file.String(), "nobody") {
		t.Errorf("file: %v", err)
	}
	next, err := c.CreateImport(t.Context(), "export.csv", "", export(contrats))
	if err != nil {
		t.Fatal(err)
	}
	next, err = c.SetImportMapping(t.Context(), next.ID, []byte(`{"version":1,"memeNom":true}`))
	if err != nil || next.OrigineMatrice != "choix" || next.Apercu.Added != 1 {
		t.Fatalf("%+v, %v", next, err)
	}
	if err := c.DropImport(t.Context(), next.ID); err != nil {
		t.Fatal(err)
	}
	list := collect(t, c.Imports(t.Context()))
	if len(list) != 1 || list[0].Etat != "importe" || list[0].Synchronisation != result.Synchronisation {
		t.Errorf("%+v", list)
	}
}

func TestASimulationChangesNothing(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, nil)
	c := h.client(t, client.Options{})
	simulated, err := c.SimulateCreation(t.Context(), year(2025), year(2026))
	if err != nil || len(simulated.Exercices) != 2 || simulated.Exercices[0].ProducerID != "0" {
		t.Fatalf("%+v, %v", simulated, err)
	}
	if list, err := c.Exercices(t.Context()); err != nil || len(list) != 0 {
		t.Fatalf("%+v, %v", list, err)
	}
	created, err := c.CreateExercices(t.Context(), year(2025), year(2026))
	if err != nil {
		t.Fatal(err)
	}
	oldest := min(created[0].ID, created[1].ID)
	longer := year(2026)
	longer.ID, longer.Fin = max(created[0].ID, created[1].ID), passerelle.NewDate(2027, time.March, 31)
	if created[0].Label == "N+1" {
		oldest, longer.ID = created[1].ID, created[0].ID
	}
	if s, err := c.SimulateMove(t.Context(), longer); err != nil || s.Exercices[0].Period.End != "2027-03-31" {
		t.Errorf("move: %+v, %v", s, err)
	}
	if s, err := c.SimulateClosing(t.Context(), oldest, client.CloseOptions{}); err != nil || s.Exercices[1].State != "closed" {
		t.Errorf("close: %+v, %v", s, err)
	}
	if _, err := c.SimulateClosing(t.Context(), oldest, client.CloseOptions{Lettering: "BOTH"}); err == nil {
		t.Error("an unknown lettering is sent")
	}
	var file bytes.Buffer
	if err := c.ExportTRA(t.Context(), &file); err != nil {
		t.Fatal(err)
	}
	if s, err := c.SimulateTRA(t.Context(), file.Bytes()); err != nil || len(s.Exercices) != 2 {
		t.Errorf("TRA: %+v, %v", s, err)
	}
	if list, err := c.Exercices(t.Context()); err != nil || list[0].Period.End != "2026-12-31" || list[1].State != "open" {
		t.Errorf("%+v, %v", list, err)
	}
}
