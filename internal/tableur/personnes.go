package tableur

import (
	"strings"

	"github.com/passerelle-hub/passerelle"
)

// merger finds people whom a code made of an address alone would make one: families
// and employers share mailboxes. Mappings that are proposed make the code of the
// names too; older ones may not.
type merger struct {
	code, email, nom, prenom passerelle.Champ
	names                    map[string]string // by code: who has it
}

// mergers returns one for each code of a person that is made without a name.
func (b *Binding) mergers() []*merger {
	var list []*merger
	for i := range b.fields {
		f := &b.fields[i]
		if len(f.from) == 0 || f.champ.Usager == passerelle.UsagerAucun {
			continue
		}
		m := &merger{code: f.champ, names: map[string]string{}}
		named := false
		for _, from := range f.from {
			named = named || personName(from.Nom) && from.Kind != passerelle.KindEmail
			if from.Kind == passerelle.KindEmail {
				m.email = from
			}
		}
		suffix := strings.TrimPrefix(f.champ.Nom, "code")
		nom, ok1 := passerelle.ChampIndex([]byte("nom" + suffix))
		prenom, ok2 := passerelle.ChampIndex([]byte("prenom" + suffix))
		if named || m.email.At == nil || !ok1 || !ok2 {
			continue
		}
		m.nom, m.prenom = passerelle.Champs[nom], passerelle.Champs[prenom]
		list = append(list, m)
	}
	return list
}

// check reports a contract whose person would be merged with another.
func (m *merger) check(b *Binding, c *passerelle.Contrat, row int) (CellError, bool) {
	code := *m.code.At(c)
	if code == "" {
		return CellError{}, false
	}
	name := *m.prenom.At(c) + " " + *m.nom.At(c)
	first, ok := m.names[code]
	if !ok {
		m.names[code] = name
		return CellError{}, false
	}
	if fold(first) == fold(name) {
		return CellError{}, false
	}
	e := b.Locate(&passerelle.Violation{Field: m.email.Nom, Code: passerelle.CodeUserCodeShared}, row)
	e.Message = "« " + abridge(first) + " » et « " + abridge(name) + " » ont la même adresse et auraient le même code, fait d’elle seule : dans la matrice, ajoutez " + m.nom.Nom + " et " + m.prenom.Nom + " au codeDe de " + m.code.Nom
	return e, true
}
