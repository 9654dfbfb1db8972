package hub_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/demo"
	"github.com/passerelle-hub/passerelle/internal/document"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/store/storetest"
)

// A file that is small beside what is active is looked at without loading what it
// leaves out; a page beyond those that are kept has everything loaded.
func TestALookAtASmallFileFindsWhatALookAtEverythingFinds(t *testing.T) {
	storetest.Each(t, func(t *testing.T, d storetest.Database) {
		l := drop(t, d, 120)
		// Codes out of the order of the alphabets that databases know.
		for i, prefix := range []string{"é", "Z", "a", "_", "É"} {
			l.list[i*7].CodeContrat = prefix + l.list[i*7].CodeContrat
		}
		var body []byte
		for i := range l.list {
			var err error
			if body, err = document.Append(append(body, "[,"[min(i, 1)]), &l.list[i]); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := push(t, l.h, l.who, domaine.OrigineV1, append(body, ']')); err != nil {
			t.Fatal(err)
		}
		fresh := []passerelle.Contrat{}
		for c := range demo.Generate(demo.Params{Contrats: 125, Seed: 1}) {
			fresh = append(fresh, c)
		}
		rapid.Check(t, func(r *rapid.T) {
			var rows []passerelle.Contrat
			for _, i := range rapid.SliceOfNDistinct(rapid.IntRange(0, 119), 1, 25, rapid.ID).Draw(r, "rows") {
				c := l.list[i]
				switch rapid.IntRange(0, 4).Draw(r, "what") {
				case 0:
					c.NomEntreprise += " SAS"
				case 1:
					c.EmailApprenant = "no address"
				case 2:
					c.NomSite = "Another site"
				}
				rows = append(rows, c)
			}
			rows = append(rows, fresh[120:120+rapid.IntRange(0, 5).Draw(r, "new")]...)
			looks := map[string]*hub.ApercuImport{}
			for name, page := range map[string]hub.Page{"glance": {Limit: 200}, "all": {Limit: 2000}} {
				o, err := l.h.Imports.CreateImport(t.Context(), l.who, "contrats.csv", "", strings.NewReader(csvOf(rows)))
				if err != nil {
					r.Fatal(err)
				}
				if looks[name], err = l.h.Imports.ApercuImport(t.Context(), o, page); err != nil {
					r.Fatal(err)
				}
				if err := o.Close(); err != nil {
					r.Fatal(err)
				}
				if err := l.h.Imports.DropImport(t.Context(), l.who, o.Import.ID); err != nil {
					r.Fatal(err)
				}
			}
			if diff := cmp.Diff(looks["all"], looks["glance"]); diff != "" {
				r.Fatalf("%d rows: %s", len(rows), diff)
			}
			if a := looks["all"]; len(a.Changements) != a.Ajoutes+a.Modifies+a.Archives {
				r.Fatal(fmt.Sprint(len(a.Changements), " changes listed"))
			}
		})
	})
}

// A delta without codes is looked at with what its names were found by, a confirmation
// with what the database says: a version that they do not share would be outdated.
func TestADeltaByNamesIsConfirmedAsItWasLookedAt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, d storetest.Database) {
		l := drop(t, d, 60)
		body := []byte("[")
		for i := range l.list {
			var err error
			if body, err = document.Append(append(body, strings.Repeat(",", min(i, 1))...), &l.list[i]); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := push(t, l.h, l.who, domaine.OrigineV1, append(body, ']')); err != nil {
			t.Fatal(err)
		}
		rows := slices.Clone(l.list[40:])
		rows[0].NomEntreprise += " SAS"
		rows[1].EmailApprenant = l.list[2].EmailApprenant // somebody else's, whom the file does not have
		rows[2].EmailMaitreApprentissage = "nouveau@entreprise.example"
		for i := range rows {
			for _, code := range []string{"codeApprenant", "codePersonnel", "codeMaitreApprentissage", "codeGroupe", "codeSite"} {
				k, _ := passerelle.ChampIndex([]byte(code))
				*passerelle.Champs[k].At(&rows[i]) = ""
			}
		}
		o, err := l.h.Imports.CreateImport(t.Context(), l.who, "contrats.csv", "", strings.NewReader(withoutBlankColumns(csvOf(rows))))
		if err != nil {
			t.Fatal(err)
		}
		defer o.Close()
		o.Delta = true
		looks := []*hub.ApercuImport{}
		for _, page := range []hub.Page{{Limit: 100}, {Limit: 2000}} {
			a, err := l.h.Imports.ApercuImport(t.Context(), o, page)
			if err != nil {
				t.Fatal(err)
			}
			looks = append(looks, a)
		}
		a := looks[0]
		if diff := cmp.Diff(looks[1], a); diff != "" || a.Identiques < 10 || a.LignesEnErreur == 0 {
			t.Fatalf("%d as they are, %d changed, %d wrong: %s", a.Identiques, a.Modifies, a.LignesEnErreur, diff)
		}
		_, err = l.h.Imports.ConfirmImport(t.Context(), l.who, o.Import.ID, hub.ImportOptions{Version: a.Version, Delta: true, Partiel: true})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// withoutBlankColumns leaves out the columns of a file that hold nothing.
func withoutBlankColumns(file string) string {
	lines := strings.Split(file, "\n")
	rows := make([][]string, len(lines))
	for i, line := range lines {
		rows[i] = strings.Split(line, ";")
	}
	var kept []string
	for i := range rows {
		var row []string
		for k := range rows[0] {
			if slices.ContainsFunc(rows[1:], func(r []string) bool { return r[k] != "" }) {
				row = append(row, rows[i][k])
			}
		}
		kept = append(kept, strings.Join(row, ";"))
	}
	return strings.Join(kept, "\n")
}
