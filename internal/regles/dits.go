package regles

import (
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// sorte tells apart what a contract speaks of.
type sorte uint8

const (
	sorteCode   sorte = iota // the name of a code of couples[i]: sorteCode + 2i
	sorteNom                 // the code of a name of couples[i]: sorteNom + 2i
	sorteGroupe sorte = 2*sorte(len(couples)) + iota
	sorteUsager
	sorteEmail
)

// Cle is a value that several contracts may speak of: a code, a name, a user
// code, an address.
type Cle struct {
	sorte sorte
	texte string
}

// Dit is what a contract says of a value. Two contracts contradict each other
// where they say of one value two things that do not agree: it is what Etat
// checks, as data, for those who have to weigh contracts against each other.
type Dit struct {
	Cle    Cle
	valeur string
	groupe string // whose members may say different things, "" for none
}

// Agrees reports whether two contracts may say d and other of the same value.
func (d *Dit) Agrees(other *Dit) bool {
	return d.valeur == other.valeur || d.groupe != "" && d.groupe == other.groupe
}

// EachDit passes what a contract says with its profil.
func (p *Profil) EachDit(yield func(Dit)) {
	for i := range couples {
		code, nom := couples[i].of(p)
		if code == "" || nom == "" {
			continue
		}
		yield(Dit{Cle: Cle{sorteCode + 2*sorte(i), code}, valeur: nom})
		yield(Dit{Cle: Cle{sorteNom + 2*sorte(i), nom}, valeur: code})
	}
	if p.NomGroupe != "" {
		yield(Dit{Cle: Cle{sorteGroupe, p.CodeGroupe}, valeur: p.NomGroupe})
	}
}

// EachDit passes what a contract says when it names p, where addresses may be
// shared in a way.
func (p *Personne) EachDit(partage domaine.EmailsPartages, yield func(Dit)) {
	if p.Code == "" || p.Email == "" {
		return
	}
	yield(Dit{Cle: Cle{sorteUsager, p.Code}, valeur: p.Role.suffix() + " " + p.Email})
	switch partage {
	case domaine.EmailsTous:
	case domaine.EmailsMaitres:
		yield(Dit{Cle: Cle{sorteEmail, p.Email}, valeur: p.Code, groupe: p.entreprise()})
	default:
		yield(Dit{Cle: Cle{sorteEmail, p.Email}, valeur: p.Code})
	}
}

// EachStanding passes the profils and the people that stand, in no order.
func (e *Etat) EachStanding(profil func(*Profil), personne func(*Personne)) {
	for p, effectif := range e.profils {
		if effectif > 0 {
			profil(p)
		}
	}
	for _, u := range e.usagers {
		personne(u.personne)
	}
}
