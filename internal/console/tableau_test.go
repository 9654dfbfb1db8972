package console_test

import (
	"net/http"
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/comptable/rapprochement"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

func TestTheFirstPageSaysWhatToDoNext(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		admin, reader := s.as(t, domaine.RoleAdministration), s.as(t, domaine.RoleLecture)
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
		s.now.Move(-3 * 24 * time.Hour)
		contrats := s.filled(t, 200)
		v := s.as(t, domaine.RoleIntegration)
		p := v.get("/")
		p.has(t, http.StatusOK, "Transmis", "197", "Intégrés", "erreurs à corriger", "hors de toute session", "Dernières synchronisations", "contrats sur 197 sont en session")
		p.hasNot(t, "Les mêmes chiffres en tableau") // of one day there is no curve
		s.now.Move(3 * 24 * time.Hour)
		v.get("/").has(t, http.StatusOK, `<path class="integres" d="M56 `, "H808", `<rect class="refuses"`, "Les mêmes chiffres en tableau", ">aujourd’hui</text>")

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
		v := s.as(t, domaine.RoleLecture)
		v.get("/").hasNot(t, "n’a rien envoyé depuis")
		s.now.Move(4 * time.Hour)
		v.get("/").has(t, http.StatusOK, "n’a rien envoyé depuis 4\u00a0heures")
	})
}

func TestTheFirstPageNamesTheNextExerciceToCloseOrCreate(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		accountant, reader := s.as(t, domaine.RoleComptabilite), s.as(t, domaine.RoleLecture)
		accountant.get("/").hasNot(t, "Prochain exercice")
		year := s.now.Now().In(hub.Paris).Year()
		create := func(year int) {
			text := strconv.Itoa(year)
			accountant.post("/exercices/nouveau", url.Values{"debut": {text + "-01-01"}, "fin": {text + "-12-31"}, "action": {"enregistrer"}}).has(t, http.StatusOK, "L’exercice est créé")
		}
		create(year - 1)
		end := "31/12/" + strconv.Itoa(year-1)
		accountant.get("/").has(t, http.StatusOK, "L’exercice du 01/01/"+strconv.Itoa(year-1)+" au "+end+" est terminé et encore ouvert", `href="/exercices/1/cloturer">Clôturer l’exercice`, "Prochain exercice à clôturer", "jusqu’au "+end)
		p := reader.get("/")
		p.has(t, http.StatusOK, "La comptabilité peut le faire", `href="/exercices">Voir les exercices`)
		p.hasNot(t, "/cloturer")
		accountant.post("/exercices/1/cloturer", url.Values{"lettrage": {"MONO"}, "action": {"enregistrer"}}).has(t, http.StatusOK, "L’exercice est clos")
		other, err := s.hub.Comptabilite.CreateSociete(t.Context(), domaine.Societe{OrganismeID: s.organisme, Nom: "Deuxième société"})
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

func TestTheFirstPageOfAnAccountantBeginsWithWhatIsLost(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		today := s.now.today()
		k, late := apitest.Contrat("K1"), apitest.Contrat("K2")
		for _, c := range []*passerelle.Contrat{&k, &late} {
			c.DateConclusion, c.NPEC, c.Niveau = "01/09/2025", "8000", "5"
		}
		// The balance of a contract is lost four months after its last day.
		k.DateFin = today.AddMonths(-3).FR()
		k.DateDebut = today.AddMonths(-15).FR()
		late.DateFin, late.DateDebut = today.AddMonths(-1).FR(), today.AddMonths(-13).FR()
		accountant := s.as(t, domaine.RoleComptabilite)
		accountant.get("/").hasNot(t, "À risque")
		s.mustPush(t, []passerelle.Contrat{k, late})
		p := accountant.get("/")
		p.has(t, http.StatusOK, `<h2 id="risque">À risque</h2>`, "dans les 60 jours", `href="/contrats/K1#financement"`, `href="/financement"`)
		p.hasNot(t, `href="/contrats/K2#financement"`, "perdu</td>")
		s.as(t, domaine.RoleAdministration).get("/").has(t, http.StatusOK, "À risque")
		s.as(t, domaine.RoleLecture).get("/").hasNot(t, "À risque")

		// Of K3, whose time is over, the OPCO paid the advance and no balance.
		lost := apitest.Contrat("K3")
		lost.DateConclusion, lost.NPEC, lost.Niveau = k.DateConclusion, k.NPEC, k.Niveau
		first := today.AddMonths(-14)
		lost.DateDebut, lost.DateFin = first.FR(), today.AddMonths(-5).FR()
		s.mustPush(t, []passerelle.Contrat{k, late, lost})
		if _, err := s.hub.Comptabilite.DeposerEcheancier(t.Context(), hub.DemandeEcheancier{Acces: hub.AccesDeCompte(domaine.Compte{OrganismeID: s.organisme}, ""),
			Annonces: []rapprochement.Annonce{{CodeContrat: "K3", Date: first, Montant: 320000}}}); err != nil {
			t.Fatal(err)
		}
		accountant.get("/").has(t, http.StatusOK, "le délai est passé", `href="/contrats/K3#financement"`, "perdu</td>")
	})
}
