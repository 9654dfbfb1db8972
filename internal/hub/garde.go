package hub

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/document"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/store"
	"github.com/passerelle-hub/passerelle/internal/synchro"
)

// guardWindow is how far back the guard looks for the most active contracts that
// there were, so that slices of them do not pass below it (design 9, guard).
const guardWindow = 7 * 24 * time.Hour

// guarded is what the guard finds about a push.
type guarded struct {
	motifs []domaine.MotifGarde // all of them, whatever was confirmed
	open   []domaine.MotifGarde // those that nobody confirmed: the push is held
}

// counted is how many contracts of the organisme are active, and what the guard finds in
// the push beside them.
func (p *pushing) counted() (int, *guarded, error) {
	actifs, err := p.countActifs()
	if err != nil {
		return 0, nil, err
	}
	found, err := p.guard(actifs)
	return actifs, found, err
}

// guard looks at a resolved push of an organisme with so many active contracts. Its
// warnings are added to those of the plan, the first time.
func (p *pushing) guard(actifs int) (*guarded, error) {
	if p.guarded != nil {
		return p.guarded, nil
	}
	g := &p.organisme.Reglages.Garde
	found := &guarded{}
	if archives := p.archives(); archives > 0 {
		plus, err := p.tx.MostActifs(p.ctx, p.organisme.ID, p.started.Add(-guardWindow))
		if err != nil {
			return nil, err
		}
		found.motifs = synchro.GardeArchives(g, synchro.Effectifs{Actifs: actifs, Plus: max(plus, actifs)}, archives)
		added := make([]string, len(p.plan.Ajoutes))
		for k, i := range p.plan.Ajoutes {
			added[k] = p.push.Entrees[i].Code()
		}
		if p.glance != nil {
			// The codes that leave do not matter: see glance.
		} else if motif := synchro.GardeCodes(g, added, p.plan.Archives); motif != nil {
			found.motifs = append(found.motifs, *motif)
		}
	}
	if need := synchro.GardeNeed(g, actifs); need > 0 && len(p.plan.Modifies) >= need {
		changed, err := p.masse(need)
		if err != nil {
			return nil, err
		}
		motifs, warnings := synchro.GardeValeurs(g, actifs, changed)
		found.motifs = append(found.motifs, motifs...)
		p.plan.Warnings = slices.Insert(p.plan.Warnings, 0, warnings...)
	}
	for _, motif := range found.motifs {
		if !p.options.Confirm && !(p.options.ConfirmArchives && motif.Regle.Archive()) {
			found.open = append(found.open, motif)
		}
	}
	p.guarded = found
	return found, nil
}

// masse counts what the push does to the fields of the contracts that it changes.
func (p *pushing) masse(need int) ([]synchro.MasseChamp, error) {
	m := synchro.NewMasse(need)
	if err := p.eachModified(m.Add); err != nil {
		return nil, err
	}
	if m.Again() {
		if err := p.eachModified(m.Confirm); err != nil {
			return nil, err
		}
	}
	return m.Found(), nil
}

// eachModified passes what each contract that changes said and says.
func (p *pushing) eachModified(yield func(old, new *passerelle.Contrat)) error {
	codes := make([]string, len(p.plan.Modifies))
	positions := make(map[string]int, len(codes))
	for k, i := range p.plan.Modifies {
		codes[k] = p.push.Entrees[i].Code()
		positions[codes[k]] = i
	}
	var buf []byte
	return p.tx.EachDocumentOf(p.ctx, p.organisme.ID, codes, func(doc []byte) error {
		old, err := document.Parse(doc)
		if err != nil {
			return err
		}
		sent, err := p.push.Document(positions[old.CodeContrat], buf)
		if err != nil {
			return err
		}
		if cap(sent) > cap(buf) {
			buf = sent[:0]
		}
		new, err := document.Parse(sent)
		if err == nil {
			yield(&old, &new)
		}
		return err
	})
}

// note keeps something about a line of the journal, as JSON.
func (p *pushing) note(id int64, nature store.NatureNote, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("note something about a push: %w", err)
	}
	return p.tx.InsertNote(p.ctx, p.organisme.ID, id, nature, text)
}

// maxDetails is how many violations of a push that was refused whole are kept
// (design 9).
const maxDetails = 1000

// recordRefused adds a push that was refused whole to the journal. It changed
// nothing.
func (p *pushing) recordRefused(refused *RejectedPush) error {
	id, err := p.tx.NextSynchronisation(p.ctx, p.organisme.ID)
	if err != nil {
		return err
	}
	s := p.journalLine(id, domaine.EtatRefusee)
	s.Bilan = domaine.Bilan{Refuses: p.plan.Refuses()}
	if s.Total, s.Integres, err = p.tx.Counts(p.ctx, p.organisme.ID); err != nil {
		return err
	}
	s.Duree = p.hub.now().Sub(p.started)
	if err := p.tx.InsertSynchronisation(p.ctx, p.organisme.ID, s); err != nil {
		return err
	}
	refused.Synchronisation = id
	return p.note(id, store.NoteRefus, refused.Violations[:min(len(refused.Violations), maxDetails)])
}
