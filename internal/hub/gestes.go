package hub

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/store"
)

type acteurKey struct{}

// AvecActeur returns a context in which what is done is noted as the act of who. Each
// way in sets it once, where it learns who asks.
func AvecActeur(ctx context.Context, who Acteur) context.Context {
	return context.WithValue(ctx, acteurKey{}, who)
}

// operateur is who acts where nobody was named: whoever runs the commands.
const operateur = "ligne de commande"

func acteurOf(ctx context.Context) Acteur {
	if who, ok := ctx.Value(acteurKey{}).(Acteur); ok && who.Nom != "" {
		return who
	}
	return Acteur{Nom: operateur}
}

// note notes an act in the transaction that does it. detail is French and names nobody
// of the contracts.
func (h *core) note(ctx context.Context, tx *store.Tx, organisme int64, quoi domaine.NatureGeste, objet any, detail string) error {
	return h.noteBy(ctx, tx, organisme, acteurOf(ctx), quoi, objet, detail)
}

func (h *core) noteBy(ctx context.Context, tx *store.Tx, organisme int64, who Acteur, quoi domaine.NatureGeste, objet any, detail string) error {
	if organisme == 0 {
		return nil // of the whole hub: no organisme's journal
	}
	return tx.InsertGeste(ctx, organisme, domaine.Geste{Quoi: quoi, Objet: fmt.Sprint(objet), Detail: domaine.Abrege(detail, maxDetail), Par: who.Nom, JetonID: who.JetonID, Le: h.now()})
}

// maxDetail bounds what is noted of one act, in characters.
const maxDetail = 500

// Gestes returns a page of what people and software did in an organisme beside pushing,
// the latest first, and how many there are; of one family where it is not "".
func (h *Journal) Gestes(ctx context.Context, organisme int64, famille string, page Page) (found []domaine.Geste, total int, err error) {
	if famille != "" && !slices.ContainsFunc(domaine.FamillesGestes, func(f domaine.FamilleGestes) bool { return f.Cle == famille }) {
		return nil, 0, refus.New(refus.CodeInvalidParameter, "« %s » n’est pas une famille d’actions du journal.", famille)
	}
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		found, total, err = tx.Gestes(ctx, organisme, famille, store.Page(page))
		return err
	})
	return found, total, err
}

// GestesOf returns what was last done to one thing, the latest first.
func (h *Journal) GestesOf(ctx context.Context, organisme int64, famille string, objet any, limit int) ([]domaine.Geste, error) {
	return read(ctx, h.db, func(tx *store.Tx) ([]domaine.Geste, error) {
		return tx.GestesOf(ctx, organisme, famille, fmt.Sprint(objet), limit)
	})
}

// Attendu lists the versions of a thing of which one must still stand for it to be
// changed; nil where any will do.
type Attendu []string

// check refuses a change of what is no longer what whoever asks has seen.
func (a Attendu) check(quoi, version string) error {
	if a == nil || slices.Contains(a, version) || slices.Contains(a, "*") {
		return nil
	}
	return refus.New(refus.CodeChanged, "%s a changé depuis que vous l’avez lu : rien n’est enregistré. Relisez-le, puis recommencez.", quoi)
}

// How many calls of a token are kept, and how long they may be in memory alone.
const (
	AppelsGardes = 100
	appelsDelai  = 5 * time.Second
)

// appels are calls of tokens that are not written yet: they are written together, so
// that a call waits for no writer. What a process that is killed had not written is lost.
type appels struct {
	mu      sync.Mutex
	waiting map[appelDe][]domaine.Appel
	timed   bool       // somebody will write them
	writing sync.Mutex // one writes at a time, so that they stay in order
}

type appelDe struct{ organisme, jeton int64 }

// NoteAppel notes a call of a token for the page that lists its last ones. Those of a
// cabinet belong to no organisme and are not noted.
func (h *Jetons) NoteAppel(j domaine.Jeton, a domaine.Appel) {
	if j.ID == 0 || j.Cabinet() {
		return
	}
	a.Le = h.now()
	q := &h.appels
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.waiting == nil {
		q.waiting = map[appelDe][]domaine.Appel{}
	}
	key := appelDe{j.OrganismeID, j.ID}
	list := append(q.waiting[key], a)
	if len(list) > AppelsGardes {
		list = list[len(list)-AppelsGardes:]
	}
	q.waiting[key] = list
	if q.timed || h.stop.Err() != nil {
		return
	}
	q.timed = true
	h.pending.Go(func() {
		wait := time.NewTimer(appelsDelai)
		defer wait.Stop()
		select {
		case <-wait.C:
		case <-h.stop.Done():
		}
		h.writeAppels()
	})
}

func (h *core) writeAppels() {
	q := &h.appels
	q.writing.Lock()
	defer q.writing.Unlock()
	q.mu.Lock()
	list := q.waiting
	q.waiting, q.timed = nil, false
	q.mu.Unlock()
	if len(list) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	err := h.db.Write(ctx, func(tx *store.Tx) error {
		for key, calls := range list {
			if err := tx.InsertAppels(ctx, key.organisme, key.jeton, calls, AppelsGardes); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		h.log.Debug("last calls of tokens not recorded", "error", err)
	}
}

// Appels returns the last calls of a token, the latest first: at most AppelsGardes.
// Those of the last seconds that other processes answered may be missing.
func (h *Jetons) Appels(ctx context.Context, organisme, jeton int64) (found []domaine.Appel, err error) {
	h.writeAppels()
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		found, err = tx.Appels(ctx, organisme, jeton, AppelsGardes)
		return err
	})
	return found, err
}
