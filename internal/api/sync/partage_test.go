package sync_test

import (
	"fmt"
	"testing"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/apitest"
)

// alone returns a contract with a maître of its own.
func alone(code string) passerelle.Contrat {
	c := apitest.Contrat(code)
	c.CodeMaitreApprentissage, c.EmailMaitreApprentissage = "M-"+code, "m-"+code+"@employeur.example"
	return c
}

// refusedAndWarned says which contracts an answer refuses because of an address,
// and which it warns about.
func refusedAndWarned(t testing.TB, a *apitest.Answer) string {
	t.Helper()
	answer := apitest.Decode[struct {
		InvalidContrats []struct {
			CodeContrat string
			Errors      []struct{ Code, ConflictsWith string }
		}
		Warnings []struct{ CodeContrat, Code string }
	}](t, a.Want(t, 200))
	said := ""
	for _, c := range answer.InvalidContrats {
		for _, e := range c.Errors {
			said += fmt.Sprintf("%s %s=%s;", c.CodeContrat, e.Code, e.ConflictsWith)
		}
	}
	for _, w := range answer.Warnings {
		if w.Code == "email-shared" {
			said += "(" + w.CodeContrat + ")"
		}
	}
	return said
}

func TestAnOrganismeSaysWhoMayShareAnAddress(t *testing.T) {
	apitest.ForEachDatabase(t, func(t *testing.T, s *apitest.Server) {
		family := func(code string) passerelle.Contrat {
			c := alone(code)
			c.EmailApprenant = "famille.delmas@foyer.example"
			return c
		}
		box := func(code, entreprise string) passerelle.Contrat {
			c := alone(code)
			c.EmailMaitreApprentissage, c.NomEntreprise = "contact@grandatelier.example", entreprise
			return c
		}
		own := alone("K5") // gives one address to two of its people
		own.EmailMaitreApprentissage = own.EmailApprenant
		all := []passerelle.Contrat{family("K1"), family("K2"), box("K3", "Grand Atelier"), box("K4", "GRAND  ATELIER"), own}
		for partage, want := range map[string]string{
			"aucun":   "K2 email-shared=K1;K4 email-shared=K3;K5 email-shared=;",
			"maitres": "K2 email-shared=K1;K5 email-shared=;",
			"tous":    "(K5)(K2)(K4)",
		} {
			o := s.Production(t, "CFA "+partage)
			set(t, o, "emailsPartages", partage)
			if got := refusedAndWarned(t, o.Post(t, v2, apitest.Body(all...))); got != want {
				t.Errorf("%s: full push %q, want %q", partage, got, want)
			}
			// A delta is held against what is there.
			late := []passerelle.Contrat{family("K6"), box("K7", "Grand Atelier"), box("K8", "Autre")}
			want = map[string]string{
				"aucun": "K6 email-shared=K1;K7 email-shared=K3;K8 email-shared=K3;", "maitres": "K6 email-shared=K1;K8 email-shared=K3;", "tous": "(K6)(K7)(K8)",
			}[partage]
			answer := o.Post(t, changes, map[string]any{"changes": map[string]any{"added": late}})
			if got := refusedAndWarned(t, answer); got != want {
				t.Errorf("%s: delta %q, want %q", partage, got, want)
			}
			// Two people stay two.
			if partage == "tous" {
				wantContrats(t, o, append(all, late...)...)
			}
		}
	})
}

func TestASettingThatForbidsSharingAgainRefusesWhatChangesOnly(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, _ *apitest.Server, o *apitest.Organisme) {
		k1, k2, k3 := apitest.Contrat("K1"), apitest.Contrat("K2"), apitest.Contrat("K3")
		k2.EmailApprenant, k3.EmailApprenant = k1.EmailApprenant, k1.EmailApprenant
		set(t, o, "emailsPartages", "tous")
		o.Post(t, v1, apitest.Body(k1, k2)).Want(t, 200)
		set(t, o, "emailsPartages", "aucun")
		if got := refusedAndWarned(t, o.Post(t, v2, apitest.Body(k1, k2, k3))); got != "K3 email-shared=K2;" {
			t.Errorf("refused %q", got)
		}
		wantContrats(t, o, k1, k2)
		o.Post(t, v1, apitest.Body(k1, k2)).Want(t, 422)
	})
}
