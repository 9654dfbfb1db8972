package hub

import (
	"context"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/document"
	"github.com/passerelle-hub/passerelle/internal/store"
	"github.com/passerelle-hub/passerelle/internal/vie"
)

// DemandeVies says which contracts are read with their lives.
type DemandeVies struct {
	Organisme       int64
	Synchronisation int64               // as they were once it had been applied, 0 for now
	Decisions       int64               // with Synchronisation: rang of the last decision that is known; 0 for those made until the synchronisation after it
	AucuneDecision  bool                // with Synchronisation: none is known
	Periode         *passerelle.Periode // leaves out ended contracts that ran no day of it, which are then not even read; nil for all of them
	Integres        bool                // only contracts that are in a session; not with Synchronisation
	SansArchives    bool                // the active contracts alone
}

// Vecu is a contract with what is known of its end beyond what it says itself.
type Vecu struct {
	depart   vie.Jour
	decision vie.Decision
}

// Archive reports whether the contract is archived.
func (v Vecu) Archive() bool { return v.depart.Connu }

// Vie returns the life of the contract, whose own dates are d: vie.DatesOf of it.
func (v Vecu) Vie(d vie.Dates) vie.Vie { return vie.Of(d, v.depart, v.decision) }

// eachVecu streams the contracts of an organisme with their lives, the active ones
// and those that ended, in whatever order: what every figure over exercices is made
// of (design 9, "The end"). The document is valid during the call only. Read the
// contract, or only the fields that are needed with a document.Picker, and ask its
// life, from which follow its days:
//
//	err := eachVecu(ctx, tx, DemandeVies{Organisme: id}, func(doc []byte, v Vecu) error {
//		contrat, err := document.Parse(doc)
//		if err != nil {
//			return err
//		}
//		life := v.Vie(vie.DatesOf(&contrat))
//		if p, ok := life.Periode(); ok {
//			… // it ran the days of p; life.Nature == vie.Presumee: it is to be named apart
//		}
//		return nil
//	})
//
// A contract comes once. It may be ended and have run no day, or none of d.Periode.
func eachVecu(ctx context.Context, tx *store.Tx, d DemandeVies, yield func(doc []byte, v Vecu) error) error {
	var doc []byte
	return eachKeptVecu(ctx, tx, d, func(k *document.Kept, v Vecu) (err error) {
		if doc, err = k.AppendJSON(doc[:0]); err != nil {
			return err
		}
		return yield(doc, v)
	})
}

// keptVecu is what consumeVecus has beside the bytes of a contract.
type keptVecu struct {
	Vecu
	profil  *document.Profil
	valeurs int // how many of the bytes are its values; what follows them is its code
}

// consumeVecus is eachVecu for whoever needs a few fields of each contract: they are
// passed as they are kept, in another goroutine than the one that reads them. Nothing
// calls consume any more once it has returned.
func consumeVecus(ctx context.Context, tx *store.Tx, d DemandeVies, consume func(k *document.Kept, v Vecu) error) error {
	var bytes []byte
	return consumeTagged(func(add func(bytes []byte, v keptVecu) error) error {
		return eachKeptVecu(ctx, tx, d, func(k *document.Kept, v Vecu) error {
			bytes = append(append(bytes[:0], k.Valeurs...), k.Code...)
			return add(bytes, keptVecu{v, k.Profil, len(k.Valeurs)})
		})
	}, func(bytes []byte, v keptVecu) error {
		return consume(&document.Kept{Valeurs: bytes[:v.valeurs:v.valeurs], Code: bytes[v.valeurs:], Profil: v.profil}, v.Vecu)
	})
}

// eachKeptVecu is eachVecu for contracts as they are kept.
func eachKeptVecu(ctx context.Context, tx *store.Tx, d DemandeVies, yield func(k *document.Kept, v Vecu) error) error {
	active := func(k *document.Kept) error { return yield(k, Vecu{}) }
	var err error
	if d.Synchronisation == 0 {
		err = tx.EachKeptUnordered(ctx, d.Organisme, d.Integres, active)
	} else {
		err = tx.EachKeptAsOf(ctx, d.Organisme, d.Synchronisation, active)
	}
	if err != nil || d.SansArchives {
		return err
	}
	decided, err := decisionsAt(ctx, tx, d)
	if err != nil {
		return err
	}
	placed, err := placedProfils(ctx, tx, d)
	if err != nil {
		return err
	}
	parti := func(p store.Parti, k *document.Kept) error {
		if d.Integres && !placed[p.Profil] {
			return nil
		}
		v := Vecu{depart: vie.Le(p.Depart)}
		if len(decided) > 0 {
			v.decision = decided[aboutFin{string(p.Code), p.Racine}]
		}
		return yield(k, v)
	}
	if d.Synchronisation != 0 {
		return tx.EachDocumentPartiAsOf(ctx, d.Organisme, d.Synchronisation, parti)
	}
	periode := store.ToutePeriode
	if d.Periode != nil {
		periode = *d.Periode
	}
	return tx.EachDocumentParti(ctx, d.Organisme, periode, parti)
}

// placedProfils returns the profils that have a session, where a request wants only
// their contracts.
func placedProfils(ctx context.Context, tx *store.Tx, d DemandeVies) (map[int64]bool, error) {
	if !d.Integres {
		return nil, nil
	}
	profils, err := tx.Profils(ctx, d.Organisme)
	placed := make(map[int64]bool, len(profils))
	for i := range profils {
		placed[profils[i].ID] = profils[i].Session != 0
	}
	return placed, err
}

// aboutFin names what a decision is about: one archiving of one contract.
type aboutFin struct {
	code   string
	racine int64
}

// decisionsAt returns what stands of what was decided, as a request knows it.
func decisionsAt(ctx context.Context, tx *store.Tx, d DemandeVies) (map[aboutFin]vie.Decision, error) {
	last := d.Decisions
	if last == 0 && !d.AucuneDecision {
		var err error
		if last, err = tx.DerniereDecision(ctx, d.Organisme, d.Synchronisation); err != nil {
			return nil, err
		}
	}
	list, err := tx.Decisions(ctx, d.Organisme, last)
	return standing(list), err
}

// standing returns what stands of decisions, which are in their order: the last
// one about each archiving, unless it takes back what was decided.
func standing(list []store.DecisionFin) map[aboutFin]vie.Decision {
	found := make(map[aboutFin]vie.Decision, len(list))
	for i := range list {
		about := aboutFin{list[i].Code, list[i].Racine}
		if list[i].Quoi.Fin == vie.Active {
			delete(found, about)
		} else {
			found[about] = list[i].Quoi
		}
	}
	return found
}
