package console

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// barres is a chart of stacked bars, one under the other.
type barres struct {
	Titre, Description string
	Hauteur            float64
	Barres             []barre
	Series             []serie // the legend, in the order of the segments; none where there is one series alone
}

type serie struct {
	Nom   string
	Index int // 1 to seriesMost, seriesMost+1 for the others: its colour
}

type barre struct {
	Nom, Total  string
	Texte, Y    float64 // base line of the text, top of the bar
	Segments    []segment
	jours       int64
	seriesJours []int64
}

type segment struct {
	X, W  float64
	Serie int
	Titre string
}

// The measures of the chart, in its own units, and how much it shows.
const (
	bLargeur              = 820.0
	bRang, bTexte, bBarre = 58.0, 24.0, 32.0 // of a bar with its text
	bEcart                = 2.0              // between segments, so that colours do not touch
	barresMost            = 12
	seriesMost            = 7
	labelMost             = 44 // characters
	autres                = "Autres"
)

// newBarres draws the lines of a page: the values of the first dimension, split by
// the second one; for all exercices, each of them split by the first dimension.
func newBarres(p *ventilationPage, lines []ventilationLigne) *barres {
	g := newGrille(func(jours int64) string { return nombre(int(jours)) + " " + pluriel(int(jours), "jour") })
	for _, l := range lines {
		switch {
		case p.Courant == nil:
			for i, s := range l.Sommes {
				g.add(p.Exercices[i].Nom+" : du "+p.Exercices[i].Debut1+" au "+p.Exercices[i].Fin1, l.Noms[0], s.Jours)
			}
		case len(l.Noms) > 1:
			g.add(l.Noms[0], l.Noms[1], l.Somme.Jours)
		default:
			g.add(l.Noms[0], "", l.Somme.Jours)
		}
	}
	if len(g.bars) == 0 {
		return nil
	}
	b := g.draw(p.Courant != nil)
	b.Titre = "Jours par exercice et par " + lower(p.Titres[0])
	if p.Courant != nil {
		b.Titre = "Jours de l’exercice " + p.Courant.Nom + " par " + lower(p.Titres[0])
		if len(p.Titres) > 1 {
			b.Titre += " et par " + lower(p.Titres[1])
		}
	}
	b.Description = fmt.Sprintf("Barres horizontales, la plus longue compte %s. Le tableau qui suit donne tous les chiffres.", g.dire(g.longest()))
	return b
}

// lower puts a title within a sentence.
func lower(titre string) string { return strings.ToLower(titre[:1]) + titre[1:] }

// grille sums days, or amounts, by bar and series.
type grille struct {
	dire         func(int64) string // how many they are, in words
	rows, series map[string]int
	bars         []barre
	names        []string
	totals       []int64 // by series
}

func newGrille(dire func(int64) string) *grille {
	return &grille{dire: dire, rows: map[string]int{}, series: map[string]int{}}
}

func (g *grille) add(bar, series string, jours int64) {
	at, ok := g.rows[bar]
	if !ok {
		at = len(g.bars)
		g.rows[bar] = at
		g.bars = append(g.bars, barre{Nom: bar})
	}
	s, ok := g.series[series]
	if !ok {
		s = len(g.names)
		g.series[series] = s
		g.names, g.totals = append(g.names, series), append(g.totals, 0)
	}
	b := &g.bars[at]
	for len(b.seriesJours) <= s {
		b.seriesJours = append(b.seriesJours, 0)
	}
	b.seriesJours[s] += jours
	b.jours += jours
	g.totals[s] += jours
}

func (g *grille) longest() (most int64) {
	for _, b := range g.bars {
		most = max(most, b.jours)
	}
	return most
}

// draw places the bars, the longest first where sorted, and the rest together in
// one more.
func (g *grille) draw(sorted bool) *barres {
	if sorted {
		slices.SortStableFunc(g.bars, func(a, b barre) int { return cmp.Compare(b.jours, a.jours) })
	}
	order := make([]int, len(g.names))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(g.totals[b], g.totals[a]) })

	b := &barres{}
	bars := g.bars
	if sorted && len(bars) > barresMost {
		rest := barre{Nom: autres + " (" + nombre(len(bars)-barresMost) + ")", seriesJours: make([]int64, len(g.names))}
		for _, other := range bars[barresMost:] {
			rest.jours += other.jours
			for s, jours := range other.seriesJours {
				rest.seriesJours[s] += jours
			}
		}
		bars = append(slices.Clone(bars[:barresMost]), rest)
	}
	most := int64(1)
	for _, bar := range bars {
		most = max(most, bar.jours)
	}
	for _, bar := range bars {
		bar.Texte, bar.Y = b.Hauteur+bTexte, b.Hauteur+bBarre
		b.Hauteur += bRang
		bar.Total = g.dire(bar.jours)
		full := bar.Nom
		bar.Nom = short(bar.Nom)
		x := 0.0
		place := func(series int, name string, jours int64) {
			if jours == 0 {
				return
			}
			width := bLargeur * float64(jours) / float64(most)
			titre := full
			if name != "" {
				titre += ", " + name
			}
			bar.Segments = append(bar.Segments, segment{X: round(x), W: round(max(1, width-bEcart)), Serie: series, Titre: titre + " : " + g.dire(jours)})
			x += width
		}
		var others int64
		for rank, s := range order {
			if s >= len(bar.seriesJours) {
				continue
			}
			if rank < seriesMost {
				place(rank+1, g.names[s], bar.seriesJours[s])
			} else {
				others += bar.seriesJours[s]
			}
		}
		place(seriesMost+1, autres, others)
		b.Barres = append(b.Barres, bar)
	}
	if len(g.names) > 1 {
		for rank, s := range order[:min(len(order), seriesMost)] {
			b.Series = append(b.Series, serie{g.names[s], rank + 1})
		}
		if len(order) > seriesMost {
			b.Series = append(b.Series, serie{autres + " (" + strconv.Itoa(len(order)-seriesMost) + ")", seriesMost + 1})
		}
	}
	return b
}

// short cuts a name to what fits beside the number of days.
func short(name string) string {
	runes := []rune(name)
	if len(runes) <= labelMost {
		return name
	}
	return string(runes[:labelMost-1]) + "…"
}
