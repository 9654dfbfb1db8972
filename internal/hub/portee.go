package hub

import (
	"strings"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/refus"
)

// Acces says which société is meant, and who asks. It is made by one of the
// functions below; the zero value reaches nothing and is refused everywhere.
type Acces struct {
	portee    portee
	organisme int64  // for unOrganisme
	jeton     int64  // id, 0 where it is not a token
	personne  string // who acts, as the history shows it
	societe   string // its id as it was named; "" for the only one
}

// portee is how far an access reaches.
type portee int

const (
	nulle       portee = iota // nothing: nobody gave it
	unOrganisme               // the sociétés of one organisme
	leHub                     // those of every organisme
)

// AccesDeJeton is what a token reaches that Authenticate returned: the sociétés of
// its organisme, or every one for a cabinet. societe is the id that it names, ""
// where it names none.
func AccesDeJeton(j domaine.Jeton, societe string) Acces {
	if j.ID == 0 {
		return Acces{} // no token
	}
	a := Acces{portee: unOrganisme, organisme: j.OrganismeID, jeton: j.ID, personne: j.Personne(), societe: strings.TrimSpace(societe)}
	if j.Cabinet() {
		a.portee = leHub
	}
	return a
}

// AccesDeCompte is what the account of a person reaches: the sociétés of its
// organisme.
func AccesDeCompte(c domaine.Compte, societe string) Acces {
	if c.OrganismeID == 0 {
		return Acces{}
	}
	return Acces{portee: unOrganisme, organisme: c.OrganismeID, personne: c.Personne(), societe: strings.TrimSpace(societe)}
}

// AccesOperateur is what whoever runs the commands reaches: every société.
func AccesOperateur(societe string) Acces {
	return Acces{portee: leHub, societe: strings.TrimSpace(societe)}
}

// Vers is the same access to another société, or to no one in particular for "".
func (a Acces) Vers(societe string) Acces {
	a.societe = strings.TrimSpace(societe)
	return a
}

// check refuses an access that nobody gave.
func (a Acces) check() error {
	if a.portee == nulle || a.portee == unOrganisme && a.organisme == 0 {
		return refus.New(refus.CodeNoAccess, "Cette demande ne dit pas qui la fait : rien n’est accessible.")
	}
	return nil
}

// reaches reports whether a société of an organisme is within reach.
func (a Acces) reaches(organisme int64) bool {
	return a.portee == leHub || a.portee == unOrganisme && organisme != 0 && organisme == a.organisme
}

// nom is how the history of exercices shows who acted.
func (a Acces) nom() string { return a.personne }
