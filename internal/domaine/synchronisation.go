package domaine

import (
	"time"

	"github.com/passerelle-hub/passerelle"
)

// Origine says what made a synchronisation.
type Origine string

// The origins.
const (
	OrigineV1           Origine = "v1"            // full push, all or nothing
	OrigineV2           Origine = "v2"            // full push, contract by contract
	OrigineChanges      Origine = "changes"       // delta
	OrigineImport       Origine = "import"        // a CSV or XLSX file
	OrigineConfirmation Origine = "confirmation"  // a held push that was confirmed
	OrigineAnnulation   Origine = "annulation"    // the undo of another one
	OrigineRemiseAZero  Origine = "remise-a-zero" // the contracts of a sandbox were forgotten
)

// EtatSynchronisation says what became of a push.
type EtatSynchronisation string

// The states of a synchronisation.
const (
	EtatAppliquee  EtatSynchronisation = "appliquee"  // its contracts are recorded
	EtatRetenue    EtatSynchronisation = "retenue"    // held by the guard, waits for a person
	EtatConfirmee  EtatSynchronisation = "confirmee"  // was held, then confirmed: see the one that names it
	EtatAbandonnee EtatSynchronisation = "abandonnee" // was held, then dropped
	EtatRemplacee  EtatSynchronisation = "remplacee"  // was held, then a later push came
	EtatExpiree    EtatSynchronisation = "expiree"    // was held longer than its contents are kept
	EtatRefusee    EtatSynchronisation = "refusee"    // refused whole: it changed nothing
)

// Synchronisation is one recorded push, with what it changed. ID counts from 1
// within its organisme, in the order in which pushes were recorded.
type Synchronisation struct {
	ID      int64
	Origine Origine
	Etat    EtatSynchronisation
	Lien    int64 // the synchronisation that this one undoes or confirms, 0 for none
	JetonID int64 // the token that pushed, 0 where it was not a token
	Par     string
	Debut   time.Time
	Duree   time.Duration
	Bilan
}

// Bilan counts what a push did, in contracts.
type Bilan struct {
	Total      int // active after the push; for a held push, as it would be
	Ajoutes    int // revived ones included
	Ranimes    int // those that had been archived before
	Modifies   int
	Identiques int
	Archives   int
	Refuses    int // invalid ones that were left out
	Integres   int // integrated after the push
}

// Changements is how many contracts were added, changed or archived.
func (b Bilan) Changements() int { return b.Ajoutes + b.Modifies + b.Archives }

// RegleGarde names a rule of the guard (design 9, guard).
type RegleGarde string

// The rules of the guard.
const (
	GardeArchivage RegleGarde = "archivage" // too large a share of the active contracts is archived
	GardeMoitie    RegleGarde = "moitie"    // the same, for few contracts
	GardeCodes     RegleGarde = "codes"     // new codes are archived ones written otherwise
	GardeValeurs   RegleGarde = "valeurs"   // many contracts lose a value, or get one and the same
)

// Archive reports whether the rule is about archiving alone, which
// ?confirmer=archivage lets through.
func (r RegleGarde) Archive() bool { return r == GardeArchivage || r == GardeMoitie }

// MotifGarde is one reason why the guard holds a push.
type MotifGarde struct {
	Regle    RegleGarde `json:"regle"`
	Champ    string     `json:"champ,omitempty"` // the field that is meant, wire name
	Contrats int        `json:"contrats"`        // how many it concerns
	Sur      int        `json:"sur"`             // of how many
	Seuil    int        `json:"seuil"`           // percent
	Message  string     `json:"message"`         // French sentence with the numbers
}

// Changement is what a synchronisation did to one contract. Avant is nil for an
// added one, Apres for an archived one.
type Changement struct {
	CodeContrat  string
	Avant, Apres *passerelle.Contrat
	Ranime       bool // added again after it had been archived
}

// Anomalie is one thing that the sender of contracts has to correct at its
// source.
type Anomalie struct {
	Nature        NatureAnomalie
	Index         int    // position in the push, -1 where it does not come from one
	CodeContrat   string // "" where the contract has no usable code
	Field         string
	Code          string // a Code, or a Motif
	Message       string
	ConflictsWith string
	Since         time.Time // since when it has been so without a break

	// Of a contract that a push refused, as it came: whose it is, with the user code, where, and
	// the value of Field. The console alone shows them.
	Apprenant, Site, Valeur string
}

// NatureAnomalie tells the kinds of anomalies apart.
type NatureAnomalie string

// The kinds of anomalies.
const (
	NatureRefus         NatureAnomalie = "refus"         // the last push that held the contract refused it
	NatureAvertissement NatureAnomalie = "avertissement" // accepted, but should be looked at
	NatureNonIntegre    NatureAnomalie = "non-integre"   // transmitted, in no session
)

// ChangedKind says which of the contracts that a synchronisation changed are
// wanted.
type ChangedKind string

// The kinds of changes.
const (
	ChangedAll      ChangedKind = ""
	ChangedAdded    ChangedKind = "added"
	ChangedUpdated  ChangedKind = "updated"
	ChangedArchived ChangedKind = "archived"
)
