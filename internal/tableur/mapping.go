package tableur

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// MappingVersion is the version of the mapping document that this code writes.
const MappingVersion = 1

// Mapping is a "matrice de correspondance": which column of an export feeds
// which field of a contract. It is kept as a small JSON document:
//
//	{
//	  "version": 1,
//	  "memeNom": true,
//	  "dates": ["JJ/MM/AAAA"],
//	  "valeursVides": ["NULL", "-"],
//	  "filtres": [{"colonne": "Statut", "egal": ["En cours"]}],
//	  "champs": {
//	    "nomApprenant": "Nom de l'alternant",
//	    "dateDebut": {"colonne": "Date", "occurrence": 2, "dates": ["M/J/AAAA"]},
//	    "codeGroupe": {"codeDe": ["nomGroupe", "nomSite"]},
//	    "nomSite": {"lettre": "F", "traductions": {"LYO": "Lyon"}, "defaut": "Paris"}
//	  }
//	}
//
// Column names are compared without accents, case and punctuation.
type Mapping struct {
	Version int `json:"version"`
	// MemeNom lets every field that Champs does not name take the column that
	// bears its wire name, where there is one.
	MemeNom bool `json:"memeNom,omitempty"`
	// Dates are the date formats of every date field, in order of preference;
	// DefaultDates where there are none.
	Dates []string `json:"dates,omitempty"`
	// ValeursVides are the texts that stand for nothing in the file, such as
	// "NULL", "-" or "#N/A": compared as they are.
	ValeursVides []string `json:"valeursVides,omitempty"`
	// Filtres keep the rows that pass all of them; the others are left out.
	Filtres []Filtre `json:"filtres,omitempty"`
	// Champs tells, by wire name, where each field comes from.
	Champs map[string]Source `json:"champs,omitempty"`
}

// Source tells where one field comes from: exactly one of a column (Colonne or
// Lettre), Joindre, CodeDe or Constante; the zero Source is an empty Constante, to
// fill in, and none until then. In JSON a source that is a column's
// name and nothing else may be written as a string.
type Source struct {
	Colonne    string `json:"colonne,omitempty"`
	Occurrence int    `json:"occurrence,omitempty"` // which of the columns of that name, from 1
	Lettre     string `json:"lettre,omitempty"`     // the column as Excel names it, such as "AB"

	Joindre []Reference `json:"joindre,omitempty"` // columns whose values are joined, blank ones left out
	Avec    *string     `json:"avec,omitempty"`    // what stands between them, a space where absent

	// CodeDe makes a code out of the values of other fields (see Slug).
	CodeDe []string `json:"codeDe,omitempty"`

	Constante string `json:"constante,omitempty"`

	Partie      *Partie           `json:"partie,omitempty"`      // keeps a part of the value
	Dates       []string          `json:"dates,omitempty"`       // instead of the mapping's
	Traductions map[string]string `json:"traductions,omitempty"` // value in the file to value sent, compared as names are
	Strict      bool              `json:"strict,omitempty"`      // a value that lacks among the translations is an error
	Defaut      string            `json:"defaut,omitempty"`      // where the value is blank
}

// Filtre keeps the rows by the value of one column: those that have one of Egal,
// or, with Sauf, those that have none of these. Values are compared without case
// and double blanks; "" is a blank cell.
type Filtre struct {
	Colonne    string   `json:"colonne,omitempty"`
	Occurrence int      `json:"occurrence,omitempty"`
	Lettre     string   `json:"lettre,omitempty"`
	Egal       []string `json:"egal,omitempty"`
	Sauf       []string `json:"sauf,omitempty"`
}

// Reference names a column; in JSON, a string or an object.
type Reference struct {
	Colonne    string `json:"colonne,omitempty"`
	Occurrence int    `json:"occurrence,omitempty"`
	Lettre     string `json:"lettre,omitempty"`
}

// Partie keeps the part Numero (from 1) of a value cut at each Separateur; with
// Reste, everything from there on. Or, with Personne, the "nom" or the "prenom" of a
// person that the value names, whichever of them is in capitals; where neither is,
// the first word is the name, or with Ordre "prenom nom" the first name.
type Partie struct {
	Separateur string `json:"separateur,omitempty"`
	Numero     int    `json:"numero,omitempty"`
	Reste      bool   `json:"reste,omitempty"`
	Personne   string `json:"personne,omitempty"`
	Ordre      string `json:"ordre,omitempty"`
}

func (s Source) reference() Reference {
	return Reference{Colonne: s.Colonne, Occurrence: s.Occurrence, Lettre: s.Lettre}
}

// ParseMapping reads a mapping document. Its error is a French sentence for the
// person who wrote the document.
func ParseMapping(document []byte) (Mapping, error) {
	var m Mapping
	if err := strict(document, &m); err != nil {
		return Mapping{}, fmt.Errorf("la matrice de correspondance n’est pas un document JSON valable : %w", err)
	}
	if m.Version != MappingVersion {
		return Mapping{}, fmt.Errorf("la matrice de correspondance doit porter \"version\": %d", MappingVersion)
	}
	return m, nil
}

func strict(document []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(document))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if d.More() {
		return fmt.Errorf("du texte suit le document")
	}
	return nil
}

// UnmarshalJSON reads a string (a column's name) or an object.
func (s *Source) UnmarshalJSON(b []byte) error {
	*s = Source{}
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, &s.Colonne)
	}
	type object Source
	return strict(b, (*object)(s))
}

// MarshalJSON writes a string where the source is a column's name only.
func (s Source) MarshalJSON() ([]byte, error) {
	type object Source
	if s.empty() {
		return []byte(`{"constante":""}`), nil // to fill in
	}
	b, err := json.Marshal(object(s))
	if err != nil || s.Colonne == "" {
		return b, err
	}
	name, err := json.Marshal(map[string]string{"colonne": s.Colonne})
	if err == nil && bytes.Equal(b, name) {
		return json.Marshal(s.Colonne)
	}
	return b, err
}

// UnmarshalJSON reads a string (a column's name) or an object.
func (r *Reference) UnmarshalJSON(b []byte) error {
	*r = Reference{}
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, &r.Colonne)
	}
	type object Reference
	return strict(b, (*object)(r))
}

// MarshalJSON writes a string where the reference is a name only.
func (r Reference) MarshalJSON() ([]byte, error) {
	if r.Occurrence == 0 && r.Lettre == "" {
		return json.Marshal(r.Colonne)
	}
	type object Reference
	return json.Marshal(object(r))
}
