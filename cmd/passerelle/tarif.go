package main

import (
	"context"
	"fmt"

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
	var on base
	var simulation bool
	cmd := &cobra.Command{Use: "import FILE", Short: "Replace the price list with that of a CSV file, all or nothing",
		Long: "Replaces the price list of an organisme. The file is CSV with semicolons, UTF-8 or Windows-1252, and has the\n" +
			"titles par;code;montant annuel;debut;fin: par is formation or rncp, amounts are French (7500,00), days DD/MM/YYYY\n" +
			"or empty. Older lists are kept, so that figures made with them can be made again.",
		Example: "  passerelle tarif import tarifs.csv --organisme 1 --simulation",
		RunE: func(cmd *cobra.Command, args []string) error {
			if _, err := on.who(); err != nil {
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
					fmt.Fprintf(cmd.ErrOrStderr(), "ligne %d, colonne %d : %s\n", e.Ligne, e.Colonne, e.Message)
				}
				return fmt.Errorf("%d errors, nothing was imported", len(wrong))
			}
			return on.use(cmd, func(h *hub.Hub, who hub.Acteur) error {
				t, err := h.Comptabilite.ImportTarifs(cmd.Context(), who.Organisme, operator, list, simulation, nil)
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
	on.organismeFlags(cmd)
	cmd.Flags().BoolVar(&simulation, "simulation", false, "check the file, record nothing")
	return cmd
}

func newTarifList() *cobra.Command {
	var on base
	var liste int64
	cmd := &cobra.Command{Use: "list", Short: "Show the price list of an organisme", Example: "  passerelle tarif list --organisme 1 --liste 3 --json"}
	on.organismeFlags(cmd)
	cmd.Flags().Int64Var(&liste, "liste", 0, "an older list (default: the one in use)")
	return newList(&on, cmd, listing[listedTarif]{"BY\tCODE\tEUR/YEAR\tFROM\tTO", func(t listedTarif) []any { return []any{t.Par, t.Code, t.Montant, t.Debut, t.Fin} }},
		func(ctx context.Context, h *hub.Hub, organisme int64) ([]listedTarif, error) {
			t, err := h.Comptabilite.Tarifs(ctx, organisme, liste)
			return rowsOf(t.Entrees, func(e ventilation.Tarif) listedTarif {
				written := e.Entree()
				return listedTarif{written.Par, written.Code, e.Montant, written.Debut, written.Fin}
			}), err
		})
}
