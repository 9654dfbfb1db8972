package hub

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/passerelle-hub/passerelle/internal/document"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/regles"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// errSimulated rolls back what was only to be looked at.
var errSimulated = errors.New("simulated")

// Undo makes the contracts again what they were before an applied synchronisation:
// it takes back that one and all that came after it. That is recorded as one
// synchronisation of its own, which can be undone in turn.
func (h *Contrats) Undo(ctx context.Context, who Acteur, id int64) (*domaine.Synchronisation, error) {
	return h.takeBack(ctx, who, id, func(*store.Tx, *domaine.Synchronisation) error { return nil })
}

// PreviewUndo returns what Undo would record, with a page of the contracts that it
// would change, ordered by code. It records nothing.
func (h *Contrats) PreviewUndo(ctx context.Context, who Acteur, id int64, page Page) (*Detail, error) {
	d := &Detail{}
	_, err := h.takeBack(ctx, who, id, func(tx *store.Tx, s *domaine.Synchronisation) (err error) {
		d.Synchronisation = *s
		if d.Changements, d.Total, err = changements(ctx, tx, who.Organisme, s.ID, page); err != nil {
			return err
		}
		return errSimulated
	})
	if errors.Is(err, errSimulated) {
		err = nil
	}
	return d, err
}

func (h *Contrats) takeBack(ctx context.Context, who Acteur, id int64, last func(*store.Tx, *domaine.Synchronisation) error) (*domaine.Synchronisation, error) {
	started := h.now()
	var s *domaine.Synchronisation
	err := h.db.WriteOrganisme(ctx, who.Organisme, func(tx *store.Tx) error {
		undone, err := tx.Synchronisation(ctx, who.Organisme, id)
		if err != nil {
			return orNotFound(err, "Il n’y a pas de synchronisation %d.", id)
		}
		if undone.Etat != domaine.EtatAppliquee {
			return refus.New(refus.CodeNotApplied, "La synchronisation %d n’a rien changé aux contrats : seule une synchronisation appliquée peut être annulée.", id)
		}
		reset, err := tx.LatestReset(ctx, who.Organisme)
		if err != nil {
			return err
		}
		if id <= reset {
			return refus.New(refus.CodeNotUndoable, "La synchronisation %d a oublié les contrats du bac à sable : elle ne peut pas être annulée, ni celles d’avant.", reset)
		}
		var c *changes
		if s, c, err = h.undo(ctx, tx, who, &undone); err != nil {
			return err
		}
		s.Debut, s.Duree = started, h.now().Sub(started)
		if err := tx.InsertSynchronisation(ctx, who.Organisme, s); err != nil {
			return err
		}
		err = h.tell(ctx, tx, who.Organisme, func() ([]evenement, error) {
			return append([]evenement{aboutSynchronisation(domaine.SynchronisationAnnulee, s)}, aboutIntegration(s, c)...), nil
		})
		if err != nil {
			return err
		}
		if err := h.noteBy(ctx, tx, who.Organisme, who, domaine.GesteEnvoiAnnule, id, ""); err != nil {
			return err
		}
		return last(tx, s)
	})
	return s, err
}

func (h *core) undo(ctx context.Context, tx *store.Tx, who Acteur, undone *domaine.Synchronisation) (*domaine.Synchronisation, *changes, error) {
	begun, err := tx.BegunSince(ctx, who.Organisme, undone.ID)
	if err != nil {
		return nil, nil, err
	}
	ended, err := tx.LostSince(ctx, who.Organisme, undone.ID)
	if err != nil {
		return nil, nil, err
	}
	begun, ended = withoutSame(begun, ended)
	id, err := tx.NextSynchronisation(ctx, who.Organisme)
	if err != nil {
		return nil, nil, err
	}
	c := &changes{ctx: ctx, tx: tx, organisme: who.Organisme, id: id, now: h.now(), interner: regles.NewInterner(), undoes: undone.ID}
	s := &domaine.Synchronisation{
		ID: id, Origine: domaine.OrigineAnnulation, Etat: domaine.EtatAppliquee, Lien: undone.ID, JetonID: who.JetonID, Par: who.Nom,
	}
	said := make([]*regles.Profil, len(ended)) // by what ended, and has again
	var beside map[*regles.Profil]*document.Profil
	c.kept = func(source int, _ []byte) (_ document.Kept, err error) {
		if beside == nil {
			if beside, err = c.beside(); err != nil {
				return document.Kept{}, err
			}
		}
		v := &ended[source]
		return document.KeptOf(v.Document, v.Code, 0, beside[said[source]]), nil
	}
	codes, emails, now := map[string]bool{}, map[string]bool{}, map[string]bool{}
	want := func(f *regles.Faits) {
		for _, personne := range f.Personnes {
			codes[personne.Code], emails[personne.Email] = true, true
		}
	}
	for i := range begun {
		faits, err := faitsOf(c.interner, begun[i].Document)
		if err != nil {
			return nil, nil, err
		}
		want(&faits)
		c.closes, c.ended = append(c.closes, begun[i].Code), append(c.ended, faits)
		now[begun[i].Code] = true
	}
	for i := range ended {
		faits, err := faitsOf(c.interner, ended[i].Document)
		if err != nil {
			return nil, nil, err
		}
		want(&faits)
		said[i] = faits.Profil
		c.adds = append(c.adds, addition{faits: &faits, hash: document.HashOf(ended[i].Document), source: i})
		if now[ended[i].Code] {
			s.Modifies++
		} else {
			s.Ajoutes++
			s.Ranimes++
		}
	}
	s.Archives = len(begun) - s.Modifies
	if c.stand, err = standOf(ctx, tx, who.Organisme, keys(codes), keys(emails)); err != nil {
		return nil, nil, err
	}
	c.etat = c.stand.without(c.interner, c.ended, domaine.EmailsTous, nil)()
	for i := range c.adds {
		c.etat.Add(c.adds[i].faits)
	}
	c.sortVersions()
	if err := c.store(); err != nil {
		return nil, nil, err
	}
	if s.Total, s.Integres, err = tx.Counts(ctx, who.Organisme); err != nil {
		return nil, nil, err
	}
	s.Identiques = s.Total - s.Ajoutes - s.Modifies
	return s, c, nil
}

// withoutSame leaves out the contracts that say now what they said before.
func withoutSame(begun, ended []store.StoredVersion) (b, e []store.StoredVersion) {
	before := make(map[string]document.Hash, len(ended))
	for i := range ended {
		before[ended[i].Code] = document.HashOf(ended[i].Document)
	}
	same := map[string]bool{}
	for i := range begun {
		if hash, ok := before[begun[i].Code]; ok && hash == document.HashOf(begun[i].Document) {
			same[begun[i].Code] = true
		}
	}
	if len(same) == 0 {
		return begun, ended
	}
	isSame := func(v store.StoredVersion) bool { return same[v.Code] }
	return slices.DeleteFunc(begun, isSame), slices.DeleteFunc(ended, isSame)
}

// Reset forgets every contract of a sandbox with its history and returns how
// many were active.
func (h *Contrats) Reset(ctx context.Context, who Acteur) (removed int, err error) {
	err = h.db.WriteOrganisme(ctx, who.Organisme, func(tx *store.Tx) error {
		started := h.now()
		organisme, err := tx.Organisme(ctx, who.Organisme)
		if err != nil {
			return err
		}
		if !organisme.Sandbox {
			return refus.New(refus.CodeNotASandbox, "L’organisme « %s » n’est pas un bac à sable : ses contrats ne peuvent pas être supprimés.", organisme.Nom)
		}
		var integrated int
		if removed, integrated, err = tx.Counts(ctx, who.Organisme); err != nil {
			return err
		}
		held, err := tx.Retenues(ctx, who.Organisme)
		if err != nil {
			return err
		}
		for _, id := range held {
			if err := dropHeld(ctx, tx, who.Organisme, id, domaine.EtatRemplacee); err != nil {
				return err
			}
		}
		if err := tx.ForgetContrats(ctx, who.Organisme); err != nil {
			return err
		}
		id, err := tx.NextSynchronisation(ctx, who.Organisme)
		if err != nil {
			return err
		}
		s := &domaine.Synchronisation{
			ID: id, Origine: domaine.OrigineRemiseAZero, Etat: domaine.EtatAppliquee, JetonID: who.JetonID, Par: who.Nom,
			Debut: started, Duree: h.now().Sub(started), Bilan: domaine.Bilan{Archives: removed},
		}
		if err := tx.InsertSynchronisation(ctx, who.Organisme, s); err != nil {
			return err
		}
		return h.tell(ctx, tx, who.Organisme, func() ([]evenement, error) {
			list := []evenement{aboutSynchronisation(domaine.SynchronisationAppliquee, s)}
			if integrated > 0 {
				list = append(list, evenement{domaine.IntegrationChangee, dataIntegration{Synchronisation: fmt.Sprint(id), Perdus: integrated}})
			}
			return list, nil
		})
	})
	return removed, orNotFound(err, "Il n’y a pas d’organisme %d.", who.Organisme)
}
