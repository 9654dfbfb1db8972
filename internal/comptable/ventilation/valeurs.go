package ventilation

import (
	"slices"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/vie"
)

// Valeurs reads the values of stored contracts and keeps one copy of those that many
// share. It is not safe for use by several goroutines.
type Valeurs struct {
	par            []Dimension
	places         [][2]int // of the code and the name along each dimension
	texts          map[string]string
	certifications map[string]string // as people are shown them
	jours          map[string]vie.Jour
}

// NewValeurs returns Valeurs along dimensions, and the fields that a document.Picker
// has to pick: fields first, then those of the dimensions that are not among them.
func NewValeurs(fields []string, par []Dimension) (v Valeurs, wanted []string) {
	v = Valeurs{par: par, texts: make(map[string]string), certifications: make(map[string]string), jours: make(map[string]vie.Jour)}
	wanted = slices.Clone(fields)
	place := func(field string) int {
		if at := slices.Index(wanted, field); at >= 0 {
			return at
		}
		wanted = append(wanted, field)
		return len(wanted) - 1
	}
	for _, d := range par {
		code, nom := d.Champs()
		v.places = append(v.places, [2]int{place(code), place(nom)})
	}
	return v, wanted
}

// Cles puts the values of a contract along the dimensions, of which picked holds the
// fields.
func (v *Valeurs) Cles(cles *[2]Cle, picked [][]byte) {
	for i, at := range v.places {
		if v.par[i] == ParRNCP {
			shown := v.certification(picked[at[0]])
			cles[i] = Cle{shown, shown}
			continue
		}
		cles[i] = Cle{v.Texte(picked[at[0]]), v.Texte(picked[at[1]])}
	}
}

// certification returns a certification as people are shown it.
func (v *Valeurs) certification(b []byte) string {
	shown, ok := v.certifications[string(b)]
	if !ok {
		shown = passerelle.AfficheCertification(string(b))
		v.certifications[string(b)] = shown
	}
	return shown
}

// Texte returns a value that many contracts share.
func (v *Valeurs) Texte(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	s, ok := v.texts[string(b)]
	if !ok {
		s = string(b)
		v.texts[s] = s
	}
	return s
}

// Jour returns a day, DD/MM/YYYY; it is not known where it is absent.
func (v *Valeurs) Jour(b []byte) vie.Jour {
	if len(b) == 0 {
		return vie.Jour{}
	}
	d, ok := v.jours[string(b)]
	if !ok {
		date, err := passerelle.ParseDateFR(string(b))
		d = vie.Jour{Date: date, Connu: err == nil}
		v.jours[string(b)] = d
	}
	return d
}

// Numeros numbers the values along a dimension by their code, from 0. The zero value
// has none.
type Numeros struct {
	ids  map[string]int32
	cles []Cle
}

// De returns the number of a value.
func (n *Numeros) De(c Cle) int32 {
	if id, ok := n.ids[c.Code]; ok {
		// One code, two spellings: the first in byte order, whatever the order of contracts.
		if known := &n.cles[id].Nom; c.Nom != *known && c.Nom != "" && (*known == "" || c.Nom < *known) {
			*known = c.Nom
		}
		return id
	}
	if n.ids == nil {
		n.ids = make(map[string]int32)
	}
	id := int32(len(n.cles))
	n.ids[c.Code] = id
	n.cles = append(n.cles, c)
	return id
}

// Cle returns the value that has a number.
func (n *Numeros) Cle(id int32) Cle { return n.cles[id] }
