package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/document"
	"github.com/passerelle-hub/passerelle/internal/domaine"
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
	return tx.profilsOf(ctx, qRechercheProfils, organisme, c)
}

func (tx *Tx) profilsOf(ctx context.Context, q query, organisme int64, c Choix) (map[int64]int, error) {
	found := map[int64]int{}
	args := []any{organisme, c.Site, c.Formation, c.Periode, c.Session, c.Etat}
	err := tx.eachRaw(ctx, q, args, func(columns [][]byte) error {
		id, err := strconv.ParseInt(string(columns[0]), 10, 64)
		if err != nil {
			return err
		}
		found[id], err = strconv.Atoi(string(columns[1]))
		return err
	})
	return found, err
}

// ProfilsArchives is ProfilsOf for the archived contracts.
func (tx *Tx) ProfilsArchives(ctx context.Context, organisme int64, c Choix) (map[int64]int, error) {
	return tx.profilsOf(ctx, qRechercheProfilsPartis, organisme, c)
}

// ActiveCodes returns a page of the codes of active contracts, in order; those
// of some profils where profils is not nil.
func (tx *Tx) ActiveCodes(ctx context.Context, organisme int64, profils map[int64]int, page Page) ([]string, error) {
	if profils == nil {
		return tx.codes(ctx, qRechercheCodes, organisme, page.Limit, page.Offset)
	}
	ids := make([]int64, 0, len(profils))
	for id := range profils {
		ids = append(ids, id)
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	return tx.codes(ctx, qRechercheCodesOf, organisme, string(list), page.Limit, page.Offset)
}

func (tx *Tx) codes(ctx context.Context, q query, args ...any) ([]string, error) {
	return column[string](ctx, tx, q, args...)
}

// ActifPlace is an active contract with where it is placed.
type ActifPlace struct {
	Document        []byte
	Profil          int64
	Session, Modele int64 // 0 where Motif says why
	Motif           domaine.Motif
	Ambigus         []int64
}

// ActifsPlaces returns those of the named contracts that are active, in order.
func (tx *Tx) ActifsPlaces(ctx context.Context, organisme int64, codes []string) (found []ActifPlace, err error) {
	if len(codes) == 0 {
		return nil, nil
	}
	err = tx.eachKept(ctx, organisme, rowsOf(len(codes)), qRechercheRows, []any{organisme, textList(codes)}, func(k *document.Kept, columns [][]byte) error {
		a, err := tx.actifPlace(k, columns)
		found = append(found, a)
		return err
	})
	return found, err
}

// actifPlace reads a row (document, code_contrat, profil_id, session, modèle, motif,
// modèles that match equally well, …).
func (tx *Tx) actifPlace(k *document.Kept, columns [][]byte) (a ActifPlace, err error) {
	if err := integers(columns[:2], &a.Session, &a.Modele); err != nil {
		return a, fmt.Errorf("read where a contract is placed: %w", err)
	}
	a.Profil, a.Motif = k.ProfilID, domaine.Motif(columns[2])
	if err := json.Unmarshal(columns[3], &a.Ambigus); err != nil {
		return a, fmt.Errorf("read where a contract is placed: %w", err)
	}
	a.Document, err = tx.documentOf(k, nil)
	return a, err
}

// ArchivePlace is an archived contract with where it was placed.
type ArchivePlace struct {
	ActifPlace
	Depart passerelle.Date // the day on which it left
}

// ArchivesPlaces returns those of the named contracts that are archived, in order, as
// their last versions are.
func (tx *Tx) ArchivesPlaces(ctx context.Context, organisme int64, codes []string) (found []ArchivePlace, err error) {
	if len(codes) == 0 {
		return nil, nil
	}
	err = tx.eachKept(ctx, organisme, rowsOf(len(codes)), qRechercheRowsArchives, []any{organisme, textList(codes)}, func(k *document.Kept, columns [][]byte) error {
		place, err := tx.actifPlace(k, columns)
		if err != nil {
			return err
		}
		var depart int64
		err = integers(columns[4:5], &depart)
		found = append(found, ArchivePlace{place, passerelle.Date(depart)})
		return err
	})
	return found, err
}

// SessionsOfProfils returns the ids of the first sessions of some profils.
func (tx *Tx) SessionsOfProfils(ctx context.Context, organisme int64, profils []int64, most int) ([]int64, error) {
	ids, err := json.Marshal(profils)
	if err != nil {
		return nil, err
	}
	return column[int64](ctx, tx, qRechercheSessionsOf, organisme, string(ids), most)
}

// LastSynchronisation returns the id of the latest synchronisation of an
// organisme, whatever became of it.
func (tx *Tx) LastSynchronisation(ctx context.Context, organisme int64) (id int64, err error) {
	err = tx.one(ctx, qSynchronisationLast, []any{organisme}, &id)
	return id, err
}

// EachActifSince passes the profil and the document of the active contracts
// whose version began after a synchronisation, ordered by code. Both are valid
// during the call only.
func (tx *Tx) EachActifSince(ctx context.Context, organisme, synchronisation int64, yield func(profil int64, doc []byte) error) error {
	name, args := qRechercheIndexBegun, []any{organisme, synchronisation}
	if synchronisation == 0 {
		name, args = qRechercheIndex, args[:1]
	}
	return tx.eachProfilDocument(ctx, organisme, name, args, yield)
}

// EachArchiveSince is EachActifSince for the contracts that a synchronisation archived
// since and that are still so.
func (tx *Tx) EachArchiveSince(ctx context.Context, organisme, synchronisation int64, yield func(profil int64, doc []byte) error) error {
	name, args := qRechercheArchivesBegun, []any{organisme, synchronisation}
	if synchronisation == 0 {
		name, args = qRechercheArchives, args[:1]
	}
	return tx.eachProfilDocument(ctx, organisme, name, args, yield)
}

// RevivedSince returns the codes of the contracts that came back after a synchronisation.
func (tx *Tx) RevivedSince(ctx context.Context, organisme, synchronisation int64) ([]string, error) {
	return tx.codes(ctx, qRechercheArchivesEnded, organisme, synchronisation)
}

func (tx *Tx) eachProfilDocument(ctx context.Context, organisme int64, name query, args []any, yield func(profil int64, doc []byte) error) error {
	var doc []byte
	return tx.eachKept(ctx, organisme, many, name, args, func(k *document.Kept, _ [][]byte) (err error) {
		if doc, err = tx.documentOf(k, doc[:0]); err != nil {
			return err
		}
		return yield(k.ProfilID, doc)
	})
}

// EndedSince returns the codes of the contracts of which a version ended after
// a synchronisation.
func (tx *Tx) EndedSince(ctx context.Context, organisme, synchronisation int64) ([]string, error) {
	return tx.codes(ctx, qRechercheIndexEnded, organisme, synchronisation)
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
	err = tx.eachRaw(ctx, qRechercheNomenclature, []any{organisme}, func(columns [][]byte) error {
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
