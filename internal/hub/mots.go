package hub

import (
	"time"

	"github.com/passerelle-hub/passerelle/internal/comptable/rapprochement"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// The words in which the hub speaks to its callers, who see nothing of the store.

// Page is a part of a list: Limit items after Offset, all of them for Limit 0.
type Page struct{ Limit, Offset int }

// Filtre says which active contracts are wanted.
type Filtre struct {
	Integres bool  // only those that are integrated
	Session  int64 // only those of a session, 0 for all
}

// Choix narrows the active contracts by where they are placed; "" and 0 are
// everything.
type Choix struct {
	Site, Formation, Periode string // codes
	Session                  int64
	Etat                     string // "integre", "non-integre", or a motif
}

// Valeur is one value of the nomenclature with its active contracts.
type Valeur struct {
	Code, Nom string
	Contrats  int
}

// ListeTarifs is a price list without its entries.
type ListeTarifs struct {
	ID     int64 // 1, 2, 3… of the organisme; the highest is the one in use
	CreeLe time.Time
	Par    string // who imported it
	Tarifs int    // number of entries
}

// Matrice is a mapping that an organisme imported with.
type Matrice struct {
	Version  int64
	Document string // JSON of a tableur.Mapping
	Par      string
	Le       time.Time
}

// WebhookDu names a webhook that has something to deliver.
type WebhookDu struct{ Organisme, ID int64 }

// EtatWebhook is a webhook of any organisme with what says whether it works, and
// no more.
type EtatWebhook struct {
	Organisme int64
	domaine.Webhook
}

// said turns what the store returned into the hub's words.
func said[A, B any](list []A, say func(A) B) []B {
	var words []B
	for _, a := range list {
		words = append(words, say(a))
	}
	return words
}

func valeur(v store.Valeur) Valeur                  { return Valeur(v) }
func listeDeTarifs(l store.ListeTarifs) ListeTarifs { return ListeTarifs(l) }

// MontantOPCO is a decision about the figure of the OPCO for a contract.
type MontantOPCO = rapprochement.Repris
