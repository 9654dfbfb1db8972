package compta

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"strconv"

	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/comptable"
	"github.com/passerelle-hub/passerelle/internal/comptable/ventilation"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

// titles are the column titles of a ventilation by dimensions.
func titles(v hub.Ventilation, par []ventilation.Dimension) []string {
	out := []string{"Exercice", "Début", "Fin"}
	for _, d := range par {
		out = append(out, "Code "+string(d), "Nom "+string(d))
	}
	out = append(out, "Contrats", "Apprenants", "Jours", "Mois", "Part (%)")
	if v.AvecMontants() {
		out = append(out, "Produit (€)", "Perçu d’avance (€)", "À recevoir (€)")
	}
	return out
}

// attach announces a file.
func attach(w http.ResponseWriter, kind, name string) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s"`, name))
	w.WriteHeader(http.StatusOK)
}

// writeCSV answers with a table that a French spreadsheet opens: UTF-8 with a byte order
// mark and semicolons. What goes wrong while rows are written sticks, and is told at the end.
func writeCSV(w http.ResponseWriter, name string, titles []string, rows func(out *csv.Writer)) error {
	attach(w, "text/csv; charset=utf-8", name)
	if _, err := w.Write([]byte("\ufeff")); err != nil {
		return &web.SendError{Err: err}
	}
	out := csv.NewWriter(w)
	out.Comma, out.UseCRLF = ';', true
	_ = out.Write(titles)
	rows(out)
	out.Flush()
	if err := out.Error(); err != nil {
		return &web.SendError{Err: err}
	}
	return nil
}

// writeVentilationCSV answers with the ventilation as a table, with commas in numbers.
func writeVentilationCSV(w http.ResponseWriter, v hub.Ventilation, mad []comptable.MAD, par []ventilation.Dimension) error {
	return writeCSV(w, "ventilation.csv", titles(v, par), func(out *csv.Writer) {
		for i, m := range mad {
			table := v.Exercice(i)
			for _, l := range table.Lignes {
				var keys []string
				for _, cle := range l.Cles {
					keys = append(keys, web.CSVText(cle.Code), web.CSVText(cle.Nom))
				}
				_ = out.Write(csvRow(m, keys, l.Somme))
			}
			keys := make([]string, 2*len(par))
			keys[0] = "Total"
			_ = out.Write(csvRow(m, keys, table.Total))
		}
	})
}

func csvRow(m comptable.MAD, keys []string, s ventilation.Somme) []string {
	row := append([]string{m.Name, m.Period.Start, m.Period.End}, keys...)
	row = append(row, strconv.Itoa(s.Contrats), strconv.Itoa(s.Apprenants), strconv.FormatInt(s.Jours, 10), s.Mois.FR(), s.Part.FR())
	if s.Montants != nil {
		row = append(row, s.Produit.FR(), s.Avance.FR(), s.ARecevoir.FR())
	}
	return row
}
