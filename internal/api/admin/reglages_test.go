package admin_test

import (
	"testing"

	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

const reglages = "/api/admin/v1/reglages"

func TestSettingsAreReadAndChangedOneByOne(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, s *apitest.Server, o *apitest.Organisme) {
		other := s.Production(t, "CFA Azur")
		usual := `{"emailsPartages":"aucun","garde":{"archivage":30,"archivageMinimum":20,"moitie":50,"moitieMinimum":5,"codes":50,"codesMinimum":5,
			"valeurs":50,"valeursMinimum":5},"baseJours":"reelle","comptes":{"produits":"706100","pca":"487000","fae":"418100","journal":"OD"},"partEmployeur":"oui"}`
		o.Get(t, reglages).WantJSON(t, 200, usual)
		o.Put(t, reglages, `{}`).WantJSON(t, 200, usual)
		changed := `{"emailsPartages":"maitres","garde":{"archivage":45,"archivageMinimum":20,"moitie":50,"moitieMinimum":5,"codes":50,"codesMinimum":5,
			"valeurs":101,"valeursMinimum":5},"baseJours":"365","comptes":{"produits":"706100","pca":"487100","fae":"418100","journal":"CL"},"partEmployeur":"non"}`
		o.Put(t, reglages, `{"garde":{"archivage":45},"emailsPartages":"maitres","comptes":{"pca":"487100"}}`).Want(t, 200)
		o.Put(t, reglages, `{"garde":{"valeurs":101},"baseJours":"365","partEmployeur":"non","comptes":{"journal":"CL"}}`).WantJSON(t, 200, changed)
		o.Get(t, reglages).WantJSON(t, 200, changed)
		other.Get(t, reglages).WantJSON(t, 200, usual)

		history := apitest.Decode[struct {
			Total       int
			Changements []struct{ Reglage, Avant, Apres, Par, JetonID string }
		}](t, o.Get(t, reglages+"/historique?limit=1").Want(t, 200))
		if history.Total != 7 || len(history.Changements) != 1 || history.Changements[0].Par == "" || history.Changements[0].JetonID == "" {
			t.Errorf("history %+v", history)
		}
		if c := history.Changements[0]; c.Reglage != "partEmployeur" || c.Avant != "oui" || c.Apres != "non" {
			t.Errorf("the latest change is %+v", c)
		}
	})
}

func TestWrongSettingsAreRefusedTogetherAndChangeNothing(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, _ *apitest.Server, o *apitest.Organisme) {
		before := string(o.Get(t, reglages).Want(t, 200).Body)
		for body, want := range map[string]string{
			`{"emailPartages":"tous"}`:                          "emailPartages – Ce réglage n’existe pas",
			`{"garde":{"archivages":40}}`:                       "garde.archivages – Ce réglage n’existe pas",
			`{"garde":40}`:                                      "garde – Un objet",
			`{"garde":{"archivage":0}}`:                         "garde.archivage : un nombre entier de 1 à 100 est attendu, reçu « 0 »",
			`{"garde":{"archivage":"1e1"}}`:                     "reçu « 1e1 »",
			`{"garde":{"moitieMinimum":2.5}}`:                   "reçu « 2.5 »",
			`{"emailsPartages":"Tous"}`:                         "choisissez « aucun », « maitres » ou « tous »",
			`{"emailsPartages":null}`:                           "emailsPartages – Un texte ou un nombre était attendu",
			`{"baseJours":"360"}`:                               "choisissez « reelle » ou « 365 »",
			`{"partEmployeur":true}`:                            "partEmployeur – Un texte",
			`{"comptes":{"pca":"48"}}`:                          "un numéro de compte de 3 à 10 chiffres",
			`{"comptes":{"pca":"048700"}}`:                      "dont le premier est sa classe",
			`{"comptes":{"pca":"706100"}}`:                      "comptes.produits (706100) et comptes.pca (706100) sont le même compte",
			`{"comptes":{"fae":"487"}}`:                         "comptes.pca (487000) et comptes.fae (487) sont le même compte",
			`{"comptes":{"journal":"od"}}`:                      "un code de journal",
			`{"partEmployeur":"non","comptes":{"fae":"4181A"}}`: "reçu « 4181A »",
		} {
			o.Put(t, reglages, body, apitest.Wrong()).WantRefusal(t, 422, "invalid settings", want)
		}
		o.Put(t, reglages, `[]`, apitest.Wrong()).Want(t, 400)
		o.Put(t, reglages, `null`, apitest.Wrong()).WantRefusal(t, 422, "invalid settings")
		o.Put(t, reglages, `{"baseJours":"365","baseJours":"reelle"}`, apitest.Wrong()).Want(t, 400)
		o.Get(t, reglages).WantJSON(t, 200, before)
	})
}

func TestEachSettingAsksForItsRight(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, s *apitest.Server, o *apitest.Organisme) {
		only := func(droit domaine.Droit) *apitest.Client {
			c, _ := s.Jeton(t, domaine.Jeton{OrganismeID: o.ID, Droits: domaine.Droits{droit}})
			return c
		}
		integration, exercices, contrats := only(domaine.DroitIntegration), only(domaine.DroitExercices), only(domaine.DroitContrats)
		integration.Put(t, reglages, `{"emailsPartages":"tous","garde":{"archivage":40}}`).Want(t, 200)
		exercices.Put(t, reglages, `{"baseJours":"365","comptes":{"journal":"CL"},"partEmployeur":"non"}`).Want(t, 200)
		integration.Put(t, reglages, `{"emailsPartages":"aucun","baseJours":"reelle"}`).WantRefusal(t, 403, "forbidden", "« baseJours » demande le droit « exercices »")
		exercices.Put(t, reglages, `{"garde":{"archivage":50}}`).WantRefusal(t, 403, "forbidden", "« garde.archivage » demande le droit « integration »")
		contrats.Put(t, reglages, `{"partEmployeur":"oui"}`).WantRefusal(t, 403, "forbidden", "« exercices »")
		contrats.Get(t, reglages).WantRefusal(t, 403, "forbidden")
		contrats.Get(t, reglages+"/historique").WantRefusal(t, 403, "forbidden")
		integration.Get(t, reglages+"/historique").Want(t, 200)
		answer := apitest.Decode[struct{ EmailsPartages, BaseJours, PartEmployeur string }](t, exercices.Get(t, reglages).Want(t, 200))
		if answer.EmailsPartages != "tous" || answer.BaseJours != "365" || answer.PartEmployeur != "non" {
			t.Errorf("settings %+v", answer)
		}
	})
}
