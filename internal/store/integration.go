package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/passerelle-hub/passerelle/internal/document"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/regles"
)

// Profil is a stored profil with where its contracts are placed.
type Profil struct {
	ID          int64
	Reserved    bool // ID was reserved, the profil is not stored yet
	Valeurs     regles.Profil
	Effectif    int   // active contracts
	Session     int64 // 0: not integrated
	Modele      int64
	Motif       domaine.Motif // "" where it is integrated
	Ambigus     []int64       // ids of the modèles that match equally well
	MotifDepuis time.Time
}

// keyOf identifies a list of texts.
func keyOf(textes ...string) [16]byte {
	var room [1024]byte
	if list, ok := appendPlain(room[:0], textes); ok {
		sum := sha256.Sum256(list)
		return [16]byte(sum[:16])
	}
	list, err := json.Marshal(textes)
	if err != nil {
		panic(err) // a list of strings is always JSON
	}
	sum := sha256.Sum256(list)
	return [16]byte(sum[:16])
}

// appendPlain appends texts as the list that json.Marshal makes of them, and reports
// false where one has a character that it would write in another way.
func appendPlain(dst []byte, textes []string) ([]byte, bool) {
	dst = append(dst, '[')
	for i, texte := range textes {
		if i > 0 {
			dst = append(dst, ',')
		}
		for k := range len(texte) {
			switch b := texte[k]; {
			case b < ' ', b == 0x7f, b == 0xe2, b == '"', b == '\\', b == '<', b == '>', b == '&':
				return dst, false // 0xe2 begins the separators of lines, U+2028 and U+2029
			}
		}
		if !utf8.ValidString(texte) {
			return dst, false
		}
		dst = append(append(append(dst, '"'), texte...), '"')
	}
	return append(dst, ']'), true
}

// Beside returns what stands beside the documents of contracts that have the profil.
func (p *Profil) Beside() (*document.Profil, error) {
	textes := p.Valeurs.Textes()
	return document.NewProfil(textes, keyOf(textes[:]...))
}

// Profils returns every profil of an organisme, those without active contracts
// included.
func (tx *Tx) Profils(ctx context.Context, organisme int64) ([]Profil, error) {
	var found []Profil
	shared := map[string]string{} // most values appear in many profils
	err := tx.eachRaw(ctx, qProfilList, []any{organisme}, func(columns [][]byte) error {
		var p Profil
		var depuis, effectif int64
		for i, n := range []*int64{&p.ID, &effectif, &p.Session, &p.Modele, &depuis} {
			var err error
			if *n, err = strconv.ParseInt(string(columns[i]), 10, 64); err != nil {
				return fmt.Errorf("a stored profil has no usable number: %w", err)
			}
		}
		p.Effectif, p.MotifDepuis, p.Motif = int(effectif), fromMillis(depuis), domaine.Motif(columns[5])
		if ambigus := columns[6]; string(ambigus) != "[]" {
			if err := json.Unmarshal(ambigus, &p.Ambigus); err != nil {
				return err
			}
		}
		for i, texte := range p.Valeurs.Each() {
			column := columns[7+i]
			known, ok := shared[string(column)]
			if !ok {
				known = string(column)
				shared[known] = known
			}
			*texte = known
		}
		found = append(found, p)
		return nil
	})
	return found, err
}

// SaveProfils stores profils, new ones or known ones, with their headcounts and
// where they are placed, and fills in their ids. None is there twice.
func (tx *Tx) SaveProfils(ctx context.Context, organisme int64, profils []*Profil) error {
	tx.forgetProfils()
	var rows, reserved [][]any
	byKey := make(map[[16]byte]*Profil, len(profils))
	for _, p := range profils {
		row, key, err := profilRow(organisme, p)
		if err != nil {
			return err
		}
		byKey[key] = p
		if p.Reserved {
			reserved = append(reserved, append([]any{p.ID}, row...))
		} else {
			rows = append(rows, row)
		}
	}
	named := func(id int64, key [16]byte) { byKey[key].ID, byKey[key].Reserved = id, false }
	if err := tx.insertRows(ctx, qProfilSave, rows, named); err != nil {
		return err
	}
	if err := tx.insertRows(ctx, qProfilInsert, reserved, named); err != nil || len(profils) == 0 {
		return err
	}
	return tx.countEffectifs(ctx, organisme)
}

func profilRow(organisme int64, p *Profil) (row []any, key [16]byte, err error) {
	ambigus := "[]"
	if len(p.Ambigus) > 0 {
		list, err := json.Marshal(p.Ambigus)
		if err != nil {
			return nil, key, err
		}
		ambigus = string(list)
	}
	textes := p.Valeurs.Textes()
	key = keyOf(textes[:]...)
	row = append(make([]any, 0, 22), organisme, key[:])
	for _, texte := range textes {
		row = append(row, texte)
	}
	return append(row, int64(p.Effectif), optionalID(p.Session), optionalID(p.Modele), string(p.Motif), ambigus, millis(p.MotifDepuis)), key, nil
}

// ReserveProfils gives profils ids that nobody else gets; SaveProfils stores them.
func (tx *Tx) ReserveProfils(ctx context.Context, profils []*Profil) error {
	ids, err := tx.db.dialect.ReserveProfils(ctx, tx.tx, len(profils))
	if err != nil {
		return fmt.Errorf("reserve ids of profils: %w", tx.db.explain(err))
	}
	for i, p := range profils {
		p.ID, p.Reserved = ids[i], true
	}
	return nil
}

// EnsureSessions returns the ids of the sessions of profils, which it creates on
// first need; the names of a session follow its last profil.
func (tx *Tx) EnsureSessions(ctx context.Context, organisme int64, profils []*regles.Profil, now time.Time) ([]int64, error) {
	keys := make([][16]byte, len(profils))
	places := make(map[[16]byte]int, len(profils)) // key -> place in rows
	var rows [][]any
	for i, p := range profils {
		key := keyOf(p.CodeSite, p.CodePeriode, p.CodeFormation, p.CodeAnnee, p.CodeGroupe)
		row := []any{organisme, key[:], p.CodeSite, p.NomSite, p.CodePeriode, p.NomPeriode, p.CodeFormation, p.NomFormation,
			p.CodeAnnee, p.NomAnnee, p.CodeGroupe, p.NomGroupe, millis(now)}
		keys[i] = key
		if place, twice := places[key]; twice {
			rows[place] = row
			continue
		}
		places[key] = len(rows)
		rows = append(rows, row)
	}
	byKey := make(map[[16]byte]int64, len(rows))
	if err := tx.insertRows(ctx, qSessionUpsert, rows, func(id int64, key [16]byte) { byKey[key] = id }); err != nil {
		return nil, err
	}
	ids := make([]int64, len(profils))
	for i, key := range keys {
		ids[i] = byKey[key]
	}
	return ids, nil
}

// insertRows runs a query that has ROWS and returns the id and the key of each
// row.
func (tx *Tx) insertRows(ctx context.Context, q query, rows [][]any, returned func(id int64, key [16]byte)) error {
	if len(rows) == 0 {
		return nil
	}
	n := 0
	err := tx.db.dialect.InsertRows(ctx, tx.conn, tx.text(q), rows, func(id int64, key []byte) {
		returned(id, [16]byte(key))
		n++
	})
	if err = tx.db.explain(err); err == nil && n != len(rows) {
		err = fmt.Errorf("%d rows stored instead of %d", n, len(rows))
	}
	if err != nil {
		return fmt.Errorf("%s: %w", q.name, err)
	}
	return nil
}

// Sessions returns the sessions of an organisme with their headcounts, in no
// particular order.
func (tx *Tx) Sessions(ctx context.Context, organisme int64) ([]domaine.Session, error) {
	return tx.sessions(ctx, qSessionList, organisme)
}

func (tx *Tx) sessions(ctx context.Context, q query, args ...any) ([]domaine.Session, error) {
	var found []domaine.Session
	err := tx.each(ctx, q, args, func(rows *sql.Rows) error {
		var s domaine.Session
		err := rows.Scan(&s.ID, &s.CodeSite, &s.NomSite, &s.CodePeriode, &s.NomPeriode, &s.CodeFormation, &s.NomFormation,
			&s.CodeAnnee, &s.NomAnnee, &s.CodeGroupe, &s.NomGroupe, &s.Effectif)
		found = append(found, s)
		return err
	})
	return found, err
}

// SessionExists reports whether an organisme has a session.
func (tx *Tx) SessionExists(ctx context.Context, organisme, id int64) (bool, error) {
	var n int
	err := tx.one(ctx, qSessionExists, []any{organisme, id}, &n)
	return n > 0, err
}

func scanModele(scan func(...any) error) (domaine.Modele, error) {
	var m domaine.Modele
	var criteres string
	var actif int64
	if err := scan(&m.ID, &m.Nom, &criteres, &actif); err != nil {
		return m, err
	}
	m.Actif = actif != 0
	return m, json.Unmarshal([]byte(criteres), &m.Criteres)
}

// Modeles returns the modèles of an organisme, oldest first.
func (tx *Tx) Modeles(ctx context.Context, organisme int64) ([]domaine.Modele, error) {
	return list(ctx, tx, qModeleList, []any{organisme}, func(rows *sql.Rows) (domaine.Modele, error) { return scanModele(rows.Scan) })
}

// CountModeles returns how many modèles an organisme has.
func (tx *Tx) CountModeles(ctx context.Context, organisme int64) (n int, err error) {
	err = tx.one(ctx, qModeleCount, []any{organisme}, &n)
	return n, err
}

// Modele returns one modèle, or ErrNotFound.
func (tx *Tx) Modele(ctx context.Context, organisme, id int64) (domaine.Modele, error) {
	return scanModele(func(dest ...any) error { return tx.one(ctx, qModeleGet, []any{organisme, id}, dest...) })
}

// CreateModele stores a new modèle and returns its id.
func (tx *Tx) CreateModele(ctx context.Context, organisme int64, m domaine.Modele, now time.Time) (int64, error) {
	criteres, err := json.Marshal(m.Criteres)
	if err != nil {
		return 0, err
	}
	var id int64
	err = tx.one(ctx, qModeleInsert, []any{organisme, m.Nom, string(criteres), flag(m.Actif), millis(now)}, &id)
	return id, err
}

// UpdateModele replaces a modèle; it returns ErrNotFound where there is none.
func (tx *Tx) UpdateModele(ctx context.Context, organisme int64, m domaine.Modele, now time.Time) error {
	criteres, err := json.Marshal(m.Criteres)
	if err != nil {
		return err
	}
	return tx.mustChange(ctx, qModeleUpdate, organisme, m.ID, m.Nom, string(criteres), flag(m.Actif), millis(now))
}

// DeleteModele removes a modèle; it returns ErrNotFound where there is none.
func (tx *Tx) DeleteModele(ctx context.Context, organisme, id int64) error {
	return tx.mustChange(ctx, qModeleDelete, organisme, id)
}

// Personnes returns the people who have one of the codes or of the e-mails
// (in lower case), by code.
func (tx *Tx) Personnes(ctx context.Context, organisme int64, codes, emails []string) (map[string]PersonneRow, error) {
	found := make(map[string]PersonneRow, len(codes))
	if err := tx.personnes(ctx, qPersonneOf, organisme, codes, found); err != nil {
		return nil, err
	}
	// An e-mail has one owner: those found need not be looked for.
	owned := make(map[string]bool, len(found))
	for _, p := range found {
		owned[p.Email] = true
	}
	var others []string
	for _, email := range emails {
		if !owned[email] {
			others = append(others, email)
		}
	}
	return found, tx.personnes(ctx, qPersonneOfEmails, organisme, others, found)
}

func (tx *Tx) personnes(ctx context.Context, q query, organisme int64, values []string, found map[string]PersonneRow) error {
	if len(values) == 0 {
		return nil
	}
	return tx.eachRaw(ctx, q, []any{organisme, textList(values)}, func(columns [][]byte) error {
		role, err := strconv.ParseUint(string(columns[4]), 10, 8)
		if err != nil {
			return fmt.Errorf("a stored person has no usable role: %w", err)
		}
		effectif, err := strconv.Atoi(string(columns[5]))
		if err != nil {
			return fmt.Errorf("a stored person has no usable headcount: %w", err)
		}
		p := PersonneRow{Code: string(columns[0]), Email: string(columns[1]), Nom: string(columns[2]), Prenom: string(columns[3]), Role: uint8(role), Effectif: effectif}
		found[p.Code] = p
		return nil
	})
}

// ReplacePersonnes removes the people with the codes and stores rows.
func (tx *Tx) ReplacePersonnes(ctx context.Context, organisme int64, codes []string, rows []PersonneRow) error {
	if len(codes) > 0 {
		if _, err := tx.exec(ctx, qPersonneDelete, organisme, textList(codes)); err != nil {
			return err
		}
	}
	return tx.AddPersonnes(ctx, organisme, 0, rows)
}

// AddPersonnes stores people who were not there; with a portion they are not there until
// that synchronisation is applied.
func (tx *Tx) AddPersonnes(ctx context.Context, organisme, portion int64, rows []PersonneRow) error {
	if len(rows) == 0 {
		return nil
	}
	if err := tx.db.dialect.InsertPersonnes(ctx, tx.conn, organisme, portion, rows); err != nil {
		return fmt.Errorf("store people: %w", tx.db.explain(err))
	}
	return nil
}
