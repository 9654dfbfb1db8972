package console_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// One person, two organismes, a role in each: they see both at once, open one or the
// other, and what they do is done in the one that the page was of.
func TestAPersonOfTwoCentresSwitchesBetweenThem(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		ctx := context.Background()
		other, err := s.hub.Organismes.CreateOrganisme(ctx, "CFA Azur", false)
		if err != nil {
			t.Fatal(err)
		}
		s.mustPush(t, generated(20))
		if p := s.as(t, domaine.RoleIntegration).get("/"); strings.Contains(p.body, "Tous mes centres") {
			t.Error("who has one centre is offered others")
		}
		email := url.Values{"email": {"integration@cfa.example"}, "role": {"administration"}}
		theirs, err := s.hub.Comptes.CreateCompte(ctx, domaine.Compte{OrganismeID: other.ID, Email: "azur@cfa.example", Prenom: "Ada", Nom: "Azur", Role: domaine.RoleAdministration}, secret)
		if err != nil {
			t.Fatal(err)
		}
		boss := s.visitor(t)
		boss.post("/connexion", url.Values{"email": {theirs.Email}, "password": {secret}})
		if p := boss.post("/comptes/acces", url.Values{"email": {"personne@cfa.example"}, "role": {"lecture"}}); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.body, "Aucun compte n’a cette adresse") {
			t.Errorf("an unknown address: %d", p.status)
		}
		if p := boss.post("/comptes/acces", email); p.path != "/comptes" || !strings.Contains(p.body, "Camille Renard") {
			t.Fatalf("the access: %d", p.status)
		}
		v := s.as(t, domaine.RoleIntegration)
		if p := v.get("/centres"); !strings.Contains(p.body, "CFA Azur") || !strings.Contains(p.body, "Horizon Formation") || !strings.Contains(p.body, "Administration") {
			t.Error("the page of all centres lacks one")
		}
		if p := v.get("/jetons"); p.status != http.StatusForbidden {
			t.Errorf("the role of there counts here: %d", p.status)
		}
		if p := v.post(fmt.Sprintf("/centres/%d", other.ID), nil); p.path != "/" || !strings.Contains(p.body, "CFA Azur") {
			t.Fatalf("the other centre: %d %s", p.status, p.path)
		}
		if p := v.get("/jetons"); p.status != http.StatusOK || !strings.Contains(p.body, fmt.Sprintf(`action="/jetons?centre=%d"`, other.ID)) {
			t.Errorf("the role of there does not count there, or its forms do not say where they lead: %d", p.status)
		}
		if p := v.get("/contrats"); strings.Contains(p.body, generated(1)[0].CodeContrat) {
			t.Error("a contract of the first centre is shown in the other")
		}
		// A page of the first centre in another window.
		stale := fmt.Sprintf("/reglages?centre=%d", s.organisme)
		if p := v.post(stale, url.Values{"garde.archivage": {"77"}}); p.status != http.StatusConflict || !strings.Contains(p.body, "un autre centre") {
			t.Errorf("a form of the other centre: %d", p.status)
		}
		for _, id := range []int64{s.organisme, other.ID} {
			if o, _ := s.hub.Organismes.Organisme(ctx, id); o.Reglages.Garde.Archivage != 30 {
				t.Errorf("organisme %d has the setting of a stale form", id)
			}
		}
		if p := v.post("/mon-compte", url.Values{"actuel": {secret}, "password": {"une autre phrase pour elle"}}); p.status != http.StatusOK {
			t.Errorf("the password, from the other centre: %d", p.status)
		}
		if p := v.post("/centres/999", nil); p.status != http.StatusNotFound {
			t.Errorf("a centre that is not theirs: %d", p.status)
		}
		v = s.visitor(t)
		v.post("/connexion", url.Values{"email": email["email"], "password": {"une autre phrase pour elle"}})
		v.post(fmt.Sprintf("/centres/%d", other.ID), nil)
		account, err := s.hub.Comptes.Invites(ctx, other.ID)
		if err != nil || len(account) != 1 {
			t.Fatalf("%d people of other centres, %v", len(account), err)
		}
		if p := boss.post(fmt.Sprintf("/comptes/%d/acces", account[0].ID), nil); p.path != "/comptes" {
			t.Errorf("the access is not taken back: %d", p.status)
		}
		if p := v.get("/"); strings.Contains(p.body, "CFA Azur") {
			t.Error("who has lost the access still sees the centre")
		}
	})
}
