package hub_test

import (
	"fmt"
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
