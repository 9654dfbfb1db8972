package regles

import (
	"fmt"
	"math"
	"strings"

	"github.com/passerelle-hub/passerelle"
)

// checkValue says what is wrong with the form of a value, which is not "", and
// with its bounds; code is "" where nothing is.
func checkValue(champ *passerelle.Champ, value string) (code passerelle.Code, problem string) {
	say := func(code passerelle.Code, format string, args ...any) (passerelle.Code, string) {
		return code, fmt.Sprintf("« %s » ", shorten(value)) + fmt.Sprintf(format, args...)
	}
	switch champ.Kind {
	case passerelle.KindEmail:
		if !plausibleEmail(value) {
			return say(passerelle.CodeEmailFormat, "n’est pas une adresse e-mail, attendu par exemple prenom.nom@exemple.fr.")
		}
	case passerelle.KindDate:
		if _, err := passerelle.ParseDateFR(value); err != nil {
			return say(passerelle.CodeDateFormat, "n’est pas une date réelle au format JJ/MM/AAAA, par exemple 01/09/2026.")
		}
	case passerelle.KindMontant:
		switch centimes, ok := passerelle.ParseMontant(value); {
		case !ok:
			return say(passerelle.CodeAmountFormat, "n’est pas un montant en euros, attendu par exemple 7500 ou 7500,50, jamais négatif.")
		case centimes > champ.Plafond:
			return say(passerelle.CodeValue, "dépasse le maximum, qui est de %d euros par an.", champ.Plafond/100)
		}
	case passerelle.KindHeures:
		switch heures, ok := passerelle.ParseHeures(value); {
		case !ok:
			return say(passerelle.CodeAmountFormat, "n’est pas un nombre d’heures, attendu par exemple 675 ou 675,5, jamais négatif.")
		case heures == math.MaxInt64:
			return say(passerelle.CodeValue, "a trop de chiffres pour un nombre d’heures.")
		}
	case passerelle.KindChoix:
		for _, one := range champ.Valeurs {
			if value == one {
				return "", ""
			}
		}
		last := len(champ.Valeurs) - 1
		return say(passerelle.CodeValue, "n’est pas une valeur possible, attendu %s ou %s.", strings.Join(champ.Valeurs[:last], ", "), champ.Valeurs[last])
	case passerelle.KindIDCC:
		if _, ok := passerelle.ParseIDCC(value); !ok {
			return say(passerelle.CodeValue, "n’est pas un numéro de convention collective, attendu quatre chiffres au plus, par exemple 1486.")
		}
	case passerelle.KindSiret:
		if !passerelle.SiretValide(value) {
			return say(passerelle.CodeSiretFormat, "n’est pas un SIRET, attendu 14 chiffres sans espace dont la clé est juste.")
		}
	}
	return "", ""
}

// verifyDates holds the dates of c against each other (design 4 and 9): each only
// against those that are there and are dates.
func verifyDates(c *passerelle.Contrat, found []passerelle.Violation) []passerelle.Violation {
	if c.DateFin == "" && c.DateRupture == "" && c.DateEntreeFormation == "" {
		return found
	}
	debut, sansDebut := passerelle.ParseDateFR(c.DateDebut)
	fin, sansFin := passerelle.ParseDateFR(c.DateFin)
	add := func(field, format string, args ...any) {
		found = append(found, passerelle.Violation{Field: field, Code: passerelle.CodeDateOrder, Message: fmt.Sprintf(format, args...)})
	}
	if sansDebut == nil && sansFin == nil && fin < debut {
		add("dateFin", "Date de fin : le %s précède la date de début, le %s.", c.DateFin, c.DateDebut)
		return found // what lies between them has no meaning
	}
	if rupture, err := passerelle.ParseDateFR(c.DateRupture); err == nil {
		switch {
		case sansDebut == nil && rupture < debut:
			add("dateRupture", "Date de rupture : le %s précède la date de début, le %s ; c’est le dernier jour exécuté.", c.DateRupture, c.DateDebut)
		case sansFin == nil && rupture > fin:
			add("dateRupture", "Date de rupture : le %s suit la date de fin, le %s ; c’est le dernier jour exécuté.", c.DateRupture, c.DateFin)
		}
	}
	if entree, err := passerelle.ParseDateFR(c.DateEntreeFormation); err == nil {
		switch {
		case sansDebut == nil && entree < debut.AddMonths(-moisAvantDebut):
			add("dateEntreeFormation", "Date d’entrée en formation : le %s précède de plus de trois mois la date de début, le %s.", c.DateEntreeFormation, c.DateDebut)
		case sansFin == nil && entree > fin:
			add("dateEntreeFormation", "Date d’entrée en formation : le %s suit la date de fin, le %s.", c.DateEntreeFormation, c.DateFin)
		}
	}
	return found
}

// moisAvantDebut is how long before its contract a training may begin (design 9).
const moisAvantDebut = 3

// verifyHeures holds hours against those that they are part of.
func verifyHeures(c *passerelle.Contrat, found []passerelle.Violation) []passerelle.Violation {
	for _, i := range champsBornes {
		champ := &passerelle.Champs[i[0]]
		part, ok := passerelle.ParseHeures(*champ.At(c))
		if !ok {
			continue
		}
		whole := &passerelle.Champs[i[1]]
		if most, ok := passerelle.ParseHeures(*whole.At(c)); ok && part > most {
			found = append(found, passerelle.Violation{Field: champ.Nom, Code: passerelle.CodeValue,
				Message: fmt.Sprintf("%s : %s heures, plus que %s, qui en donne %s.", champ.Libelle, *champ.At(c), whole.Nom, *whole.At(c))})
		}
	}
	return found
}

// champsBornes are the fields that another field bounds, each with that one.
var champsBornes = func() (list [][2]int) {
	for i := range passerelle.Champs {
		if pas := passerelle.Champs[i].Pas; pas != "" {
			j, ok := passerelle.ChampIndex([]byte(pas))
			if !ok {
				panic("regles: no field " + pas)
			}
			list = append(list, [2]int{i, j})
		}
	}
	return list
}()
