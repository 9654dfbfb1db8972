package console_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/bench"
	"github.com/passerelle-hub/passerelle/internal/demo"
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// BenchmarkFirstLook measures the preview of a file of 2,000 rows at 100,000 active
// contracts when nobody looked at it before: 1,900 rows as they are, 80 changed, 20
// new. It is to take less than 150 ms. "whole" would archive the other contracts,
// "delta" nobody; "made" has no codes of people and groups, which are found by the
// names; "next" is a page of changes that nobody looked at either.
func BenchmarkFirstLook(b *testing.B) {
	for _, database := range []string{"sqlite", "postgres"} {
		b.Run(database, func(b *testing.B) {
			s := newSite(b, database)
			contrats := slices.Collect(demo.Generate(demo.Params{Contrats: 100_020, Seed: 1}))
			s.mustPush(b, contrats[:100_000])
			s.modeles(b)
			settled(b, s.location)
			rows := slices.Clone(contrats[len(contrats)-2000:])
			for i := range 80 {
				rows[i].NomEntreprise += " SAS"
			}
			v := s.as(b, domaine.RoleIntegration)
			look := func(name string, file []byte, query string) {
				b.Run(name, func(b *testing.B) {
					var times []time.Duration
					var cpu time.Duration
					for b.Loop() {
						id := s.dropped(b, "export.csv", file).ID
						started, used := time.Now(), bench.CPUTime()
						if p := v.get(fmt.Sprintf("/imports/%d%s", id, query)); p.status != http.StatusOK {
							b.Fatalf("%s answers %d", p.path, p.status)
						}
						times, cpu = append(times, time.Since(started)), cpu+bench.CPUTime()-used
					}
					slices.Sort(times)
					b.ReportMetric(float64(times[len(times)/2].Microseconds())/1000, "median-ms")
					b.ReportMetric(float64(cpu.Microseconds())/1000/float64(len(times)), "cpu-ms")
					b.ReportMetric(0, "ns/op")
				})
			}
			look("whole", sheet(rows), "")
			look("delta", sheet(rows), "?archiver=non")
			look("next", sheet(rows), "?vue=changements&page=100")
			look("made", withoutCodes(b, sheet(rows)), "?archiver=non")
		})
	}
}

// withoutCodes drops the columns of all codes that a file may do without.
func withoutCodes(tb testing.TB, file []byte) []byte {
	tb.Helper()
	in := csv.NewReader(bytes.NewReader(file))
	in.Comma = ';'
	records, err := in.ReadAll()
	if err != nil {
		tb.Fatal(err)
	}
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	w.Comma = ';'
	for _, record := range records {
		kept := record[:0:0]
		for i := range passerelle.Champs {
			if c := &passerelle.Champs[i]; c.Kind != passerelle.KindCode || c.Nom == "codeContrat" || !c.Required {
				kept = append(kept, record[i])
			}
		}
		if err := w.Write(kept); err != nil {
			tb.Fatal(err)
		}
	}
	w.Flush()
	return out.Bytes()
}
