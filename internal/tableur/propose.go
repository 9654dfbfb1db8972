package tableur

import (
	"cmp"
	"fmt"
	"slices"
	"sync"

	"github.com/passerelle-hub/passerelle"
)

// Proposal says where Propose would take a field from, and why.
type Proposal struct {
	Field      string  `json:"field"`
	Column     *Column `json:"column,omitempty"` // nil where the field is made of others
	Confidence int     `json:"confidence"`       // 0 to 100; below 60, a person should look
	Why        string  `json:"why"`              // French
}

// shape is what the sampled values of a column look like.
type shape struct {
	filled  int
	texts   []string // of the cells that are filled
	emails  int
	dates   int
	formats []string // those that most dates of the column fit
}

// Propose makes a first mapping out of column names (accents, case, order of
// words and usual synonyms do not matter) and of what the sampled values look
// like. Fields without a likely column are left out of both results, except
// codes and names that can be made of one another; Check tells which are missing.
func Propose(columns []Column, sample []Row) (Mapping, []Proposal) {
	shapes := make([]shape, len(columns))
	for i, column := range columns {
		shapes[i] = look(column, sample)
	}
	m := Mapping{Version: MappingVersion, Champs: map[string]Source{}}
	taken := map[string]Proposal{}
	formats := map[string][]string{}
	proposeWholeNames(&m, taken, columns, sample)
	ranked := rank(columns, shapes)
	for _, c := range ranked {
		champ, column := passerelle.Champs[c.champ], columns[c.column]
		if _, done := taken[champ.Nom]; done || c.used(taken, column) {
			continue
		}
		taken[champ.Nom] = Proposal{Field: champ.Nom, Column: &column, Confidence: c.score, Why: c.why}
		m.Champs[champ.Nom] = sourceOf(column, columns)
		if champ.Kind == passerelle.KindDate { // a number of a code passes for a serial of Excel
			formats[champ.Nom] = shapes[c.column].formats
		}
	}
	proposeShared(&m, taken, ranked, columns)
	proposeDates(&m, taken, formats)
	proposeDerived(&m, taken)
	proposeBlanks(&m, columns, taken, sample)
	for _, champ := range passerelle.Champs {
		if _, ok := taken[champ.Nom]; !ok && champ.Required {
			m.Champs[champ.Nom] = Source{} // written as a constant to fill in
		}
	}
	var list []Proposal
	for _, champ := range passerelle.Champs {
		if p, ok := taken[champ.Nom]; ok {
			list = append(list, p)
		}
	}
	return m, list
}

type candidate struct {
	champ, column, score, filled int
	why                          string
}

func (candidate) used(taken map[string]Proposal, column Column) bool {
	for _, p := range taken {
		if p.Column != nil && p.Column.Index == column.Index {
			return true
		}
	}
	return false
}

// rank returns the likely pairs of field and column, the surest first.
func rank(columns []Column, shapes []shape) []candidate {
	var list []candidate
	others := beside(columns)
	names := make([]nom, len(columns))
	for j, column := range columns {
		names[j] = readNom(column.Nom)
	}
	fields := fieldNoms()
	for i, champ := range passerelle.Champs {
		for j, column := range columns {
			if column.Nom == "" {
				continue
			}
			score, why := nameScore(champ, &fields[i], &names[j], others)
			if score == 0 {
				continue
			}
			change, reason := shapes[j].fits(champ)
			score = min(score+change, 100)
			why += reason
			if twin := twins(j, names, columns); twin != "" {
				score = min(score, 60+max(change, 0))
				why += " ; " + twin
			}
			if score >= 40 {
				list = append(list, candidate{i, j, score, shapes[j].filled, why})
			}
		}
	}
	// Of two columns that are as likely, the fuller one.
	slices.SortStableFunc(list, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(b.filled, a.filled))
	})
	return list
}

// nom is a name as it is compared: read once, held against many.
type nom struct {
	folded      string
	significant []string
	key         []string // as of a synonym
	meaning     meaning
}

func readNom(name string) nom {
	return nom{fold(name), significant(name), synonymKey(name), understand(name)}
}

// fieldNom is what the name of a column is held against for a field.
type fieldNom struct {
	folded   string
	libelle  []string
	synonyms [][]string
	meaning  meaning
}

// fieldNoms are those of the fields of the table, in its order.
var fieldNoms = sync.OnceValue(func() []fieldNom {
	list := make([]fieldNom, len(passerelle.Champs))
	for i := range passerelle.Champs {
		champ := &passerelle.Champs[i]
		list[i] = fieldNom{folded: fold(champ.Nom), libelle: significant(champ.Libelle), meaning: fieldMeaning(champ)}
		for _, name := range champ.Synonymes {
			list[i].synonyms = append(list[i].synonyms, synonymKey(name))
		}
	}
	return list
})

// nameScore compares a column name to a field, 0 where it is not that field.
func nameScore(champ passerelle.Champ, field *fieldNom, name *nom, others company) (int, string) {
	if name.folded == field.folded {
		return 100, "le nom de la colonne est celui du champ"
	}
	if slices.Equal(name.significant, field.libelle) {
		return 98, "le nom de la colonne est le libellé du champ"
	}
	if field.isSynonym(name.key) {
		return 97, "le nom de la colonne est un autre nom du champ"
	}
	want, got := field.meaning, name.meaning
	if !got.known() {
		return 0, ""
	}
	if got.role == "personnel" && got.unsure && others.referent && !others.maitre {
		if want.role != "maitre" || got.attr != want.attr && (got.attr != "" || want.attr != "nom") {
			return 0, ""
		}
		return 85 - 12*got.extra, "un référent de l’école est nommé aussi : le tuteur est celui de l’entreprise"
	}
	score, why := 95, "le nom de la colonne veut dire la même chose"
	switch {
	case got.role == want.role && got.attr == want.attr:
	case got.role == want.role && got.attr == "" && want.attr == "nom":
		score, why = 75, "le nom de la colonne désigne « "+champ.Libelle+" », sans dire si c’est le code ou le nom"
	case got.role == want.role && got.attr == "" && champ.Kind == passerelle.KindEmail:
		score, why = 35, "le nom de la colonne désigne la même personne"
	case got.role == "" && got.attr == want.attr && want.role == "apprenant" && want.attr != "code":
		score, why = 60, "une colonne sans autre précision concerne le plus souvent l’apprenant"
	case got.role == "" && got.attr == want.attr && want.role == "contrat" && want.attr != "code":
		score, why = 93, "le nom de la colonne veut dire la même chose"
	case got.role == "personnel" && got.unsure && want.role == "maitre" && got.attr == want.attr:
		score, why = 45, "le tuteur peut être celui de l’entreprise"
	default:
		return 0, ""
	}
	if got.unsure && want.role == "personnel" {
		score, why = score-25, "le tuteur est sans doute celui de l’école (à vérifier)"
	} else if got.unsure {
		score -= 10
	}
	return score - 12*got.extra, why
}

// fieldMeaning says to what words the columns of a field come down.
func fieldMeaning(champ *passerelle.Champ) meaning {
	switch {
	case champ.Sens != "":
		return understand(champ.Sens)
	case len(champ.Synonymes) > 0:
		return meaning{} // whole names alone tell it
	}
	return understand(champ.Nom)
}

func look(column Column, sample []Row) shape {
	var s shape
	fits := map[string]int{}
	texts := 0
	for _, row := range sample {
		cell := row.Value(column)
		if cell.Text == "" {
			continue
		}
		s.filled++
		s.texts = append(s.texts, cell.Text)
		switch {
		case cell.IsDate():
			s.dates++
		case isEmail(cell.Text):
			s.emails++
		default:
			texts++
			found := false
			for i := range proposedDates {
				if _, ok := proposedDates[i].parse(cell.Text); ok {
					fits[proposedDates[i].name]++
					found = true
				}
			}
			if found {
				s.dates++
			}
		}
	}
	// Most of the dates decide: the odd one, written another way, is to be an error.
	for _, format := range proposedDates {
		if texts > 0 && fits[format.name]*2 > texts {
			s.formats = append(s.formats, format.name)
		}
	}
	return s
}

// fits says how far the values of a column speak for a field or against it.
func (s shape) fits(champ passerelle.Champ) (change int, why string) {
	if s.filled == 0 {
		return 0, ""
	}
	switch emails, dates := s.emails*10 >= s.filled*8, s.dates*10 >= s.filled*8; {
	case champ.Kind == passerelle.KindEmail && emails:
		return 15, " et ses valeurs sont des adresses e-mail"
	case champ.Kind == passerelle.KindEmail:
		return -45, " mais ses valeurs ne sont pas des adresses e-mail"
	case champ.Kind == passerelle.KindDate && dates && (len(s.formats) == 0 || isDefault(s.formats[0])):
		return 10, " et ses valeurs sont des dates"
	case champ.Kind == passerelle.KindDate && dates:
		return 5, " et ses valeurs sont des dates au format " + s.formats[0]
	case champ.Kind == passerelle.KindDate:
		return -45, " mais ses valeurs ne sont pas des dates"
	case emails:
		return -50, ""
	case s.speaksOf(champ.Kind):
		if s.suits(&champ)*10 >= s.filled*8 {
			return 10, " et ses valeurs sont celles qui conviennent"
		}
		return -60, " mais ses valeurs ne conviennent pas"
	case dates && champ.Nom != "monthStartGroup" && s.formatsAreSure():
		return -40, ""
	}
	return 0, ""
}

// formatsAreSure is false where numbers may only pass for the serials of Excel.
func (s shape) formatsAreSure() bool {
	return len(s.formats) != 1 || s.formats[0] != "excel"
}

func twins(j int, names []nom, columns []Column) string {
	for i, other := range names {
		if i != j && other.folded == names[j].folded {
			return fmt.Sprintf("la colonne %s porte le même nom", columns[i].Letter)
		}
	}
	return ""
}

func sourceOf(column Column, columns []Column) Source {
	s := Source{Colonne: column.Nom}
	for _, other := range columns {
		if other.Index != column.Index && MemeNom(other.Nom, column.Nom) {
			s.Occurrence = column.Occurrence
			break
		}
	}
	return s
}
