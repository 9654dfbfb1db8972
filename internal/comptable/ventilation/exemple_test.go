package ventilation

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable/comptabletest"
)

func TestTheGuidesExampleIsWhatIsComputed(t *testing.T) {
	t.Parallel()
	guide := comptabletest.Guide(t)
	from := strings.Index(guide, "par;code;montant annuel;debut;fin")
	list, wrong, err := ReadCSV(strings.NewReader(guide[from : from+strings.Index(guide[from:], "```")]))
	if err != nil || len(wrong) > 0 {
		t.Fatal(wrong, err)
	}
	prices, _ := NewTarifs(list)
	par := []Dimension{ParFormation}
	c := New(spans(t, "2024-01-01 2024-12-31"), par, Options{Tarifs: prices})
	for _, row := range comptabletest.Rows(t, guide, "| contrat | formation | RNCP | début | fin |") {
		c.Add(ContratOf(&passerelle.Contrat{CodeContrat: row[0], CodeApprenant: row[0], CodeFormation: row[1], RNCP: row[2], DateDebut: row[3], DateFin: row[4]}, par))
	}
	v := c.Exercice(0)
	var got [][]string
	add := func(name string, s Somme) {
		got = append(got, []string{name, fmt.Sprint(s.Contrats), fmt.Sprint(s.Jours), s.Mois.FR(), s.Part.FR(), s.Produit.FR(), s.Avance.FR()})
		if s.ARecevoir != 0 {
			t.Errorf("%s: %s due, the guide tells of none", name, s.ARecevoir)
		}
	}
	for _, l := range v.Lignes {
		add(l.Cles[0].Code, l.Somme)
	}
	add("Total", v.Total)
	if diff := cmp.Diff(comptabletest.Rows(t, guide, "| formation | contrats | jours | mois | part (%) | produit (€) | avance (€) |"), got); diff != "" {
		t.Errorf("-guide +computed\n%s", diff)
	}
	if diff := cmp.Diff([]string{"K4"}, v.SansTarif.Codes); diff != "" {
		t.Error(diff)
	}
}

func TestTheDigestWithAmountsChangesWithThePrices(t *testing.T) {
	t.Parallel()
	year := spans(t, "2024-01-01 2024-12-31")
	digest := func(o Options) [32]byte { return calcul(t, year, "formation", o, promotion...).Digest(0) }
	want := digest(Options{Tarifs: liste(t, "formation F1 7300,00 2020-01-01 2030-12-31")})
	if digest(Options{Tarifs: liste(t, "formation F1 7300,00 2020-01-01 2030-12-31"), Facturation: FacturationUnique}) != want {
		t.Error("the way to bill changes the digest")
	}
	for name, o := range map[string]Options{
		"without prices":    {},
		"a cent more":       {Tarifs: liste(t, "formation F1 7300,01 2020-01-01 2030-12-31")},
		"a price for F2":    {Tarifs: liste(t, "formation F1 7300,00 2020-01-01 2030-12-31", "formation F2 0 2020-01-01 2030-12-31")},
		"a later beginning": {Tarifs: liste(t, "formation F1 7300,00 2024-01-02 2030-12-31")},
	} {
		if digest(o) == want {
			t.Errorf("%s: the digest is the same", name)
		}
	}
}
