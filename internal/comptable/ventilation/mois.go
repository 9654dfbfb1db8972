package ventilation

import "github.com/passerelle-hub/passerelle"

// ParMois is what a line comes to in a month.
type ParMois struct {
	Jours   int64
	Produit Centimes // 0 where there are no amounts
}

// moisCumules adds up every line month by month. The income of the months of an
// exercice adds up to that of the exercice, to the cent: each is what is earned by its end less what was
// by its beginning.
type moisCumules struct {
	months [][]passerelle.Periode // per exercice
	cells  map[[2]int32][]ParMois // of a group in an exercice
}

func (m *moisCumules) begin(c *Calcul) {
	m.cells = map[[2]int32][]ParMois{}
	for i := range c.exercices {
		m.months = append(m.months, c.Mois(i))
	}
}

func (m *moisCumules) cell(groupe, exercice int32) []ParMois {
	key := [2]int32{groupe, exercice}
	found := m.cells[key]
	if found == nil {
		found = make([]ParMois, len(m.months[exercice]))
		m.cells[key] = found
	}
	return found
}

// days counts the days of a contract in an exercice that it touches.
func (m *moisCumules) days(f *fiche, exercice int32) {
	own := m.cell(f.groupe, exercice)
	for i, month := range m.months[exercice] {
		if f.periode.Debut > month.Fin {
			continue
		}
		if f.periode.Fin < month.Debut {
			break
		}
		own[i].Jours += int64(f.periode.Commun(month).Jours())
	}
}

// income adds what is earned in each month of an exercice.
func (m *moisCumules) income(groupe, exercice int32, earned func(passerelle.Date) Centimes) {
	own := m.cell(groupe, exercice)
	months := m.months[exercice]
	before := earned(months[0].Debut - 1)
	for i, month := range months {
		now := earned(month.Fin)
		own[i].Produit += now - before
		before = now
	}
}

// ParMois returns what each line of the exercice at position i comes to in each of its
// months, by the short names of the lines; "" is all of them together. c was made with Options.ParMois.
func (c *Calcul) ParMois(i int) map[string][]ParMois {
	all := make([]ParMois, len(c.mois.months[i]))
	found := map[string][]ParMois{"": all}
	for g := range c.groups {
		own := c.mois.cells[[2]int32{int32(g), int32(i)}]
		if own == nil {
			continue
		}
		for m, month := range own {
			all[m].Jours += month.Jours
			all[m].Produit += month.Produit
		}
		found[c.clesDe(int32(g)).Cle()] = own
	}
	return found
}
