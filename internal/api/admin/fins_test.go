package admin_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/apitest"
)

func finOf(code string) string { return "/api/admin/v1/contrats/" + code + "/fin" }

// dated is a contract with its dates, DD/MM/YYYY.
func dated(code, debut, fin string) passerelle.Contrat {
	return with(code, func(c *passerelle.Contrat) { c.DateDebut, c.DateFin = debut, fin })
}

type fin struct {
	Fin       string
	Date, Par *string
	Le        *time.Time
	Decisions []struct{ Fin, Date *string }
}

func (f fin) String() string {
	date, par := "-", "-"
	if f.Date != nil {
		date = *f.Date
	}
	if f.Par != nil {
		par = "decided"
	}
	return fmt.Sprint(f.Fin, " ", date, " ", par, " ", len(f.Decisions))
}

func TestTheEndOfAContractIsPresumedDecidedAndTakenBack(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, s *apitest.Server, o *apitest.Organisme) {
		today := passerelle.DateOf(s.Clock.Now())
		k0, k1 := dated("K0", (today-100).FR(), (today+200).FR()), dated("K1", (today-300).FR(), (today-1).FR())
		o.Post(t, push, apitest.Body(k0, k1)).Want(t, 200)
		o.Get(t, finOf("K0")).WantRefusal(t, 409, "active contrat")
		o.Put(t, finOf("K0"), `{"fin":"terme"}`).WantRefusal(t, 409, "active contrat")
		o.Delete(t, finOf("K0")).WantRefusal(t, 409, "active contrat")
		o.Get(t, finOf("K9")).WantRefusal(t, 404, "not found")
		o.Put(t, finOf("K9"), `{"fin":"terme"}`).WantRefusal(t, 404, "not found")

		o.Post(t, push+"?vide=oui&confirmer=archivage", apitest.Body[passerelle.Contrat]()).Want(t, 200)
		want := func(code, want string) {
			t.Helper()
			if got := apitest.Decode[fin](t, o.Get(t, finOf(code)+"?historique=oui").Want(t, 200)).String(); got != want {
				t.Errorf("%s: %s, want %s", code, got, want)
			}
		}
		want("K0", "presumee "+(today-1).FR()+" - 0")
		want("K1", "terme "+(today-1).FR()+" - 0")
		plain := strings.TrimSpace(string(o.Get(t, finOf("K0")).Want(t, 200).Body))
		if shape := `{"fin":"presumee","date":"` + (today - 1).FR() + `","par":null,"le":null}`; plain != shape {
			t.Errorf("%s, want %s", plain, shape)
		}
		o.Get(t, finOf("K0")+"?historique=peut-etre").WantRefusal(t, 400, "invalid parameter")

		for body, code := range map[string]string{
			`{"fin":"rompu","date":"` + (today - 101).FR() + `"}`: "date-order",
			`{"fin":"rompu","date":"` + (today + 201).FR() + `"}`: "date-order",
			`{"fin":"rompu","date":"31/02/2026"}`:                 "date-format",
			`{"fin":"rompu","date":"2026-02-01"}`:                 "date-format",
			`{"fin":"rompu"}`:                                     "required",
			`{}`:                                                  "required",
			`{"fin":"fini"}`:                                      "value",
			`{"fin":"presumee"}`:                                  "value",
			`{"fin":"terme","date":"` + today.FR() + `"}`:         "value",
		} {
			o.Put(t, finOf("K0"), body).WantRefusal(t, 422, code)
		}
		want("K0", "presumee "+(today-1).FR()+" - 0")

		o.Put(t, finOf("K0"), `{"fin":"rompu","date":"`+(today-50).FR()+`"}`).Want(t, 200)
		want("K0", "rompu "+(today-50).FR()+" decided 1")
		o.Put(t, finOf("K0"), `{"fin":"rompu","date":"`+(today-50).FR()+`"}`).Want(t, 200)
		want("K0", "rompu "+(today-50).FR()+" decided 1")
		o.Put(t, finOf("K0"), `{"fin":"terme"}`).Want(t, 200)
		want("K0", "terme "+(today+200).FR()+" decided 2")
		o.Put(t, finOf("K0"), `{"fin":"annule"}`).Want(t, 200)
		want("K0", "annule - decided 3")
		o.Delete(t, finOf("K0")).Want(t, 200)
		want("K0", "presumee "+(today-1).FR()+" - 4")
		o.Delete(t, finOf("K0")).Want(t, 200)
		want("K0", "presumee "+(today-1).FR()+" - 4")

		// What the source says later wins: a revival ends what was decided.
		o.Put(t, finOf("K0"), `{"fin":"annule"}`).Want(t, 200)
		o.Post(t, push, apitest.Body(k0)).Want(t, 200)
		o.Get(t, finOf("K0")).WantRefusal(t, 409, "active contrat")
		// And undoing it brings it back, as the day on which the contract left.
		s.Clock.Advance(72 * time.Hour)
		o.Post(t, "/api/sync/v1/synchronisations/3/annuler", nil).Want(t, 200)
		want("K0", "annule - decided 5")
		o.Delete(t, finOf("K0")).Want(t, 200)
		want("K0", "presumee "+(today-1).FR()+" - 6")
		// One that leaves again leaves then.
		o.Post(t, push, apitest.Body(k0)).Want(t, 200)
		o.Post(t, push+"?vide=oui&confirmer=archivage", apitest.Body[passerelle.Contrat]()).Want(t, 200)
		want("K0", "presumee "+(today+2).FR()+" - 6")
	})
}
