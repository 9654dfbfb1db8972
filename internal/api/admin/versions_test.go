package admin_test

import (
	"strings"
	"testing"

	"github.com/passerelle-hub/passerelle/internal/apitest"
)

// What two people edit at the same time keeps what the first one wrote.
func TestTheSecondOfTwoWritersIsRefusedAndChangesNothing(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, s *apitest.Server, o *apitest.Organisme) {
		modele := o.Post(t, "/api/admin/v1/modeles", `{"nom":"BTS","criteres":{"codeFormation":"F1"}}`).Want(t, 201)
		webhook := o.Post(t, "/api/admin/v1/webhooks", `{"nom":"ERP","url":"https://erp.example/p"}`).Want(t, 201)
		for _, c := range []struct{ name, path, read, first, second, refusal string }{
			{"a modèle", modele.Header.Get("Location"), modele.Header.Get("ETag"), `{"nom":"BTS 1","criteres":{"codeFormation":"F1"}}`, `{"nom":"BTS 2","criteres":{"codeFormation":"F2"}}`, "Ce modèle a changé"},
			{"a webhook", webhook.Header.Get("Location"), webhook.Header.Get("ETag"), `{"nom":"ERP 1","url":"https://erp.example/p"}`, `{"nom":"ERP 2","url":"https://erp.example/p"}`, "Ce webhook a changé"},
			{"settings", reglages, "", `{"garde":{"archivage":45}}`, `{"garde":{"archivage":50}}`, "Un réglage a changé"},
		} {
			read := o.Get(t, c.path).Want(t, 200).Header.Get("ETag")
			if c.read != "" && c.read != read || read == "" {
				t.Errorf("%s: created as %s, read as %s", c.name, c.read, read)
			}
			first := o.Put(t, c.path, c.first, apitest.Header("If-Match", read)).Want(t, 200)
			o.Put(t, c.path, c.second, apitest.Header("If-Match", read)).WantRefusal(t, 412, "changed", c.refusal)
			now := o.Get(t, c.path).Want(t, 200)
			if now.Header.Get("ETag") != first.Header.Get("ETag") || string(now.Body) != string(first.Body) {
				t.Errorf("%s: what the second wrote is there", c.name)
			}
			coded := func(tag string) string { return strings.TrimSuffix(tag, `"`) + `-gzip"` }
			for _, stale := range []string{"W/" + read, coded(read), strings.TrimSuffix(now.Header.Get("ETag"), `"`) + `-autre"`} {
				o.Put(t, c.path, c.second, apitest.Header("If-Match", stale)).WantRefusal(t, 412, "changed")
			}
			// A proxy that compresses answers changes the tag, not the thing.
			now = o.Put(t, c.path, c.second, apitest.Header("If-Match", "W/"+now.Header.Get("ETag"))).Want(t, 200)
			now = o.Put(t, c.path, c.first, apitest.Header("If-Match", coded(now.Header.Get("ETag")))).Want(t, 200)
			o.Put(t, c.path, c.second, apitest.Header("If-Match", "sans guillemets")).WantRefusal(t, 400, "invalid parameter")
			o.Put(t, c.path, c.second, apitest.Header("If-Match", `"autre", `+now.Header.Get("ETag"))).Want(t, 200)
			o.Put(t, c.path, c.first, apitest.Header("If-Match", "*")).Want(t, 200)
			o.Put(t, c.path, c.second).Want(t, 200)
			if c.path != reglages {
				o.Delete(t, c.path, apitest.Header("If-Match", read)).WantRefusal(t, 412, "changed")
				o.Delete(t, c.path, apitest.Header("If-Match", o.Get(t, c.path).Header.Get("ETag"))).Want(t, 204)
			}
		}
	})
}

// The journal of acts names the software behind a token, and is an organisme's own.
func TestTheJournalOfActsSaysWhoDidWhat(t *testing.T) {
	apitest.ForEachDatabase(t, func(t *testing.T, s *apitest.Server) {
		o, other := s.Production(t, "CFA Horizon"), s.Production(t, "CFA Azur")
		o.Post(t, "/api/admin/v1/modeles", `{"nom":"BTS","criteres":{"codeFormation":"F1"}}`).Want(t, 201)
		o.Put(t, "/api/admin/v1/modeles/1", `{"nom":"BTS MCO","criteres":{"codeFormation":["F1","F2"]},"actif":false}`).Want(t, 200)
		o.Put(t, "/api/admin/v1/modeles/1", `{"nom":"BTS MCO","criteres":{"codeFormation":["F1","F2"]},"actif":false}`).Want(t, 200) // the same again is no act
		o.Put(t, reglages, `{"garde":{"archivage":45}}`).Want(t, 200)
		type journal struct {
			Total  int
			Gestes []struct{ Quoi, Objet, Detail, Par, JetonID, Phrase string }
		}
		all := apitest.Decode[journal](t, o.Get(t, "/api/admin/v1/journal").Want(t, 200))
		var said []string
		for _, g := range all.Gestes {
			said = append(said, g.Quoi+" "+g.Objet+" "+g.Detail+" by "+g.Par)
		}
		want := []string{
			"reglage.modifie garde.archivage « 30 » → « 45 » by jeton 1",
			"modele.modifie 1 nom : « BTS » → « BTS MCO » ; codeFormation : « F1 » → « F1, F2 » ; désactivé by jeton 1",
			"modele.cree 1 « BTS » by jeton 1",
			"jeton.cree 1 contrats,integration,exercices by ligne de commande",
		}
		if strings.Join(said, "\n") != strings.Join(want, "\n") || all.Total != len(want) {
			t.Errorf("%d acts:\n%s", all.Total, strings.Join(said, "\n"))
		}
		some := apitest.Decode[journal](t, o.Get(t, "/api/admin/v1/journal?famille=modele&limit=1").Want(t, 200))
		if some.Total != 2 || len(some.Gestes) != 1 || some.Gestes[0].Quoi != "modele.modifie" || some.Gestes[0].JetonID != "1" {
			t.Errorf("acts on modèles %+v", some)
		}
		o.Get(t, "/api/admin/v1/journal?famille=modele%25", apitest.Wrong()).WantRefusal(t, 400, "invalid parameter", "famille")
		theirs := apitest.Decode[journal](t, other.Get(t, "/api/admin/v1/journal").Want(t, 200))
		if theirs.Total != 1 {
			t.Errorf("the other organisme sees %+v", theirs)
		}
	})
}
