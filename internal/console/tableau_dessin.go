package console

import (
	"slices"
	"strconv"
	"time"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

// graphique is the curve of transmitted, integrated and refused contracts over
// time. A line of the journal says what is so until the next one: the curve has
// steps, and goes on until now.
type graphique struct {
	Transmis, Integres string // paths
	Points             []point
	Graduations        []graduation
	Dates              []graduation
	Lignes             []domaine.Synchronisation // oldest first: the same as a table
}

type point struct {
	X, Y, H float64 // of the bar of refused contracts
	Refuses int
	XI, YI  float64
	Titre   string
}

type graduation struct {
	Pos   float64
	Texte string
}

// The drawing's measures, in its own units.
const (
	gLargeur, gHauteur     = 820.0, 240.0
	gGauche, gDroite       = 56.0, 12.0
	gHaut, gBas            = 12.0, 30.0
	gPas                   = 4 // graduations
	gFin                   = gLargeur - gDroite
	gZero                  = gHauteur - gBas
	gPlage, gHauteurUtile  = gFin - gGauche, gZero - gHaut
	gBarreMin, gLargeBarre = 4.0, 5.0
	gDates                 = 6 // days named below, at most
)

// graphiqueAuMoins is how much time a curve has to show something of.
const graphiqueAuMoins = 48 * time.Hour

// newGraphique draws the applied lines of the journal up to now, nil where they do
// not cover two days.
func newGraphique(journal []domaine.Synchronisation, now time.Time) *graphique {
	g := &graphique{}
	most := 1
	for _, s := range slices.Backward(journal) {
		if s.Etat == domaine.EtatAppliquee {
			g.Lignes = append(g.Lignes, s)
			most = max(most, s.Total, s.Refuses)
		}
	}
	if len(g.Lignes) == 0 || now.Sub(g.Lignes[0].Debut) < graphiqueAuMoins {
		return nil
	}
	first := g.Lignes[0].Debut
	top := niceCeil(most)
	y := func(n int) float64 { return round(gZero - gHauteurUtile*float64(n)/float64(top)) }
	x := func(t time.Time) float64 {
		return round(gGauche + gPlage*float64(t.Sub(first))/float64(now.Sub(first)))
	}
	for i := range gPas + 1 {
		n := top * i / gPas
		g.Graduations = append(g.Graduations, graduation{y(n), nombre(n)})
	}
	for i, s := range g.Lignes {
		at := x(s.Debut)
		g.Transmis, g.Integres = step(g.Transmis, at, y(s.Total)), step(g.Integres, at, y(s.Integres))
		p := point{X: round(min(at, gFin-gLargeBarre)), XI: at, YI: y(s.Integres), Refuses: s.Refuses, Titre: s.Debut.In(hub.Paris).Format("02/01/2006 à 15:04") + " : " +
			nombre(s.Total) + " transmis, " + nombre(s.Integres) + " intégrés, " + nombre(s.Refuses) + " refusés"}
		if s.Refuses > 0 {
			p.H = round(max(gBarreMin, gZero-y(s.Refuses)))
			p.Y = round(gZero - p.H)
		}
		g.Points = append(g.Points, p)
		if i == len(g.Lignes)-1 { // what is so now
			end := "H" + strconv.FormatFloat(gFin, 'f', -1, 64)
			g.Transmis, g.Integres = g.Transmis+end, g.Integres+end
		}
	}
	g.Dates = joursNommes(first.In(hub.Paris), now.In(hub.Paris), x)
	return g
}

// step leads a path to a value that begins at x.
func step(path string, x, y float64) string {
	text := func(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
	if path == "" {
		return "M" + text(x) + " " + text(y)
	}
	return path + "H" + text(x) + "V" + text(y)
}

// joursNommes names whole days between two moments, as far from each other as days,
// weeks or months are, and the end as today.
func joursNommes(first, now time.Time, x func(time.Time) float64) (list []graduation) {
	days := int(now.Sub(first).Hours()/24) + 1
	every := max(1, (days+gDates-1)/gDates)
	if every > 2 {
		every = (every + 6) / 7 * 7
	}
	midnight := time.Date(first.Year(), first.Month(), first.Day(), 0, 0, 0, 0, first.Location())
	for day := midnight.AddDate(0, 0, 1); day.Before(now); day = day.AddDate(0, 0, every) {
		if at := x(day); at < gFin-90 {
			list = append(list, graduation{at, day.Format("02/01")})
		}
	}
	return append(list, graduation{gFin, "aujourd’hui"})
}
