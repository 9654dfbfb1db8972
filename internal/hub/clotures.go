package hub

import (
	"context"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable"
	"github.com/passerelle-hub/passerelle/internal/comptable/ventilation"
	"github.com/passerelle-hub/passerelle/internal/document"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// chainClosings adds a link to the chain of a société for each exercice that a
// request closes, the oldest first. One that is closed here carries the digest
// of its ventilation; one that a file brings closed has none, for what weighed on
// it was decided elsewhere.
func (h *Hub) chainClosings(ctx context.Context, tx *store.Tx, s passerelle.Societe, res *comptable.Resultat, now time.Time) error {
	var chain []comptable.Maillon
	loaded := false
	for _, c := range res.Changements {
		if !c.Apres.Clos() || c.Avant.Clos() {
			continue
		}
		if !loaded {
			var err error
			if chain, err = tx.Chain(ctx, s, res.Exercices); err != nil {
				return err
			}
			loaded = true
		}
		var digest comptable.Empreinte
		var synchronisation int64
		if c.Genre == comptable.Fermeture {
			var err error
			if digest, synchronisation, err = ventilationDigest(ctx, tx, s.OrganismeID, c.Apres.Periode); err != nil {
				return err
			}
		}
		link := comptable.Link(chain, s.ID, c.Apres, now.Truncate(time.Microsecond), digest)
		if err := tx.InsertMaillon(ctx, s, link, synchronisation); err != nil {
			return err
		}
		chain = append(chain, link)
	}
	return nil
}

// ventilationDigest returns the digest of the ventilation of a period over the
// active contracts of an organisme, and the synchronisation that made them what
// they are: with it the same figures can be produced again.
func ventilationDigest(ctx context.Context, tx *store.Tx, organisme int64, p passerelle.Periode) (comptable.Empreinte, int64, error) {
	calcul := ventilation.New([]passerelle.Periode{p}, nil, ventilation.Options{})
	err := tx.EachDocument(ctx, organisme, Filtre{}, Page{}, func(doc []byte) error {
		contrat, err := document.Parse(doc)
		if err == nil {
			calcul.Add(ventilation.ContratOf(&contrat, nil))
		}
		return err
	})
	if err != nil {
		return comptable.Empreinte{}, 0, err
	}
	synchronisation, err := tx.LatestSynchronisation(ctx, organisme)
	return calcul.Digest(0), synchronisation, err
}

// Verification is what checking the closings of a société found.
type Verification struct {
	Societe  passerelle.Societe
	Clotures int                 // links of the chain
	Derniere comptable.Empreinte // digest of the last link: noted elsewhere, it proves the whole chain
	Rupture  *comptable.Rupture  // the first place where the chain does not hold, nil where it does
}

// VerifyClotures checks that the closings of a société are those that were
// recorded, unchanged.
func (h *Hub) VerifyClotures(ctx context.Context, a Acces) (v Verification, err error) {
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		s, err := societe(ctx, tx, a)
		if err != nil {
			return err
		}
		list, err := tx.Exercices(ctx, s)
		if err != nil {
			return err
		}
		chain, err := tx.Chain(ctx, s, list)
		v = Verification{Societe: s, Clotures: len(chain), Rupture: comptable.VerifyDossier(list, chain)}
		if len(chain) > 0 {
			v.Derniere = chain[len(chain)-1].Empreinte
		}
		return err
	})
	return v, err
}
