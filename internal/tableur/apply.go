package tableur

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// CellError is one value of a file that cannot be sent.
type CellError struct {
	Sheet   string          `json:"sheet,omitempty"` // where several are read
	Row     int             `json:"row"`             // as seen in Excel, from 1; 0 where the file as a whole is meant
	Cell    string          `json:"cell"`            // such as "B12", or "Vienne!B12" where several sheets are read; "" where the row as a whole is meant
	Field   string          `json:"field,omitempty"` // wire name, "" where no field is meant
	Value   string          `json:"value,omitempty"`
	Code    passerelle.Code `json:"code"`
	Message string          `json:"message"` // French: what was expected
}

var (
	// shortened is what Excel leaves of a long code saved as CSV.
	shortened = regexp.MustCompile(`^-?\d([.,]\d+)?E\+\d{2,}$`)
	formulas  = regexp.MustCompile(`^#(N/A|N/D|REF|VALUE|VALEUR|DIV/0|NAME|NOM|NUM|NOMBRE|NULL|NUL|SPILL|CALC|ERROR)[!?]?$`)
)

// Apply makes a contract of a row. Values that cannot be sent are reported with
// their cells, and left as they are in the contract, so that the rules refuse
// them too should the errors be passed over. The rules themselves (what is
// required, which codes agree) are not checked here.
func (b *Binding) Apply(row Row) (passerelle.Contrat, []CellError) {
	var c passerelle.Contrat
	var faults []CellError
	for i := range b.fields {
		f := &b.fields[i]
		value, date, found := f.read(b, row, &c)
		if found == nil && f.champ.Kind == passerelle.KindDate && value != "" && !date {
			var ok bool
			if value, ok = f.parseDate(value, b.date1904); !ok {
				found = f.noDate(row, value)
			}
		}
		if f.champ.Kind == passerelle.KindMontant || f.champ.Kind == passerelle.KindHeures {
			if plain := plainNumber(f.champ.Kind, value); plain != value {
				if _, ok := passerelle.ParseMontant(plain); ok {
					value = plain
				}
			}
		}
		if found != nil {
			faults = append(faults, *found)
		}
		*f.champ.At(&c) = value
	}
	return c, faults
}

// read returns the value of a field; date is true where it is a real date.
func (f *bound) read(b *Binding, row Row, c *passerelle.Contrat) (value string, date bool, found *CellError) {
	switch {
	case f.source.Constante != "":
		return f.source.Constante, false, nil
	case len(f.from) > 0:
		value, found = f.make(b, row, c)
		return value, false, found
	case len(f.columns) == 1:
		cell := row.Value(f.columns[0])
		if value = f.value(b, cell); value != "" || cell.Text == "" {
			date, found = cell.IsDate(), f.inspect(row, f.columns[0], cell)
		}
	default:
		var parts []string
		for _, column := range f.columns {
			cell := row.Value(column)
			part := f.value(b, cell)
			if found == nil && (part != "" || cell.Text == "") {
				found = f.inspect(row, column, cell)
			}
			if part != "" {
				parts = append(parts, part)
			}
		}
		value = strings.Join(parts, f.with)
	}
	if p := f.source.Partie; p != nil {
		part, ok := p.cut(value)
		if !ok && found == nil {
			found = fault(f.champ, f.first(), row, value, passerelle.CodeType, "ne dit pas où finit le nom et où commence le prénom ; écrivez le nom en majuscules ou une virgule entre les deux")
		}
		value, date = part, false
	}
	if f.zeros && found == nil {
		value = strings.TrimSuffix(value, ".0")
	}
	translated := f.translate(value)
	if found == nil && f.source.Strict && f.untranslated(value) {
		found = fault(f.champ, f.first(), row, value, passerelle.CodeType, "n’est pas dans les traductions de ce champ ; ajoutez-la à la matrice ou corrigez la cellule")
	}
	return translated, date && translated == value, found
}

// value returns the text of a cell as it was meant, "" for what the mapping says
// stands for nothing.
func (f *bound) value(b *Binding, cell Cell) string {
	if cell.Text == "" || len(b.blanks) > 0 && b.blanks[cell.Text] {
		return ""
	}
	return tidy(&f.champ, cell.Text)
}

func (f *bound) translate(value string) string {
	if f.translations != nil {
		if to, ok := f.translations[translationKey(value)]; ok {
			value = to
		}
	}
	if value == "" {
		return f.source.Defaut
	}
	return value
}

// untranslated reports whether a value lacks among the translations that its field
// has.
func (f *bound) untranslated(value string) bool {
	if f.translations == nil || value == "" {
		return false
	}
	_, ok := f.translations[translationKey(value)]
	return !ok
}

// translationKey keeps the signs that fold drops, so that "C" and "C++" differ.
func translationKey(s string) string { return strings.ToLower(collapse(s)) }

// cut returns the part of a value; ok is false where it cannot be told.
func (p *Partie) cut(value string) (part string, ok bool) {
	if p.Personne != "" {
		nom, prenom, _, ok := splitName(value, p.Ordre == "prenom nom")
		switch {
		case !ok:
			return value, value == ""
		case p.Personne == "nom":
			return nom, true
		}
		return prenom, true
	}
	limit := -1
	if p.Reste {
		limit = p.Numero
	}
	parts := strings.SplitN(value, p.Separateur, limit)
	if p.Numero > len(parts) {
		return "", true
	}
	return strings.TrimSpace(parts[p.Numero-1]), true
}

// first returns the column to point at, the zero Column for a constant.
func (f *bound) first() Column {
	if len(f.columns) == 0 {
		return Column{}
	}
	return f.columns[0]
}

// serial1904 is how many days the calendar of a 1904 workbook begins later.
const serial1904 = 1462

func (f *bound) parseDate(value string, date1904 bool) (string, bool) {
	for i := range f.dates {
		d, ok := f.dates[i].parse(value)
		if !ok {
			continue
		}
		if f.dates[i].serial && date1904 {
			d += serial1904
		}
		if same, err := passerelle.ParseDateFR(value); err == nil && same == d {
			return value, true // as most are: nothing to write anew
		}
		return d.FR(), true
	}
	return value, false
}

// noDate says why a value is no date of the formats expected.
func (f *bound) noDate(row Row, value string) *CellError {
	for i := range f.dates {
		if f.dates[i].impossible(value) {
			return fault(f.champ, f.first(), row, value, passerelle.CodeDateFormat, "n’est pas une date : ce jour n’existe pas (le "+abridge(value)+" n’existe pas dans le calendrier) ; corrigez le jour ou le mois")
		}
	}
	expected := strings.Join(f.formats, ", ")
	if slices.Equal(f.formats, DefaultDates) {
		expected = "JJ/MM/AAAA, par exemple 31/12/2026"
	}
	return fault(f.champ, f.first(), row, value, passerelle.CodeDateFormat, "n’est pas une date au format attendu : "+expected)
}

// inspect finds the values that are damaged whatever field they feed.
func (f *bound) inspect(row Row, column Column, cell Cell) *CellError {
	damaged := func(why string) *CellError {
		return fault(f.champ, column, row, cell.Text, passerelle.CodeType, why)
	}
	switch cell.Kind {
	case CellIllegible:
		return damaged("contient des caractères illisibles ; réenregistrez le fichier en UTF-8")
	case CellFormulaError:
		return damaged("est le résultat d’une formule en erreur ; corrigez la formule ou saisissez la valeur")
	case CellNoResult:
		e := damaged("")
		e.Message = f.champ.Libelle + " : formule sans résultat enregistré ; ouvrez le classeur dans Excel, enregistrez-le, puis recommencez"
		return e
	case CellLong:
		return damaged("est un nombre de plus de 15 chiffres : un classeur n’en garde pas les derniers, qui sont perdus ; mettez la colonne au format Texte et saisissez la valeur à nouveau")
	}
	switch {
	case cell.Text == "":
		return nil
	case cell.Text[0] == '#' && formulas.MatchString(cell.Text):
		return damaged("est le résultat d’une formule en erreur ; corrigez la formule ou saisissez la valeur")
	case f.champ.Kind.TakesInteger() && cell.Text[0] <= '9' && strings.Contains(cell.Text, "E+") && shortened.MatchString(cell.Text):
		return damaged("est un code qu’Excel a abrégé, ses derniers chiffres sont perdus ; mettez la colonne au format Texte et refaites l’export")
	}
	return nil
}

func fault(champ passerelle.Champ, column Column, row Row, value string, code passerelle.Code, message string) *CellError {
	cell := ""
	if column.Letter != "" {
		cell = column.Cell(row.Number)
	}
	return &CellError{Row: row.Number, Cell: cell, Field: champ.Nom, Value: value, Code: code,
		Message: fmt.Sprintf("%s : « %s » %s", champ.Libelle, abridge(value), message)}
}

// abridge keeps messages readable where a value is a whole text.
func abridge(value string) string {
	return domaine.Abrege(collapse(value), 60)
}
