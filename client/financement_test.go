package client_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/client"
)

// fundedContrat is a contract of two years at 8,000 from 1 September 2025.
func fundedContrat() passerelle.Contrat {
	k := generated(1)[0]
	k.DateDebut, k.DateFin, k.DateConclusion, k.NPEC, k.Niveau, k.DateRupture = "01/09/2025", "31/08/2027", "20/08/2025", "8000", "5", ""
	return k
}

func TestTheFundingOfContractsIsReadComparedAndClosed(t *testing.T) {
	t.Parallel()
	contrat := fundedContrat()
	code := contrat.CodeContrat
	c := holding(t, contrat)
	atClosing := client.FinancementOptions{Au: passerelle.NewDate(2025, time.December, 31), Par: []string{"formation"}}
	want := client.Montants{Montant: "16000.00", Produit: "2673.97", Facture: "3200.00", PCA: "526.03", FAE: "0.00"}
	f, err := c.Financement(t.Context(), atClosing)
	if err != nil || f.Total != (client.TotalFinancement{Contrats: 1, Montants: want}) || len(f.Contrats) != 1 || len(f.Contrats[0].Echeances) != 0 || len(f.Lignes) != 1 || f.Lignes[0].Cles["formation"].Code != contrat.CodeFormation || f.Lignes[0].PCA != "526.03" {
		t.Errorf("list: %+v, %v", f, err)
	}
	one, err := c.FinancementContrat(t.Context(), code, atClosing)
	want.ARecouvrer = "0.00"
	if err != nil || one.Montants != want || len(one.Annees) != 2 || len(one.Echeances) != 8 || one.Echeances[7].AuPlusTard != "2027-12-31" || one.Source != "contrat" {
		t.Errorf("one contract: %+v, %v", one, err)
	}
	var refused *client.Error
	if _, err := c.FinancementContrat(t.Context(), "nobody/here", atClosing); !errors.As(err, &refused) || refused.Status != 404 {
		t.Errorf("an unknown contract: %v", err)
	}

	created, err := c.CreateExercices(t.Context(), year(2025), year(2026))
	if err != nil {
		t.Fatal(err)
	}
	list, err := c.Exercices(t.Context())
	if err != nil || len(created) != 2 {
		t.Fatal(err)
	}
	entries, err := c.Ecritures(t.Context(), list[1].ProducerID, client.EcrituresOptions{})
	if err != nil || len(entries.Ecritures) != 2 || entries.Ecritures[0].CodeContrat != code || !entries.Ecritures[1].Extourne || entries.Exercice.Period.End != "2025-12-31" {
		t.Fatalf("entries: %+v, %v", entries, err)
	}
	if diff := cmp.Diff([]client.LigneEcriture{{"706100", "526.03", "0.00"}, {"487000", "0.00", "526.03"}}, entries.Ecritures[0].Lignes); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	campagne, err := c.Campagne(t.Context(), "2025")
	if err != nil || campagne.Total.Jours != 122 || campagne.Total.Produit != "2673.97" || campagne.Total.Part != 100 || campagne.Total.Moyenne != 0.33 || len(campagne.Lignes) != 1 || campagne.Lignes[0].Cles.Niveau.Code != "5" {
		t.Errorf("campagne: %+v, %v", campagne, err)
	}
}

func TestWhatAnOPCOAnnouncesIsDepositedAndSettingsAreChanged(t *testing.T) {
	t.Parallel()
	contrat := fundedContrat()
	code := contrat.CodeContrat
	c := holding(t, contrat)
	depot, err := c.DeposeEcheancier(t.Context(), client.EcheanceAnnoncee{CodeContrat: code, Date: "01/09/2025", Montant: "3200.00"},
		client.EcheanceAnnoncee{CodeContrat: code, Date: "01/03/2026", Montant: "2400.50"}, client.EcheanceAnnoncee{NumeroDossier: "D-0", Date: "01/03/2026", Montant: "1.00"})
	if err != nil || depot.Lignes != 3 || depot.Contrats != 1 || len(depot.Inconnus) != 1 || depot.Inconnus[0].NumeroDossier != "D-0" {
		t.Fatalf("deposit: %+v, %v", depot, err)
	}
	r, err := c.Rapprochement(t.Context(), client.FinancementOptions{Au: passerelle.NewDate(2027, time.December, 1)})
	if err != nil || len(r.ARisque) == 0 || r.ARisque[0].JoursRestants != 30 || r.ARisque[0].AuPlusTard != "2027-12-31" || r.ARisque[0].Montant != "800.00" {
		t.Fatalf("rapprochement: %+v, %v", r, err)
	}
	gaps := map[string]string{}
	for _, l := range r.Lignes {
		gaps[l.CodeContrat+" "+l.Date+" "+l.Etat] = l.Ecart
	}
	if gaps[code+" 2026-03-01 montant"] != "0.50" || gaps[code+" 2025-09-01 identique"] != "0.00" || gaps[" 2026-03-01 inconnu"] == "" {
		t.Errorf("%v", gaps)
	}

	set, err := c.SetReglages(t.Context(), client.Reglages{"baseJours": "365", "comptes": map[string]any{"pca": "487100"}})
	if err != nil || set["baseJours"] != "365" && set["baseJours"] != 365.0 {
		t.Fatalf("settings: %v, %v", set, err)
	}
	read, err := c.Reglages(t.Context())
	if diff := cmp.Diff(set, read); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	var refused *client.Error
	if _, err := c.SetReglages(t.Context(), client.Reglages{"baseJours": "360"}); !errors.As(err, &refused) || refused.Status < 400 || refused.Status > 499 {
		t.Errorf("a base that is none: %v", err)
	}
}
