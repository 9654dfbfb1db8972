package financement

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable/comptabletest"
)

func TestTheExamplesOfTheGuideAreWhatIsComputed(t *testing.T) {
	t.Parallel()
	guide := comptabletest.Guide(t)
	fr := func(s string) passerelle.Date {
		d, err := passerelle.ParseDateFR(s)
		if err != nil {
			t.Fatal(s)
		}
		return d
	}
	plans := map[string]*Plan{}
	var instalments [][]string
	for _, row := range comptabletest.Rows(t, guide, "| exemple | début | terme | rompu le | conclu le | montant annuel | niveau |") {
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
	if diff := cmp.Diff(comptabletest.Rows(t, guide, "| exemple | rang | nature | date | montant | au plus tard |"), instalments); diff != "" {
		t.Errorf("-guide +computed\n%s", diff)
	}
	var states [][]string
	rows := comptabletest.Rows(t, guide, "| exemple | au | produit | facturé | PCA | FAE | à recouvrer |")
	for _, row := range rows {
		s := plans[row[0]].Au(fr(row[1]))
		states = append(states, []string{row[0], row[1], s.Produit.FR(), s.Facture.FR(), s.PCA.FR(), s.FAE.FR(), s.ARecouvrer.FR()})
	}
	if diff := cmp.Diff(rows, states); diff != "" {
		t.Errorf("-guide +computed\n%s", diff)
	}
}
