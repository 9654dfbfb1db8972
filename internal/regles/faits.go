// Package regles holds the rules of the contract object (design 4, "Rules"):
// those that one contract breaks by itself (Verify) and those that contracts
// break between them (Etat). It is pure: every way in uses it.
package regles

import (
	"strings"
	"unsafe"

	"github.com/passerelle-hub/passerelle"
)

// Profil is what a contract says about where its apprentice belongs: the
// nomenclature couples, the groupe and the other values that a modèle may look
// at. Contracts with one profil are always integrated alike.
type Profil struct {
	CodeGroupe, NomGroupe       string
	CodeSite, NomSite           string
	CodePeriode, NomPeriode     string
	CodeFormation, NomFormation string
	CodeAnnee, NomAnnee         string
	CodeMarque, NomMarque       string
	MonthStartGroup, RNCP       string
}

// ProfilOf returns the profil of c.
func ProfilOf(c *passerelle.Contrat) Profil {
	return Profil{
		CodeGroupe: c.CodeGroupe, NomGroupe: c.NomGroupe,
		CodeSite: c.CodeSite, NomSite: c.NomSite,
		CodePeriode: c.CodePeriode, NomPeriode: c.NomPeriode,
		CodeFormation: c.CodeFormation, NomFormation: c.NomFormation,
		CodeAnnee: c.CodeAnnee, NomAnnee: c.NomAnnee,
		CodeMarque: c.CodeMarque, NomMarque: c.NomMarque,
		MonthStartGroup: c.MonthStartGroup, RNCP: c.RNCP,
	}
}

// Contrat returns a contract that says what p does, and nothing else.
func (p *Profil) Contrat() passerelle.Contrat {
	return passerelle.Contrat{
		CodeGroupe: p.CodeGroupe, NomGroupe: p.NomGroupe,
		CodeSite: p.CodeSite, NomSite: p.NomSite,
		CodePeriode: p.CodePeriode, NomPeriode: p.NomPeriode,
		CodeFormation: p.CodeFormation, NomFormation: p.NomFormation,
		CodeAnnee: p.CodeAnnee, NomAnnee: p.NomAnnee,
		CodeMarque: p.CodeMarque, NomMarque: p.NomMarque,
		MonthStartGroup: p.MonthStartGroup, RNCP: p.RNCP,
	}
}

// Role says which of the three people of a contract is meant.
type Role uint8

// The roles, in the order of the contract object.
const (
	Apprenant Role = iota
	Personnel
	Maitre
	roles
)

// Usager is the role as the table of fields says it.
func (r Role) Usager() passerelle.Usager { return passerelle.UsagerApprenant + passerelle.Usager(r) }

// Suffix ends the wire names of the role's fields: codeApprenant, emailApprenant.
func (r Role) Suffix() string { return r.suffix() }

// suffix ends the wire names of the role's fields: codeApprenant, emailApprenant.
func (r Role) suffix() string {
	return [...]string{"Apprenant", "Personnel", "MaitreApprentissage"}[r]
}

// String returns the role in French, as messages say it.
func (r Role) String() string {
	return [...]string{"apprenant", "tuteur école", "maître d’apprentissage"}[r]
}

// article returns the role with its article.
func (r Role) article() string {
	return [...]string{"l’apprenant", "le tuteur école", "le maître d’apprentissage"}[r]
}

// Roles lists the roles in their order.
var Roles = [roles]Role{Apprenant, Personnel, Maitre}

// ChampsPersonne are the places of one person in a contract.
type ChampsPersonne struct{ Code, Nom, Prenom, Email *string }

// Of returns the places of the person who has the role in c.
func (r Role) Of(c *passerelle.Contrat) ChampsPersonne {
	switch r {
	case Apprenant:
		return ChampsPersonne{&c.CodeApprenant, &c.NomApprenant, &c.PrenomApprenant, &c.EmailApprenant}
	case Personnel:
		return ChampsPersonne{&c.CodePersonnel, &c.NomPersonnel, &c.PrenomPersonnel, &c.EmailPersonnel}
	}
	return ChampsPersonne{&c.CodeMaitreApprentissage, &c.NomMaitreApprentissage, &c.PrenomMaitreApprentissage, &c.EmailMaitreApprentissage}
}

// Personne is one person as a contract names them. Email is in lower case: two
// addresses that differ by case alone are one (design 4, email-shared).
type Personne struct {
	Role        Role
	Code, Email string
	Nom, Prenom string
	Entreprise  string // of a maître d'apprentissage; "" where it is not known
}

// Faits is what the rules between contracts need of one contract. The pointers
// come from an Interner, so equal values are one pointer.
type Faits struct {
	CodeContrat string
	Profil      *Profil
	Personnes   [roles]*Personne
}

// Interner gives one pointer to equal profils and people, so that a push of
// many contracts holds each only once and compares them by pointer.
type Interner struct {
	size      int64 // of what it holds, in bytes
	textes    map[string]string
	profils   first[Profil]   // by codeGroupe
	personnes first[Personne] // by code
}

// first finds values by a text that nearly always tells them apart, which is
// much cheaper than to hash them whole. Values that share it with another one
// are found by their whole.
type first[V comparable] struct {
	by     map[string]*V
	others map[V]*V
}

func (f *first[V]) find(key string, value V) *V {
	known := f.by[key]
	if known == nil || *known == value {
		return known
	}
	return f.others[value]
}

func (f *first[V]) add(key string, value *V) {
	if f.by[key] == nil {
		f.by[key] = value
	} else {
		f.others[*value] = value
	}
}

// NewInterner returns an empty Interner.
func NewInterner() *Interner {
	return &Interner{
		textes:    map[string]string{},
		profils:   first[Profil]{map[string]*Profil{}, map[Profil]*Profil{}},
		personnes: first[Personne]{map[string]*Personne{}, map[Personne]*Personne{}},
	}
}

// Size returns about how many bytes of texts, profils and people it holds.
func (in *Interner) Size() int64 { return in.size }

// People returns how many user codes it has seen.
func (in *Interner) People() int { return len(in.personnes.by) }

// Faits returns the facts of c. What it keeps of c is copied: c may share its
// memory with a buffer.
func (in *Interner) Faits(c *passerelle.Contrat) Faits {
	return Faits{
		CodeContrat: strings.Clone(c.CodeContrat),
		Profil:      in.Profil(ProfilOf(c)),
		Personnes: [roles]*Personne{
			in.personne(Apprenant, c.CodeApprenant, c.EmailApprenant, c.NomApprenant, c.PrenomApprenant, ""),
			in.personne(Personnel, c.CodePersonnel, c.EmailPersonnel, c.NomPersonnel, c.PrenomPersonnel, ""),
			in.personne(Maitre, c.CodeMaitreApprentissage, c.EmailMaitreApprentissage, c.NomMaitreApprentissage, c.PrenomMaitreApprentissage, c.NomEntreprise),
		},
	}
}

// Profil returns the one pointer to profils equal to p.
func (in *Interner) Profil(p Profil) *Profil {
	if known := in.profils.find(p.CodeGroupe, p); known != nil {
		return known
	}
	kept := p
	for _, s := range kept.Each() {
		*s = in.texte(*s)
	}
	in.size += int64(unsafe.Sizeof(kept))
	in.profils.add(kept.CodeGroupe, &kept)
	return &kept
}

// Each returns the places of the values of p, in the order of Textes.
func (p *Profil) Each() [14]*string {
	return [14]*string{
		&p.CodeGroupe, &p.NomGroupe, &p.CodeSite, &p.NomSite, &p.CodePeriode, &p.NomPeriode,
		&p.CodeFormation, &p.NomFormation, &p.CodeAnnee, &p.NomAnnee, &p.CodeMarque, &p.NomMarque,
		&p.MonthStartGroup, &p.RNCP,
	}
}

// Textes returns the values of p in a fixed order, which identifies it.
func (p *Profil) Textes() [14]string {
	var textes [14]string
	for i, s := range p.Each() {
		textes[i] = *s
	}
	return textes
}

func (in *Interner) texte(s string) string {
	if known, ok := in.textes[s]; ok {
		return known
	}
	kept := strings.Clone(s)
	in.textes[kept] = kept
	in.size += int64(len(kept))
	return kept
}

func (in *Interner) personne(role Role, code, email, nom, prenom, entreprise string) *Personne {
	p := Personne{Role: role, Code: code, Email: strings.ToLower(email), Nom: nom, Prenom: prenom, Entreprise: entreprise}
	if known := in.personnes.find(code, p); known != nil {
		return known
	}
	// One allocation for the four texts: most people appear once.
	all := strings.Join([]string{p.Code, p.Email, p.Nom, p.Prenom}, "")
	cut := func(n int) (s string) { s, all = all[:n], all[n:]; return s }
	kept := &Personne{Role: role, Code: cut(len(p.Code)), Email: cut(len(p.Email)), Nom: cut(len(p.Nom)), Prenom: cut(len(p.Prenom)), Entreprise: in.texte(entreprise)}
	in.size += int64(unsafe.Sizeof(*kept)) + int64(len(p.Code)+len(p.Email)+len(p.Nom)+len(p.Prenom))
	in.personnes.add(kept.Code, kept)
	return kept
}

// Adopt returns f with the pointers of in.
func (in *Interner) Adopt(f Faits) Faits {
	f.Profil = in.Profil(*f.Profil)
	for i, p := range f.Personnes {
		f.Personnes[i] = in.Personne(*p)
	}
	return f
}

// Personne returns the one pointer to people equal to p.
func (in *Interner) Personne(p Personne) *Personne {
	return in.personne(p.Role, p.Code, p.Email, p.Nom, p.Prenom, p.Entreprise)
}

// ValueFields returns the fields of a contract that can hold a value, marked as
// EachValue marks it.
func ValueFields(marked string) []string {
	kind, _, _ := strings.Cut(marked, ":")
	switch kind {
	case "g":
		return []string{"codeGroupe"}
	case "u":
		return []string{"codeApprenant", "codePersonnel", "codeMaitreApprentissage"}
	case "e":
		return []string{"emailApprenant", "emailPersonnel", "emailMaitreApprentissage"}
	case "":
		return nil
	}
	return []string{map[byte]string{'c': "code", 'n': "nom"}[kind[0]] + kind[1:]}
}

// EachValue passes the values of f over which contracts can contradict each
// other, each marked with what it is.
func (f *Faits) EachValue(yield func(string)) {
	for i := range couples {
		code, nom := couples[i].of(f.Profil)
		if code == "" {
			continue
		}
		yield("c" + couples[i].field + ":" + code)
		yield("n" + couples[i].field + ":" + nom)
	}
	yield("g:" + f.Profil.CodeGroupe)
	for _, p := range f.Personnes {
		yield("u:" + p.Code)
		yield("e:" + p.Email)
	}
}
