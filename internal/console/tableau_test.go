package console_test

import (
	"net/http"
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

func TestTheFirstPageSaysWhatToDoNext(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		admin, reader := s.as(t, passerelle.RoleAdministration), s.as(t, passerelle.RoleLecture)
		admin.get("/").has(t, http.StatusOK, "Aucun contrat n’est encore arrivé", "Donnez le jeton")
		jetons, err := s.hub.Jetons.Jetons(t.Context(), s.organisme)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.hub.Jetons.RevokeJeton(t.Context(), jetons[0].ID); err != nil {
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

func TestTheFirstPageNamesTheNextExerciceToCloseOrCreate(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		accountant, reader := s.as(t, passerelle.RoleComptabilite), s.as(t, passerelle.RoleLecture)
		accountant.get("/").hasNot(t, "Prochain exercice")
		year := s.now.Now().In(hub.Paris).Year()
		create := func(year int) {
			text := strconv.Itoa(year)
			accountant.post("/exercices/nouveau", url.Values{"debut": {text + "-01-01"}, "fin": {text + "-12-31"}, "action": {"enregistrer"}}).has(t, http.StatusOK, "L’exercice est créé")
		}
		create(year - 1)
		end := "31/12/" + strconv.Itoa(year-1)
		accountant.get("/").has(t, http.StatusOK, "L’exercice N est terminé depuis le "+end, `href="/exercices/1/cloturer">Clôturer l’exercice`, "Prochain exercice à clôturer", "jusqu’au "+end)
		p := reader.get("/")
		p.has(t, http.StatusOK, "La comptabilité peut le faire", `href="/exercices">Voir les exercices`)
		p.hasNot(t, "/cloturer")
		accountant.post("/exercices/1/cloturer", url.Values{"lettrage": {"MONO"}, "action": {"enregistrer"}}).has(t, http.StatusOK, "L’exercice est clos")
		other, err := s.hub.Comptabilite.CreateSociete(t.Context(), passerelle.Societe{OrganismeID: s.organisme, Nom: "Deuxième société"})
		if err != nil || other.ID != 2 {
			t.Fatal(other, err)
		}
		accountant.get("/").has(t, http.StatusOK, "Horizon Formation : le dernier exercice finit le "+end, `href="/exercices/nouveau?societe=1">Créer l’exercice suivant`, "Prochain exercice à créer")
		create(year)
		create(year + 1)
		p = accountant.get("/")
		p.has(t, http.StatusOK, "Prochain exercice à clôturer", "jusqu’au 31/12/"+strconv.Itoa(year))
		p.hasNot(t, "Clôturer l’exercice", "Créer l’exercice suivant")
	})
}
