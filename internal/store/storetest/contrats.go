package storetest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/document"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/regles"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// documentOf returns a document of a contract that says text.
func documentOf(code, text string) []byte {
	doc, err := document.Append(nil, &passerelle.Contrat{CodeContrat: code, MissionDetails: text})
	if err != nil {
		panic(err)
	}
	return doc
}

// insert stores active versions of contracts that begin with a synchronisation.
func insert(ctx context.Context, tx *store.Tx, organisme, synchronisation int64, codes ...string) error {
	return insertText(ctx, tx, organisme, synchronisation, fmt.Sprint("since ", synchronisation), codes...)
}

func insertText(ctx context.Context, tx *store.Tx, organisme, synchronisation int64, text string, codes ...string) error {
	i := 0
	return tx.InsertVersions(ctx, organisme, synchronisation, func() (store.Version, bool, error) {
		if i == len(codes) {
			return store.Version{}, false, nil
		}
		i++
		doc := documentOf(codes[i-1], text)
		return store.Version{CodeContrat: codes[i-1], Hash: document.HashOf(doc), Kept: document.KeptOf(doc, codes[i-1], int64(i), nil)}, true, nil
	})
}

// codesOf collects the codes of documents in the order in which they come.
func codesOf(codes *[]string) func([]byte) error {
	return func(doc []byte) error {
		c, err := document.Parse(doc)
		*codes = append(*codes, strings.Clone(c.CodeContrat))
		return err
	}
}

func activeCodes(t *testing.T, db *store.DB, organisme int64) (codes []string) {
	err := db.Read(t.Context(), func(tx *store.Tx) error {
		return tx.EachDocument(t.Context(), organisme, store.Filtre{}, store.Page{}, codesOf(&codes))
	})
	if err != nil {
		t.Error(err)
	}
	return codes
}

func versions(t *testing.T, db *store.DB) {
	organisme, other := newOrganisme(t, db), newOrganisme(t, db)
	write(t, db, func(ctx context.Context, tx *store.Tx) error {
		if err := insert(ctx, tx, other, 1, "K1", "X"); err != nil {
			return err
		}
		return insert(ctx, tx, organisme, 1, "K1", "K2", "K3")
	})
	write(t, db, func(ctx context.Context, tx *store.Tx) error { // 2: K1 changes, K2 leaves, K4 comes
		if err := tx.CloseVersions(ctx, organisme, 2, []string{"K1", "K2"}); err != nil {
			return err
		}
		return insert(ctx, tx, organisme, 2, "K1", "K4")
	})
	read(t, db, func(ctx context.Context, tx *store.Tx) error {
		codes := func(each func(func([]byte) error) error) (codes []string) {
			if err := each(codesOf(&codes)); err != nil {
				t.Error(err)
			}
			return codes
		}
		list := func(page store.Page) []string {
			return codes(func(yield func([]byte) error) error {
				return tx.EachDocument(ctx, organisme, store.Filtre{}, page, yield)
			})
		}
		same(t, "all", list(store.Page{}), []string{"K1", "K3", "K4"})
		same(t, "first page", list(store.Page{Limit: 2}), []string{"K1", "K3"})
		same(t, "last page", list(store.Page{Limit: 2, Offset: 2}), []string{"K4"})
		same(t, "beyond", list(store.Page{Limit: 2, Offset: 9}), []string(nil))
		same(t, "unordered", slices.Sorted(slices.Values(codes(func(yield func([]byte) error) error {
			return tx.EachDocumentUnordered(ctx, organisme, false, yield)
		}))), []string{"K1", "K3", "K4"})
		for id, want := range map[int64][]string{0: nil, 1: {"K1", "K2", "K3"}, 2: {"K1", "K3", "K4"}} {
			same(t, fmt.Sprint("as of ", id), slices.Sorted(slices.Values(codes(func(yield func([]byte) error) error {
				return tx.EachDocumentAsOf(ctx, organisme, id, yield)
			}))), want)
		}
		named := []string{"K4", "K2", "K1", "nobody", "X"}
		same(t, "named", codes(func(yield func([]byte) error) error { return tx.EachDocumentOf(ctx, organisme, named, yield) }), []string{"K1", "K4"})
		same(t, "none named", codes(func(yield func([]byte) error) error { return tx.EachDocumentOf(ctx, organisme, nil, yield) }), []string(nil))

		actifs, err := tx.Actifs(ctx, organisme, 0)
		if err != nil {
			return err
		}
		same(t, "actifs", actifs, map[string]store.Actif{
			"K1": {Hash: document.HashOf(documentOf("K1", "since 2")), Profil: 1},
			"K3": {Hash: document.HashOf(documentOf("K3", "since 1")), Profil: 3},
			"K4": {Hash: document.HashOf(documentOf("K4", "since 2")), Profil: 2},
		})
		some, err := tx.ActifsOf(ctx, organisme, []string{"K3", "K2"})
		if err != nil {
			return err
		}
		same(t, "some actifs", len(some), 1)
		none, err := tx.ActifsOf(ctx, organisme, nil)
		same(t, "no actifs", none, map[string]store.Actif{})
		if err != nil {
			return err
		}
		archived, err := tx.ArchivedBefore(ctx, organisme, []string{"K1", "K2", "K3"})
		same(t, "archived before", archived, map[string]bool{"K1": true, "K2": true})
		if err != nil {
			return err
		}
		return readHistory(ctx, t, tx, organisme)
	})
	if err := try(t, db, func(ctx context.Context, tx *store.Tx) error {
		return tx.CloseVersions(ctx, organisme, 3, []string{"K1", "nobody"})
	}); err == nil {
		t.Error("closing a version that is not there is no error")
	}
	if err := try(t, db, func(ctx context.Context, tx *store.Tx) error {
		return tx.InsertVersions(ctx, organisme, 3, func() (store.Version, bool, error) { return store.Version{}, false, errGiveUp })
	}); err == nil {
		t.Error("an error of the source of versions is lost")
	}
	write(t, db, func(ctx context.Context, tx *store.Tx) error { return tx.ForgetContrats(ctx, organisme) })
	same(t, "forgotten", activeCodes(t, db, organisme), []string(nil))
	same(t, "the other organisme", activeCodes(t, db, other), []string{"K1", "X"})
}

func readHistory(ctx context.Context, t *testing.T, tx *store.Tx, organisme int64) error {
	history, err := tx.History(ctx, organisme, "K1")
	if err != nil {
		return err
	}
	same(t, "history", history, []store.StoredVersion{
		{Code: "K1", Depuis: 1, Jusqua: 2, Profil: 1, Document: documentOf("K1", "since 1")},
		{Code: "K1", Depuis: 2, Profil: 1, Document: documentOf("K1", "since 2")},
	})
	codes, total, err := tx.ChangedCodes(ctx, organisme, 2, store.Page{})
	if err != nil {
		return err
	}
	same(t, "changed", codes, []string{"K1", "K2", "K4"})
	same(t, "changed in all", total, 3)
	codes, _, err = tx.ChangedCodes(ctx, organisme, 2, store.Page{Limit: 1, Offset: 1})
	if err != nil {
		return err
	}
	same(t, "a page of changed", codes, []string{"K2"})
	changed, first, err := tx.ChangedVersions(ctx, organisme, 2, []string{"K1", "K2", "K3", "K4"})
	if err != nil {
		return err
	}
	var brief []string
	for _, v := range changed {
		brief = append(brief, fmt.Sprint(v.Code, v.Depuis, v.Jusqua))
	}
	same(t, "changed versions", brief, []string{"K11 2", "K12 0", "K21 2", "K42 0"})
	same(t, "first brought", first, map[string]int64{"K1": 1, "K2": 1, "K3": 1, "K4": 2})
	begun, err := tx.BegunSince(ctx, organisme, 2)
	if err != nil {
		return err
	}
	same(t, "begun", names(begun), []string{"K1", "K4"})
	ended, err := tx.LostSince(ctx, organisme, 2)
	same(t, "ended", names(ended), []string{"K1", "K2"})
	return err
}

func names(versions []store.StoredVersion) (codes []string) {
	for _, v := range versions {
		codes = append(codes, v.Code)
	}
	slices.Sort(codes)
	return codes
}

func ordersByBytes(t *testing.T, db *store.DB) {
	organisme := newOrganisme(t, db)
	codes := []string{"a", "B", "é", "Z", "e", "10", "9", "_", "-1", "K 1", "K1", "K-1", "ß", "日本", "𝒦", "\u00a0"}
	write(t, db, func(ctx context.Context, tx *store.Tx) error { return insert(ctx, tx, organisme, 1, codes...) })
	slices.Sort(codes)
	same(t, "order", activeCodes(t, db, organisme), codes)
	read(t, db, func(ctx context.Context, tx *store.Tx) error {
		changed, _, err := tx.ChangedCodes(ctx, organisme, 1, store.Page{})
		same(t, "order of changes", changed, codes)
		return err
	})
}

func keepsTexts(t *testing.T, db *store.DB) {
	organisme := newOrganisme(t, db)
	texts := map[string]string{
		"emoji":                      "👩‍🎓 apprentie — « œuvre » İıß Ǆ",
		"controls":                   "a\tb\nc\u2028d\u0085e\u200f",
		"quotes '\"\\ <b>&amp;</b>%": `'"\$1 ?1 {} [] -- ; /* */`,
		"long":                       strings.Repeat("😀", 20_000),
		"{}":                         "null",
		"[1]":                        "1e400",
		strings.Repeat("é", 500):     "a code as long as allowed",
	}
	var codes []string
	for code, text := range texts {
		codes = append(codes, code)
		write(t, db, func(ctx context.Context, tx *store.Tx) error { return insertText(ctx, tx, organisme, 1, text, code) })
	}
	found := map[string]string{}
	read(t, db, func(ctx context.Context, tx *store.Tx) error {
		return tx.EachDocumentOf(ctx, organisme, codes, func(doc []byte) error {
			c, err := document.Parse(slices.Clone(doc))
			found[c.CodeContrat] = c.MissionDetails
			return err
		})
	})
	same(t, "texts", found, texts)
	write(t, db, func(ctx context.Context, tx *store.Tx) error { return tx.CloseVersions(ctx, organisme, 2, codes) })
}

// Ids are read as text, which must not make the order that of text.
func profilsInOrder(t *testing.T, db *store.DB) {
	organisme := newOrganisme(t, db)
	made := make([]*store.Profil, 12)
	for i := range made {
		made[i] = &store.Profil{Valeurs: regles.Profil{CodeGroupe: fmt.Sprint(i)}, Effectif: 1, MotifDepuis: now}
		write(t, db, func(ctx context.Context, tx *store.Tx) error {
			return tx.SaveProfils(ctx, organisme, made[i:i+1])
		})
	}
	read(t, db, func(ctx context.Context, tx *store.Tx) error {
		stored, err := tx.Profils(ctx, organisme)
		for i, p := range stored {
			same(t, "the profil at this place", p.ID, made[i].ID)
		}
		return err
	})
}

func profils(t *testing.T, db *store.DB) {
	organisme := newOrganisme(t, db)
	p := &regles.Profil{
		CodeGroupe: "G1", NomGroupe: "Groupe", CodeSite: "S1", NomSite: "Rouen", CodePeriode: "P1", NomPeriode: "2026", CodeFormation: "F1", NomFormation: "BTS",
		CodeAnnee: "A1", NomAnnee: "1re année", CodeMarque: "M1", NomMarque: "Marque", MonthStartGroup: "Mars", RNCP: "35541",
	}
	renamed := *p
	renamed.NomSite = "Rouen Nord"
	var session int64
	first := store.Profil{Valeurs: *p, Effectif: 1, Modele: 7, MotifDepuis: now}
	second := store.Profil{Valeurs: renamed, Effectif: 2, Motif: domaine.MotifModelesAmbigus, Ambigus: []int64{4, 5}, MotifDepuis: now}
	write(t, db, func(ctx context.Context, tx *store.Tx) error {
		ids, err := tx.EnsureSessions(ctx, organisme, []*regles.Profil{p, &renamed}, now)
		if err != nil {
			return err
		}
		same(t, "one place, one session", ids[1], ids[0])
		session = ids[0]
		first.Session = session
		return tx.SaveProfils(ctx, organisme, []*store.Profil{&first, &second})
	})
	write(t, db, func(ctx context.Context, tx *store.Tx) error {
		known := first.ID
		first.Effectif = 3
		if err := tx.SaveProfils(ctx, organisme, []*store.Profil{&first}); err != nil {
			return err
		}
		same(t, "a known profil", first.ID, known)
		if err := tx.SaveProfils(ctx, organisme, nil); err != nil {
			return err
		}
		again, err := tx.EnsureSessions(ctx, organisme, []*regles.Profil{&renamed}, now)
		if err != nil {
			return err
		}
		same(t, "a known session", again, []int64{session})
		stored, err := tx.Profils(ctx, organisme)
		same(t, "profils", stored, []store.Profil{first, second})
		return err
	})
	read(t, db, func(ctx context.Context, tx *store.Tx) error {
		transmis, integres, err := tx.Counts(ctx, organisme)
		same(t, "counts", []int{transmis, integres}, []int{5, 3})
		if err != nil {
			return err
		}
		sessions, err := tx.Sessions(ctx, organisme)
		same(t, "sessions", sessions, []domaine.Session{{
			ID: session, CodeSite: "S1", NomSite: "Rouen Nord", CodePeriode: "P1", NomPeriode: "2026", CodeFormation: "F1", NomFormation: "BTS",
			CodeAnnee: "A1", NomAnnee: "1re année", CodeGroupe: "G1", NomGroupe: "Groupe", Effectif: 3,
		}})
		if err != nil {
			return err
		}
		here, err := tx.SessionExists(ctx, organisme, session)
		same(t, "session exists", here, true)
		if err != nil {
			return err
		}
		there, err := tx.SessionExists(ctx, organisme+1, session)
		same(t, "session of another organisme exists", there, false)
		return err
	})
}
