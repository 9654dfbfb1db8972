package sync_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/apitest"
)

// heldAnswer is the answer to a push that the guard holds.
func heldAnswer(active, removed, seuil, id int) string {
	message := fmt.Sprintf("L’envoi archiverait %d des %d contrats actifs, plus que le seuil de %d %% : l’export est peut-être tronqué.", removed, active, seuil)
	return fmt.Sprintf(`{"error":"mass archive","reason":"%s Rien n’a changé ; si c’est voulu, confirmez la synchronisation %d ou renvoyez avec ?confirmer=archivage.",
		"synchronisation":"%d","active":%d,"removed":%d,"seuil":%d,"details":[{"active":%d,"removed":%d,"seuil":%d}],
		"motifs":[{"regle":"archivage","contrats":%d,"sur":%d,"seuil":%d,"message":"%s"}]}`,
		message, id, id, active, removed, seuil, active, removed, seuil, removed, active, seuil, message)
}

func TestAPushThatArchivesTooManyIsHeld(t *testing.T) {
	cases := []struct {
		name         string
		seuil        int // 0: as it is by default
		active, sent int
		held         bool
	}{
		{"twenty contracts of a few more may go", 0, 60, 40, false},
		{"twenty-one of a few are held", 0, 22, 1, true},
		{"exactly 30 % may go", 0, 100, 70, false},
		{"more than 30 % are held", 0, 100, 69, true},
		{"the threshold is the organisme's", 50, 100, 50, false},
		{"beyond the organisme's threshold", 50, 100, 49, true},
		{"a low threshold", 1, 100, 79, true},
		{"100 % turns the guard off", 100, 100, 1, false},
	}
	apitest.ForEachDatabase(t, func(t *testing.T, s *apitest.Server) {
		for _, tc := range cases {
			t.Run(tc.name, func(t *testing.T) {
				o := s.Production(t, tc.name)
				if tc.seuil != 0 {
					set(t, o, "garde.archivage", tc.seuil)
				}
				list := apitest.Numbered(tc.active)
				o.Post(t, v1, apitest.Body(list...)).Want(t, 200)
				if !tc.held {
					o.Post(t, v1, apitest.Body(list[:tc.sent]...)).WantJSON(t, 200, summary(tc.sent, 0, 0, tc.sent, tc.active-tc.sent, 0, 2))
					return
				}
				seuil := max(tc.seuil, 30)
				if tc.seuil != 0 {
					seuil = tc.seuil
				}
				o.Post(t, v1, apitest.Body(list[:tc.sent]...)).WantJSON(t, 409, heldAnswer(tc.active, tc.active-tc.sent, seuil, 2))
				wantContrats(t, o, list...)
				o.Post(t, v1+"?confirmer=archivage", apitest.Body(list[:tc.sent]...)).WantJSON(t, 200, summary(tc.sent, 0, 0, tc.sent, tc.active-tc.sent, 0, 3))
			})
		}
	})
}

func TestTheGuardStandsAtEveryDoor(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, s *apitest.Server, o *apitest.Organisme) {
		list := apitest.Numbered(30)
		o.Post(t, v1, apitest.Body(list...)).Want(t, 200)
		var codes []string
		for _, c := range list[:25] {
			codes = append(codes, c.CodeContrat)
		}
		delta := map[string]any{"changes": map[string]any{"removed": codes, "added": []any{apitest.Contrat("N1")}}}
		o.Post(t, v2, apitest.Body(list[:5]...)).WantJSON(t, 409, heldAnswer(30, 25, 30, 2))
		o.Post(t, v1+"?vide=oui", `[]`).WantJSON(t, 409, heldAnswer(30, 30, 30, 3))
		o.Post(t, changes, delta).WantJSON(t, 409, heldAnswer(30, 25, 30, 4))
		wantContrats(t, o, list...)

		// The confirmed delta is answered as a delta, and is a synchronisation of its own.
		o.Post(t, journal+"/4/confirmer", nil).WantJSON(t, 200, `{"success":true,"validContrats":[`+text(t, apitest.Contrat("N1"))+`],"invalidContrats":[],
			"synchronisation":"5","total":6,"added":1,"updated":0,"same":0,"removed":25,"integres":0,"unknownRemoved":[],"detailsTotal":0,"warnings":[]}`)
		wantContrats(t, o, append(list[25:30:30], apitest.Contrat("N1"))...)
		lines := apitest.Decode[struct {
			Synchronisations []struct {
				ID, Origine, Etat string
				Lien              *string
			}
		}](t, o.Get(t, journal)).Synchronisations
		var got []string
		for _, l := range lines {
			lien := ""
			if l.Lien != nil {
				lien = *l.Lien
			}
			got = append(got, l.ID+" "+l.Origine+" "+l.Etat+" "+lien)
		}
		if want := "[5 confirmation appliquee 4 4 changes confirmee  3 v1 remplacee  2 v2 remplacee  1 v1 appliquee ]"; fmt.Sprint(got) != want {
			t.Errorf("journal %v, want %s", got, want)
		}
	})
}

func TestAHeldPushIsLookedAtThenConfirmedOrDropped(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, _ *apitest.Server, o *apitest.Organisme) {
		list := apitest.Numbered(30)
		o.Post(t, v1, apitest.Body(list...)).Want(t, 200)
		changed := list[0]
		changed.MissionTitle = "Vente"
		sent := []passerelle.Contrat{changed, list[1], apitest.Contrat("N1")}
		o.Post(t, v1, apitest.Body(sent...)).WantJSON(t, 409, heldAnswer(30, 28, 30, 2))

		// Its diff is there to be looked at, page by page.
		head := `{"id":"2","origine":"v1","etat":"retenue","lien":null,"date":"2026-09-01T08:00:00Z","dureeMs":0,"par":{"jeton":"1","nom":"jeton 1"},
			"total":3,"added":1,"revived":0,"updated":1,"same":1,"removed":28,"invalid":0,"refuses":0,"integres":0,
			"motifs":[{"regle":"archivage","contrats":28,"sur":30,"seuil":30,"message":"L’envoi archiverait 28 des 30 contrats actifs, plus que le seuil de 30 % : l’export est peut-être tronqué."}],
			"changesTotal":30,"changes":`
		o.Get(t, journal+"/2?limit=2").WantJSON(t, 200, head+`[`+change(t, "updated", &list[0], &changed)+`,`+change(t, "removed", &list[2], nil)+`]}`)
		o.Get(t, journal+"/2?limit=29&page=2").WantJSON(t, 200, head+`[`+change(t, "added", nil, &sent[2])+`]}`)

		o.Post(t, journal+"/2/abandonner", nil).WantJSON(t, 200, `{"success":true,"synchronisation":"2"}`)
		wantUnchanged(t, o, func() {
			o.Post(t, journal+"/2/abandonner", nil).WantRefusal(t, 409, "not held", "abandonnée")
			o.Post(t, journal+"/2/confirmer", nil).WantRefusal(t, 409, "not held", "abandonnée")
			o.Post(t, journal+"/1/confirmer", nil).WantRefusal(t, 409, "not held", "appliquée")
			o.Post(t, journal+"/9/confirmer", nil).WantRefusal(t, 404, "not found", "9")
			o.Post(t, journal+"/9/abandonner", nil).WantRefusal(t, 404, "not found", "9")
		})
		wantContrats(t, o, list...)

		o.Post(t, v1, apitest.Body(sent...)).WantJSON(t, 409, heldAnswer(30, 28, 30, 3))
		o.Post(t, journal+"/3/confirmer", nil).WantJSON(t, 200, summary(3, 1, 1, 1, 28, 0, 4))
		wantContrats(t, o, sent...)
		o.Post(t, journal+"/3/confirmer", nil).WantRefusal(t, 409, "not held", "déjà confirmée")
		o.Get(t, journal+"/3").Want(t, 200)

		// What was confirmed can be undone.
		o.Post(t, journal+"/4/annuler", nil).Want(t, 200)
		wantContrats(t, o, list...)
	})
}

func TestALaterPushReplacesAHeldOne(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, _ *apitest.Server, o *apitest.Organisme) {
		list := apitest.Numbered(30)
		o.Post(t, v1, apitest.Body(list...)).Want(t, 200)
		o.Post(t, v1, apitest.Body(list[:1]...)).Want(t, 409)
		o.Post(t, v1, apitest.Body(list[0], list[0])).Want(t, 422)                            // a refused push replaces nothing
		o.Post(t, v1, apitest.Body(list...)).WantJSON(t, 200, summary(30, 0, 0, 30, 0, 0, 4)) // the refused one is the third
		o.Post(t, journal+"/2/confirmer", nil).WantRefusal(t, 409, "not held", "remplacée")
		wantContrats(t, o, list...)
	})
}

func TestAHeldPushExpiresAfterSevenDays(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, s *apitest.Server, o *apitest.Organisme) {
		list := apitest.Numbered(30)
		o.Post(t, v1, apitest.Body(list...)).Want(t, 200)
		o.Post(t, v1, apitest.Body(list[:1]...)).Want(t, 409)
		expired := func() {
			t.Helper()
			o.Post(t, journal+"/2/confirmer", nil).WantRefusal(t, 409, "not held", "expirée")
			o.Post(t, journal+"/2/abandonner", nil).WantRefusal(t, 409, "not held", "expirée")
			detail := apitest.Decode[struct{ Etat string }](t, o.Get(t, journal+"/2").Want(t, 200))
			list := apitest.Decode[struct{ Synchronisations []struct{ Etat string } }](t, o.Get(t, journal).Want(t, 200))
			if detail.Etat != "expiree" || list.Synchronisations[0].Etat != "expiree" {
				t.Errorf("a push that was held too long is %s, in the journal %s", detail.Etat, list.Synchronisations[0].Etat)
			}
		}
		s.Clock.Advance(7 * 24 * time.Hour)
		o.Get(t, journal+"/2").Want(t, 200)
		s.Clock.Advance(time.Second)
		expired()
		if n, err := s.Hub.Contrats.ExpireHeld(t.Context()); n != 1 || err != nil {
			t.Errorf("%d expired, %v", n, err)
		}
		expired()
		wantContrats(t, o, list...)
	})
}

func TestAHeldPushIsConfirmedAgainstTheContractsOfNow(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, _ *apitest.Server, o *apitest.Organisme) {
		list := apitest.Numbered(30)
		o.Post(t, v1, apitest.Body(list...)).Want(t, 200)
		bad := apitest.ObjetOf(t, list[1]).With("nomSite", "")
		o.Post(t, v2, apitest.Body[any](list[0], bad), apitest.Wrong()).WantJSON(t, 409, heldAnswer(30, 28, 30, 2))
		o.Post(t, journal+"/1/annuler", nil).Want(t, 200) // nothing is active any more
		answer := apitest.Decode[counts](t, o.Post(t, journal+"/2/confirmer", nil).Want(t, 200))
		if answer.Added != 1 || answer.Removed != 0 || len(answer.InvalidContrats) != 1 || answer.Success {
			t.Errorf("confirmed as %+v", answer)
		}
		wantContrats(t, o, list[0])
	})
}

// set changes a setting of an organisme.
func set(t testing.TB, o *apitest.Organisme, cle string, value any) {
	t.Helper()
	group, name, _ := strings.Cut(cle, ".")
	body := map[string]any{cle: value}
	if name != "" {
		body = map[string]any{group: map[string]any{name: value}}
	}
	o.Put(t, "/api/admin/v1/reglages", body).Want(t, 200)
}
