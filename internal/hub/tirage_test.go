package hub_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"pgregory.net/rapid"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// What the model test draws: contracts of a few people, places and names, so
// that they contradict each other often.

// rare draws true once in n times.
func rare(t *rapid.T, n int, label string) bool {
	return rapid.IntRange(0, n-1).Draw(t, label) == n-1
}

// noms says how the nomenclature is spelt in one push: all of it follows, so
// that whole pushes rename a code.
type noms struct{ site, groupe, email, apprenant string }

func tirerNoms(t *rapid.T) noms {
	suffixe := func(label string) string {
		return rapid.SampledFrom([]string{"", "", " bis"}).Draw(t, label)
	}
	return noms{suffixe("site names"), suffixe("groupe names"), rapid.SampledFrom([]string{"", "", "x"}).Draw(t, "addresses"), suffixe("apprentices' names")}
}

func tirerContrat(t *rapid.T, s noms) envoi {
	pick := func(label string, max int) int { return rapid.IntRange(1, max).Draw(t, label) }
	var c passerelle.Contrat
	c.CodeContrat = fmt.Sprint("K", pick("contract", 7))
	site, formation, annee, groupe := pick("site", 2), pick("formation", 2), pick("année", 2), pick("groupe", 3)
	c.CodeSite, c.NomSite = fmt.Sprint("S", site), fmt.Sprint("Site ", site, s.site)
	c.CodeFormation, c.NomFormation = fmt.Sprint("F", formation), fmt.Sprint("Formation ", formation)
	c.CodeAnnee, c.NomAnnee = fmt.Sprint("A", annee), fmt.Sprint("Année ", annee)
	c.CodePeriode, c.NomPeriode = "P1", "2026/2027"
	c.CodeGroupe, c.NomGroupe = fmt.Sprint("G", groupe), fmt.Sprint("Groupe ", groupe%2, s.groupe)
	if rare(t, 4, "with a marque") {
		c.CodeMarque, c.NomMarque = "M1", "Marque"
	}
	if rare(t, 4, "with a start") {
		c.MonthStartGroup = "Janvier"
	}
	personne := func(prefix string, max int, nom string) (code, email, name, first string) {
		i := pick(prefix, max)
		code = fmt.Sprint(prefix, i)
		email = strings.ToLower(code) + s.email + "@cfa.example"
		return code, email, nom + fmt.Sprint(" ", i), "Camille"
	}
	c.CodeApprenant, c.EmailApprenant, c.NomApprenant, c.PrenomApprenant = personne("APP", 8, "Apprenant"+s.apprenant)
	c.CodePersonnel, c.EmailPersonnel, c.NomPersonnel, c.PrenomPersonnel = personne("PER", 2, "Tuteur")
	c.CodeMaitreApprentissage, c.EmailMaitreApprentissage, c.NomMaitreApprentissage, c.PrenomMaitreApprentissage = personne("MAI", 3, "Maître")
	c.NomEntreprise = fmt.Sprint("Entreprise ", pick("employer", 2))
	c.DateDebut, c.DateFin = "01/09/2026", "31/08/2027"
	e := envoi{Contrat: c}
	if rare(t, 3, "odd") {
		deformer(t, &e)
	}
	return e
}

// deformer makes a contract odd: one that contradicts others, contradicts
// itself, breaks a rule, or is merely written otherwise.
func deformer(t *rapid.T, e *envoi) {
	c := &e.Contrat
	switch rapid.IntRange(0, 15).Draw(t, "oddity") {
	case 0:
		c.NomSite = "Site 1"
	case 1:
		c.CodeAnnee = "A9"
	case 2:
		c.NomGroupe = "Groupe 1"
	case 3:
		c.EmailApprenant = "app1@cfa.example"
	case 4:
		c.CodeMaitreApprentissage = "PER1"
	case 5:
		c.CodePersonnel, c.EmailPersonnel = "MAI1", "mai1@cfa.example"
	case 6:
		c.CodeApprenant = c.CodePersonnel
	case 7:
		c.EmailApprenant = strings.ToUpper(c.EmailApprenant)
	case 8:
		c.PrenomPersonnel = "Dominique"
	case 9:
		c.EmailPersonnel = "ailleurs@cfa.example"
	case 10:
		c.NomEntreprise, e.casse = "", "required"
	case 11:
		c.DateFin, e.casse = "31/02/2027", "date-format"
	case 12:
		c.DateFin, e.casse = "31/08/2026", "date-order"
	case 13:
		c.EmailMaitreApprentissage, e.casse = "pas une adresse", "email-format"
	case 14:
		c.CodeContrat, e.casse = "", "required"
	case 15:
		c.NomMarque, c.CodeMarque, e.casse = "", "M1", "required"
	}
}

func tirerEnvois(t *rapid.T) []envoi {
	s := tirerNoms(t)
	n := rapid.IntRange(0, 6).Draw(t, "contracts")
	envois := make([]envoi, n)
	for i := range envois {
		envois[i] = tirerContrat(t, s)
	}
	if rare(t, 8, "many more") {
		envois = append(envois, renfort(rapid.IntRange(21, 26).Draw(t, "more"))...)
	}
	return envois
}

// renfort returns contracts that contradict nothing, enough of them for the
// guard to look at.
func renfort(n int) []envoi {
	envois := make([]envoi, n)
	for i := range envois {
		k := fmt.Sprint(100 + i)
		envois[i].Contrat = passerelle.Contrat{
			CodeContrat: "R" + k, CodeGroupe: "GR", NomGroupe: "Renfort", CodeSite: "S9", NomSite: "Site 9", CodePeriode: "P1", NomPeriode: "2026/2027",
			CodeFormation: "F9", NomFormation: "Formation 9", CodeAnnee: "A1", NomAnnee: "Année 1",
			CodeApprenant: "APP" + k, NomApprenant: "Renfort", PrenomApprenant: "Sacha", EmailApprenant: "r" + k + "@cfa.example",
			CodePersonnel: "PER9", NomPersonnel: "Tuteur", PrenomPersonnel: "Lou", EmailPersonnel: "per9@cfa.example",
			CodeMaitreApprentissage: "MAI9", NomMaitreApprentissage: "Maître", PrenomMaitreApprentissage: "Lou", EmailMaitreApprentissage: "mai9@cfa.example",
			NomEntreprise: "Entreprise 9",
		}
	}
	return envois
}

func tirerModele(t *rapid.T) domaine.Modele {
	valeurs := map[string][]string{
		"codeFormation": {"F1", "F2", "F9"}, "codeAnnee": {"A1", "A2"}, "codeSite": {"S1", "S2"}, "codePeriode": {"P1"},
		"codeMarque": {"M1"}, "monthStartGroup": {"Janvier", "Mars"}, "rncp": {"35541"},
	}
	m := domaine.Modele{Nom: "Modèle", Criteres: passerelle.Criteres{}, Actif: !rare(t, 5, "not active")}
	for _, champ := range rapid.SliceOfNDistinct(rapid.SampledFrom(passerelle.ChampsCriteres), 1, 3, rapid.ID).Draw(t, "criteria") {
		m.Criteres[champ] = rapid.SliceOfNDistinct(rapid.SampledFrom(valeurs[champ]), 1, min(2, len(valeurs[champ])), rapid.ID[string]).Draw(t, champ)
	}
	return m
}

// corps writes a push as the body that brings it.
func corps(envois []envoi, retires []string, entier bool) []byte {
	liste := func(op string) []json.RawMessage {
		list := []json.RawMessage{}
		for _, e := range envois {
			if e.op == op {
				text, err := json.Marshal(e.Contrat)
				if err != nil {
					panic(err)
				}
				list = append(list, bytes.Replace(text, []byte(`"nomEntreprise":"`), []byte(`"inconnu":[1],"nomEntreprise":"  `), 1))
			}
		}
		return list
	}
	var body any = map[string]any{"contrats": liste("")}
	if !entier {
		if retires == nil {
			retires = []string{}
		}
		// A struct keeps the order of the parts, which is that of the contracts.
		type parts struct {
			Added   []json.RawMessage `json:"added"`
			Updated []json.RawMessage `json:"updated"`
			Removed []string          `json:"removed"`
		}
		body = map[string]any{"changes": parts{liste("added"), liste("updated"), retires}}
	}
	text, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	return text
}

// decrire says in a line for each contract what it brings.
func decrire(envois []envoi) string {
	var text strings.Builder
	for i, e := range envois {
		c := &e.Contrat
		fmt.Fprintf(&text, "\n  %d %s %s: %s=%s %s=%s %s=%s %s/%s/%s %v %s", i, e.op, c.CodeContrat, c.CodeSite, c.NomSite, c.CodeGroupe, c.NomGroupe,
			c.CodeAnnee, c.NomAnnee, c.CodeFormation, c.CodeMarque, c.MonthStartGroup, gens(c), e.casse)
	}
	return text.String()
}
