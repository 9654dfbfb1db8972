package domaine

import "time"

// TypeEvenement names what happened, as webhooks say it. The values are stable.
type TypeEvenement string

// The types of events.
const (
	SynchronisationAppliquee  TypeEvenement = "synchronisation.appliquee"  // a push is recorded
	SynchronisationRetenue    TypeEvenement = "synchronisation.retenue"    // the guard holds a push
	SynchronisationRefusee    TypeEvenement = "synchronisation.refusee"    // a push was refused whole
	SynchronisationAnnulee    TypeEvenement = "synchronisation.annulee"    // a synchronisation was undone
	SynchronisationAbandonnee TypeEvenement = "synchronisation.abandonnee" // a held push was dropped, or expired
	IntegrationChangee        TypeEvenement = "integration.changee"        // contracts entered sessions, or left them
	ExerciceCree              TypeEvenement = "exercice.cree"
	ExerciceDeplace           TypeEvenement = "exercice.deplace"
	ExerciceClos              TypeEvenement = "exercice.clos"
	SilenceConstate           TypeEvenement = "silence.constate"   // an organisme that usually pushes has stopped (design 4)
	SilenceTermine            TypeEvenement = "silence.termine"    // it pushes again
	FinancementRisque         TypeEvenement = "financement.risque" // a balance is lost within 30 days
	WebhookEssai              TypeEvenement = "webhook.essai"      // somebody asked for it
)

// TousEvenements are the events that a webhook may ask for. WebhookEssai is not
// among them: it goes to the webhook that it tries.
var TousEvenements = []TypeEvenement{
	SynchronisationAppliquee, SynchronisationRetenue, SynchronisationRefusee, SynchronisationAnnulee, SynchronisationAbandonnee,
	IntegrationChangee, ExerciceCree, ExerciceDeplace, ExerciceClos, SilenceConstate, SilenceTermine, FinancementRisque,
}

// Webhook is an address of an organisme that is told what happens.
type Webhook struct {
	ID         int64
	Nom        string
	URL        string
	Evenements []TypeEvenement // those that it wants, all of them where there is none
	Actif      bool
	CreeLe     time.Time
	Motif      MotifArret // why it was turned off, "" where a person did it or it is on

	EnAttente int        // deliveries not yet made
	Echecs    int        // attempts that failed since the last success
	EchecLe   *time.Time // the first of them
	Prochain  *time.Time // when the next attempt is made, nil where nothing delays it
}

// EchecDurable is how long a webhook fails before people are told.
const EchecDurable = 3 * 24 * time.Hour

// EnEchec reports whether the webhook has failed for so long, at a moment, that
// somebody should look at it.
func (w *Webhook) EnEchec(now time.Time) bool {
	return w.Motif != "" || w.Actif && w.EchecLe != nil && now.Sub(*w.EchecLe) >= EchecDurable
}

// MotifArret says why the hub turned a webhook off.
type MotifArret string

// ArretParti is the answer 410: whoever was there asks not to be called again.
const ArretParti MotifArret = "410"

// Livraison is one event on its way to one webhook.
type Livraison struct {
	ID        int64
	WebhookID int64
	Evenement string // webhook-id: the same for every webhook and every attempt
	Type      TypeEvenement
	Contenu   []byte // the JSON body that is signed and sent
	Etat      EtatLivraison
	CreeLe    time.Time
	Essais    int        // attempts made
	EssaiLe   *time.Time // the last one
	FinieLe   *time.Time // when it was delivered or given up
	Statut    int        // HTTP status of the last answer, 0 where there was none
	Erreur    ErreurLivraison
}

// EtatLivraison says what became of a delivery.
type EtatLivraison string

// The states of a delivery.
const (
	LivraisonAttente    EtatLivraison = "attente"
	LivraisonFaite      EtatLivraison = "livree"
	LivraisonAbandonnee EtatLivraison = "abandonnee" // nobody took it for as long as it is kept
)

// ErreurLivraison says why an attempt failed, as a code. What a server answered is
// not kept.
type ErreurLivraison string

// The reasons why an attempt fails.
const (
	ErreurStatut      ErreurLivraison = "statut"      // an answer other than 2xx
	ErreurRedirection ErreurLivraison = "redirection" // an answer 3xx, which is not followed
	ErreurDelai       ErreurLivraison = "delai"       // no answer in time
	ErreurNom         ErreurLivraison = "nom"         // the host has no address
	ErreurAdresse     ErreurLivraison = "adresse"     // its address is on an inside network, which is not allowed
	ErreurSchema      ErreurLivraison = "schema"      // http:, which is not allowed
	ErreurTLS         ErreurLivraison = "tls"         // its certificate is not accepted
	ErreurConnexion   ErreurLivraison = "connexion"   // no connection, or it broke
)

// Bail is the right of one process to deliver to one webhook for a time, with
// what that needs.
type Bail struct {
	Organisme, Webhook int64
	Porteur            string // who holds it, a text of its own for each lease
	URL                string
	Secrets            []string // the current one, and the one before while it counts
	Echecs             int      // attempts that failed since the last success
}
