package hub_test

import (
	"maps"
	"slices"

	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// inscrire adds a line to the journal, with what is active from then on.
func (n *naif) inscrire(origine domaine.Origine, etat domaine.EtatSynchronisation, lien int64, b domaine.Bilan) int64 {
	id := int64(len(n.journal)) + 1
	n.journal = append(n.journal, domaine.Synchronisation{ID: id, Origine: origine, Etat: etat, Lien: lien, Bilan: b})
	n.passe[id] = maps.Clone(n.actifs)
	return id
}

// bilan counts what a push does; the model must not have applied it yet.
func (n *naif) bilan(r *resultat) domaine.Bilan {
	b := domaine.Bilan{
		Total: len(r.apres), Ajoutes: len(r.ajoutes), Modifies: len(r.modifies),
		Identiques: r.identiques, Archives: len(r.archives), Refuses: len(r.refuses),
	}
	return b
}

func (n *naif) appliquer(r *resultat, origine domaine.Origine, lien int64) {
	b := n.bilan(r)
	for _, code := range r.ajoutes {
		if n.clos[code] {
			b.Ranimes++
		}
	}
	for _, code := range slices.Concat(r.modifies, r.archives) {
		n.clos[code] = true
	}
	n.actifs = r.apres
	b.Integres = n.integres(n.actifs)
	n.inscrire(origine, domaine.EtatAppliquee, lien, b)
}

// relever settles the held push that a later one, or a person, ends.
func (n *naif) relever(etat domaine.EtatSynchronisation) {
	if n.retenu != nil {
		n.journal[n.retenu.id-1].Etat = etat
		n.retenu = nil
	}
}

// derniere is the latest synchronisation that was applied, 0 for none.
func (n *naif) derniere() int64 {
	for i := len(n.journal) - 1; i >= 0; i-- {
		if n.journal[i].Etat == domaine.EtatAppliquee {
			return n.journal[i].ID
		}
	}
	return 0
}

// annuler takes back a synchronisation and all that came after it.
func (n *naif) annuler(id int64) {
	avant, apres := n.passe[id-1], n.actifs
	var b domaine.Bilan
	for code, c := range avant {
		maintenant, actif := apres[code]
		switch {
		case !actif:
			b.Ajoutes++
			b.Ranimes++
		case maintenant != c:
			b.Modifies++
			n.clos[code] = true
		default:
			b.Identiques++
		}
	}
	for code := range apres {
		if _, reste := avant[code]; !reste {
			b.Archives++
			n.clos[code] = true
		}
	}
	n.actifs = maps.Clone(avant)
	b.Total, b.Integres = len(n.actifs), n.integres(n.actifs)
	n.inscrire(domaine.OrigineAnnulation, domaine.EtatAppliquee, id, b)
}

// oublier resets a sandbox.
func (n *naif) oublier() {
	b := domaine.Bilan{Archives: len(n.actifs)}
	n.relever(domaine.EtatRemplacee)
	n.actifs, n.clos = contrats{}, map[string]bool{}
	n.inscrire(domaine.OrigineRemiseAZero, domaine.EtatAppliquee, 0, b)
	for id := range n.passe {
		n.passe[id] = contrats{}
	}
}
