package console

import (
	"encoding/csv"
	"net/http"

	"github.com/passerelle-hub/passerelle/internal/api/web"
)

// writeCSV answers with a file for a spreadsheet: semicolons and a byte order
// mark, as French Excel expects; nothing in it is taken for a formula.
func writeCSV(w http.ResponseWriter, name string, records [][]string) error {
	header := w.Header()
	header.Set("Content-Type", "text/csv; charset=utf-8")
	header.Set("Content-Disposition", `attachment; filename="`+name+`.csv"`)
	if _, err := w.Write([]byte("\ufeff")); err != nil {
		return nil // the browser left
	}
	rows := csv.NewWriter(w)
	rows.Comma = ';'
	rows.UseCRLF = true
	for _, record := range records {
		for i := range record {
			record[i] = web.CSVText(record[i])
		}
		if err := rows.Write(record); err != nil {
			return nil // the browser left
		}
	}
	rows.Flush()
	return nil
}
