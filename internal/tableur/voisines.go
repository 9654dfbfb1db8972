package tableur

import (
	"fmt"
	"slices"
	"strings"
)

// company says which people the other columns of a table speak of.
type company struct {
	referent bool // of the school, by a word that means nobody else
	maitre   bool // of the company
}

func beside(columns []Column) company {
	var c company
	for _, column := range columns {
		m := understand(column.Nom)
		if m.extra > 1 {
			continue
		}
		c.referent = c.referent || m.role == "personnel" && !m.unsure
		c.maitre = c.maitre || m.role == "maitre"
	}
	return c
}

// proposeWholeNames splits a column that holds the name and the first name of a
// person, where no other column holds that person's first name.
func proposeWholeNames(m *Mapping, taken map[string]Proposal, columns []Column, sample []Row) {
	others := beside(columns)
	for _, person := range []struct{ role, suffix string }{{"apprenant", "Apprenant"}, {"personnel", "Personnel"}, {"maitre", "MaitreApprentissage"}} {
		var whole *Column
		apart := false
		for i := range columns {
			is := understand(columns[i].Nom)
			role := is.role
			if role == "personnel" && is.unsure && others.referent && !others.maitre {
				role = "maitre"
			}
			both := saysBoth(columns[i].Nom)
			if columns[i].Nom == "" || is.extra > 1 || role != person.role && !(role == "" && both && person.role == "apprenant") {
				continue
			}
			switch {
			case !both && is.attr == "prenom":
				apart = true
			case whole == nil && (both || is.attr == "" || is.attr == "nom") && splits(columns[i], sample, both):
				whole = &columns[i]
			}
		}
		if whole == nil || apart {
			continue
		}
		for field, part := range map[string]string{"nom": "nom", "prenom": "prenom"} {
			s := sourceOf(*whole, columns)
			s.Partie = &Partie{Personne: part}
			if firstNameFirst(whole.Nom) {
				s.Partie.Ordre = "prenom nom"
			}
			name := field + person.suffix
			m.Champs[name] = s
			taken[name] = Proposal{Field: name, Column: whole, Confidence: 75, Why: fmt.Sprintf("la colonne contient nom et prénom : le champ en prend le %s", map[string]string{"nom": "nom", "prenom": "prénom"}[part])}
		}
	}
}

// saysBoth reports whether a column names both a name and a first name.
func saysBoth(name string) bool {
	list := words(name)
	return slices.ContainsFunc(list, func(w string) bool { return attrWords[w] == "nom" }) &&
		slices.ContainsFunc(list, func(w string) bool { return attrWords[w] == "prenom" }) && !slices.Contains(list, "first") && !slices.Contains(list, "last")
}

func firstNameFirst(name string) bool {
	list := words(name)
	return slices.IndexFunc(list, func(w string) bool { return attrWords[w] == "prenom" }) >= 0 &&
		slices.IndexFunc(list, func(w string) bool { return attrWords[w] == "prenom" }) < slices.IndexFunc(list, func(w string) bool { return attrWords[w] == "nom" })
}

// splits reports whether most values of a column can be split into a name and a
// first name. Where the column does not say that it holds both, only capitals tell.
func splits(column Column, sample []Row, said bool) bool {
	filled, whole := 0, 0
	for _, row := range sample {
		text := collapse(row.Value(column).Text)
		if text == "" {
			continue
		}
		filled++
		_, _, sure, ok := splitName(text, false)
		if ok && (sure || said) {
			whole++
		}
	}
	return filled > 0 && whole*10 >= filled*8
}

// usualBlanks are texts by which exports say that there is nothing.
var usualBlanks = []string{"NULL", "null", "(null)", "-", "--", "N/A", "n/a", "#N/A", "néant", "Néant",
	"Non renseigné", "non renseigné", "NON RENSEIGNÉ", "NON RENSEIGNE", "Non communiqué", "Sans objet", "sans objet", "Aucun", "Aucune", "aucun", "aucune",
	"(vide)", "undefined", "None", "NaN", "nan", "NaT", "00/00/0000", "0000-00-00", "0000-00-00 00:00:00"}

// proposeBlanks lists those of the usual texts for nothing that the sample holds in
// columns that are read. What a formula in error gives stays an error.
func proposeBlanks(m *Mapping, columns []Column, taken map[string]Proposal, sample []Row) {
	used := map[int]bool{}
	for _, p := range taken {
		if p.Column != nil {
			used[p.Column.Index] = true
		}
	}
	seen := map[string]bool{}
	for _, row := range sample {
		for _, column := range columns {
			if cell := row.Value(column); used[column.Index] && cell.Kind == CellText && !strings.HasPrefix(cell.Text, "#") && len(cell.Text) < 20 {
				seen[cell.Text] = true
			}
		}
	}
	for _, text := range usualBlanks {
		if seen[text] {
			m.ValeursVides = append(m.ValeursVides, text)
		}
	}
}

// Inutilisees returns the columns of a table that feed no field of a contract and
// no filter.
func (b *Binding) Inutilisees(columns []Column) []Column {
	used := map[int]bool{}
	for i := range b.fields {
		for _, column := range b.fields[i].columns {
			used[column.Index] = true
		}
	}
	for i := range b.filters {
		used[b.filters[i].column.Index] = true
	}
	return slices.DeleteFunc(slices.Clone(columns), func(c Column) bool { return used[c.Index] })
}

// Reste names the columns of a table that feed nothing, as people see them; those whose
// values in a sample are dates say so, since a date may be missed.
func (b *Binding) Reste(columns []Column, sample []Row) []string {
	var names []string
	for _, c := range b.Inutilisees(columns) {
		name := c.Letter
		if c.Nom != "" {
			name = c.Nom + " (" + c.Letter + ")"
		}
		if s := look(c, sample); s.filled > 0 && s.dates*10 >= s.filled*8 && s.formatsAreSure() {
			name += ", des dates"
		}
		names = append(names, name)
	}
	return names
}

// withoutDates says that no dates are read, and which columns are left to look for
// them in.
func (b *Binding) withoutDates(columns []Column) (CellError, bool) {
	for i := range b.fields {
		if field := b.fields[i].champ.Nom; field == "dateDebut" || field == "dateFin" {
			return CellError{}, false
		}
	}
	message := "Aucune date n’est lue : ni début ni fin de contrat, sans lesquelles un contrat ne compte dans aucun exercice."
	var names []string
	for _, c := range b.Inutilisees(columns) {
		if c.Nom != "" {
			names = append(names, c.Nom)
		}
	}
	if len(names) > 0 {
		message += " Colonnes qui ne servent pas : « " + strings.Join(names[:min(len(names), 12)], " », « ") + " »."
	}
	return CellError{Code: CodeNoDates, Message: message}, true
}
