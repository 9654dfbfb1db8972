package hub

import (
	"context"
	"errors"
	"io"
	"iter"
	"slices"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable/npec"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/store"
	"github.com/passerelle-hub/passerelle/internal/tableur"
)

// EditionNPEC is an edition of the table of amounts.
type EditionNPEC = npec.Importee

// EditionsNPEC returns the editions of the table of amounts that an organisme has, 0
// for those of every one, those that reign last first.
func (h *Comptabilite) EditionsNPEC(ctx context.Context, organisme int64) (found []EditionNPEC, err error) {
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		found, err = tx.EditionsNPEC(ctx, organisme)
		return err
	})
	slices.SortFunc(found, func(a, b EditionNPEC) int {
		if a.Depuis != b.Depuis {
			return int(b.Depuis - a.Depuis)
		}
		return int(b.ID - a.ID)
	})
	return found, err
}

// classeurNPEC is a workbook as package npec reads it.
type classeurNPEC struct{ *tableur.Classeur }

// Rows passes the rows of a sheet.
func (c classeurNPEC) Rows(feuille int) iter.Seq2[npec.Ligne, error] {
	return func(yield func(npec.Ligne, error) bool) {
		for row, err := range c.Lignes(feuille) {
			if !yield(npec.Ligne{Numero: row.Numero, Valeur: row.Valeurs}, err) || err != nil {
				return
			}
		}
	}
}

// DemandeImportNPEC is an edition to import.
type DemandeImportNPEC struct {
	Organisme int64           // that has it then, 0 for every one
	Fichier   string          // its name
	Par       string          // who imports it
	Depuis    passerelle.Date // its first day, 0 for the latest day that it holds
}

// ImportNPEC keeps an edition of the table of amounts beside those that are there:
// the workbook of France compétences as it is downloaded. Where the organisme has the
// same edition already it is returned, and nouvelle is false. One workbook is read at
// a time. The error is a *tableur.FileError or a *npec.Refus where the workbook is to
// blame.
func (h *Comptabilite) ImportNPEC(ctx context.Context, d DemandeImportNPEC, r io.ReaderAt, size int64) (edition EditionNPEC, nouvelle bool, err error) {
	select {
	case h.workbooks <- struct{}{}:
		defer func() { <-h.workbooks }()
	case <-ctx.Done():
		return edition, false, ctx.Err()
	case <-time.After(DefaultPatience):
		return edition, false, refus.New(refus.CodeServerBusy, "Un autre classeur est en cours de lecture, rien n’a été enregistré : recommencez dans quelques instants.")
	}
	book, err := tableur.OuvrirClasseur(d.Fichier, r, size)
	if err != nil {
		return edition, false, err
	}
	defer func() { err = errors.Join(err, book.Close()) }()
	read, err := npec.Lire(classeurNPEC{book}, d.Depuis)
	if err != nil {
		return edition, false, err
	}
	keep := func(tx *store.Tx) error {
		editions, err := tx.EditionsNPEC(ctx, d.Organisme)
		if err != nil {
			return err
		}
		for _, e := range editions {
			if e.Empreinte == read.EmpreintePour(e.Organisme) {
				edition = e
				return nil
			}
		}
		added, err := tx.InsertEditionNPEC(ctx, d.Organisme, d.Fichier, d.Par, h.now(), read)
		edition, nouvelle = added, true
		return err
	}
	if d.Organisme == 0 {
		err = h.db.Write(ctx, keep)
	} else {
		err = h.db.WriteOrganisme(ctx, d.Organisme, keep)
	}
	return edition, nouvelle, err
}

// DemandeNPEC asks for the amounts of a certification.
type DemandeNPEC struct {
	Organisme int64           // of which the editions are looked at, 0 for those of every one
	RNCP      string          // as people write it
	IDCC      string          // only those of a collective agreement, "" for all
	CPNE      string          // only that of a commission, "" for all
	Edition   int64           // 0 for the one that reigns on Au
	Au        passerelle.Date // the day of conclusion, 0 for the latest edition
}

// FicheNPEC is what an edition says of a certification.
type FicheNPEC struct {
	npec.Fiche
	Edition  EditionNPEC
	Montants []MontantNPEC
	Branches int // commissions of the collective agreement that was asked for
}

// MontantNPEC is an amount with the name of its commission.
type MontantNPEC struct {
	npec.Montant
	NomCPNE string
}

// NPEC returns the amounts of a certification.
func (h *Comptabilite) NPEC(ctx context.Context, d DemandeNPEC) (f FicheNPEC, err error) {
	rncp, ok := npec.Certification(d.RNCP)
	if !ok {
		return f, refus.New(refus.CodeInvalidCertification, "« %s » n’est pas le code d’une certification : écrivez RNCP38362, ou 38362.", d.RNCP)
	}
	idcc, cpne := "", ""
	if d.IDCC != "" {
		if idcc, ok = npec.Code(d.IDCC); !ok {
			return f, refus.New(refus.CodeInvalidCollectiveAgreement, "« %s » n’est pas le numéro d’une convention collective : quatre chiffres au plus étaient attendus.", d.IDCC)
		}
	}
	if d.CPNE != "" {
		if cpne, ok = npec.Code(d.CPNE); !ok {
			return f, refus.New(refus.CodeInvalidCommission, "« %s » n’est pas le code d’une CPNE : quatre chiffres au plus étaient attendus.", d.CPNE)
		}
	}
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		if f.Edition, err = editionOf(ctx, tx, d); err != nil {
			return err
		}
		branches, err := tx.BranchesNPEC(ctx, f.Edition.ID)
		if err != nil {
			return err
		}
		amounts, err := tx.MontantsNPEC(ctx, f.Edition.ID, []string{rncp})
		if err != nil {
			return err
		}
		fiches, err := tx.CertificationsNPEC(ctx, f.Edition.ID, []string{rncp})
		if err != nil {
			return err
		}
		if len(fiches) == 0 {
			return refus.New(refus.CodeNotFound, "L’édition %d (du %s) n’a pas de montant pour %s.", f.Edition.ID, f.Edition.Depuis.FR(), rncp)
		}
		f.Fiche = fiches[0]
		f.Montants = choose(amounts, branches, idcc, cpne)
		for _, b := range branches {
			if slices.Contains(b.IDCC, idcc) {
				f.Branches++
			}
		}
		if len(f.Montants) == 0 {
			return refus.New(refus.CodeNotFound, "L’édition %d (du %s) n’a pas de montant pour %s dans cette branche.", f.Edition.ID, f.Edition.Depuis.FR(), rncp)
		}
		return nil
	})
	return f, err
}

// editionOf returns the edition that is asked for.
func editionOf(ctx context.Context, tx *store.Tx, d DemandeNPEC) (chosen EditionNPEC, err error) {
	editions, err := tx.EditionsNPEC(ctx, d.Organisme)
	if err != nil {
		return chosen, err
	}
	if len(editions) == 0 {
		return chosen, refus.New(refus.CodeNoEdition, "Aucune édition des niveaux de prise en charge n’est encore importée.")
	}
	found := false
	for _, e := range editions {
		switch {
		case d.Edition != 0 && e.ID != d.Edition, d.Edition == 0 && d.Au != 0 && e.Depuis > d.Au:
		case !found || e.Depuis >= chosen.Depuis:
			chosen, found = e, true
		}
	}
	if !found && d.Edition != 0 {
		return chosen, refus.New(refus.CodeNoSuchEdition, "Il n’y a pas d’édition %d des niveaux de prise en charge.", d.Edition)
	}
	if !found {
		return chosen, refus.New(refus.CodeNoSuchEdition, "Aucune édition importée n’était en vigueur le %s.", d.Au.FR())
	}
	return chosen, nil
}

func choose(amounts []npec.Montant, branches []npec.CPNE, idcc, cpne string) []MontantNPEC {
	byCode := make(map[string]npec.CPNE, len(branches))
	for _, b := range branches {
		byCode[b.Code] = b
	}
	var chosen []MontantNPEC
	for _, m := range amounts {
		b := byCode[m.CPNE]
		if m.CPNE != "" && (cpne != "" && m.CPNE != cpne || idcc != "" && !slices.Contains(b.IDCC, idcc)) {
			continue
		}
		chosen = append(chosen, MontantNPEC{m, b.Nom})
	}
	return chosen
}
