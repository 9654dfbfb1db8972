package compta

import (
	"net/http"

	"github.com/passerelle-hub/passerelle/internal/comptable/financement"
	"github.com/passerelle-hub/passerelle/internal/comptable/ventilation"
)

// WriteTableau answers with one table as a file for a spreadsheet, "csv" or "xlsx". A
// value is a string, an int or an amount.
func WriteTableau(w http.ResponseWriter, format, name, sheet string, titles []string, rows [][]any) error {
	f := feuille{nom: sheet, titres: titles, lignes: make([][]cellule, len(rows))}
	for i, row := range rows {
		f.lignes[i] = make([]cellule, len(row))
		for j, value := range row {
			switch v := value.(type) {
			case string:
				f.lignes[i][j] = texte(v)
			case int:
				f.lignes[i][j] = entier(v)
			case financement.Centimes:
				f.lignes[i][j] = euros(v)
			case ventilation.Centimes:
				f.lignes[i][j] = euros(financement.Centimes(v))
			}
		}
	}
	if format == "xlsx" {
		return writeTablesXLSX(w, name+".xlsx", f)
	}
	return writeTableCSV(w, name+".csv", f)
}
