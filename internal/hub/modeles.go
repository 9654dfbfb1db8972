package hub

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/integration"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/regles"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// Modeles returns the modèles of an organisme, oldest first.
func (h *Integration) Modeles(ctx context.Context, organisme int64) ([]domaine.Modele, error) {
	return read(ctx, h.db, func(tx *store.Tx) ([]domaine.Modele, error) { return tx.Modeles(ctx, organisme) })
}

// Modele returns one modèle.
func (h *Integration) Modele(ctx context.Context, organisme, id int64) (domaine.Modele, error) {
	return read(ctx, h.db, func(tx *store.Tx) (domaine.Modele, error) {
		m, err := tx.Modele(ctx, organisme, id)
		return m, orNotFound(err, "Il n’y a pas de modèle %d.", id)
	})
}

const maxNom = 500

// maxValeurs bounds the values of one criterion.
const maxValeurs = 1000

// CheckModele trims a modèle and returns what is wrong with it, field by field.
func CheckModele(m *domaine.Modele) error {
	var details constats
	m.Nom = strings.TrimSpace(m.Nom)
	details.nom(m.Nom, "du modèle", "")
	if len(m.Criteres) == 0 {
		details.add("criteres", passerelle.CodeRequired, "Un modèle a au moins un critère parmi %s.", strings.Join(passerelle.ChampsCriteres, ", "))
	}
	champs := make([]string, 0, len(m.Criteres))
	for champ := range m.Criteres {
		champs = append(champs, champ)
	}
	slices.Sort(champs)
	for _, champ := range champs {
		field := "criteres." + champ
		if !slices.Contains(passerelle.ChampsCriteres, champ) {
			details.add(field, passerelle.CodeUnknownField, "« %s » n’est pas un critère : choisissez parmi %s.", champ, strings.Join(passerelle.ChampsCriteres, ", "))
			continue
		}
		critere := m.Criteres[champ]
		if len(critere) == 0 {
			details.add(field, passerelle.CodeRequired, "Le critère %s a au moins une valeur.", champ)
		}
		if len(critere) > maxValeurs {
			details.add(field, passerelle.CodeTooLong, "Le critère %s a au plus %d valeurs : faites-en plusieurs modèles.", champ, maxValeurs)
			continue
		}
		for i, value := range critere {
			critere[i] = strings.TrimSpace(value)
			if critere[i] == "" || strings.ContainsRune(value, 0) {
				details.add(field, passerelle.CodeRequired, "Le critère %s a une valeur vide : retirez-la.", champ)
			}
			if len([]rune(value)) > maxNom {
				details.add(field, passerelle.CodeTooLong, "Une valeur du critère %s a au plus %d caractères.", champ, maxNom)
			}
		}
	}
	return details.refuse(refus.CodeInvalidModele)
}

// CreateModele stores a modèle and places the contracts again, at once.
func (h *Integration) CreateModele(ctx context.Context, organisme int64, m domaine.Modele) (domaine.Modele, error) {
	if err := CheckModele(&m); err != nil {
		return m, err
	}
	err := h.changeModeles(ctx, organisme, func(tx *store.Tx) (int64, error) {
		err := roomForModeles(ctx, tx, organisme, 1)
		if err != nil {
			return 0, err
		}
		if m.ID, err = tx.CreateModele(ctx, organisme, m, h.now()); err != nil {
			return 0, err
		}
		return m.ID, h.note(ctx, tx, organisme, domaine.GesteModeleCree, m.ID, "« "+m.Nom+" »")
	})
	return m, err
}

// MaxModeles is how many modèles an organisme may have: each combination of values is
// held against all of them, and its reason names those that match equally well.
const MaxModeles = 2000

// roomForModeles refuses n more modèles where there would be too many.
func roomForModeles(ctx context.Context, tx *store.Tx, organisme int64, n int) error {
	known, err := tx.CountModeles(ctx, organisme)
	if err == nil && known+n > MaxModeles {
		err = refus.New(refus.CodeTooManyModeles, "Un organisme a au plus %d modèles : supprimez ceux qui ne servent plus.", MaxModeles)
	}
	return err
}

// UpdateModele replaces a modèle and places the contracts again, at once; only where it
// is still what attendu says.
func (h *Integration) UpdateModele(ctx context.Context, organisme int64, m domaine.Modele, attendu Attendu) error {
	if err := CheckModele(&m); err != nil {
		return err
	}
	return h.changeModeles(ctx, organisme, func(tx *store.Tx) (int64, error) {
		before, err := tx.Modele(ctx, organisme, m.ID)
		if err != nil {
			return 0, orNotFound(err, "Il n’y a pas de modèle %d.", m.ID)
		}
		if err := attendu.check("Ce modèle", before.Version()); err != nil {
			return 0, err
		}
		if err := tx.UpdateModele(ctx, organisme, m, h.now()); err != nil {
			return 0, err
		}
		if before.Version() == m.Version() {
			return m.ID, nil
		}
		return m.ID, h.note(ctx, tx, organisme, domaine.GesteModeleModifie, m.ID, changesOfModele(&before, &m))
	})
}

// DeleteModele removes a modèle and places the contracts again, at once.
func (h *Integration) DeleteModele(ctx context.Context, organisme, id int64, attendu Attendu) error {
	return h.changeModeles(ctx, organisme, func(tx *store.Tx) (int64, error) {
		before, err := tx.Modele(ctx, organisme, id)
		if err != nil {
			return 0, orNotFound(err, "Il n’y a pas de modèle %d.", id)
		}
		if err := attendu.check("Ce modèle", before.Version()); err != nil {
			return 0, err
		}
		if err := tx.DeleteModele(ctx, organisme, id); err != nil {
			return 0, err
		}
		return id, h.note(ctx, tx, organisme, domaine.GesteModeleSupprime, id, "« "+before.Nom+" »")
	})
}

// changesOfModele says what changed of a modèle, in French.
func changesOfModele(before, after *domaine.Modele) string {
	var said []string
	say := func(what, old, new string) {
		if old != new {
			said = append(said, fmt.Sprintf("%s : « %s » → « %s »", what, old, new))
		}
	}
	say("nom", before.Nom, after.Nom)
	for _, champ := range passerelle.ChampsCriteres {
		say(champ, strings.Join(before.Criteres[champ], ", "), strings.Join(after.Criteres[champ], ", "))
	}
	if before.Actif != after.Actif {
		said = append(said, map[bool]string{true: "activé", false: "désactivé"}[after.Actif])
	}
	return strings.Join(said, " ; ")
}

// changeModeles runs change, which returns the id of the modèle, and re-evaluates
// every profil that has contracts, in one transaction.
func (h *core) changeModeles(ctx context.Context, organisme int64, change func(*store.Tx) (int64, error)) error {
	var written, total int
	err := h.db.WriteOrganisme(ctx, organisme, func(tx *store.Tx) error {
		modele, err := change(tx)
		if err == nil {
			written, total, err = h.placeAll(ctx, tx, organisme, dataIntegration{Modele: fmt.Sprint(modele)})
		}
		return err
	})
	if err == nil {
		h.settle(written, total)
	}
	return orNotFound(err, "Il n’y a pas d’organisme %d.", organisme)
}

// Apercu says what saving a modèle would change.
type Apercu struct {
	Contrats int // active contracts that the modèle would take
	Nouveaux int // among them, those that are in no session today
	Perdus   int // contracts integrated today that would be no more
	Ambigus  int // contracts that would match several modèles equally well
	Deplaces int // contracts that another modèle takes today
	Integres int // integrated contracts afterwards, in all
	Sessions []domaine.Session
}

// PreviewModele works out what saving m would change, recording nothing. A
// modèle with an ID replaces the one that there is.
func (h *Integration) PreviewModele(ctx context.Context, organisme int64, m domaine.Modele) (*Apercu, error) {
	if err := CheckModele(&m); err != nil {
		return nil, err
	}
	var a *Apercu
	err := h.db.Read(ctx, func(tx *store.Tx) error {
		modeles, profils, err := placing(ctx, tx, organisme)
		if err != nil {
			return err
		}
		a, err = preview(profils, modeles, m)
		return err
	})
	return a, err
}

// preview works out what m would do beside modeles, or in the place of the one
// with its ID.
func preview(profils []store.Profil, modeles []domaine.Modele, m domaine.Modele) (*Apercu, error) {
	modeles = slices.Clone(modeles)
	if m.ID == 0 {
		modeles = append(modeles, m)
		for i := range modeles {
			m.ID = max(m.ID, modeles[i].ID+1)
		}
		modeles[len(modeles)-1].ID = m.ID
	} else {
		i := slices.IndexFunc(modeles, func(known domaine.Modele) bool { return known.ID == m.ID })
		if i < 0 {
			return nil, refus.New(refus.CodeNotFound, "Il n’y a pas de modèle %d.", m.ID)
		}
		modeles[i] = m
	}
	a := &Apercu{}
	a.count(profils, modeles, m.ID)
	return a, nil
}

func (a *Apercu) count(profils []store.Profil, modeles []domaine.Modele, id int64) {
	sessions := map[[5]string]*domaine.Session{}
	for i := range profils {
		p := &profils[i]
		if p.Effectif == 0 {
			continue
		}
		match := integration.Find(modeles, &p.Valeurs)
		if match.Modele != 0 {
			a.Integres += p.Effectif
		} else if p.Session != 0 {
			a.Perdus += p.Effectif
		}
		if slices.Contains(match.Ambigus, id) {
			a.Ambigus += p.Effectif
		}
		if match.Modele != id {
			continue
		}
		a.Contrats += p.Effectif
		switch {
		case p.Session == 0:
			a.Nouveaux += p.Effectif
		case p.Modele != id:
			a.Deplaces += p.Effectif
		}
		addEffectif(sessions, &p.Valeurs, p.Effectif)
	}
	for _, s := range sessions {
		a.Sessions = append(a.Sessions, *s)
	}
	slices.SortFunc(a.Sessions, compareSessions)
}

// compareSessions orders sessions as a person looks for them: by the names of
// site, période, formation, année and groupe.
func compareSessions(x, y domaine.Session) int {
	return cmp.Or(strings.Compare(x.NomSite, y.NomSite), strings.Compare(x.NomPeriode, y.NomPeriode), strings.Compare(x.NomFormation, y.NomFormation),
		strings.Compare(x.NomAnnee, y.NomAnnee), strings.Compare(x.NomGroupe, y.NomGroupe), strings.Compare(x.CodeGroupe, y.CodeGroupe), cmp.Compare(x.ID, y.ID))
}

func addEffectif(sessions map[[5]string]*domaine.Session, p *regles.Profil, effectif int) {
	key := [5]string{p.CodeSite, p.CodePeriode, p.CodeFormation, p.CodeAnnee, p.CodeGroupe}
	s := sessions[key]
	if s == nil {
		s = &domaine.Session{
			CodeSite: p.CodeSite, NomSite: p.NomSite, CodePeriode: p.CodePeriode, NomPeriode: p.NomPeriode,
			CodeFormation: p.CodeFormation, NomFormation: p.NomFormation, CodeAnnee: p.CodeAnnee, NomAnnee: p.NomAnnee,
			CodeGroupe: p.CodeGroupe, NomGroupe: p.NomGroupe,
		}
		sessions[key] = s
	}
	s.Effectif += effectif
}

// Sessions returns the sessions of an organisme that have apprentices, ordered
// by their names; with empty, also those that have none any more.
func (h *Integration) Sessions(ctx context.Context, organisme int64, empty bool) (found []domaine.Session, err error) {
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		found, err = tx.Sessions(ctx, organisme)
		return err
	})
	slices.SortFunc(found, compareSessions)
	if !empty {
		found = slices.DeleteFunc(found, func(s domaine.Session) bool { return s.Effectif == 0 })
	}
	return found, err
}
