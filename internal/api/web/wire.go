package web

import (
	"strconv"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// Violation is the wire form of a violation or warning (design 4).
type Violation struct {
	Index         int     `json:"index"`
	CodeContrat   *string `json:"codeContrat"`
	Field         *string `json:"field"`
	Code          string  `json:"code"`
	Message       string  `json:"message"`
	ConflictsWith string  `json:"conflictsWith,omitempty"` // only where another contract is meant
}

// Probleme is a violation without the place in a list: what is wrong with one
// object that the answer gives back or that was sent alone.
type Probleme struct {
	Field         *string `json:"field"`
	Code          string  `json:"code"`
	Message       string  `json:"message"`
	ConflictsWith string  `json:"conflictsWith,omitempty"`
}

// ProblemeOf returns the wire form of a violation of one object.
func ProblemeOf(v *passerelle.Violation) Probleme {
	return Probleme{OrNull(v.Field), string(v.Code), v.Message, v.ConflictsWith}
}

// OrNull returns nil for a text that is absent.
func OrNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// ID writes an id, which is text on the wire.
func ID(id int64) string { return strconv.FormatInt(id, 10) }

// IDOrNull returns nil for no id.
func IDOrNull(id int64) *string {
	if id == 0 {
		return nil
	}
	text := ID(id)
	return &text
}

// Violations returns the wire form of violations.
func Violations(list []passerelle.Violation) []Violation {
	wire := make([]Violation, len(list))
	for i, v := range list {
		wire[i] = Violation{v.Index, OrNull(v.CodeContrat), OrNull(v.Field), string(v.Code), v.Message, v.ConflictsWith}
	}
	return wire
}

// Modele is the wire form of a modèle.
type Modele struct {
	ID       string              `json:"id"`
	Nom      string              `json:"nom"`
	Criteres passerelle.Criteres `json:"criteres"`
	Actif    bool                `json:"actif"`
}

// ModeleOf returns the wire form of a modèle.
func ModeleOf(m domaine.Modele) Modele { return Modele{ID(m.ID), m.Nom, m.Criteres, m.Actif} }

// Couple is a code with its name.
type Couple struct {
	Code string `json:"code"`
	Nom  string `json:"nom"`
}

// Session is the wire form of a session.
type Session struct {
	ID        *string `json:"id"`
	Site      Couple  `json:"site"`
	Periode   Couple  `json:"periode"`
	Formation Couple  `json:"formation"`
	Annee     Couple  `json:"annee"`
	Groupe    Couple  `json:"groupe"`
	Effectif  int     `json:"effectif"`
}

// SessionOf returns the wire form of a session; its id is null where it does not
// exist yet.
func SessionOf(s domaine.Session) Session {
	return Session{IDOrNull(s.ID), Couple{s.CodeSite, s.NomSite}, Couple{s.CodePeriode, s.NomPeriode}, Couple{s.CodeFormation, s.NomFormation},
		Couple{s.CodeAnnee, s.NomAnnee}, Couple{s.CodeGroupe, s.NomGroupe}, s.Effectif}
}
