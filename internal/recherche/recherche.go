// Package recherche finds contracts, and the people and entreprises that they name,
// by what is remembered of them: a part of a code, a name, an e-mail. It holds the text of an
// organisme's contracts in memory; it is pure and knows no database.
package recherche

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strings"

	"github.com/passerelle-hub/passerelle"
)

// Index is the searchable text of contracts, ordered by code. What it holds does not
// change once it is built, so several goroutines may search it.
type Index struct {
	codes   []string
	profils []int64
	dates   []Dates
	cles    [][Roles]Cle
	text    []byte // the folded text of every contract: its fields, each ended by a tab, then a line feed
	ends    []int  // where the text of each ends in text
	signes  []signe
	ordres  ordres
}

// Dates are the first and the last day of a contract (dateRupture, else dateFin) as it
// says them, 0 where it does not.
type Dates struct{ Debut, Fin passerelle.Date }

// Role says who or what of a contract is meant.
type Role int

// The people of a contract, and its entreprise.
const (
	Apprenant Role = iota
	Personnel
	Maitre
	Entreprise
	Roles = 4
)

// Cle stands for a person's code, or an entreprise's name, in addresses: it names
// nobody. It is 0 where a contract names none.
type Cle uint64

// CleOf returns the key of a person, by user code, or of an entreprise, by name: two
// names that differ in case, accents or blanks are one.
func CleOf(role Role, value string) Cle {
	kind := "personne\x00"
	if role == Entreprise {
		kind, value = "entreprise\x00", strings.Join(strings.Fields(Fold(value)), " ")
	}
	if value == "" {
		return 0
	}
	sum := sha256.Sum256([]byte(kind + value))
	return Cle(binary.BigEndian.Uint64(sum[:])) | 1
}

// Entry is one contract to index.
type Entry struct {
	Code   string
	Profil int64
	dates  Dates
	cles   [Roles]Cle
	text   []byte
	signe  signe
}

// champs are the fields that are searched, in the order of a line; places says where
// in it the fields of each role are.
var champs, places = func() (list []*passerelle.Champ, spans [Roles][2]int) {
	of := map[string]Role{"codeApprenant": Apprenant, "codePersonnel": Personnel, "codeMaitreApprentissage": Maitre, "nomEntreprise": Entreprise}
	for i := range passerelle.Champs {
		champ := &passerelle.Champs[i]
		if !champ.Cherche {
			continue
		}
		if role, first := of[champ.Nom]; first {
			spans[role] = [2]int{len(list), len(list) + 4} // code, nom, prénom, e-mail
			if role == Entreprise {
				spans[role][1] = len(list) + 1
			}
		}
		list = append(list, champ)
	}
	return list, spans
}()

// groupe is where in a line the code and the name of the groupe are.
const groupeDebut, groupeFin = 1, 3

// NewEntry returns what is searched of a contract: the fields that the table of
// fields names as such.
func NewEntry(c *passerelle.Contrat, profil int64) Entry {
	var line strings.Builder
	for _, champ := range champs {
		if value := *champ.At(c); value != "" {
			line.WriteString(Fold(champ.Affiche(value)))
		}
		line.WriteByte('\t')
	}
	e := Entry{Code: c.CodeContrat, Profil: profil, text: []byte(line.String()), cles: [Roles]Cle{
		CleOf(Apprenant, c.CodeApprenant), CleOf(Personnel, c.CodePersonnel), CleOf(Maitre, c.CodeMaitreApprentissage), CleOf(Entreprise, c.NomEntreprise)}}
	e.signe.sign(e.text)
	e.dates.Debut, _ = passerelle.ParseDateFR(c.DateDebut)
	e.dates.Fin, _ = passerelle.ParseDateFR(cmp.Or(c.DateRupture, c.DateFin))
	return e
}

// Len is the number of contracts.
func (x *Index) Len() int {
	if x == nil {
		return 0
	}
	return len(x.codes)
}

// Code is that of the contract at a place.
func (x *Index) Code(i int) string { return x.codes[i] }

// Find returns the place of a contract by its code, -1 where there is none.
func (x *Index) Find(code string) int {
	if x.Len() > 0 {
		if i, found := slices.BinarySearch(x.codes, code); found {
			return i
		}
	}
	return -1
}

// Profil is that of the contract at a place.
func (x *Index) Profil(i int) int64 { return x.profils[i] }

// Dates are those of the contract at a place.
func (x *Index) Dates(i int) Dates { return x.dates[i] }

// Update returns an index without the contracts that are gone and with entries,
// which are ordered by code and replace contracts of the same code. x may be nil.
func (x *Index) Update(gone []string, entries []Entry) *Index {
	if x == nil {
		x = &Index{}
	}
	drop := make(map[string]bool, len(gone)+len(entries))
	for _, code := range gone {
		drop[code] = true
	}
	for i := range entries {
		drop[entries[i].Code] = true
	}
	size := len(x.text)
	for i := range entries {
		size += len(entries[i].text) + 1
	}
	n := len(x.codes) + len(entries)
	y := &Index{codes: make([]string, 0, n), profils: make([]int64, 0, n), dates: make([]Dates, 0, n), cles: make([][Roles]Cle, 0, n), ends: make([]int, 0, n), signes: make([]signe, 0, n), text: make([]byte, 0, size)}
	next := 0
	add := func(e *Entry) {
		y.codes, y.profils, y.dates, y.cles = append(y.codes, e.Code), append(y.profils, e.Profil), append(y.dates, e.dates), append(y.cles, e.cles)
		y.signes = append(y.signes, e.signe)
		y.text = append(append(y.text, e.text...), '\n')
		y.ends = append(y.ends, len(y.text))
	}
	for i, code := range x.codes {
		if drop[code] {
			continue
		}
		for next < len(entries) && entries[next].Code < code {
			add(&entries[next])
			next++
		}
		add(&Entry{code, x.profils[i], x.dates[i], x.cles[i], x.textOf(i), x.signes[i]})
	}
	for ; next < len(entries); next++ {
		add(&entries[next])
	}
	return y
}

func (x *Index) start(i int) int {
	if i == 0 {
		return 0
	}
	return x.ends[i-1]
}

func (x *Index) textOf(i int) []byte { return x.text[x.start(i) : x.ends[i]-1] }

// Named returns the places of the contracts that name a person or an entreprise.
func (x *Index) Named(cle Cle) (found []int) {
	for i := range x.Len() {
		for _, known := range &x.cles[i] {
			if known == cle {
				found = append(found, i)
				break
			}
		}
	}
	return found
}

// Texte is what somebody looks for: words, whatever their order.
type Texte struct{ words [][]byte }

// NewTexte reads what was typed.
func NewTexte(text string) (t Texte) {
	for word := range strings.FieldsSeq(Fold(text)) {
		if c := passerelle.CertificationOf(word); c.Numero() && strings.ContainsAny(word, ".,") {
			word = Fold(string(c)) // 38362.0, as spreadsheets write it
		}
		t.words = append(t.words, []byte(word))
	}
	// The longest word is likely the rarest.
	slices.SortStableFunc(t.words, func(a, b []byte) int { return len(b) - len(a) })
	return t
}

// Vide reports whether nothing is looked for.
func (t Texte) Vide() bool { return len(t.words) == 0 }

// Dans reports whether a text holds every word.
func (t Texte) Dans(text string) bool { return t.within([]byte(Fold(text))) }

// within reports whether a text, which is folded, holds every word.
func (t Texte) within(text []byte) bool {
	for _, word := range t.words {
		if !bytes.Contains(text, word) {
			return false
		}
	}
	return true
}

// Each passes the places of the contracts that hold a text, in order, until yield
// returns false.
func (x *Index) Each(t Texte, yield func(i int) bool) {
	x.each(t, 0, x.Len(), yield)
}

// each does so from one place to before another.
func (x *Index) each(t Texte, from, to int, yield func(i int) bool) {
	if from == to || t.Vide() {
		return
	}
	signe := t.signe()
	wanted := signe.mots()
	for i := from; i < to; i++ {
		if x.signes[i].holds(wanted) && t.within(x.textOf(i)) && !yield(i) {
			return
		}
	}
}
