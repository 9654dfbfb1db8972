package recherche

import "bytes"

// Nomme is a person or an entreprise that contracts name.
type Nomme struct {
	Trouve   // a contract that names it: an archived one where no active one does
	Cle      Cle
	Role     Role
	Contrats int  // that hold the text and name it
	debut    bool // its name begins with a word that is looked for
}

// Nommes collects the people, entreprises and groupes that hold a text.
type Nommes struct {
	texte   Texte
	byCle   map[Cle]*Nomme
	list    []*Nomme
	Groupes map[int64]bool // profils of the groupes that hold it
}

// NewNommes collects for a text.
func NewNommes(t Texte) *Nommes {
	return &Nommes{texte: t, byCle: map[Cle]*Nomme{}, Groupes: map[int64]bool{}}
}

// Add looks at a contract that holds the text.
func (n *Nommes) Add(x *Index, i int, archived bool) {
	line := x.textOf(i)
	for role := range Role(Roles) {
		cle := x.cles[i][role]
		if cle == 0 {
			continue
		}
		if known := n.byCle[cle]; known != nil {
			known.Contrats++
			continue
		}
		own := fields(line, places[role][0], places[role][1])
		if !n.texte.within(own) {
			continue
		}
		found := &Nomme{Trouve: Trouve{Archive: archived, Place: i}, Cle: cle, Role: role, Contrats: 1}
		for _, word := range n.texte.words {
			found.debut = found.debut || bytes.HasPrefix(own, word) || bytes.Contains(own, append([]byte{'\t'}, word...))
		}
		n.byCle[cle] = found
		n.list = append(n.list, found)
	}
	if !archived && !n.Groupes[x.profils[i]] && n.texte.within(fields(line, groupeDebut, groupeFin)) {
		n.Groupes[x.profils[i]] = true
	}
}

// Premiers returns the first people, or entreprises, that were found: those whose name
// begins with what is looked for before the others, and how many there are.
func (n *Nommes) Premiers(entreprises bool, most int) (first []*Nomme, total int) {
	for _, wanted := range []bool{true, false} {
		for _, found := range n.list {
			if (found.Role == Entreprise) != entreprises || found.debut != wanted {
				continue
			}
			total++
			if len(first) < most {
				first = append(first, found)
			}
		}
	}
	return first, total
}

// fields returns the text of some fields of a line, with what separates them.
func fields(line []byte, from, to int) []byte {
	for range from {
		line = line[bytes.IndexByte(line, '\t')+1:]
	}
	end := 0
	for range to - from {
		end += bytes.IndexByte(line[end:], '\t') + 1
	}
	return line[:max(end-1, 0)]
}
