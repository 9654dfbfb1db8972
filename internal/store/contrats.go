package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/passerelle-hub/passerelle/internal/document"
)

// Actif is what is known of an active contract without reading its document.
type Actif struct {
	Hash   document.Hash
	Profil int64
}

// textList gives a list to a query that has IN_TEXTS.
func textList(values []string) string {
	list, err := json.Marshal(values)
	if err != nil || len(values) == 0 {
		return "[]"
	}
	return string(list)
}

// Actifs returns the active contracts of an organisme by their codes; about is
// how many there probably are.
func (tx *Tx) Actifs(ctx context.Context, organisme int64, about int) (map[string]Actif, error) {
	return tx.actifs(ctx, qContratActifs, about, organisme)
}

// EachActifOf passes the codes and the profils of the active contracts of some profils,
// in order.
func (tx *Tx) EachActifOf(ctx context.Context, organisme int64, profils []int64, yield func(code string, profil int64)) error {
	ids, err := json.Marshal(profils)
	if err != nil || len(profils) == 0 {
		return err
	}
	return tx.eachRaw(ctx, qContratActifsProfils, []any{organisme, string(ids)}, func(columns [][]byte) error {
		profil, err := integer(columns[1])
		if err != nil {
			return fmt.Errorf("a stored contract has no usable profil: %w", err)
		}
		yield(string(columns[0]), profil)
		return nil
	})
}

// ActifsOf returns those of the named contracts that are active.
func (tx *Tx) ActifsOf(ctx context.Context, organisme int64, codes []string) (map[string]Actif, error) {
	if len(codes) == 0 {
		return map[string]Actif{}, nil
	}
	return tx.actifs(ctx, qContratActifsOf, len(codes), organisme, textList(codes))
}

// CodesAfter returns the codes of active contracts that follow one, in order, at most
// limit of them.
func (tx *Tx) CodesAfter(ctx context.Context, organisme int64, code string, limit int) (codes []string, err error) {
	err = tx.eachRaw(ctx, qContratCodesAfter, []any{organisme, code, limit}, func(columns [][]byte) error {
		codes = append(codes, string(columns[0]))
		return nil
	})
	return codes, err
}

// LastChange returns the last synchronisation that changed a contract, 0 for none.
func (tx *Tx) LastChange(ctx context.Context, organisme int64) (id int64, err error) {
	var begun, ended int64
	err = tx.one(ctx, qContratLastChange, []any{organisme}, &begun, &ended)
	return max(begun, ended), err
}

func (tx *Tx) actifs(ctx context.Context, q query, about int, args ...any) (map[string]Actif, error) {
	found := make(map[string]Actif, about)
	err := tx.eachRaw(ctx, q, args, func(columns [][]byte) error {
		profil, err := integer(columns[2])
		if err != nil || len(columns[1]) != len(document.Hash{}) {
			return fmt.Errorf("a stored contract has no usable hash or profil")
		}
		found[string(columns[0])] = Actif{Hash: document.Hash(columns[1]), Profil: profil}
		return nil
	})
	return found, err
}

// Page says which part of a list is wanted: Limit rows after Offset; Limit 0
// is all of them.
type Page struct{ Limit, Offset int }

// Of returns how many items the page has of a list of n.
func (p Page) Of(n int) int {
	if p.Limit == 0 {
		return n
	}
	return max(0, min(p.Limit, n-p.Offset))
}

// Filtre says which active contracts are wanted.
type Filtre struct {
	Integres bool  // only those that are integrated
	Session  int64 // only those of a session, 0 for all
}

// EachDocument passes the documents of active contracts, ordered by code. A
// document is valid during the call only.
func (tx *Tx) EachDocument(ctx context.Context, organisme int64, filtre Filtre, page Page, yield func(doc []byte) error) error {
	return tx.eachActive(ctx, organisme, filtre, page, tx.withDocument(yield))
}

// AppendDocuments passes for each document of EachDocument a function that appends it,
// which is to be called during the call.
func (tx *Tx) AppendDocuments(ctx context.Context, organisme int64, filtre Filtre, page Page, yield func(appendTo func(dst []byte) ([]byte, error)) error) error {
	var at *document.Kept
	appendTo := func(dst []byte) ([]byte, error) { return tx.documentOf(at, dst) }
	return tx.eachActive(ctx, organisme, filtre, page, func(k *document.Kept) error {
		at = k
		return yield(appendTo)
	})
}

// eachActive passes active contracts as they are kept, ordered by code.
func (tx *Tx) eachActive(ctx context.Context, organisme int64, filtre Filtre, page Page, yield func(k *document.Kept) error) error {
	name, paged, args := qContratDocuments, qContratDocumentsPage, []any{organisme}
	if filtre.Integres {
		name, paged = qContratDocumentsIntegres, qContratDocumentsIntegresPage
	}
	if page.Limit > 0 {
		name, args = paged, append(args, page.Limit, page.Offset)
	}
	if filtre.Session != 0 {
		limit := page.Limit
		if limit == 0 {
			limit = 1 << 40
		}
		name, args = qContratDocumentsSession, []any{organisme, filtre.Session, limit, page.Offset}
	}
	return tx.eachKept(ctx, organisme, rowsOf(page.Limit), name, args, func(k *document.Kept, _ [][]byte) error { return yield(k) })
}

// EachDocumentOf passes the documents of those of the named contracts that are
// active, ordered by code.
func (tx *Tx) EachDocumentOf(ctx context.Context, organisme int64, codes []string, yield func(doc []byte) error) error {
	if len(codes) == 0 {
		return nil
	}
	return tx.documents(ctx, organisme, rowsOf(len(codes)), qContratDocumentsOf, []any{organisme, textList(codes)}, yield)
}

// EachDocumentUnordered passes the documents of active contracts, or only of those
// that are integrated, in whatever order the database finds them: on PostgreSQL in
// half the time. A document is valid during the call only.
func (tx *Tx) EachDocumentUnordered(ctx context.Context, organisme int64, integres bool, yield func(doc []byte) error) error {
	return tx.EachKeptUnordered(ctx, organisme, integres, tx.withDocument(yield))
}

// EachKeptUnordered is EachDocumentUnordered for whoever needs a few fields of each.
func (tx *Tx) EachKeptUnordered(ctx context.Context, organisme int64, integres bool, yield func(k *document.Kept) error) error {
	if err := tx.db.dialect.ReadsMuch(ctx, tx.tx); err != nil {
		return fmt.Errorf("prepare to read the contracts: %w", tx.db.explain(err))
	}
	name := qContratDocumentsUnordered
	if integres {
		name = qContratDocumentsIntegresUnordered
	}
	return tx.eachKept(ctx, organisme, many, name, []any{organisme}, func(k *document.Kept, _ [][]byte) error { return yield(k) })
}

// EachDocumentAsOf passes the documents of the contracts that were active when
// a synchronisation had been applied, in whatever order the database finds them.
func (tx *Tx) EachDocumentAsOf(ctx context.Context, organisme, synchronisation int64, yield func(doc []byte) error) error {
	return tx.EachKeptAsOf(ctx, organisme, synchronisation, tx.withDocument(yield))
}

// EachKeptAsOf is EachDocumentAsOf for whoever needs a few fields of each.
func (tx *Tx) EachKeptAsOf(ctx context.Context, organisme, synchronisation int64, yield func(k *document.Kept) error) error {
	return tx.eachKept(ctx, organisme, many, qContratDocumentsAsOf, []any{organisme, synchronisation}, func(k *document.Kept, _ [][]byte) error { return yield(k) })
}

// EachVersionSince passes the versions that began after a synchronisation, those that
// ended too, in whatever order the database finds them.
func (tx *Tx) EachVersionSince(ctx context.Context, organisme, synchronisation int64, yield func(k *document.Kept) error) error {
	return tx.eachKept(ctx, organisme, many, qContratVersionsSince, []any{organisme, synchronisation}, func(k *document.Kept, _ [][]byte) error { return yield(k) })
}

// CloseVersions ends the active versions of the named contracts.
func (tx *Tx) CloseVersions(ctx context.Context, organisme, synchronisation int64, codes []string) error {
	if len(codes) == 0 {
		return nil
	}
	n, err := tx.exec(ctx, qContratClose, organisme, synchronisation, textList(codes))
	if err == nil && n != int64(len(codes)) {
		return fmt.Errorf("contrat-close: %d versions closed instead of %d", n, len(codes))
	}
	return err
}

// InsertVersions stores new active versions; next returns false after the last.
func (tx *Tx) InsertVersions(ctx context.Context, organisme, synchronisation int64, next func() (Version, bool, error)) error {
	if err := tx.db.dialect.InsertVersions(ctx, tx.conn, organisme, synchronisation, next); err != nil {
		return fmt.Errorf("store contracts: %w", tx.db.explain(err))
	}
	return nil
}

// ArchivedBefore tells which of the named contracts have an archived
// version, which is to say come back to life when they are added.
func (tx *Tx) ArchivedBefore(ctx context.Context, organisme int64, codes []string) (map[string]bool, error) {
	found := map[string]bool{}
	var archived bool
	if err := tx.one(ctx, qContratAnyArchived, []any{organisme}, &archived); err != nil || !archived || len(codes) == 0 {
		return found, err
	}
	err := tx.each(ctx, qContratArchivedBefore, []any{organisme, textList(codes)}, func(rows *sql.Rows) error {
		var code string
		err := rows.Scan(&code)
		found[code] = true
		return err
	})
	return found, err
}

// StoredVersion is one version of a contract as it is kept.
type StoredVersion struct {
	Code           string
	Depuis, Jusqua int64 // Jusqua is 0 while the version is active
	Profil         int64
	Document       []byte
}

// History returns every version of a contract, oldest first.
func (tx *Tx) History(ctx context.Context, organisme int64, code string) ([]StoredVersion, error) {
	return tx.versions(ctx, organisme, few, qContratHistory, []any{organisme, code})
}

// ChangedCodes returns a page of the codes of the contracts that a
// synchronisation changed, in order, and how many there are in all.
func (tx *Tx) ChangedCodes(ctx context.Context, organisme, synchronisation int64, page Page) ([]string, int, error) {
	return listPage(ctx, tx, qContratChangedCount, qContratChanged, []any{organisme, synchronisation}, page, func(rows *sql.Rows) (code string, err error) {
		err = rows.Scan(&code)
		return code, err
	})
}

// ChangedVersions returns the versions of the named contracts that began or
// ended with a synchronisation, ordered by code and age, and for each contract
// the synchronisation that first brought it.
func (tx *Tx) ChangedVersions(ctx context.Context, organisme, synchronisation int64, codes []string) (versions []StoredVersion, first map[string]int64, err error) {
	first = map[string]int64{}
	if len(codes) == 0 {
		return nil, first, nil
	}
	versions, err = tx.versions(ctx, organisme, rowsOf(2*len(codes)), qContratChangedVersions, []any{organisme, synchronisation, textList(codes)})
	if err != nil {
		return nil, nil, err
	}
	err = tx.each(ctx, qContratFirstDepuis, []any{organisme, textList(codes)}, func(rows *sql.Rows) error {
		var code string
		var depuis int64
		err := rows.Scan(&code, &depuis)
		first[code] = depuis
		return err
	})
	return versions, first, err
}

// BegunSince returns the active versions that began with a synchronisation or after
// it.
func (tx *Tx) BegunSince(ctx context.Context, organisme, synchronisation int64) ([]StoredVersion, error) {
	return tx.versions(ctx, organisme, many, qContratBegunSince, []any{organisme, synchronisation})
}

// LostSince returns the versions that were active before a synchronisation and
// ended with it or after it.
func (tx *Tx) LostSince(ctx context.Context, organisme, synchronisation int64) ([]StoredVersion, error) {
	return tx.versions(ctx, organisme, many, qContratLostSince, []any{organisme, synchronisation})
}

// Counts returns how many contracts are active and how many of them are
// integrated.
func (tx *Tx) Counts(ctx context.Context, organisme int64) (transmis, integres int, err error) {
	err = tx.one(ctx, qProfilCounts, []any{organisme}, &transmis, &integres)
	return transmis, integres, err
}

// ForgetContrats removes every contract of an organisme with its history, and
// what was derived from them. The journal stays.
func (tx *Tx) ForgetContrats(ctx context.Context, organisme int64) error {
	for _, name := range []query{qContratForget, qVieForget, qPartisForget, qDecisionFinForget, qProfilForget, qPersonneForget, qSessionForget, qAnomalieDelete, qMontantOpcoForget, qEcheanceOpcoForget, qEcheancierForget, qRisqueForget, qAbsenceForget, qCalendrierForget} {
		if _, err := tx.exec(ctx, name, organisme); err != nil {
			return err
		}
	}
	return tx.countEffectifs(ctx, organisme)
}
