package hub

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/recherche"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// How much a search of everything looks at and gives back.
const (
	trouverMost  = 5000 // contracts that hold the text, each of active and archived ones
	trouverLigne = 6    // of each kind
)

// Trouvailles is what a search of everything finds: the first ones of each kind.
type Trouvailles struct {
	Contrats         []Place // active ones first
	Actifs, Archives int     // how many hold the text
	Personnes        []Nomme
	Entreprises      []Nomme
	NPersonnes       int
	NEntreprises     int
	Sessions         []domaine.Session
	Synchronisations []domaine.Synchronisation
	Partiel          bool // more hold it than were looked at: all numbers are at least so much
}

// Vide reports whether nothing was found.
func (t *Trouvailles) Vide() bool {
	return len(t.Contrats)+len(t.Personnes)+len(t.Entreprises)+len(t.Sessions)+len(t.Synchronisations) == 0
}

// Nomme is a person or an entreprise that contracts name.
type Nomme struct {
	Cle                      recherche.Cle
	Role                     recherche.Role
	Code, Prenom, Nom, Email string // of a person; of an entreprise Nom alone
	SIRET                    string // of an entreprise
	Contrats                 int
	Archives                 bool // no active contract names it
}

// nommeIn reads what a contract says of one of its people, or of its entreprise.
func nommeIn(c *passerelle.Contrat, role recherche.Role) Nomme {
	switch role {
	case recherche.Apprenant:
		return Nomme{Role: role, Code: c.CodeApprenant, Prenom: c.PrenomApprenant, Nom: c.NomApprenant, Email: c.EmailApprenant}
	case recherche.Personnel:
		return Nomme{Role: role, Code: c.CodePersonnel, Prenom: c.PrenomPersonnel, Nom: c.NomPersonnel, Email: c.EmailPersonnel}
	case recherche.Maitre:
		return Nomme{Role: role, Code: c.CodeMaitreApprentissage, Prenom: c.PrenomMaitreApprentissage, Nom: c.NomMaitreApprentissage, Email: c.EmailMaitreApprentissage}
	}
	return Nomme{Role: role, Nom: c.NomEntreprise, SIRET: c.SiretEntreprise}
}

// nommeIs says who or what of a contract has a key.
func nommeIs(c *passerelle.Contrat, cle recherche.Cle) (n Nomme, ok bool) {
	for role := range recherche.Role(recherche.Roles) {
		n = nommeIn(c, role)
		value := n.Code
		if role == recherche.Entreprise {
			value = n.Nom
		}
		if recherche.CleOf(role, value) == cle {
			n.Cle = cle
			return n, true
		}
	}
	return Nomme{}, false
}

// Trouver looks for a text among everything that an organisme has: contracts of
// every state, people by name, code or address, entreprises, sessions, and
// synchronisations by number.
func (h *Contrats) Trouver(ctx context.Context, organisme int64, text string) (*Trouvailles, error) {
	t := &Trouvailles{}
	texte := recherche.NewTexte(text)
	if texte.Vide() {
		return t, nil
	}
	x, err := h.bothIndexes(ctx, organisme)
	if err != nil {
		return nil, err
	}
	named := recherche.NewNommes(texte)
	var first []recherche.Trouve
	for _, archived := range []bool{false, true} {
		in, n := x.of(archived), &t.Actifs
		if archived {
			n = &t.Archives
		}
		if i := in.Find(strings.TrimSpace(text)); i >= 0 {
			first = append([]recherche.Trouve{{Archive: archived, Place: i}}, first...)
		}
		in.Each(texte, func(i int) bool {
			*n++
			named.Add(in, i, archived)
			if found := (recherche.Trouve{Archive: archived, Place: i}); len(first) < trouverLigne && !slices.Contains(first, found) {
				first = append(first, found)
			}
			t.Partiel = t.Partiel || *n == trouverMost
			return *n < trouverMost
		})
	}
	first = first[:min(len(first), trouverLigne)]
	var people, firms []*recherche.Nomme
	people, t.NPersonnes = named.Premiers(false, trouverLigne)
	firms, t.NEntreprises = named.Premiers(true, trouverLigne)
	nommes := slices.Concat(people, firms)
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		wanted := slices.Clone(first)
		for _, n := range nommes {
			wanted = append(wanted, n.Trouve)
		}
		byCode, err := x.read(ctx, tx, organisme, wanted)
		if err != nil {
			return err
		}
		for _, f := range first {
			if p := byCode[x.code(f)]; p != nil && p.Archive == f.Archive {
				t.Contrats = append(t.Contrats, *p)
			}
		}
		for _, n := range nommes {
			p := byCode[x.code(n.Trouve)]
			if p == nil || p.Archive != n.Archive {
				continue
			}
			found := nommeIn(&p.Contrat, n.Role)
			found.Cle, found.Contrats, found.Archives = n.Cle, n.Contrats, n.Archive
			if n.Role == recherche.Entreprise {
				t.Entreprises = append(t.Entreprises, found)
			} else {
				t.Personnes = append(t.Personnes, found)
			}
		}
		if err := t.sessions(ctx, tx, organisme, named.Groupes); err != nil {
			return err
		}
		return t.numero(ctx, tx, organisme, text)
	})
	return t, err
}

func (t *Trouvailles) sessions(ctx context.Context, tx *store.Tx, organisme int64, profils map[int64]bool) error {
	if len(profils) == 0 {
		return nil
	}
	ids := make([]int64, 0, len(profils))
	for id := range profils {
		ids = append(ids, id)
	}
	found, err := tx.SessionsOfProfils(ctx, organisme, ids, trouverLigne)
	for _, id := range found {
		if err != nil {
			break
		}
		var s domaine.Session
		s, err = tx.Session(ctx, organisme, id)
		t.Sessions = append(t.Sessions, s)
	}
	return err
}

// numero finds the synchronisation of a number: 23, n° 23, #23.
func (t *Trouvailles) numero(ctx context.Context, tx *store.Tx, organisme int64, text string) error {
	digits := strings.TrimSpace(strings.TrimLeft(strings.ToLower(strings.TrimSpace(text)), "#n°º"))
	id, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || id < 1 {
		return nil
	}
	s, err := tx.Synchronisation(ctx, organisme, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err == nil {
		t.Synchronisations = append(t.Synchronisations, s)
	}
	return err
}

// Dossier is all that is known of a person or an entreprise: every contract that
// names it, the latest first.
type Dossier struct {
	Nomme
	Contrats         []Place
	Actifs, Archives int
}

// Dossier returns a page of the contracts that name the person, or the entreprise, of
// a key.
func (h *Contrats) Dossier(ctx context.Context, organisme int64, cle recherche.Cle, page Page) (*Dossier, error) {
	x, err := h.bothIndexes(ctx, organisme)
	if err != nil {
		return nil, err
	}
	d := &Dossier{}
	type dated struct {
		recherche.Trouve
		debut passerelle.Date
	}
	var all []dated
	for _, archive := range []bool{false, true} {
		in := x.of(archive)
		for _, i := range in.Named(cle) {
			all = append(all, dated{recherche.Trouve{Archive: archive, Place: i}, in.Dates(i).Debut})
			if archive {
				d.Archives++
			} else {
				d.Actifs++
			}
		}
	}
	if len(all) == 0 {
		return nil, refus.New(refus.CodeNotFound, "Aucun contrat ne nomme cette personne ou cette entreprise, ou ne la nomme plus : cherchez-la de nouveau.")
	}
	slices.SortStableFunc(all, func(a, b dated) int { return cmp.Compare(b.debut, a.debut) })
	var wanted []recherche.Trouve
	for _, f := range all[min(page.Offset, len(all)):min(page.Offset+page.Limit, len(all))] {
		wanted = append(wanted, f.Trouve)
	}
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		d.Contrats, err = x.placesOf(ctx, tx, organisme, wanted)
		return err
	})
	for i := range d.Contrats {
		if n, ok := nommeIs(&d.Contrats[i].Contrat, cle); ok && d.Nom == "" {
			d.Nomme = n
		}
	}
	d.Nomme.Contrats = len(all)
	return d, err
}
