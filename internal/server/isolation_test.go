package server_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle/internal/apitest"
)

// everything is what the API shows of an organisme.
func everything(t *testing.T, o *apitest.Organisme) string {
	t.Helper()
	var all strings.Builder
	for _, path := range []string{"sync/v1/contrats", "sync/v1/contrats-get-all", "sync/v1/synchronisations", "sync/v1/synchronisations/1", "sync/v1/synchronisations/2",
		"sync/v1/anomalies", "admin/v1/modeles", "admin/v1/sessions", "admin/v1/non-integres"} {
		fmt.Fprintf(&all, "%s\n", o.Get(t, "/api/"+path).Want(t, 200).Body)
	}
	return all.String()
}

func TestAnOrganismeSeesAndTouchesOnlyItsOwn(t *testing.T) {
	apitest.ForEachDatabase(t, func(t *testing.T, s *apitest.Server) {
		a, b := s.Sandbox(t, "CFA A"), s.Sandbox(t, "CFA B")
		a.Post(t, "/api/sync/v1/contrats", apitest.Body(apitest.Numbered(30)...)).Want(t, 200)
		a.Post(t, "/api/sync/v1/contrats", apitest.Body(apitest.Numbered(1)...)).Want(t, 409)
		a.Post(t, "/api/admin/v1/modeles", apitest.ModeleFor("MCO", "codeFormation", "MCO")).Want(t, 201)
		a.Get(t, "/api/admin/v1/sessions/1/contrats").Want(t, 200)
		before := everything(t, a)

		modele := apitest.ModeleFor("Vol", "codeFormation", "MCO")
		replaced := modele
		replaced.ID = "1"
		for _, answer := range []*apitest.Answer{
			b.Get(t, "/api/sync/v1/synchronisations/1"), b.Get(t, "/api/sync/v1/synchronisations/2"),
			b.Post(t, "/api/sync/v1/synchronisations/1/annuler", nil), b.Post(t, "/api/sync/v1/synchronisations/2/confirmer", nil),
			b.Post(t, "/api/sync/v1/synchronisations/2/abandonner", nil), b.Get(t, "/api/admin/v1/sessions/1/contrats"),
			b.Get(t, "/api/admin/v1/modeles/1"), b.Put(t, "/api/admin/v1/modeles/1", modele), b.Delete(t, "/api/admin/v1/modeles/1"),
			b.Post(t, "/api/admin/v1/modeles/apercu", replaced),
		} {
			answer.WantRefusal(t, 404, "not found")
		}
		for path, want := range map[string]string{
			"sync/v1/contrats": `{"total":0,"contrats":[]}`, "sync/v1/contrats-get-all": `{"total":0,"contrats":[]}`, "sync/v1/synchronisations": `{"total":0,"synchronisations":[]}`,
			"sync/v1/anomalies": `{"total":0,"anomalies":[]}`, "admin/v1/modeles": `{"total":0,"modeles":[]}`, "admin/v1/sessions": `{"total":0,"sessions":[]}`,
			"admin/v1/non-integres": `{"total":0,"groupes":[]}`,
		} {
			b.Get(t, "/api/"+path).WantJSON(t, 200, want)
		}
		// The same people and codes elsewhere contradict nothing, and A's modèles do not reach them.
		other := apitest.Numbered(3)
		for i := range other {
			other[i].NomSite, other[i].EmailPersonnel = "Autre", "autre@cfa.example"
		}
		b.Post(t, "/api/sync/v1/contrats", apitest.Body(other...)).Want(t, 200)
		b.Get(t, "/api/sync/v1/contrats").WantJSON(t, 200, `{"total":0,"contrats":[]}`)
		b.Post(t, "/api/admin/v1/modeles", apitest.ModeleFor("MCO", "codeSite", "LYO")).Want(t, 201)
		b.Post(t, "/api/sync/v1/synchronisations/1/annuler", nil).Want(t, 200)
		b.Delete(t, "/api/sync/v1/contrats").WantJSON(t, 200, `{"success":true,"removed":0}`)

		if d := cmp.Diff(before, everything(t, a)); d != "" {
			t.Errorf("what B did changed A (- before, + after):\n%s", d)
		}
	})
}
