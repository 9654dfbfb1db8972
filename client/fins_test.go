package client_test

import (
	"errors"
	"testing"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/client"
)

func TestTheEndOfAContractIsReadDecidedAndTakenBack(t *testing.T) {
	t.Parallel()
	list := generated(12)
	list[0].DateDebut, list[0].DateFin, list[0].DateRupture = "01/09/2020", "31/08/2098", ""
	code := list[0].CodeContrat
	c := holding(t, list...)
	var refused *client.Error
	if _, err := c.Fin(t.Context(), code); !errors.As(err, &refused) || refused.Status != 409 {
		t.Errorf("an active contract: %v", err)
	}
	if _, err := c.Push(t.Context(), client.Contrats(list[1:]...), client.PushOptions{}); err != nil {
		t.Fatal(err)
	}
	want := func(f client.Fin, err error, fin, date string, decided bool) {
		t.Helper()
		if err != nil || f.Fin != fin || date != "" && f.Date != date || (f.Par != "") != decided || (f.Le != nil) != decided {
			t.Errorf("%+v %v, want %s %s", f, err, fin, date)
		}
	}
	f, err := c.Fin(t.Context(), code)
	want(f, err, "presumee", "", false)
	f, err = c.DecideRupture(t.Context(), code, passerelle.NewDate(2021, 3, 12))
	want(f, err, "rompu", "12/03/2021", true)
	f, err = c.DecideAnnulation(t.Context(), code)
	want(f, err, "annule", "", true)
	f, err = c.DecideTerme(t.Context(), code)
	want(f, err, "terme", "31/08/2098", true)
	if _, err := c.DecideRupture(t.Context(), code, passerelle.NewDate(2019, 3, 12)); !errors.As(err, &refused) || refused.Status != 422 || len(refused.Details) != 1 || refused.Details[0].Code != "date-order" {
		t.Errorf("a day before the first: %+v", err)
	}
	f, err = c.TakeBackFin(t.Context(), code)
	want(f, err, "presumee", "", false)
	decisions, err := c.DecisionsFin(t.Context(), code)
	if err != nil || len(decisions) != 4 || decisions[0].Fin != "rompu" || decisions[0].Date != "12/03/2021" || decisions[3].Fin != "" || decisions[0].Par == "" || decisions[0].Le.IsZero() {
		t.Errorf("%+v %v", decisions, err)
	}
}

func TestWhyAPushIsHeldOrRefusedIsRead(t *testing.T) {
	t.Parallel()
	list := generated(12)
	c := holding(t, list...)
	var held *client.Error
	if _, err := c.Push(t.Context(), client.Contrats(list[:2]...), client.PushOptions{}); !errors.As(err, &held) || held.Status != 409 || len(held.Motifs) != 1 || held.Motifs[0].Regle != "moitie" || held.Motifs[0].Contrats != 10 || held.Motifs[0].Message == "" {
		t.Fatalf("%+v", held)
	}
	detail, err := c.Synchronisation(t.Context(), held.Synchronisation, 1, 10)
	if err != nil || len(detail.Motifs) != 1 || detail.Motifs[0] != held.Motifs[0] {
		t.Errorf("%+v %v", detail, err)
	}
	list[3].EmailApprenant = "pas une adresse"
	if _, err := c.Push(t.Context(), client.Contrats(list...), client.PushOptions{}); err == nil {
		t.Fatal("an invalid push was taken")
	}
	for s, err := range c.Synchronisations(t.Context()) {
		if err != nil || s.Etat != "refusee" || s.Refuses != 1 {
			t.Fatalf("%+v %v", s, err)
		}
		detail, err := c.Synchronisation(t.Context(), s.ID, 1, 10)
		if err != nil || len(detail.Details) != 1 || detail.Details[0].Field != "emailApprenant" {
			t.Errorf("%+v %v", detail, err)
		}
		break
	}
}
