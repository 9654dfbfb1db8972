package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"strconv"

	"github.com/passerelle-hub/passerelle"
)

// Choix narrows the active contracts by what their profil says; "" and 0 are
// everything.
type Choix struct {
	Site, Formation, Periode string // codes
	Session                  int64
	Etat                     string // "integre", "non-integre", or a motif
}

// ProfilsOf returns the ids of the profils that a choice leaves, with how many
// active contracts each has.
func (tx *Tx) ProfilsOf(ctx context.Context, organisme int64, c Choix) (map[int64]int, error) {
	found := map[int64]int{}
	args := []any{organisme, c.Site, c.Formation, c.Periode, c.Session, c.Etat}
	err := tx.eachRaw(ctx, "console-profils", args, func(columns [][]byte) error {
		id, err := strconv.ParseInt(string(columns[0]), 10, 64)
		if err != nil {
			return err
		}
		found[id], err = strconv.Atoi(string(columns[1]))
		return err
	})
	return found, err
}

// ActiveCodes returns a page of the codes of active contracts, in order; those
// of some profils where profils is not nil.
func (tx *Tx) ActiveCodes(ctx context.Context, organisme int64, profils map[int64]int, page Page) ([]string, error) {
	if profils == nil {
		return tx.codes(ctx, "console-codes", organisme, page.Limit, page.Offset)
	}
	ids := make([]int64, 0, len(profils))
	for id := range profils {
		ids = append(ids, id)
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	return tx.codes(ctx, "console-codes-of", organisme, string(list), page.Limit, page.Offset)
}

func (tx *Tx) codes(ctx context.Context, name string, args ...any) (found []string, err error) {
	err = tx.each(ctx, name, args, func(rows *sql.Rows) error {
		var code string
		err := rows.Scan(&code)
		found = append(found, code)
		return err
	})
	return found, err
}

// ActifPlace is an active contract with where it is placed.
type ActifPlace struct {
	Document        []byte
	Profil          int64
	Session, Modele int64 // 0 where Motif says why
	Motif           passerelle.Motif
	Ambigus         []int64
}

// ActifsPlaces returns those of the named contracts that are active, in order.
func (tx *Tx) ActifsPlaces(ctx context.Context, organisme int64, codes []string) (found []ActifPlace, err error) {
	if len(codes) == 0 {
		return nil, nil
	}
	err = tx.each(ctx, "console-rows", []any{organisme, textList(codes)}, func(rows *sql.Rows) error {
		var a ActifPlace
		var ambigus string
		if err := tx.scanDocument(rows, &a.Document, &a.Profil, &a.Session, &a.Modele, &a.Motif, &ambigus); err != nil {
			return err
		}
		found = append(found, a)
		return json.Unmarshal([]byte(ambigus), &found[len(found)-1].Ambigus)
	})
	return found, err
}

// LastSynchronisation returns the id of the latest synchronisation of an
// organisme, whatever became of it.
func (tx *Tx) LastSynchronisation(ctx context.Context, organisme int64) (id int64, err error) {
	err = tx.one(ctx, "console-last", []any{organisme}, &id)
	return id, err
}

// EachActifSince passes the profil and the document of the active contracts
// whose version began after a synchronisation, ordered by code. Both are valid
// during the call only.
func (tx *Tx) EachActifSince(ctx context.Context, organisme, synchronisation int64, yield func(profil int64, doc []byte) error) error {
	name, args := "console-index-begun", []any{organisme, synchronisation}
	if synchronisation == 0 {
		name, args = "console-index", args[:1]
	}
	return tx.eachRaw(ctx, name, args, func(columns [][]byte) error {
		profil, err := strconv.ParseInt(string(columns[0]), 10, 64)
		if err != nil {
			return err
		}
		if err := tx.verify(columns[1], columns[2:]); err != nil {
			return err
		}
		return yield(profil, columns[1])
	})
}

// EndedSince returns the codes of the contracts of which a version ended after
// a synchronisation.
func (tx *Tx) EndedSince(ctx context.Context, organisme, synchronisation int64) ([]string, error) {
	return tx.codes(ctx, "console-index-ended", organisme, synchronisation)
}

// Valeur is one value of the nomenclature with its active contracts.
type Valeur struct {
	Code, Nom string
	Contrats  int
}

// Nomenclature returns the sites, formations and périodes of active contracts,
// in no particular order.
func (tx *Tx) Nomenclature(ctx context.Context, organisme int64) (sites, formations, periodes []Valeur, err error) {
	counts := [3]map[string]*Valeur{{}, {}, {}}
	err = tx.eachRaw(ctx, "console-nomenclature", []any{organisme}, func(columns [][]byte) error {
		n, err := strconv.Atoi(string(columns[6]))
		if err != nil {
			return err
		}
		for i, byCode := range counts {
			v := byCode[string(columns[2*i])]
			if v == nil {
				v = &Valeur{Code: string(columns[2*i]), Nom: string(columns[2*i+1])}
				byCode[v.Code] = v
			}
			v.Contrats += n
		}
		return nil
	})
	for i, list := range []*[]Valeur{&sites, &formations, &periodes} {
		for _, v := range counts[i] {
			*list = append(*list, *v)
		}
	}
	return sites, formations, periodes, err
}

// SessionSites returns the sites that have sessions with apprentices, in no
// particular order.
func (tx *Tx) SessionSites(ctx context.Context, organisme int64) (found []Valeur, err error) {
	err = tx.each(ctx, "console-session-sites", []any{organisme}, func(rows *sql.Rows) error {
		var v Valeur
		err := rows.Scan(&v.Code, &v.Nom, &v.Contrats)
		found = append(found, v)
		return err
	})
	return found, err
}

// SessionsOfSite returns the sessions of one site, in no particular order.
func (tx *Tx) SessionsOfSite(ctx context.Context, organisme int64, site string) ([]passerelle.Session, error) {
	return tx.sessions(ctx, "console-sessions", organisme, site)
}

// Session returns one session, or ErrNotFound.
func (tx *Tx) Session(ctx context.Context, organisme, id int64) (passerelle.Session, error) {
	found, err := tx.sessions(ctx, "console-session", organisme, id)
	if err == nil && len(found) == 0 {
		err = ErrNotFound
	}
	return append(found, passerelle.Session{})[0], err
}

// ChangedKind says which of the contracts that a synchronisation changed are
// wanted.
type ChangedKind string

// The kinds of changes.
const (
	ChangedAll      ChangedKind = ""
	ChangedAdded    ChangedKind = "added"
	ChangedUpdated  ChangedKind = "updated"
	ChangedArchived ChangedKind = "archived"
)

// ChangedCodesOf returns a page of the codes of the contracts that a
// synchronisation changed in one way, in order. alone says that it changed
// contracts in no other way, which makes them faster to list.
func (tx *Tx) ChangedCodesOf(ctx context.Context, organisme, synchronisation int64, kind ChangedKind, alone bool, page Page) ([]string, error) {
	name := "contrat-changed"
	switch {
	case alone && (kind == ChangedAdded || kind == ChangedArchived):
		name = "console-changed-all-" + string(kind)
	case kind != ChangedAll:
		name = "console-changed-" + string(kind)
	}
	return tx.codes(ctx, name, organisme, synchronisation, page.Limit, page.Offset)
}

// Regle is one rule with how many anomalies break it.
type Regle struct {
	Nature passerelle.NatureAnomalie
	Code   string
	Nombre int
	Depuis int64 // the oldest, in Unix milliseconds
}

// AnomalieRegles counts the anomalies of an organisme by rule.
func (tx *Tx) AnomalieRegles(ctx context.Context, organisme int64) (found []Regle, err error) {
	err = tx.each(ctx, "console-anomalie-regles", []any{organisme}, func(rows *sql.Rows) error {
		var r Regle
		err := rows.Scan(&r.Nature, &r.Code, &r.Nombre, &r.Depuis)
		found = append(found, r)
		return err
	})
	return found, err
}

// AnomaliesOfRegle returns a page of the push anomalies of one rule.
func (tx *Tx) AnomaliesOfRegle(ctx context.Context, organisme int64, nature passerelle.NatureAnomalie, code string, page Page) (found []passerelle.Anomalie, err error) {
	return tx.anomalies(ctx, "console-anomalies", organisme, string(nature), code, page.Limit, page.Offset)
}

// AnomaliesOfContrat returns the push anomalies of one contract.
func (tx *Tx) AnomaliesOfContrat(ctx context.Context, organisme int64, code string) (found []passerelle.Anomalie, err error) {
	return tx.anomalies(ctx, "console-anomalies-of", organisme, code)
}

func (tx *Tx) anomalies(ctx context.Context, name string, args ...any) (found []passerelle.Anomalie, err error) {
	err = tx.each(ctx, name, args, func(rows *sql.Rows) error {
		a, err := scanAnomalie(rows)
		found = append(found, a)
		return err
	})
	return found, err
}
