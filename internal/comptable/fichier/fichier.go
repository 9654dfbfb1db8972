// Package fichier writes the exercices of a société to a TRA file and reads them
// back: it joins the rules of package comptable to the layouts of package tra.
// What TRA cannot say is refused with a sentence, never bent (reference 8).
package fichier

import (
	"errors"
	"io"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/tra"
)

// Erreur is one reason why exercices are not written to a file, or a file is not
// read.
type Erreur struct {
	comptable.Erreur
	Ligne   int    // of the file, from 1; 0 where there is no file or the whole of it is meant
	Colonne int    // in characters, from 1; 0 where there is none
	Regle   string // rule of the TRA checker, "" where it is a rule of exercices
}

// CodeFichier is the code of what is no TRA file, or not a valid one.
const CodeFichier = "ERR-INVALID-TRA"

// CodeAucun is the code of a société that has no exercice to write.
const CodeAucun = "EXERCICE1"

// Write writes list as a complete TRA dossier of a société, or nothing at all
// and why.
func Write(w io.Writer, s domaine.Societe, list []domaine.Exercice, now time.Time, o comptable.OptionsTRA) ([]comptable.Avertissement, []Erreur, error) {
	if len(list) == 0 {
		return nil, []Erreur{{Erreur: comptable.Erreur{Code: CodeAucun, Index: -1,
			Message: "La société n’a aucun exercice à écrire : créez-en un d’abord."}}}, nil
	}
	lignes, warnings, refused := comptable.ToTRA(list, o)
	if len(refused) > 0 {
		return warnings, rules(refused, nil), nil
	}
	err := tra.WriteExercices(w, tra.Dossier{Nom: cut(s.Nom, largeur), Siret: s.SIRET, Horodatage: now, Utilisateur: "Passerelle"}, toExercices(lignes))
	if fields := fieldErrors(err); len(fields) > 0 {
		return warnings, fields, nil
	}
	return warnings, nil, err
}

func toExercices(lignes []comptable.LigneTRA) []tra.Exercice {
	exercices := make([]tra.Exercice, len(lignes))
	for i, l := range lignes {
		exercices[i] = tra.Exercice{Code: l.Code, Debut: toTRA(l.DateDebut), Fin: toTRA(l.DateFin), Etat: tra.Etat(l.EtatCpta),
			Libelle: l.Libelle, Ano: tra.Ano(l.EtatANO), Creation: toTRA(l.DateCreation)}
	}
	return exercices
}

// Lu is what a file says of exercices.
type Lu struct {
	Lignes []comptable.LigneLue
	places []int // the line in the file of each of Lignes
}

// Rules returns errors of package comptable with the lines that they are about.
func (l Lu) Rules(errs []comptable.Erreur) []Erreur { return rules(errs, l.places) }

// sequenceRules are the rules of the checker that package comptable applies too,
// in the knowledge of the exercices that exist.
var sequenceRules = map[string]bool{"exo-suite": true, "exo-chevauchement": true, "exo-etats": true, "exo-ouverts": true}

// Read reads the exercices of a TRA file of any kind. Errors of the file are
// returned all at once; err is the machine's.
func Read(r io.Reader) (Lu, []comptable.Avertissement, []Erreur, error) {
	exercices, findings, err := tra.ReadExercices(r)
	var format *tra.FormatError
	if errors.As(err, &format) {
		return Lu{}, nil, []Erreur{{Ligne: format.Line, Regle: format.Kind,
			Erreur: comptable.Erreur{Code: CodeFichier, Index: -1, Message: format.Message}}}, nil
	}
	if err != nil {
		return Lu{}, nil, nil, err
	}
	var warnings []comptable.Avertissement
	var errs []Erreur
	for _, f := range findings {
		if sequenceRules[f.Rule] {
			continue
		}
		// What the header lacks does not keep its exercices from being read. A file
		// too long to be checked whole is not read in part.
		if f.Record != "EXO" || f.Severity == tra.SeverityWarning && f.Rule != "controle-partiel" {
			if f.Rule != "exo-provisoire" && f.Rule != "exo-ano-absent" { // these two are said of the exercice
				warnings = append(warnings, comptable.Avertissement{Code: f.Rule, Index: -1, Message: f.String()})
			}
			continue
		}
		code := CodeFichier
		if f.Rule == "exo-bornes" {
			code = comptable.CodeInvalide
		}
		errs = append(errs, Erreur{Ligne: f.Line, Colonne: f.Column, Regle: f.Rule,
			Erreur: comptable.Erreur{Code: code, Index: -1, Champ: f.Field, Message: f.String()}})
	}
	var lu Lu
	for _, e := range exercices {
		l := comptable.LigneLue{Code: e.Code, Periode: passerelle.Periode{Debut: fromTRA(e.Debut), Fin: fromTRA(e.Fin)},
			EtatCpta: string(e.Etat), EtatANO: string(e.Ano), ANOAbsent: e.AnoAbsent}
		if !e.Creation.IsZero() {
			day := fromTRA(e.Creation)
			l.DateCreation = &day
		}
		lu.Lignes, lu.places = append(lu.Lignes, l), append(lu.places, e.Line)
	}
	return lu, warnings, errs, nil
}

func rules(list []comptable.Erreur, places []int) []Erreur {
	out := make([]Erreur, len(list))
	for i, e := range list {
		out[i] = Erreur{Erreur: e}
		if e.Index >= 0 && e.Index < len(places) {
			out[i].Ligne = places[e.Index]
		}
	}
	return out
}

// fieldErrors returns the values that a file cannot hold.
func fieldErrors(err error) []Erreur {
	var all []error
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		all = joined.Unwrap()
	} else if err != nil {
		all = []error{err}
	}
	var out []Erreur
	for _, err := range all {
		var field *tra.FieldError
		if errors.As(err, &field) {
			out = append(out, Erreur{Ligne: field.Line, Colonne: field.Column,
				Erreur: comptable.Erreur{Code: CodeFichier, Index: -1, Champ: field.Field, Message: field.Error()}})
		}
	}
	return out
}

func toTRA(d passerelle.Date) tra.Date {
	t := d.Time()
	day, _ := tra.NewDate(t.Year(), t.Month(), t.Day()) // a Date is always a real day
	return day
}

func fromTRA(d tra.Date) passerelle.Date {
	if d.IsZero() {
		return 0 // its error is among the findings
	}
	return passerelle.NewDate(int(d.Year), d.Month, int(d.Day))
}

// cut returns the first n characters of s.
func cut(s string, n int) string {
	if runes := []rune(s); len(runes) > n {
		return string(runes[:n])
	}
	return s
}
