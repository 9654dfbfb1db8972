// Package recherche finds contracts by what people remember of them: a part of
// a code, a name, an e-mail, an entreprise. It holds the text of an organisme's
// active contracts in memory; it is pure and knows no database.
package recherche

import (
	"bytes"
	"slices"
	"sort"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/passerelle-hub/passerelle"
)

// Index is the searchable text of active contracts, ordered by code. It does
// not change once it is built, so several goroutines may search it.
type Index struct {
	codes   []string
	profils []int64
	text    []byte // the folded text of every contract, each ended by a line feed
	ends    []int  // where the text of each ends in text
}

// Entry is one contract to index.
type Entry struct {
	Code   string
	Profil int64
	text   []byte
}

// NewEntry returns what is searched of a contract: the fields that the table of
// fields names as such.
func NewEntry(c *passerelle.Contrat, profil int64) Entry {
	var parts []string
	for i := range passerelle.Champs {
		champ := &passerelle.Champs[i]
		if !champ.Cherche {
			continue
		}
		if value := *champ.At(c); value != "" {
			parts = append(parts, champ.Affiche(value))
		}
	}
	return Entry{c.CodeContrat, profil, []byte(Fold(strings.Join(parts, "\t")))}
}

// Len is the number of contracts.
func (x *Index) Len() int { return len(x.codes) }

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
	y := &Index{codes: make([]string, 0, n), profils: make([]int64, 0, n), ends: make([]int, 0, n), text: make([]byte, 0, size)}
	next := 0
	add := func(code string, profil int64, text []byte) {
		y.codes, y.profils = append(y.codes, code), append(y.profils, profil)
		y.text = append(append(y.text, text...), '\n')
		y.ends = append(y.ends, len(y.text))
	}
	for i, code := range x.codes {
		if drop[code] {
			continue
		}
		for next < len(entries) && entries[next].Code < code {
			add(entries[next].Code, entries[next].Profil, entries[next].text)
			next++
		}
		add(code, x.profils[i], x.textOf(i))
	}
	for ; next < len(entries); next++ {
		add(entries[next].Code, entries[next].Profil, entries[next].text)
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

// Search returns the codes, in order, of the contracts that contain every word
// of a text, whatever their case and accents; those of some profils where keep
// is not nil.
func (x *Index) Search(text string, keep func(profil int64) bool) []string {
	var words [][]byte
	for word := range strings.FieldsSeq(Fold(text)) {
		if c := passerelle.CertificationOf(word); c.Numero() && strings.ContainsAny(word, ".,") {
			word = Fold(string(c)) // 38362.0, as spreadsheets write it
		}
		words = append(words, []byte(word))
	}
	if len(words) == 0 {
		return nil
	}
	// The longest word is likely the rarest.
	slices.SortStableFunc(words, func(a, b []byte) int { return len(b) - len(a) })
	var found []string
	for at := 0; at < len(x.text); {
		hit := bytes.Index(x.text[at:], words[0])
		if hit < 0 {
			break
		}
		i := sort.SearchInts(x.ends, at+hit+1)
		at = x.ends[i]
		if keep != nil && !keep(x.profils[i]) {
			continue
		}
		line := x.textOf(i)
		if !slices.ContainsFunc(words[1:], func(word []byte) bool { return !bytes.Contains(line, word) }) {
			found = append(found, x.codes[i])
		}
	}
	return found
}

// folded holds what Latin letters with accents become.
var folded = func() map[rune]string {
	table := map[rune]string{'œ': "oe", 'Œ': "oe", 'æ': "ae", 'Æ': "ae", 'ß': "ss", 'ø': "o", 'Ø': "o", 'ł': "l", 'Ł': "l", '’': "'"}
	for r := rune(0xc0); r < 0x250; r++ {
		if _, ok := table[r]; ok {
			continue
		}
		var plain strings.Builder
		for _, part := range norm.NFD.String(string(r)) {
			if !unicode.Is(unicode.Mn, part) {
				plain.WriteRune(unicode.ToLower(part))
			}
		}
		table[r] = plain.String()
	}
	return table
}()

// Fold writes a text without capitals and accents.
func Fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		switch {
		case r == '\n':
			b.WriteByte(' ')
		case r < 0x80:
			b.WriteByte(byte(unicode.ToLower(r)))
		case unicode.Is(unicode.Mn, r):
		default:
			if plain, ok := folded[r]; ok {
				b.WriteString(plain)
			} else {
				b.WriteRune(unicode.ToLower(r))
			}
		}
	}
	return b.String()
}
