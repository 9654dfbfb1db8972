package tableur

import (
	"fmt"
	"strings"
	"testing"
)

// Whether 9/1/2026 is January or September is what the other date column tells; a
// certification, whose number passes for a day of Excel, tells nothing.
func TestTheOrderOfDayAndMonthIsThatOfTheOtherDate(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ debut, fin, want string }{
		{"9/1/2026", "8/31/2027", "01/09/2026 31/08/2027"},
		{"09/01/26", "08/31/27", "01/09/2026 31/08/2027"},
		{"09/01/26", "31/08/27", "09/01/2026 31/08/2027"},
		{"09/01/2026", "31/08/2027", "09/01/2026 31/08/2027"},
		{"8/31/2026", "9/1/2027", "31/08/2026 01/09/2027"},
	} {
		file := strings.Builder{}
		file.WriteString("N° contrat;Date début contrat;Date fin contrat;Code RNCP\n")
		for i := range 6 {
			fmt.Fprintf(&file, "K10%d;%s;%s;38362\n", i, test.debut, test.fin)
		}
		table, err := Open("contrats.csv", strings.NewReader(file.String()), int64(file.Len()), Options{})
		must(t, err)
		sample, err := table.Sample(400)
		must(t, err)
		m, _ := Propose(table.Columns, sample)
		for field, source := range m.Champs {
			if source.empty() {
				m.Champs[field] = Source{Constante: "x"}
			}
		}
		b, err := m.Bind(table.Columns)
		must(t, err)
		for line, err := range b.Lignes(table) {
			must(t, err)
			if got := line.Contrat.DateDebut + " " + line.Contrat.DateFin; got != test.want || len(line.Faults) > 0 {
				t.Errorf("%s and %s are read as %s instead of %s, with %v", test.debut, test.fin, got, test.want, line.Faults)
			}
		}
		must(t, table.Close())
	}
}
