package main

import (
	"strings"
	"testing"
)

func TestTheTableBesideAnotherRevisionHasMediansMeansAndRatios(t *testing.T) {
	t.Parallel()
	found := beside{}
	for side, values := range [sides][]float64{{100, 300, 200}, {50, 90, 1000}} {
		for _, value := range values {
			found.add(10_000, onSQLite, opFirst+ofTime, side, value)
			found.add(10_000, onSQLite, opFirst+ofCPU, side, value)
			found.add(10_000, onPostgres, opLog, side, value)
		}
	}
	table := found.table(machine{}, contreOptions{revision: "v0", sizes: []int{10_000}, runs: 3})
	for _, want := range []string{
		"| 10,000 contracts | SQLite, v0 | now | ratio | PostgreSQL, v0 | now | ratio | goal |",
		"| first push, ms | 200 | 90 | 0.45 | – | – | – | at most 0.55 times |",
		"| first push, processor time, ms | 200 | 380 | 1.90 | – | – | – | at most 0.60 times |",
		"| bytes of log for each contract of a first push, bytes | – | – | – | 200 | 90 | 0.45 | at most 0.50 times |",
		"| start, ms | – | – | – | – | – | – | at most 30 ms |",
	} {
		if !strings.Contains(table, want) {
			t.Errorf("%q is missing in\n%s", want, table)
		}
	}
}
