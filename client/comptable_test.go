package client_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/client"
)

func year(n int) client.ExerciceDates {
	return client.ExerciceDates{Debut: passerelle.NewDate(n, time.January, 1), Fin: passerelle.NewDate(n, time.December, 31)}
}

func TestExercicesAreCreatedMovedClosedAndExchanged(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, nil)
	c := h.client(t, client.Options{})
	societes, err := c.Societes(t.Context())
	if err != nil || len(societes) != 1 || societes[0].Nom != "CFA Test" {
		t.Fatalf("sociétés: %+v, %v", societes, err)
	}
	created, err := c.CreateExercices(t.Context(), year(2025), year(2026))
	if err != nil || len(created) != 2 {
		t.Fatalf("create: %+v, %v", created, err)
	}
	list, err := c.Exercices(t.Context())
	if err != nil || len(list) != 2 || list[0].Name != "N+1" || list[1].Name != "N" || list[1].Additional.Lettering != "MONO" {
		t.Fatalf("list: %+v, %v", list, err)
	}
	longer := year(2026)
	longer.ID, longer.Fin = created[0].ID, passerelle.NewDate(2027, time.March, 31)
	if created[0].Label == "N" {
		longer.ID = created[1].ID
	}
	if _, err := c.MoveExercices(t.Context(), longer); err != nil {
		t.Fatal(err)
	}
	var refused *client.Error
	if _, err := c.CreateExercices(t.Context(), year(2029)); !errors.As(err, &refused) || refused.Code != "EXERCICE4" || refused.Reason == "" {
		t.Errorf("a gap: %v", err)
	}
	oldest := created[0].ID + created[1].ID - longer.ID
	if err := c.CloseExercice(t.Context(), oldest, client.CloseOptions{Lettering: "MULTI", CarryForward: true}); err != nil {
		t.Fatal(err)
	}
	if err := c.CloseExercice(t.Context(), oldest, client.CloseOptions{Lettering: "BOTH"}); err == nil {
		t.Error("an unknown lettering is sent")
	}
	list, err = c.Exercices(t.Context())
	if err != nil || list[1].State != "closed" || list[1].Name != "N-1" || list[1].Period.Closed == nil || list[0].Additional.Lettering != "MULTI" || *list[0].Period.Duration != 15 {
		t.Fatalf("after closing: %+v, %v", list, err)
	}
	var file bytes.Buffer
	if err := c.ExportTRA(t.Context(), &file); err != nil || !strings.Contains(file.String(), "***EXO") {
		t.Fatalf("export: %v", err)
	}
	if err := c.ImportTRA(t.Context(), file.Bytes()); err != nil {
		t.Errorf("the société's own file: %v", err)
	}
	if err := c.ImportTRA(t.Context(), []byte("%PDF-1.7")); !errors.As(err, &refused) {
		t.Errorf("a PDF: %v", err)
	}
	if routes, err := c.Routes(t.Context()); err != nil || len(routes) < 5 {
		t.Errorf("routes: %+v, %v", routes, err)
	}
	if before, err := c.ExercicesOn(t.Context(), passerelle.NewDate(2020, time.January, 1)); err != nil || len(before) != 0 {
		t.Errorf("before there were any: %+v, %v", before, err)
	}
}
