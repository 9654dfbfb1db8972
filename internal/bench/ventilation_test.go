package bench_test

import (
	"strconv"
	"testing"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/bench"
	"github.com/passerelle-hub/passerelle/internal/comptable/ventilation"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/store"
	"github.com/passerelle-hub/passerelle/internal/store/open"
)

// BenchmarkVentilation measures contracts by two dimensions over five exercices,
// from the question to the tables. Its limit is the scan of the same rows
// by the same driver, with nothing done to them.
func BenchmarkVentilation(b *testing.B) {
	forEachDatabase(b, func(b *testing.B, d *database, c *bench.Corpus) {
		db, err := open.Database(b.Context(), d.location())
		if err != nil {
			b.Fatal(err)
		}
		h := hub.New(db, hub.Options{})
		o := fill(b, h, c)
		acces := hub.AccesOperateur(strconv.FormatInt(o.SocieteID, 10))
		spread := func(tb testing.TB, montants bool) {
			v, err := h.Comptabilite.Ventilation(tb.Context(), hub.DemandeVentilation{Acces: acces, Par: []ventilation.Dimension{ventilation.ParSite, ventilation.ParFormation}, Montants: montants})
			if err != nil || len(v.Exercices) != 5 || v.Len() == 0 {
				tb.Fatal("no ventilation", err)
			}
			for i := range v.Exercices {
				v.Exercice(i)
			}
		}
		bare := func(tb testing.TB) {
			total := 0
			err := db.Read(tb.Context(), func(tx *store.Tx) error {
				return tx.EachDocumentUnordered(tb.Context(), o.ID, false, func(doc []byte) error {
					total += len(doc)
					return nil
				})
			})
			if err != nil || total == 0 {
				tb.Fatal("nothing read", err)
			}
		}
		for _, part := range []struct {
			name     string
			montants bool
		}{{"days", false}, {"amounts", true}} {
			b.Run(part.name, func(b *testing.B) {
				measure(b, c, func() {}, func() { spread(b, part.montants) }, func() { bare(b) })
			})
		}
		h.Close()
		if err := db.Close(); err != nil {
			b.Fatal(err)
		}
	})
}

// fill makes an organisme with five exercices, a price for every RNCP code, and
// the contracts of c.
func fill(b *testing.B, h *hub.Hub, c *bench.Corpus) *hub.NewOrganisme {
	b.Helper()
	o, err := h.Organismes.CreateOrganisme(b.Context(), "CFA", false)
	if err != nil {
		b.Fatal(err)
	}
	var years []passerelle.Periode
	for year := 2023; year < 2028; year++ {
		years = append(years, passerelle.Periode{Debut: passerelle.NewDate(year, 9, 1), Fin: passerelle.NewDate(year+1, 8, 31)})
	}
	d := hub.DemandeExercices{Acces: hub.AccesOperateur(strconv.FormatInt(o.SocieteID, 10))}
	if _, err := h.Comptabilite.CreateExercices(b.Context(), d, years); err != nil {
		b.Fatal(err)
	}
	var prices []ventilation.Tarif
	known := map[string]bool{}
	for i := range c.Contrats {
		if code := c.Contrats[i].RNCP; code != "" && !known[code] {
			known[code] = true
			prices = append(prices, ventilation.Tarif{Par: ventilation.ParRNCP, Code: code, Montant: 7_523_17,
				Validite: passerelle.Periode{Debut: ventilation.ToujoursDepuis, Fin: ventilation.ToujoursJusque}})
		}
	}
	if _, err := h.Comptabilite.ImportTarifs(b.Context(), o.ID, "bench", prices, false, nil); err != nil {
		b.Fatal(err)
	}
	push := readFull(b, c)
	defer push.Close()
	if _, err := h.Contrats.Push(b.Context(), hub.Acteur{Organisme: o.ID, Nom: "bench"}, push, hub.PushOptions{}); err != nil {
		b.Fatal(err)
	}
	return o
}
