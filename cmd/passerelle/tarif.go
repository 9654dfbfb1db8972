package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/passerelle-hub/passerelle/internal/comptable/ventilation"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

func newTarif() *cobra.Command {
	return group("tarif", "Manage the price list of an organisme", newTarifImport(), newTarifList())
}

// listedTarif is one price as tarif list --json prints it.
type listedTarif struct {
	Par     string               `json:"par"`
	Code    string               `json:"code"`
	Montant ventilation.Centimes `json:"montant"` // euros per year
	Debut   string               `json:"debut"`   // DD/MM/YYYY, "" where validity is open
	Fin     string               `json:"fin"`
}

func newTarifImport() *cobra.Command {
	var location, organisme string
	var simulation bool
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Replace the price list with that of a CSV file, all or nothing",
		Long: "Replaces the price list of an organisme. The file is CSV with semicolons, UTF-8 or Windows-1252, and has the\n" +
			"titles par;code;montant annuel;debut;fin: par is formation or rncp, amounts are French (7500,00), days DD/MM/YYYY\n" +
			"or empty. Older lists are kept, so that figures made with them can be made again.",
		Args: exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			who, err := requireOrganisme(organisme)
			if err != nil {
				return err
			}
			file, err := openInput(cmd, args[0])
			if err != nil {
				return err
			}
			defer file.Close()
			list, wrong, err := ventilation.ReadCSV(file)
			if err != nil {
				return err
			}
			if len(wrong) > 0 {
				for _, e := range wrong {
					fmt.Fprintf(cmd.ErrOrStderr(), "line %d, column %d: %s\n", e.Ligne, e.Colonne, e.Message)
				}
				return fmt.Errorf("%d errors, nothing was imported", len(wrong))
			}
			return withHub(cmd.Context(), location, func(h *hub.Hub) error {
				t, err := h.Comptabilite.ImportTarifs(cmd.Context(), who.Organisme, "ligne de commande", list, simulation)
				if err != nil {
					return err
				}
				if simulation {
					fmt.Fprintf(cmd.OutOrStdout(), "%d prices, nothing was recorded\n", len(t.Entrees))
					return nil
				}
				fmt.Fprintf(cmd.OutOrStdout(), "price list %d: %d prices\n", t.ID, len(t.Entrees))
				return nil
			})
		},
	}
	organismeFlags(cmd, &location, &organisme)
	cmd.Flags().BoolVar(&simulation, "simulation", false, "check the file, record nothing")
	return cmd
}

func newTarifList() *cobra.Command {
	var location, organisme string
	var liste int64
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "Show the price list of an organisme",
		Args:  exactArgs(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			who, err := requireOrganisme(organisme)
			if err != nil {
				return err
			}
			return withExisting(cmd.Context(), location, func(h *hub.Hub) error {
				t, err := h.Comptabilite.Tarifs(cmd.Context(), who.Organisme, liste)
				if err != nil {
					return err
				}
				rows := make([]listedTarif, len(t.Entrees))
				for i, e := range t.Entrees {
					written := e.Entree()
					rows[i] = listedTarif{written.Par, written.Code, e.Montant, written.Debut, written.Fin}
				}
				if asJSON {
					return writeJSON(cmd.OutOrStdout(), rows)
				}
				table := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 8, 2, ' ', 0)
				fmt.Fprintln(table, "BY\tCODE\tEUR/YEAR\tFROM\tTO")
				for _, r := range rows {
					fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", r.Par, r.Code, r.Montant, orDash(r.Debut), orDash(r.Fin))
				}
				return table.Flush()
			})
		},
	}
	organismeFlags(cmd, &location, &organisme)
	cmd.Flags().Int64Var(&liste, "liste", 0, "an older list (default: the one in use)")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}
