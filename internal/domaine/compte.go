package domaine

import (
	"slices"
	"strings"
	"time"
)

// Role says what a person may do in the console. Every role reads everything.
type Role string

// The roles (design 7).
const (
	RoleLecture        Role = "lecture"        // looks
	RoleIntegration    Role = "integration"    // and places contracts, undoes, confirms
	RoleComptabilite   Role = "comptabilite"   // and keeps the exercices
	RoleAdministration Role = "administration" // and everything else: tokens, accounts
)

// TousRoles lists the roles from the least to the most.
var TousRoles = []Role{RoleLecture, RoleIntegration, RoleComptabilite, RoleAdministration}

// Valid reports whether r is one of the roles.
func (r Role) Valid() bool { return slices.Contains(TousRoles, r) }

// Libelle is the role as people read it.
func (r Role) Libelle() string {
	switch r {
	case RoleLecture:
		return "Lecture"
	case RoleIntegration:
		return "Intégration"
	case RoleComptabilite:
		return "Comptabilité"
	case RoleAdministration:
		return "Administration"
	}
	return string(r)
}

// Integre reports whether the role may change how contracts are placed.
func (r Role) Integre() bool { return r == RoleIntegration || r == RoleAdministration }

// Compte reports whether the role may change exercices.
func (r Role) Compte() bool { return r == RoleComptabilite || r == RoleAdministration }

// Administre reports whether the role may change tokens and accounts.
func (r Role) Administre() bool { return r == RoleAdministration }

// Compte is a person's access to the console of one organisme. An e-mail has
// one account in the whole hub.
type Compte struct {
	ID          int64
	OrganismeID int64
	Email       string // lower case
	Nom, Prenom string
	Role        Role
	CreeLe      time.Time
	DesactiveLe *time.Time // nil while it serves
	ConnecteLe  *time.Time // the last login
}

// Personne returns the full name of the person.
func (c Compte) Personne() string { return strings.TrimSpace(c.Prenom + " " + c.Nom) }
