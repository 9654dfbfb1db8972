package hub_test

import (
	"errors"
	"fmt"
	"slices"

	"pgregory.net/rapid"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/refus"
)

func (p *paire) undo() {
	n := p.naif
	id := n.derniere()
	if rare(p.T, 2, "an older one") {
		id = rapid.Int64Range(0, int64(len(n.journal))+1).Draw(p.T, "synchronisation")
	}
	preview, failed := p.hub.Contrats.PreviewUndo(p.Context(), p.who, id, hub.Page{})
	s, err := p.hub.Contrats.Undo(p.Context(), p.who, id)
	oublie := int64(0)
	for _, s := range n.journal {
		if s.Origine == domaine.OrigineRemiseAZero {
			oublie = s.ID
		}
	}
	switch {
	case id < 1 || id > int64(len(n.journal)):
		p.refused(err, refus.NotFound)
		p.refused(failed, refus.NotFound)
	case n.journal[id-1].Etat != domaine.EtatAppliquee || id <= oublie:
		p.refused(err, refus.Conflict)
		p.refused(failed, refus.Conflict)
	case err != nil || failed != nil:
		p.Fatalf("undo %d: %v, its preview: %v", id, err, failed)
	default:
		n.annuler(id)
		d, err := p.hub.Journal.Synchronisation(p.Context(), p.who.Organisme, s.ID, hub.Page{})
		if err != nil {
			p.Fatal(err)
		}
		p.same("preview of an undo", preview.Bilan, d.Bilan)
		p.same("changes of an undo", preview.Changements, d.Changements)
	}
}

func (p *paire) createModele() {
	m := tirerModele(p.T)
	preview, err := p.hub.Integration.PreviewModele(p.Context(), p.who.Organisme, m)
	if err != nil {
		p.Fatal(err)
	}
	before := p.naif.integres(p.naif.actifs)
	m, err = p.hub.Integration.CreateModele(p.Context(), p.who.Organisme, m)
	if err != nil {
		p.Fatal(err)
	}
	p.naif.modeles = append(p.naif.modeles, m)
	p.previewed(preview, before, m.ID)
}

func (p *paire) changeModele() {
	n := p.naif
	if len(n.modeles) == 0 {
		p.refused(p.hub.Integration.DeleteModele(p.Context(), p.who.Organisme, 1<<40, nil), refus.NotFound)
		return
	}
	i := rapid.IntRange(0, len(n.modeles)-1).Draw(p.T, "modèle")
	if rare(p.T, 2, "delete") {
		if err := p.hub.Integration.DeleteModele(p.Context(), p.who.Organisme, n.modeles[i].ID, nil); err != nil {
			p.Fatal(err)
		}
		n.modeles = slices.Delete(n.modeles, i, i+1)
		return
	}
	m := tirerModele(p.T)
	m.ID = n.modeles[i].ID
	preview, err := p.hub.Integration.PreviewModele(p.Context(), p.who.Organisme, m)
	if err != nil {
		p.Fatal(err)
	}
	before := n.integres(n.actifs)
	if err := p.hub.Integration.UpdateModele(p.Context(), p.who.Organisme, m, nil); err != nil {
		p.Fatal(err)
	}
	n.modeles[i] = m
	p.previewed(preview, before, m.ID)
}

// previewed checks what a preview promised against what saving did.
func (p *paire) previewed(a *hub.Apercu, before int, id int64) {
	p.Helper()
	n := p.naif
	taken, ambiguous := 0, 0
	for _, c := range n.actifs {
		where := n.place(&c)
		if where.modele == id {
			taken++
		}
		if slices.Contains(where.ambigus, id) {
			ambiguous++
		}
	}
	p.same("preview", []int{a.Contrats, a.Ambigus, a.Integres, a.Integres - before - a.Nouveaux + a.Perdus},
		[]int{taken, ambiguous, n.integres(n.actifs), p.freed(a, before)})
}

// freed is how many contracts other modèles take because of the change: a
// preview counts as new only what the modèle itself takes.
func (p *paire) freed(a *hub.Apercu, before int) int {
	return p.naif.integres(p.naif.actifs) - before - a.Nouveaux + a.Perdus
}

func (p *paire) reset() {
	removed, err := p.hub.Contrats.Reset(p.Context(), p.who)
	if err != nil {
		p.Fatal(err)
	}
	p.same("removed", removed, len(p.naif.actifs))
	p.naif.oublier()
	p.sessions = map[[5]string]int64{}
}

func (p *paire) confirm() {
	n := p.naif
	if n.retenu == nil {
		_, _, err := p.hub.Contrats.Confirm(p.Context(), p.who, max(n.derniere(), 1))
		kind := refus.Conflict
		if len(n.journal) == 0 {
			kind = refus.NotFound
		}
		p.refused(err, kind)
		return
	}
	held := *n.retenu
	result, origine, err := p.hub.Contrats.Confirm(p.Context(), p.who, held.id)
	if err != nil {
		p.Fatalf("confirm %d: %v", held.id, err)
	}
	p.Cleanup(func() { result.Push.Close() })
	p.same("origin", origine, held.origine)
	r := n.resoudre(held.envois, held.retires, held.origine != domaine.OrigineChanges, held.origine == domaine.OrigineV1)
	p.settle(result, err, &r, held.envois, domaine.OrigineConfirmation, true, held.retires)
}

func (p *paire) drop() {
	n := p.naif
	if n.retenu == nil {
		p.refused(p.hub.Contrats.Drop(p.Context(), p.who, 1<<40), refus.NotFound)
		return
	}
	if err := p.hub.Contrats.Drop(p.Context(), p.who, n.retenu.id); err != nil {
		p.Fatal(err)
	}
	n.relever(domaine.EtatAbandonnee)
}

func (p *paire) setSeuil() {
	p.naif.seuil = rapid.SampledFrom([]int{30, 1, 90, 100}).Draw(p.T, "threshold")
	if _, err := p.hub.Organismes.SetReglages(p.Context(), p.who, domaine.TousDroits, []hub.ValeurReglage{{Cle: "garde.archivage", Valeur: fmt.Sprint(p.naif.seuil)}}, nil); err != nil {
		p.Fatal(err)
	}
}

// diff is a push that records nothing.
func (p *paire) diff() {
	envois := tirerEnvois(p.T)
	r := p.naif.resoudre(envois, nil, true, true)
	err := p.hub.Contrats.Diff(p.Context(), p.who.Organisme, p.read(envois, nil, domaine.OrigineV1), false, func(d *hub.Diff) error {
		same, added, updated, removed := d.Counts()
		p.same("dry run", []int{same, added, updated, removed}, []int{r.identiques, len(r.ajoutes), len(r.modifies), len(r.archives)})
		return nil
	})
	var rejected *hub.RejectedPush
	if errors.As(err, &rejected) == (len(r.refuses) == 0) {
		p.Fatalf("dry run of a push with %d refused contracts: %v", len(r.refuses), err)
	}
}
