// Package hub holds the use cases: each opens a transaction, loads what is
// needed, asks the pure packages what to do and stores it. HTTP, console and
// commands reach what is stored through nothing else.
package hub

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/passerelle-hub/passerelle/internal/agenda"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/memoire"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// Hub is the application on a database: its use cases, grouped by what they are
// about. It is safe for use by several goroutines and holds nothing that another
// process would need.
type Hub struct {
	*core

	Contrats     Contrats
	Journal      Journal
	Integration  Integration
	Imports      Imports
	Comptabilite Comptabilite
	Webhooks     Webhooks
	Organismes   Organismes
	Jetons       Jetons
	Comptes      Comptes
	Personnes    Personnes
}

// The groups of use cases.
type (
	// Contrats are pushes, what they leave behind, and what takes them back.
	Contrats struct{ *core }
	// Journal is what happened: synchronisations, anomalies, silence, damage.
	Journal struct{ *core }
	// Integration is modèles, sessions, and what stays out of them.
	Integration struct{ *core }
	// Imports are files of contracts, from their arrival to their push.
	Imports struct{ *core }
	// Comptabilite is sociétés, exercices, price lists and ventilation.
	Comptabilite struct{ *core }
	// Webhooks are addresses that are told of events, and the deliveries to them.
	Webhooks struct{ *core }
	// Organismes are the tenants and their settings.
	Organismes struct{ *core }
	// Jetons are the tokens of the API and the partenaires that they belong to.
	Jetons struct{ *core }
	// Comptes are the accounts of people, for the console.
	Comptes struct{ *core }
	// Personnes is what the hub holds of one person, and its erasure.
	Personnes struct{ *core }
)

// core is what the groups share.
type core struct {
	db       *store.DB
	now      func() time.Time
	log      *slog.Logger
	webhooks PolitiqueWebhooks
	agendas  *agenda.Lecteur // of the calendars of groupes
	memory   *memoire.Budget // of pushes and imports
	contrats int             // most in one push

	appels       appels              // calls of tokens being written
	served       sync.Map            // token id -> when its use was last recorded by this process
	pending      sync.WaitGroup      // notes of use being written
	indexes      searchIndexes       // what searches read
	parcours     memo[Ventilation]   // ventilations that are leafed through
	muets        memo[muet]          // up to where the contracts of organismes do not speak of their funding
	workbooks    chan struct{}       // one place: a workbook of NPEC is being read
	risks        memo[Risques]       // all balances at risk that were looked at, by organisme
	financements memo[FinancementVu] // fundings that are leafed through
	envois       memo[*envoi]        // full pushes that may come once more, by organisme
	wakes        chan struct{}       // there is something to deliver
	stop         context.Context
	stopNow      context.CancelFunc
	settles      atomic.Int32 // how often settling was asked for since it began
}

// Close waits for what is still being written. It does not close the database.
func (h *Hub) Close() {
	h.stopNow()
	h.pending.Wait()
}

// Options are what a Hub may be given; the zero value is fine.
type Options struct {
	Now      func() time.Time  // the clock, time.Now by default
	Log      *slog.Logger      // slog.Default by default
	Webhooks PolitiqueWebhooks // and where calendars may be read
	// Memory is how many bytes pushes and imports may hold together, by default
	// DefaultMemory.
	Memory int64
	// MaxContrats is how many contracts one push or import may hold, by default
	// DefaultMaxContrats.
	MaxContrats int
	// Patience is how long a push or import waits for memory or for its turn, by
	// default DefaultPatience.
	Patience time.Duration
}

// New returns a Hub on db.
func New(db *store.DB, options Options) *Hub {
	h := &core{db: db, now: options.Now, log: options.Log, webhooks: options.Webhooks, agendas: agenda.NewLecteur(agenda.Politique(options.Webhooks)), wakes: make(chan struct{}, 1),
		workbooks: make(chan struct{}, 1)}
	if options.Patience != 0 {
		db.SetPatience(options.Patience)
	}
	h.memory, h.contrats = memoire.New(cmp.Or(options.Memory, DefaultMemory()), cmp.Or(options.Patience, DefaultPatience)), cmp.Or(options.MaxContrats, DefaultMaxContrats)
	h.stop, h.stopNow = context.WithCancel(context.Background())
	if h.now == nil {
		h.now = time.Now
	}
	if h.log == nil {
		h.log = slog.Default()
	}
	db.SetLog(h.log)
	return &Hub{
		core: h, Contrats: Contrats{h}, Journal: Journal{h}, Integration: Integration{h}, Imports: Imports{h}, Comptabilite: Comptabilite{h},
		Webhooks: Webhooks{h}, Organismes: Organismes{h}, Jetons: Jetons{h}, Comptes: Comptes{h}, Personnes: Personnes{h},
	}
}

// read returns what one look at the database finds.
func read[T any](ctx context.Context, db *store.DB, find func(tx *store.Tx) (T, error)) (found T, err error) {
	err = db.Read(ctx, func(tx *store.Tx) (err error) {
		found, err = find(tx)
		return err
	})
	return found, err
}

// Ready reports whether the database answers and was not found damaged.
func (h *Hub) Ready(ctx context.Context) error { return h.db.Ping(ctx) }

// ReadsOnly reports whether an error of Ready says that the server of the database is
// a standby.
func ReadsOnly(err error) bool { return errors.Is(err, store.ErrReadOnly) }

// Database returns the kind of database: "sqlite" or "postgres".
func (h *Hub) Database() string { return h.db.Dialect() }

// ReplicaReads returns how many long reads the replica has answered, and how many
// the database in its place; ok is false where there is no replica.
func (h *Hub) ReplicaReads() (replica, primary uint64, ok bool) { return h.db.ReplicaReads() }

// Uncertain returns how many commits there were of which nobody knows whether they
// were recorded.
func (h *Hub) Uncertain() uint64 { return h.db.Uncertain() }

// Backup copies an embedded database to a new file while it is in use.
func (h *Hub) Backup(ctx context.Context, dest string) error { return h.db.Backup(ctx, dest) }

// Refusal is a request that was understood and not carried out.
type Refusal = refus.Refusal

// orNotFound turns a missing row into a refusal.
func orNotFound(err error, format string, args ...any) error {
	if errors.Is(err, store.ErrNotFound) {
		return refus.New(refus.CodeNotFound, format, args...)
	}
	return err
}

// Acteur is who asks for a change.
type Acteur struct {
	Organisme int64
	JetonID   int64  // 0 where it is not a token
	Nom       string // as the journal shows it
}

// Organisme returns one organisme.
func (h *Organismes) Organisme(ctx context.Context, id int64) (domaine.Organisme, error) {
	return read(ctx, h.db, func(tx *store.Tx) (domaine.Organisme, error) {
		o, err := tx.Organisme(ctx, id)
		return o, orNotFound(err, "Il n’y a pas d’organisme %d.", id)
	})
}
