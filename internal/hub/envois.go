package hub

import (
	"context"
	"errors"
	"io"
	"reflect"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/reception"
	"github.com/passerelle-hub/passerelle/internal/store"
	"github.com/passerelle-hub/passerelle/internal/synchro"
	"github.com/passerelle-hub/passerelle/internal/traces"
)

// An export that nothing changed is the same body, byte for byte, and an organisme that
// nothing changed answers it as before. A process knows the last such body of an
// organisme by its hashes, so that it need not read the contracts once more to find that
// all of them are the same.

// envoi is a full push that left the organisme as it sends it.
type envoi struct {
	corps    *reception.Empreinte
	contrats int
	warnings []passerelle.Violation // that the same push gives once more
	apres    constat                // once it was recorded
}

// constat is what the organisme was at a moment, for all that becomes of a full push:
// whatever changes a contract adds a line to the journal, or erases.
type constat struct {
	organisme   domaine.Organisme
	derniere    domaine.Synchronisation // the last line of the journal
	effacements int64
}

// How much a process remembers: of how many organismes, and how many warnings of each.
const (
	envoisMax         = 256
	envoisWarningsMax = 100
)

func constatOf(ctx context.Context, tx *store.Tx, organisme int64) (c constat, err error) {
	if c.organisme, err = tx.Organisme(ctx, organisme); err != nil {
		return c, err
	}
	if c.derniere, err = tx.NewestSynchronisation(ctx, organisme); err != nil && !errors.Is(err, store.ErrNotFound) {
		return c, err
	}
	c.effacements, err = tx.Effacements(ctx, organisme)
	return c, err
}

// PushFull reads a full push and applies it, as Push does. It closes the push, and nobody
// looks at that once it has returned.
func (h *Contrats) PushFull(ctx context.Context, who Acteur, body io.Reader, options PushOptions) (*PushResult, error) {
	about := aboutOf(who.Organisme)
	known, _ := h.envois.get(about, "")
	read := traces.Phase(ctx, "push.read")
	corps, err := reception.Compare(body, known.empreinte())
	if err != nil {
		read()
		return nil, err
	}
	defer corps.Close()
	if corps.Pareil() {
		read(traces.Count{Name: "passerelle.contrats", N: known.contrats})
		result, err := h.pushAgain(ctx, who, known, options)
		if !errors.Is(err, errAutreEtat) {
			return result, err
		}
		read = traces.Phase(ctx, "push.read")
	}
	push, err := reception.ReadFull(corps, false, h.Room(ctx))
	if err != nil {
		read()
		return nil, err
	}
	read(traces.Count{Name: "passerelle.contrats", N: len(push.Entrees)})
	defer push.Close()
	now := &envoi{contrats: len(push.Entrees)}
	options.after = now.note(ctx, who.Organisme)
	result, err := h.Push(ctx, who, push, options)
	if err != nil {
		return nil, err
	}
	result.Push = nil
	now.corps, now.warnings = corps.Empreinte(), result.Plan.Warnings
	// What a push that changes something warns of is not all that it would if it came
	// once more, nor the other way round.
	if now.contrats > 0 && now.corps != nil && len(now.warnings) <= envoisWarningsMax && (len(now.warnings) == 0 || !result.Plan.Changed()) {
		h.envois.put(about, "", now, envoisMax)
	}
	return result, nil
}

func (e *envoi) empreinte() *reception.Empreinte {
	if e == nil {
		return nil
	}
	return e.corps
}

// note has what the organisme is after a push remembered.
func (e *envoi) note(ctx context.Context, organisme int64) func(*store.Tx, int64, domaine.EtatSynchronisation) error {
	return func(tx *store.Tx, _ int64, _ domaine.EtatSynchronisation) (err error) {
		e.apres, err = constatOf(ctx, tx, organisme)
		return err
	}
}

// errAutreEtat says that the organisme is not what it was after the same push before.
var errAutreEtat = errors.New("the organisme is not what it was")

// pushAgain records a push that says what a known one did, in an organisme that is what
// that left. It returns errAutreEtat where it is something else by now.
func (h *Contrats) pushAgain(ctx context.Context, who Acteur, known *envoi, options PushOptions) (*PushResult, error) {
	started := h.now()
	result, now := &PushResult{}, *known
	options.after = now.note(ctx, who.Organisme)
	written := func(...traces.Count) {}
	err := h.db.WriteOrganisme(ctx, who.Organisme, func(tx *store.Tx) error {
		avant, err := constatOf(ctx, tx, who.Organisme)
		if err != nil {
			return err
		}
		if !reflect.DeepEqual(avant, known.apres) {
			return errAutreEtat
		}
		p := &pushing{
			hub: h.core, who: who, push: synchro.NewPush(false, false, nil), options: options, started: started,
			organisme: avant.organisme, plan: synchro.Unchanged(known.contrats, known.warnings),
		}
		p.inside(ctx, tx)
		_, err = p.run(result)
		written = p.written
		return err
	})
	if err != nil {
		return nil, orNotFound(err, "Il n’y a pas d’organisme %d.", who.Organisme)
	}
	written()
	h.envois.put(aboutOf(who.Organisme), "", &now, envoisMax)
	return result, nil
}
