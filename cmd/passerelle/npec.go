package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable/financement"
	"github.com/passerelle-hub/passerelle/internal/comptable/npec"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

func newNPEC() *cobra.Command {
	return group("npec", "Manage the amounts that France compétences publishes", newNPECImport(), newNPECList(), newNPECShow())
}

func newNPECImport() *cobra.Command {
	var on base
	var since *passerelle.Date
	cmd := &cobra.Command{Use: "import FILE.xlsx", Short: "Keep an edition of the official workbook, beside the older ones",
		Long: "Reads the workbook of the niveaux de prise en charge as France compétences publishes it (.xlsx, or the .zip around\n" +
			"it): the third sheet for the amounts, the fourth one for the branches. The edition begins on the latest day from\n" +
			"which one of its amounts applies, or on --depuis. A contract has the amount of the edition of the day on which it\n" +
			"was concluded; older editions are kept. The editions are those of every organisme of the hub.",
		Example: "  passerelle npec import Referentiel-des-NPEC.xlsx",
		RunE: func(cmd *cobra.Command, args []string) error {
			file, err := os.Open(args[0])
			if err != nil {
				return err
			}
			defer file.Close()
			info, err := file.Stat()
			if err != nil {
				return err
			}
			return on.create(cmd, func(h *hub.Hub, _ hub.Acteur) error {
				e, fresh, err := h.Comptabilite.ImportNPEC(cmd.Context(), hub.DemandeImportNPEC{Fichier: filepath.Base(args[0]), Par: operator, Depuis: dayOrZero(since)}, file, info.Size())
				var refused *npec.Refus
				if errors.As(err, &refused) {
					for _, r := range refused.Erreurs {
						fmt.Fprintf(cmd.ErrOrStderr(), "%s %s: %s\n", r.Feuille, r.Cellule, r.Message)
					}
					return fmt.Errorf("%d errors, nothing was imported", refused.Total)
				}
				if err != nil {
					return err
				}
				what := "edition"
				if !fresh {
					what = "already there, edition"
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%s %d from %s: %d rows, %d amounts, %d certifications\n", what, e.ID, e.Depuis, e.Lignes, e.Montants, e.Certifications)
				return nil
			})
		},
	}
	on.databaseFlag(cmd)
	dayFlag(cmd, &since, "depuis", "first day of the edition, AAAA-MM-JJ (default: the latest day in the workbook)")
	return cmd
}

// listedEdition is one edition as npec list --json prints it.
type listedEdition struct {
	ID             string `json:"id"`
	Depuis         string `json:"depuis"` // YYYY-MM-DD
	Fichier        string `json:"fichier"`
	ImporteLe      string `json:"importeLe"`
	Lignes         int    `json:"lignes"`
	Montants       int    `json:"montants"`
	Certifications int    `json:"certifications"`
}

func newNPECList() *cobra.Command {
	var on base
	cmd := &cobra.Command{Use: "list", Short: "Show the editions that were imported, the latest first", Example: "  passerelle npec list --json"}
	on.databaseFlag(cmd)
	return newList(&on, cmd, listing[listedEdition]{"ID\tFROM\tROWS\tAMOUNTS\tCERTIFICATIONS\tIMPORTED\tFILE", func(e listedEdition) []any {
		return []any{e.ID, e.Depuis, e.Lignes, e.Montants, e.Certifications, e.ImporteLe, e.Fichier}
	}}, func(ctx context.Context, h *hub.Hub, _ int64) ([]listedEdition, error) {
		editions, err := h.Comptabilite.EditionsNPEC(ctx, 0)
		return rowsOf(editions, func(e hub.EditionNPEC) listedEdition {
			return listedEdition{idText(e.ID), e.Depuis.String(), e.Fichier, e.ImporteLe.In(hub.Paris).Format("2006-01-02 15:04"), e.Lignes, e.Montants, e.Certifications}
		}), err
	})
}

// listedMontant is one amount as npec show --json prints it.
type listedMontant struct {
	CPNE    string               `json:"cpne"` // "": every branch
	Nom     string               `json:"nom"`
	Montant financement.Centimes `json:"montant"`
	Statut  string               `json:"statut"`
	Depuis  string               `json:"depuis"` // YYYY-MM-DD, "" where the workbook does not say it
}

var montants = listing[listedMontant]{"CPNE\tEUR/YEAR\tSTATUS\tFROM\tNAME", func(m listedMontant) []any {
	return []any{m.CPNE, m.Montant, m.Statut, m.Depuis, m.Nom}
}}

func newNPECShow() *cobra.Command {
	var on base
	var at *passerelle.Date
	var d hub.DemandeNPEC
	cmd := &cobra.Command{Use: "show RNCP", Short: "Show the amounts of a certification",
		Long: "Shows the amounts of a certification by branch (CPNE) in the latest edition, or in that of --au. With --idcc, those\n" +
			"of the branches that speak for a collective agreement: where there are several, a contract has to say which.",
		Example: "  passerelle npec show RNCP38362 --idcc 1597\n  passerelle npec show 38362 --au 2025-07-01 --json",
		RunE: func(cmd *cobra.Command, args []string) error {
			d.RNCP, d.Au = args[0], dayOrZero(at)
			return on.use(cmd, func(h *hub.Hub, _ hub.Acteur) error {
				f, err := h.Comptabilite.NPEC(cmd.Context(), d)
				if err != nil {
					return err
				}
				rows := make([]listedMontant, len(f.Montants))
				for i, m := range f.Montants {
					rows[i] = listedMontant{CPNE: m.CPNE, Nom: m.NomCPNE, Montant: m.Montant.Montant, Statut: m.Statut}
					if m.Depuis != 0 {
						rows[i].Depuis = m.Depuis.String()
					}
				}
				if d.IDCC != "" && f.Branches > 1 {
					fmt.Fprintf(cmd.ErrOrStderr(), "the collective agreement %s is in %d branches: a contract has to say which (codeCpne)\n", d.IDCC, f.Branches)
				}
				if !asJSON(cmd) {
					fmt.Fprintf(cmd.OutOrStdout(), "%s %s\nedition %d from %s\n", f.RNCP, f.Intitule, f.Edition.ID, f.Edition.Depuis)
				}
				return montants.print(cmd, rows)
			})
		},
	}
	on.databaseFlag(cmd)
	cmd.Flags().StringVar(&d.IDCC, "idcc", "", "only the branches of a collective agreement")
	cmd.Flags().StringVar(&d.CPNE, "cpne", "", "only a branch")
	cmd.Flags().Int64Var(&d.Edition, "edition", 0, "an edition (default: the latest, or that of --au)")
	dayFlag(cmd, &at, "au", "the edition of this day, AAAA-MM-JJ")
	jsonFlag(cmd)
	return cmd
}
