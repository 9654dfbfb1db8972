// Package npectest makes workbooks laid out as that of the niveaux de prise en
// charge, with invented amounts.
package npectest

import (
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"
)

// Titres are the titles of the sheet of amounts.
var Titres = []any{"Code RNCP", "Libellé de la Formation", "Certificateur* (*liste non exhaustive)", "Libellé du Diplôme", "Code CPNE", "CPNE", "NPEC final", "Statut", "Date d’applicabilité des NPEC"}

// Write writes a workbook with rows of the sheet of amounts, as many as next gives,
// and rows of the sheet of commissions: code, name, agreements.
func Write(w io.Writer, next func(i int) []any, commissions [][]any) error {
	book := excelize.NewFile()
	defer book.Close()
	if err := book.SetSheetName("Sheet1", "Me lire"); err != nil {
		return err
	}
	if err := book.SetCellValue("Me lire", "A1", "Référentiel des niveaux de prise en charge"); err != nil {
		return err
	}
	sheet := func(name string, titles []any, next func(i int) []any) error {
		if _, err := book.NewSheet(name); err != nil {
			return err
		}
		out, err := book.NewStreamWriter(name)
		if err != nil {
			return err
		}
		if err := out.SetRow("A1", []any{"Référentiel"}); err != nil {
			return err
		}
		if err := out.SetRow("A3", titles); err != nil {
			return err
		}
		for i := 0; ; i++ {
			row := next(i)
			if row == nil {
				return out.Flush()
			}
			if err := out.SetRow(fmt.Sprintf("A%d", i+4), row); err != nil {
				return err
			}
		}
	}
	if err := sheet("NPEC - global", []any{"Code RNCP", "Libellé", "12", "13"}, func(i int) []any {
		return [][]any{{"RNCP38362", "BTS MCO", 8000, 7500}, nil}[min(i, 1)]
	}); err != nil {
		return err
	}
	if err := sheet("Référentiel NPEC", Titres, next); err != nil {
		return err
	}
	if err := sheet("CPNE-IDCC", []any{"Code CPNE", "CPNE", "IDCC"}, func(i int) []any {
		if i < len(commissions) {
			return commissions[i]
		}
		return nil
	}); err != nil {
		return err
	}
	return book.Write(w)
}

// Grand writes a workbook of the size of the official one: rows of certifications
// in 230 commissions.
func Grand(w io.Writer, rows int) error {
	commissions := make([][]any, 230)
	for i := range commissions {
		commissions[i] = []any{i + 1, fmt.Sprintf("Commission paritaire nationale de l’emploi de la branche %d", i+1), fmt.Sprintf("%04d / %04d", 1000+i, 2000+i)}
	}
	return Write(w, func(i int) []any {
		if i >= rows {
			return nil
		}
		certification, branch := i/230, i%230
		code := fmt.Sprintf("RNCP%d", 30000+certification)
		if certification%10 == 0 {
			code += fmt.Sprintf(" / RNCP%d", 60000+certification)
		}
		return []any{code, fmt.Sprintf("Titre de la certification %d, option technique et commerciale", certification), "Ministère chargé de l’enseignement", "BTS",
			branch + 1, fmt.Sprintf("Commission paritaire nationale de l’emploi de la branche %d", branch+1), 5000 + (i*37)%4000, []string{"CPNE", "R", "A"}[i%3], 45488 - (i%2)*318}
	}, commissions)
}
