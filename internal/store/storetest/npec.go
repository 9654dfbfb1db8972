package storetest

import (
	"context"
	"errors"
	"testing"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable/npec"
	"github.com/passerelle-hub/passerelle/internal/store"
)

func editionsNPEC(t *testing.T, db *store.DB) {
	edition := &npec.Edition{Depuis: 20_000, Lignes: 3,
		Montants:       []npec.Montant{{RNCP: "RNCP1", CPNE: "", Depuis: 0, Montant: 1, Statut: "A"}, {RNCP: "RNCP1", CPNE: "12", Depuis: 19_000, Montant: 800_050, Statut: "CPNE"}, {RNCP: "RNCP1", CPNE: "12", Depuis: 20_000, Montant: 9, Statut: "é;\"'"}},
		Certifications: []npec.Fiche{{RNCP: "RNCP1", Intitule: "BTS « MCO »", Certificateur: "Ministère", Diplome: "BTS"}},
		CPNE:           []npec.CPNE{{Code: "12", Nom: "Commerce", IDCC: []string{"3237", "1505"}}, {Code: "13", Nom: "Bâtiment"}},
	}
	many := &npec.Edition{Depuis: 20_500, Lignes: 10_000}
	for i := range 10_000 { // several batches
		many.Montants = append(many.Montants, npec.Montant{RNCP: "RNCP2", CPNE: "1", Depuis: passerelle.Date(i + 1), Montant: 5})
	}
	var stored []store.EditionNPEC
	write(t, db, func(ctx context.Context, tx *store.Tx) error {
		for _, e := range []*npec.Edition{edition, many} {
			s, err := tx.InsertEditionNPEC(ctx, 0, "npec.xlsx", "Ada", now, e)
			if err != nil {
				return err
			}
			stored = append(stored, s)
		}
		return nil
	})
	read(t, db, func(ctx context.Context, tx *store.Tx) error {
		list, err := tx.EditionsNPEC(ctx, 0)
		same(t, "editions in the order of their imports", list, stored)
		if err != nil {
			return err
		}
		amounts, err := tx.MontantsNPEC(ctx, stored[0].ID, []string{"RNCP1", "RNCP9"})
		same(t, "amounts", amounts, edition.Montants)
		fiches, errFiches := tx.CertificationsNPEC(ctx, stored[0].ID, []string{"RNCP1", "RNCP9"})
		same(t, "certifications", fiches, edition.Certifications)
		branches, errBranches := tx.BranchesNPEC(ctx, stored[0].ID)
		same(t, "commissions", len(branches), 2)
		same(t, "their agreements", branches[0].IDCC, edition.CPNE[0].IDCC)
		all, errAll := tx.MontantsNPEC(ctx, stored[1].ID, []string{"RNCP2"})
		same(t, "a large edition", len(all), 10_000)
		return errors.Join(err, errFiches, errBranches, errAll)
	})
	if try(t, db, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.InsertEditionNPEC(ctx, 0, "copie.xlsx", "Ada", now, edition)
		return err
	}) == nil {
		t.Error("the same edition is kept twice")
	}
	// An organisme may have the same one of its own, which others do not see.
	organisme := newOrganisme(t, db)
	write(t, db, func(ctx context.Context, tx *store.Tx) error {
		own, err := tx.InsertEditionNPEC(ctx, organisme, "à nous.xlsx", "Ada", now, edition)
		same(t, "the organisme of its own edition", own.Organisme, organisme)
		return err
	})
	read(t, db, func(ctx context.Context, tx *store.Tx) error {
		own, err := tx.EditionsNPEC(ctx, organisme)
		same(t, "editions of the organisme", len(own), 3)
		every, errEvery := tx.EditionsNPEC(ctx, 0)
		same(t, "editions of every organisme", len(every), 2)
		return errors.Join(err, errEvery)
	})
}
