package hub

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/integration"
	"github.com/passerelle-hub/passerelle/internal/regles"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// Usage says what the modèles of an organisme do to its active contracts, and
// what a criterion may look for.
type Usage struct {
	Modeles []domaine.Modele // oldest first
	Pris    map[int64]int    // contracts that each modèle places
	Ambigus map[int64]int    // contracts that each modèle and another match equally well
	// Valeurs holds, for each field of passerelle.ChampsCriteres, the values
	// that active contracts have, ordered by name.
	Valeurs map[string][]Valeur
	Groupes []NonIntegre // what is in no session, largest group first
}

// SessionSites returns the sites that have sessions with apprentices, by name.
func (h *Integration) SessionSites(ctx context.Context, organisme int64) (found []Valeur, err error) {
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		sites, err := tx.SessionSites(ctx, organisme)
		found = said(sites, valeur)
		return err
	})
	slices.SortFunc(found, func(a, b Valeur) int { return cmp.Or(strings.Compare(a.Nom, b.Nom), strings.Compare(a.Code, b.Code)) })
	return found, err
}

// SessionsOfSite returns the sessions of one site that have apprentices, ordered
// by their names.
func (h *Integration) SessionsOfSite(ctx context.Context, organisme int64, site string) (found []domaine.Session, err error) {
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		found, err = tx.SessionsOfSite(ctx, organisme, site)
		return err
	})
	slices.SortFunc(found, compareSessions)
	return slices.DeleteFunc(found, func(s domaine.Session) bool { return s.Effectif == 0 }), err
}

// Session returns one session.
func (h *Integration) Session(ctx context.Context, organisme, id int64) (domaine.Session, error) {
	return read(ctx, h.db, func(tx *store.Tx) (domaine.Session, error) {
		s, err := tx.Session(ctx, organisme, id)
		return s, orNotFound(err, "Il n’y a pas de session %d.", id)
	})
}

// Usage returns what the modèles of an organisme do.
func (h *Integration) Usage(ctx context.Context, organisme int64) (*Usage, error) {
	var u *Usage
	err := h.db.Read(ctx, func(tx *store.Tx) (err error) {
		u, _, err = usageOf(ctx, tx, organisme)
		return err
	})
	return u, err
}

// placing reads what contracts are placed by: the modèles and the profils.
func placing(ctx context.Context, tx *store.Tx, organisme int64) ([]domaine.Modele, []store.Profil, error) {
	modeles, err := tx.Modeles(ctx, organisme)
	if err != nil {
		return nil, nil, err
	}
	profils, err := tx.Profils(ctx, organisme)
	return modeles, profils, err
}

func usageOf(ctx context.Context, tx *store.Tx, organisme int64) (*Usage, []store.Profil, error) {
	u := &Usage{Pris: map[int64]int{}, Ambigus: map[int64]int{}, Valeurs: map[string][]Valeur{}}
	modeles, profils, err := placing(ctx, tx, organisme)
	if err != nil {
		return nil, nil, err
	}
	u.Modeles = modeles
	u.count(profils)
	u.Groupes = groupsOf(profils, u.Modeles)
	return u, profils, nil
}

// UsageWith returns what the modèles of an organisme do and, where m can be
// saved, what saving it would change: one reading of the profils for both. It
// checks m as PreviewModele does; refused says why there is no preview.
func (h *Integration) UsageWith(ctx context.Context, organisme int64, m domaine.Modele) (u *Usage, a *Apercu, refused, err error) {
	refused = CheckModele(&m)
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		var profils []store.Profil
		var err error
		if u, profils, err = usageOf(ctx, tx, organisme); err == nil && refused == nil {
			a, err = preview(profils, u.Modeles, m)
		}
		return err
	})
	return u, a, refused, err
}

func (u *Usage) count(profils []store.Profil) {
	counts := map[string]map[string]*Valeur{}
	for _, champ := range passerelle.ChampsCriteres {
		counts[champ] = map[string]*Valeur{}
	}
	for i := range profils {
		p := &profils[i]
		if p.Effectif == 0 {
			continue
		}
		if p.Modele != 0 {
			u.Pris[p.Modele] += p.Effectif
		}
		for _, id := range p.Ambigus {
			u.Ambigus[id] += p.Effectif
		}
		for _, champ := range passerelle.ChampsCriteres {
			code := integration.Value(&p.Valeurs, champ)
			if code == "" {
				continue
			}
			at, _ := passerelle.ChampIndex([]byte(champ))
			key := passerelle.Champs[at].Cle(code)
			v := counts[champ][key]
			if v == nil {
				v = &Valeur{Code: passerelle.Champs[at].Affiche(code), Nom: passerelle.Champs[at].Affiche(nameOf(&p.Valeurs, champ))}
				counts[champ][key] = v
			}
			v.Contrats += p.Effectif
		}
	}
	for champ, values := range counts {
		for _, v := range values {
			u.Valeurs[champ] = append(u.Valeurs[champ], *v)
		}
		slices.SortFunc(u.Valeurs[champ], func(a, b Valeur) int { return cmp.Or(strings.Compare(a.Nom, b.Nom), strings.Compare(a.Code, b.Code)) })
	}
}

// nameOf is what people call the value of a field that a modèle may look at.
func nameOf(p *regles.Profil, champ string) string {
	switch champ {
	case "codeFormation":
		return p.NomFormation
	case "codeAnnee":
		return p.NomAnnee
	case "codeSite":
		return p.NomSite
	case "codePeriode":
		return p.NomPeriode
	case "codeMarque":
		return p.NomMarque
	}
	return integration.Value(p, champ)
}
