package apitest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

// everything returns all that the API gives out of an organisme's contracts.
func everything(t *testing.T, c *apitest.Client, synchronisations int) string {
	t.Helper()
	var all strings.Builder
	for _, path := range []string{"/api/sync/v1/contrats-get-all", "/api/sync/v1/contrats", "/api/sync/v1/anomalies", "/api/sync/v1/synchronisations"} {
		all.Write(c.Get(t, path).Want(t, 200).Body)
	}
	for id := range synchronisations {
		all.Write(c.Get(t, fmt.Sprintf("/api/sync/v1/synchronisations/%d", id+1)).Want(t, 200).Body)
	}
	return all.String()
}

func TestAPersonIsGivenOutAndErasedFromEveryVersion(t *testing.T) {
	apitest.ForEachDatabase(t, func(t *testing.T, s *apitest.Server) {
		organisme := s.Production(t, "CFA Test")
		c := organisme.Client
		who := hub.Acteur{Organisme: organisme.ID, Nom: "testeuse"}
		contrats := apitest.Numbered(40)
		contrats[0].PrenomApprenant, contrats[0].EmailApprenant = "Zénobie", "zenobie@etu.example"
		contrats[0].MissionDetails = "Zénobie tient la caisse."
		c.Post(t, "/api/sync/v1/contrats", apitest.Body(contrats...)).Want(t, 200)
		contrats[0].NomApprenant = "Lenoir" // a second version
		c.Post(t, "/api/sync/v1/contrats", apitest.Body(contrats...)).Want(t, 200)
		// A refusal whose sentence quotes the address, and a held push that names her.
		stolen := slices.Clone(contrats)
		stolen[5].EmailApprenant = "zenobie@etu.example"
		c.Post(t, "/api/sync/v1/contrats", apitest.Body(stolen...)).Want(t, 422)
		c.Post(t, "/api/sync/v1/contrats", apitest.Body(contrats[:2]...)).Want(t, 409)

		mentions, err := s.Hub.Personnes.ExportPersonne(t.Context(), who, "A-K0001")
		if err != nil || len(mentions) != 4 { // two versions, the held push and the one that was refused
			t.Fatalf("export: %d mentions, %v", len(mentions), err)
		}
		if fields := mentions[0].Champs; fields["prenomApprenant"] != "Zénobie" || fields["missionDetails"] == "" || fields["emailPersonnel"] != "" || fields["nomMaitreApprentissage"] != "" {
			t.Errorf("the export holds her data and nobody else's: %v", fields)
		}
		if _, err := s.Hub.Personnes.ExportPersonne(t.Context(), who, "nobody"); err == nil {
			t.Error("nobody was given out")
		}

		e, err := s.Hub.Personnes.ErasePersonne(t.Context(), who, "A-K0001")
		if err != nil || e.Contrats != 1 || e.Versions != 2 || e.Actifs != 1 || len(e.Abandonnees) != 1 {
			t.Fatalf("erase: %+v, %v", e, err)
		}
		after := everything(t, c, 3)
		for _, trace := range []string{"Zénobie", "zenobie", "A-K0001", "Lenoir", "caisse"} {
			if strings.Contains(after, trace) {
				t.Errorf("%q is still there", trace)
			}
		}
		// What is left still agrees: the same push brings her back, as one change.
		answer := apitest.Decode[map[string]any](t, c.Post(t, "/api/sync/v1/contrats", apitest.Body(contrats...)).Want(t, 200))
		if answer["updated"] != 1.0 || answer["same"] != 39.0 {
			t.Errorf("the push after the erasure: %v", answer)
		}
		actes, err := s.Hub.Personnes.Actes(t.Context(), organisme.ID)
		if err != nil || len(actes) != 2 || actes[1].Nature != domaine.ActeEffacement || actes[1].Versions != 2 || actes[1].Par != "testeuse" {
			t.Errorf("records: %+v, %v", actes, err)
		}
		if strings.Contains(s.Log.String(), "enobie") || strings.Contains(s.Log.String(), "A-K0001") {
			t.Error("the log names her")
		}
	})
}

func TestAPurgeTakesWhatWasArchivedLongAgo(t *testing.T) {
	apitest.ForEachDatabase(t, func(t *testing.T, s *apitest.Server) {
		organisme := s.Production(t, "CFA Test")
		c := organisme.Client
		who := hub.Acteur{Organisme: organisme.ID}
		contrats := apitest.Numbered(10)
		push := func(list []passerelle.Contrat) {
			t.Helper()
			c.Post(t, "/api/sync/v1/contrats", apitest.Body(list...)).Want(t, 200)
		}
		push(contrats)
		push(contrats[:8]) // K0009 and K0010 leave
		s.Clock.Advance(100 * 24 * time.Hour)
		push(contrats[:9]) // K0009 comes back
		push(contrats[:7]) // K0008 and K0009 leave, recently
		for _, step := range []struct {
			mois, contrats, versions int
		}{{4, 0, 0}, {3, 1, 1}, {3, 0, 0}} {
			n, versions, err := s.Hub.Personnes.Purge(t.Context(), who, step.mois)
			if err != nil || n != step.contrats || versions != step.versions {
				t.Errorf("purge after %d months: %d contracts, %d versions, %v", step.mois, n, versions, err)
			}
		}
		if _, err := s.Hub.Contrats.History(t.Context(), organisme.ID, "K0010"); err == nil {
			t.Error("the purged contract still has a history")
		}
		if versions, err := s.Hub.Contrats.History(t.Context(), organisme.ID, "K0009"); err != nil || len(versions) != 2 {
			t.Errorf("the contract that came back keeps its history: %d, %v", len(versions), err)
		}
		if _, _, err := s.Hub.Personnes.Purge(t.Context(), who, 0); err == nil {
			t.Error("a purge of everything is refused")
		}
		push(contrats[:7]) // all is well afterwards
	})
}
