package main

import (
	"errors"
	"fmt"
	"strconv"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/passerelle-hub/passerelle/internal/hub"
)

// operator is who acts from the command line, as records name them.
const operator = "ligne de commande"

func newPersonne() *cobra.Command {
	return group("personne", "Give out or erase what is kept of a person, and purge old contracts (RGPD)",
		newPersonneExport(), newPersonneErase(), newPersonnePurge(), newPersonneActes())
}

// organismeFlags adds --db and --organisme.
func organismeFlags(cmd *cobra.Command, location, organisme *string) {
	databaseFlag(cmd, location)
	cmd.Flags().StringVar(organisme, "organisme", "", "id of the organisme (required)")
}

func requireOrganisme(organisme string) (hub.Acteur, error) {
	if err := requireFlag("organisme", organisme); err != nil {
		return hub.Acteur{}, err
	}
	id, err := parseID(organisme)
	return hub.Acteur{Organisme: id, Nom: operator}, err
}

type mentionRow struct {
	CodeContrat string            `json:"codeContrat"`
	Role        string            `json:"role"`
	Depuis      string            `json:"depuis"` // synchronisation
	Jusqua      *string           `json:"jusqua"` // null while it is active
	Champs      map[string]string `json:"champs"`
}

func newPersonneExport() *cobra.Command {
	var location, organisme string
	cmd := &cobra.Command{
		Use:   "export CODE",
		Short: "Print everything that is kept of the person with a user code, as JSON",
		Args:  exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			who, err := requireOrganisme(organisme)
			if err != nil {
				return err
			}
			return withExisting(cmd.Context(), location, func(h *hub.Hub) error {
				mentions, err := h.Personnes.ExportPersonne(cmd.Context(), who, args[0])
				if err != nil {
					return err
				}
				rows := make([]mentionRow, len(mentions))
				for i, m := range mentions {
					rows[i] = mentionRow{m.CodeContrat, m.Role, strconv.FormatInt(m.Depuis, 10), nil, m.Champs}
					if m.Jusqua != 0 {
						until := strconv.FormatInt(m.Jusqua, 10)
						rows[i].Jusqua = &until
					}
				}
				return writeJSON(cmd.OutOrStdout(), rows)
			})
		},
	}
	organismeFlags(cmd, &location, &organisme)
	return cmd
}

// errUnconfirmed is an act that cannot be undone and was not confirmed.
var errUnconfirmed = usageError{errors.New("this cannot be undone: add --yes")}

func newPersonneErase() *cobra.Command {
	var location, organisme string
	var yes bool
	cmd := &cobra.Command{
		Use:   "erase CODE",
		Short: "Erase the person with a user code from every version of every contract",
		Long: "Replaces the person by a random code in every version of every contract, active or archived, and drops\n" +
			"held pushes, which may name them. It cannot be undone. Erase the person at the sender first: what is\n" +
			"still sent comes back with the next push. Earlier backups still hold the person.",
		Args: exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			who, err := requireOrganisme(organisme)
			if err != nil {
				return err
			}
			if !yes {
				return errUnconfirmed
			}
			return withExisting(cmd.Context(), location, func(h *hub.Hub) error {
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
	organismeFlags(cmd, &location, &organisme)
	cmd.Flags().BoolVar(&yes, "yes", false, "confirm")
	return cmd
}

func newPersonnePurge() *cobra.Command {
	var location, organisme string
	var mois int
	var yes bool
	cmd := &cobra.Command{
		Use:   "purge",
		Short: "Remove the contracts that were archived long ago, with their history",
		Args:  exactArgs(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			who, err := requireOrganisme(organisme)
			if err != nil {
				return err
			}
			if mois < 1 {
				return usageError{errors.New("--mois: give a number of months, from 1")}
			}
			if !yes {
				return errUnconfirmed
			}
			return withExisting(cmd.Context(), location, func(h *hub.Hub) error {
				contrats, versions, err := h.Personnes.Purge(cmd.Context(), who, mois)
				if err != nil {
					return err
				}
				fmt.Fprintf(cmd.ErrOrStderr(), "%d versions of %d contracts removed\n", versions, contrats)
				return nil
			})
		},
	}
	organismeFlags(cmd, &location, &organisme)
	cmd.Flags().IntVar(&mois, "mois", 0, "months for which a contract must have been archived (required)")
	cmd.Flags().BoolVar(&yes, "yes", false, "confirm")
	return cmd
}

func newPersonneActes() *cobra.Command {
	var location, organisme string
	cmd := &cobra.Command{
		Use:   "actes",
		Short: "List the exports, erasures and purges that were done",
		Args:  exactArgs(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			who, err := requireOrganisme(organisme)
			if err != nil {
				return err
			}
			return withExisting(cmd.Context(), location, func(h *hub.Hub) error {
				actes, err := h.Personnes.Actes(cmd.Context(), who.Organisme)
				if err != nil {
					return err
				}
				table := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 8, 2, ' ', 0)
				fmt.Fprintln(table, "WHEN\tWHAT\tBY\tCONTRACTS\tVERSIONS")
				for _, a := range actes {
					fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%d\n", shortTime(&a.Le), a.Nature, a.Par, a.Contrats, a.Versions)
				}
				return table.Flush()
			})
		},
	}
	organismeFlags(cmd, &location, &organisme)
	return cmd
}
