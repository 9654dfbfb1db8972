package hub

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/document"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hidden"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/store"
	"github.com/passerelle-hub/passerelle/internal/synchro"
	"github.com/passerelle-hub/passerelle/internal/tableur"
)

// ApercuImport is what an import would change, and what is wrong with its file.
// The counts are those of an import that leaves invalid contracts out.
type ApercuImport struct {
	Version string // names this preview: it changes with the file, the mapping and the contracts
	Lignes  int    // contracts in the file

	Erreurs        []tableur.CellError // at most MaxViolations, by row
	ErreursTotal   int
	LignesEnErreur int
	Avertissements []tableur.CellError // at most MaxViolations

	Identiques, Ajoutes, Modifies, Archives int

	Changements []domaine.Changement // a page: those added, then changed, then archived
	Debut       int                  // how many changes come before that page
	Retenu      bool                 // the guard asks for a confirmation of its own
	Motifs      []domaine.MotifGarde // why
	Actifs      int
	Seuil       int // percent
}

// StaleImport says that the contracts changed since the preview that was
// confirmed: Apercu is the one to look at now. Nothing was recorded.
type StaleImport struct{ Apercu *ApercuImport }

// Error says what happened.
func (*StaleImport) Error() string { return "the contracts changed since the preview" }

// Refusal says it as every refusal is said.
func (s *StaleImport) Refusal() *Refusal {
	return refus.New(refus.CodePreviewOutdated, "Les contrats, le fichier ou la matrice ont changé depuis l’aperçu : rien n’a été enregistré. Regardez le nouvel aperçu, puis confirmez-le.").With(s)
}

// RefusedImport is an import that was refused whole because contracts in it are
// not valid. Nothing was recorded.
type RefusedImport struct{ Apercu *ApercuImport }

// Error counts the errors.
func (r *RefusedImport) Error() string {
	return fmt.Sprintf("import refused: %d errors", r.Apercu.ErreursTotal)
}

// Refusal says it as every refusal is said.
func (r *RefusedImport) Refusal() *Refusal {
	return refus.New(refus.CodeInvalidContrats, "L’import est refusé en entier : %s dans %s. Rien n’a été enregistré ; corrigez le fichier, ou laissez ces lignes de côté.",
		compte(r.Apercu.ErreursTotal, "erreur"), compte(r.Apercu.LignesEnErreur, "ligne")).With(r)
}

// lecture is the file of an import as a push.
type lecture struct {
	o      *ImportOuvert
	push   *synchro.Push
	rows   []int32                     // the row of each contract
	faults map[int][]tableur.CellError // by index: values that cannot be sent, the first MaxViolations
	faulty int                         // of them
}

// readImport makes a push of the table of an import. The caller closes it.
func (h *core) readImport(ctx context.Context, o *ImportOuvert) (*lecture, error) {
	if err := h.know(ctx, o); err != nil {
		return nil, err
	}
	room := h.Room(ctx)
	l := &lecture{o: o, push: synchro.NewPush(o.Delta, false, room), faults: map[int][]tableur.CellError{}}
	for ligne, err := range o.binding.Lignes(o.Table) {
		if err == nil {
			l.rows = append(l.rows, int32(ligne.Row))
			err = l.push.Add(l.recu(&ligne))
		}
		if err != nil {
			return nil, errors.Join(err, l.push.Close())
		}
	}
	return l, nil
}

// recu turns a row into what the rules look at. Values that cannot be sent are
// left out of the contract, as they are out of JSON.
func (l *lecture) recu(ligne *tableur.Ligne) *synchro.Recu {
	faults := ligne.Faults
	for i := range passerelle.Champs {
		champ := &passerelle.Champs[i]
		value := *champ.At(&ligne.Contrat)
		if strings.IndexByte(value, 0) >= 0 || !utf8.ValidString(value) {
			faults = append(faults, l.o.binding.Locate(&passerelle.Violation{Field: champ.Nom, Code: passerelle.CodeType,
				Message: champ.Libelle + " : la valeur contient des caractères illisibles ; retirez-les."}, ligne.Row))
		}
	}
	r := &synchro.Recu{Contrat: ligne.Contrat, Op: synchro.Full, Index: ligne.Index}
	if l.o.Delta {
		r.Op = synchro.Merged
	}
	for _, f := range faults {
		if i, ok := passerelle.ChampIndex([]byte(f.Field)); ok {
			r.Refused.Add(i)
			*passerelle.Champs[i].At(&r.Contrat) = ""
		}
		r.Violations = append(r.Violations, passerelle.Violation{Field: f.Field, Code: f.Code, Message: f.Message})
	}
	if len(faults) > 0 && l.faulty < MaxViolations { // others are not shown
		l.faults[ligne.Index] = faults
		l.faulty += len(faults)
	}
	return r
}

// place shows a violation at its cell.
func (l *lecture) place(v *passerelle.Violation) tableur.CellError {
	for _, f := range l.faults[v.Index] {
		if f.Field == v.Field && f.Message == v.Message {
			return f
		}
	}
	return l.o.binding.LocateIn(v, l.rows)
}

// apercu describes what a resolved push would do.
func (l *lecture) apercu(p *pushing, page Page) (*ApercuImport, error) {
	plan := p.plan
	actifs, guarded, err := p.counted()
	if err != nil {
		return nil, err
	}
	changed, err := p.tx.LastChange(p.ctx, p.organisme.ID)
	if err != nil {
		return nil, err
	}
	a := &ApercuImport{
		Version: l.version(p, changed), Lignes: len(l.rows), LignesEnErreur: plan.Refuses(), ErreursTotal: plan.ViolationsTotal(),
		Identiques: plan.Identiques, Ajoutes: len(plan.Ajoutes), Modifies: len(plan.Modifies), Archives: p.archives(),
		Actifs: actifs, Retenu: len(guarded.motifs) > 0, Motifs: guarded.motifs, Seuil: p.organisme.Reglages.Garde.Archivage,
	}
	plan.EachRefused(func(_ int, violations []passerelle.Violation) bool {
		for i := range violations {
			if len(a.Erreurs) < MaxViolations {
				a.Erreurs = append(a.Erreurs, l.place(&violations[i]))
			}
		}
		return true
	})
	a.Avertissements = slices.Clone(l.o.binding.Remarques())
	for i := range plan.Warnings[:min(len(plan.Warnings), MaxViolations)] {
		a.Avertissements = append(a.Avertissements, l.place(&plan.Warnings[i]))
	}
	a.Debut = min(page.Offset, a.total())
	a.Changements, err = p.changementsPage(page)
	return a, err
}

// version names a preview by all that it says. changed is the last synchronisation
// that changed a contract.
func (l *lecture) version(p *pushing, changed int64) string {
	digest := sha256.New()
	var text []byte // gathered: most of it is short
	write := func(parts ...string) {
		for _, part := range parts {
			text = append(append(strconv.AppendInt(text, int64(len(part)), 10), ':'), part...)
		}
		if len(text) >= 4096 {
			digest.Write(text)
			text = text[:0]
		}
	}
	write(string(l.o.Empreinte), l.o.Import.Matrice, l.o.Feuille)
	if l.o.Delta {
		write("delta")
	}
	hashed := func(list []int, kind string) {
		for _, i := range list {
			e := &p.push.Entrees[i]
			before := p.actifs[e.Code()].Hash
			write(kind, e.Code(), string(e.Hash[:]), string(before[:]))
		}
	}
	hashed(p.plan.Ajoutes, "+")
	hashed(p.plan.Modifies, "~")
	if n := p.archives(); n > 0 {
		// Which ones leave follows from the rest and from the last change of any contract.
		write("-", strconv.Itoa(n), strconv.FormatInt(changed, 10))
	}
	p.plan.EachRefused(func(i int, violations []passerelle.Violation) bool {
		for k := range violations {
			write("!", fmt.Sprint(i), string(violations[k].Code), violations[k].Field, violations[k].ConflictsWith)
		}
		return true
	})
	digest.Write(text)
	return hex.EncodeToString(digest.Sum(nil)[:16])
}

// changementsPage returns a page of what the plan changes: contracts added, then
// changed, then archived.
func (p *pushing) changementsPage(page Page) ([]domaine.Changement, error) {
	from, to := page.Offset, page.Offset+page.Limit
	cut := func(length int) (int, int) {
		first, last := min(max(from, 0), length), min(max(to, 0), length)
		from, to = from-length, to-length
		return first, last
	}
	var found []domaine.Changement
	first, last := cut(len(p.plan.Ajoutes))
	for _, i := range p.plan.Ajoutes[first:last] {
		contrat, err := p.contrat(i)
		if err != nil {
			return nil, err
		}
		found = append(found, domaine.Changement{CodeContrat: contrat.CodeContrat, Apres: &contrat})
	}
	first, last = cut(len(p.plan.Modifies))
	narrowed := *p
	plan := *p.plan
	plan.Modifies = p.plan.Modifies[first:last]
	narrowed.plan = &plan
	modified, err := narrowed.modified()
	if err != nil {
		return nil, err
	}
	found = append(found, modified...)
	first, last = cut(len(p.plan.Archives))
	err = p.tx.EachDocumentOf(p.ctx, p.organisme.ID, p.plan.Archives[first:last], func(doc []byte) error {
		contrat, err := document.Parse(bytes.Clone(doc))
		found = append(found, domaine.Changement{CodeContrat: contrat.CodeContrat, Avant: &contrat})
		return err
	})
	return found, err
}

// importPage is how many changes a preview lists unless another page is asked for.
const importPage = 100

// readable refuses an import that cannot be read as contracts.
func (o *ImportOuvert) readable() error {
	if o.Efface != nil {
		return erasedFile(&o.Import)
	}
	if o.binding == nil {
		return &tableur.MappingError{Problems: o.Problemes}
	}
	return nil
}

// RapportImport returns the sheet of an import with one more column that says what
// is wrong with each row. The caller closes it.
func (h *Imports) RapportImport(ctx context.Context, o *ImportOuvert, format tableur.Format) (*FichierOuvert, error) {
	a, err := h.ApercuImport(ctx, o, Page{Limit: 1})
	if err != nil {
		return nil, err
	}
	file, err := hidden.File("an import")
	if err != nil {
		return nil, err
	}
	if err := tableur.WriteReport(file, o.Table, o.Table.Messages(a.Erreurs), format); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	size, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("read a report back: %w", err), file.Close())
	}
	return &FichierOuvert{io.NewSectionReader(file, 0, size), file}, nil
}

// ImportOptions say how an import is confirmed.
type ImportOptions struct {
	Version   string // of the preview that was looked at
	Partiel   bool   // invalid contracts are left out instead of refusing all
	Archivage bool   // archiving beyond the guard's thresholds is meant
	Confirme  bool   // whatever the guard finds is meant
	Vide      bool   // a file without contracts is meant
	Delta     bool   // the file adds and corrects, and archives nobody
}

// ConfirmImport records an import as one synchronisation, and its mapping for the
// next ones. Where its preview is no more what was looked at, it returns a
// *StaleImport and records nothing. Other outcomes are those of Push, with a
// *RefusedImport in the place of a RejectedPush.
func (h *Imports) ConfirmImport(ctx context.Context, who Acteur, id int64, options ImportOptions) (*PushResult, error) {
	if err := h.refuseStale(ctx, who.Organisme, id, options); err != nil {
		return nil, err
	}
	o, err := h.Import(ctx, who.Organisme, id)
	if err != nil {
		return nil, err
	}
	defer o.Close()
	o.Delta = options.Delta
	if err := o.waits(); err != nil {
		return nil, err
	}
	if err := o.readable(); err != nil {
		return nil, err
	}
	l, err := h.readImport(ctx, o)
	if err != nil {
		return nil, err
	}
	result, err := (&Contrats{h.core}).Push(ctx, who, l.push, PushOptions{
		Origine: domaine.OrigineImport, Empty: options.Vide, Confirm: options.Confirme, ConfirmArchives: options.Archivage, Partiel: options.Partiel,
		check: func(p *pushing) error {
			if err := stillWaits(ctx, p.tx, who.Organisme, id); err != nil {
				return err
			}
			a, err := l.apercu(p, Page{Limit: importPage})
			switch {
			case err != nil:
				return err
			case a.Version != options.Version:
				return &StaleImport{a}
			case a.ErreursTotal > 0 && !options.Partiel:
				return &RefusedImport{a}
			}
			return nil
		},
		after: func(tx *store.Tx, synchronisation int64, etat domaine.EtatSynchronisation) error {
			return h.importRecorded(ctx, tx, who, o, synchronisation, etat)
		},
	})
	if err != nil {
		return nil, errors.Join(err, l.push.Close())
	}
	return result, nil
}

// importRecorded notes which synchronisation an import made, and keeps its
// mapping where that is new.
func (h *core) importRecorded(ctx context.Context, tx *store.Tx, who Acteur, o *ImportOuvert, synchronisation int64, etat domaine.EtatSynchronisation) error {
	if etat == domaine.EtatRetenue {
		return tx.SetImportEtat(ctx, who.Organisme, o.ID, domaine.ImportRetenu, synchronisation)
	}
	kept, err := tx.Matrice(ctx, who.Organisme)
	if err != nil {
		return err
	}
	if kept.Document != o.Import.Matrice {
		next := store.Matrice{Version: kept.Version + 1, Document: o.Import.Matrice}
		if err := tx.InsertMatrice(ctx, who.Organisme, next, who.Nom, h.now()); err != nil {
			return err
		}
	}
	return tx.SetImportEtat(ctx, who.Organisme, o.ID, domaine.ImportFait, synchronisation)
}
