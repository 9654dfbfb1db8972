package console

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// colonneListe is a column of a list that may be put in its order, or left out.
type colonneListe struct {
	Code, Titre string
	N           bool // it holds figures
	Fixe        bool // it is always shown
	Ailleurs    bool // it is shown only where somebody asks for it
	Sans        bool // no order by it
}

// listeTriee is what the address says of such a list: its columns and its order.
type listeTriee struct {
	Colonnes []colonneListe // those that are shown
	Toutes   []colonneCochee
	Choisies bool // somebody chose them
	Titres   []titreColonne
	Tri      string // as the address has it
	Code     string // the column of the order, "" for that of usual
	Desc     bool
	Montre   map[string]bool
}

type colonneCochee struct {
	colonneListe
	Coche bool
}

// lireListe reads the columns ("c", several times) and the order ("tri", "-" before the
// largest first) that an address asks for.
func lireListe(r *http.Request, path string, all []colonneListe) listeTriee {
	q := r.URL.Query()
	l := listeTriee{Tri: q.Get("tri"), Montre: map[string]bool{}}
	code, desc := strings.CutPrefix(l.Tri, "-")
	at := slices.IndexFunc(all, func(c colonneListe) bool { return c.Code == code && !c.Sans })
	if at < 0 {
		l.Tri = ""
	} else {
		l.Code, l.Desc = code, desc
	}
	named := q["c"]
	l.Choisies = slices.ContainsFunc(all, func(c colonneListe) bool { return slices.Contains(named, c.Code) })
	address := url.URL{Path: path, RawQuery: q.Encode()}
	for _, c := range all {
		shown := c.Fixe || !c.Ailleurs
		if l.Choisies {
			shown = c.Fixe || slices.Contains(named, c.Code)
		}
		if !c.Fixe {
			l.Toutes = append(l.Toutes, colonneCochee{c, shown})
		}
		if !shown {
			continue
		}
		l.Colonnes, l.Montre[c.Code] = append(l.Colonnes, c), true
		l.Titres = append(l.Titres, titreListe(address, c, l.Code, l.Desc))
	}
	return l
}

// titreListe is the title of a column: a click puts the list in its order, a second one
// turns it round. Figures begin with the largest.
func titreListe(address url.URL, c colonneListe, code string, desc bool) titreColonne {
	t := titreColonne{Titre: c.Titre, N: c.N}
	if c.Sans {
		return t
	}
	next := c.Code
	if c.N {
		next = "-" + c.Code
	}
	if c.Code == code {
		t.Sens, next = "ascending", "-"+c.Code
		if desc {
			t.Sens, next = "descending", c.Code
		}
	}
	query := address.Query()
	query.Del("page")
	address.RawQuery = query.Encode()
	t.Lien = with(&address, "tri", next)
	return t
}
