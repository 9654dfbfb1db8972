package store

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/passerelle-hub/passerelle"
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
	more := make(partisPlus)
	for i := range vies {
		v := &vies[i]
		dernier, presumee := v.end(decided(v))
		more.add(v.Profil, 1, dernier)
		rows[i] = []any{organisme, v.Code, v.Archivage, v.Jusqua, v.Racine, int64(v.Depart), v.Profil,
			optionalDay(v.Dates.Debut), optionalDay(v.Dates.Fin), optionalDay(v.Dates.Rupture), v.Apprenant, v.Entreprise, dernier, presumee}
	}
	err := tx.db.dialect.InsertRows(ctx, tx.conn, tx.text(qVieInsert), rows, func(int64, []byte) {})
	if err = tx.db.explain(err); err != nil {
		return fmt.Errorf("%s: %w", qVieInsert.name, err)
	}
	return tx.addPartis(ctx, organisme, more)
}

// partisPlus is what changes in the archived contracts of profils: how many they are,
// and a day after which none of them ran, which is never taken back.
type partisPlus map[int64]struct {
	effectif int
	dernier  int64
}

func (p partisPlus) add(profil int64, effectif int, dernier int64) {
	own, known := p[profil]
	if own.effectif += effectif; !known || dernier > own.dernier {
		own.dernier = dernier
	}
	p[profil] = own
}

func (tx *Tx) addPartis(ctx context.Context, organisme int64, more partisPlus) error {
	if len(more) == 0 {
		return nil
	}
	rows := make([][]any, 0, len(more))
	for _, profil := range slices.Sorted(maps.Keys(more)) {
		rows = append(rows, []any{organisme, profil, more[profil].effectif, more[profil].dernier})
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
	more := make(partisPlus)
	err := tx.each(ctx, qVieRanime, []any{organisme, synchronisation, textList(codes)}, func(rows *sql.Rows) error {
		var profil int64
		err := rows.Scan(&profil)
		more.add(profil, -1, jamais)
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
	more := make(partisPlus)
	err := tx.each(ctx, qViePurge, []any{organisme, synchronisation}, func(rows *sql.Rows) error {
		var profil int64
		var archived int
		err := rows.Scan(&profil, &archived)
		more.add(profil, -archived, jamais)
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
	if err != nil {
		return err
	}
	more := make(partisPlus)
	more.add(v.Profil, 0, dernier)
	return tx.addPartis(ctx, organisme, more)
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

// ViePresumee is an archived contract whose end is presumed, with the days that it ran as far
// as that is so; none where Jours is false.
type ViePresumee struct {
	Code    string
	Periode passerelle.Periode
	Jours   bool
}

// ViesPresumees returns the archived contracts whose end is presumed, in no order.
func (tx *Tx) ViesPresumees(ctx context.Context, organisme int64) (found []ViePresumee, err error) {
	err = tx.each(ctx, qViePresumees, []any{organisme}, func(rows *sql.Rows) error {
		var v ViePresumee
		var debut sql.NullInt64
		var dernier int64
		err := rows.Scan(&v.Code, &debut, &dernier)
		if v.Jours = debut.Valid && debut.Int64 <= dernier && dernier != toujours; v.Jours {
			v.Periode = passerelle.Periode{Debut: passerelle.Date(debut.Int64), Fin: passerelle.Date(dernier)}
		}
		found = append(found, v)
		return err
	})
	return found, err
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
