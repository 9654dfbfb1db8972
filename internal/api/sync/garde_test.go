package sync_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/apitest"
)

// heldFor says why an answer says that a push is held: code, rules and fields.
func heldFor(t testing.TB, a *apitest.Answer) string {
	t.Helper()
	if a.Status == 200 {
		return "through"
	}
	answer := apitest.Decode[struct {
		Error, Reason, Synchronisation string
		Motifs                         []struct {
			Regle, Champ, Message string
			Contrats, Sur         int
		}
	}](t, a.Want(t, 409))
	said := answer.Error + ":"
	for _, m := range answer.Motifs {
		said += fmt.Sprintf(" %s%s %d/%d", m.Regle, m.Champ, m.Contrats, m.Sur)
		if !strings.Contains(answer.Reason, m.Message) || !strings.Contains(m.Message, fmt.Sprint(m.Contrats)) {
			t.Errorf("the reason %q lacks the sentence %q", answer.Reason, m.Message)
		}
	}
	return said
}

func TestSlicesDoNotPassBelowTheGuard(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, s *apitest.Server, o *apitest.Organisme) {
		list := apitest.Numbered(100)
		sends := func(n int, query, want string) {
			t.Helper()
			if got := heldFor(t, o.Post(t, v1+query, apitest.Body(list[:n]...))); got != want {
				t.Errorf("%d contracts: %s, want %s", n, got, want)
			}
		}
		sends(100, "", "through")
		s.Clock.Advance(8 * 24 * time.Hour)
		sends(75, "", "through")
		s.Clock.Advance(24 * time.Hour)
		sends(60, "", "mass archive: archivage 40/100") // 15 of 75, but 40 of 100
		sends(75, "", "through")
		// After seven days at 75, that is what is counted against.
		s.Clock.Advance(8 * 24 * time.Hour)
		sends(60, "", "through")
		// What a person confirmed is not counted again.
		sends(40, "", "mass archive: archivage 35/75")
		sends(40, "?confirmer=archivage", "through")
		sends(30, "", "through")
		sends(27, "", "through")
	})
}

func TestSmallOrganismesAreGuarded(t *testing.T) {
	apitest.ForEachDatabase(t, func(t *testing.T, s *apitest.Server) {
		for _, tc := range []struct {
			active, sent int
			want         string
		}{
			{9, 4, "mass archive: moitie 5/9"}, {10, 5, "through"}, {8, 4, "through"}, {6, 2, "through"}, {21, 1, "mass archive: moitie 20/21"},
		} {
			o := s.Production(t, fmt.Sprint("CFA ", tc.active))
			list := apitest.Numbered(tc.active)
			o.Post(t, v1, apitest.Body(list...)).Want(t, 200)
			if got := heldFor(t, o.Post(t, v1, apitest.Body(list[:tc.sent]...))); got != tc.want {
				t.Errorf("%d of %d: %s, want %s", tc.sent, tc.active, got, tc.want)
			}
			if got := heldFor(t, o.Post(t, v1+"?confirmer=archivage", apitest.Body(list[:tc.sent]...))); got != "through" {
				t.Errorf("confirmed, %d of %d: %s", tc.sent, tc.active, got)
			}
		}
	})
}

func TestLostZerosAreHeld(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, s *apitest.Server, o *apitest.Organisme) {
		var before, after []passerelle.Contrat
		for i := range 15 {
			c := apitest.Contrat(fmt.Sprintf("%05d", i+1))
			before = append(before, c)
			c.CodeContrat = fmt.Sprint(i + 1)
			after = append(after, c)
		}
		o.Post(t, v1, apitest.Body(before...)).Want(t, 200)
		want := "push held: moitie 15/15 codescodeContrat 15/15"
		if got := heldFor(t, o.Post(t, v1, apitest.Body(after...))); got != want {
			t.Errorf("%s, want %s", got, want)
		}
		if got := heldFor(t, o.Post(t, v2+"?confirmer=archivage", apitest.Body(after...))); got != "push held: codescodeContrat 15/15" {
			t.Errorf("archiving confirmed: %s", got)
		}
		wantContrats(t, o, before...)
		o.Post(t, v1+"?confirmer=oui", apitest.Body(after...)).Want(t, 200)
		o.Post(t, v1+"?confirmer=non", apitest.Body(after...), apitest.Wrong()).WantRefusal(t, 400, "invalid parameter", "« archivage » et « oui »")
	})
}

func TestMassChangesAreHeldOrSaid(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, s *apitest.Server, o *apitest.Organisme) {
		list := apitest.Numbered(10)
		for i := range list {
			list[i].NomEntreprise, list[i].MissionTitle = fmt.Sprint("Entreprise ", i%3), "Vente"
		}
		o.Post(t, v1, apitest.Body(list...)).Want(t, 200)
		changed := func(n int, edit func(*passerelle.Contrat)) []passerelle.Contrat {
			sent := append([]passerelle.Contrat(nil), list...)
			for i := range n {
				edit(&sent[i])
			}
			return sent
		}
		for _, tc := range []struct {
			name string
			n    int
			edit func(*passerelle.Contrat)
			want string
		}{
			{"half lose a value", 5, func(c *passerelle.Contrat) { c.DateFin = "" }, "push held: valeursdateFin 5/10"},
			{"fewer lose it", 4, func(c *passerelle.Contrat) { c.DateFin = "" }, "through"},
			{"half get one company", 8, func(c *passerelle.Contrat) { c.NomEntreprise = "Entreprise 0" }, "push held: valeursnomEntreprise 5/10"},
			{"all get one date", 10, func(c *passerelle.Contrat) { c.DateDebut = "02/09/2026" }, "through"}, // they had one
		} {
			o.Post(t, v1+"?confirmer=oui", apitest.Body(list...)).Want(t, 200)
			if got := heldFor(t, o.Post(t, v1, apitest.Body(changed(tc.n, tc.edit)...))); got != tc.want {
				t.Errorf("%s: %s, want %s", tc.name, got, tc.want)
			}
		}
		o.Post(t, v1+"?confirmer=oui", apitest.Body(list...)).Want(t, 200)
		answer := apitest.Decode[struct {
			Warnings []struct{ Code, Field, Message string }
		}](t, o.Post(t, v1, apitest.Body(changed(6, func(c *passerelle.Contrat) { c.MissionTitle = "Accueil" })...)).Want(t, 200))
		if w := answer.Warnings; len(w) != 1 || w[0].Code != "masse" || w[0].Field != "missionTitle" || !strings.Contains(w[0].Message, "6 des 10") {
			t.Errorf("warnings %+v", w)
		}
		set(t, o, "garde.valeurs", 101)
		o.Post(t, v1, apitest.Body(changed(10, func(c *passerelle.Contrat) { c.DateFin = "" })...)).Want(t, 200)
	})
}

func TestAnAbandonedPushLeavesNothingToCorrect(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, _ *apitest.Server, o *apitest.Organisme) {
		list := apitest.Numbered(30)
		o.Post(t, v1, apitest.Body(list...)).Want(t, 200)
		before := string(o.Get(t, "/api/sync/v1/anomalies").Want(t, 200).Body)
		bad := apitest.ObjetOf(t, list[0]).With("dateDebut", "31/02/2026")
		o.Post(t, v2, apitest.Body[any](bad), apitest.Wrong()).Want(t, 409)
		o.Get(t, "/api/sync/v1/anomalies").WantJSON(t, 200, before)
		o.Post(t, journal+"/2/abandonner", nil).Want(t, 200)
		o.Get(t, "/api/sync/v1/anomalies").WantJSON(t, 200, before)
	})
}

func TestAPushRefusedWholeIsInTheJournal(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, _ *apitest.Server, o *apitest.Organisme) {
		k1, k2 := apitest.Contrat("K1"), apitest.Contrat("K2")
		o.Post(t, v1, apitest.Body(k1)).Want(t, 200)
		bad := apitest.ObjetOf(t, k2).With("dateDebut", "31/02/2026", "nomEntreprise", "")
		o.Post(t, v1, apitest.Body[any](k1, bad), apitest.Wrong()).Want(t, 422)
		wantContrats(t, o, k1)
		o.Get(t, journal+"/2").WantJSON(t, 200, `{"id":"2","origine":"v1","etat":"refusee","lien":null,"date":"2026-09-01T08:00:00Z","dureeMs":0,
			"par":{"jeton":"1","nom":"jeton 1"},"total":1,"added":0,"revived":0,"updated":0,"same":0,"removed":0,"invalid":1,"refuses":1,"integres":0,
			"changesTotal":0,"changes":[],"details":[
			{"index":1,"codeContrat":"K2","field":"nomEntreprise","code":"required","message":"Nom de l’entreprise : la valeur est obligatoire, elle manque ou est vide."},
			{"index":1,"codeContrat":"K2","field":"dateDebut","code":"date-format","message":"Date de début : « 31/02/2026 » n’est pas une date réelle au format JJ/MM/AAAA, par exemple 01/09/2026."}]}`)
		o.Post(t, journal+"/2/annuler", nil).WantRefusal(t, 409, "not applied", "n’a rien changé")
		o.Post(t, journal+"/2/confirmer", nil).WantRefusal(t, 409, "not held", "refusée en entier")
		// The latest that was applied is the one before it.
		o.Post(t, journal+"/1/annuler", nil).Want(t, 200)
		wantContrats(t, o)
	})
}

func TestOfARefusedPushTheFirstThousandErrorsAreKept(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, _ *apitest.Server, o *apitest.Organisme) {
		sent := make([]any, 1200)
		for i := range sent {
			sent[i] = 7
		}
		o.Post(t, v1, apitest.Body(sent...), apitest.Wrong()).Want(t, 422)
		detail := apitest.Decode[struct {
			Refuses int
			Details []struct{ Index int }
		}](t, o.Get(t, journal+"/1").Want(t, 200))
		if detail.Refuses != 1200 || len(detail.Details) != 1000 || detail.Details[999].Index != 999 {
			t.Errorf("%d refused, %d details", detail.Refuses, len(detail.Details))
		}
	})
}

func TestAnOlderSynchronisationIsUndoneWithAllThatCameAfterIt(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, _ *apitest.Server, o *apitest.Organisme) {
		k1, k2, k3, k4 := apitest.Contrat("K1"), apitest.Contrat("K2"), apitest.Contrat("K3"), apitest.Contrat("K4")
		o.Post(t, v1, apitest.Body(k1, k2)).Want(t, 200)
		once, twice := k1, k1
		once.MissionTitle, twice.MissionTitle = "Une fois", "Deux fois"
		o.Post(t, v1, apitest.Body(once, k3)).Want(t, 200)      // 2: K1 changes, K2 leaves, K3 comes
		o.Post(t, v1, apitest.Body(twice, k2, k4)).Want(t, 200) // 3: K1 again, K2 is back as it was, K3 leaves, K4 comes
		preview := `{"success":true,"simulation":true,"total":2,"added":0,"updated":1,"same":1,"removed":1,"integres":0,"changesTotal":2,"changes":[` +
			change(t, "updated", &twice, &k1) + `,` + change(t, "removed", &k4, nil) + `]}`
		wantUnchanged(t, o, func() { o.Post(t, journal+"/2/annuler?simulation=oui", nil).WantJSON(t, 200, preview) })
		o.Post(t, journal+"/2/annuler", nil).WantJSON(t, 200, `{"success":true,"total":2,"added":0,"updated":1,"same":1,"removed":1,"integres":0,"synchronisation":"4"}`)
		wantContrats(t, o, k1, k2)
		o.Post(t, journal+"/4/annuler", nil).Want(t, 200)
		wantContrats(t, o, twice, k2, k4)
		o.Post(t, journal+"/1/annuler", nil).Want(t, 200)
		wantContrats(t, o)
	})
}
