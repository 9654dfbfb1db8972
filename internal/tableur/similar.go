package tableur

import (
	"fmt"
	"slices"
	"strings"

	"github.com/passerelle-hub/passerelle"
)

// similarColumns returns at most three columns whose names look like one of the
// names, the closest first.
func similarColumns(columns []Column, names ...string) []string {
	type near struct {
		label string
		score float64
	}
	var found []near
	for _, column := range columns {
		best := 0.0
		for _, name := range names {
			best = max(best, likeness(column.Nom, name))
		}
		if best >= 0.5 {
			found = append(found, near{fmt.Sprintf("%s (%s)", column.Nom, column.Letter), best})
		}
	}
	slices.SortStableFunc(found, func(a, b near) int {
		switch {
		case a.score > b.score:
			return -1
		case a.score < b.score:
			return 1
		}
		return 0
	})
	var labels []string
	for _, n := range found[:min(3, len(found))] {
		labels = append(labels, n.label)
	}
	return labels
}

// likeness compares two names, 0 to 1: by letters, by the words they share, and
// by what they mean.
func likeness(a, b string) float64 {
	x, y := significant(a), significant(b)
	if len(x) == 0 || len(y) == 0 {
		return 0
	}
	s, t := strings.Join(x, ""), strings.Join(y, "")
	letters := 1 - float64(distance(s, t))/float64(max(len(s), len(t)))
	shared := 0
	for _, word := range x {
		if slices.Contains(y, word) {
			shared++
		}
	}
	score := max(letters, float64(2*shared)/float64(len(x)+len(y)))
	m, n := understand(a), understand(b)
	switch {
	case m.role == n.role && m.attr == n.attr && m.known():
		score = max(score, 0.8)
	case m.role != "" && n.role != "" && m.role != n.role:
		return 0 // they share "nom", not whose
	case m.attr != "" && n.attr != "" && m.attr != n.attr:
		score *= 0.7
	}
	return score
}

func suggestion(similar []string) string {
	if len(similar) == 0 {
		return ""
	}
	return " ; y ressemble : « " + strings.Join(similar, " », « ") + " »"
}

func similarFields(field string) string {
	best, name := 0.6, ""
	for _, champ := range passerelle.Champs {
		if score := likeness(field, champ.Nom); score > best {
			best, name = score, champ.Nom
		}
	}
	if name == "" {
		return ""
	}
	return " ; vouliez-vous « " + name + " » ?"
}
