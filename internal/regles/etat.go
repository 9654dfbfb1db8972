package regles

import (
	"fmt"
	"strings"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// couple is one (code, nom) pair of the nomenclature.
type couple struct {
	field string // "Site": fields codeSite and nomSite
	nom   string // French, with its article
	of    func(*Profil) (code, nom string)
}

var couples = [...]couple{
	{"Periode", "la période", func(p *Profil) (string, string) { return p.CodePeriode, p.NomPeriode }},
	{"Formation", "la formation", func(p *Profil) (string, string) { return p.CodeFormation, p.NomFormation }},
	{"Site", "le site", func(p *Profil) (string, string) { return p.CodeSite, p.NomSite }},
	{"Annee", "l’année", func(p *Profil) (string, string) { return p.CodeAnnee, p.NomAnnee }},
	{"Marque", "la marque", func(p *Profil) (string, string) { return p.CodeMarque, p.NomMarque }},
}

// Unnamed stands in ConflictsWith for a contract outside the push of which the
// code is not known yet (see BaseProfil). No contract has such a code.
const Unnamed = "\x00"

// fait is a value that stands, and who says so.
type fait struct {
	valeur string
	porteurs
}

// porteurs are the contracts that a fact comes from: the first one and, where
// there is one, another. A contract is Unnamed where the fact was there before
// the push.
type porteurs struct{ contrat, autre string }

func (p *porteurs) add(contrat string) {
	if p.autre == "" && p.contrat != contrat {
		p.autre = contrat
	}
}

// besides returns one of the contracts that is not the one given, "" where there
// is none: a contract does not contradict its own other version.
func (p porteurs) besides(contrat string) string {
	if p.contrat != contrat {
		return p.contrat
	}
	return p.autre
}

// usager is a person that stands.
type usager struct {
	personne *Personne // the last spelling
	porteurs
	effectif int
	averti   bool // the two spellings of the name were reported
}

// Etat is what the contracts that stand say together: each code has one name
// and each name one code, each user code one role and one e-mail. Contracts are
// checked against it one by one, in the order of the push, so the first one
// stands and a later one that contradicts it is reported.
type Etat struct {
	parCode, parNom [len(couples)]map[string]fait
	groupes         map[string]fait    // codeGroupe -> nomGroupe
	lieux           map[string]*Profil // codeGroupe -> where it was seen first
	usagers         map[string]*usager
	emails          map[string]*usager // e-mail -> who has it
	profils         map[*Profil]int    // how many contracts stand with it
	disperses       map[string]bool    // groupes whose spread was reported
	libres          []usager           // room for those who come
	partage         domaine.EmailsPartages
	partages        map[string]*partageMaitres // e-mail -> who has it, where maîtres may share one
}

// NewEtat returns the state in which nothing stands, and nobody shares an address.
func NewEtat() *Etat { return NewEtatFor(0, domaine.EmailsAucun) }

// NewEtatFor returns the state in which nothing stands, with room for a number of
// people who may share addresses in a way.
func NewEtatFor(people int, partage domaine.EmailsPartages) *Etat {
	e := &Etat{
		groupes: map[string]fait{}, lieux: map[string]*Profil{},
		usagers: make(map[string]*usager, people), emails: make(map[string]*usager, people),
		profils: map[*Profil]int{}, disperses: map[string]bool{},
		libres: make([]usager, people), partage: partage,
	}
	if partage == domaine.EmailsMaitres {
		e.partages = map[string]*partageMaitres{}
	}
	for i := range couples {
		e.parCode[i], e.parNom[i] = map[string]fait{}, map[string]fait{}
	}
	return e
}

// BaseProfil adds a profil that effectif contracts outside the push stand with.
func (e *Etat) BaseProfil(p *Profil, effectif int) {
	e.addProfil(p, Unnamed)
	e.profils[p] += effectif
}

// BasePersonne adds a person whom effectif contracts outside the push name.
func (e *Etat) BasePersonne(p *Personne, effectif int) {
	e.addPersonne(p, Unnamed, effectif)
}

// Add lets a contract stand. Its facts must agree with e (see Check).
func (e *Etat) Add(f *Faits) {
	e.addProfil(f.Profil, f.CodeContrat)
	e.profils[f.Profil]++
	for _, p := range f.Personnes {
		e.addPersonne(p, f.CodeContrat, 1)
	}
}

func (e *Etat) addProfil(p *Profil, contrat string) {
	if e.profils[p] > 1 {
		return // two contracts have said it all
	}
	for i := range couples {
		code, nom := couples[i].of(p)
		if code == "" {
			continue
		}
		bring(e.parCode[i], code, nom, contrat)
		bring(e.parNom[i], nom, code, contrat)
	}
	if bring(e.groupes, p.CodeGroupe, p.NomGroupe, contrat) {
		e.lieux[p.CodeGroupe] = p
	}
}

// bring notes what a contract says of a value, and reports whether it is the
// first to speak of it.
func bring(faits map[string]fait, cle, valeur, contrat string) (first bool) {
	known, ok := faits[cle]
	switch {
	case !ok:
		faits[cle] = fait{valeur, porteurs{contrat: contrat}}
	case known.autre == "" && known.contrat != contrat && known.valeur == valeur:
		known.autre = contrat
		faits[cle] = known
	}
	return !ok
}

func (e *Etat) addPersonne(p *Personne, contrat string, effectif int) {
	u := e.usagers[p.Code]
	if u == nil {
		if len(e.libres) == 0 {
			e.libres = make([]usager, 16)
		}
		u, e.libres = &e.libres[0], e.libres[1:]
		*u = usager{porteurs: porteurs{contrat: contrat}}
		e.usagers[p.Code] = u
		e.emails[p.Email] = u
	}
	if e.partages != nil && u.personne != p {
		e.sharePersonne(p, contrat)
	}
	u.personne = p
	u.effectif += effectif
	u.add(contrat)
}

// Check returns the rules that f breaks against what stands, and the warnings
// that it deserves if it stands. Index is the caller's to fill in.
func (e *Etat) Check(f *Faits) (violations, warnings []passerelle.Violation) {
	// A profil that stands already has passed.
	if e.profils[f.Profil] == 0 {
		violations = e.checkProfil(f, violations)
		warnings = e.checkLieu(f, warnings)
	}
	for role, p := range f.Personnes {
		if u := e.usagers[p.Code]; u != nil && u.personne == p {
			continue
		}
		violations, warnings = e.checkPersonne(f, Role(role), violations, warnings)
	}
	return violations, warnings
}

func (e *Etat) checkProfil(f *Faits, found []passerelle.Violation) []passerelle.Violation {
	for i := range couples {
		k := &couples[i]
		code, nom := k.of(f.Profil)
		// A blank value is refused by itself, there is nothing to compare.
		if code == "" || nom == "" {
			continue
		}
		if stands, ok := e.parCode[i][code]; ok && stands.valeur != nom {
			if who := stands.besides(f.CodeContrat); who != "" {
				found = append(found, passerelle.Violation{
					CodeContrat: f.CodeContrat, Field: "nom" + k.field, Code: passerelle.CodeCodeNameMismatch, ConflictsWith: who,
					Message: fmt.Sprintf("Le code « %s » désigne déjà %s « %s »%s : il ne peut pas désigner aussi « %s ».", shorten(code), k.nom, shorten(stands.valeur), by(who), shorten(nom)),
				})
			}
		}
		if stands, ok := e.parNom[i][nom]; ok && stands.valeur != code {
			if who := stands.besides(f.CodeContrat); who != "" {
				found = append(found, passerelle.Violation{
					CodeContrat: f.CodeContrat, Field: "code" + k.field, Code: passerelle.CodeCodeNameMismatch, ConflictsWith: who,
					Message: fmt.Sprintf("Le nom « %s » a déjà le code « %s » pour %s%s : il ne peut pas avoir aussi le code « %s ».", shorten(nom), shorten(stands.valeur), k.nom, by(who), shorten(code)),
				})
			}
		}
	}
	p := f.Profil
	if stands, ok := e.groupes[p.CodeGroupe]; ok && p.NomGroupe != "" && stands.valeur != p.NomGroupe {
		if who := stands.besides(f.CodeContrat); who != "" {
			found = append(found, passerelle.Violation{
				CodeContrat: f.CodeContrat, Field: "nomGroupe", Code: passerelle.CodeGroupMismatch, ConflictsWith: who,
				Message: fmt.Sprintf("Le groupe « %s » s’appelle déjà « %s »%s : il ne peut pas s’appeler aussi « %s ».", shorten(p.CodeGroupe), shorten(stands.valeur), by(who), shorten(p.NomGroupe)),
			})
		}
	}
	return found
}

// checkLieu warns, once for each groupe, that a groupe is seen in two places.
func (e *Etat) checkLieu(f *Faits, warnings []passerelle.Violation) []passerelle.Violation {
	p := f.Profil
	seen := e.lieux[p.CodeGroupe]
	if seen == nil || e.disperses[p.CodeGroupe] ||
		(seen.CodeSite == p.CodeSite && seen.CodePeriode == p.CodePeriode && seen.CodeFormation == p.CodeFormation && seen.CodeAnnee == p.CodeAnnee) {
		return warnings
	}
	e.disperses[p.CodeGroupe] = true
	return append(warnings, passerelle.Violation{
		CodeContrat: f.CodeContrat, Field: "codeGroupe", Code: passerelle.CodeGroupMismatch, ConflictsWith: e.groupes[p.CodeGroupe].contrat,
		Message: fmt.Sprintf("Le groupe « %s » apparaît avec plusieurs sites, formations, périodes ou années : chacun forme une session distincte.", shorten(p.CodeGroupe)),
	})
}

func (e *Etat) checkPersonne(f *Faits, role Role, violations, warnings []passerelle.Violation) ([]passerelle.Violation, []passerelle.Violation) {
	p := f.Personnes[role]
	if u := e.usagers[p.Code]; u != nil {
		who := u.besides(f.CodeContrat)
		switch {
		case who == "":
		case u.personne.Role != role:
			violations = append(violations, passerelle.Violation{
				CodeContrat: f.CodeContrat, Field: "code" + role.suffix(), Code: passerelle.CodeUserCodeShared, ConflictsWith: who,
				Message: fmt.Sprintf("Le code utilisateur « %s » est déjà celui d’un %s%s : un code désigne une seule personne, dans un seul rôle.", shorten(p.Code), u.personne.Role, by(who)),
			})
		case p.Email != "" && u.personne.Email != p.Email:
			violations = append(violations, passerelle.Violation{
				CodeContrat: f.CodeContrat, Field: "email" + role.suffix(), Code: passerelle.CodePersonMismatch, ConflictsWith: who,
				Message: fmt.Sprintf("Le code utilisateur « %s » a déjà une autre adresse e-mail%s : une personne a une seule adresse.", shorten(p.Code), by(who)),
			})
		case !u.averti && (u.personne.Nom != p.Nom || u.personne.Prenom != p.Prenom):
			u.averti = true
			warnings = append(warnings, passerelle.Violation{
				CodeContrat: f.CodeContrat, Field: "nom" + role.suffix(), Code: passerelle.CodeNameSpelling, ConflictsWith: u.contrat,
				Message: fmt.Sprintf("Le nom de l’utilisateur « %s » est écrit de deux façons : la dernière est retenue.", shorten(p.Code)),
			})
		}
	}
	shared, warn := e.checkEmail(f, role)
	if shared != nil {
		violations = append(violations, *shared)
	}
	if warn != nil {
		warnings = append(warnings, *warn)
	}
	return violations, warnings
}

func by(contrat string) string {
	if contrat == Unnamed {
		return ""
	}
	return fmt.Sprintf(" (contrat « %s »)", shorten(contrat))
}

// ProfilEffectif returns how many contracts stand with p.
func (e *Etat) ProfilEffectif(p *Profil) int { return e.profils[p] }

// Usager returns the person of a user code, as last spelt, and how many times
// the contracts that stand name them; p is nil where none does.
func (e *Etat) Usager(code string) (p *Personne, effectif int) {
	if u := e.usagers[code]; u != nil && u.effectif > 0 {
		return u.personne, u.effectif
	}
	return nil, 0
}

// SharedValue returns the value (see Faits.EachValue) that a contract shares
// with the one that it contradicts, "" for a rule that it breaks by itself.
func SharedValue(f *Faits, v *passerelle.Violation) string {
	switch v.Code {
	case passerelle.CodeGroupMismatch:
		return "g:" + f.Profil.CodeGroupe
	case passerelle.CodeCodeNameMismatch:
		for i := range couples {
			code, nom := couples[i].of(f.Profil)
			switch v.Field {
			case "nom" + couples[i].field:
				return "c" + couples[i].field + ":" + code
			case "code" + couples[i].field:
				return "n" + couples[i].field + ":" + nom
			}
		}
	case passerelle.CodeUserCodeShared, passerelle.CodePersonMismatch, passerelle.CodeEmailShared, passerelle.CodeNameSpelling:
		for role, p := range f.Personnes {
			if !strings.HasSuffix(v.Field, Role(role).suffix()) {
				continue
			}
			if v.Code == passerelle.CodeEmailShared {
				return "e:" + p.Email
			}
			return "u:" + p.Code
		}
	}
	return ""
}
