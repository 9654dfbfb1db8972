package tableur

import (
	"maps"
	"slices"

	"github.com/passerelle-hub/passerelle"
)

// SourceOf names a column of a table, by its occurrence where several have its
// name and by its letter where it has none.
func SourceOf(column Column, columns []Column) Source {
	if column.Nom == "" {
		return Source{Lettre: column.Letter}
	}
	return sourceOf(column, columns)
}

// ColumnOf returns the column that a source reads, ok is false where it reads none
// or several, or where the file does not have it.
func (s Source) ColumnOf(columns []Column) (column Column, ok bool) {
	if s.Colonne == "" && s.Lettre == "" {
		return Column{}, false
	}
	b := binder{columns: columns}
	return b.find(passerelle.Champ{}, s.reference())
}

// Source returns where a field comes from, ok is false where it comes from
// nowhere.
func (m Mapping) Source(field string, columns []Column) (s Source, ok bool) {
	return m.source(field, columns)
}

// With returns the mapping with other sources for some fields; the zero Source
// takes a field's away. It shares nothing that it changes with m.
func (m Mapping) With(changes map[string]Source, columns []Column) Mapping {
	if len(changes) == 0 {
		return m
	}
	champs := map[string]Source{}
	maps.Copy(champs, m.Champs)
	for _, champ := range passerelle.Champs {
		if s, ok := m.source(champ.Nom, columns); ok {
			champs[champ.Nom] = s // of a column of the same name, which could not be taken away
		}
	}
	m.MemeNom = false
	for field, s := range changes {
		if s.empty() {
			delete(champs, field)
		} else {
			champs[field] = s
		}
	}
	m.Champs = champs
	return m
}

func (s Source) empty() bool {
	return s.Colonne == "" && s.Lettre == "" && len(s.Joindre) == 0 && len(s.CodeDe) == 0 && s.Constante == ""
}

// Exemple is what a mapping makes of a file for one field.
type Exemple struct {
	Valeurs []string // the first distinct ones
	Faute   string   // French: what is wrong with the first value that cannot be sent
}

// Exemples applies a mapping to some rows, field by field: those that it does not
// say how to fill are left out, whether or not they are required. connus passes the
// codes that the hub has, for the names that codes are made of; nil where nobody asks.
func (m Mapping) Exemples(columns []Column, rows []Row, most int, connus func(Besoins, func(*passerelle.Contrat)) error) (map[string]Exemple, error) {
	c := binder{m: m, columns: columns}
	var plain, codes []bound
	for _, champ := range passerelle.Champs {
		source, ok := m.source(champ.Nom, columns)
		if !ok {
			continue
		}
		before := len(c.problems)
		b := c.bind(champ, source)
		switch {
		case len(c.problems) > before:
		case len(source.CodeDe) > 0:
			codes = append(codes, b)
		default:
			plain = append(plain, b)
		}
	}
	binding := &Binding{fields: append(plain, codes...), blanks: exactly(m.ValeursVides)}
	if connus != nil {
		binding.study.faits = binding.faits()
		for _, row := range rows {
			for i := range binding.study.faits {
				binding.study.faits[i].see(binding, row)
			}
		}
		if needs := binding.besoins(); !needs.Rien() {
			if err := binding.Connaitre(func(yield func(*passerelle.Contrat)) error { return connus(needs, yield) }); err != nil {
				return nil, err
			}
		}
	}
	found := map[string]Exemple{}
	for _, row := range rows {
		contrat, faults := binding.Apply(row)
		for _, f := range binding.fields {
			e := found[f.champ.Nom]
			if value := *f.champ.At(&contrat); value != "" && len(e.Valeurs) < most && !slices.Contains(e.Valeurs, value) {
				e.Valeurs = append(e.Valeurs, value)
			}
			for _, fault := range faults {
				if fault.Field == f.champ.Nom && e.Faute == "" {
					e.Faute = fault.Message
				}
			}
			found[f.champ.Nom] = e
		}
	}
	return found, nil
}
