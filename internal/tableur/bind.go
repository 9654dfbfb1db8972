package tableur

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/refus"
)

// Binding is a mapping that fits the columns of a table.
type Binding struct {
	fields  []bound // in the order of passerelle.Champs, codes made of other fields last
	blanks  map[string]bool
	filters []filter

	date1904 bool  // of the workbook that is read
	study    study // what reading it once told
}

type bound struct {
	champ        passerelle.Champ
	source       Source
	columns      []Column
	dates        []dateFormat
	formats      []string // as written, for messages
	translations map[string]string
	from         []passerelle.Champ // of CodeDe
	known        *connus            // the codes that the hub has for them, nil where nobody asked
	with         string
	zeros        bool // every code of the column ends with .0, which is left out
}

// MappingError says why a mapping does not fit a file.
type MappingError struct{ Problems []MappingProblem }

// MappingProblem is one field whose source is not in the file, or makes no sense.
type MappingProblem struct {
	Field   string   `json:"field"`             // wire name, "" where the mapping as a whole is meant
	Missing string   `json:"missing,omitempty"` // the column that is not there
	Similar []string `json:"similar,omitempty"` // columns of the file that look like it
	Message string   `json:"message"`           // French
}

// Error lists the problems, one a line.
func (e *MappingError) Error() string {
	lines := []string{"La matrice de correspondance ne convient pas à ce fichier :"}
	for _, p := range e.Problems {
		lines = append(lines, "- "+p.Message)
	}
	return strings.Join(lines, "\n")
}

// Refusal says it as every refusal is said.
func (e *MappingError) Refusal() *refus.Refusal {
	return refus.New(refus.CodeMappingMismatch, "%s", e.Error()).With(e)
}

// Check returns a *MappingError where the mapping does not fit the columns, nil
// where it does.
func (m Mapping) Check(columns []Column) error {
	_, err := m.Bind(columns)
	return err
}

// Bind finds the columns that the mapping names. Every problem is reported in
// one *MappingError: columns that are missing, with those that look like them,
// and required fields without a source.
func (m Mapping) Bind(columns []Column) (*Binding, error) {
	c := binder{m: m, columns: columns}
	if m.Version != MappingVersion {
		c.problem("", "elle doit porter \"version\": %d", MappingVersion)
	}
	for _, field := range slices.Sorted(maps.Keys(m.Champs)) {
		if _, ok := passerelle.ChampIndex([]byte(field)); !ok {
			c.problem(field, "un contrat n’a pas de champ « %s »%s", field, similarFields(field))
		}
	}
	var plain, codes []bound
	for _, champ := range passerelle.Champs {
		source, ok := m.source(champ.Nom, columns)
		if !ok {
			if champ.Required {
				c.missing(champ)
			}
			continue
		}
		b := c.bind(champ, source)
		if len(source.CodeDe) > 0 {
			codes = append(codes, b)
		} else {
			plain = append(plain, b)
		}
	}
	b := &Binding{fields: append(plain, codes...), filters: c.filters(), blanks: exactly(m.ValeursVides)}
	if len(c.problems) > 0 {
		return nil, &MappingError{Problems: c.problems}
	}
	return b, nil
}

// source returns the source of a field: its own, or with MemeNom the column of
// its name.
func (m Mapping) source(field string, columns []Column) (Source, bool) {
	if s, ok := m.Champs[field]; ok {
		return s, !s.empty()
	}
	if m.MemeNom {
		for _, c := range columns {
			if fold(c.Nom) == fold(field) {
				return Source{Colonne: field}, true
			}
		}
	}
	return Source{}, false
}

// Sources returns the columns that feed a field, so that a rule that the field
// breaks can be shown at its cells; nil for a constant or a field without source.
func (b *Binding) Sources(field string) []Column {
	for _, f := range b.fields {
		if f.champ.Nom != field {
			continue
		}
		columns := slices.Clone(f.columns)
		for _, champ := range f.from {
			columns = append(columns, b.Sources(champ.Nom)...)
		}
		return columns
	}
	return nil
}

type binder struct {
	m        Mapping
	columns  []Column
	problems []MappingProblem
}

func (c *binder) problem(field, message string, args ...any) {
	c.problems = append(c.problems, MappingProblem{Field: field, Message: fmt.Sprintf(message, args...)})
}

func (c *binder) missing(champ passerelle.Champ) {
	p := MappingProblem{Field: champ.Nom, Similar: similarColumns(c.columns, champ.Nom, champ.Libelle)}
	p.Message = fmt.Sprintf("le champ obligatoire %s (%s) n’a pas de source%s", champ.Nom, champ.Libelle, suggestion(p.Similar))
	c.problems = append(c.problems, p)
}

func (c *binder) bind(champ passerelle.Champ, s Source) bound {
	b := bound{champ: champ, source: s, with: " "}
	kinds := 0
	for _, is := range []bool{s.Colonne != "" || s.Lettre != "", len(s.Joindre) > 0, len(s.CodeDe) > 0, s.Constante != ""} {
		if is {
			kinds++
		}
	}
	if kinds != 1 || s.Colonne != "" && s.Lettre != "" {
		c.problem(champ.Nom, "le champ %s doit avoir une source et une seule : colonne, lettre, joindre, codeDe ou constante", champ.Nom)
		return b
	}
	references := s.Joindre
	if s.Colonne != "" || s.Lettre != "" {
		references = []Reference{s.reference()}
	}
	for _, ref := range references {
		if column, ok := c.find(champ, ref); ok {
			b.columns = append(b.columns, column)
		}
	}
	for _, field := range s.CodeDe {
		i, ok := passerelle.ChampIndex([]byte(field))
		from, mapped := c.m.source(field, c.columns)
		if !ok || !mapped || len(from.CodeDe) > 0 {
			c.problem(champ.Nom, "le code de %s est fait du champ « %s », qui doit être un champ du contrat avec une source autre que codeDe", champ.Nom, field)
			continue
		}
		b.from = append(b.from, passerelle.Champs[i])
	}
	if s.Avec != nil {
		b.with = *s.Avec
	}
	if p := s.Partie; p != nil && p.Personne != "" {
		if p.Personne != "nom" && p.Personne != "prenom" || p.Ordre != "" && p.Ordre != "prenom nom" && p.Ordre != "nom prenom" || p.Separateur != "" || p.Numero != 0 {
			c.problem(champ.Nom, "la partie du champ %s : personne est « nom » ou « prenom », ordre « nom prenom » ou « prenom nom », sans autre propriété", champ.Nom)
		}
	} else if p != nil && (p.Separateur == "" || p.Numero < 1) {
		c.problem(champ.Nom, "la partie du champ %s doit avoir un séparateur et un numéro à partir de 1", champ.Nom)
	}
	if len(s.Traductions) > 0 {
		b.translations = make(map[string]string, len(s.Traductions))
		for from, to := range s.Traductions {
			b.translations[translationKey(from)] = to
		}
	}
	if champ.Kind == passerelle.KindDate {
		c.bindDates(&b)
	}
	return b
}

func (c *binder) bindDates(b *bound) {
	b.formats = b.source.Dates
	if len(b.formats) == 0 {
		b.formats = c.m.Dates
	}
	if len(b.formats) == 0 {
		b.formats = DefaultDates
	}
	for _, format := range b.formats {
		f, err := compileDate(format)
		if err != nil {
			c.problem(b.champ.Nom, "le champ %s : %s", b.champ.Nom, err)
			continue
		}
		b.dates = append(b.dates, f)
	}
}

// find returns the column that a reference names.
func (c *binder) find(champ passerelle.Champ, ref Reference) (Column, bool) {
	if ref.Lettre != "" {
		index := letterIndex(ref.Lettre)
		for _, column := range c.columns {
			if column.Index == index {
				return column, true
			}
		}
		c.problems = append(c.problems, MappingProblem{Field: champ.Nom, Missing: ref.Lettre,
			Message: fmt.Sprintf("le champ %s attend la colonne %s, qui est vide ou absente", champ.Nom, ref.Lettre)})
		return Column{}, false
	}
	var same []Column
	name := fold(ref.Colonne)
	for _, column := range c.columns {
		if column.Nom != "" && (column.Nom == ref.Colonne || fold(column.Nom) == name) {
			same = append(same, column)
		}
	}
	switch {
	case len(same) == 0:
		p := MappingProblem{Field: champ.Nom, Missing: ref.Colonne, Similar: similarColumns(c.columns, ref.Colonne)}
		p.Message = fmt.Sprintf("le champ %s attend la colonne « %s », absente du fichier%s", champ.Nom, ref.Colonne, suggestion(p.Similar))
		c.problems = append(c.problems, p)
	case ref.Occurrence == 0 && len(same) == 1:
		return same[0], true
	case ref.Occurrence == 0:
		letters := make([]string, len(same))
		for i, column := range same {
			letters[i] = column.Letter
		}
		c.problem(champ.Nom, "le champ %s attend la colonne « %s », or %d colonnes portent ce nom (%s) : ajoutez \"occurrence\"", champ.Nom, ref.Colonne, len(same), strings.Join(letters, ", "))
	case ref.Occurrence < 0 || ref.Occurrence > len(same):
		c.problem(champ.Nom, "le champ %s attend la colonne « %s » numéro %d, le fichier en a %d", champ.Nom, ref.Colonne, ref.Occurrence, len(same))
	default:
		return same[ref.Occurrence-1], true
	}
	return Column{}, false
}
