package financement

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle"
)

// tableau returns the rows of the table of the guide that has these titles.
func tableau(t *testing.T, guide, titles string) (found [][]string) {
	t.Helper()
	_, after, ok := strings.Cut(guide, titles+"\n")
	if !ok {
		t.Fatalf("the guide has no table %s", titles)
	}
	for line := range strings.Lines(after) {
		if !strings.HasPrefix(line, "|") {
			break
		}
		var cells []string
		for cell := range strings.SplitSeq(strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(line), "|"), "|"), "|") {
			cells = append(cells, strings.TrimSpace(cell))
		}
		found = append(found, cells)
	}
	return found[1:] // the first is the line under the titles
}

func TestTheExamplesOfTheGuideAreWhatIsComputed(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../../docs/comptable.md")
	if err != nil {
		t.Fatal(err)
	}
	guide := string(text)
	fr := func(s string) passerelle.Date {
		d, err := passerelle.ParseDateFR(s)
		if err != nil {
			t.Fatal(s)
		}
		return d
	}
	plans := map[string]*Plan{}
	var instalments [][]string
	for _, row := range tableau(t, guide, "| exemple | début | terme | rompu le | conclu le | montant annuel | niveau |") {
		c := Contrat{Debut: fr(row[1]), Fin: fr(row[2]), Dernier: fr(row[2]), Conclusion: fr(row[4]), AConclusion: true, Source: SourceContrat,
			Annuel: euros(t, strings.Replace(row[5], ",", ".", 1)), Niveau: int(row[6][0] - '0')}
		if row[3] != "" {
			c.Dernier = fr(row[3])
		}
		p := Etablir(c, Options{})
		plans[row[0]] = p
		for _, e := range p.Echeances {
			last := ""
			if e.AuPlusTard != 0 {
				last = e.AuPlusTard.FR()
			}
			instalments = append(instalments, []string{row[0], string(rune('0' + e.Rang)), string(e.Nature), e.Date.FR(), e.Montant.FR(), last})
		}
	}
	if diff := cmp.Diff(tableau(t, guide, "| exemple | rang | nature | date | montant | au plus tard |"), instalments); diff != "" {
		t.Errorf("-guide +computed\n%s", diff)
	}
	var states [][]string
	rows := tableau(t, guide, "| exemple | au | produit | facturé | PCA | FAE | à recouvrer |")
	for _, row := range rows {
		s := plans[row[0]].Au(fr(row[1]))
		states = append(states, []string{row[0], row[1], s.Produit.FR(), s.Facture.FR(), s.PCA.FR(), s.FAE.FR(), s.ARecouvrer.FR()})
	}
	if diff := cmp.Diff(rows, states); diff != "" {
		t.Errorf("-guide +computed\n%s", diff)
	}
}
