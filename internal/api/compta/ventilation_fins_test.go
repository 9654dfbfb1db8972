package compta_test

import (
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable/comptabletest"
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// at moves the clock to noon of a day, YYYY-MM-DD, in Paris.
func (e *env) at(day string) {
	e.t.Helper()
	when, err := time.Parse("2006-01-02 15:04", day+" 11:00")
	if err != nil {
		e.t.Fatal(err)
	}
	e.clock.Set(when)
}

// shown is what a ventilation of one exercice says in all.
type shown struct {
	Total struct {
		Contrats, Apprenants, Jours int
	}
	FinsPresumees *struct {
		Contrats int
		Codes    []string
		Jours    int
	}
	HorsExercice, SansDates struct {
		Contrats int
		Codes    []string
		Raisons  []string
	}
}

func (e *env) shown(exercice int64, more string) shown {
	e.t.Helper()
	return decode[shown](e.call("GET", ventilation+more+"&exercice="+text(exercice), nil).want(http.StatusOK))
}

func TestWhatEndedKeepsWeighingForTheDaysThatItRan(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		e.at("2026-09-01")
		id := e.create(item{Start: "2026-09-01", End: "2027-08-31"})[0]
		k0, k1, k2 := contrat("K0", "MCO", "01/09/2026", "30/06/2027"), contrat("K1", "MCO", "01/09/2026", "31/08/2027"), contrat("K2", "MCO", "01/09/2026", "31/08/2027")
		later := contrat("K3", "MCO", "01/02/2027", "31/08/2027")
		old := contrat("K4", "MCO", "01/09/2025", "31/08/2026")
		none := contrat("K5", "MCO", "", "31/08/2026")
		e.push(k0, k1, k2, later, old, none)
		before := e.shown(id, "")
		if before.Total.Jours != 303+365+365+212 || before.FinsPresumees == nil || before.FinsPresumees.Contrats != 0 {
			t.Fatalf("%+v", before)
		}
		e.at("2026-11-28")
		e.push(k1, k2)
		after := e.shown(id, "")
		// 1 September to 27 November is 88 days.
		if after.Total.Jours != 88+365+365 || after.Total.Contrats != 3 {
			t.Errorf("%+v", after)
		}
		if f := after.FinsPresumees; f == nil || f.Contrats != 1 || f.Jours != 88 || cmp.Diff([]string{"K0"}, f.Codes) != "" {
			t.Errorf("presumed: %+v", f)
		}
		if diff := cmp.Diff([]string{"K3", "K4"}, after.HorsExercice.Codes); diff != "" || after.HorsExercice.Contrats != 2 {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"aucun-jour", "fini-avant"}, after.HorsExercice.Raisons); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"K5"}, after.SansDates.Codes); diff != "" {
			t.Error(diff)
		}
		alone := e.shown(id, "&archives=non")
		if alone.Total.Jours != 365+365 || alone.FinsPresumees != nil || alone.HorsExercice.Contrats+alone.SansDates.Contrats != 0 {
			t.Errorf("the active ones alone: %+v", alone)
		}
		// As of each synchronisation, and every form of the answer.
		if diff := cmp.Diff(before, e.shown(id, "&synchronisation=1")); diff != "" {
			t.Errorf("as of the first push: %s", diff)
		}
		if diff := cmp.Diff(after, e.shown(id, "&synchronisation=2")); diff != "" {
			t.Errorf("as of the second push: %s", diff)
		}
		if csv := e.call("GET", ventilation+"&format=csv&exercice="+text(id), nil).want(http.StatusOK).Body.String(); !strings.Contains(csv, "MCO;BTS MCO;3;3;818;") {
			t.Errorf("CSV:\n%s", csv)
		}
		all := decode[struct {
			spreadAll
			FinsPresumees struct{ Jours int }
		}](e.call("GET", ventilation, nil).want(http.StatusOK))
		if len(all.Contrats) != 4 || all.Contrats[0].Duree != 88 || all.Contrats[3].CodeContrat != "K4" || all.FinsPresumees.Jours != 88 {
			t.Errorf("over all exercices: %+v", all)
		}
		// What comes back counts whole again, and the past stays what it was.
		e.at("2026-12-05")
		e.push(k0, k1, k2)
		if back := e.shown(id, ""); back.Total.Jours != 303+365+365 || back.FinsPresumees.Contrats != 0 {
			t.Errorf("revived: %+v", back)
		}
		if diff := cmp.Diff(after, e.shown(id, "&synchronisation=2")); diff != "" {
			t.Errorf("as of the second push, later: %s", diff)
		}
	})
}

func TestAnEndedContractIsIntegratedAsItsLastVersionIs(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		e.at("2026-09-01")
		id := e.create(item{Start: "2026-09-01", End: "2027-08-31"})[0]
		k0, k1 := contrat("K0", "MCO", "01/09/2026", "31/08/2027"), contrat("K1", "NDRC", "01/09/2026", "31/08/2027")
		e.push(k0, k1)
		e.at("2026-09-11")
		e.push(k1)
		if got := e.shown(id, "&etat=integres"); got.Total.Contrats != 0 {
			t.Errorf("nothing is integrated: %+v", got)
		}
		// A modèle that is made once it left takes it as well.
		_, err := e.hub.Integration.CreateModele(t.Context(), e.organisme.ID, domaine.Modele{Nom: "MCO", Actif: true, Criteres: passerelle.Criteres{"codeFormation": {"MCO"}}})
		if err != nil {
			t.Fatal(err)
		}
		if got := e.shown(id, "&etat=integres"); got.Total.Contrats != 1 || got.Total.Jours != 10 || got.FinsPresumees.Contrats != 1 {
			t.Errorf("integrated: %+v", got)
		}
	})
}

// guideTable returns the cells of the table of the accountant's guide that has
// these titles.
func guideTable(t *testing.T, titles string) [][]string {
	t.Helper()
	guide, err := os.ReadFile("../../../docs/comptable.md")
	if err != nil {
		t.Fatal(err)
	}
	return comptabletest.Rows(t, string(guide), titles)
}

func TestTheGuidesExampleIsTheSameOnceContractsOfItEnded(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		e.at("2024-01-02")
		id := e.create(year("2024"))[0]
		var all []passerelle.Contrat
		for _, row := range guideTable(t, "| contrat | formation | RNCP | début | fin |") {
			c := contrat(row[0], row[1], row[3], row[4])
			c.RNCP = row[2]
			all = append(all, c)
		}
		guide, err := os.ReadFile("../../../docs/comptable.md")
		if err != nil {
			t.Fatal(err)
		}
		_, list, _ := strings.Cut(string(guide), "```\npar;code")
		list, _, _ = strings.Cut(list, "```")
		e.putCSV("par;code" + list).want(http.StatusOK)
		e.push(all...)
		address := ventilation + "&par=formation&montants=oui&exercice=" + text(id)
		before := e.call("GET", address, nil).want(http.StatusOK).Body.String()
		for _, figure := range []string{`"jours":261`, `"produit":5200.00`, `"jours":91`, `"avance":5983.56`} {
			if !strings.Contains(before, figure) {
				t.Fatalf("the guide’s %s is not in %s", figure, before)
			}
		}
		// K1 and K4 end by their terms, and leave the export afterwards.
		e.at("2024-09-02")
		e.push(all[1], all[2])
		if alone := e.shown(id, "&archives=non"); alone.Total.Contrats != 2 {
			t.Fatalf("%+v", alone)
		}
		e.call("GET", address, nil).want(http.StatusOK).wantJSON(before)
	})
}
