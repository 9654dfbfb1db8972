package hub

import (
	"context"
	"encoding/hex"
	"slices"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable"
	"github.com/passerelle-hub/passerelle/internal/comptable/ventilation"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// chainClosings adds a link to the chain of a société for each exercice that a
// request closes, the oldest first. One that is closed here carries the digest
// of its ventilation; one that a file brings closed has none, for what weighed on
// it was decided elsewhere.
func (h *core) chainClosings(ctx context.Context, tx *store.Tx, s domaine.Societe, res *comptable.Resultat, now time.Time) error {
	var chain []comptable.Maillon
	loaded := false
	for _, c := range res.Changements {
		if !c.Apres.Clos() || c.Avant.Clos() {
			continue
		}
		if !loaded {
			var err error
			if chain, _, err = tx.Chain(ctx, s, res.Exercices); err != nil {
				return err
			}
			loaded = true
		}
		var digest comptable.Empreinte
		var from store.SourceVentilation
		var funding *store.SourceFinancement
		if c.Genre == comptable.Fermeture {
			var err error
			if digest, from, err = ventilationDigest(ctx, tx, s.OrganismeID, c.Apres.Periode); err != nil {
				return err
			}
			if funding, err = financementDigest(ctx, tx, s.OrganismeID, c.Apres.Periode, &digest); err != nil {
				return err
			}
		}
		link := comptable.Link(chain, s.ID, c.Apres, now.Truncate(time.Microsecond), digest)
		if err := tx.InsertMaillon(ctx, s, link, from); err != nil {
			return err
		}
		if funding != nil {
			if err := tx.InsertSourceFinancement(ctx, s, *funding); err != nil {
				return err
			}
		}
		chain = append(chain, link)
	}
	return nil
}

// ventilationDigest returns the digest of the ventilation of a period over the
// contracts of an organisme, those that ended too, with the amounts of its price list where it
// has one, and what it was made from: with it the same figures can be produced
// again.
func ventilationDigest(ctx context.Context, tx *store.Tx, organisme int64, p passerelle.Periode) (digest comptable.Empreinte, from store.SourceVentilation, err error) {
	if from.Synchronisation, err = tx.LatestSynchronisation(ctx, organisme); err != nil {
		return digest, from, err
	}
	lists, err := tx.ListesTarifs(ctx, organisme)
	if err != nil {
		return digest, from, err
	}
	if len(lists) > 0 {
		from.Tarifs = lists[0].ID
	}
	tarifs, err := tarifsOf(ctx, tx, organisme, from.Tarifs, false)
	if err != nil {
		return digest, from, err
	}
	from.Fins = store.FinsComptees
	if from.Decisions, err = tx.DerniereDecision(ctx, organisme, 0); err != nil {
		return digest, from, err
	}
	digest, err = digestOf(ctx, tx, p, tarifs, DemandeVies{Organisme: organisme, Periode: &p})
	return digest, from, err
}

func digestOf(ctx context.Context, tx *store.Tx, p passerelle.Periode, tarifs *ventilation.Tarifs, d DemandeVies) (comptable.Empreinte, error) {
	calcul := ventilation.New([]passerelle.Periode{p}, nil, ventilation.Options{Tarifs: tarifs, Partis: !d.SansArchives})
	if err := addVecus(ctx, tx, calcul, nil, d, false); err != nil {
		return comptable.Empreinte{}, err
	}
	return calcul.Digest(0), nil
}

// sourceVies says which contracts the ventilation of a closing was made from.
func sourceVies(organisme int64, from store.SourceVentilation) DemandeVies {
	return DemandeVies{Organisme: organisme, Synchronisation: from.Synchronisation, SansArchives: from.Fins == store.FinsIgnorees,
		Decisions: from.Decisions, AucuneDecision: from.Decisions == 0}
}

// Verification is what checking the closings of a société found.
type Verification struct {
	Societe  domaine.Societe
	Clotures int                 // links of the chain
	Derniere comptable.Empreinte // digest of the last link: noted elsewhere, it proves the whole chain
	Rupture  *comptable.Rupture  // the first place where the chain does not hold, nil where it does
	Preuves  []Preuve            // of the closings that recorded a ventilation, where the chain holds

	chain []comptable.Maillon
}

// Connue reports whether a digest that was noted elsewhere, in hexadecimal, is that of
// one of the closings.
func (v *Verification) Connue(noted string) bool {
	digest, err := hex.DecodeString(noted)
	return err == nil && len(digest) == len(comptable.Empreinte{}) && comptable.Connue(v.chain, comptable.Empreinte(digest))
}

// Preuve is the ventilation that a closing recorded, computed again.
type Preuve struct {
	Exercice        int64
	Synchronisation int64 // whose contracts it is about
	Tarifs          int64 // price list of its amounts, 0 where it has none
	Fins            bool  // contracts that had ended count in it; false for closings of before they did
	Decisions       int64 // rang of the last decision on an end that was known, 0 for none
	Tient           bool  // the figures are the same
	Purge           bool  // they are not, and contracts were purged or people erased since, as is recorded
}

// VerifyClotures checks that the closings of a société are those that were
// recorded, unchanged, and that their ventilations can still be produced.
func (h *Comptabilite) VerifyClotures(ctx context.Context, a Acces) (v Verification, err error) {
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		s, err := societe(ctx, tx, a)
		if err != nil {
			return err
		}
		list, err := tx.Exercices(ctx, s)
		if err != nil {
			return err
		}
		chain, sources, err := tx.Chain(ctx, s, list)
		if err != nil {
			return err
		}
		events, err := tx.Evenements(ctx, s)
		if err != nil {
			return err
		}
		actes, err := tx.Actes(ctx, s.OrganismeID)
		if err != nil {
			return err
		}
		v = Verification{Societe: s, Clotures: len(chain), Rupture: comptable.VerifyDossier(list, chain), chain: chain}
		if v.Rupture == nil {
			v.Rupture = comptable.VerifyHistoire(events, list, chain)
		}
		if len(chain) > 0 {
			v.Derniere = chain[len(chain)-1].Empreinte
		}
		if v.Rupture != nil {
			return nil
		}
		funded, err := tx.SourcesFinancement(ctx, s)
		if err != nil {
			return err
		}
		for i, m := range chain {
			if m.Ventilation == (comptable.Empreinte{}) {
				continue
			}
			from := sources[i]
			digest, err := again(ctx, tx, s.OrganismeID, m.Exercice.Periode, from, funded[int64(i)+1])
			if err != nil {
				return err
			}
			holds := digest == m.Ventilation
			purged := slices.ContainsFunc(actes, func(a domaine.Acte) bool { return a.Nature != domaine.ActeExport && !a.Le.Before(m.Quand) })
			v.Preuves = append(v.Preuves, Preuve{m.Exercice.ID, from.Synchronisation, from.Tarifs, from.Fins != store.FinsIgnorees, from.Decisions, holds, !holds && purged})
		}
		return nil
	})
	return v, err
}
