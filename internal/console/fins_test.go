package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// ended has four contracts that left before their end; the order of their days on
// the exercices is K2, K1, K4, K3. K0 is active.
func (s *site) ended(t *testing.T) (left passerelle.Date) {
	t.Helper()
	s.exercices(t)
	var list []passerelle.Contrat
	for i, debut := range []string{"01/09/2024", "01/09/2025", "01/09/2024", "01/09/2026", "01/02/2026"} {
		k := apitest.Contrat("K" + string(rune('0'+i)))
		k.DateDebut, k.DateFin = debut, "31/08/2040"
		list = append(list, k)
	}
	list[2].DateFin = ""
	s.mustPush(t, list)
	s.mustPush(t, list[:1])
	return s.now.today() - 1
}

// inOrder fails unless a page says the texts one after the other.
func (p page) inOrder(t *testing.T, texts ...string) {
	t.Helper()
	rest := p.body
	for _, text := range texts {
		_, after, found := strings.Cut(rest, text)
		if !found {
			t.Fatalf("%s does not say %q in its place:\n%s", p.path, text, textOf(p.body))
		}
		rest = after
	}
}

func TestEndsThatArePresumedAreDecidedSeveralAtOnce(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		left := s.ended(t)
		v := s.as(t, domaine.RoleIntegration)
		v.get("/").has(t, http.StatusOK, "4 fins à préciser : rien ne dit le dernier jour de contrats qui ne sont plus transmis", `href="/fins">Préciser les fins`)
		p := v.get("/fins")
		p.has(t, http.StatusOK, "4 fins à préciser", "31/08/2040", left.FR())
		p.inOrder(t, `value="K2"`, "01/09/2024", `value="K1"`, "01/09/2025", `value="K4"`, `value="K3"`)
		p.hasNot(t, `value="K0"`, "Dernières décisions")

		v.post("/fins", url.Values{"code": {"K1", "K3"}, "fin": {"annule"}}).has(t, http.StatusOK, "La décision est enregistrée", "2 fins à préciser", "Annulé", "Camille Renard", "Retirer la décision sur le contrat K1")
		v.post("/fins", url.Values{"code": {"K4"}, "fin": {"rompu"}, "date": {"2026-03-15"}}).has(t, http.StatusOK, "1 fin à préciser", "15/03/2026")
		v.get("/").has(t, http.StatusOK, "1 fin à préciser : rien ne dit le dernier jour de ce contrat, qui n’est plus transmis.")
		v.post("/fins", url.Values{"code": {"K2"}, "fin": {"rompu"}, "date": {"31/12/2025"}}).has(t, http.StatusOK, "Aucune fin à préciser", "31/12/2025")
		v.get("/").hasNot(t, "à préciser :")

		p = v.post("/contrats/K1/fin", url.Values{"action": {"retirer"}})
		p.has(t, http.StatusOK, "La décision est retirée", "Sa fin est présumée", "Tout ce qui a été décidé", "Décision retirée")
		p = v.get("/fins")
		p.has(t, http.StatusOK, "1 fin à préciser", `value="K1"`, "sur le contrat K3")
		p.hasNot(t, "sur le contrat K1")
	})
}

func TestADecisionThatIsWrongIsSaidAtItsFieldAndChangesNothing(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		s.ended(t)
		v := s.as(t, domaine.RoleIntegration)
		for name, tc := range map[string]struct {
			form url.Values
			want []string
		}{
			"no contract":        {url.Values{"fin": {"terme"}}, []string{"Cochez au moins un contrat"}},
			"nothing chosen":     {url.Values{"code": {"K1"}}, []string{`value="K1" form="decider" aria-label="Choisir le contrat K1" checked`, `id="e-fin">Choisissez`}},
			"an end unheard of":  {url.Values{"code": {"K1"}, "fin": {"presumee"}}, []string{`id="e-fin">Choisissez`}},
			"no day":             {url.Values{"code": {"K1"}, "fin": {"rompu"}}, []string{`id="e-date">Donnez le dernier jour`}},
			"a day that is none": {url.Values{"code": {"K1"}, "fin": {"rompu"}, "date": {"31/02/2026"}}, []string{`id="e-date">Cette date n’existe pas`, `value="31/02/2026"`}},
			"a day too many":     {url.Values{"code": {"K1"}, "fin": {"terme"}, "date": {"2026-02-01"}}, []string{`id="e-date">Une date ne va qu’avec`}},
			"one of two that starts later": {url.Values{"code": {"K1", "K4"}, "fin": {"rompu"}, "date": {"2026-01-31"}},
				[]string{"est avant le début du contrat, le 01/02/2026", "décochez ceux qui sont signalés", `value="rompu" checked`, `aria-label="Choisir le contrat K4" checked aria-invalid="true"`}},
			"one without a date of end":       {url.Values{"code": {"K1", "K2"}, "fin": {"terme"}}, []string{"Ce contrat n’a pas de date de fin"}},
			"a day beyond the contract's end": {url.Values{"code": {"K1"}, "fin": {"rompu"}, "date": {"2040-09-01"}}, []string{"est après la fin du contrat, le 31/08/2040"}},
		} {
			p := v.post("/fins", tc.form)
			p.has(t, http.StatusUnprocessableEntity, append(tc.want, "Rien n’est enregistré", "4 fins à préciser")...)
			if t.Failed() {
				t.Fatalf("case: %s", name)
			}
		}
		v.post("/contrats/K1/fin", url.Values{"fin": {"rompu"}, "date": {"2024-01-01"}}).has(t, http.StatusUnprocessableEntity, "Rien n’est enregistré", `id="e-date">Le dernier jour, le 01/01/2024, est avant`, "contrat K1")
		v.post("/fins", url.Values{"code": {"K0"}, "fin": {"annule"}}).has(t, http.StatusConflict, "« K0 » est encore transmis")
		v.post("/contrats/K0/fin", url.Values{"fin": {"annule"}}).has(t, http.StatusConflict, "« K0 » est encore transmis")
		v.post("/contrats/K9/fin", url.Values{"fin": {"annule"}}).has(t, http.StatusNotFound)
		v.get("/fins").has(t, http.StatusOK, "4 fins à préciser")
	})
}

func TestTheEndOfAContractIsReadByAllAndDecidedByIntegration(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		s.ended(t)
		v := s.as(t, domaine.RoleIntegration)
		v.get("/contrats/K0").hasNot(t, "Fin du contrat")
		v.post("/contrats/K1/fin", url.Values{"fin": {"rompu"}, "date": {"2026-01-31"}}).has(t, http.StatusOK, "La décision est enregistrée", "31/01/2026", "Camille Renard, le", `value="2026-01-31"`, "Retirer la décision")
		for _, role := range []domaine.Role{domaine.RoleLecture, domaine.RoleComptabilite} {
			reader := s.as(t, role)
			p := reader.get("/contrats/K1")
			p.has(t, http.StatusOK, "Fin du contrat", "Rompu", "31/01/2026", "Camille Renard, le")
			p.hasNot(t, "Enregistrer la décision", "Retirer la décision")
			reader.get("/contrats/K2").has(t, http.StatusOK, "Sa fin est présumée", "peut la préciser")
			p = reader.get("/fins")
			p.has(t, http.StatusOK, "3 fins à préciser", "peut les préciser", "31/01/2026")
			p.hasNot(t, "checkbox", "<button name")
			reader.post("/fins", url.Values{"code": {"K2"}, "fin": {"annule"}}).has(t, http.StatusForbidden, "ne permet pas")
			reader.post("/contrats/K1/fin", url.Values{"action": {"retirer"}}).has(t, http.StatusForbidden, "ne permet pas")
			reader.get("/").has(t, http.StatusOK, "3 fins à préciser", "Voir les fins à préciser")
		}

		// A contract that comes back has no end any more, and a new one once it leaves again.
		again := apitest.Contrat("K1")
		again.DateDebut, again.DateFin = "01/09/2025", "31/08/2040"
		active := apitest.Contrat("K0")
		active.DateDebut, active.DateFin = "01/09/2024", "31/08/2040"
		s.mustPush(t, []passerelle.Contrat{active, again})
		v.get("/contrats/K1").hasNot(t, "Fin du contrat")
		v.get("/fins").hasNot(t, "31/01/2026")
		s.mustPush(t, []passerelle.Contrat{active})
		v.get("/contrats/K1").has(t, http.StatusOK, "Sa fin est présumée")
		p := v.get("/fins")
		p.has(t, http.StatusOK, "4 fins à préciser")
		p.hasNot(t, "31/01/2026")
	})
}

func TestAContractThatWentToItsTermSaysSo(t *testing.T) {
	t.Parallel()
	s := newSite(t, "sqlite")
	done, stays := apitest.Contrat("K1"), apitest.Contrat("K2")
	done.CodeContrat, done.DateDebut, done.DateFin = "K/1 é", "01/09/2024", "31/08/2025"
	s.mustPush(t, []passerelle.Contrat{done, stays})
	s.mustPush(t, []passerelle.Contrat{stays})
	v := s.as(t, domaine.RoleIntegration)
	v.get("/contrats/K%2F1%20%C3%A9").has(t, http.StatusOK, "Allé à son terme", "31/08/2025", "personne : c’est ce que dit votre logiciel")
	v.get("/fins").has(t, http.StatusOK, "Aucune fin à préciser")
	v.post("/contrats/K%2F1%20%C3%A9/fin", url.Values{"fin": {"annule"}}).has(t, http.StatusOK, "La décision est enregistrée", "Annulé", "contrat K/1 é")
}

func TestAnEndIsDecidedInTheBrowser(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, s *site, b *browser, _ bool) {
		s.ended(t)
		b.login(domaine.RoleIntegration)
		b.click(`.aFaire a[href="/fins"]`)
		b.sees("4 fins à préciser")
		b.tick(`input[value="K1"]`)
		b.tick(`input[value="K3"]`)
		b.tick(`input[name="fin"][value="terme"]`)
		b.click(`#decider button`)
		b.sees("La décision est enregistrée")
		b.sees("2 fins à préciser")
		b.click(`button[aria-label="Retirer la décision sur le contrat K3"]`)
		b.sees("La décision est retirée")
		b.sees("Sa fin est présumée")
	})
}
