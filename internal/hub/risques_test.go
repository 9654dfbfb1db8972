package hub_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/store/storetest"
)

func TestABalanceAtRiskIsToldOnceThirtyDaysBefore(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d storetest.Database) {
		now := time.Date(2027, time.November, 30, 12, 0, 0, 0, hub.Paris)
		h, who := hubOn(t, d.New(t), hub.Options{Now: func() time.Time { return now }}, true)
		k := apitest.Contrat("K1")
		k.DateDebut, k.DateFin, k.DateConclusion, k.NPEC, k.Niveau = "01/09/2025", "31/08/2027", "20/08/2025", "8000", "5"
		body, err := json.Marshal([]passerelle.Contrat{k})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := push(t, h, who, domaine.OrigineV2, body); err != nil {
			t.Fatal(err)
		}
		tell := func(want int) {
			t.Helper()
			if n, err := h.Comptabilite.TellRisques(t.Context()); n != want || err != nil {
				t.Errorf("on %s: told %d (%v), want %d", now.Format(time.DateOnly), n, err, want)
			}
		}
		now = now.AddDate(0, 0, 1)
		tell(0) // nobody listens, and that is not remembered as told
		deaf := domaine.Webhook{Nom: "Sourd", URL: "https://autre.example/", Actif: true, Evenements: []domaine.TypeEvenement{domaine.ExerciceClos}}
		other, _, err := h.Webhooks.CreateWebhook(t.Context(), who.Organisme, deaf)
		if err != nil {
			t.Fatal(err)
		}
		tell(0)
		w, _, err := h.Webhooks.CreateWebhook(t.Context(), who.Organisme, domaine.Webhook{Nom: "Suivi", URL: "https://logiciel.example/", Actif: true})
		if err != nil {
			t.Fatal(err)
		}
		now = now.AddDate(0, 0, -1)
		tell(0) // 31 days are left
		now = now.AddDate(0, 0, 1)
		tell(1)
		tell(0)
		now = now.AddDate(0, 0, 10)
		tell(0)
		list, total, err := h.Webhooks.Livraisons(t.Context(), who.Organisme, w.ID, "", hub.Page{})
		if err != nil || total != 1 || list[0].Type != domaine.FinancementRisque {
			t.Fatalf("%+v, %v", list, err)
		}
		var sent struct{ Data dataRisqueSent }
		if err := json.Unmarshal(list[0].Contenu, &sent); err != nil || sent.Data != (dataRisqueSent{"K1", "2027-09-01", "800.00", "2027-12-31", 30}) {
			t.Errorf("%s, %v", list[0].Contenu, err)
		}
		if _, total, err := h.Webhooks.Livraisons(t.Context(), who.Organisme, other.ID, "", hub.Page{}); err != nil || total != 0 {
			t.Errorf("who did not ask is told %d times, %v", total, err)
		}
	})
}

type dataRisqueSent struct {
	CodeContrat, Date, Montant, AuPlusTard string
	JoursRestants                          int
}

func TestAPurgedContractIsNoLongerAtRisk(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d storetest.Database) {
		now := time.Date(2027, time.September, 10, 12, 0, 0, 0, hub.Paris)
		h, who := hubOn(t, d.New(t), hub.Options{Now: func() time.Time { return now }}, true)
		for _, code := range []string{"K1", "K2"} { // the second push archives K1
			k := apitest.Contrat(code)
			k.DateDebut, k.DateFin, k.DateConclusion, k.NPEC, k.Niveau = "01/09/2025", "31/08/2027", "20/08/2025", "8000", "5"
			if code == "K2" {
				k.DateFin = "31/08/2028"
			}
			body, err := json.Marshal([]passerelle.Contrat{k})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := push(t, h, who, domaine.OrigineV2, body); err != nil {
				t.Fatal(err)
			}
		}
		now = now.AddDate(0, 2, 0)
		atRisk := func(want int) {
			t.Helper()
			if r, err := h.Comptabilite.Risques(t.Context(), who.Organisme, 60); err != nil || len(r.ARisque) != want {
				t.Errorf("%+v (%v), want %d", r, err, want)
			}
		}
		atRisk(1)
		if n, _, err := h.Personnes.Purge(t.Context(), who, 1); n != 1 || err != nil {
			t.Fatalf("purged %d: %v", n, err)
		}
		atRisk(0)
	})
}
