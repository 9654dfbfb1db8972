package console_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle"
)

func TestTheFirstPageSaysWhatToDoNext(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		admin, reader := s.as(t, passerelle.RoleAdministration), s.as(t, passerelle.RoleLecture)
		admin.get("/").has(t, http.StatusOK, "Aucun contrat n’est encore arrivé", "Donnez le jeton")
		jetons, err := s.hub.Jetons(t.Context(), s.organisme)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.hub.RevokeJeton(t.Context(), jetons[0].ID); err != nil {
			t.Fatal(err)
		}
		admin.get("/").has(t, http.StatusOK, `href="/jetons">Créer un jeton`)
		p := reader.get("/")
		p.has(t, http.StatusOK, "Demandez à une personne de l’administration")
		p.hasNot(t, `href="/jetons"`)
	})
}

func TestTheFirstPageShowsCountsTheCurveAndWhatNeedsAttention(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		contrats := s.filled(t, 200)
		v := s.as(t, passerelle.RoleIntegration)
		p := v.get("/")
		p.has(t, http.StatusOK, "Transmis", "197", "Intégrés", "<polyline class=\"integres\"", "<rect class=\"refuses\"", "erreurs à corriger",
			"hors de toute session", "Dernières synchronisations", "Les mêmes chiffres en tableau")

		// An export that lost most of its lines is held.
		if res := s.push(t, "/api/sync/v2/contrats", contrats[:20]); res.StatusCode != http.StatusConflict {
			t.Fatalf("the truncated push answers %s", res.Status)
		}
		v.get("/").has(t, http.StatusOK, "archiverait 177 contrats", "Voir ce qu’il changerait")
	})
}

func TestSilenceIsShown(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		contrats := s.filled(t, 60)
		s.mustPush(t, contrats)
		v := s.as(t, passerelle.RoleLecture)
		v.get("/").hasNot(t, "n’a rien envoyé depuis")
		s.now.Move(4 * time.Hour)
		v.get("/").has(t, http.StatusOK, "n’a rien envoyé depuis 4\u00a0heures")
	})
}
