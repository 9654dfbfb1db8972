package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

func newPersonne() *cobra.Command {
	return group("personne", "Give out or erase what is kept of a person, and purge old contracts (RGPD)",
		newPersonneExport(), newPersonneErase(), newPersonnePurge(), newPersonneActes())
}

func newPersonneExport() *cobra.Command {
	var on base
	cmd := &cobra.Command{Use: "export CODE", Short: "Print everything that is kept of the person with a user code, as JSON",
		Example: "  passerelle personne export A123 --organisme 1 > A123.json",
		RunE: does(on.use, func(cmd *cobra.Command, args []string, h *hub.Hub, who hub.Acteur) error {
			mentions, err := h.Personnes.ExportPersonne(cmd.Context(), who, args[0])
			if err != nil {
				return err
			}
			return writeJSON(cmd.OutOrStdout(), mentions)
		}),
	}
	on.organismeFlags(cmd)
	return cmd
}

// errUnconfirmed is an act that cannot be undone and was not confirmed.
var errUnconfirmed = usageError{errors.New("this cannot be undone: add --yes")}

func newPersonneErase() *cobra.Command {
	var on base
	var yes bool
	cmd := &cobra.Command{Use: "erase CODE", Short: "Erase the person with a user code from every version of every contract",
		Long: "Replaces the person by a random code in every version of every contract, active or archived, and drops\n" +
			"held pushes, which may name them. It cannot be undone. Erase the person at the sender first: what is\n" +
			"still sent comes back with the next push. Earlier backups still hold the person.",
		Example: "  passerelle personne erase A123 --organisme 1 --yes",
		RunE: func(cmd *cobra.Command, args []string) error {
			if !yes {
				return errUnconfirmed
			}
			return on.use(cmd, func(h *hub.Hub, who hub.Acteur) error {
				e, err := h.Personnes.ErasePersonne(cmd.Context(), who, args[0])
				if err != nil {
					return err
				}
				fmt.Fprintf(cmd.ErrOrStderr(), "erased from %d versions of %d contracts\n", e.Versions, e.Contrats)
				if e.Actifs > 0 {
					fmt.Fprintf(cmd.ErrOrStderr(), "%d of these contracts are active: the next push brings the person back unless its sender erases them too\n", e.Actifs)
				}
				if len(e.Abandonnees) > 0 {
					fmt.Fprintf(cmd.ErrOrStderr(), "held pushes dropped: %v\n", e.Abandonnees)
				}
				if len(e.Fichiers) > 0 {
					fmt.Fprintf(cmd.ErrOrStderr(), "files of imports erased: %v\n", e.Fichiers)
				}
				return nil
			})
		},
	}
	on.organismeFlags(cmd)
	cmd.Flags().BoolVar(&yes, "yes", false, "confirm")
	return cmd
}

func newPersonnePurge() *cobra.Command {
	var on base
	var mois int
	var yes bool
	cmd := &cobra.Command{Use: "purge", Short: "Remove the contracts that were archived long ago, with their history",
		Example: "  passerelle personne purge --organisme 1 --mois 60 --yes",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if mois < 1 {
				return usageError{errors.New("--mois: give a number of months, from 1")}
			}
			if !yes {
				return errUnconfirmed
			}
			return on.use(cmd, func(h *hub.Hub, who hub.Acteur) error {
				contrats, versions, err := h.Personnes.Purge(cmd.Context(), who, mois)
				if err != nil {
					return err
				}
				fmt.Fprintf(cmd.ErrOrStderr(), "%d versions of %d contracts removed\n", versions, contrats)
				return nil
			})
		},
	}
	on.organismeFlags(cmd)
	cmd.Flags().IntVar(&mois, "mois", 0, "months for which a contract must have been archived (required)")
	cmd.Flags().BoolVar(&yes, "yes", false, "confirm")
	return cmd
}

// acteRow is one act as personne actes --json prints it.
type acteRow struct {
	Le       *time.Time         `json:"le"`
	Nature   domaine.NatureActe `json:"nature"`
	Par      string             `json:"par"`
	Contrats int                `json:"contrats"`
	Versions int                `json:"versions"`
}

func newPersonneActes() *cobra.Command {
	var on base
	cmd := &cobra.Command{Use: "actes", Short: "List the exports, erasures and purges that were done", Example: "  passerelle personne actes --organisme 1"}
	on.organismeFlags(cmd)
	return newList(&on, cmd, listing[acteRow]{"WHEN\tWHAT\tBY\tCONTRACTS\tVERSIONS", func(a acteRow) []any { return []any{a.Le, a.Nature, a.Par, a.Contrats, a.Versions} }},
		func(ctx context.Context, h *hub.Hub, organisme int64) ([]acteRow, error) {
			actes, err := h.Personnes.Actes(ctx, organisme)
			return rowsOf(actes, func(a domaine.Acte) acteRow { return acteRow{utc(&a.Le), a.Nature, a.Par, a.Contrats, a.Versions} }), err
		})
}
