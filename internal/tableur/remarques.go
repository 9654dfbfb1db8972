package tableur

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/passerelle-hub/passerelle"
)

// The codes of what a person should know of a file though all of it can be sent.
const (
	CodeRowSkipped   passerelle.Code = "row-skipped"   // a total, a repeated title: no contract
	CodeFiltered     passerelle.Code = "filtered"      // rows that the filters of the mapping leave out
	CodeHiddenRows   passerelle.Code = "hidden-rows"   // rows that the workbook hides, read like the others
	CodeMergedCells  passerelle.Code = "merged-cells"  // cells whose value stands for those below
	CodeOtherSheet   passerelle.Code = "other-sheet"   // a sheet that holds such a table too, and is not read
	CodeEvening      passerelle.Code = "evening"       // dates that all carry 22:00 or 23:00
	CodeMixedDates   passerelle.Code = "mixed-dates"   // real dates up to the 12th beside texts beyond it
	CodeDateInText   passerelle.Code = "date-in-text"  // a real date where a code or a name is expected
	CodeMisread      passerelle.Code = "misread"       // text that was decoded wrongly before
	CodeUntranslated passerelle.Code = "untranslated"  // a value that lacks among the translations
	CodeZeroDecimals passerelle.Code = "zero-decimals" // codes that all end with .0
	CodeZeroFormula  passerelle.Code = "zero-formula"  // formulas whose stored result is 0
	CodeNoDates      passerelle.Code = "no-dates"      // neither the start nor the end of a contract is read
	CodeBlanks       passerelle.Code = "blanks"        // texts that the mapping says stand for nothing
	CodeKnown        passerelle.Code = "known-code"    // names that take the code that the hub has for them
)

// The bound of what is remembered of one file.
const maxRemarks = 1_000 // remarks of one kind

// study is what reading a table once told of it: which rows are no contracts, and
// what to say of the rest.
type study struct {
	of      *Table
	skipped map[int]bool
	remarks []CellError
	faits   []fait
}

// Remarques returns what a person should know of the file though all of it can be
// sent. It is known once Lignes has begun.
func (b *Binding) Remarques() []CellError { return b.study.remarks }

// Etudier reads a table once, from beginning to end, before it is read as
// contracts: what a row or a column is can depend on all the others.
func (b *Binding) Etudier(t *Table) error {
	if b.study.of == t {
		return nil
	}
	s := newStudent(b, t)
	for row, err := range t.Rows() {
		if err != nil {
			return err
		}
		s.see(row)
	}
	b.date1904 = t.date1904
	b.study = study{of: t, skipped: s.noContracts(), faits: s.faits}
	for i := range b.fields {
		b.fields[i].zeros = s.fields[i].allZeros()
	}
	b.study.remarks = s.remarks(t)
	for i := range b.study.remarks {
		t.place(&b.study.remarks[i])
	}
	return nil
}

// student gathers what a study tells.
type student struct {
	b        *Binding
	code     Column // that of codeContrat, Index -1 where it has none of its own
	bound    []Column
	fields   []fieldStudy // as b.fields
	faits    []fait
	suspects []suspect
	codes    codeShapes
	filtered int
	blanks   int
	hidden   []int // numbers of hidden rows that are read
	noted    []CellError
}

// fieldStudy is what the values of one field told.
type fieldStudy struct {
	f    *bound
	said map[string]bool // values without a translation

	days, late, texts, dates int       // real dates, those past the 12th, texts past the 12th, all
	evenings                 [24]int   // dates at a whole hour after noon, by hour
	codes, zeros             int       // codes, those that end with .0
	tells                    []telling // by kind: what is wrong here and there
}

// telling is something that several cells of a column have: the first one, and how
// many.
type telling struct {
	code  passerelle.Code
	first CellError
	count int
}

func newStudent(b *Binding, t *Table) *student {
	s := &student{b: b, code: Column{Index: -1}, fields: make([]fieldStudy, len(b.fields)), faits: b.faits()}
	seen := map[int]bool{}
	for i := range b.fields {
		f := &b.fields[i]
		s.fields[i].f = f
		if f.champ.Nom == "codeContrat" && len(f.columns) > 0 {
			s.code = f.columns[0]
		}
		for _, column := range f.columns {
			if !seen[column.Index] {
				seen[column.Index] = true
				s.bound = append(s.bound, column)
			}
		}
	}
	return s
}

func (s *student) see(row Row) {
	if s.suspect(row) {
		return
	}
	s.studied(row)
}

func (fs *fieldStudy) see(b *Binding, row Row) {
	f := fs.f
	for _, column := range f.columns {
		cell := row.Value(column)
		if cell.Text == "" {
			continue
		}
		if why := spoilt(&f.champ, cell.Text); why != "" {
			fs.tell(CodeMisread, f, column, row, cell, func() string { return "« " + abridge(cell.Text) + " » " + why })
		}
		switch f.champ.Kind {
		case passerelle.KindDate:
			fs.seeDate(cell)
			continue
		case passerelle.KindCode, passerelle.KindCertification:
			if text := f.value(b, cell); text != "" {
				fs.codes++
				if decimalZero(text) {
					fs.zeros++
				}
			}
		}
		if cell.IsDate() && f.champ.Nom != "monthStartGroup" && f.champ.Kind != passerelle.KindEmail {
			fs.tell(CodeDateInText, f, column, row, cell, func() string {
				return fmt.Sprintf("« %s » est une vraie date du classeur, dont Excel n’affiche peut-être qu’une partie ; si c’est un code ou un nom (3-4, 2026…), mettez la colonne au format Texte et saisissez-le à nouveau", cell.Text)
			})
		}
		if cell.Kind == CellZero {
			fs.tell(CodeZeroFormula, f, column, row, cell, func() string {
				return "« 0 » est le résultat d’une formule que le logiciel qui a écrit le classeur n’a sans doute pas calculée ; ouvrez-le dans Excel, enregistrez-le, puis recommencez"
			})
		}
	}
	if f.translations == nil || len(f.columns) == 0 {
		return
	}
	if raw := f.raw(b, row); f.untranslated(raw) && !f.source.Strict && len(fs.said) < maxRemarks {
		if fs.said == nil {
			fs.said = map[string]bool{}
		}
		if key := translationKey(raw); !fs.said[key] {
			fs.said[key] = true
			e := fault(f.champ, f.first(), row, raw, CodeUntranslated, "n’est pas dans les traductions de ce champ, et est envoyé tel quel")
			fs.tells = append(fs.tells, telling{code: CodeUntranslated, first: *e, count: 1})
		}
	}
}

// raw returns the value of a field before its translation.
func (f *bound) raw(b *Binding, row Row) string {
	plain := *f
	plain.translations, plain.source.Defaut = nil, ""
	value, _, _ := plain.read(b, row, &passerelle.Contrat{})
	return value
}

func (fs *fieldStudy) seeDate(cell Cell) {
	fs.dates++
	switch {
	case cell.Kind == CellEvening:
		fs.evenings[cell.Hour]++
		fallthrough
	case cell.Kind == CellDate:
		fs.days++
		if cell.Text[:2] > "12" {
			fs.late++
		}
	default:
		if cell.Text[0] <= '9' && len(cell.Text) > 5 && (cell.Text[1] >= '0' && cell.Text[1] <= '9') && cell.Text[:2] > "12" && (cell.Text[2] == '/' || cell.Text[2] == '-' || cell.Text[2] == '.') {
			fs.texts++
		}
		if hour := inTheEvening(cell.Text); hour > 0 {
			fs.evenings[hour]++
		}
	}
}

// midnights finds the hour, or the two hours of summer and winter, at which midnight
// somewhere is in UTC, and how many dates are at it.
func (fs *fieldStudy) midnights() (n int, hours string) {
	at := 0
	for hour := 13; hour < 23; hour++ {
		if both := fs.evenings[hour] + fs.evenings[hour+1]; both > n {
			n, at = both, hour
		}
	}
	var list []string
	for hour := at; at > 0 && hour <= at+1; hour++ {
		if fs.evenings[hour] > 0 {
			list = append(list, fmt.Sprintf("%02d:00", hour))
		}
	}
	return n, strings.Join(list, " ou ")
}

func decimalZero(s string) bool {
	whole, ok := strings.CutSuffix(s, ".0")
	return ok && whole != "" && strings.Trim(whole, "0123456789") == ""
}

// allZeros reports whether every code of the column ends with .0: some software
// makes decimals of whole numbers where a cell of the column is blank.
func (fs *fieldStudy) allZeros() bool { return fs.codes > 0 && fs.zeros == fs.codes }

func (fs *fieldStudy) tell(code passerelle.Code, f *bound, column Column, row Row, cell Cell, message func() string) {
	for i := range fs.tells {
		if fs.tells[i].code == code {
			fs.tells[i].count++
			return
		}
	}
	e := CellError{Row: row.Number, Cell: column.Cell(row.Number), Field: f.champ.Nom, Value: cell.Text, Code: code, Message: f.champ.Libelle + " : " + message()}
	fs.tells = append(fs.tells, telling{code: code, first: e, count: 1})
}

// remarks says all that the study found, that of the file first, then by row.
func (s *student) remarks(t *Table) []CellError {
	var list []CellError
	note := func(code passerelle.Code, format string, args ...any) {
		list = append(list, CellError{Code: code, Message: fmt.Sprintf(format, args...)})
	}
	for _, other := range t.Others {
		note(CodeOtherSheet, "La feuille « %s » est lue. La feuille « %s » contient aussi un tableau de contrats, aux mêmes colonnes ou presque : elle n’est pas lue. Choisissez-la, ou lisez toutes les feuilles.", t.sheetNames(), other)
	}
	if s.filtered > 0 {
		list = append(list, s.b.filtered(s.filtered))
	}
	if n := len(s.hidden); n > 0 {
		note(CodeHiddenRows, "%s dans le classeur (%s) et lues comme les autres : supprimez-les si ce ne sont pas des contrats en cours.", plural(n, "ligne est masquée", "lignes sont masquées"), rowList(s.hidden))
		if n == 1 {
			list[len(list)-1].Message = strings.Replace(list[len(list)-1].Message, "lues comme les autres : supprimez-les si ce ne sont pas des contrats", "lue comme les autres : supprimez-la si ce n’est pas un contrat", 1)
		}
		list[len(list)-1].Row = s.hidden[0]
	}
	if names := t.mergedColumns(s.bound); len(names) > 0 {
		note(CodeMergedCells, "Des cellules sont fusionnées (%s) : leur valeur est lue à chacune de leurs lignes.", strings.Join(names, ", "))
	}
	if none, ok := s.b.withoutDates(t.Columns); ok {
		list = append(list, none)
	}
	if s.blanks > 0 {
		note(CodeBlanks, "%s, parce que la matrice le dit (valeursVides : « %s »).", plural(s.blanks, "cellule est lue comme vide", "cellules sont lues comme vides"), strings.Join(slices.Sorted(maps.Keys(s.b.blanks)), " », « "))
	}
	for i := range s.fields {
		list = append(list, s.fields[i].remarks()...)
	}
	list = append(list, s.noted...)
	slices.SortStableFunc(list, func(a, b CellError) int { return a.Row - b.Row })
	return list
}

func (fs *fieldStudy) remarks() []CellError {
	var list []CellError
	f := fs.f
	column := func(code passerelle.Code, message string) {
		list = append(list, CellError{Field: f.champ.Nom, Code: code, Message: fmt.Sprintf("%s (colonne %s) : %s", f.champ.Libelle, f.first().Letter, message)})
	}
	if n, hours := fs.midnights(); n*2 > fs.dates {
		all := "toutes les dates portent"
		if n < fs.dates {
			all = plural(n, "date", "dates") + " sur " + fmt.Sprint(fs.dates) + " portent"
		}
		column(CodeEvening, all+" "+hours+" ; le logiciel les a sans doute écrites dans un autre fuseau, et le jour voulu est le suivant. Vérifiez-le dans le fichier.")
	}
	if fs.days > 0 && fs.late == 0 && fs.texts > 0 {
		column(CodeMixedDates, fmt.Sprintf("%s jusqu’au 12 du mois et %s au-delà : un tableur a sans doute lu jour et mois à l’envers. Vérifiez les dates jusqu’au 12, ou refaites l’export sans l’ouvrir dans un tableur.",
			plural(fs.days, "vraie date", "vraies dates"), plural(fs.texts, "texte", "textes")))
	}
	if fs.allZeros() {
		column(CodeZeroDecimals, "tous les codes finissent par « .0 », qui est retiré : le logiciel qui a écrit le fichier en a fait des nombres décimaux. S’il y avait des zéros au début des codes, ils sont perdus.")
	}
	for _, told := range fs.tells {
		if told.count > 1 {
			told.first.Message += fmt.Sprintf(" (et %s de la colonne)", plural(told.count-1, "autre cellule", "autres cellules"))
		}
		list = append(list, told.first)
	}
	return list
}

// rowList names rows, the first ones where there are many.
func rowList(rows []int) string {
	var names []string
	for _, n := range rows[:min(len(rows), 10)] {
		names = append(names, fmt.Sprint(n&rowMask))
	}
	if len(rows) > 10 {
		names = append(names, "…")
	}
	return strings.Join(names, ", ")
}
