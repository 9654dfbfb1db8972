package domaine

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/passerelle-hub/passerelle"
)

// Organisme is a training organisation, the tenant to which everything else
// belongs.
type Organisme struct {
	ID       int64
	Nom      string
	Sandbox  bool // a bac à sable: its contracts may be forgotten
	Reglages Reglages
	// Rythme is the time expected between two pushes; 0 where it is learnt from
	// the journal.
	Rythme time.Duration
	CreeLe time.Time
}

// Societe is an accounting folder of an organisme; it owns exercices.
type Societe struct {
	ID          int64
	OrganismeID int64
	Nom         string
	SIRET       string // 14 digits, or "" where it is not known
	// Immatriculation is the day of its registration, before which no exercice
	// starts; nil where it is not known.
	Immatriculation *passerelle.Date
	// Reference is what the accountants' own software calls it, "" for nothing.
	Reference string
}

// Partenaire is a third-party application. Its tokens serve only together with
// its secret.
type Partenaire struct {
	ID     int64
	Nom    string
	CreeLe time.Time
}

// Droit is a right that a token carries.
type Droit string

// The rights (design 2, jeton create).
const (
	DroitContrats    Droit = "contrats"
	DroitIntegration Droit = "integration"
	DroitExercices   Droit = "exercices"
)

// Droits is a set of rights.
type Droits []Droit

// TousDroits holds every right.
var TousDroits = Droits{DroitContrats, DroitIntegration, DroitExercices}

// ParseDroits reads rights separated by commas; unknown is the first word that
// is not a right, "" where all are.
func ParseDroits(s string) (droits Droits, unknown string) {
	for word := range strings.SplitSeq(s, ",") {
		droit := Droit(strings.TrimSpace(word))
		if !slices.Contains(TousDroits, droit) {
			return nil, string(droit)
		}
		if !slices.Contains(droits, droit) {
			droits = append(droits, droit)
		}
	}
	return droits, ""
}

// Has reports whether d holds a right.
func (d Droits) Has(droit Droit) bool { return slices.Contains(d, droit) }

// String lists the rights, separated by commas.
func (d Droits) String() string {
	words := make([]string, len(d))
	for i, droit := range d {
		words[i] = string(droit)
	}
	return strings.Join(words, ",")
}

// Jeton describes an access token; the token itself is kept nowhere.
type Jeton struct {
	ID           int64
	OrganismeID  int64 // 0: a cabinet token, which reaches every société of the hub
	PartenaireID int64 // 0: no partenaire's secret is asked for
	Droits       Droits
	Prenom, Nom  string // who acts with it; may be blank
	CreeLe       time.Time
	ExpireLe     *time.Time
	RevoqueLe    *time.Time
	ServiLe      *time.Time // when it last served, to the minute
	Logiciel     string     // the software that it was given to; may be blank
	Debut        string     // its first characters, which tell it from others; "" for one of before
}

// Cabinet reports whether the token reaches every société of the hub.
func (j *Jeton) Cabinet() bool { return j.OrganismeID == 0 }

// Acteur is how a journal names whoever acts with the token: « ERP de Lyon (jeton 1) »
// where its software has a name, else its person, else « jeton 1 ».
func (j *Jeton) Acteur() string {
	switch {
	case j.Logiciel != "":
		return fmt.Sprintf("%s (jeton %d)", j.Logiciel, j.ID)
	case j.Personne() != "":
		return j.Personne()
	}
	return fmt.Sprintf("jeton %d", j.ID)
}

// Personne returns the full name of who acts with the token, or "".
func (j *Jeton) Personne() string { return strings.TrimSpace(j.Prenom + " " + j.Nom) }
