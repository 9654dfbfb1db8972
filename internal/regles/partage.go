package regles

import (
	"fmt"
	"strings"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// partageMaitres is who has an address where maîtres d'apprentissage of one
// entreprise may share it. Two people suffice: whoever agrees with both agrees with
// all.
type partageMaitres [2]struct {
	personne *Personne
	porteurs
}

// entreprise returns what maîtres must have in common to share an address, "" for
// other people. Case and blanks do not matter.
func (p *Personne) entreprise() string {
	if p.Role != Maitre {
		return ""
	}
	return strings.Join(strings.Fields(strings.ToLower(p.Entreprise)), " ")
}

// mayShare reports whether p and q may have one address where maîtres share them.
func (p *Personne) mayShare(q *Personne) bool {
	return p.Code == q.Code || p.Role == Maitre && q.Role == Maitre && p.entreprise() != "" && p.entreprise() == q.entreprise()
}

// sharePersonne notes who has an address.
func (e *Etat) sharePersonne(p *Personne, contrat string) {
	s := e.partages[p.Email]
	if s == nil {
		s = &partageMaitres{}
		e.partages[p.Email] = s
	}
	for i := range s {
		switch known := s[i].personne; {
		case known == nil:
			s[i].personne, s[i].contrat = p, contrat
			return
		case known == p || known.Code == p.Code && known.entreprise() == p.entreprise():
			s[i].add(contrat)
			return
		}
	}
}

// checkEmail returns what is wrong with the address of the person in a role of f
// against what stands, or the warning that it deserves.
func (e *Etat) checkEmail(f *Faits, role Role) (violation, warning *passerelle.Violation) {
	p := f.Personnes[role]
	if p.Email == "" {
		return nil, nil
	}
	found := func(code, who string) *passerelle.Violation {
		return &passerelle.Violation{
			CodeContrat: f.CodeContrat, Field: "email" + role.suffix(), Code: passerelle.CodeEmailShared, ConflictsWith: who,
			Message: fmt.Sprintf("Cette adresse e-mail est déjà celle de l’utilisateur « %s »%s : une adresse appartient à un seul code utilisateur.", shorten(code), by(who)),
		}
	}
	if e.partages != nil {
		s := e.partages[p.Email]
		for i := 0; s != nil && i < len(s); i++ {
			other := &s[i]
			if other.personne == nil || p.mayShare(other.personne) {
				continue
			}
			if who := other.besides(f.CodeContrat); who != "" {
				v := found(other.personne.Code, who)
				v.Message = fmt.Sprintf("Cette adresse e-mail est déjà celle de l’utilisateur « %s »%s : seuls les maîtres d’apprentissage d’une même entreprise peuvent en partager une.",
					shorten(other.personne.Code), by(who))
				return v, nil
			}
		}
		return nil, nil
	}
	owner := e.emails[p.Email]
	if owner == nil || owner.personne.Code == p.Code {
		return nil, nil
	}
	who := owner.besides(f.CodeContrat)
	switch {
	case who == "":
		return nil, nil
	case e.partage != domaine.EmailsTous:
		return found(owner.personne.Code, who), nil
	}
	v := found(owner.personne.Code, who)
	v.Message = fmt.Sprintf("Cette adresse e-mail est aussi celle de l’utilisateur « %s »%s : vérifiez qu’elle est bien partagée.", shorten(owner.personne.Code), by(who))
	return nil, v
}

// Within returns the rules that the three people of one contract break among
// themselves, whatever the other contracts say, but for their addresses (see
// WithinEmails). Index is the caller's to fill in.
func Within(f *Faits) []passerelle.Violation {
	var found []passerelle.Violation
	eachPair(f, func(i Role, p, earlier *Personne) {
		if p.Code == earlier.Code && p.Code != "" {
			found = append(found, passerelle.Violation{
				CodeContrat: f.CodeContrat, Field: "code" + i.suffix(), Code: passerelle.CodeUserCodeShared,
				Message: fmt.Sprintf("Le code utilisateur « %s » désigne dans ce contrat à la fois %s et %s.", shorten(p.Code), earlier.Role.article(), p.Role.article()),
			})
		}
	})
	return found
}

// WithinEmails returns which of the three people of one contract have one address:
// violations, or warnings where everybody may share one. Index is the caller's to
// fill in.
func WithinEmails(f *Faits) []passerelle.Violation {
	var found []passerelle.Violation
	eachPair(f, func(i Role, p, earlier *Personne) {
		if p.Email == earlier.Email && p.Email != "" && (p.Code != earlier.Code || p.Code == "") {
			found = append(found, passerelle.Violation{
				CodeContrat: f.CodeContrat, Field: "email" + i.suffix(), Code: passerelle.CodeEmailShared,
				Message: fmt.Sprintf("La même adresse e-mail est donnée dans ce contrat à deux personnes, %s et %s.", earlier.Role.article(), p.Role.article()),
			})
		}
	})
	return found
}

func eachPair(f *Faits, yield func(i Role, p, earlier *Personne)) {
	for i := range f.Personnes {
		for j := range i {
			yield(Role(i), f.Personnes[i], f.Personnes[j])
		}
	}
}
