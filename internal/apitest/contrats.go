package apitest

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/demo"
)

// Contrat returns a valid contract with a code. Contracts of different codes
// agree with each other: the apprentice is each one's own, all else is shared.
func Contrat(code string) passerelle.Contrat {
	return passerelle.Contrat{
		CodeContrat: code,
		CodeGroupe:  "G1", NomGroupe: "MCO 1 Lyon",
		CodeSite: "LYO", NomSite: "Lyon",
		CodePeriode: "2026", NomPeriode: "2026/2027",
		CodeFormation: "MCO", NomFormation: "BTS MCO",
		CodeAnnee: "A1", NomAnnee: "1re année",
		CodeApprenant: "A-" + code, NomApprenant: "Martin", PrenomApprenant: "Léa", EmailApprenant: "a-" + code + "@etu.example",
		CodePersonnel: "P1", NomPersonnel: "Durand", PrenomPersonnel: "Paul", EmailPersonnel: "paul.durand@cfa.example",
		CodeMaitreApprentissage: "M1", NomMaitreApprentissage: "Petit", PrenomMaitreApprentissage: "Inès",
		EmailMaitreApprentissage: "ines.petit@boulangerie.example", NomEntreprise: "Boulangerie Petit",
		DateDebut: "01/09/2026", DateFin: "31/08/2028",
	}
}

// With returns a valid contract with a code, changed by edit.
func With(code string, edit func(*passerelle.Contrat)) passerelle.Contrat {
	c := Contrat(code)
	edit(&c)
	return c
}

// Text writes a value as JSON.
func Text(t testing.TB, value any) string {
	t.Helper()
	b, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// CSV returns contracts as an export with wire names for a header.
func CSV(list []passerelle.Contrat) []byte {
	return CSVTitled(list, func(c passerelle.Champ) string { return c.Nom })
}

// CSVTitled returns contracts as an export with the titles that title gives.
func CSVTitled(list []passerelle.Contrat, title func(passerelle.Champ) string) []byte {
	var b bytes.Buffer
	out := csv.NewWriter(&b)
	out.Comma = ';'
	var row []string
	for _, champ := range passerelle.Champs {
		row = append(row, title(champ))
	}
	_ = out.Write(row) // a Buffer takes all
	for i := range list {
		row = row[:0]
		for _, champ := range passerelle.Champs {
			row = append(row, *champ.At(&list[i]))
		}
		_ = out.Write(row)
	}
	out.Flush()
	return b.Bytes()
}

// Contrats returns valid contracts with the codes.
func Contrats(codes ...string) []passerelle.Contrat {
	list := make([]passerelle.Contrat, len(codes))
	for i, code := range codes {
		list[i] = Contrat(code)
	}
	return list
}

// Numbered returns n valid contracts, K0001 and so on.
func Numbered(n int) []passerelle.Contrat {
	list := make([]passerelle.Contrat, n)
	for i := range list {
		list[i] = Contrat(fmt.Sprintf("K%04d", i+1))
	}
	return list
}

// Demo returns n contracts of an invented organisation, as a real one has them.
func Demo(n int) []passerelle.Contrat {
	return slices.Collect(demo.Generate(demo.Params{Contrats: n, Seed: 1}))
}

// Objet is a contract as a JSON object, which can be spoilt.
type Objet map[string]any

// ObjetOf returns a contract as an object.
func ObjetOf(t testing.TB, c passerelle.Contrat) Objet {
	t.Helper()
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var o Objet
	if err := json.Unmarshal(text, &o); err != nil {
		t.Fatal(err)
	}
	return o
}

// With returns a copy of the object with other values: name, value, name, value…
func (o Objet) With(pairs ...any) Objet {
	changed := maps.Clone(o)
	for i := 0; i+1 < len(pairs); i += 2 {
		changed[pairs[i].(string)] = pairs[i+1]
	}
	return changed
}

// Without returns a copy of the object that lacks some properties.
func (o Objet) Without(names ...string) Objet {
	changed := maps.Clone(o)
	for _, name := range names {
		delete(changed, name)
	}
	return changed
}

// Body wraps contracts as the body of a push.
func Body[C any](contrats ...C) map[string][]C {
	if contrats == nil {
		contrats = []C{}
	}
	return map[string][]C{"contrats": contrats}
}

// Modele is a modèle as a client sends it.
type Modele struct {
	ID       string         `json:"id,omitempty"`
	Nom      string         `json:"nom"`
	Criteres map[string]any `json:"criteres"`
	Actif    bool           `json:"actif"`
}

// ModeleFor returns an active modèle: field, value, field, value…
func ModeleFor(nom string, pairs ...any) Modele {
	m := Modele{Nom: nom, Criteres: map[string]any{}, Actif: true}
	for i := 0; i+1 < len(pairs); i += 2 {
		m.Criteres[pairs[i].(string)] = pairs[i+1]
	}
	return m
}
