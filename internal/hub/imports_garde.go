package hub

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/gob"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"sync"
	"time"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// What a look at an import found out is kept, so that the next page, the report and
// a confirmation of an older preview read nothing again. The bounds of what is kept:
const (
	apercuChanges = 1000     // changes: the first ones, or those around the page that was looked at last
	apercuSize    = 4 << 20  // bytes, compressed; a larger one is not kept
	apercuRead    = 64 << 20 // bytes, once read back
	apercuWait    = 5 * time.Second
)

// build names this program: another one may have other rules.
var build = sync.OnceValue(func() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	text := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" || s.Key == "vcs.time" {
			text += " " + s.Value
		}
	}
	return text
})

// etatImport names all that a preview depends on: the file, how it is read, the
// contracts, the settings and the rules.
func etatImport(ctx context.Context, tx *store.Tx, o *domaine.Organisme, i *domaine.Import, delta bool) (string, error) {
	last, err := tx.LastSynchronisation(ctx, o.ID)
	if err != nil {
		return "", err
	}
	digest := sha256.New()
	for _, part := range []string{build(), string(i.Empreinte), i.Matrice, i.Feuille, fmt.Sprint(delta), fmt.Sprint(last), fmt.Sprintf("%+v", o.Reglages)} {
		fmt.Fprintf(digest, "%d:%s", len(part), part)
	}
	return hex.EncodeToString(digest.Sum(nil)[:16]), nil
}

// total is how many changes there are on all pages.
func (a *ApercuImport) total() int { return a.Ajoutes + a.Modifies + a.Archives }

// page returns the preview with a page of the changes that are kept in it; ok is
// false where those are not all of the page.
func (a *ApercuImport) page(page Page) (cut *ApercuImport, ok bool) {
	first := min(page.Offset, a.total())
	last := min(page.Offset+page.Limit, a.total())
	if first < a.Debut && first < last || last > a.Debut+len(a.Changements) {
		return nil, false
	}
	shown := *a
	shown.Debut, shown.Changements = first, nil
	if first < last {
		shown.Changements = a.Changements[first-a.Debut : last-a.Debut]
	}
	return &shown, true
}

// kept returns what a look at an import found out, nil where nobody looked or
// something that it depends on has changed since.
func (h *core) kept(ctx context.Context, tx *store.Tx, organisme int64, i *domaine.Import, delta bool) (*ApercuImport, error) {
	etat, contents, err := tx.Apercu(ctx, organisme, i.ID, delta)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	o, err := tx.Organisme(ctx, organisme)
	if err != nil {
		return nil, err
	}
	now, err := etatImport(ctx, tx, &o, i, delta)
	if err != nil || now != etat {
		return nil, err
	}
	zip, err := gzip.NewReader(bytes.NewReader(contents))
	if err != nil {
		return nil, h.db.Damaged(fmt.Errorf("read a kept preview: %w", err))
	}
	a := &ApercuImport{}
	if err := gob.NewDecoder(io.LimitReader(zip, apercuRead)).Decode(a); err != nil {
		return nil, h.db.Damaged(fmt.Errorf("read a kept preview: %w", err))
	}
	return a, nil
}

// keep keeps what a look at an import found out. That it cannot be kept is no
// reason not to show it: the next look finds it out again.
func (h *core) keep(ctx context.Context, organisme, importation int64, delta bool, etat string, a *ApercuImport) {
	var contents bytes.Buffer
	zip, _ := gzip.NewWriterLevel(&contents, gzip.BestSpeed) // a level that exists
	err := errors.Join(gob.NewEncoder(zip).Encode(a), zip.Close())
	if err == nil && contents.Len() > apercuSize {
		return
	}
	if err == nil {
		ctx, cancel := context.WithTimeout(ctx, apercuWait)
		defer cancel()
		err = h.db.WriteOrganisme(ctx, organisme, func(tx *store.Tx) error {
			return tx.KeepApercu(ctx, organisme, importation, delta, etat, contents.Bytes())
		})
	}
	if err != nil {
		h.log.Debug("preview of an import not kept", "import", importation, "error", err)
	}
}

// ApercuImport works out what an import would change, recording nothing of it, or
// takes it from the last look where nothing changed since. A mapping that does not
// fit is refused with a *tableur.MappingError.
func (h *Imports) ApercuImport(ctx context.Context, o *ImportOuvert, page Page) (a *ApercuImport, err error) {
	if err := o.readable(); err != nil {
		return nil, err
	}
	if page.Limit == 0 {
		page.Limit = importPage
	}
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		a, err = h.kept(ctx, tx, o.zone, &o.Import, o.Delta)
		return err
	})
	if err != nil {
		return nil, err
	}
	if a != nil {
		if shown, ok := a.page(page); ok {
			return shown, nil
		}
	}
	return h.lookAt(ctx, o, page)
}

// lookAt reads an import and holds it against the contracts.
func (h *core) lookAt(ctx context.Context, o *ImportOuvert, page Page) (*ApercuImport, error) {
	l, err := h.readImport(ctx, o)
	if err != nil {
		return nil, err
	}
	defer l.push.Close()
	var found *ApercuImport
	var etat string
	// Pages are turned one by one: what is worked out for one is kept for its neighbours.
	around := Page{Limit: apercuChanges}
	if page.Offset+page.Limit > apercuChanges {
		around.Offset = page.Offset / apercuChanges * apercuChanges
		if page.Offset+page.Limit > around.Offset+apercuChanges {
			around = Page{Offset: page.Offset, Limit: max(page.Limit, apercuChanges)}
		}
	}
	use := func(p *pushing) (err error) {
		if etat, err = etatImport(ctx, p.tx, &p.organisme, &o.Import, o.Delta); err != nil {
			return err
		}
		found, err = l.apercu(p, around)
		return err
	}
	if around.Limit > apercuChanges { // nobody looks at so many
		err = h.dryRun(ctx, o.zone, l.push, domaine.OrigineImport, o.vu, use)
	} else {
		err = h.glanceRun(ctx, o, l.push, around.Offset+around.Limit, use)
	}
	if err != nil {
		return nil, err
	}
	shown, ok := found.page(page)
	if !ok {
		return nil, fmt.Errorf("a page of changes from %d on is not among %d from %d on", page.Offset, len(found.Changements), found.Debut)
	}
	found.Changements = found.Changements[:min(len(found.Changements), apercuChanges)]
	h.keep(ctx, o.zone, o.ID, o.Delta, etat, found)
	return shown, nil
}

// refuseStale refuses the confirmation of an older preview before the file is read,
// where the last look still holds.
func (h *core) refuseStale(ctx context.Context, organisme, id int64, options ImportOptions) error {
	return h.db.Read(ctx, func(tx *store.Tx) error {
		i, err := tx.Import(ctx, organisme, id)
		if err != nil {
			return orNotFound(err, "Il n’y a pas d’import %d.", id)
		}
		if err := waits(&i); err != nil {
			return err
		}
		a, err := h.kept(ctx, tx, organisme, &i, options.Delta)
		if err != nil || a == nil || a.Version == options.Version {
			return err
		}
		shown, ok := a.page(Page{Limit: importPage})
		if !ok {
			return nil
		}
		return &StaleImport{shown}
	})
}
