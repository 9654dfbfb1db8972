package tableur

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"

	"github.com/passerelle-hub/passerelle"
)

// JSON is the form of an example that software sends.
const JSON Format = "json"

// Exemples returns the three contracts of the example. Their people and companies are invented.
func Exemples() []passerelle.Contrat {
	list := make([]passerelle.Contrat, 3)
	for i := range list {
		for _, champ := range passerelle.Champs {
			*champ.At(&list[i]) = champ.Exemples[i]
		}
	}
	return list
}

// WriteExemple writes a file to fill in: every column with its meaning, and three
// contracts, which can be pushed as they are.
func WriteExemple(w io.Writer, format Format) error {
	switch format {
	case CSV:
		return exempleCSV(w)
	case XLSX:
		return exempleXLSX(w)
	case JSON:
		return exempleJSON(w)
	}
	return fmt.Errorf("no example of the format %q", format)
}

// exempleCSV writes the meanings above the titles, where readers pass over them.
func exempleCSV(w io.Writer) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return fmt.Errorf("write the example: %w", err)
	}
	out := csv.NewWriter(w)
	out.Comma, out.UseCRLF = ';', true
	rows := make([][]string, 2)
	for _, champ := range passerelle.Champs {
		rows[0], rows[1] = append(rows[0], meaningOf(&champ)), append(rows[1], champ.Libelle)
	}
	for _, c := range Exemples() {
		var row []string
		for _, champ := range passerelle.Champs {
			row = append(row, *champ.At(&c))
		}
		rows = append(rows, row)
	}
	if err := out.WriteAll(rows); err != nil {
		return fmt.Errorf("write the example: %w", err)
	}
	return nil
}

// meaningOf says what a column holds, and whether it may be blank.
func meaningOf(champ *passerelle.Champ) string {
	if champ.Required {
		return champ.Aide + " (obligatoire)"
	}
	return champ.Aide
}

func exempleJSON(w io.Writer) error {
	type document struct {
		Aide     map[string]string    `json:"aide"` // passed over by a push
		Contrats []passerelle.Contrat `json:"contrats"`
	}
	doc := document{map[string]string{}, Exemples()}
	for _, champ := range passerelle.Champs {
		doc.Aide[champ.Nom] = meaningOf(&champ)
	}
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	if err := out.Encode(doc); err != nil {
		return fmt.Errorf("write the example: %w", err)
	}
	return nil
}

func exempleXLSX(w io.Writer) (err error) {
	f := excelize.NewFile()
	defer func() {
		if closing := f.Close(); err == nil && closing != nil {
			err = fmt.Errorf("close the example: %w", closing)
		}
	}()
	if err := f.SetSheetName(f.GetSheetName(0), "Contrats"); err != nil {
		return fmt.Errorf("name the sheet of the example: %w", err)
	}
	if _, err := f.NewSheet("Colonnes"); err != nil {
		return fmt.Errorf("write the example: %w", err)
	}
	styles, err := newReportStyles(f)
	if err != nil {
		return err
	}
	titles := make([]Cell, len(passerelle.Champs))
	meanings := [][]Cell{{{Text: "Colonne"}, {Text: "Signification"}, {Text: "Nom dans l’API"}}}
	for i := range passerelle.Champs {
		champ := &passerelle.Champs[i]
		titles[i].Text = champ.Libelle
		meanings = append(meanings, []Cell{{Text: champ.Libelle}, {Text: meaningOf(champ)}, {Text: champ.Nom}})
	}
	rows := [][]Cell{titles}
	for _, c := range Exemples() {
		row := make([]Cell, len(passerelle.Champs))
		for i, champ := range passerelle.Champs {
			if row[i].Text = *champ.At(&c); champ.Kind == passerelle.KindDate {
				row[i].Kind = CellDate
			}
		}
		rows = append(rows, row)
	}
	for _, sheet := range []struct {
		name  string
		rows  [][]Cell
		width float64
	}{{"Contrats", rows, 22}, {"Colonnes", meanings, 45}} {
		out, err := f.NewStreamWriter(sheet.name)
		if err != nil {
			return fmt.Errorf("write the example: %w", err)
		}
		if err := out.SetColWidth(1, len(sheet.rows[0]), sheet.width); err != nil {
			return fmt.Errorf("write the example: %w", err)
		}
		for i, row := range sheet.rows {
			if err := out.SetRow(fmt.Sprintf("A%d", i+1), styles.cells(nil, row, i == 0)); err != nil {
				return fmt.Errorf("write the example: %w", err)
			}
		}
		if err := out.Flush(); err != nil {
			return fmt.Errorf("write the example: %w", err)
		}
	}
	if err := f.Write(w); err != nil {
		return fmt.Errorf("write the example: %w", err)
	}
	return nil
}
