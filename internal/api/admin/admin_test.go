package admin_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const (
	push        = "/api/sync/v1/contrats"
	all         = "/api/sync/v1/contrats-get-all"
	modeles     = "/api/admin/v1/modeles"
	apercu      = "/api/admin/v1/modeles/apercu"
	sessions    = "/api/admin/v1/sessions"
	nonIntegres = "/api/admin/v1/non-integres"
)

var text, with = apitest.Text, apitest.With

// integrated returns the codes of the integrated contracts.
func integrated(t testing.TB, o *apitest.Organisme) string {
	t.Helper()
	answer := apitest.Decode[struct {
		Contrats []struct{ CodeContrat string }
	}](t, o.Get(t, push).Want(t, 200))
	var codes []string
	for _, c := range answer.Contrats {
		codes = append(codes, c.CodeContrat)
	}
	return strings.Join(codes, " ")
}

// reasons returns why contracts are not integrated.
func reasons(t testing.TB, o *apitest.Organisme) map[string]string {
	t.Helper()
	answer := apitest.Decode[struct {
		Anomalies []struct{ CodeContrat, Nature, Code string }
	}](t, o.Get(t, "/api/sync/v1/anomalies").Want(t, 200))
	found := map[string]string{}
	for _, a := range answer.Anomalies {
		if a.Nature == "non-integre" {
			found[a.CodeContrat] = a.Code
		}
	}
	return found
}

func TestModelesAreManaged(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, _ *apitest.Server, o *apitest.Organisme) {
		o.Get(t, modeles).WantJSON(t, 200, `{"total":0,"modeles":[]}`)
		created := o.Post(t, modeles, `{"nom":" BTS MCO ","criteres":{"codeFormation":" MCO ","monthStartGroup":["Janvier","Mars"]}}`)
		mco := `{"id":"1","nom":"BTS MCO","criteres":{"codeFormation":"MCO","monthStartGroup":["Janvier","Mars"]},"actif":true}`
		created.WantJSON(t, 201, mco)
		if got := created.Header.Get("Location"); got != modeles+"/1" {
			t.Errorf("Location %q", got)
		}
		o.Post(t, modeles, `{"id":"77","nom":"Un","criteres":{"rncp":["RNCP1"]},"actif":false}`).WantJSON(t, 201, `{"id":"2","nom":"Un","criteres":{"rncp":"RNCP1"},"actif":false}`)
		o.Get(t, modeles+"/1").WantJSON(t, 200, mco)
		o.Get(t, modeles).WantJSON(t, 200, `{"total":2,"modeles":[`+mco+`,{"id":"2","nom":"Un","criteres":{"rncp":"RNCP1"},"actif":false}]}`)
		o.Put(t, modeles+"/2", apitest.ModeleFor("Deux", "codeSite", "LYO", "codeMarque", "M", "codeAnnee", "A1", "codePeriode", "2026")).WantJSON(t, 200,
			`{"id":"2","nom":"Deux","criteres":{"codeSite":"LYO","codeMarque":"M","codeAnnee":"A1","codePeriode":"2026"},"actif":true}`)
		if body := o.Delete(t, modeles+"/2").Want(t, 204).Body; len(body) != 0 {
			t.Errorf("a deletion answers %q", body)
		}
		for _, answer := range []*apitest.Answer{
			o.Get(t, modeles+"/2"), o.Delete(t, modeles+"/2"), o.Put(t, modeles+"/2", apitest.ModeleFor("Deux", "codeSite", "LYO")),
			o.Post(t, apercu, apitest.Modele{ID: "2", Nom: "Deux", Criteres: map[string]any{"codeSite": "LYO"}}), o.Get(t, sessions+"/1/contrats"),
		} {
			answer.WantRefusal(t, 404, "not found")
		}
		o.Get(t, modeles).WantJSON(t, 200, `{"total":1,"modeles":[`+mco+`]}`)
	})
}

func TestAModeleThatMakesNoSenseIsRefusedFieldByField(t *testing.T) {
	long := strings.Repeat("é", 501)
	cases := map[string]struct {
		body string
		want []string // field code
	}{
		"nothing":               {`{}`, []string{"nom required", "criteres required"}},
		"null":                  {`null`, []string{"nom required", "criteres required"}},
		"a blank name":          {`{"nom":"  ","criteres":{"codeSite":"LYO"}}`, []string{"nom required"}},
		"a long name":           {`{"nom":"` + long + `","criteres":{"codeSite":"LYO"}}`, []string{"nom too-long"}},
		"a null character":      {`{"nom":"a\u0000","criteres":{"codeSite":"L\u0000"}}`, []string{"nom type", "criteres.codeSite required"}},
		"no criterion":          {`{"nom":"M","criteres":{}}`, []string{"criteres required"}},
		"an unknown criterion":  {`{"nom":"M","criteres":{"codeGroupe":"G1","a\u0000":"b"}}`, []string{"criteres.a\x00 unknown-field", "criteres.codeGroupe unknown-field"}},
		"an empty criterion":    {`{"nom":"M","criteres":{"codeSite":[],"rncp":"","codeAnnee":["A1"," "]}}`, []string{"criteres.codeAnnee required", "criteres.codeSite required", "criteres.rncp required"}},
		"a long criterion":      {`{"nom":"M","criteres":{"codeSite":["LYO","` + long + `"]}}`, []string{"criteres.codeSite too-long"}},
		"too many values":       {`{"nom":"M","criteres":{"codeSite":["LYO"` + strings.Repeat(`,"LYO"`, 1000) + `]}}`, []string{"criteres.codeSite too-long"}},
		"a criterion with null": {`{"nom":"M","criteres":{"codeSite":null}}`, []string{"criteres.codeSite required"}},
	}
	apitest.InProduction(t, func(t *testing.T, s *apitest.Server, o *apitest.Organisme) {
		o.Post(t, modeles, apitest.ModeleFor("MCO", "codeFormation", "MCO")).Want(t, 201)
		before := string(o.Get(t, modeles).Body)
		for name, tc := range cases {
			for _, answer := range []*apitest.Answer{o.Post(t, modeles, tc.body), o.Post(t, apercu, tc.body), o.Put(t, modeles+"/1", tc.body)} {
				answer.WantRefusal(t, 422, "invalid modele")
				var got []string
				for _, d := range apitest.Decode[struct {
					Details []struct{ Field, Code, Message string }
				}](t, answer).Details {
					got = append(got, d.Field+" "+d.Code)
				}
				if d := cmp.Diff(tc.want, got); d != "" {
					t.Errorf("%s (- wanted, + got):\n%s", name, d)
				}
			}
		}
		for _, body := range []string{`{"nom":5,"criteres":{"codeSite":"LYO"}}`, `{"nom":"M","criteres":[]}`, `{"nom":"M","criteres":{"codeSite":[1]}}`, `{"nom":"M","criteres":{"codeSite":"LYO"},"actif":"oui"}`} {
			o.Post(t, modeles, body).WantRefusal(t, 400, "malformed json", "type attendu")
		}
		if d := cmp.Diff(before, string(o.Get(t, modeles).Body)); d != "" {
			t.Errorf("a refused modèle changed the list:\n%s", d)
		}
	})
}

func TestTheMostSpecificModeleTakesAContract(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, s *apitest.Server, o *apitest.Organisme) {
		o.Post(t, push, apitest.Body(
			apitest.Contrat("K1"),
			with("K2", func(c *passerelle.Contrat) { c.CodeGroupe, c.RNCP = "G2", "RNCP1" }),
			with("K3", func(c *passerelle.Contrat) { c.CodeGroupe, c.MonthStartGroup = "G3", "Mars" }),
			with("K4", func(c *passerelle.Contrat) {
				c.CodeGroupe, c.CodeFormation, c.NomFormation = "G4", "GPME", "BTS GPME"
			}),
		)).Want(t, 200)
		step := func(answer *apitest.Answer, status int, want string, why ...string) {
			t.Helper()
			answer.Want(t, status)
			if got := integrated(t, o); got != want {
				t.Errorf("integrated %q, want %q", got, want)
			}
			expected := map[string]string{}
			for _, w := range why {
				code, reason, _ := strings.Cut(w, " ")
				expected[code] = reason
			}
			if d := cmp.Diff(expected, reasons(t, o)); d != "" {
				t.Errorf("reasons (- wanted, + got):\n%s", d)
			}
		}
		const none, ambiguous = " aucun-modele", " modeles-ambigus"
		step(o.Get(t, modeles), 200, "", "K1"+none, "K2"+none, "K3"+none, "K4"+none)
		step(o.Post(t, modeles, apitest.ModeleFor("MCO", "codeFormation", "MCO")), 201, "K1 K2 K3", "K4"+none)
		// A second modèle as specific as the first: ambiguous for what both match.
		step(o.Post(t, modeles, apitest.ModeleFor("RNCP", "rncp", []string{"RNCP0", "RNCP1"})), 201, "K1 K3", "K2"+ambiguous, "K4"+none)
		// A more specific one settles it.
		step(o.Post(t, modeles, apitest.ModeleFor("MCO RNCP", "codeFormation", []string{"MCO", "NDRC"}, "rncp", "RNCP1")), 201, "K1 K2 K3", "K4"+none)
		// An inactive one counts for nothing.
		inactive := apitest.ModeleFor("Tout Lyon", "codeSite", "LYO", "codePeriode", "2026")
		inactive.Actif = false
		step(o.Post(t, modeles, inactive), 201, "K1 K2 K3", "K4"+none)
		inactive.Actif = true
		step(o.Put(t, modeles+"/4", inactive), 200, "K1 K3 K4", "K2"+ambiguous)
		step(o.Delete(t, modeles+"/3"), 204, "K1 K2 K3 K4")
		step(o.Delete(t, modeles+"/4"), 204, "K1 K3", "K2"+ambiguous, "K4"+none)
		// A criterion never matches a value that is absent.
		step(o.Put(t, modeles+"/1", apitest.ModeleFor("Mars", "monthStartGroup", "Mars")), 200, "K2 K3", "K1"+none, "K4"+none)
		// Later pushes are placed as they come.
		step(o.Post(t, push, apitest.Body(with("K1", func(c *passerelle.Contrat) { c.MonthStartGroup = "Mars" }), apitest.Contrat("K3"))), 200, "K1", "K3"+none)
	})
}

// couples writes the five couples of a session of the test contracts.
func couples(groupe string) string {
	return `"site":{"code":"LYO","nom":"Lyon"},"periode":{"code":"2026","nom":"2026/2027"},"formation":{"code":"MCO","nom":"BTS MCO"},
		"annee":{"code":"A1","nom":"1re année"},"groupe":{"code":"` + groupe + `","nom":"MCO 1 Lyon"}`
}

func TestAPreviewSaysWhatWouldChangeAndChangesNothing(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, s *apitest.Server, o *apitest.Organisme) {
		o.Post(t, push, apitest.Body(apitest.Contrat("K1"), apitest.Contrat("K2"), with("K3", func(c *passerelle.Contrat) { c.CodeGroupe, c.RNCP = "G2", "RNCP1" }))).Want(t, 200)
		o.Post(t, modeles, apitest.ModeleFor("RNCP", "rncp", "RNCP1")).Want(t, 201)
		seen := func() string {
			return fmt.Sprintf("%s\n%s\n%s\n%s\n%v", o.Get(t, modeles).Body, o.Get(t, sessions+"?vides=oui").Body, o.Get(t, nonIntegres).Body, integrated(t, o), reasons(t, o))
		}
		before := seen()
		mco := apitest.ModeleFor("MCO", "codeFormation", "MCO")
		o.Post(t, apercu, mco).WantJSON(t, 200, `{"contrats":2,"nouveaux":2,"deplaces":0,"ambigus":1,"perdus":1,"integres":2,
			"sessions":[{"id":null,`+couples("G1")+`,"effectif":2}]}`)
		o.Post(t, apercu, apitest.ModeleFor("MCO Lyon", "codeFormation", "MCO", "codeSite", "LYO")).WantJSON(t, 200, `{"contrats":3,"nouveaux":2,"deplaces":1,
			"ambigus":0,"perdus":0,"integres":3,"sessions":[{"id":null,`+couples("G1")+`,"effectif":2},{"id":null,`+couples("G2")+`,"effectif":1}]}`)
		mco.ID = "1"
		o.Post(t, apercu, mco).WantJSON(t, 200, `{"contrats":3,"nouveaux":2,"deplaces":0,"ambigus":0,"perdus":0,"integres":3,
			"sessions":[{"id":null,`+couples("G1")+`,"effectif":2},{"id":null,`+couples("G2")+`,"effectif":1}]}`)
		mco.Actif = false
		o.Post(t, apercu, mco).WantJSON(t, 200, `{"contrats":0,"nouveaux":0,"deplaces":0,"ambigus":0,"perdus":1,"integres":0,"sessions":[]}`)
		if d := cmp.Diff(before, seen()); d != "" {
			t.Errorf("a preview changed something:\n%s", d)
		}
	})
}

func TestSuggestionsArePostedAsTheyAre(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, _ *apitest.Server, o *apitest.Organisme) {
		o.Post(t, push, apitest.Body(apitest.Contrat("K1"), with("K2", func(c *passerelle.Contrat) { c.CodeGroupe = "G2" }),
			with("K3", func(c *passerelle.Contrat) {
				c.CodeGroupe, c.CodeSite, c.NomSite, c.RNCP = "G3", "VIE", "Vienne", "RNCP1"
			}))).Want(t, 200)
		place := func(site, nom string) string {
			return `"formation":{"code":"MCO","nom":"BTS MCO"},"annee":{"code":"A1","nom":"1re année"},"site":{"code":"` + site + `","nom":"` + nom + `"},"periode":{"code":"2026","nom":"2026/2027"}`
		}
		suggested := func(site, nom, more string) string {
			return `"modele":{"nom":"BTS MCO – 1re année – ` + nom + ` – 2026/2027","criteres":{"codeFormation":"MCO","codeAnnee":"A1","codeSite":"` + site + `","codePeriode":"2026"` + more + `},"actif":true}`
		}
		const alone = `"motif":"aucun-modele","message":"Aucun modèle ne correspond : l’équipe d’intégration doit en créer un.","modeles":[]`
		o.Get(t, nonIntegres).WantJSON(t, 200, `{"total":3,"groupes":[{`+place("LYO", "Lyon")+`,`+alone+`,"contrats":2,`+suggested("LYO", "Lyon", "")+`},
			{`+place("VIE", "Vienne")+`,`+alone+`,"contrats":1,`+suggested("VIE", "Vienne", "")+`}]}`)

		o.Post(t, modeles, apitest.ModeleFor("Vienne", "codeSite", "VIE")).Want(t, 201)
		o.Post(t, modeles, apitest.ModeleFor("RNCP", "rncp", "RNCP1")).Want(t, 201)
		o.Get(t, nonIntegres).WantJSON(t, 200, `{"total":3,"groupes":[{`+place("LYO", "Lyon")+`,`+alone+`,"contrats":2,`+suggested("LYO", "Lyon", "")+`},
			{`+place("VIE", "Vienne")+`,"motif":"modeles-ambigus","message":"Plusieurs modèles correspondent aussi bien : « Vienne » (1), « RNCP » (2). Précisez l’un d’eux par un critère de plus.",
			"modeles":[{"id":"1","nom":"Vienne","criteres":{"codeSite":"VIE"},"actif":true},{"id":"2","nom":"RNCP","criteres":{"rncp":"RNCP1"},"actif":true}],
			"contrats":1,`+suggested("VIE", "Vienne", `,"rncp":"RNCP1"`)+`}]}`)
		for range 2 {
			groups := apitest.Decode[struct {
				Groupes []struct{ Modele json.RawMessage }
			}](t, o.Get(t, nonIntegres)).Groupes
			o.Post(t, modeles, []byte(groups[0].Modele)).Want(t, 201)
		}
		o.Get(t, nonIntegres).WantJSON(t, 200, `{"total":0,"groupes":[]}`)
		if got := integrated(t, o); got != "K1 K2 K3" {
			t.Errorf("integrated %q", got)
		}
	})
}

func TestEverySuggestionOfARealOrganisationWorks(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, s *apitest.Server, o *apitest.Organisme) {
		o.Post(t, push, apitest.Body(apitest.Demo(400)...)).Want(t, 200)
		for round := 0; ; round++ {
			answer := apitest.Decode[struct {
				Total   int
				Groupes []struct {
					Contrats int
					Modele   json.RawMessage
				}
			}](t, o.Get(t, nonIntegres).Want(t, 200))
			if answer.Total == 0 {
				break
			}
			if round > 500 {
				t.Fatal("the suggestions never take everything")
			}
			before := answer.Total - answer.Groupes[0].Contrats
			o.Post(t, modeles, []byte(answer.Groupes[0].Modele)).Want(t, 201)
			if after := apitest.Decode[struct{ Total int }](t, o.Get(t, nonIntegres)).Total; after != before {
				t.Fatalf("%d contracts are left, want %d: the suggestion %s does not take its group, or more", after, before, answer.Groupes[0].Modele)
			}
		}
		total := apitest.Decode[struct{ Total int }](t, o.Get(t, push)).Total
		heads := 0
		for _, s := range apitest.Decode[struct{ Sessions []struct{ Effectif int } }](t, o.Get(t, sessions)).Sessions {
			heads += s.Effectif
		}
		if total != 400 || heads != 400 {
			t.Errorf("%d integrated, %d in sessions", total, heads)
		}
	})
}

func TestSessionsFollowTheContracts(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, s *apitest.Server, o *apitest.Organisme) {
		o.Post(t, modeles, apitest.ModeleFor("MCO", "codeFormation", "MCO")).Want(t, 201)
		k3 := with("K3", func(c *passerelle.Contrat) { c.CodeGroupe = "G0" })
		o.Post(t, push, apitest.Body(apitest.Contrat("K1"), apitest.Contrat("K2"), k3)).Want(t, 200)
		g1 := func(n int) string { return fmt.Sprintf(`{"id":"1",%s,"effectif":%d}`, couples("G1"), n) }
		g0 := func(n int) string { return fmt.Sprintf(`{"id":"2",%s,"effectif":%d}`, couples("G0"), n) }
		o.Get(t, sessions).WantJSON(t, 200, `{"total":2,"sessions":[`+g0(1)+`,`+g1(2)+`]}`)
		o.Get(t, sessions+"/1/contrats").WantJSON(t, 200, `{"total":2,"contrats":`+text(t, apitest.Contrats("K1", "K2"))+`}`)
		o.Get(t, sessions+"/1/contrats?limit=1&page=2").WantJSON(t, 200, `{"total":2,"contrats":`+text(t, apitest.Contrats("K2"))+`}`)

		// A contract that changes groupe changes session; an empty session is shown on demand only.
		o.Post(t, push, apitest.Body(apitest.Contrat("K1"), apitest.Contrat("K2"), apitest.Contrat("K3"))).Want(t, 200)
		o.Get(t, sessions).WantJSON(t, 200, `{"total":1,"sessions":[`+g1(3)+`]}`)
		o.Get(t, sessions+"?vides=oui").WantJSON(t, 200, `{"total":2,"sessions":[`+g0(0)+`,`+g1(3)+`]}`)
		o.Get(t, sessions+"/2/contrats").WantJSON(t, 200, `{"total":0,"contrats":[]}`)

		// It is the same session again when its groupe comes back, and under a new name.
		renamed := []passerelle.Contrat{apitest.Contrat("K1"), k3}
		for i := range renamed {
			renamed[i].NomSite, renamed[i].NomFormation, renamed[i].NomAnnee, renamed[i].NomPeriode = "Lyon 7e", "BTS Commerce", "Année 1", "26/27"
			renamed[i].NomGroupe = "Groupe " + renamed[i].CodeGroupe
		}
		o.Post(t, push, apitest.Body(renamed...)).Want(t, 200)
		name := func(id, groupe string) string {
			return `{"id":"` + id + `","site":{"code":"LYO","nom":"Lyon 7e"},"periode":{"code":"2026","nom":"26/27"},"formation":{"code":"MCO","nom":"BTS Commerce"},
				"annee":{"code":"A1","nom":"Année 1"},"groupe":{"code":"` + groupe + `","nom":"Groupe ` + groupe + `"},"effectif":1}`
		}
		o.Get(t, sessions).WantJSON(t, 200, `{"total":2,"sessions":[`+name("2", "G0")+`,`+name("1", "G1")+`]}`)

		// Without a modèle nobody is placed; the session is kept for when there is one.
		o.Delete(t, modeles+"/1").Want(t, 204)
		o.Get(t, sessions).WantJSON(t, 200, `{"total":0,"sessions":[]}`)
		o.Post(t, modeles, apitest.ModeleFor("Lyon", "codeSite", "LYO")).Want(t, 201)
		o.Get(t, sessions).WantJSON(t, 200, `{"total":2,"sessions":[`+name("2", "G0")+`,`+name("1", "G1")+`]}`)
	})
}

// A name that only a contract which ended has is not the session's, though it came last.
func TestASessionIsNamedAsItsActiveContractsNameIt(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, _ *apitest.Server, o *apitest.Organisme) {
		left := with("K2", func(c *passerelle.Contrat) { c.NomGroupe = "Groupe d’avant" })
		for _, c := range []passerelle.Contrat{apitest.Contrat("K1"), left, apitest.Contrat("K1")} {
			o.Post(t, push, apitest.Body(c)).Want(t, 200)
		}
		o.Post(t, modeles, apitest.ModeleFor("MCO", "codeFormation", "MCO")).Want(t, 201)
		o.Get(t, sessions).WantJSON(t, 200, `{"total":1,"sessions":[{"id":"1",`+couples("G1")+`,"effectif":1}]}`)
	})
}
