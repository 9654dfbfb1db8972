package console

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/tableur"
)

// champForm is one field of a contract with where it comes from.
type champForm struct {
	passerelle.Champ
	Sources  []sourceOption
	Fixe     string // the fixed value, where that is chosen
	EstFixe  bool
	EstDate  bool
	Formats  []sourceOption
	Reglages string // what the source does beside reading a column, for people
	Exemple  tableur.Exemple
	Probleme string
	Douteux  string // why a person should look
}

type sourceOption struct {
	Valeur, Nom string
	Choisi      bool
}

// The values of the select of a source, beside "c" and the letter of a column.
const (
	sourceAucune  = ""
	sourceFixe    = "fixe"
	sourceCode    = "code"
	sourceActuel  = "actuelle" // one that only the JSON document can say
	sampleValues  = 3
	doubtful      = 60 // percent
	prefixColonne = "c"
	prefixPartie  = "p" // the name, or the first name, of the person whom a column names
)

// dateFormats are offered for the date fields.
var dateFormats = []sourceOption{
	{Valeur: "", Nom: "Reconnu tout seul"}, {Valeur: "JJ/MM/AAAA", Nom: "JJ/MM/AAAA (31/12/2026)"}, {Valeur: "AAAA-MM-JJ", Nom: "AAAA-MM-JJ (2026-12-31)"},
	{Valeur: "M/J/AAAA", Nom: "M/J/AAAA (12/31/2026)"}, {Valeur: "JJ/MM/AA", Nom: "JJ/MM/AA (31/12/26)"}, {Valeur: "excel", Nom: "Numéro d’Excel (46387)"},
}

// matriceOf reads the selects of the form: a field that is not changed keeps all
// that its source says.
func matriceOf(r *request, o *hub.ImportOuvert) tableur.Mapping {
	columns := o.Table.Columns
	changes := map[string]tableur.Source{}
	for i := range passerelle.Champs {
		field := passerelle.Champs[i].Nom
		if _, sent := r.PostForm["source."+field]; !sent {
			continue
		}
		before, _ := o.Matrice.Source(field, columns)
		chosen, formats := r.PostFormValue("source."+field), r.PostFormValue("dates."+field)
		after := before
		if chosen != keyOf(before, columns) {
			after = sourceFor(field, chosen, columns)
		}
		if chosen == sourceFixe {
			after = tableur.Source{Constante: strings.TrimSpace(r.PostFormValue("fixe." + field))}
		}
		if strings.HasPrefix(chosen, prefixColonne) && passerelle.Champs[i].Kind == passerelle.KindDate && formats != strings.Join(before.Dates, ", ") {
			after.Dates = nil
			if formats != "" {
				after.Dates = []string{formats}
			}
		}
		if !sameSource(before, after) {
			changes[field] = after
		}
	}
	return o.Matrice.With(changes, columns)
}

func sameSource(a, b tableur.Source) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// keyOf is how the select says a source.
func keyOf(s tableur.Source, columns []tableur.Column) string {
	switch {
	case sameSource(s, tableur.Source{}):
		return sourceAucune
	case s.Constante != "":
		return sourceFixe
	case len(s.CodeDe) > 0:
		return sourceCode
	}
	if column, ok := s.ColumnOf(columns); ok {
		if s.Partie != nil && s.Partie.Personne != "" {
			return prefixPartie + column.Letter
		}
		return prefixColonne + column.Letter
	}
	return sourceActuel
}

// sourceFor is what the select asks for.
func sourceFor(field, chosen string, columns []tableur.Column) tableur.Source {
	if chosen == sourceCode {
		i, _ := passerelle.ChampIndex([]byte(field))
		return tableur.Source{CodeDe: passerelle.Champs[i].CodeDe}
	}
	for _, column := range columns {
		if chosen == prefixColonne+column.Letter {
			return tableur.SourceOf(column, columns)
		}
		if part := partOf(field); part != "" && chosen == prefixPartie+column.Letter {
			s := tableur.SourceOf(column, columns)
			s.Partie = &tableur.Partie{Personne: part}
			return s
		}
	}
	return tableur.Source{}
}

// partOf says which part of a person's whole name a field is, "" for none.
func partOf(field string) string {
	i, ok := passerelle.ChampIndex([]byte(field))
	switch {
	case !ok || passerelle.Champs[i].Usager == passerelle.UsagerAucun:
		return ""
	case strings.HasPrefix(field, "nom"):
		return "nom"
	case strings.HasPrefix(field, "prenom"):
		return "prenom"
	}
	return ""
}

// readChamps describes every field: where it comes from, what that gives, what is
// wrong with it.
func (p *matricePage) readChamps(m tableur.Mapping, examples map[string]tableur.Exemple, r *request) {
	columns := p.Table.Columns
	var problems []tableur.MappingProblem
	if err, ok := m.Check(columns).(*tableur.MappingError); ok {
		problems = err.Problems
	}
	p.Problemes = nil
	for _, champ := range passerelle.Champs {
		source, _ := m.Source(champ.Nom, columns)
		key := keyOf(source, columns)
		if r.PostFormValue("source."+champ.Nom) == sourceFixe {
			key = sourceFixe // and its value is still to come
		}
		f := champForm{Champ: champ, EstFixe: key == sourceFixe, Fixe: source.Constante, Exemple: examples[champ.Nom],
			EstDate: champ.Kind == passerelle.KindDate && strings.HasPrefix(key, prefixColonne)}
		add := func(value, name string) { f.Sources = append(f.Sources, sourceOption{value, name, value == key}) }
		add(sourceAucune, map[bool]string{true: "(à choisir)", false: "(rien)"}[champ.Required])
		if key == sourceActuel {
			add(sourceActuel, "(réglage de la matrice)")
		}
		from := champ.CodeDe
		if key == sourceCode {
			from = source.CodeDe
		}
		if len(from) > 0 {
			var names []string
			for _, field := range from {
				names = append(names, champLabel(field))
			}
			add(sourceCode, "Code fait de : "+strings.Join(names, " et "))
		}
		add(sourceFixe, "Toujours la même valeur…")
		for _, column := range columns {
			name := column.Letter
			if column.Nom != "" {
				name += " · " + column.Nom
			}
			add(prefixColonne+column.Letter, name)
		}
		if part := partOf(champ.Nom); part != "" {
			for _, column := range columns {
				add(prefixPartie+column.Letter, "Partie de la colonne "+strings.TrimSuffix(column.Letter+" · "+column.Nom, " · ")+" : le "+strings.Replace(part, "prenom", "prénom", 1))
			}
		}
		f.Reglages = reglages(source)
		if f.EstDate {
			current := strings.Join(source.Dates, ", ")
			known := false
			for _, format := range dateFormats {
				format.Choisi = format.Valeur == current
				known = known || format.Choisi
				f.Formats = append(f.Formats, format)
			}
			if !known {
				f.Formats = append(f.Formats, sourceOption{current, current, true})
			}
		}
		for _, problem := range problems {
			if problem.Field == champ.Nom && f.Probleme == "" {
				f.Probleme = capital(problem.Message)
			}
		}
		for _, proposal := range p.Propositions() {
			if proposal.Field == champ.Nom && proposal.Confidence < doubtful && p.OrigineMatrice == domaine.MatriceProposition && f.Probleme == "" {
				f.Douteux = capital(proposal.Why)
			}
		}
		if f.Probleme != "" {
			p.Problemes = append(p.Problemes, tableur.MappingProblem{Field: champ.Nom, Message: f.Probleme})
		}
		p.Champs = append(p.Champs, f)
	}
	for _, problem := range problems {
		if _, ok := passerelle.ChampIndex([]byte(problem.Field)); !ok {
			p.Problemes = append(p.Problemes, tableur.MappingProblem{Message: capital(problem.Message)})
		}
	}
}

// champLabel is how people read a field, "" for none.
func champLabel(field string) string {
	if field == "" {
		return ""
	}
	label := champ(field)
	return strings.ToLower(label[:1]) + label[1:]
}

// reglages says what a source does beside reading its column.
func reglages(s tableur.Source) string {
	var list []string
	if len(s.Joindre) > 0 {
		list = append(list, "plusieurs colonnes bout à bout")
	}
	switch {
	case s.Partie == nil:
	case s.Partie.Personne != "":
		list = append(list, "le "+strings.Replace(s.Partie.Personne, "prenom", "prénom", 1)+" de la personne, séparé par les majuscules")
	default:
		list = append(list, "un morceau de la valeur")
	}
	if n := len(s.Traductions); n > 0 {
		list = append(list, nombre(n)+" "+pluriel(n, "traduction"))
	}
	if s.Defaut != "" {
		list = append(list, "« "+s.Defaut+" » quand la cellule est vide")
	}
	return strings.Join(list, ", ")
}

// capital writes a message with its capital and its stop.
func capital(text string) string {
	runes := []rune(text)
	return strings.ToUpper(string(runes[:1])) + strings.TrimSuffix(string(runes[1:]), ".") + "."
}
