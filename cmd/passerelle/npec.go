package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable/financement"
	"github.com/passerelle-hub/passerelle/internal/comptable/npec"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

func newNPEC() *cobra.Command {
	return group("npec", "Manage the amounts that France compétences publishes", newNPECImport(), newNPECList(), newNPECShow())
}

// dayFlag reads the value of a flag that is a day, 0 for "".
func dayFlag(name, value string) (passerelle.Date, error) {
	if value == "" {
		return 0, nil
	}
	d, err := passerelle.ParseDate(value)
	if err != nil {
		return 0, usageError{fmt.Errorf("--%s: %w", name, err)}
	}
	return d, nil
}

func newNPECImport() *cobra.Command {
	var location, since string
	cmd := &cobra.Command{
		Use:   "import FILE.xlsx",
		Short: "Keep an edition of the official workbook, beside the older ones",
		Long: "Reads the workbook of the niveaux de prise en charge as France compétences publishes it (.xlsx, or the .zip around\n" +
			"it): the third sheet for the amounts, the fourth one for the branches. The edition begins on the latest day from\n" +
			"which one of its amounts applies, or on --depuis. A contract has the amount of the edition of the day on which it\n" +
			"was concluded; older editions are kept. The editions are those of every organisme of the hub.",
		Args: exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			day, err := dayFlag("depuis", since)
			if err != nil {
				return err
			}
			file, err := os.Open(args[0])
			if err != nil {
				return err
			}
			defer file.Close()
			info, err := file.Stat()
			if err != nil {
				return err
			}
			return withHub(cmd.Context(), location, func(h *hub.Hub) error {
				e, fresh, err := h.Comptabilite.ImportNPEC(cmd.Context(), hub.DemandeImportNPEC{Fichier: filepath.Base(args[0]), Par: "ligne de commande", Depuis: day}, file, info.Size())
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
	databaseFlag(cmd, &location)
	cmd.Flags().StringVar(&since, "depuis", "", "first day of the edition, AAAA-MM-JJ (default: the latest day in the workbook)")
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
	var location string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "Show the editions that were imported, the latest first",
		Args:  exactArgs(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withExisting(cmd.Context(), location, func(h *hub.Hub) error {
				editions, err := h.Comptabilite.EditionsNPEC(cmd.Context(), 0)
				if err != nil {
					return err
				}
				rows := make([]listedEdition, len(editions))
				for i, e := range editions {
					rows[i] = listedEdition{fmt.Sprint(e.ID), e.Depuis.String(), e.Fichier, e.ImporteLe.In(hub.Paris).Format("2006-01-02 15:04"), e.Lignes, e.Montants, e.Certifications}
				}
				if asJSON {
					return writeJSON(cmd.OutOrStdout(), rows)
				}
				table := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 8, 2, ' ', 0)
				fmt.Fprintln(table, "ID\tFROM\tROWS\tAMOUNTS\tCERTIFICATIONS\tIMPORTED\tFILE")
				for _, r := range rows {
					fmt.Fprintf(table, "%s\t%s\t%d\t%d\t%d\t%s\t%s\n", r.ID, r.Depuis, r.Lignes, r.Montants, r.Certifications, r.ImporteLe, r.Fichier)
				}
				return table.Flush()
			})
		},
	}
	databaseFlag(cmd, &location)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// listedMontant is one amount as npec show --json prints it.
type listedMontant struct {
	CPNE    string               `json:"cpne"` // "": every branch
	Nom     string               `json:"nom"`
	Montant financement.Centimes `json:"montant"`
	Statut  string               `json:"statut"`
	Depuis  string               `json:"depuis"` // YYYY-MM-DD, "" where the workbook does not say it
}

func newNPECShow() *cobra.Command {
	var location, at string
	var d hub.DemandeNPEC
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "show RNCP",
		Short: "Show the amounts of a certification",
		Long: "Shows the amounts of a certification by branch (CPNE) in the latest edition, or in that of --au. With --idcc, those\n" +
			"of the branches that speak for a collective agreement: where there are several, a contract has to say which.",
		Args: exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if d.Au, err = dayFlag("au", at); err != nil {
				return err
			}
			d.RNCP = args[0]
			return withExisting(cmd.Context(), location, func(h *hub.Hub) error {
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
				if asJSON {
					return writeJSON(cmd.OutOrStdout(), rows)
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%s %s\nedition %d from %s\n", f.RNCP, f.Intitule, f.Edition.ID, f.Edition.Depuis)
				table := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 8, 2, ' ', 0)
				fmt.Fprintln(table, "CPNE\tEUR/YEAR\tSTATUS\tFROM\tNAME")
				for _, r := range rows {
					fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", orDash(r.CPNE), r.Montant, orDash(r.Statut), orDash(r.Depuis), r.Nom)
				}
				return table.Flush()
			})
		},
	}
	databaseFlag(cmd, &location)
	cmd.Flags().StringVar(&d.IDCC, "idcc", "", "only the branches of a collective agreement")
	cmd.Flags().StringVar(&d.CPNE, "cpne", "", "only a branch")
	cmd.Flags().Int64Var(&d.Edition, "edition", 0, "an edition (default: the latest, or that of --au)")
	cmd.Flags().StringVar(&at, "au", "", "the edition of this day, AAAA-MM-JJ")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}
