package store

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/regles"
	"github.com/passerelle-hub/passerelle/internal/vie"
)

// Vie is a time that a contract was archived for.
type Vie struct {
	Code                  string
	Archivage             int64           // the synchronisation that archived it
	Jusqua                int64           // with which its last version ended: Archivage, or an earlier one where an undo brought it back
	Racine                int64           // the archiving that decisions are about: another one where an undo brought it back
	Depart                passerelle.Date // the day of Racine in Paris
	Profil                int64           // of its last version
	Dates                 vie.Dates       // of its last version
	Apprenant, Entreprise string          // codeApprenant, nomEntreprise of its last version
}

// Of returns the life of the contract, with what was decided of its end.
func (v *Vie) Of(d vie.Decision) vie.Vie { return vie.Of(v.Dates, vie.Le(v.Depart), d) }

// Bounds of the column dernier: what may touch any exercice, and what touches none.
const (
	toujours = math.MaxInt32
	jamais   = math.MinInt32
)

// end returns the columns dernier and presumee.
func (v *Vie) end(d vie.Decision) (dernier, presumee int64) {
	life := v.Of(d)
	if life.Nature == vie.Presumee {
		presumee = 1
	}
	switch {
	case life.Nature == vie.Annule:
		return jamais, presumee
	case !life.Debut.Connu || !life.Dernier.Connu:
		return toujours, presumee
	}
	return int64(life.Dernier.Date), presumee
}

func optionalDay(j vie.Jour) any {
	if !j.Connu {
		return nil
	}
	return int64(j.Date)
}

// InsertVies records that contracts are archived; decided tells what is already
// decided of one.
func (tx *Tx) InsertVies(ctx context.Context, organisme int64, vies []Vie, decided func(*Vie) vie.Decision) error {
	if len(vies) == 0 {
		return nil
	}
	rows := make([][]any, len(vies))
	more := make(map[int64]int)
	for i := range vies {
		v := &vies[i]
		more[v.Profil]++
		dernier, presumee := v.end(decided(v))
		rows[i] = []any{organisme, v.Code, v.Archivage, v.Jusqua, v.Racine, int64(v.Depart), v.Profil,
			optionalDay(v.Dates.Debut), optionalDay(v.Dates.Fin), optionalDay(v.Dates.Rupture), v.Apprenant, v.Entreprise, dernier, presumee}
	}
	err := tx.db.dialect.InsertRows(ctx, tx.conn, tx.text(qVieInsert), rows, func(int64, []byte) {})
	if err = tx.db.explain(err); err != nil {
		return fmt.Errorf("%s: %w", qVieInsert.name, err)
	}
	return tx.addPartis(ctx, organisme, more)
}

// addPartis changes how many archived contracts profils have.
func (tx *Tx) addPartis(ctx context.Context, organisme int64, more map[int64]int) error {
	if len(more) == 0 {
		return nil
	}
	rows := make([][]any, 0, len(more))
	for _, profil := range slices.Sorted(maps.Keys(more)) {
		rows = append(rows, []any{organisme, profil, more[profil]})
	}
	err := tx.db.dialect.InsertRows(ctx, tx.conn, tx.text(qPartisAdd), rows, func(int64, []byte) {})
	if err = tx.db.explain(err); err != nil {
		return fmt.Errorf("%s: %w", qPartisAdd.name, err)
	}
	return nil
}

// ReviveVies records that those of the named contracts that are archived are so no
// more.
func (tx *Tx) ReviveVies(ctx context.Context, organisme, synchronisation int64, codes []string) error {
	if len(codes) == 0 {
		return nil
	}
	more := make(map[int64]int)
	err := tx.each(ctx, qVieRanime, []any{organisme, synchronisation, textList(codes)}, func(rows *sql.Rows) error {
		var profil int64
		err := rows.Scan(&profil)
		more[profil]--
		return err
	})
	if err != nil {
		return err
	}
	return tx.addPartis(ctx, organisme, more)
}

// purgeVies removes what is known of contracts that were archived by a
// synchronisation or earlier and are kept no more.
func (tx *Tx) purgeVies(ctx context.Context, organisme, synchronisation int64) error {
	more := make(map[int64]int)
	err := tx.each(ctx, qViePurge, []any{organisme, synchronisation}, func(rows *sql.Rows) error {
		var profil int64
		var archived int
		err := rows.Scan(&profil, &archived)
		more[profil] -= archived
		return err
	})
	if err != nil {
		return err
	}
	return tx.addPartis(ctx, organisme, more)
}

// SetEnd records what is now decided of the end of an archived contract.
func (tx *Tx) SetEnd(ctx context.Context, organisme int64, v *Vie, d vie.Decision) error {
	dernier, presumee := v.end(d)
	n, err := tx.exec(ctx, qVieDecide, organisme, v.Code, v.Archivage, dernier, presumee)
	if err == nil && n != 1 {
		return fmt.Errorf("vie-decide: %d rows changed", n)
	}
	return err
}

// ViesOf returns those of the named contracts that are archived, ordered by code.
func (tx *Tx) ViesOf(ctx context.Context, organisme int64, codes []string) ([]Vie, error) {
	return tx.vies(ctx, qVieOf, organisme, textList(codes))
}

// ViesOfAsOf returns those of the named contracts that were archived once a
// synchronisation had been applied, ordered by code.
func (tx *Tx) ViesOfAsOf(ctx context.Context, organisme, synchronisation int64, codes []string) ([]Vie, error) {
	return tx.vies(ctx, qVieOfAsOf, organisme, synchronisation, textList(codes))
}

// ViesPresumees returns the archived contracts whose end is presumed, in no order.
func (tx *Tx) ViesPresumees(ctx context.Context, organisme int64) ([]Vie, error) {
	return tx.vies(ctx, qViePresumees, organisme)
}

// CountPresumees returns how many archived contracts have an end that is presumed.
func (tx *Tx) CountPresumees(ctx context.Context, organisme int64) (n int, err error) {
	err = tx.one(ctx, qViePresumeesCount, []any{organisme}, &n)
	return n, err
}

// ProfilsPartis returns the ids of the profils of archived contracts.
func (tx *Tx) ProfilsPartis(ctx context.Context, organisme int64) (map[int64]bool, error) {
	found := map[int64]bool{}
	err := tx.each(ctx, qPartisProfils, []any{organisme}, func(rows *sql.Rows) error {
		var id int64
		err := rows.Scan(&id)
		found[id] = true
		return err
	})
	return found, err
}

// CountPartis returns how many contracts are archived; with integres, of those that
// are in a session.
func (tx *Tx) CountPartis(ctx context.Context, organisme int64, integres bool) (n int, err error) {
	err = tx.one(ctx, qPartisCount, []any{organisme, flag(integres)}, &n)
	return n, err
}

func (tx *Tx) vies(ctx context.Context, q query, args ...any) (found []Vie, err error) {
	err = tx.each(ctx, q, args, func(rows *sql.Rows) error {
		var v Vie
		var days [3]sql.NullInt64
		err := rows.Scan(&v.Code, &v.Archivage, &v.Jusqua, &v.Racine, &v.Depart, &v.Profil, &days[0], &days[1], &days[2], &v.Apprenant, &v.Entreprise)
		for i, day := range []*vie.Jour{&v.Dates.Debut, &v.Dates.Fin, &v.Dates.Rupture} {
			if days[i].Valid {
				*day = vie.Le(passerelle.Date(days[i].Int64))
			}
		}
		found = append(found, v)
		return err
	})
	return found, err
}

// Parti is an archived contract as its document is read.
type Parti struct {
	Code   []byte // valid during the call only
	Racine int64
	Depart passerelle.Date
	Profil int64
}

// EachDocumentParti passes the documents of the archived contracts that may have
// run a day of a period, in whatever order the database finds them.
func (tx *Tx) EachDocumentParti(ctx context.Context, organisme int64, p passerelle.Periode, yield func(Parti, []byte) error) error {
	return tx.partis(ctx, qVieDocuments, []any{organisme, int64(p.Debut), int64(p.Fin)}, yield)
}

// HasPartis reports whether a contract is archived.
func (tx *Tx) HasPartis(ctx context.Context, organisme int64) (has bool, err error) {
	err = tx.one(ctx, qVieAny, []any{organisme}, &has)
	return has, err
}

// EachDocumentPartiOf passes the documents of the archived contracts of apprentices,
// named by their user codes, in whatever order.
func (tx *Tx) EachDocumentPartiOf(ctx context.Context, organisme int64, apprenants []string, yield func(Parti, []byte) error) error {
	if len(apprenants) == 0 {
		return nil
	}
	return tx.partis(ctx, qVieDocumentsApprenants, []any{organisme, textList(apprenants)}, yield)
}

// ToutePeriode is a period that every contract touches.
var ToutePeriode = passerelle.Periode{Debut: jamais, Fin: toujours}

// JoursParti is what a ventilation needs of an archived contract, as it is decided
// now. The texts are valid during the call only.
type JoursParti struct {
	Code, Apprenant, Entreprise []byte // Entreprise where it is asked for
	Profil                      int64
	Vie                         vie.Vie // Nature is Presumee, Annule, or else Terme
}

// EachParti passes the archived contracts that may have run a day of a period, in
// whatever order, without reading their documents.
func (tx *Tx) EachParti(ctx context.Context, organisme int64, p passerelle.Periode, entreprise bool, yield func(*JoursParti) error) error {
	name := qViePeriode
	if entreprise {
		name = qViePeriodeEntreprise
	}
	return tx.jours(ctx, name, []any{organisme, int64(p.Debut), int64(p.Fin)}, yield)
}

// EachHors passes the first archived contracts, by code, that ran no day of a
// period; of those that are in a session with integres. A contract whose first day
// is not known is not among them.
func (tx *Tx) EachHors(ctx context.Context, organisme int64, p passerelle.Periode, integres bool, first int, yield func(*JoursParti) error) error {
	return tx.jours(ctx, qVieHors, []any{organisme, int64(p.Debut), int64(p.Fin), flag(integres), first}, yield)
}

func (tx *Tx) jours(ctx context.Context, q query, args []any, yield func(*JoursParti) error) error {
	return tx.eachRaw(ctx, q, args, func(columns [][]byte) error {
		j := JoursParti{Code: columns[4], Apprenant: columns[5]}
		if len(columns) > 6 {
			j.Entreprise = columns[6]
		}
		var numbers [4]int64
		for i, column := range columns[:4] {
			if len(column) == 0 {
				continue // debut may be absent
			}
			var err error
			if numbers[i], err = strconv.ParseInt(string(column), 10, 64); err != nil {
				return fmt.Errorf("read the days of an archived contract: %w", err)
			}
		}
		j.Profil = numbers[0]
		if len(columns[1]) > 0 {
			j.Vie.Debut = vie.Le(passerelle.Date(numbers[1]))
		}
		switch {
		case numbers[2] == jamais:
			j.Vie.Nature = vie.Annule
		case numbers[3] == 1:
			j.Vie.Nature, j.Vie.Dernier = vie.Presumee, vie.Le(passerelle.Date(numbers[2]))
		default:
			j.Vie.Nature, j.Vie.Dernier = vie.Terme, vie.Le(passerelle.Date(numbers[2]))
		}
		return yield(&j)
	})
}

// EachProfilParti passes what the profils of archived contracts say, and whether they
// are in a session, in whatever order.
func (tx *Tx) EachProfilParti(ctx context.Context, organisme int64, yield func(id int64, placed bool, valeurs *regles.Profil)) error {
	return tx.eachRaw(ctx, qPartisProfilsValeurs, []any{organisme}, func(columns [][]byte) error {
		id, err := strconv.ParseInt(string(columns[0]), 10, 64)
		if err != nil {
			return fmt.Errorf("a stored profil has no usable number: %w", err)
		}
		var valeurs regles.Profil
		for i, texte := range valeurs.Each() {
			*texte = string(columns[2+i])
		}
		yield(id, string(columns[1]) == "1", &valeurs)
		return nil
	})
}

// EraseParti replaces an apprenant's code in what is kept of archived contracts.
func (tx *Tx) EraseParti(ctx context.Context, organisme int64, code, replacement string) error {
	_, err := tx.exec(ctx, qVieEfface, organisme, code, replacement)
	return err
}

// EachDocumentPartiAsOf passes the documents of the contracts that were archived
// once a synchronisation had been applied, in whatever order.
func (tx *Tx) EachDocumentPartiAsOf(ctx context.Context, organisme, synchronisation int64, yield func(Parti, []byte) error) error {
	return tx.partis(ctx, qVieDocumentsAsOf, []any{organisme, synchronisation}, yield)
}

func (tx *Tx) partis(ctx context.Context, q query, args []any, yield func(Parti, []byte) error) error {
	var parti Parti
	pass := tx.intact(func(doc []byte) error { return yield(parti, doc) })
	row := make([][]byte, 0, 3)
	return tx.eachRaw(ctx, q, args, func(columns [][]byte) error {
		depart, err := strconv.ParseInt(string(columns[2]), 10, 32)
		if err != nil {
			return fmt.Errorf("read the day on which a contract left: %w", err)
		}
		racine, err := strconv.ParseInt(string(columns[3]), 10, 64)
		if err != nil {
			return fmt.Errorf("read what archived a contract: %w", err)
		}
		profil, err := strconv.ParseInt(string(columns[4]), 10, 64)
		if err != nil {
			return fmt.Errorf("read the profil of an archived contract: %w", err)
		}
		parti = Parti{Code: columns[1], Racine: racine, Depart: passerelle.Date(depart), Profil: profil}
		row = append(append(row[:0], columns[0], columns[1]), columns[5:]...)
		return pass(row)
	})
}

// DocumentParti passes the document of an archived contract.
func (tx *Tx) DocumentParti(ctx context.Context, organisme int64, v *Vie, yield func(doc []byte) error) error {
	return tx.eachRaw(ctx, qVieDocumentOf, []any{organisme, v.Jusqua, textList([]string{v.Code})}, tx.intact(yield))
}

// DecisionFin is what a person decided of the end of a contract.
type DecisionFin struct {
	Rang   int64 // 1, 2, 3… of the organisme
	Code   string
	Racine int64        // the archiving that it is about
	Quoi   vie.Decision // the zero value takes the one before back
	Jeton  int64        // 0 for the console
	Par    string
	Le     time.Time
}

// InsertDecision records a decision, of which Rang is ignored; synchronisation is
// the latest one.
func (tx *Tx) InsertDecision(ctx context.Context, organisme int64, d *DecisionFin, synchronisation int64) error {
	_, err := tx.exec(ctx, qDecisionFinInsert, organisme, d.Code, d.Racine, string(d.Quoi.Fin), optionalDay(d.Quoi.Date), optionalID(d.Jeton), d.Par, millis(d.Le), synchronisation)
	return err
}

// DerniereDecision returns the rang of the last decision of an organisme, 0 where
// there is none: as it was before the synchronisation after a given one, where that
// is not 0.
func (tx *Tx) DerniereDecision(ctx context.Context, organisme, synchronisation int64) (rang int64, err error) {
	if synchronisation == 0 {
		err = tx.one(ctx, qDecisionFinLast, []any{organisme}, &rang)
	} else {
		err = tx.one(ctx, qDecisionFinLastAt, []any{organisme, synchronisation}, &rang)
	}
	return rang, err
}

// Decisions returns what was decided in an organisme up to a rang, in order.
func (tx *Tx) Decisions(ctx context.Context, organisme, rang int64) ([]DecisionFin, error) {
	if rang == 0 {
		return nil, nil
	}
	return tx.decisions(ctx, qDecisionFinList, organisme, rang)
}

// DecisionsOf returns everything that was decided of the named contracts, in order.
func (tx *Tx) DecisionsOf(ctx context.Context, organisme int64, codes []string) ([]DecisionFin, error) {
	return tx.decisions(ctx, qDecisionFinOf, organisme, textList(codes))
}

func (tx *Tx) decisions(ctx context.Context, q query, args ...any) (found []DecisionFin, err error) {
	err = tx.each(ctx, q, args, func(rows *sql.Rows) error {
		var d DecisionFin
		var date sql.NullInt64
		var le int64
		err := rows.Scan(&d.Rang, &d.Code, &d.Racine, &d.Quoi.Fin, &date, &d.Par, &le)
		if date.Valid {
			d.Quoi.Date = vie.Le(passerelle.Date(date.Int64))
		}
		d.Le = fromMillis(le)
		found = append(found, d)
		return err
	})
	return found, err
}
