package sync_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/apitest"
)

func TestAFullPushSaysWhatItChanged(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, _ *apitest.Server, o *apitest.Organisme) {
		o.Get(t, all).WantJSON(t, 200, `{"total":0,"contrats":[]}`)

		k1, k2, k3 := apitest.Contrat("K1"), apitest.Contrat("K2"), apitest.Contrat("K3")
		o.Post(t, v1, apitest.Body(k2, k1)).WantJSON(t, 200, summary(2, 2, 0, 0, 0, 0, 1))
		wantContrats(t, o, k1, k2)

		o.Post(t, v1, apitest.Body(k1, k2)).WantJSON(t, 200, summary(2, 0, 0, 2, 0, 0, 2))

		k1.MissionTitle = "Vente"
		o.Post(t, v1, []passerelle.Contrat{k1, k3}).WantJSON(t, 200, summary(2, 1, 1, 0, 1, 0, 3))
		wantContrats(t, o, k1, k3)

		o.Post(t, v1, apitest.Body(k1, k2, k3)).WantJSON(t, 200, summary(3, 1, 0, 2, 0, 0, 4))
		wantContrats(t, o, k1, k2, k3)
		o.Get(t, journal+"/4").WantJSON(t, 200, `{"id":"4","origine":"v1","etat":"appliquee","lien":null,"date":"2026-09-01T08:00:00Z",
			"dureeMs":0,"par":{"jeton":"1","nom":"jeton 1"},"total":3,"added":1,"revived":1,"updated":0,"same":2,"removed":0,"invalid":0,"refuses":0,"integres":0,
			"changesTotal":1,"changes":[`+revived(t, k2)+`]}`)
	})
}

// revived is the journal's entry of a contract that comes back.
func revived(t *testing.T, c passerelle.Contrat) string { return change(t, "revived", nil, &c) }

// change is the journal's entry of a contract that changed.
func change(t *testing.T, kind string, before, after *passerelle.Contrat) string {
	t.Helper()
	type field struct {
		Field string  `json:"field"`
		Old   *string `json:"old"`
		New   *string `json:"new"`
	}
	value := func(c *passerelle.Contrat, champ *passerelle.Champ) *string {
		if c == nil || *champ.At(c) == "" {
			return nil
		}
		return champ.At(c)
	}
	fields := []field{}
	for i := range passerelle.Champs {
		champ := &passerelle.Champs[i]
		was, is := value(before, champ), value(after, champ)
		if (was == nil) != (is == nil) || was != nil && *was != *is {
			fields = append(fields, field{champ.Nom, was, is})
		}
	}
	code := ""
	if after != nil {
		code = after.CodeContrat
	} else {
		code = before.CodeContrat
	}
	return fmt.Sprintf(`{"codeContrat":%q,"type":%q,"changes":%s}`, code, kind, text(t, fields))
}

func TestWhatRealExportsDoIsTolerated(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, s *apitest.Server, o *apitest.Organisme) {
		sent := apitest.ObjetOf(t, apitest.Contrat("K1")).With(
			"codeContrat", 42, "codeSite", 69, "rncp", 38362, "nomSite", "  Lyon\t", "missionTitle", nil, "missionDetails", "",
			"codeMarque", "  ", "nomMarque", nil, "emialApprenant", "x@y.example", "commentaire", map[string]any{"a": []int{1}})
		other := apitest.ObjetOf(t, apitest.Contrat("K2")).With("codeSite", "69", "emialApprenant", "x")
		answer := apitest.Decode[counts](t, o.Post(t, v1, apitest.Body(sent, other)).Want(t, 200))
		want := []violation{
			{Index: 0, CodeContrat: "42", Field: "commentaire", Code: "unknown-field", Message: "La propriété « commentaire » n’existe pas dans un contrat, elle est ignorée : vérifiez son orthographe."},
			{Index: 0, CodeContrat: "42", Field: "emialApprenant", Code: "unknown-field", Message: "La propriété « emialApprenant » n’existe pas dans un contrat, elle est ignorée : vérifiez son orthographe."},
		}
		if d := cmp.Diff(want, answer.Warnings); d != "" {
			t.Errorf("each misspelt name is reported once (- wanted, + got):\n%s", d)
		}
		k1, k2 := apitest.Contrat("K1"), apitest.Contrat("K2")
		k1.CodeContrat, k1.CodeSite, k1.RNCP, k2.CodeSite = "42", "69", "38362", "69"
		wantContrats(t, o, k1, k2)
	})
}

func TestABodyMayBeCompressedAndStartWithAByteOrderMark(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, _ *apitest.Server, o *apitest.Organisme) {
		body := text(t, apitest.Body(apitest.Demo(300)...))
		o.Post(t, v1, body, apitest.Gzip()).WantJSON(t, 200, summary(300, 300, 0, 0, 0, 0, 1))
		o.Post(t, v1, "\ufeff"+body).WantJSON(t, 200, summary(300, 0, 0, 300, 0, 0, 2))
		o.Post(t, v2, "\ufeff \r\n"+text(t, apitest.Demo(300)), apitest.Gzip()).Want(t, 200)
	})
}

func TestAnInvalidContractRefusesAWholeV1Push(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, _ *apitest.Server, o *apitest.Organisme) {
		o.Post(t, v1, apitest.Body(apitest.Contrats("K1", "K2")...)).Want(t, 200)
		bad := apitest.Contrat("K3")
		bad.EmailApprenant = apitest.Contrat("K1").EmailApprenant
		bad.DateFin = "31/08/2025"
		o.Post(t, v1, apitest.Body(apitest.Contrat("K1"), bad)).WantJSON(t, 422, `{"error":"invalid contrats",
			"reason":"L’envoi est refusé en entier : 2 erreurs. Rien n’a été enregistré, corrigez puis renvoyez.",
			"details":[
				{"index":1,"codeContrat":"K3","field":"dateFin","code":"date-order","message":"Date de fin : le 31/08/2025 précède la date de début, le 01/09/2026."},
				{"index":1,"codeContrat":"K3","field":"emailApprenant","code":"email-shared","conflictsWith":"K1",
				 "message":"Cette adresse e-mail est déjà celle de l’utilisateur « A-K1 » (contrat « K1 ») : une adresse appartient à un seul code utilisateur."}],
			"detailsTotal":2}`)
		wantContrats(t, o, apitest.Contrats("K1", "K2")...)
		if total := apitest.Decode[counts](t, o.Get(t, journal)).Total; total != 2 {
			t.Errorf("%d synchronisations in the journal, want 2: the refused one is told, too", total)
		}
	})
}

func TestAV2PushTakesWhatIsValidAndGivesTheRestBack(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, _ *apitest.Server, o *apitest.Organisme) {
		k1, k2, k3 := apitest.Contrat("K1"), apitest.Contrat("K2"), apitest.Contrat("K3")
		o.Post(t, v2, apitest.Body(k1, k2)).WantJSON(t, 200, `{"success":true,"validContrats":`+text(t, []passerelle.Contrat{k1, k2})+`,
			"invalidContrats":[],"synchronisation":"1","total":2,"added":2,"updated":0,"same":0,"removed":0,"integres":0,"detailsTotal":0,"warnings":[]}`)

		// K2 becomes invalid: it keeps its last valid version and is not archived. K1 is not sent any more.
		bad := apitest.ObjetOf(t, k2).With("dateDebut", "31/02/2026", "missionTitle", "Vente", "extra", 1.5)
		o.Post(t, v2, apitest.Body[any](bad, k3, 7), apitest.Wrong()).WantJSON(t, 200, `{"success":false,"validContrats":`+text(t, []passerelle.Contrat{k3})+`,
			"invalidContrats":[`+text(t, bad.With("errors", []any{map[string]any{"field": "dateDebut", "code": "date-format",
			"message": "Date de début : « 31/02/2026 » n’est pas une date réelle au format JJ/MM/AAAA, par exemple 01/09/2026."}}))+`,
				{"contrat":7,"errors":[{"field":null,"code":"type","message":"Un contrat est un objet { … } ; à la position 2, trouvé : un nombre."}]}],
			"synchronisation":"2","total":2,"added":1,"updated":0,"same":0,"removed":1,"integres":0,"detailsTotal":2,
			"warnings":[{"index":0,"codeContrat":"K2","field":"extra","code":"unknown-field",
				"message":"La propriété « extra » n’existe pas dans un contrat, elle est ignorée : vérifiez son orthographe."}]}`)
		wantContrats(t, o, k2, k3)

		// Of two contracts that contradict each other the first stands, and the kept version counts.
		thief := apitest.Contrat("K4")
		thief.CodeApprenant = k2.CodeApprenant
		answer := apitest.Decode[counts](t, o.Post(t, v2, apitest.Body[any](bad, k3, thief), apitest.Wrong()).Want(t, 200))
		if len(answer.InvalidContrats) != 2 || answer.InvalidContrats[1]["codeContrat"] != "K4" {
			t.Errorf("a contract that contradicts a version that is kept is refused: %v", answer.InvalidContrats)
		}
		wantContrats(t, o, k2, k3)
	})
}

func TestADeltaIsMergedAndReplayingItIsHarmless(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, _ *apitest.Server, o *apitest.Organisme) {
		k1, k2, k3, k4 := apitest.Contrat("K1"), apitest.Contrat("K2"), apitest.Contrat("K3"), apitest.Contrat("K4")
		o.Post(t, v1, apitest.Body(k1, k2, k3)).Want(t, 200)
		k1.MissionTitle = "Vente"
		delta := map[string]any{"changes": map[string]any{
			"added": []any{k4}, "updated": []any{k1}, "removed": []any{"K2", "K9", 12},
		}}
		o.Post(t, changes, delta).WantJSON(t, 200, `{"success":true,"validContrats":`+text(t, []passerelle.Contrat{k4, k1})+`,"invalidContrats":[],
			"synchronisation":"2","total":3,"added":1,"updated":1,"same":0,"removed":1,"integres":0,"unknownRemoved":["K9","12"],"detailsTotal":0,"warnings":[]}`)
		wantContrats(t, o, k1, k3, k4)
		o.Post(t, changes, delta).WantJSON(t, 200, `{"success":true,"validContrats":`+text(t, []passerelle.Contrat{k4, k1})+`,"invalidContrats":[],
			"synchronisation":"3","total":3,"added":0,"updated":0,"same":2,"removed":0,"integres":0,"unknownRemoved":["K2","K9","12"],"detailsTotal":0,
			"warnings":[{"index":0,"codeContrat":"K4","field":"codeContrat","code":"already-known","message":"Le contrat « K4 » était déjà connu : il a été mis à jour."}]}`)
		wantContrats(t, o, k1, k3, k4)

		o.Post(t, changes, map[string]any{"changes": map[string]any{"updated": []any{k2}}}).WantJSON(t, 200, `{"success":true,
			"validContrats":`+text(t, []passerelle.Contrat{k2})+`,"invalidContrats":[],
			"synchronisation":"4","total":4,"added":1,"updated":0,"same":0,"removed":0,"integres":0,"unknownRemoved":[],"detailsTotal":0,
			"warnings":[{"index":0,"codeContrat":"K2","field":"codeContrat","code":"not-yet-known","message":"Le contrat « K2 » n’était pas connu : il a été ajouté."}]}`)
		o.Post(t, changes, `{"changes":{}}`).Want(t, 200)
		both := apitest.Decode[counts](t, o.Post(t, changes, map[string]any{"changes": map[string]any{"updated": []any{k2}, "removed": []string{"K2"}}}).Want(t, 200))
		if len(both.Warnings) != 1 || both.Warnings[0].Code != "removed-and-sent" || both.Removed != 0 {
			t.Errorf("a contract that is sent is not removed: %+v", both)
		}
	})
}

func TestADeltaIsCheckedAgainstWhatIsThere(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, _ *apitest.Server, o *apitest.Organisme) {
		o.Post(t, v1, apitest.Body(apitest.Contrats("K1", "K2")...)).Want(t, 200)
		thief := apitest.Contrat("K3")
		thief.EmailApprenant = "A-K2@ETU.example"
		answer := apitest.Decode[counts](t, o.Post(t, changes, map[string]any{"changes": map[string]any{"added": []any{thief}}}).Want(t, 200))
		want := []any{map[string]any{"field": "emailApprenant", "code": "email-shared", "conflictsWith": "K2",
			"message": "Cette adresse e-mail est déjà celle de l’utilisateur « A-K2 » : une adresse appartient à un seul code utilisateur."}}
		if len(answer.InvalidContrats) != 1 || cmp.Diff(want, answer.InvalidContrats[0]["errors"]) != "" {
			t.Errorf("the contract that has the address is named: %v", answer.InvalidContrats)
		}
		wantContrats(t, o, apitest.Contrats("K1", "K2")...)
	})
}

func TestADryRunRecordsNothing(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, _ *apitest.Server, o *apitest.Organisme) {
		k1, k2, k3, k4 := apitest.Contrat("K1"), apitest.Contrat("K2"), apitest.Contrat("K3"), apitest.Contrat("K4")
		o.Post(t, v1, apitest.Body(k1, k2, k3)).Want(t, 200)
		changed := k2
		changed.MissionTitle, changed.DateFin = "Vente", ""
		one := func(c passerelle.Contrat) string { return text(t, []passerelle.Contrat{c}) }
		want := `"same":` + one(k1) + `,"added":` + one(k4) + `,"updated":` + one(changed) + `,"removed":` + one(k3)
		wantUnchanged(t, o, func() {
			o.Post(t, diff, apitest.Body(k1, changed, k4)).WantJSON(t, 200, `{`+want+`}`)
			o.Post(t, diff+"?detail=champs", apitest.Body(k1, changed, k4)).WantJSON(t, 200, `{`+want+`,"changes":[
				{"codeContrat":"K2","type":"updated","changes":[{"field":"dateFin","old":"31/08/2028","new":null},{"field":"missionTitle","old":null,"new":"Vente"}]}]}`)
			o.Post(t, diff, `[]`).WantJSON(t, 200, `{"same":[],"added":[],"updated":[],"removed":`+text(t, []passerelle.Contrat{k1, k2, k3})+`}`)
			o.Post(t, diff, apitest.Body(k1, k1)).WantRefusal(t, 422, "invalid contrats", "1 erreur")
			o.Post(t, diff+"?detail=tout", apitest.Body(k1)).WantRefusal(t, 400, "invalid parameter", "detail", "champs")
		})
	})
}

func TestAnEmptyFullPushMustBeMeant(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, _ *apitest.Server, o *apitest.Organisme) {
		o.Post(t, v1, apitest.Body(apitest.Contrats("K1", "K2")...)).Want(t, 200)
		wantUnchanged(t, o, func() {
			for _, path := range []string{v1, v2} {
				o.Post(t, path, `{"contrats":[]}`).WantRefusal(t, 422, "empty push", "?vide=oui")
				o.Post(t, path, `[]`).WantRefusal(t, 422, "empty push", "?vide=oui")
				o.Post(t, path+"?vide=non", `[]`).WantRefusal(t, 400, "invalid parameter", "vide")
			}
		})
		o.Post(t, v1+"?vide=oui", `[]`).WantJSON(t, 200, summary(0, 0, 0, 0, 2, 0, 2))
		wantContrats(t, o)
	})
}

func TestAFullPushCanRenameACodeConsistently(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, s *apitest.Server, o *apitest.Organisme) {
		list := apitest.Contrats("K1", "K2", "K3")
		o.Post(t, v1, apitest.Body(list...)).Want(t, 200)
		o.Post(t, modeles, apitest.ModeleFor("MCO", "codeFormation", "MCO")).Want(t, 201)
		for i := range list {
			list[i].NomSite, list[i].NomGroupe, list[i].EmailPersonnel = "Lyon Part-Dieu", "MCO 1 Part-Dieu", "p.durand@cfa.example"
		}
		half := []passerelle.Contrat{list[0], apitest.Contrat("K2")}
		answer := apitest.Decode[counts](t, o.Post(t, v1, apitest.Body(half...)).Want(t, 422))
		var codes []string
		for _, v := range answer.Details {
			codes = append(codes, v.CodeContrat+" "+v.Code+" "+v.ConflictsWith)
		}
		if d := cmp.Diff([]string{"K2 code-name-mismatch K1", "K2 group-mismatch K1", "K2 person-mismatch K1"}, codes); d != "" {
			t.Errorf("half a renaming is refused (- wanted, + got):\n%s", d)
		}
		o.Post(t, v1, apitest.Body(list...)).WantJSON(t, 200, summary(3, 0, 3, 0, 0, 3, 3)) // the refused one is the second
		o.Get(t, sessions).WantJSON(t, 200, `{"total":1,"sessions":[{"id":"1","site":{"code":"LYO","nom":"Lyon Part-Dieu"},"periode":{"code":"2026","nom":"2026/2027"},
			"formation":{"code":"MCO","nom":"BTS MCO"},"annee":{"code":"A1","nom":"1re année"},"groupe":{"code":"G1","nom":"MCO 1 Part-Dieu"},"effectif":3}]}`)

		// Codes may even be exchanged.
		a, b := apitest.Contrat("K1"), apitest.Contrat("K2")
		b.CodeSite, b.NomSite = "VIE", "Vienne"
		o.Post(t, v1, apitest.Body(a, b)).Want(t, 200)
		a.NomSite, b.NomSite = b.NomSite, a.NomSite
		o.Post(t, v1, apitest.Body(a, b)).Want(t, 200)
		wantContrats(t, o, a, b)
	})
}

func TestListsArePagedAndOrderedByCode(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, s *apitest.Server, o *apitest.Organisme) {
		codes := []string{"10", "9", "A", "Z", "b", "f", "é"} // the order of the bytes
		o.Post(t, v1, apitest.Body(apitest.Contrats("é", "b", "9", "10", "A", "f", "Z")...)).Want(t, 200)
		wantCodes(t, o, codes...)
		o.Get(t, v1+"?page=1&limit=100").WantJSON(t, 200, `{"total":0,"contrats":[]}`)
		o.Post(t, modeles, apitest.ModeleFor("MCO", "codeFormation", "MCO")).Want(t, 201)
		for _, path := range []string{all, v1, sessions + "/1/contrats"} {
			for page := 1; page <= 4; page++ {
				var want []passerelle.Contrat
				for i := (page - 1) * 3; i < min(page*3, len(codes)); i++ {
					want = append(want, apitest.Contrat(codes[i]))
				}
				o.Get(t, fmt.Sprintf("%s?page=%d&limit=3", path, page)).WantJSON(t, 200, `{"total":7,"contrats":`+text(t, append([]passerelle.Contrat{}, want...))+`}`)
			}
			o.Get(t, path+"?limit=3").WantJSON(t, 200, `{"total":7,"contrats":`+text(t, apitest.Contrats("10", "9", "A"))+`}`)
		}
	})
}
