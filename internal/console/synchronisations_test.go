package console_test

import (
	"net/http"
	"regexp"
	"testing"

	"github.com/passerelle-hub/passerelle/internal/domaine"
)

func TestASynchronisationShowsOldAndNewValuesSideBySide(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		contrats := s.filled(t, 60)
		v := s.as(t, domaine.RoleLecture)
		v.get("/synchronisations").has(t, http.StatusOK, "2\u00a0synchronisations", "Envoi complet", "Appliquée")
		p := v.get("/synchronisations/2")
		p.has(t, http.StatusOK, "<del>"+contrats[0].NomEntreprise+"</del>", "<ins>Boulangerie du Port</ins>", "Nom de l’entreprise",
			"Modifiés (2)", "Archivés (3)", "ce qu’il faut corriger")
		p.hasNot(t, "Annuler cette synchronisation")
		only := v.get("/synchronisations/2?changement=archives")
		only.has(t, http.StatusOK, contrats[59].CodeContrat)
		only.hasNot(t, "<del>", contrats[0].CodeContrat)
		v.get("/synchronisations/2?changement=modifies").has(t, http.StatusOK, "<del>")
		first := v.get("/synchronisations/1")
		first.has(t, http.StatusOK, "Page 1 sur 2", contrats[0].CodeContrat, contrats[49].CodeContrat)
		first.hasNot(t, contrats[50].CodeContrat)
		v.get("/synchronisations/1?page=2").has(t, http.StatusOK, contrats[50].CodeContrat)
	})
}

func TestASynchronisationIsUndoneAfterItsPreview(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		contrats := s.filled(t, 60)
		s.as(t, domaine.RoleLecture).get("/synchronisations/2/annuler").has(t, http.StatusForbidden, "ne permet pas")
		v := s.as(t, domaine.RoleIntegration)
		v.get("/synchronisations/2").has(t, http.StatusOK, "Annuler cette synchronisation")
		// Backwards: the new value stands in the column "Avant".
		v.get("/synchronisations/2/annuler").has(t, http.StatusOK, "<del>Boulangerie du Port</del>", "Revenu après archivage", "Reviendront")
		v.get("/synchronisations/1/annuler").has(t, http.StatusOK, "Tout ce qui est venu depuis est annulé aussi")
		p := v.post("/synchronisations/2/annuler", nil)
		p.has(t, http.StatusOK, "La synchronisation est annulée", "Annulation")
		if p.path != "/synchronisations/3" {
			t.Errorf("the undo leads to %s", p.path)
		}
		v.get("/contrats/"+contrats[0].CodeContrat).has(t, http.StatusOK, contrats[0].NomEntreprise, "Camille Renard")
		// Once more changes nothing: the contracts are there already.
		v.post("/synchronisations/2/annuler", nil).has(t, http.StatusOK, "Aucun contrat n’est changé")
	})
}

func TestAHeldPushIsLookedAtThenConfirmedOrDropped(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		contrats := s.filled(t, 100)
		held := func() {
			if res := s.push(t, "/api/sync/v2/contrats", contrats[:20]); res.StatusCode != http.StatusConflict {
				t.Fatalf("the truncated push answers %s", res.Status)
			}
		}
		held()
		reader, v := s.as(t, domaine.RoleLecture), s.as(t, domaine.RoleIntegration)
		p := reader.get("/synchronisations/3")
		p.has(t, http.StatusOK, "attend une décision", "Ce qui changerait", contrats[30].CodeContrat)
		p.hasNot(t, "Archiver 77\u00a0contrats", "Abandonner l’envoi")
		reader.get("/synchronisations/3?changement=modifies").has(t, http.StatusOK, "<del>Boulangerie du Port</del>")

		v.get("/synchronisations/3").has(t, http.StatusOK, "Archiver 77\u00a0contrats", "Abandonner l’envoi")
		v.get("/synchronisations/3/confirmer").has(t, http.StatusOK, "Archiver 77\u00a0contrats ?", "Ne rien changer")
		p = v.post("/synchronisations/3/abandonner", nil)
		p.has(t, http.StatusOK, "est abandonné", "Abandonnée", "Il aurait archivé 77\u00a0contrats")
		p.hasNot(t, "actifs ensuite")
		v.get("/synchronisations/3/confirmer").hasNot(t, "Ne rien changer")
		v.post("/synchronisations/3/confirmer", nil).has(t, http.StatusConflict, "abandonnée")
		held()
		v.post("/synchronisations/4/confirmer", nil).has(t, http.StatusOK, "confirmé et appliqué", "Appliquée")
		v.get("/contrats").has(t, http.StatusOK, "20\u00a0contrats")
	})
}

var unfilled = regexp.MustCompile(`\{\{|&lt;no value|%!|<nil>`)

func TestEveryPageIsWhole(t *testing.T) {
	t.Parallel()
	s := newSite(t, "sqlite")
	for _, filled := range []bool{false, true} {
		paths := []string{"/", "/anomalies", "/synchronisations", "/contrats", "/fins", "/modeles", "/modeles/nouveau", "/sessions", "/jetons", "/comptes", "/exercices", "/tra", "/mon-compte"}
		if filled {
			contrats := s.filled(t, 120)
			paths = append(paths, "/synchronisations/2", "/synchronisations/2/annuler", "/contrats/"+contrats[0].CodeContrat, "/contrats/"+contrats[118].CodeContrat,
				"/modeles/1", "/modeles/1/supprimer", "/sessions/1", "/anomalies/refus/required", "/jetons/1/revoquer", "/comptes/1")
		}
		for _, role := range domaine.TousRoles {
			v := s.as(t, role)
			for _, path := range paths {
				p := v.get(path)
				if p.status != http.StatusOK && p.status != http.StatusForbidden {
					t.Errorf("%s as %s answers %d: %s", path, role, p.status, textOf(p.body))
				}
				if found := unfilled.FindString(p.body); found != "" {
					t.Errorf("%s shows %q", path, found)
				}
			}
		}
	}
}
