package hub_test

import (
	"database/sql"
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable"
	"github.com/passerelle-hub/passerelle/internal/comptable/ventilation"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/store/storetest"
	"github.com/passerelle-hub/passerelle/internal/vie"
)

// restored fills a new database with the rows of that of the version before ends, and
// returns a connection to it.
func restored(t *testing.T, d storetest.Database, location string) *sql.DB {
	t.Helper()
	db := olderDatabase(t, location, 11)
	rows, err := os.ReadFile(filepath.Join("testdata", "avant-les-fins", d.Name+".sql"))
	if err != nil {
		t.Fatal(err)
	}
	execAll(t, db, string(rows))
	return db
}

// joursDe returns the days of an exercice.
func joursDe(t *testing.T, h *hub.Hub, exercice int64, actifs bool) int64 {
	t.Helper()
	v, err := h.Comptabilite.Ventilation(t.Context(), hub.DemandeVentilation{Acces: hub.AccesOperateur("1"), Exercice: exercice, Par: []ventilation.Dimension{ventilation.ParRNCP}, SansArchives: actifs})
	if err != nil {
		t.Fatal(err)
	}
	return v.Calcul.Exercice(0).Total.Jours
}

// TestADatabaseOfBeforeEndsIsUpgradedWithoutLosingAnything: contracts, hashes and
// closings are what they were, what had left has its end, and a closing of now
// verifies beside the one of then.
func TestADatabaseOfBeforeEndsIsUpgradedWithoutLosingAnything(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d storetest.Database) {
		location := d.Location(t)
		older := restored(t, d, location)
		const contrats = "SELECT organisme_id, code_contrat, depuis, jusqua, empreinte, document FROM contrat ORDER BY code_contrat, depuis"
		before := texts(t, older, contrats)
		link := texts(t, older, "SELECT empreinte FROM cloture")
		now := time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)
		h := hub.New(d.Open(t, location), hub.Options{Now: func() time.Time { return now }})
		defer h.Close()
		if diff := cmp.Diff(before, texts(t, older, contrats)); diff != "" {
			t.Errorf("contracts (-before +after):\n%s", diff)
		}

		ends := map[string]string{}
		for _, code := range []string{"K2", "K3", "K5", "K6", "K7"} {
			f, err := h.Contrats.Fin(t.Context(), 1, code)
			if err != nil {
				t.Fatal(code, err)
			}
			ends[code] = string(f.Vie.Nature) + " " + f.Vie.Dernier.FR()
		}
		left := "presumee 27/11/2026"
		if diff := cmp.Diff(map[string]string{"K2": "terme 31/08/2026", "K3": left, "K5": left, "K6": left, "K7": left}, ends); diff != "" {
			t.Errorf("ends (-want +got):\n%s", diff)
		}
		if _, err := h.Contrats.Fin(t.Context(), 1, "K4"); err == nil {
			t.Error("K4 came back, and has an end")
		}
		const autumn = 30 + 31 + 30 + 31 // days from 1 September 2025
		if days, active := joursDe(t, h, 1, false), joursDe(t, h, 1, true); days != 365+5*autumn || active != 3*autumn {
			t.Errorf("2025 has %d days, %d of contracts that are active", days, active)
		}

		verify := func(clotures int, fins ...bool) {
			t.Helper()
			v, err := h.Comptabilite.VerifyClotures(t.Context(), hub.AccesOperateur("1"))
			if err != nil || v.Rupture != nil || v.Clotures != clotures || len(v.Preuves) != len(fins) {
				t.Fatalf("%+v %v", v, err)
			}
			for i, proof := range v.Preuves {
				if !proof.Tient || proof.Fins != fins[i] {
					t.Errorf("closing %d: %+v", i+1, proof)
				}
			}
			if clotures == 1 && hex.EncodeToString(v.Derniere[:]) != hex.EncodeToString([]byte(link[0])) {
				t.Errorf("the digest is %x", v.Derniere)
			}
		}
		verify(1, false)

		who := hub.Acteur{Organisme: 1, Nom: "Essai"}
		decide := func(code string, fin vie.Nature, day string) {
			t.Helper()
			quoi := vie.Decision{Fin: fin}
			if date, err := passerelle.ParseDateFR(day); err == nil {
				quoi.Date = vie.Le(date)
			}
			if err := h.Contrats.DecideFins(t.Context(), who, []hub.FinDemandee{{Code: code, Quoi: quoi}}); err != nil {
				t.Fatal(err)
			}
		}
		decide("K3", vie.Rompu, "15/01/2026")
		now = time.Date(2027, 1, 10, 12, 0, 0, 0, time.UTC)
		closed, err := h.Comptabilite.CloseExercice(t.Context(), hub.DemandeExercices{Acces: hub.AccesOperateur("1")}, comptable.DemandeCloture{ID: 2})
		if err != nil || len(closed.Erreurs) > 0 {
			t.Fatalf("%+v %v", closed, err)
		}
		verify(2, false, true)
		// What is decided and pushed later changes no closing.
		decide("K3", vie.Annule, "")
		decide("K5", vie.Rompu, "02/02/2026")
		if err := full(t, h, who, true, named("K9", "A9", "durand")); err != nil {
			t.Fatal(err)
		}
		verify(2, false, true)
	})
}
